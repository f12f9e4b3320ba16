/* feed_values.c: texts, columns, tables of codes and times of a feed's definition. See feed_values.h and docs/feeds.md. */
#include "intake/feed_values.h"

#include <stdio.h>
#include <stdlib.h>

enum err_code parser_fail(struct parser *p, const struct json *v, const char *key, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return err_set(p->e, ERR_FORMAT, "%s:%u: %s: %s", p->file, (unsigned)v->line, key, text);
}

enum err_code parser_no_memory(struct parser *p)
{
    return err_set(p->e, ERR_LIMIT, "%s: the definition is over its limit of %zu bytes", p->file, p->a->limit);
}

/* ---- small things ---- */

enum err_code parser_only_keys(struct parser *p, const struct json *v, const char *where, const char *const *known)
{
    JSON_EACH(item, v)
    {
        bool found = false;
        for (const char *const *k = known; *k && !found; k++)
            found = str_eq(item->key, str_of(*k));
        if (!found)
            return parser_fail(p, item, where, "the key \"%.*s\" is not known here; remove it or mend its spelling", STR_ARG(item->key));
    }
    return ERR_OK;
}

enum err_code parser_text(struct parser *p, const struct json *parent, const char *key, struct str *ret)
{
    const struct json *v = json_get(parent, key);
    if (v->type != JSON_STRING || v->text.n == 0)
        return parser_fail(p, v->type == JSON_ABSENT ? parent : v, key, "a text is required");
    if (!(ret->p = str_dup(p->a, v->text).p))
        return parser_no_memory(p);
    ret->n = v->text.n;
    return ERR_OK;
}

/* All words of a list, for an error. */
static const char *words_of(const struct word_list *l, char *space, size_t n)
{
    size_t at = 0;
    space[0] = '\0';
    for (int i = 1; i < l->n && at + 40 < n; i++)
        at += (size_t)snprintf(space + at, n - at, "%s%s", i > 1 ? ", " : "", l->names[i]);
    return space;
}

enum err_code parser_word(struct parser *p, const struct json *v, const char *key, const struct word_list *l, int *ret)
{
    char list[320];
    int w = v->type == JSON_STRING ? words_find(l, v->text) : -1;
    if (w < 1)
        return parser_fail(p, v, key, "\"%.*s\" is no %s; one of: %s", STR_ARG(v->text), l->list, words_of(l, list, sizeof list));
    *ret = w;
    return ERR_OK;
}

enum err_code parser_word_required(struct parser *p, const struct json *parent, const char *key, const struct word_list *l, int *ret)
{
    const struct json *v = json_get(parent, key);
    if (v->type == JSON_ABSENT)
        return parser_fail(p, parent, key, "is required");
    return parser_word(p, v, key, l, ret);
}

int feed_column(const struct feed *f, struct str name)
{
    for (size_t i = 0; i < f->n_columns; i++)
        if (str_eq(f->columns[i], name))
            return (int)i;
    return FEED_NO_COLUMN;
}

enum err_code parser_column(struct parser *p, const struct json *v, const char *key, int *ret)
{
    if (v->type != JSON_STRING)
        return parser_fail(p, v, key, "the name of a column is required");
    int c = feed_column(p->f, v->text);
    if (c == FEED_NO_COLUMN)
        return parser_fail(p, v, key, "the column \"%.*s\" is not among \"columns\"", STR_ARG(v->text));
    *ret = c;
    return ERR_OK;
}

enum err_code parser_column_optional(struct parser *p, const struct json *parent, const char *key, int *ret)
{
    const struct json *v = json_get(parent, key);
    *ret = FEED_NO_COLUMN;
    return v->type == JSON_ABSENT ? ERR_OK : parser_column(p, v, key, ret);
}

/* An array of column names (or [] when it may be empty). */
enum err_code parser_columns(struct parser *p, const struct json *v, const char *key, const int **ret, size_t *ret_n)
{
    if (v->type != JSON_ARRAY)
        return parser_fail(p, v, key, "a list of columns is required");
    int *list = PARSER_NEW(p, int, v->n);
    if (!list)
        return parser_no_memory(p);
    size_t n = 0;
    JSON_EACH(item, v)
        ERR_TRY(parser_column(p, item, key, &list[n++]));
    *ret = list;
    *ret_n = n;
    return ERR_OK;
}

