/* head.c: strict checks of a request's head, on its raw bytes.
 *
 * Two programs that read one request differently (a proxy and a server, say) can be made to see two requests where one was sent.
 * libmicrohttpd 0.9.75 accepts, even in its strict mode, Transfer-Encoding with Content-Length, repeated Content-Length and
 * bare line feeds. So everything on which implementations are known to differ (RFC 9112, the HTTP Garden's list) is refused here,
 * before that parser runs; nothing is repaired. A refusal names the rule, never the sender's bytes.
 *
 * No page takes a body in this version, so a request with one is refused too. */
#include "web/head.h"

#include <stdio.h>

#define REFUSE(code, text) ((struct web_head){WEB_HEAD_REFUSED, (code), (text)})
#define GOOD ((struct web_head){.state = WEB_HEAD_GOOD})

struct fields {
    size_t n, n_host, n_length, n_encoding;
    struct str host, length;
};

static bool token_char(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* 1. Line ends are CR LF, and no other control character stands anywhere. */
static struct web_head check_bytes(struct str head)
{
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        if (c == '\n' && (i == 0 || head.p[i - 1] != '\r'))
            return REFUSE(400, "A line ends with LF alone; HTTP lines end with CR LF.");
        if (c == '\r' && i + 1 < head.n && head.p[i + 1] != '\n')
            return REFUSE(400, "A CR without LF; HTTP lines end with CR LF.");
        if ((c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7F)
            return REFUSE(400, "A control character in the request.");
    }
    return GOOD;
}

static bool target_is_plain(struct str target)
{
    if (target.n == 0 || target.p[0] != '/')
        return false; /* absolute, authority and asterisk forms are for proxies */
    for (size_t i = 0; i < target.n; i++) {
        unsigned char c = (unsigned char)target.p[i];
        if (c <= 0x20 || c >= 0x7F || strchr("\"#<>\\^`{|}", c))
            return false;
    }
    return true;
}

/* 2. METHOD SP target SP HTTP/1.1, one blank between. */
static struct web_head check_request_line(struct str line)
{
    struct str method, target;
    if (!str_split(&line, ' ', &method) || !str_split(&line, ' ', &target) || !line.p)
        return REFUSE(400, "The first line is not METHOD, one blank, address, one blank, HTTP/1.1.");
    if (method.n == 0 || method.n > 16)
        return REFUSE(400, "The method is empty or too long.");
    for (size_t i = 0; i < method.n; i++)
        if (method.p[i] < 'A' || method.p[i] > 'Z')
            return REFUSE(400, "The method is not in capital letters.");
    if (target.n > LIMIT_URL_BYTES)
        return REFUSE(414, "The address is longer than 4,096 bytes.");
    if (!target_is_plain(target))
        return REFUSE(400, "The address is not a path, or has characters that must be percent-encoded.");
    if (str_starts(line, STR("HTTP/")) && !str_eq(line, STR("HTTP/1.1")))
        return REFUSE(505, "Haven speaks HTTP/1.1 only.");
    return str_eq(line, STR("HTTP/1.1")) ? GOOD : REFUSE(400, "The first line does not end with HTTP/1.1.");
}

/* 3. name ":" value; no blank in or after the name, no continued lines. What later rules need is counted. */
static struct web_head check_field(struct str line, struct fields *f)
{
    ptrdiff_t colon = str_find_char(line, ':');
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return REFUSE(400, "A header field is continued on a second line.");
    if (colon < 1)
        return REFUSE(400, "A header line without a name and a colon.");
    struct str name = str_slice(line, 0, (size_t)colon), value = str_trim(str_slice(line, (size_t)colon + 1, line.n));
    for (size_t i = 0; i < name.n; i++)
        if (!token_char((unsigned char)name.p[i]))
            return REFUSE(400, "A header name with a blank or another character that names cannot have.");
    if (str_eq_nocase(name, STR("host"))) {
        f->n_host++;
        f->host = value;
    } else if (str_eq_nocase(name, STR("content-length"))) {
        f->n_length++;
        f->length = value;
    } else if (str_eq_nocase(name, STR("transfer-encoding"))) {
        f->n_encoding++;
    } else if (str_eq_nocase(name, STR("expect"))) {
        return REFUSE(417, "Haven takes no Expect header.");
    }
    return ++f->n > LIMIT_HEADERS ? REFUSE(431, "More than 64 header fields.") : GOOD;
}

static bool host_is_ours(struct str host, int port)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char want[32];
        (void)snprintf(want, sizeof want, "%s:%d", names[i], port);
        if (str_eq_nocase(host, str_of(want)) || (port == 80 && str_eq_nocase(host, str_of(names[i]))))
            return true;
    }
    return false;
}

static bool is_zero(struct str s)
{
    return str_eq(s, STR("0"));
}

/* 4. One Host, and it is ours. 5. One way at most to say how long the body is. 6. No body. */
static struct web_head check_fields(const struct fields *f, int port)
{
    if (f->n_host != 1)
        return f->n_host ? REFUSE(400, "More than one Host header.") : REFUSE(400, "The Host header is missing.");
    if (!host_is_ours(f->host, port))
        return REFUSE(400, "Haven answers only to localhost, 127.0.0.1 or [::1] with its own port in the Host header.");
    if (f->n_encoding && f->n_length)
        return REFUSE(400, "Both Transfer-Encoding and Content-Length.");
    if (f->n_encoding)
        return REFUSE(400, "Haven takes no Transfer-Encoding.");
    if (f->n_length > 1)
        return REFUSE(400, "More than one Content-Length.");
    if (f->n_length == 0 || is_zero(f->length))
        return GOOD;
    for (size_t i = 0; i < f->length.n; i++)
        if (f->length.p[i] < '0' || f->length.p[i] > '9')
            return REFUSE(400, "Content-Length is not a plain number.");
    if (f->length.n == 0 || f->length.p[0] == '0')
        return REFUSE(400, "Content-Length is not a plain number.");
    return REFUSE(413, "No page of Haven takes a request body.");
}

static struct web_head check_head(struct str head, int port)
{
    struct fields fields = {0};
    struct web_head h = GOOD;
    bool first = true;
    while (h.state == WEB_HEAD_GOOD && head.n) {
        size_t end = (size_t)str_find(head, STR("\r\n"));
        struct str line = str_slice(head, 0, end);
        head = (struct str){head.p + end + 2, head.n - end - 2};
        h = first ? check_request_line(line) : check_field(line, &fields);
        first = false;
    }
    return h.state == WEB_HEAD_GOOD ? check_fields(&fields, port) : h;
}

struct web_head web_head_check(struct str bytes, int port)
{
    ptrdiff_t end = str_find(bytes, STR("\r\n\r\n"));
    struct str head = end < 0 ? bytes : str_slice(bytes, 0, (size_t)end + 2);
    struct web_head h = check_bytes(head);
    if (h.state != WEB_HEAD_GOOD)
        return h;
    if (head.n >= 2 && memcmp(head.p, "\r\n", 2) == 0)
        return REFUSE(400, "An empty line before the request.");
    if (head.n > LIMIT_HEAD_BYTES)
        return REFUSE(431, "The request's line and header fields are longer than 16,384 bytes.");
    if (end < 0)
        return (struct web_head){.state = WEB_HEAD_MORE};
    return check_head(head, port);
}
