/* model.c: Splink settings and trained models (4 and 5, DuckDB and Spark) from JSON, with Haven's own keys.
 *
 * What a model leaves out gets Splink's defaults. What cannot give a finite weight (m or u of 0), cannot be parsed, or names a level that
 * frequencies cannot adjust, is refused with comparison and level. Keys that only Splink's own work needs are passed over. */
#include "linkage/functions.h"
#include "linkage/model.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define NOT_OBSERVED 1e-6       /* Splink's value for levels that training did not see */
#define THRESHOLD_DEFAULT 20.0
#define PRIOR_DEFAULT 0.0001    /* Splink's */

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "the model needs more memory than its limit of %zu bytes", LIMIT_LINK_MODEL_BYTES);
}

static enum err_code need(const struct json *v, enum json_type type, const char *what, struct err *e)
{
    static const char *const names[] = {"nothing", "null", "true or false", "a number", "a text", "a list", "an object"};
    if (v->type == type)
        return ERR_OK;
    if (v->type == JSON_ABSENT)
        return err_set(e, ERR_FORMAT, "%s is missing; it must be %s", what, names[type]);
    return err_set(e, ERR_FORMAT, "line %u: %s must be %s, not %s", v->line, what, names[type], names[v->type]);
}

/* ---- levels ---- */

/* m or u: a number, a text ("level not observed in training dataset ..."), or absent. */
static enum err_code read_probability(const struct json *level, const char *key, double *ret, bool *ret_stated, struct err *e)
{
    const struct json *v = json_get(level, key);
    *ret_stated = true;
    if (v->type == JSON_STRING) {
        *ret = NOT_OBSERVED;
        return ERR_OK;
    }
    if (v->type == JSON_ABSENT || v->type == JSON_NULL) {
        *ret_stated = false;
        return ERR_OK;
    }
    ERR_TRY(need(v, JSON_NUMBER, key, e));
    if (!(v->number > 0) || v->number > 1)
        return err_set(e, ERR_FORMAT, "line %u: %s is %.*s; it must be above 0 (a level's weight would be infinite) and at most 1", v->line,
                       key, STR_ARG(v->text));
    *ret = v->number;
    return ERR_OK;
}

static struct str without_quotes(struct str s)
{
    return s.n >= 2 && (s.p[0] == '"' || s.p[0] == '`') && s.p[s.n - 1] == s.p[0] ? str_slice(s, 1, s.n - 1) : s;
}

static enum err_code read_frequency_keys(struct link_model *m, const struct json *j, struct model_level *l, struct err *e)
{
    const struct json *column = json_get(j, "tf_adjustment_column");
    uint32_t index;
    l->tf_column = -1;
    l->tf_weight = json_number_or(json_get(j, "tf_adjustment_weight"), 1.0);
    l->tf_minimum_u = json_number_or(json_get(j, "tf_minimum_u_value"), 0.0);
    l->tf_own_u = json_bool_or(json_get(j, "disable_tf_exact_match_detection"), false);
    if (column->type != JSON_STRING || l->tf_weight == 0 || l->gamma == -1)
        return ERR_OK;
    ERR_TRY(expr_names_add(&m->names, without_quotes(column->text), &index, e));
    l->tf_column = index;
    return ERR_OK;
}

static enum err_code read_level(struct link_model *m, const struct json *j, struct model_level *l, struct err *e)
{
    bool m_stated = false, u_stated = false;
    ERR_TRY(need(j, JSON_OBJECT, "a comparison level", e));
    ERR_TRY(need(json_get(j, "sql_condition"), JSON_STRING, "sql_condition", e));
    l->condition = json_get(j, "sql_condition")->text;
    l->label = json_text_or(json_get(j, "label_for_charts"), l->condition);
    l->gamma = json_bool_or(json_get(j, "is_null_level"), false) ? -1 : 0;
    if (!str_eq_nocase(str_trim(l->condition), STR("else")))
        ERR_TRY(expr_parse(&m->a, l->condition, m->dialect, NAMING_SUFFIX, &m->names, &l->expr, e));
    if (l->gamma == -1)
        l->tf_column = -1;
    if (l->gamma == -1)
        return ERR_OK;
    ERR_TRY(read_probability(j, "m_probability", &l->m, &m_stated, e));
    ERR_TRY(read_probability(j, "u_probability", &l->u, &u_stated, e));
    if (!m_stated)
        l->m = NAN;
    if (!u_stated)
        l->u = NAN;
    l->m_stated = m_stated;
    l->u_stated = u_stated;
    l->m_fixed = json_bool_or(json_get(j, "fix_m_probability"), false);
    l->u_fixed = json_bool_or(json_get(j, "fix_u_probability"), false);
    return read_frequency_keys(m, j, l, e);
}

