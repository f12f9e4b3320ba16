/* csv_scan.c: walks one CSV record byte by byte and notes where its fields are.
 *
 * The state is in struct csv, so a record may come in any number of pieces: csv_scan goes on where it stopped.
 * Fields are offsets from the record's start, because the bytes may move between two calls. What breaks RFC 4180 is
 * noted and the walk goes on to the end of the line, so that the next record starts at a line. */
#include "base/csv_int.h"

void csv_problem(struct csv *c, enum err_code code, const char *why)
{
    if (c->problem == ERR_OK) { /* the first one is reported */
        c->problem = code;
        c->why = why;
    }
}

void csv_open_field(struct csv *c, size_t at)
{
    if (c->columns == c->limits.columns) {
        csv_problem(c, ERR_LIMIT, c->why_columns);
        c->columns--; /* the last mark is overwritten: the record is refused anyway */
    }
    c->marks[c->columns++] = (struct csv_mark){(uint32_t)at, (uint32_t)at, false};
}

/* Counts a line end inside quotes; CRLF is one. */
static void line_in_quotes(struct csv *c, const char *rec, size_t at)
{
    if (rec[at] == '\n' && at > 0 && rec[at - 1] == '\r')
        return;
    if (c->quote_line_end == NOT_SEEN)
        c->quote_line_end = at;
    c->line_now++;
}

/* Text after a closing quote. When the quotes span lines, the opening one was the stray one: the record is its line. */
static enum csv_outcome stray_text(struct csv *c)
{
    if (c->quote_line_end != NOT_SEEN)
        return SCAN_REWIND;
    csv_problem(c, ERR_FORMAT, "text follows a closing quote");
    c->place = BAD_LINE;
    return SCAN_MORE;
}

/* One byte that is not ordinary, or that comes where the place changes. SCAN_MORE: go on. */
static enum csv_outcome step(struct csv *c, const char *rec, size_t i)
{
    enum csv_class k = c->class[(unsigned char)rec[i]];
    if (c->place == FIELD_START)
        csv_open_field(c, i);
    if (k == NUL)
        csv_problem(c, ERR_FORMAT, "there is a NUL byte");
    switch (c->place) {
    case FIELD_START:
        if (k == QUOTE) {
            c->marks[c->columns - 1].from++;
            c->quote_line_end = NOT_SEEN;
            c->quote_line = c->line_now;
            c->place = QUOTED;
            return SCAN_MORE;
        }
        c->place = PLAIN;
        __attribute__((fallthrough));
    case PLAIN:
        if (k == QUOTE) {
            csv_problem(c, ERR_FORMAT, "there is a quote inside an unquoted field");
            c->place = BAD_LINE;
        } else if (k == SEPARATOR || k == LINE_END) {
            csv_close_field(c, i);
            c->place = FIELD_START;
            return k == LINE_END ? SCAN_RECORD : SCAN_MORE;
        }
        return SCAN_MORE;
    case QUOTED:
        if (k == QUOTE)
            c->place = QUOTE_SEEN;
        else if (k == LINE_END)
            line_in_quotes(c, rec, i);
        return SCAN_MORE;
    case QUOTE_SEEN:
        if (k == QUOTE) {
            c->marks[c->columns - 1].doubled = true;
            c->place = QUOTED;
            return SCAN_MORE;
        }
        csv_close_field(c, i - 1);
        if (k != SEPARATOR && k != LINE_END)
            return stray_text(c);
        c->place = FIELD_START;
        return k == LINE_END ? SCAN_RECORD : SCAN_MORE;
    case BAD_LINE:
        return k == LINE_END ? SCAN_RECORD : SCAN_MORE;
    }
    __builtin_unreachable();
}

enum csv_outcome csv_scan(struct csv *c, const char *rec, size_t n)
{
    const uint8_t *class = c->class;
    size_t i = c->pos;
    enum csv_outcome o = SCAN_MORE;
    while (i < n) {
        if (c->place == PLAIN || c->place == QUOTED || c->place == BAD_LINE) {
            while (i < n && class[(unsigned char)rec[i]] == ORDINARY)
                i++;
            if (i == n)
                break;
        }
        o = step(c, rec, i);
        if (o != SCAN_MORE)
            break;
        i++;
    }
    c->pos = i;
    return o;
}
