/* assess_people.c: who is who within one case file.
 *
 * The same model and weights as in the hub, with another prior: a case file holds a handful of people, so two of its mentions are one person far more often than two of a
 * population. The model's prior is taken out of the weight and CASE_PRIOR put in its place; what then reaches CASE_THRESHOLD joins, by falling weight. Two people of one record stay
 * apart. A mention without any identifier joins nobody: an unknown man is not the likely man. */
#include "review/assess.h"

#include <math.h>
#include <stdio.h>

#define CASE_PRIOR_WEIGHT (-2.0) /* log2 odds: of two mentions in one case about one in five are one person */
#define CASE_THRESHOLD 3.0       /* then eight to one */

static enum err_code table_fill(const struct case_file *c, struct link_table **ret, struct err *e)
{
    ERR_TRY(link_table_new(link_person_columns, LINK_PERSON_N, (size_t)256 << 20, ret, e));
    for (size_t i = 0; i < c->n_mentions; i++) {
        char id[24];
        struct str values[LINK_PERSON_N];
        memcpy(values, c->mentions[i].v, sizeof values);
        (void)snprintf(id, sizeof id, "%08zu", i);
        values[LINK_PERSON_unique_id] = str_of(id);
        ERR_TRY(link_table_add(*ret, values, e));
    }
    return ERR_OK;
}

static bool comparable(const struct case_file *c, size_t i, size_t k)
{
    return c->mentions[i].has_identifier && c->mentions[k].has_identifier && c->mentions[i].record != c->mentions[k].record;
}

static size_t comparisons(const struct case_file *c, struct link_cannot *pairs)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_mentions; i++)
        for (size_t k = i + 1; k < c->n_mentions; k++)
            if (comparable(c, i, k)) {
                if (pairs)
                    pairs[n] = (struct link_cannot){(uint32_t)i, (uint32_t)k};
                n++;
            }
    return n;
}

static size_t same_record_pairs(const struct case_file *c, struct link_cannot *pairs)
{
    size_t n = 0;
    for (size_t r = 0; r < c->n; r++)
        for (size_t i = 0; i < c->records[r].n_mentions; i++)
            for (size_t k = i + 1; k < c->records[r].n_mentions; k++) {
                if (pairs)
                    pairs[n] = (struct link_cannot){(uint32_t)(c->records[r].first_mention + i), (uint32_t)(c->records[r].first_mention + k)};
                n++;
            }
    return n;
}

static enum err_code clusters(const struct link_model *m, const struct link_table *t, const struct case_file *c, struct arena *a, uint32_t *ret, struct err *e)
{
    size_t n = comparisons(c, NULL), n_cannot = same_record_pairs(c, NULL), n_edges = 0;
    struct link_cannot *pairs = ARENA_NEW(a, struct link_cannot, n), *cannot = ARENA_NEW(a, struct link_cannot, n_cannot);
    struct link_edge *edges = ARENA_NEW(a, struct link_edge, n);
    double *weights = ARENA_NEW(a, double, n);
    int16_t *keys = ARENA_NEW(a, int16_t, n);
    uint64_t *order = ARENA_NEW(a, uint64_t, c->n_mentions);
    if (!pairs || !cannot || !edges || !weights || !keys || !order)
        return err_set(e, ERR_NO_MEMORY, "no memory for the people of the case");
    (void)comparisons(c, pairs);
    (void)same_record_pairs(c, cannot);
    ERR_TRY(link_score_pairs(m, t, pairs, n, weights, keys, e));
    double prior = link_model_prior_weight(m);
    for (size_t i = 0; i < n; i++)
        edges[n_edges++] = (struct link_edge){.l = pairs[i].l, .r = pairs[i].r, .match_weight = weights[i] - prior + CASE_PRIOR_WEIGHT};
    for (size_t i = 0; i < c->n_mentions; i++)
        order[i] = c->mentions[i].key;
    struct link_cluster_options o = {.method = LINK_CLUSTER_ORDERED, .threshold_weight = CASE_THRESHOLD, .cannot = cannot, .n_cannot = n_cannot, .order_key = order};
    return link_cluster(t, edges, n_edges, &o, ret, e);
}

static enum err_code map_fill(struct case_file *c, const uint32_t *cluster, struct arena *a, struct err *e)
{
    int64_t *ids = ARENA_NEW(a, int64_t, c->n_mentions);
    uint64_t *keys = ARENA_NEW(a, uint64_t, c->n_mentions);
    uint32_t *number = ARENA_NEW(a, uint32_t, c->n_mentions);
    uint64_t *person_key = ARENA_NEW(a, uint64_t, c->n_mentions);
    c->person_of = ARENA_NEW(a, uint32_t, c->n_mentions);
    if (!ids || !keys || !number || !person_key || !c->person_of)
        return err_set(e, ERR_NO_MEMORY, "no memory for the people of the case");
    uint32_t n = 0;
    for (size_t i = 0; i < c->n_mentions; i++)
        number[i] = UINT32_MAX;
    for (size_t i = 0; i < c->n_mentions; i++) {
        if (number[cluster[i]] == UINT32_MAX)
            number[cluster[i]] = n++;
        uint32_t p = c->person_of[i] = number[cluster[i]];
        ids[i] = c->mentions[i].id;
        keys[i] = c->mentions[i].key;
        if (!person_key[p] || keys[i] < person_key[p])
            person_key[p] = keys[i];
    }
    c->map = (struct people_map){c->n_mentions, n, ids, keys, c->person_of, person_key};
    return ERR_OK;
}

enum err_code case_people(const struct link_model *m, struct case_file *c, struct arena *a, struct err *e)
{
    struct link_table *t = NULL;
    uint32_t *cluster = ARENA_NEW(a, uint32_t, c->n_mentions);
    if (!cluster)
        return err_set(e, ERR_NO_MEMORY, "no memory for the people of the case");
    enum err_code code = table_fill(c, &t, e);
    if (code == ERR_OK)
        code = clusters(m, t, c, a, cluster, e);
    link_table_free(t);
    return code == ERR_OK ? map_fill(c, cluster, a, e) : code;
}