/* Splink's starting values: m 0.95 for the first level and the rest shared; u so that weights run from -5 to 3, and 10 for the first. */
static void fill_defaults(struct model_comparison *c, size_t k)
{
    size_t place = 0; /* 0: the first level */
    for (size_t i = 0; i < c->n; i++) {
        struct model_level *l = &c->levels[i];
        if (l->gamma == -1)
            continue;
        double from_last = (double)(k - 1 - place), steps = (double)k - 2;
        double weight = place == 0 ? 10 : steps > 0 ? -5 + 8 * from_last / steps : -5;
        double m = k == 1 ? 1 : place == 0 ? 0.95 : 0.05 / (double)(k - 1);
        if (isnan(l->m))
            l->m = m;
        if (isnan(l->u))
            l->u = m / exp2(weight);
        place++;
    }
}

static bool is_exact_on(const struct expr *x, uint32_t column)
{
    return x && x->op == EXPR_EQ && x->child[0]->op == EXPR_COLUMN && x->child[1]->op == EXPR_COLUMN &&
           x->child[0]->column == column && x->child[1]->column == column && x->child[0]->side != x->child[1]->side;
}

/* A frequency replaces the u of exact agreement on its column, which is stated by the comparison's level for just that. */
static enum err_code find_exact_u(const struct link_model *m, const struct model_comparison *c, struct model_level *l, struct err *e)
{
    double u = l->tf_own_u ? l->u : 0;
    for (size_t i = 0; u == 0 && i < c->n; i++)
        if (is_exact_on(c->levels[i].expr, (uint32_t)l->tf_column))
            u = c->levels[i].u;
    if (u == 0)
        return err_set(e, ERR_FORMAT,
                       "level \"%.*s\": tf_adjustment_column %.*s needs a level of exact agreement on that column alone in the comparison, or "
                       "disable_tf_exact_match_detection",
                       STR_ARG(l->label), STR_ARG(m->names.items[l->tf_column]));
    l->tf_log2_u = log2(u);
    return ERR_OK;
}

static struct str comparison_name(const struct link_model *m, const struct json *j, const struct model_comparison *c, size_t first_name)
{
    struct str name = json_text_or(json_get(j, "output_column_name"), STR_NONE);
    (void)c;
    if (name.n)
        return name;
    return first_name < m->names.n ? m->names.items[first_name] : STR("comparison");
}

static enum err_code weigh_levels(const struct link_model *m, struct model_comparison *c, struct err *e)
{
    for (size_t i = 0; i < c->n; i++) {
        struct model_level *l = &c->levels[i];
        if (l->gamma != -1)
            l->weight = log2(l->m / l->u);
        if (l->tf_column >= 0)
            ERR_TRY(find_exact_u(m, c, l, e));
        if (!l->expr && i + 1 != c->n)
            return err_set(e, ERR_FORMAT, "the ELSE level is not the last: the levels behind it can never hold; put it at the end");
    }
    return ERR_OK;
}

static enum err_code number_levels(const struct link_model *m, struct model_comparison *c, struct err *e)
{
    size_t k = 0;
    for (size_t i = 0; i < c->n; i++)
        k += c->levels[i].gamma != -1;
    if (k == 0)
        return err_set(e, ERR_FORMAT, "no level but null levels");
    for (size_t i = 0, left = k; i < c->n; i++)
        if (c->levels[i].gamma != -1)
            c->levels[i].gamma = (int)--left;
    fill_defaults(c, k);
    return weigh_levels(m, c, e);
}

enum err_code model_refresh(struct link_model *m, struct err *e)
{
    m->prior_weight = log2(m->prior / (1 - m->prior));
    for (size_t k = 0; k < m->n_comparisons; k++)
        ERR_TRY(weigh_levels(m, &m->comparisons[k], e));
    return ERR_OK;
}

