/* csv.c: the reader of csv.h, a resumable scanner over bytes that arrive in pieces.
 *
 * One pass: csv_scan (csv_scan.c) walks a record, keeps its state between calls and notes where each field begins
 * and ends. While a record lies wholly in the bytes that were fed, its fields are slices of those bytes; only a record
 * that is cut by the end of a piece is copied (to `carry`), and only a field with doubled quotes is rewritten (to
 * `scratch`). All memory is taken in csv_new, so reading cannot run out of it.
 *
 * Promises: every input byte lies in exactly one record's [first_byte, last_byte) or is a line end or the byte
 * order mark; the records do not depend on how the input is cut into pieces; a quote that is not
 * closed, or is closed by a stray quote many lines later, costs the line it opens on and no other;
 * time is linear in the input (an open quote ends at the next odd run of quotes, so no byte is
 * scanned more than a few times). */
#include "base/csv_int.h"

#include "base/limits.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define APPEND_BYTES ((size_t)4096) /* how much of a new piece joins a cut record at a time */

enum err_code csv_new(char separator, const struct csv_limits *limits, struct csv **ret, struct err *e)
{
    struct csv_limits l = limits ? *limits : (struct csv_limits){LIMIT_CSV_RECORD_BYTES, LIMIT_CSV_COLUMNS};
    if (separator == '\0' || !strchr(",\t;|", separator))
        return err_set(e, ERR_USAGE, "the CSV separator must be a comma, a tab, a semicolon or a bar");
    if (l.record_bytes == 0 || l.record_bytes > UINT32_MAX / 2 || l.columns == 0)
        return err_set(e, ERR_USAGE, "the CSV limits of %zu bytes and %zu columns cannot be used", l.record_bytes,
                       l.columns);
    struct csv *c = calloc(1, sizeof *c);
    if (!c)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the CSV reader");
    c->limits = l;
    c->carry_cap = l.record_bytes + 1 + APPEND_BYTES;
    c->carry = malloc(c->carry_cap);
    c->scratch = malloc(l.record_bytes);
    c->marks = calloc(l.columns, sizeof *c->marks);
    c->fields = calloc(l.columns, sizeof *c->fields);
    if (!c->carry || !c->scratch || !c->marks || !c->fields) {
        csv_free(c);
        return err_set(e, ERR_NO_MEMORY, "out of memory for the CSV reader");
    }
    c->class[(unsigned char)separator] = SEPARATOR;
    c->class['"'] = QUOTE;
    c->class['\r'] = c->class['\n'] = LINE_END;
    c->class['\0'] = NUL;
    c->line = c->line_now = 1;
    c->quote_line_end = NOT_SEEN;
    (void)snprintf(c->why_bytes, sizeof c->why_bytes, "the record is over its limit of %zu bytes", l.record_bytes);
    (void)snprintf(c->why_columns, sizeof c->why_columns, "the record is over its limit of %zu columns", l.columns);
    *ret = c;
    return ERR_OK;
}

void csv_free(struct csv *c)
{
    if (!c)
        return;
    if (c->carry)
        explicit_bzero(c->carry, c->carry_cap);
    if (c->scratch)
        explicit_bzero(c->scratch, c->limits.record_bytes);
    free(c->carry);
    free(c->scratch);
    free(c->marks);
    free(c->fields);
    free(c);
}

void csv_feed(struct csv *c, const void *p, size_t n)
{
    assert(c->in_at == c->in_n); /* the piece before was used up */
    c->in = p;
    c->in_at = 0;
    c->in_n = n;
    c->ended = n == 0;
}

void csv_restart(struct csv *c)
{
    c->carry_at = c->carry_n = c->in_at = c->in_n = 0;
    c->in = NULL;
    c->ended = c->skipping = c->after_cr = false;
    c->started = true;
    c->place = FIELD_START;
    c->pos = c->columns = 0;
    c->offset = 0;
    c->line = c->line_now = 1;
    c->problem = ERR_OK;
    c->why = NULL;
    c->quote_line_end = NOT_SEEN;
}

/* ---- giving a record out ---- */

