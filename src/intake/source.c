/* source.c: files of CSV (base's reader) and of JSON lines (a line reader in constant memory), and what is refused before a row is read. */
#include "intake/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_READ_BYTES ((size_t)256 << 10)
#define SOURCE_BYTES ((size_t)64 << 10)

/* Lines from a file; of one over the limit the start is kept and the rest passed over. */
struct lines {
    int fd;
    struct buf b;
    size_t at;             /* of the next line in b */
    uint64_t line, read, total;
    bool end;
};

struct source {
    struct arena arena; /* it lies in its own */
    const struct feed *f;
    const char *path;
    struct csv_file *csv;
    struct lines lines;
    struct reader reader;
};

/* ---- lines ---- */

static enum err_code lines_open(struct lines *l, const char *path, struct err *e)
{
    struct stat st;
    *l = (struct lines){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    buf_init(&l->b, LIMIT_CSV_RECORD_BYTES + 2 * LINE_READ_BYTES);
    if (l->fd < 0 || fstat(l->fd, &st) != 0)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_IO, "%s: is %s; give a file", path, S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
    if (st.st_size == 0)
        return err_set(e, ERR_IO, "%s: is empty", path);
    l->total = (uint64_t)st.st_size;
    return ERR_OK;
}

static enum err_code lines_fill(struct lines *l, const char *path, struct err *e)
{
    if (l->at) {
        memmove(l->b.p, l->b.p + l->at, l->b.n - l->at);
        l->b.n -= l->at;
        l->at = 0;
    }
    char *space = buf_reserve(&l->b, LINE_READ_BYTES);
    if (!space)
        return buf_check(&l->b, path, e);
    ssize_t n = read(l->fd, space, LINE_READ_BYTES);
    if (n < 0)
        return err_set(e, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    l->end = n == 0;
    l->b.n += (size_t)n;
    l->read += (uint64_t)n;
    return ERR_OK;
}

/* *ret has no pointer at the end. A line over the limit comes cut to one byte more than the limit. */
static enum err_code lines_next(struct lines *l, const char *path, struct str *ret, struct err *e)
{
    struct str kept = STR_NONE;
    for (size_t seen = 0;;) {
        char *start = l->b.p + l->at, *end = l->b.n > l->at + seen ? memchr(start + seen, '\n', l->b.n - l->at - seen) : NULL;
        if (!end && !l->end) {
            seen = l->b.n - l->at;
            if (seen > LIMIT_CSV_RECORD_BYTES) { /* pass over: keep the start in place, drop what follows it */
                l->b.n = l->at + LIMIT_CSV_RECORD_BYTES + 1;
                seen = l->b.n - l->at;
            }
            ERR_TRY(lines_fill(l, path, e));
            continue;
        }
        if (!end && l->b.n == l->at) {
            *ret = STR_NONE;
            return ERR_OK;
        }
        kept = (struct str){start, end ? (size_t)(end - start) : l->b.n - l->at};
        l->at += kept.n + (end != NULL);
        l->line++;
        if (kept.n && kept.p[kept.n - 1] == '\r')
            kept.n--;
        *ret = kept;
        return ERR_OK;
    }
}

/* ---- opening ---- */

static bool is_binary(struct str s)
{
    size_t odd = 0;
    for (size_t i = 0; i < s.n && i < 4096; i++)
        odd += (unsigned char)s.p[i] < 0x20 && !strchr("\t\r\n\f\x1f", s.p[i]);
    return odd > 0;
}

/* A header of one field that holds another separator. */
static char other_separator(struct str header, char separator)
{
    size_t best = 0;
    char found = '\0';
    for (const char *c = ",;|\t"; *c; c++) {
        size_t n = 0;
        for (size_t i = 0; i < header.n; i++)
            n += header.p[i] == *c;
        if (*c != separator && n > best) {
            best = n;
            found = *c;
        }
    }
    return found;
}

static enum err_code check_header(const struct source *s, const struct csv_record *r, struct err *e)
{
    const unsigned char *p = (const unsigned char *)r->raw.p;
    if (r->raw.n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return err_set(e, ERR_FORMAT, "%s: is in UTF-16, not in the feed's character set; save it again as %s", s->path,
                       s->f->charset == CHARSET_UTF8 ? "UTF-8" : "windows-1252");
    if (is_binary(r->raw))
        return err_set(e, ERR_FORMAT, "%s: is a binary file, not CSV", s->path);
    if (r->problem != ERR_OK)
        return err_set(e, r->problem, "%s:1: the header cannot be read: %s", s->path, r->why);
    char other = r->n == 1 ? other_separator(r->raw, s->f->separator) : '\0';
    if (other)
        return err_set(e, ERR_FORMAT, "%s:1: the columns are separated by '%c', feed %.*s has '%c'; is it the right feed?", s->path, other,
                       STR_ARG(s->f->name), s->f->separator);
    return ERR_OK;
}

/* A byte order mark of UTF-8 in a file of another character set: base's reader takes it off, so it is looked for here. */
static enum err_code check_mark(const struct source *s, struct err *e)
{
    if (s->f->charset == CHARSET_UTF8)
        return ERR_OK;
    int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    unsigned char start[3] = {0};
    ssize_t n = fd >= 0 ? read(fd, start, 3) : 0;
    if (fd >= 0)
        (void)close(fd); /* only read */
    if (n == 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
        return err_set(e, ERR_FORMAT, "%s:1: is in UTF-8 (it begins with its byte order mark), not in the feed's character set", s->path);
    return ERR_OK;
}

static enum err_code open_csv(struct source *s, struct err *e)
{
    struct csv_record header;
    bool more;
    ERR_TRY(csv_open(s->path, s->f->separator, NULL, &s->csv, e));
    ERR_TRY(check_mark(s, e));
    ERR_TRY(csv_read(s->csv, &header, &more, e));
    if (!more)
        return err_set(e, ERR_FORMAT, "%s: has no header", s->path);
    ERR_TRY(check_header(s, &header, e));
    return reader_open_csv(&s->reader, s->f, s->f->charset, header.fields, header.n, s->path, e);
}

static enum err_code open_jsonl(struct source *s, struct err *e)
{
    ERR_TRY(lines_open(&s->lines, s->path, e));
    ERR_TRY(lines_fill(&s->lines, s->path, e));
    if (str_starts(buf_as_str(&s->lines.b), STR("\xef\xbb\xbf")))
        s->lines.at = 3;
    if (is_binary(buf_as_str(&s->lines.b)) && !memchr(s->lines.b.p, '{', s->lines.b.n < 64 ? s->lines.b.n : 64))
        return err_set(e, ERR_FORMAT, "%s: is a binary file, not JSON lines", s->path);
    return reader_open_json(&s->reader, s->f, e);
}

enum err_code source_open(const struct feed *f, const char *path, struct source **ret, struct err *e)
{
    struct arena own;
    arena_init(&own, SOURCE_BYTES);
    struct source *s = ARENA_NEW(&own, struct source, 1);
    if (!s)
        return err_set(e, ERR_NO_MEMORY, "%s: out of memory", path);
    s->arena = own;
    s->f = f;
    s->path = path;
    s->lines.fd = -1;
    enum err_code code = f->format == FEED_CSV ? open_csv(s, e) : open_jsonl(s, e);
    if (code != ERR_OK) {
        source_close(s);
        return code;
    }
    *ret = s;
    return ERR_OK;
}

void source_close(struct source *s)
{
    if (!s)
        return;
    csv_close(s->csv);
    if (s->lines.fd >= 0)
        (void)close(s->lines.fd); /* only read */
    buf_release(&s->lines.b);
    reader_close(&s->reader);
    struct arena own = s->arena;
    arena_release(&own);
}

/* ---- rows ---- */

static enum err_code next_csv(struct source *s, struct source_row *ret, bool *ret_more, struct err *e)
{
    struct csv_record r;
    ERR_TRY(csv_read(s->csv, &r, ret_more, e));
    if (!*ret_more)
        return ERR_OK;
    *ret = (struct source_row){.first_line = r.first_line, .last_line = r.last_line, .raw = r.raw};
    ERR_TRY(reader_csv(&s->reader, &r, &ret->row, &ret->why, e));
    ret->charset_problem = s->reader.charset_problem;
    return ERR_OK;
}

static enum err_code next_jsonl(struct source *s, struct source_row *ret, bool *ret_more, struct err *e)
{
    struct str line;
    do {
        ERR_TRY(lines_next(&s->lines, s->path, &line, e));
        *ret_more = line.p != NULL;
    } while (*ret_more && str_trim(line).n == 0); /* blank lines are no rows */
    if (!*ret_more)
        return ERR_OK;
    *ret = (struct source_row){.first_line = s->lines.line, .last_line = s->lines.line, .raw = str_slice(line, 0, LIMIT_CSV_RECORD_BYTES)};
    ERR_TRY(reader_json(&s->reader, line, &ret->row, &ret->why, e));
    ret->charset_problem = s->reader.charset_problem;
    return ERR_OK;
}

enum err_code source_next(struct source *s, struct source_row *ret, bool *ret_more, struct err *e)
{
    return s->csv ? next_csv(s, ret, ret_more, e) : next_jsonl(s, ret, ret_more, e);
}

const size_t *source_order(const struct source *s) { return s->reader.order; }
struct str source_layout(const struct source *s) { return s->reader.layout; }
uint64_t source_bytes_read(const struct source *s) { return s->csv ? csv_bytes_read(s->csv) : s->lines.read; }
uint64_t source_bytes_total(const struct source *s) { return s->csv ? csv_bytes_total(s->csv) : s->lines.total; }