static enum err_code read_comparison(struct link_model *m, const struct json *j, struct model_comparison *c, struct err *e)
{
    ERR_TRY(need(j, JSON_OBJECT, "a comparison", e));
    const struct json *levels = json_get(j, "comparison_levels");
    ERR_TRY(need(levels, JSON_ARRAY, "comparison_levels", e));
    size_t first_name = m->names.n;
    c->name = comparison_name(m, j, c, first_name);
    if (levels->n == 0 || levels->n > LIMIT_LINK_LEVELS)
        return err_set(e, ERR_LIMIT, "comparison %.*s: 1 to %d levels, not %zu", STR_ARG(c->name), LIMIT_LINK_LEVELS, levels->n);
    c->levels = ARENA_NEW(&m->a, struct model_level, levels->n);
    if (!c->levels)
        return no_memory(e);
    JSON_EACH(level, levels) {
        if (read_level(m, level, &c->levels[c->n], e) != ERR_OK)
            return err_frame(e, "comparison %.*s, level %zu", STR_ARG(c->name), c->n + 1);
        c->n++;
    }
    c->name = comparison_name(m, j, c, first_name);
    if (number_levels(m, c, e) != ERR_OK)
        return err_frame(e, "comparison %.*s", STR_ARG(c->name));
    return ERR_OK;
}

/* ---- vetoes and definite matches ---- */

/* haven_veto and haven_definite are comparisons behind all others: a level a condition, of a weight that no evidence outweighs, and ELSE of none. So blocking, scores, clusters and
 * explanations mean the same by them. A veto outweighs a definite match. */
static enum err_code read_override(struct link_model *m, const struct json *list, struct str name, double level_m, double level_u, struct err *e)
{
    if (list->n >= LIMIT_LINK_LEVELS)
        return err_set(e, ERR_LIMIT, "%zu conditions are over the limit of %d", list->n, LIMIT_LINK_LEVELS - 1);
    if (m->n_comparisons == LIMIT_LINK_COMPARISONS)
        return err_set(e, ERR_LIMIT, "counts as one comparison more, and there are %d already", LIMIT_LINK_COMPARISONS);
    struct model_comparison *c = &m->comparisons[m->n_comparisons];
    *c = (struct model_comparison){.name = name, .levels = ARENA_NEW(&m->a, struct model_level, list->n + 1)};
    if (!c->levels)
        return no_memory(e);
    JSON_EACH(item, list) {
        const struct json *condition = item->type == JSON_OBJECT ? json_get(item, "condition") : item;
        struct model_level *l = &c->levels[c->n++];
        ERR_TRY(need(condition, JSON_STRING, "a condition", e));
        *l = (struct model_level){.condition = condition->text, .m = level_m, .u = level_u};
        l->label = item->type == JSON_OBJECT ? json_text_or(json_get(item, "label"), condition->text) : condition->text;
        ERR_TRY(expr_parse(&m->a, l->condition, m->dialect, NAMING_SUFFIX, &m->names, &l->expr, e));
    }
    c->levels[c->n++] = (struct model_level){.condition = STR("ELSE"), .label = STR("does not hold"), .m = 1, .u = 1};
    for (size_t i = 0; i < c->n; i++) {
        struct model_level *l = &c->levels[i];
        l->gamma = (int)(c->n - 1 - i);
        l->tf_column = -1;
        l->m_stated = l->u_stated = l->m_fixed = l->u_fixed = true;
    }
    ERR_TRY(weigh_levels(m, c, e));
    m->n_comparisons++;
    return ERR_OK;
}

static enum err_code read_overrides(struct link_model *m, const struct json *root, struct err *e)
{
    static const struct {
        const char *key;
        double m, u;
    } kinds[] = {{"haven_veto", 1e-300, 1}, {"haven_definite", 1, 1e-150}};
    for (size_t i = 0; i < 2; i++) {
        const struct json *list = json_get(root, kinds[i].key);
        if (list->type == JSON_ABSENT || (list->type == JSON_ARRAY && list->n == 0))
            continue;
        ERR_TRY(need(list, JSON_ARRAY, kinds[i].key, e));
        if (i == 0)
            m->veto = (ptrdiff_t)m->n_comparisons;
        if (read_override(m, list, str_of(kinds[i].key), kinds[i].m, kinds[i].u, e) != ERR_OK)
            return err_frame(e, "%s", kinds[i].key);
    }
    return ERR_OK;
}