static struct str undouble(struct csv *c, struct str s, size_t *used)
{
    char *to = c->scratch + *used;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        to[n++] = s.p[i];
        if (s.p[i] == '"')
            i++; /* its twin */
    }
    *used += n;
    return (struct str){to, n};
}

static void give_fields(struct csv *c, const char *rec, struct csv_record *r)
{
    size_t used = 0;
    for (size_t i = 0; i < c->columns; i++) {
        const struct csv_mark *m = &c->marks[i];
        struct str s = {rec + m->from, m->to - m->from};
        c->fields[i] = m->doubled ? undouble(c, s, &used) : s;
    }
    r->fields = c->fields;
    r->n = c->columns;
}

/* Gives out the record of `n` bytes at `rec`, n bytes kept of `length`, and starts the next one after its line end. */
static void give(struct csv *c, const char *rec, size_t n, uint64_t length, uint64_t last_line, struct csv_record *r)
{
    *r = (struct csv_record){.first_line = c->line,
                             .last_line = last_line,
                             .first_byte = c->offset,
                             .last_byte = c->offset + length,
                             .problem = c->problem,
                             .why = c->why,
                             .raw = {rec, n}};
    if (c->problem == ERR_OK)
        give_fields(c, rec, r);
    c->offset += length;
    c->line = c->line_now = last_line;
    c->pos = c->columns = 0;
    c->place = FIELD_START;
    c->problem = ERR_OK;
    c->why = NULL;
    c->quote_line_end = NOT_SEEN;
    c->skipping = false;
}

static const char *waiting(const struct csv *c, size_t *ret_n)
{
    if (c->carry_at < c->carry_n) {
        *ret_n = c->carry_n - c->carry_at;
        return c->carry + c->carry_at;
    }
    *ret_n = c->in_n - c->in_at;
    return c->in + c->in_at;
}

/* Takes n of the bytes waiting. What is left in the carry goes back to the piece, if it came from this piece. */
static void take(struct csv *c, size_t n)
{
    if (c->carry_at == c->carry_n) {
        c->in_at += n;
        return;
    }
    c->carry_at += n;
    size_t left = c->carry_n - c->carry_at;
    if (left <= c->in_at) {
        c->in_at -= left;
        c->carry_at = c->carry_n = 0;
    }
}

/* Passes one line end: the byte waiting is CR or LF. The LF of a CRLF may not have come yet, so it is left for later. */
static void take_line_end(struct csv *c, char at)
{
    take(c, 1);
    c->after_cr = at == '\r';
    c->offset++;
    c->line_now = ++c->line;
}

/* Brings more of the piece behind a cut record; false when there is none. */
static bool append(struct csv *c)
{
    size_t n = c->in_n - c->in_at;
    if (n == 0)
        return false;
    if (c->carry_at) {
        memmove(c->carry, c->carry + c->carry_at, c->carry_n - c->carry_at);
        c->carry_n -= c->carry_at;
        c->carry_at = 0;
    }
    /* A record that was scanned whole without an end is within the limit, so a full block fits when the carry was
     * empty too: the rest of the piece is then at most the limit. */
    size_t most = c->carry_n ? APPEND_BYTES : c->carry_cap;
    if (n > most)
        n = most;
    assert(n <= c->carry_cap - c->carry_n);
    memcpy(c->carry + c->carry_n, c->in + c->in_at, n);
    c->carry_n += n;
    c->in_at += n;
    return true;
}

/* A record that ends with its line. */
static void give_line(struct csv *c, const char *rec, struct csv_record *ret)
{
    size_t n = c->pos;
    char line_end = rec[n];
    take(c, n);
    give(c, rec, n, n, c->line_now, ret);
    take_line_end(c, line_end);
}

/* The line of a quote that is not closed becomes a record; what was read after it is read again. */
static void give_rewound(struct csv *c, const char *rec, const char *why, struct csv_record *ret)
{
    c->problem = ERR_FORMAT; /* what was found wrong after that line is no concern of it */
    c->why = why;
    size_t n = c->quote_line_end;
    char line_end = rec[n];
    take(c, n);
    give(c, rec, n, n, c->quote_line, ret);
    take_line_end(c, line_end);
}

