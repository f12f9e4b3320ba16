/* put.c: how a value gets into a page: the functions that compiled templates call.
 *
 * Promise: whatever bytes a `struct str` holds, what is written has no < > " ' of its own, & only as the start of an
 * entity, and no control character but tab and line ends. So a value can end neither its element nor its quoted attribute. Nor does it
 * hold the controls that turn the direction of what follows (U+202A to 202E, 2066 to 2069), which could make one text read as another. */
#include "page/page.h"

#include <inttypes.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\t': case '\n': case '\r': return NULL;
    default: return c < 0x20 || c == 0x7F ? REPLACEMENT : NULL;
    }
}

static bool turns_direction(struct str s, size_t i)
{
    if (i + 2 >= s.n || s.p[i] != '\xE2')
        return false;
    unsigned char middle = (unsigned char)s.p[i + 1], last = (unsigned char)s.p[i + 2];
    return (middle == 0x80 && last >= 0xAA && last <= 0xAE) || (middle == 0x81 && last >= 0xA6 && last <= 0xA9);
}

void page_put_str(struct buf *out, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool turns = turns_direction(s, i);
        const char *escape = turns ? REPLACEMENT : escape_of((unsigned char)s.p[i]);
        if (!escape)
            continue;
        (void)buf_str(out, str_slice(s, from, i)); /* a failure is sticky in `out`; html_take reports it */
        (void)buf_z(out, escape);
        i += turns ? 2 : 0;
        from = i + 1;
    }
    (void)buf_str(out, str_slice(s, from, s.n));
}

void page_put_markup(struct buf *out, struct html h) { (void)buf_str(out, html_str(h)); }

void page_put_int(struct buf *out, int64_t n) { (void)buf_fmt(out, "%" PRId64, n); }

/* A struct url is percent-encoded, but its & between parameters still has to be an entity. */
void page_put_url(struct buf *out, struct url u) { page_put_str(out, url_str(u)); }

enum err_code html_take(struct arena *a, struct buf *out, struct html *ret, struct err *e)
{
    ERR_TRY(buf_check(out, "the page", e));
    struct str s = str_dup(a, buf_as_str(out));
    if (!s.p)
        return err_set(e, ERR_LIMIT, "the page does not fit into its request's memory; show fewer rows");
    *ret = (struct html){s.p, s.n};
    return ERR_OK;
}