/* ---- blocking rules ---- */

static enum err_code read_explode(struct link_model *m, const struct json *list, struct model_rule *r, struct err *e)
{
    if (list->type == JSON_ABSENT || list->type == JSON_NULL)
        return ERR_OK;
    ERR_TRY(need(list, JSON_ARRAY, "arrays_to_explode", e));
    if (list->n > LIMIT_LINK_EXPLODE)
        return err_set(e, ERR_LIMIT, "%zu arrays_to_explode are over the limit of %d", list->n, LIMIT_LINK_EXPLODE);
    JSON_EACH(name, list) {
        ERR_TRY(need(name, JSON_STRING, "a column of arrays_to_explode", e));
        ERR_TRY(expr_names_add(&m->names, without_quotes(name->text), &r->explode[r->n_explode++], e));
    }
    return ERR_OK;
}

/* sql_dialect of a model or of one rule; *ret stays when there is none. */
static enum err_code read_dialect(const struct json *j, enum expr_dialect *ret, struct err *e)
{
    const struct json *v = json_get(j, "sql_dialect");
    if (v->type == JSON_ABSENT || v->type == JSON_NULL)
        return ERR_OK;
    ERR_TRY(need(v, JSON_STRING, "sql_dialect", e));
    bool spark = str_eq_nocase(v->text, STR("spark"));
    if (!spark && !str_eq_nocase(v->text, STR("duckdb")))
        return err_set(e, ERR_UNSUPPORTED, "line %u: sql_dialect %.*s: expected duckdb or spark", v->line, STR_ARG(v->text));
    *ret = spark ? DIALECT_SPARK : DIALECT_DUCKDB;
    return ERR_OK;
}

static enum err_code read_rule(struct link_model *m, const struct json *j, struct model_rule *r, struct err *e)
{
    const struct json *text = j->type == JSON_OBJECT ? json_get(j, "blocking_rule") : j;
    enum expr_dialect dialect = m->dialect;
    ERR_TRY(need(text, JSON_STRING, "blocking_rule", e));
    if (j->type == JSON_OBJECT)
        ERR_TRY(read_explode(m, json_get(j, "arrays_to_explode"), r, e));
    if (j->type == JSON_OBJECT)
        ERR_TRY(read_dialect(j, &dialect, e));
    r->text = text->text;
    r->max_block = j->type == JSON_OBJECT ? (uint32_t)json_int_or(json_get(j, "haven_max_block"), 0) : 0;
    return expr_parse(&m->a, r->text, dialect, NAMING_PREFIX, &m->names, &r->expr, e);
}

enum err_code model_rule_parse(struct link_model *m, struct str text, struct model_rule *ret, struct err *e)
{
    *ret = (struct model_rule){.text = str_dup(&m->a, text)};
    if (!ret->text.p)
        return no_memory(e);
    return expr_parse(&m->a, ret->text, m->dialect, NAMING_PREFIX, &m->names, &ret->expr, e);
}

static enum err_code read_rules(struct link_model *m, const struct json *root, struct err *e)
{
    const struct json *rules = json_get(root, "blocking_rules_to_generate_predictions");
    if (rules->type == JSON_ABSENT || rules->type == JSON_NULL)
        return ERR_OK; /* asked for when pairs are wanted */
    ERR_TRY(need(rules, JSON_ARRAY, "blocking_rules_to_generate_predictions", e));
    if (rules->n > LIMIT_LINK_RULES)
        return err_set(e, ERR_LIMIT, "%zu blocking rules are over the limit of %d", rules->n, LIMIT_LINK_RULES);
    m->rules = ARENA_NEW(&m->a, struct model_rule, rules->n);
    if (!m->rules)
        return no_memory(e);
    JSON_EACH(rule, rules) {
        if (read_rule(m, rule, &m->rules[m->n_rules], e) != ERR_OK)
            return err_frame(e, "blocking rule %zu", m->n_rules);
        m->n_rules++;
    }
    return ERR_OK;
}

