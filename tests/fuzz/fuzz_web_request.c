/* A request's head, then its target. Promises: what follows the head does not change the verdict; a good head has CR LF line ends only,
 * one Host that is ours, no body and no Transfer-Encoding, as a second, plainer reader sees them; a good target gives a path without
 * empty, . or .. parts that url_path and url_decode lead back to itself. */
#include "fuzz.h"

#include "web/head.h"
#include "web/target.h"

#define PORT 8080

static void check_target(struct arena *a, struct str target)
{
    struct req r = {.arena = a};
    struct err e = {.code = ERR_OK};
    if (web_target_parse(target, &r, &e) != ERR_OK) {
        must(e.code != ERR_OK && e.message[0]);
        return;
    }
    size_t bad;
    struct str again;
    must(r.path.n && r.path.p[0] == '/' && utf8_valid(r.path, &bad) && r.n_params <= LIMIT_PARAMS);
    must(str_find(r.path, STR("//")) < 0 && str_find(r.path, STR("/../")) < 0 && str_find(r.path, STR("/./")) < 0);
    must(!str_ends(r.path, STR("/..")) && !str_ends(r.path, STR("/.")));
    struct url u = url_path(a, r.path);
    must(u.n == 0 || (url_decode(a, url_str(u), false, &again) && str_eq(again, r.path)));
}

/* The second reader: one line at a time, fields by their beginning. */
static void check_good(struct arena *a, struct str head)
{
    struct str line, rest = head, method, target;
    size_t n_host = 0, n_length = 0;
    must(str_split(&rest, '\n', &line) && str_ends(line, STR(" HTTP/1.1\r")));
    must(str_split(&line, ' ', &method) && str_split(&line, ' ', &target));
    while (str_split(&rest, '\n', &line) && line.n > 1) {
        must(line.p[line.n - 1] == '\r' && str_find_char(line, ':') > 0);
        n_host += str_eq_nocase(str_slice(line, 0, 5), STR("host:"));
        n_length += str_eq_nocase(str_slice(line, 0, 15), STR("content-length:"));
        must(!str_eq_nocase(str_slice(line, 0, 18), STR("transfer-encoding:")));
        if (str_eq_nocase(str_slice(line, 0, 15), STR("content-length:")))
            must(str_eq(str_trim(str_slice(line, 15, line.n)), STR("0")));
        if (str_eq_nocase(str_slice(line, 0, 5), STR("host:")))
            must(str_ends(str_trim(line), STR(":8080")));
    }
    must(n_host == 1 && n_length <= 1);
    check_target(a, target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct str bytes = {(const char *)data, n};
    struct web_head h = web_head_check(bytes, PORT);
    ptrdiff_t end = str_find(bytes, STR("\r\n\r\n"));
    if (h.state == WEB_HEAD_GOOD) {
        must(end > 0 && web_head_check(str_slice(bytes, 0, (size_t)end + 4), PORT).state == WEB_HEAD_GOOD);
        check_good(&a, str_slice(bytes, 0, (size_t)end + 4));
    } else if (h.state == WEB_HEAD_REFUSED) {
        must(h.status >= 400 && h.status <= 505 && h.why[0]);
    } else {
        must(h.state == WEB_HEAD_MORE && end < 0);
    }
    if (n && bytes.p[0] == '/')
        check_target(&a, bytes);
    return 0;
}