/* ---- codes to words ---- */

static int word_order(const void *a, const void *b)
{
    return str_cmp(((const struct feed_word *)a)->text, ((const struct feed_word *)b)->text);
}

static enum err_code lower(struct parser *p, struct str s, struct str *ret)
{
    char *z = arena_alloc(p->a, s.n);
    if (!z)
        return parser_no_memory(p);
    for (size_t i = 0; i < s.n; i++)
        z[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    *ret = (struct str){z, s.n};
    return ERR_OK;
}

/* Haven's own names as codes. */
static enum err_code own_words(struct parser *p, const struct word_list *l, struct feed_rule *r)
{
    struct feed_word *w = PARSER_NEW(p, struct feed_word, (size_t)l->n);
    if (!w)
        return parser_no_memory(p);
    for (int i = 1; i < l->n; i++)
        w[i - 1] = (struct feed_word){str_of(l->names[i]), i};
    r->n_words = (size_t)l->n - 1;
    r->words = w;
    qsort(w, r->n_words, sizeof *w, word_order);
    return ERR_OK;
}

static enum err_code code_table(struct parser *p, const struct json *v, const char *key, const struct word_list *l, struct feed_rule *r)
{
    if (v->type != JSON_OBJECT || v->n == 0)
        return parser_fail(p, v, key, "a table of codes and words is required");
    struct feed_word *w = PARSER_NEW(p, struct feed_word, v->n);
    if (!w)
        return parser_no_memory(p);
    JSON_EACH(item, v)
    {
        if (item->key.n == 0)
            return parser_fail(p, item, key, "a code is empty");
        ERR_TRY(lower(p, item->key, &w[r->n_words].text));
        ERR_TRY(parser_word(p, item, key, l, &w[r->n_words].word));
        r->n_words++;
    }
    r->words = w;
    if (r->match != FEED_VALUES)
        return ERR_OK; /* the order written is the order of trial */
    qsort(w, r->n_words, sizeof *w, word_order);
    for (size_t i = 1; i < r->n_words; i++)
        if (str_eq(w[i - 1].text, w[i].text))
            return parser_fail(p, v, key, "the code \"%.*s\" stands twice (capitals do not count)", STR_ARG(w[i].text));
    return ERR_OK;
}

static enum err_code only_of(struct parser *p, const struct json *v, struct feed_rule *r)
{
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "only", "must be {\"column\": …, \"values\": […]}");
    ONLY_KEYS(p, v, "only", "column", "values");
    ERR_TRY(parser_column(p, json_get(v, "column"), "only.column", &r->only_column));
    const struct json *values = json_get(v, "values");
    if (values->type != JSON_ARRAY || values->n == 0)
        return parser_fail(p, v, "only.values", "a list of codes is required");
    struct feed_word *w = PARSER_NEW(p, struct feed_word, values->n);
    if (!w)
        return parser_no_memory(p);
    JSON_EACH(item, values)
    {
        if (item->type != JSON_STRING)
            return parser_fail(p, item, "only.values", "a code must be text");
        ERR_TRY(lower(p, item->text, &w[r->n_only++].text));
    }
    r->only = w;
    return ERR_OK;
}