static enum err_code read_comparisons(struct link_model *m, const struct json *root, struct err *e)
{
    const struct json *list = json_get(root, "comparisons");
    ERR_TRY(need(list, JSON_ARRAY, "comparisons", e));
    if (list->n == 0)
        return err_set(e, ERR_FORMAT, "line %u: comparisons is empty: a model needs at least one", list->line);
    if (list->n > LIMIT_LINK_COMPARISONS)
        return err_set(e, ERR_LIMIT, "line %u: %zu comparisons are over the limit of %d", list->line, list->n, LIMIT_LINK_COMPARISONS);
    m->veto = -1;
    m->comparisons = ARENA_NEW(&m->a, struct model_comparison, list->n + 2); /* and the overrides */
    if (!m->comparisons)
        return no_memory(e);
    JSON_EACH(c, list) {
        ERR_TRY(read_comparison(m, c, &m->comparisons[m->n_comparisons], e));
        m->n_comparisons++;
    }
    return ERR_OK;
}

/* ---- Haven's tables ---- */

/* Rows of a two- or three-column CSV text that belongs to the model. */
typedef enum err_code table_row_fn(struct link_model *m, void *ctx, const struct csv_record *r, struct err *e);

static enum err_code table_rows(struct link_model *m, struct csv *reader, table_row_fn *row, void *ctx, struct err *e)
{
    struct csv_record r;
    for (bool header = true; csv_next(reader, &r); header = false) {
        if (r.problem != ERR_OK)
            return err_set(e, ERR_FORMAT, "line %llu: %s", (unsigned long long)r.first_line, r.why);
        if (!header && row(m, ctx, &r, e) != ERR_OK)
            return err_frame(e, "line %llu", (unsigned long long)r.first_line);
    }
    return ERR_OK;
}

static enum err_code table_text(struct link_model *m, struct str text, table_row_fn *row, void *ctx, struct err *e)
{
    struct csv *reader;
    ERR_TRY(csv_new(',', NULL, &reader, e));
    csv_feed(reader, text.p, text.n);
    enum err_code code = table_rows(m, reader, row, ctx, e);
    if (code == ERR_OK) {
        csv_feed(reader, NULL, 0);
        code = table_rows(m, reader, row, ctx, e);
    }
    csv_free(reader);
    return code;
}

static enum err_code table_file(struct link_model *m, const char *path, table_row_fn *row, void *ctx, struct err *e)
{
    struct csv_file *file;
    struct csv_record r;
    ERR_TRY(csv_open(path, ',', NULL, &file, e));
    enum err_code code = ERR_OK;
    bool more = true;
    for (bool header = true; code == ERR_OK; header = false) {
        code = csv_read(file, &r, &more, e);
        if (code != ERR_OK || !more)
            break;
        if (r.problem != ERR_OK)
            code = err_set(e, ERR_FORMAT, "%s:%llu: %s", path, (unsigned long long)r.first_line, r.why);
        else if (!header)
            code = row(m, ctx, &r, e);
    }
    csv_close(file);
    return code;
}

/* A table named by the model: beside it, or built in when it is not there. */
static enum err_code table_named(struct link_model *m, struct str name, const char *dir, table_row_fn *row, void *ctx, struct err *e)
{
    struct str text;
    if (name.n == 0 || str_find_char(name, '/') >= 0)
        return err_set(e, ERR_FORMAT, "a table must be a file beside the model, named without path");
    if (!dir) {
        if (!model_builtin_file(name, &text))
            return err_set(e, ERR_NOT_FOUND, "the table %.*s is not built into the program", STR_ARG(name));
        return table_text(m, text, row, ctx, e);
    }
    struct str path = str_fmt(&m->a, "%s/%.*s", dir, STR_ARG(name));
    const char *z = path.p ? str_z(&m->a, path) : NULL;
    if (z && access(z, F_OK) != 0 && model_builtin_file(name, &text))
        return table_text(m, text, row, ctx, e);
    return z ? table_file(m, z, row, ctx, e) : no_memory(e);
}

