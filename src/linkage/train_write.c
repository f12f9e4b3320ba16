/* train_write.c: a model as JSON again: the text that was read, with m, u and prior as they are now. A level that training did not see says so in Splink's words. */
#include "linkage/train.h"

#define UNSEEN STR("level not observed in training dataset")

static void write_member(struct json_out *o, const struct json *v, struct arena *a)
{
    const char *key = str_z(a, v->key);
    jo_key(o, key ? key : "");
    model_json_write(o, v, a);
}

static void write_probability(struct json_out *o, const char *key, double value, bool stated, bool unseen)
{
    if (!stated && !unseen)
        return; /* never trained: absent, as it was */
    jo_key(o, key);
    if (unseen)
        jo_str(o, UNSEEN);
    else
        jo_double(o, value);
}

static void write_level(struct json_out *o, const struct json *j, const struct model_level *l, struct arena *a)
{
    jo_object(o);
    JSON_EACH(item, j)
        if (!str_eq(item->key, STR("m_probability")) && !str_eq(item->key, STR("u_probability")))
            write_member(o, item, a);
    if (l->gamma != -1) {
        write_probability(o, "m_probability", l->m, l->m_stated, l->m_unseen);
        write_probability(o, "u_probability", l->u, l->u_stated, l->u_unseen);
    }
    jo_end_object(o);
}

static void write_comparison(struct json_out *o, const struct json *j, const struct model_comparison *c, struct arena *a)
{
    size_t i = 0;
    jo_object(o);
    JSON_EACH(item, j) {
        if (!str_eq(item->key, STR("comparison_levels"))) {
            write_member(o, item, a);
            continue;
        }
        jo_key(o, "comparison_levels");
        jo_array(o);
        JSON_EACH(level, item)
            write_level(o, level, &c->levels[i++], a);
        jo_end_array(o);
    }
    jo_end_object(o);
}

/* What training without asking may have changed since the model was read. */
static void write_choice(struct json_out *o, struct str key, const struct link_model *m)
{
    static const char *const types[] = {[LINK_DEDUPE_ONLY] = "dedupe_only", [LINK_LINK_ONLY] = "link_only", [LINK_LINK_AND_DEDUPE] = "link_and_dedupe"};
    static const char *const methods[] = {[LINK_CLUSTER_COMPONENTS] = "components", [LINK_CLUSTER_ORDERED] = "ordered", [LINK_CLUSTER_BEST_LINK] = "best-link"};
    bool type = str_eq(key, STR("link_type"));
    jo_key(o, type ? "link_type" : "haven_cluster_method");
    jo_str(o, str_of(type ? types[m->type] : methods[m->method]));
}

enum err_code train_write(const struct link_model *m, struct buf *out, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct json_out o;
    size_t i = 0;
    arena_init(&a, LIMIT_JSON_BYTES);
    jo_init(&o, out, 1);
    jo_object(&o);
    JSON_EACH(item, m->root) {
        if (str_eq(item->key, STR("probability_two_random_records_match")))
            continue;
        if (str_eq(item->key, STR("haven_threshold_weight"))) {
            jo_key(&o, "haven_threshold_weight");
            jo_double(&o, m->threshold_weight);
            continue;
        }
        if (str_eq(item->key, STR("link_type")) || str_eq(item->key, STR("haven_cluster_method"))) {
            write_choice(&o, item->key, m);
            continue;
        }
        if (!str_eq(item->key, STR("comparisons"))) {
            write_member(&o, item, &a);
            continue;
        }
        jo_key(&o, "comparisons");
        jo_array(&o);
        JSON_EACH(c, item)
            write_comparison(&o, c, &m->comparisons[i++], &a);
        jo_end_array(&o);
    }
    jo_key(&o, "probability_two_random_records_match");
    jo_double(&o, m->prior);
    jo_end_object(&o);
    (void)buf_char(out, '\n');
    return buf_check(out, "the trained model", e);
}
