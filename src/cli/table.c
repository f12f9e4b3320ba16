/* table.c: what commands print: rows under named columns, as aligned text or as JSON. See cli.h. */
#include "cli/cli.h"

#include <math.h>

enum { CELL_TEXT, CELL_NUMBER, CELL_NONE };

void cli_table_start(struct cli_table *t, struct cli *c, const char *const *columns)
{
    *t = (struct cli_table){.c = c, .columns = columns};
    while (columns[t->n_columns])
        t->n_columns++;
}

static bool grow(struct cli_table *t)
{
    size_t cap = t->cap ? t->cap * 2 : 256;
    struct str *cells = ARENA_NEW(t->c->arena, struct str, cap);
    uint8_t *types = ARENA_NEW(t->c->arena, uint8_t, cap);
    if (!cells || !types)
        return false;
    if (t->n_cells) {
        memcpy(cells, t->cells, t->n_cells * sizeof *cells);
        memcpy(types, t->types, t->n_cells);
    }
    t->cells = cells;
    t->types = types;
    t->cap = cap;
    return true;
}

/* Out of space shows as columns = NULL, told by cli_table_end. */
static void cell(struct cli_table *t, uint8_t type, struct str s)
{
    if (!t->columns || (t->n_cells == t->cap && !grow(t)) || (type != CELL_NONE && !s.p)) {
        t->columns = NULL;
        return;
    }
    t->types[t->n_cells] = type;
    t->cells[t->n_cells++] = s;
}

void cli_cell_str(struct cli_table *t, struct str s) { cell(t, CELL_TEXT, str_dup(t->c->arena, s)); }
void cli_cell_int(struct cli_table *t, int64_t v) { cell(t, CELL_NUMBER, str_fmt(t->c->arena, "%lld", (long long)v)); }
void cli_cell_none(struct cli_table *t) { cell(t, CELL_NONE, STR_NONE); }

void cli_cell_double(struct cli_table *t, double v, int decimals)
{
    if (isfinite(v))
        cell(t, CELL_NUMBER, str_fmt(t->c->arena, "%.*f", decimals, v));
    else
        cli_cell_none(t);
}

void cli_print_clean(FILE *out, struct str s, bool keep_lines)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        fputc((ch < 0x20 && !(keep_lines && ch == '\n')) || ch == 0x7f ? ' ' : ch, out);
    }
}

static void print_heading(FILE *out, const char *column, size_t width, bool last)
{
    for (size_t i = 0; column[i]; i++) {
        char ch = column[i];
        fputc(ch == '_' ? ' ' : i == 0 && ch >= 'a' && ch <= 'z' ? ch - 32 : ch, out);
    }
    for (size_t n = strlen(column); !last && n < width + 2; n++)
        fputc(' ', out);
}

static size_t shown_width(struct str s) { return utf8_valid(s, NULL) ? utf8_length(s) : s.n; }

static void print_text(struct cli_table *t, size_t *width)
{
    FILE *out = t->c->out;
    size_t k = t->n_columns;
    for (size_t j = 0; j < k; j++)
        width[j] = strlen(t->columns[j]);
    for (size_t i = 0; i < t->n_cells; i++)
        if (shown_width(t->cells[i]) > width[i % k])
            width[i % k] = shown_width(t->cells[i]);
    for (size_t j = 0; j < k; j++)
        print_heading(out, t->columns[j], width[j], j + 1 == k);
    fputc('\n', out);
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t pad = width[i % k] - shown_width(t->cells[i]);
        bool right = t->types[i] == CELL_NUMBER, last = i % k + 1 == k;
        fprintf(out, "%*s", right ? (int)pad : 0, "");
        cli_print_clean(out, t->cells[i], false);
        fprintf(out, "%*s%s", right || last ? 0 : (int)pad, "", last ? "\n" : "  ");
    }
}

static enum err_code print_json(struct cli_table *t, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, (size_t)1 << 30);
    struct json_out o;
    jo_init(&o, &b, 1);
    jo_array(&o);
    for (size_t i = 0; i < t->n_cells; i++) {
        if (i % t->n_columns == 0)
            jo_object(&o);
        jo_key(&o, t->columns[i % t->n_columns]);
        double v;
        if (t->types[i] == CELL_NONE)
            jo_null(&o);
        else if (t->types[i] == CELL_NUMBER && str_to_double(t->cells[i], &v))
            jo_double(&o, v);
        else
            jo_str(&o, t->cells[i]);
        if ((i + 1) % t->n_columns == 0)
            jo_end_object(&o);
    }
    jo_end_array(&o);
    (void)buf_char(&b, '\n'); /* checked next */
    ERR_TRY(buf_check(&b, "the JSON output", e));
    (void)fwrite(b.p, 1, b.n, t->c->out); /* the door checks the stream */
    return ERR_OK;
}

enum err_code cli_table_end(struct cli_table *t, struct err *e)
{
    size_t *width = t->columns ? ARENA_NEW(t->c->arena, size_t, t->n_columns) : NULL;
    if (!width)
        return err_set(e, ERR_LIMIT, "the table is too large to print; ask for fewer rows");
    if (t->c->json)
        return print_json(t, e);
    print_text(t, width);
    return ERR_OK;
}
