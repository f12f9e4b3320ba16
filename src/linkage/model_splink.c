/* model_splink.c: a model as Splink reads it: Splink 5 refuses keys that it does not know, so Haven's own are left out, and what that changes is told. */
#include "linkage/model.h"

static bool is_ours(struct str key) { return str_starts(key, STR("haven_")); }

static void write_without(struct json_out *o, const struct json *v, struct arena *a)
{
    if (v->type != JSON_OBJECT && v->type != JSON_ARRAY) {
        model_json_write(o, v, a);
        return;
    }
    bool object = v->type == JSON_OBJECT;
    if (object)
        jo_object(o);
    else
        jo_array(o);
    JSON_EACH(item, v) {
        if (object && is_ours(item->key))
            continue;
        if (object) {
            const char *key = str_z(a, item->key);
            jo_key(o, key ? key : "");
        }
        write_without(o, item, a);
    }
    if (object)
        jo_end_object(o);
    else
        jo_end_array(o);
}

static void tell_keys(const struct link_model *m, struct buf *lost)
{
    static const struct {
        const char *key, *what;
    } keys[] = {
        {"haven_veto", "pairs that it forbids get the weight of their evidence"},
        {"haven_definite", "pairs that it joins get the weight of their evidence"},
        {"haven_term_frequencies", "Splink counts the data's own frequencies: give it these by register_term_frequency_lookup"},
        {"haven_term_frequency_default", "values without a frequency get none"},
        {"haven_cluster_method", "Splink's clusters are connected components"},
        {"haven_threshold_weight", "give the threshold to Splink's clustering"},
        {"haven_row_numbers", "the data need a column of row numbers from 1, as the id"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct json *v = json_get(m->root, keys[i].key);
        if (v->type != JSON_ABSENT && !(v->type == JSON_ARRAY && v->n == 0))
            (void)buf_fmt(lost, "%s: %s\n", keys[i].key, keys[i].what);
    }
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i].max_block)
            (void)buf_fmt(lost, "haven_max_block of blocking rule %zu: blocks over %u records are compared too\n", i, m->rules[i].max_block);
}

static bool calls(const struct expr *x, enum expr_fn fn)
{
    bool found = x->op == EXPR_CALL && x->fn == fn;
    for (size_t i = 0; i < x->n && !found; i++)
        found = calls(x->child[i], fn);
    return found;
}

/* A function of Haven's in a level is not lost but in the way: the model could not run. */
static enum err_code refuse_functions(const struct link_model *m, struct err *e)
{
    for (size_t k = 0; k < m->n_comparisons; k++)
        for (size_t i = 0; i < m->comparisons[k].n; i++) {
            const struct expr *x = m->comparisons[k].levels[i].expr;
            if (x && (ptrdiff_t)k != m->veto && calls(x, FN_NAME_VARIANT))
                return err_set(e, ERR_UNSUPPORTED, "comparison %.*s, level %zu calls name_variant, which no database of Splink's has: take the level out first",
                               STR_ARG(m->comparisons[k].name), i + 1);
        }
    return ERR_OK;
}

enum err_code link_model_for_splink(const struct link_model *m, struct buf *ret_json, struct buf *ret_lost, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct json_out o;
    arena_init(&a, LIMIT_JSON_BYTES); /* before anything can fail: it is released in any case */
    ERR_TRY(refuse_functions(m, e));
    jo_init(&o, ret_json, 1);
    write_without(&o, m->root, &a);
    (void)buf_char(ret_json, '\n');
    ERR_TRY(buf_check(ret_json, "the model", e));
    tell_keys(m, ret_lost);
    return buf_check(ret_lost, "what is lost", e);
}