/* The record has grown over its limit. */
static bool over_limit(struct csv *c, const char *rec, struct csv_record *ret)
{
    bool quoted = c->place == QUOTED || c->place == QUOTE_SEEN;
    if (quoted && c->quote_line_end != NOT_SEEN) {
        give_rewound(c, rec, "a quote is not closed within the limit of a record", ret);
        return true;
    }
    csv_problem(c, ERR_LIMIT, c->why_bytes);
    memcpy(c->scratch, rec, c->limits.record_bytes);
    c->skipping = true;
    c->place = BAD_LINE;
    take(c, c->limits.record_bytes);
    c->pos = c->limits.record_bytes;
    return false;
}

/* Passes over the rest of a line that is over the limit; c->pos counts it. */
static bool skip(struct csv *c, struct csv_record *ret)
{
    size_t n;
    for (const char *p = waiting(c, &n); n; p = waiting(c, &n)) {
        size_t i = 0;
        while (i < n && p[i] != '\r' && p[i] != '\n')
            i++;
        char line_end = i < n ? p[i] : '\0';
        take(c, i);
        c->pos += i;
        if (line_end) {
            give(c, c->scratch, c->limits.record_bytes, c->pos, c->line_now, ret);
            take_line_end(c, line_end);
            return true;
        }
    }
    if (!c->ended)
        return false;
    give(c, c->scratch, c->limits.record_bytes, c->pos, c->line_now, ret);
    return true;
}

/* The input has ended inside the record of n bytes at rec. */
static bool at_end(struct csv *c, const char *rec, size_t n, struct csv_record *ret)
{
    if (n == 0)
        return false;
    if (c->place == QUOTED) {
        if (c->quote_line_end != NOT_SEEN) {
            give_rewound(c, rec, "a quote is not closed", ret);
            return true;
        }
        csv_problem(c, ERR_FORMAT, "a quote is not closed");
    } else if (c->place == QUOTE_SEEN) {
        csv_close_field(c, n - 1);
    } else if (c->place != BAD_LINE) {
        if (c->place == FIELD_START)
            csv_open_field(c, n);
        csv_close_field(c, n);
    }
    take(c, n);
    give(c, rec, n, n, c->line_now, ret);
    return true;
}

/* Looks for the byte order mark; false when it is not clear yet, because only one or two bytes have come. */
static bool start(struct csv *c)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (c->carry_n || c->in_n < 3)
        (void)append(c); /* nothing to append: the end */
    size_t n;
    const char *p = waiting(c, &n);
    bool same = memcmp(p ? p : mark, mark, n < 3 ? n : 3) == 0;
    if (same && n < 3 && !c->ended)
        return false;
    c->started = true;
    c->offset = same && n >= 3 ? 3 : 0;
    take(c, c->offset);
    return true;
}

/* Passes blank lines and the LF of a CRLF that was cut in two. */
static void take_blank(struct csv *c)
{
    size_t n;
    for (const char *p = waiting(c, &n); n && c->class[(unsigned char)*p] == LINE_END; p = waiting(c, &n)) {
        if (c->after_cr && *p == '\n')
            c->line--; /* its CR has been counted */
        take_line_end(c, *p);
    }
    if (n)
        c->after_cr = false;
}

bool csv_next(struct csv *c, struct csv_record *ret)
{
    if (!c->started && !start(c))
        return false;
    for (;;) {
        if (c->skipping)
            return skip(c, ret);
        if (c->pos == 0)
            take_blank(c);
        size_t n, most = c->limits.record_bytes + 1;
        const char *rec = waiting(c, &n);
        switch (csv_scan(c, rec, n < most ? n : most)) {
        case SCAN_RECORD:
            give_line(c, rec, ret);
            return true;
        case SCAN_REWIND:
            give_rewound(c, rec, "a quote is not closed", ret);
            return true;
        case SCAN_MORE:
            if (c->pos == most && over_limit(c, rec, ret))
                return true;
            if (c->skipping || append(c))
                continue;
            return c->ended && at_end(c, rec, n, ret);
        }
    }
}