static enum err_code rule_of(struct parser *p, const struct json *v, const char *key, const struct word_list *l, struct feed_rule *r)
{
    static const struct { const char *key; enum feed_match match; } kinds[] = {
        {"values", FEED_VALUES}, {"starts", FEED_STARTS}, {"contains", FEED_CONTAINS}, {"words", FEED_VALUES}};
    *r = (struct feed_rule){.only_column = FEED_NO_COLUMN, .column = FEED_NO_COLUMN};
    if (v->type == JSON_STRING) {
        r->match = FEED_ALWAYS;
        return parser_word(p, v, key, l, &r->always);
    }
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, key, "must be a word, a rule {\"column\": …, \"values\": {…}} or a list of rules");
    ONLY_KEYS(p, v, key, "only", "column", "list", "values", "starts", "contains", "words", "always");
    ERR_TRY(only_of(p, json_get(v, "only"), r));
    const struct json *always = json_get(v, "always");
    if (always->type != JSON_ABSENT) {
        r->match = FEED_ALWAYS;
        return parser_word(p, always, key, l, &r->always);
    }
    ERR_TRY(parser_column(p, json_get(v, "column"), key, &r->column));
    const struct json *list = json_get(v, "list");
    if (list->type != JSON_ABSENT) {
        if (list->type != JSON_STRING || list->text.n != 1)
            return parser_fail(p, list, key, "\"list\" must be the one character that separates codes");
        r->list = list->text.p[0];
    }
    int n = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct json *table = json_get(v, kinds[i].key);
        if (table->type == JSON_ABSENT)
            continue;
        n++;
        r->match = kinds[i].match;
        ERR_TRY(table->type == JSON_BOOL ? own_words(p, l, r) : code_table(p, table, key, l, r));
    }
    return n == 1 ? ERR_OK : parser_fail(p, v, key, "a rule has exactly one of \"values\", \"starts\", \"contains\", \"words\", \"always\"");
}

/* A word, a rule, or a list of rules. */
enum err_code parser_words(struct parser *p, const struct json *v, const char *key, const struct word_list *l, struct feed_words *ret)
{
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    size_t n = v->type == JSON_ARRAY ? v->n : 1;
    struct feed_rule *rules = PARSER_NEW(p, struct feed_rule, n);
    if (!rules)
        return parser_no_memory(p);
    if (v->type == JSON_ARRAY) {
        n = 0;
        JSON_EACH(item, v)
            ERR_TRY(rule_of(p, item, key, l, &rules[n++]));
    } else
        ERR_TRY(rule_of(p, v, key, l, &rules[0]));
    *ret = (struct feed_words){rules, n};
    return ERR_OK;
}

/* ---- times ---- */

enum err_code parser_styles(struct parser *p, const struct json *v, const char *key, struct feed_time_part *part)
{
    if (v->type != JSON_ARRAY || v->n == 0)
        return parser_fail(p, v, key, "a list of date styles is required, such as \"DD/MM/YYYY HH:mm\" or \"ISO\"");
    struct str *styles = PARSER_NEW(p, struct str, v->n);
    if (!styles)
        return parser_no_memory(p);
    JSON_EACH(item, v)
    {
        bool has_year = item->type == JSON_STRING && str_find(item->text, STR("YY")) >= 0;
        if (item->type == JSON_STRING && str_eq(item->text, STR("ISO")))
            part->iso = true;
        else if (!has_year)
            return parser_fail(p, item, key, "a date style needs at least YYYY or YY (fields: YYYY YY MM M Mon DD D HH mm ss sss Z), or is \"ISO\"");
        else if (!(styles[part->n_styles++] = str_dup(p->a, item->text)).p)
            return parser_no_memory(p);
    }
    part->styles = styles;
    return ERR_OK;
}

static enum err_code time_part(struct parser *p, const struct json *v, const char *key, const struct feed_time_part *otherwise,
                               struct feed_time_part *ret)
{
    *ret = *otherwise;
    if (v->type != JSON_OBJECT)
        return parser_column(p, v, key, &ret->column);
    ONLY_KEYS(p, v, key, "column", "dates");
    ERR_TRY(parser_column(p, json_get(v, "column"), key, &ret->column));
    const struct json *dates = json_get(v, "dates");
    if (dates->type == JSON_ABSENT)
        return ERR_OK;
    *ret = (struct feed_time_part){.column = ret->column};
    return parser_styles(p, dates, key, ret);
}

enum err_code parser_time(struct parser *p, const struct json *v, const char *key, const struct feed_time_part *otherwise,
                              struct feed_time *ret)
{
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    size_t n = v->type == JSON_ARRAY ? v->n : 1;
    struct feed_time_part *parts = PARSER_NEW(p, struct feed_time_part, n);
    if (!parts)
        return parser_no_memory(p);
    if (v->type == JSON_ARRAY) {
        n = 0;
        JSON_EACH(item, v)
            ERR_TRY(time_part(p, item, key, otherwise, &parts[n++]));
    } else
        ERR_TRY(time_part(p, v, key, otherwise, &parts[0]));
    *ret = (struct feed_time){parts, n};
    return ERR_OK;
}