static enum err_code frequency_put(struct link_model *m, struct model_frequencies *f, struct str value, double frequency, struct err *e)
{
    uint32_t code;
    if (!(frequency > 0) || frequency > 1)
        return err_set(e, ERR_FORMAT, "a frequency must be above 0 and at most 1");
    ERR_TRY(dictionary_add(&f->values, value, &m->bytes, LIMIT_LINK_MODEL_BYTES, &code, e));
    if (code >= f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 256;
        double *more = realloc(f->frequency, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        f->frequency = more;
        f->cap = cap;
    }
    f->frequency[code] = frequency;
    return ERR_OK;
}

static enum err_code frequency_row(struct link_model *m, void *ctx, const struct csv_record *r, struct err *e)
{
    double frequency;
    if (r->n != 2 || r->fields[0].n == 0 || !str_to_double(r->fields[1], &frequency))
        return err_set(e, ERR_FORMAT, "expected value,frequency");
    return frequency_put(m, ctx, r->fields[0], frequency, e);
}

static enum err_code read_frequencies(struct link_model *m, const struct json *root, const char *dir, struct err *e)
{
    const struct json *all = json_get(root, "haven_term_frequencies"), *otherwise = json_get(root, "haven_term_frequency_default");
    if (all->type == JSON_ABSENT)
        return ERR_OK;
    ERR_TRY(need(all, JSON_OBJECT, "haven_term_frequencies", e));
    m->frequencies = ARENA_NEW(&m->a, struct model_frequencies, all->n);
    if (!m->frequencies)
        return no_memory(e);
    JSON_EACH(item, all) {
        struct model_frequencies *f = &m->frequencies[m->n_frequencies++];
        const struct json *rest = otherwise;
        ERR_TRY(expr_names_add(&m->names, item->key, &f->column, e));
        for (const struct json *d = rest->type == JSON_OBJECT ? rest->child : NULL; d; d = d->next)
            if (str_eq(d->key, item->key))
                f->otherwise = json_number_or(d, 0);
        enum err_code code = ERR_OK;
        if (item->type == JSON_STRING)
            code = table_named(m, item->text, dir, frequency_row, f, e);
        else if ((code = need(item, JSON_OBJECT, "a table of frequencies", e)) == ERR_OK)
            for (const struct json *v = item->child; v && code == ERR_OK; v = v->next)
                code = frequency_put(m, f, v->key, json_number_or(v, 0), e);
        if (code != ERR_OK)
            return err_frame(e, "haven_term_frequencies, %.*s", STR_ARG(item->key));
    }
    return ERR_OK;
}

/* "smaller\0larger": one key for both orders. */
static bool variant_key(struct str l, struct str r, char *key, size_t cap, struct str *ret)
{
    if (str_cmp(l, r) > 0) {
        struct str t = l;
        l = r;
        r = t;
    }
    if (l.n + r.n + 1 > cap)
        return false;
    memcpy(key, l.p, l.n);
    key[l.n] = '\0';
    memcpy(key + l.n + 1, r.p, r.n);
    *ret = (struct str){key, l.n + r.n + 1};
    return true;
}

bool expr_variants_are(const struct expr_variants *v, struct str l, struct str r)
{
    char key[2 * LIMIT_NAME_BYTES];
    struct str k;
    return v && l.n && r.n && variant_key(l, r, key, sizeof key, &k) && dictionary_find(&v->pairs, k) != 0;
}

static enum err_code variant_row(struct link_model *m, void *ctx, const struct csv_record *r, struct err *e)
{
    char key[2 * LIMIT_NAME_BYTES];
    struct str k;
    uint32_t code;
    struct expr_variants *v = ctx;
    if (r->n != 2 || r->fields[0].n == 0 || r->fields[1].n == 0 || !variant_key(r->fields[0], r->fields[1], key, sizeof key, &k))
        return err_set(e, ERR_FORMAT, "expected name,variant");
    return dictionary_add(&v->pairs, k, &m->bytes, LIMIT_LINK_MODEL_BYTES, &code, e);
}

static enum err_code read_variants(struct link_model *m, const struct json *root, const char *dir, struct err *e)
{
    const struct json *v = json_get(root, "haven_name_variants");
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    ERR_TRY(need(v, JSON_STRING, "haven_name_variants", e));
    if (table_named(m, v->text, dir, variant_row, &m->variants, e) != ERR_OK)
        return err_frame(e, "haven_name_variants");
    return ERR_OK;
}

/* ---- top level ---- */

static enum err_code read_method(struct link_model *m, const struct json *root, struct err *e)
{
    static const char *const names[] = {"components", "ordered", "best-link"};
    struct str method = json_text_or(json_get(root, "haven_cluster_method"), STR("components"));
    for (int i = 0; i < 3; i++)
        if (str_eq(method, str_of(names[i]))) {
            m->method = (enum link_cluster_method)i;
            return ERR_OK;
        }
    return err_set(e, ERR_UNSUPPORTED, "haven_cluster_method %.*s: expected components, ordered or best-link", STR_ARG(method));
}

static enum err_code read_top(struct link_model *m, const struct json *root, struct err *e)
{
    static const struct {
        const char *name;
        enum link_type type;
    } kinds[] = {{"dedupe_only", LINK_DEDUPE_ONLY}, {"link_only", LINK_LINK_ONLY}, {"link_and_dedupe", LINK_LINK_AND_DEDUPE}};
    struct str kind = json_text_or(json_get(root, "link_type"), STR("dedupe_only"));
    size_t k = 0;
    while (k < 3 && !str_eq(kind, str_of(kinds[k].name)))
        k++;
    if (k == 3)
        return err_set(e, ERR_UNSUPPORTED, "line %u: link_type %.*s: expected dedupe_only, link_only or link_and_dedupe", json_get(root, "link_type")->line, STR_ARG(kind));
    m->type = kinds[k].type;
    m->dialect = DIALECT_DUCKDB;
    ERR_TRY(read_dialect(root, &m->dialect, e));
    m->prior = json_number_or(json_get(root, "probability_two_random_records_match"), PRIOR_DEFAULT);
    if (!(m->prior > 0 && m->prior < 1))
        return err_set(e, ERR_FORMAT, "probability_two_random_records_match must be above 0 and below 1");
    m->prior_weight = log2(m->prior / (1 - m->prior));
    m->em_convergence = json_number_or(json_get(root, "em_convergence"), 0.0001);
    m->max_iterations = (unsigned)json_int_or(json_get(root, "max_iterations"), 25);
    m->threshold_weight = json_number_or(json_get(root, "haven_threshold_weight"), THRESHOLD_DEFAULT);
    m->unique_id = json_text_or(json_get(root, "unique_id_column_name"), STR("unique_id"));
    m->source_dataset = json_text_or(json_get(root, "source_dataset_column_name"), STR("source_dataset"));
    m->number_rows = json_bool_or(json_get(root, "haven_row_numbers"), false);
    return read_method(m, root, e);
}

/* ---- the model's name ---- */

void model_json_write(struct json_out *o, const struct json *v, struct arena *a)
{
    switch (v->type) {
    case JSON_BOOL: jo_bool(o, v->boolean); break;
    case JSON_NUMBER: jo_double(o, v->number); break;
    case JSON_STRING: jo_str(o, v->text); break;
    case JSON_ARRAY:
        jo_array(o);
        JSON_EACH(item, v)
            model_json_write(o, item, a);
        jo_end_array(o);
        break;
    case JSON_OBJECT:
        jo_object(o);
        JSON_EACH(item, v) {
            const char *key = str_z(a, item->key);
            jo_key(o, key ? key : "");
            model_json_write(o, item, a);
        }
        jo_end_object(o);
        break;
    default: jo_null(o);
    }
}

/* 128 bits over the model's text and its tables: a name, not a proof. */
static enum err_code name_model(struct link_model *m, const struct json *root, struct err *e)
{
    _cleanup_buf_ struct buf text;
    struct json_out o;
    uint64_t h[2];
    buf_init(&text, LIMIT_JSON_BYTES);
    jo_init(&o, &text, 0);
    model_json_write(&o, root, &m->a);
    ERR_TRY(buf_check(&text, "the model", e));
    for (uint64_t k = 0; k < 2; k++) {
        h[k] = str_hash(buf_as_str(&text), k + 1);
        for (size_t i = 0; i < m->n_frequencies; i++) {
            const struct model_frequencies *f = &m->frequencies[i];
            if (f->values.n == 0)
                continue;
            h[k] = str_hash((struct str){f->values.bytes, f->values.ends[f->values.n]}, h[k]);
            h[k] = str_hash((struct str){(const char *)(f->frequency + 1), f->values.n * sizeof *f->frequency}, h[k]);
        }
        const struct dictionary *v = &m->variants.pairs;
        if (v->n)
            h[k] = str_hash((struct str){v->bytes, v->ends[v->n]}, h[k]);
    }
    m->hash = str_fmt(&m->a, "%016llx%016llx", (unsigned long long)h[0], (unsigned long long)h[1]);
    return m->hash.p ? ERR_OK : no_memory(e);
}

/* ---- the whole ---- */

static enum err_code model_fill(struct link_model *m, const struct json *root, const char *dir, struct err *e)
{
    ERR_TRY(need(root, JSON_OBJECT, "a model", e));
    m->root = root;
    ERR_TRY(read_top(m, root, e));
    ERR_TRY(read_comparisons(m, root, e));
    ERR_TRY(read_overrides(m, root, e));
    ERR_TRY(read_rules(m, root, e));
    ERR_TRY(model_types(m, e));
    ERR_TRY(read_frequencies(m, root, dir, e));
    ERR_TRY(read_variants(m, root, dir, e));
    return name_model(m, root, e);
}

static enum err_code model_new(struct link_model **ret, struct err *e)
{
    struct link_model *m = calloc(1, sizeof *m);
    if (!m)
        return err_set(e, ERR_NO_MEMORY, "no memory for a model");
    arena_init(&m->a, LIMIT_LINK_MODEL_BYTES);
    m->names.a = &m->a;
    *ret = m;
    return ERR_OK;
}

static enum err_code parse_text(struct link_model *m, struct str json, const char *dir, struct err *e)
{
    const struct json *root;
    struct str text = str_dup(&m->a, json); /* the tree's texts may point into it */
    if (!text.p)
        return no_memory(e);
    ERR_TRY(json_parse(&m->a, text, NULL, &root, e));
    return model_fill(m, root, dir, e);
}

enum err_code link_model_parse(struct str json, const char *dir, struct link_model **ret, struct err *e)
{
    struct link_model *m = NULL;
    ERR_TRY(model_new(&m, e));
    enum err_code code = parse_text(m, json, dir, e);
    if (code != ERR_OK)
        link_model_free(m);
    else
        *ret = m;
    return code;
}

static enum err_code parse_file(struct link_model *m, const char *path, struct err *e)
{
    const struct json *root;
    const char *slash = strrchr(path, '/');
    const char *dir = slash ? str_z(&m->a, (struct str){path, slash == path ? 1 : (size_t)(slash - path)}) : ".";
    if (!dir)
        return no_memory(e);
    ERR_TRY(json_parse_file(&m->a, path, NULL, &root, e));
    if (model_fill(m, root, dir, e) != ERR_OK)
        return err_frame(e, "%s", path);
    return ERR_OK;
}

enum err_code link_model_read(const char *path, struct link_model **ret, struct err *e)
{
    struct link_model *m = NULL;
    ERR_TRY(model_new(&m, e));
    enum err_code code = parse_file(m, path, e);
    if (code != ERR_OK)
        link_model_free(m);
    else
        *ret = m;
    return code;
}

void link_model_free(struct link_model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_frequencies; i++) {
        dictionary_free(&m->frequencies[i].values);
        free(m->frequencies[i].frequency);
    }
    dictionary_free(&m->variants.pairs);
    expr_names_release(&m->names);
    arena_release(&m->a);
    free(m);
}

