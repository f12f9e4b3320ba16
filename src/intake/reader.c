/* reader.c: CSV records to rows, and what both kinds of reader share. See reader.h. */
#include "intake/reader.h"

#include "intake/pack.h"

#include <stdio.h>
#include <stdlib.h>

#define FIXED_BYTES ((size_t)1 << 20)
#define TEXT_BYTES (LIMIT_CSV_RECORD_BYTES * 4) /* one byte of a single-byte character set is at most three of UTF-8 */

enum err_code reader_init(struct reader *r, const struct feed *f, enum charset charset, size_t cap, struct err *e)
{
    *r = (struct reader){.f = f, .charset = charset, .cap = cap};
    arena_init(&r->fixed, FIXED_BYTES);
    buf_init(&r->text, TEXT_BYTES);
    r->names = ARENA_NEW(&r->fixed, struct str, cap);
    r->values = ARENA_NEW(&r->fixed, struct str, cap);
    r->columns = ARENA_NEW(&r->fixed, int, cap);
    r->elements = ARENA_NEW(&r->fixed, int, cap);
    r->order = ARENA_NEW(&r->fixed, size_t, cap);
    r->at = ARENA_NEW(&r->fixed, int, f->n_columns);
    if (!r->names || !r->values || !r->columns || !r->elements || !r->order || !r->at)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a file's columns");
    return ERR_OK;
}

void reader_close(struct reader *r)
{
    arena_release(&r->fixed);
    arena_release(&r->scratch);
    buf_release(&r->text);
}

/* ---- the header ---- */

static int name_order(const void *a, const void *b, void *names)
{
    const struct str *n = names;
    return str_cmp(n[*(const size_t *)a], n[*(const size_t *)b]);
}

void reader_sort(struct reader *r)
{
    if (r->n)
        qsort_r(r->order, r->n, sizeof *r->order, name_order, r->names);
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    return false;
}

static enum err_code missing_column(const struct reader *r, const char *where, struct err *e)
{
    size_t found = 0;
    struct str first = STR_NONE;
    for (size_t i = 0; i < r->f->n_columns; i++)
        found += r->at[i] >= 0;
    for (size_t i = 0; i < r->f->n_required && !first.p; i++)
        if (r->at[i] < 0)
            first = r->f->columns[i];
    if (!first.p)
        return ERR_OK;
    if (found == 0)
        return err_set(e, ERR_FORMAT, "%s:1: the first line has none of the columns of feed %.*s (it should have %.*s, ... separated by '%c'); is it the right file, and has it a header?",
                       where, STR_ARG(r->f->name), STR_ARG(first), r->f->separator);
    return err_set(e, ERR_FORMAT, "%s:1: the column \"%.*s\", which feed %.*s requires, is missing; ask the agency for the whole extract", where,
                   STR_ARG(first), STR_ARG(r->f->name));
}

enum err_code reader_open_csv(struct reader *r, const struct feed *f, enum charset charset, const struct str *header, size_t n, const char *where,
                              struct err *e)
{
    ERR_TRY(reader_init(r, f, charset, n, e));
    r->n = n;
    for (size_t i = 0; i < f->n_columns; i++)
        r->at[i] = -1;
    _cleanup_buf_ struct buf layout;
    buf_init(&layout, FIXED_BYTES / 4);
    for (size_t i = 0; i < n; i++) {
        buf_clear(&r->text);
        if (charset_decode(charset, str_trim(header[i]), &r->text, e) != ERR_OK)
            return err_set(e, ERR_FORMAT, "%s:1: column %zu has a name that is not in the feed's character set", where, i + 1);
        r->names[i] = str_dup(&r->fixed, buf_as_str(&r->text));
        if (!r->names[i].p || has_control(r->names[i]))
            return err_set(e, ERR_FORMAT, "%s:1: the name of column %zu is too long or has a control character in it", where, i + 1);
        r->columns[i] = feed_column(f, r->names[i]);
        r->elements[i] = -1;
        if (r->columns[i] >= 0)
            r->at[r->columns[i]] = (int)i;
        r->order[i] = i;
        (void)(i && buf_char(&layout, LAYOUT_SEPARATOR));
        (void)buf_str(&layout, r->names[i]);
    }
    ERR_TRY(buf_check(&layout, "the header", e));
    ERR_TRY(missing_column(r, where, e));
    reader_sort(r);
    for (size_t i = 1; i < n; i++)
        if (str_eq(r->names[r->order[i - 1]], r->names[r->order[i]]))
            return err_set(e, ERR_FORMAT, "%s:1: the column \"%.*s\" stands twice; which one is meant?", where, STR_ARG(r->names[r->order[i]]));
    r->layout = str_dup(&r->fixed, buf_as_str(&layout));
    return r->layout.p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory for a file's columns");
}

