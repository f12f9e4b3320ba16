/* reader_json.c: one JSON line to a row: every text, number and truth value with its path as its name. See reader.h. */
#include "intake/reader.h"

#include <stdio.h>

#define LINE_ARENA_BYTES ((size_t)32 << 20)
#define LINE_DEPTH 16

enum err_code reader_open_json(struct reader *r, const struct feed *f, struct err *e)
{
    ERR_TRY(reader_init(r, f, CHARSET_UTF8, LIMIT_ROW_FIELDS, e));
    arena_init(&r->scratch, LINE_ARENA_BYTES);
    r->layout = STR("");
    return ERR_OK;
}

/* Where the walk stands: the path with element numbers, the same with "[]", and the innermost element. */
struct walk {
    struct reader *r;
    char path[512], column[512];
    size_t path_n, column_n;
    int element;
    const char *why;
};

/* One step down: into a member (key) or an element (key without text). */
static bool push(struct walk *w, int element, struct str key)
{
    size_t room_path = sizeof w->path - w->path_n, room_column = sizeof w->column - w->column_n;
    int a = key.p ? snprintf(w->path + w->path_n, room_path, "%s%.*s", w->path_n ? "." : "", STR_ARG(key)) : snprintf(w->path + w->path_n, room_path, "[%d]", element);
    int b = key.p ? snprintf(w->column + w->column_n, room_column, "%s%.*s", w->column_n ? "." : "", STR_ARG(key)) : snprintf(w->column + w->column_n, room_column, "[]");
    if (a < 0 || (size_t)a >= room_path || b < 0 || (size_t)b >= room_column)
        return false;
    w->path_n += (size_t)a;
    w->column_n += (size_t)b;
    return true;
}

static bool add_value(struct walk *w, struct str text)
{
    struct reader *r = w->r;
    if (text.n == 0)
        return true;
    if (r->n == r->cap) {
        (void)reader_problem(r, &w->why, "the line has more than the limit of %zu values", LIMIT_ROW_FIELDS);
        return false;
    }
    if (text.n > LIMIT_FIELD_BYTES) {
        (void)reader_problem(r, &w->why, "a value is over the limit of %zu bytes", LIMIT_FIELD_BYTES);
        return false;
    }
    size_t i = r->n++;
    r->names[i] = str_dup(&r->scratch, (struct str){w->path, w->path_n});
    r->values[i] = text;
    r->columns[i] = feed_column(r->f, (struct str){w->column, w->column_n});
    r->elements[i] = w->element;
    r->order[i] = i;
    if (r->columns[i] >= 0 && r->at[r->columns[i]] < 0)
        r->at[r->columns[i]] = (int)i;
    return r->names[i].p != NULL;
}

/* Depth is bounded by json_parse's limit. */
static bool walk_value(struct walk *w, const struct json *v)
{
    switch (v->type) {
    case JSON_STRING:
    case JSON_NUMBER: return add_value(w, v->text);
    case JSON_BOOL: return add_value(w, v->boolean ? STR("true") : STR("false"));
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    default: return true; /* null: not there */
    }
    const size_t path_n = w->path_n, column_n = w->column_n;
    const int element = w->element;
    int i = 0;
    JSON_EACH(item, v)
    {
        bool list = v->type == JSON_ARRAY;
        w->element = list ? i : element;
        bool ok = push(w, i++, list ? STR_NONE : item->key) && walk_value(w, item);
        w->path_n = path_n;
        w->column_n = column_n;
        w->element = element;
        if (!ok)
            return false;
    }
    return true;
}

enum err_code reader_json(struct reader *r, struct str line, struct row *ret, const char **ret_why, struct err *e)
{
    static const struct json_limits limits = {LIMIT_CSV_RECORD_BYTES, LINE_DEPTH};
    (void)e;
    size_t at;
    *ret_why = NULL;
    r->charset_problem = false;
    arena_reset(&r->scratch);
    if (line.n > LIMIT_CSV_RECORD_BYTES)
        return reader_problem(r, ret_why, "the line is over the limit of %zu bytes", LIMIT_CSV_RECORD_BYTES);
    if (!utf8_valid(line, &at)) {
        r->charset_problem = !memchr(line.p, '\0', line.n);
        return reader_problem(r, ret_why, r->charset_problem ? "the text is not in UTF-8" : "the line has a NUL character in it");
    }
    const struct json *v;
    struct err why;
    if (json_parse(&r->scratch, line, &limits, &v, &why) != ERR_OK)
        return reader_problem(r, ret_why, "the line is not JSON: %s", why.message);
    if (v->type != JSON_OBJECT)
        return reader_problem(r, ret_why, "the line is not a JSON object");
    r->n = 0;
    for (size_t i = 0; i < r->f->n_columns; i++)
        r->at[i] = -1;
    struct walk w = {.r = r, .element = -1};
    if (!walk_value(&w, v))
        return w.why ? (*ret_why = w.why, ERR_OK) : reader_problem(r, ret_why, "the line is too deep or its names are too long");
    reader_sort(r);
    *ret = (struct row){r->names, r->values, r->columns, r->elements, r->at, r->n};
    return ERR_OK;
}