enum link_cluster_method link_model_method(const struct link_model *m) { return m->method; }
bool link_model_numbers_rows(const struct link_model *m) { return m->number_rows; }
double link_model_prior_weight(const struct link_model *m) { return m->prior_weight; }
double link_model_threshold(const struct link_model *m) { return m->threshold_weight; }
struct str link_model_hash(const struct link_model *m) { return m->hash; }
size_t link_model_n_comparisons(const struct link_model *m) { return m->n_comparisons; }
struct str link_model_comparison_name(const struct link_model *m, size_t i)
{
    assert(i < m->n_comparisons);
    return m->comparisons[i].name;
}

struct str link_model_unique_id(const struct link_model *m) { return m->unique_id; }
ptrdiff_t link_source_column(const struct link_model *m, const struct link_table *t)
{
    ptrdiff_t named = link_table_column(t, m->source_dataset);
    return named >= 0 ? named : link_table_column(t, STR("source_dataset"));
}

struct str link_model_source_dataset(const struct link_model *m)
{
    return m->type == LINK_DEDUPE_ONLY ? STR_NONE : m->source_dataset;
}
size_t link_model_n_rules(const struct link_model *m) { return m->n_rules; }
bool link_model_links_only(const struct link_model *m) { return m->type == LINK_LINK_ONLY; }