enum err_code reader_open_layout(struct reader *r, const struct feed *f, enum charset charset, struct str layout, struct err *e)
{
    struct str names[LIMIT_CSV_COLUMNS];
    size_t n = 0;
    while (n < LIMIT_CSV_COLUMNS && str_split(&layout, LAYOUT_SEPARATOR, &names[n]))
        n++;
    return reader_open_csv(r, f, CHARSET_UTF8, names, n, "the stored header", e) == ERR_OK ? (r->charset = charset, ERR_OK) : e->code;
}

/* ---- a record ---- */

enum err_code reader_problem(struct reader *r, const char **ret_why, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
    *ret_why = r->why;
    return ERR_OK;
}

static const char *charset_name(enum charset c)
{
    return c == CHARSET_UTF8 ? "UTF-8" : c == CHARSET_WINDOWS_1252 ? "windows-1252" : "ISO-8859-1";
}

static bool is_ascii(struct str s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++)
        all |= (unsigned char)s.p[i];
    return all < 0x80;
}

/* Fields in another character set than UTF-8 move into r->text. */
static bool decode_fields(struct reader *r, const struct csv_record *record)
{
    size_t total = 0;
    for (size_t i = 0; i < r->n; i++)
        total += record->fields[i].n * 3;
    buf_clear(&r->text);
    if (total && !buf_reserve(&r->text, total)) /* once, so that slices into it stay */
        return false;
    for (size_t i = 0; i < r->n; i++) {
        size_t from = r->text.n;
        if (charset_decode(r->charset, record->fields[i], &r->text, NULL) != ERR_OK)
            return false;
        r->values[i] = (struct str){r->text.p + from, r->text.n - from};
    }
    return true;
}

enum err_code reader_csv(struct reader *r, const struct csv_record *record, struct row *ret, const char **ret_why, struct err *e)
{
    (void)e;
    r->charset_problem = false;
    *ret_why = NULL;
    if (record->problem != ERR_OK)
        return reader_problem(r, ret_why, "%s", record->why);
    if (record->n != r->n)
        return reader_problem(r, ret_why, "the row has %zu fields, the header has %zu", record->n, r->n);
    memcpy(r->values, record->fields, r->n * sizeof *r->values);
    for (size_t i = 0; i < r->n; i++)
        if (record->fields[i].n > LIMIT_FIELD_BYTES)
            return reader_problem(r, ret_why, "column \"%.60s\" is over the limit of %zu bytes", r->names[i].p, LIMIT_FIELD_BYTES);
    if (!is_ascii(record->raw) && (r->charset != CHARSET_UTF8 ? !decode_fields(r, record) : !utf8_valid(record->raw, &(size_t){0}))) {
        r->charset_problem = true;
        return reader_problem(r, ret_why, "the text is not in %s", charset_name(r->charset));
    }
    *ret = (struct row){.names = r->names, .values = r->values, .columns = r->columns, .at = r->at, .n = r->n};
    return ERR_OK;
}
