/* arrow_type.c: Arrow's format strings. */
#include "havenlink/arrow_column.h"

/* The types of one letter. */
static const struct {
    char format;
    struct arrow_type type;
} letters[] = {
    {'n', {.kind = ARROW_NULL}},
    {'b', {.kind = ARROW_BOOL}},
    {'c', {.kind = ARROW_INT, .width = 1}},
    {'s', {.kind = ARROW_INT, .width = 2}},
    {'i', {.kind = ARROW_INT, .width = 4}},
    {'l', {.kind = ARROW_INT, .width = 8}},
    {'C', {.kind = ARROW_UINT, .width = 1}},
    {'S', {.kind = ARROW_UINT, .width = 2}},
    {'I', {.kind = ARROW_UINT, .width = 4}},
    {'L', {.kind = ARROW_UINT, .width = 8}},
    {'f', {.kind = ARROW_FLOAT, .width = 4}},
    {'g', {.kind = ARROW_FLOAT, .width = 8}},
    {'u', {.kind = ARROW_TEXT, .width = 4}},
    {'U', {.kind = ARROW_TEXT, .width = 8}},
};

/* The ones of several letters, without parameters. */
static const struct {
    const char *format;
    struct arrow_type type;
} words[] = {
    {"vu", {.kind = ARROW_VIEW, .width = 16}},
    {"tdD", {.kind = ARROW_DAYS, .width = 4, .per = 1}},
    {"tdm", {.kind = ARROW_DAYS, .width = 8, .per = 86400000}},
    {"+l", {.kind = ARROW_LIST, .width = 4}},
    {"+L", {.kind = ARROW_LIST, .width = 8}},
};

static const struct {
    char letter;
    int64_t per_second;
} units[] = {{'s', 1}, {'m', 1000}, {'u', 1000000}, {'n', 1000000000}};

/* "tsu:" and its time zone, "+w:3". */
static bool with_parameter(struct str format, struct arrow_type *ret)
{
    int64_t n;
    if (str_starts(format, STR("+w:")) && str_to_int64(str_slice(format, 3, format.n), &n) && n >= 0 && n <= INT32_MAX) {
        *ret = (struct arrow_type){.kind = ARROW_LIST_FIXED, .per = n};
        return true;
    }
    for (size_t i = 0; format.n >= 4 && str_starts(format, STR("ts")) && format.p[3] == ':' && i < sizeof units / sizeof *units; i++)
        if (format.p[2] == units[i].letter) {
            *ret = (struct arrow_type){.kind = ARROW_INSTANT, .width = 8, .per = units[i].per_second, .zoned = format.n > 4};
            return true;
        }
    return false;
}

static bool format_read(struct str format, struct arrow_type *ret)
{
    for (size_t i = 0; format.n == 1 && i < sizeof letters / sizeof *letters; i++)
        if (format.p[0] == letters[i].format) {
            *ret = letters[i].type;
            return true;
        }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(format, str_of(words[i].format))) {
            *ret = words[i].type;
            return true;
        }
    return with_parameter(format, ret);
}

static enum err_code type_at(const struct ArrowSchema *s, const char *column, int depth, struct arena *a, struct arrow_type *ret, struct err *e);

static enum err_code part_of(const struct ArrowSchema *s, const char *column, int depth, struct arena *a, struct arrow_type **ret, struct err *e)
{
    *ret = ARENA_NEW(a, struct arrow_type, 1);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "no memory for the types of the columns");
    return type_at(s, column, depth + 1, a, *ret, e);
}

static bool is_index(const struct arrow_type *t) { return t->kind == ARROW_INT || t->kind == ARROW_UINT; }
static bool is_list(const struct arrow_type *t) { return t->kind == ARROW_LIST || t->kind == ARROW_LIST_FIXED; }

static enum err_code type_at(const struct ArrowSchema *s, const char *column, int depth, struct arena *a, struct arrow_type *ret, struct err *e)
{
    struct arrow_type t = {.kind = ARROW_NONE};
    if (!s || !s->release || !s->format)
        return err_set(e, ERR_FORMAT, "column %.100s: its schema, or a part of it, is missing or released", column);
    if (depth > ARROW_NESTING)
        return err_set(e, ERR_LIMIT, "column %.100s: lists or dictionaries nest deeper than %d", column, ARROW_NESTING);
    if (!format_read(str_of(s->format), &t))
        return err_set(e, ERR_UNSUPPORTED, "column %.100s: the Arrow type with the format \"%.60s\" is not supported: cast it to text (utf8)", column, s->format);
    if (s->n_children != (is_list(&t) ? 1 : 0))
        return err_set(e, ERR_FORMAT, "column %.100s: a schema of the format \"%.60s\" with %lld children", column, s->format, (long long)s->n_children);
    if (s->dictionary && !is_index(&t))
        return err_set(e, ERR_FORMAT, "column %.100s: a dictionary whose indices are no whole numbers", column);
    if (is_list(&t) && !s->children)
        return err_set(e, ERR_FORMAT, "column %.100s: its schema, or a part of it, is missing or released", column);
    if (is_list(&t))
        ERR_TRY(part_of(s->children[0], column, depth, a, &t.items, e));
    if (s->dictionary)
        ERR_TRY(part_of(s->dictionary, column, depth, a, &t.values, e));
    *ret = t;
    return ERR_OK;
}

enum err_code arrow_type_read(const struct ArrowSchema *s, const char *column, struct arena *a, struct arrow_type *ret, struct err *e)
{
    return type_at(s, column, 0, a, ret, e);
}
