/* json_out.c: writing JSON. A small state machine puts commas, colons and indents; the buffer's sticky failure is
 * the only error there can be. What is written is always valid: bytes that are not UTF-8 become U+FFFD,
 * NaN and infinities become null. */
#include "base/json.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void jo_init(struct json_out *o, struct buf *b, int indent)
{
    *o = (struct json_out){.b = b, .indent = indent, .first = true};
}

static void new_line(struct json_out *o)
{
    if (o->indent == 0)
        return;
    (void)buf_char(o->b, '\n'); /* failure is sticky in the buffer: whoever made it looks once, at the end */
    for (int i = 0; i < o->depth * o->indent; i++)
        (void)buf_char(o->b, ' ');
}

/* What stands before a value or a key. */
static void before(struct json_out *o)
{
    if (o->after_key) {
        o->after_key = false;
        return;
    }
    if (!o->first)
        (void)buf_char(o->b, ',');
    if (o->depth > 0)
        new_line(o);
    o->first = false;
}

static void open_with(struct json_out *o, char c)
{
    before(o);
    (void)buf_char(o->b, c);
    o->depth++;
    o->first = true;
}

static void close_with(struct json_out *o, char c)
{
    assert(o->depth > 0 && !o->after_key);
    o->depth--;
    if (!o->first)
        new_line(o);
    (void)buf_char(o->b, c);
    o->first = false;
}

void jo_object(struct json_out *o) { open_with(o, '{'); }
void jo_end_object(struct json_out *o) { close_with(o, '}'); }
void jo_array(struct json_out *o) { open_with(o, '['); }
void jo_end_array(struct json_out *o) { close_with(o, ']'); }

static bool plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }

static void write_escape(struct buf *b, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", what[] = "\"\\bfnrt";
    const char *k = c ? strchr(from, c) : NULL;
    if (k)
        (void)buf_fmt(b, "\\%c", what[k - from]);
    else
        (void)buf_fmt(b, "\\u%04x", c);
}

static void write_valid(struct buf *b, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (plain((unsigned char)s.p[i]))
            continue;
        (void)buf_add(b, s.p + from, i - from);
        write_escape(b, (unsigned char)s.p[i]);
        from = i + 1;
    }
    (void)buf_str(b, str_slice(s, from, s.n));
}

static void write_string(struct buf *b, struct str s)
{
    (void)buf_char(b, '"');
    size_t bad;
    while (!utf8_valid(s, &bad)) {
        write_valid(b, str_slice(s, 0, bad));
        (void)buf_z(b, s.p[bad] == '\0' ? "\\u0000" : "\xEF\xBF\xBD");
        s = str_slice(s, bad + 1, s.n);
    }
    write_valid(b, s);
    (void)buf_char(b, '"');
}

void jo_key(struct json_out *o, const char *key)
{
    before(o);
    write_string(o->b, str_of(key));
    (void)buf_z(o->b, o->indent ? ": " : ":");
    o->after_key = true;
}

void jo_str(struct json_out *o, struct str s)
{
    before(o);
    write_string(o->b, s);
}

void jo_int(struct json_out *o, int64_t v)
{
    before(o);
    (void)buf_fmt(o->b, "%lld", (long long)v);
}

void jo_double(struct json_out *o, double v)
{
    if (!isfinite(v)) {
        jo_null(o);
        return;
    }
    before(o);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) { /* 17 always read back the same */
        (void)snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    (void)buf_z(o->b, text);
}

void jo_bool(struct json_out *o, bool v)
{
    before(o);
    (void)buf_z(o->b, v ? "true" : "false");
}

void jo_null(struct json_out *o)
{
    before(o);
    (void)buf_z(o->b, "null");
}
