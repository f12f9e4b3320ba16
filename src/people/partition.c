/* partition.c: mentions to persons. See partition.h for the steps; the code stands in their order, from 2 on; profiles.c has those before. */
#include "people/partition.h"

#include <unistd.h>

#define THREADS_MAX 16 /* they do not show in the result */

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "out of memory while working out who is who"); }

/* ---- 2 edges ---- */

static enum err_code edge_keep(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct partition *p = ctx;
    (void)gammas;
    (void)buf_add(&p->edges, edge, sizeof *edge);
    return buf_check(&p->edges, "the list of pairs that may be one person", e);
}

static unsigned threads_here(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* Pairs with at least one of the rows from `fresh` on. */
static enum err_code find_edges(struct partition *p, size_t fresh, struct progress *progress, struct err *e)
{
    struct link_options o = {.threshold_weight = p->threshold < PEOPLE_BAND_WEIGHT ? p->threshold : PEOPLE_BAND_WEIGHT, .threads = threads_here(), .progress = progress};
    size_t n = part_n_profiles(p);
    uint64_t compared = 0;
    if (n == fresh)
        return ERR_OK;
    uint8_t *is_fresh = ARENA_NEW(&p->memory, uint8_t, n);
    if (!is_fresh)
        return no_memory(e);
    memset(is_fresh + fresh, 1, n - fresh);
    if (fresh)
        o.fresh = is_fresh;
    ERR_TRY(link_predict(p->model, p->table, &o, edge_keep, p, &compared, e));
    p->pairs_compared += compared;
    return ERR_OK;
}

/* ---- 3 roles, and which mentions are singled out ---- */

static uint32_t root_of(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x)
        x = parent[x] = parent[parent[x]];
    return x;
}

static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a != b)
        parent[a < b ? b : a] = a < b ? a : b;
}

void partition_components(const struct partition *p, uint32_t *ret_root)
{
    uint32_t n = (uint32_t)part_n_profiles(p);
    for (uint32_t i = 0; i < n; i++)
        ret_root[i] = i;
    for (size_t i = 0; i < part_n_edges(p); i++)
        if (part_edges(p)[i].match_weight >= p->threshold)
            unite(ret_root, part_edges(p)[i].l, part_edges(p)[i].r);
    for (uint32_t i = 0; i < n; i++)
        ret_root[i] = root_of(ret_root, i);
}

static bool decided(const struct people_decision *d, size_t n, enum decision_kind kind, uint64_t a, uint64_t b)
{
    for (size_t i = 0; i < n; i++)
        if (d[i].kind == kind && ((d[i].a == a && d[i].b == b) || (d[i].a == b && d[i].b == a)))
            return true;
    return false;
}

struct conflicts {
    struct partition *p;
    uint32_t *parent; /* over rows: what edges and human joins could bring together */
    const struct people_decision *d;
    size_t n_d;
    struct buf pairs; /* struct link_cannot over mention indexes */
};

static enum err_code conflict_keep(void *ctx, uint32_t a, uint32_t b, struct err *e)
{
    struct conflicts *c = ctx;
    struct part_mention *m = part_mentions(c->p);
    if (root_of(c->parent, m[a].profile) != root_of(c->parent, m[b].profile))
        return ERR_OK; /* nothing would bring them together */
    if (decided(c->d, c->n_d, DECISION_JOIN, m[a].key, m[b].key))
        return ERR_OK; /* a person has looked at these two and said that they are one */
    m[a].singled = m[b].singled = true;
    struct link_cannot pair = {a, b};
    (void)buf_add(&c->pairs, &pair, sizeof pair);
    return buf_check(&c->pairs, "the list of people whom one record keeps apart", e);
}

static enum err_code single_out(struct conflicts *c, struct err *e)
{
    struct partition *p = c->p;
    struct part_mention *m = part_mentions(p);
    partition_components(p, c->parent);
    for (size_t i = 0; i < c->n_d; i++) {
        ptrdiff_t a = partition_find(p, c->d[i].a), b = partition_find(p, c->d[i].b);
        if (a < 0 || b < 0)
            continue;
        m[a].singled = m[b].singled = true;
        if (c->d[i].kind == DECISION_JOIN && m[a].profile != ROW_NONE && m[b].profile != ROW_NONE)
            unite(c->parent, m[a].profile, m[b].profile);
    }
    return partition_each_conflict(p, conflict_keep, c, e);
}

/* ---- 4 rows of their own ---- */

static enum err_code rows_of_their_own(struct partition *p, struct buf *next, struct err *e)
{
    size_t n_rows = part_n_profiles(p);
    uint32_t none = ROW_NONE;
    for (size_t i = 0; i < n_rows; i++)
        if (!buf_add(next, &none, sizeof none))
            return buf_check(next, "the list of descriptions of people", e);
    struct part_mention *m = part_mentions(p);
    for (size_t i = part_n(p); i-- > 0;) { /* from the greatest key: when all of a row are singled out, the least keeps the row */
        uint32_t from = m[i].profile;
        if (!m[i].singled || (from != ROW_NONE && part_profiles(p)[from].n_mentions == 1))
            continue;
        ERR_TRY(partition_row_own(p, &m[i], e));
        if (!buf_add(next, &none, sizeof none))
            return buf_check(next, "the list of people who are looked at one by one", e);
        uint32_t *links = (void *)next->p;
        if (from != ROW_NONE) {
            links[m[i].profile] = links[from];
            links[from] = m[i].profile;
        }
    }
    for (size_t i = 0; i < n_rows; i++)
        part_profiles(p)[i].least_key = 0;
    for (size_t i = 0; i < part_n(p); i++) /* the tie key is that of the mentions that are left */
        if (m[i].profile != ROW_NONE && part_profiles(p)[m[i].profile].least_key == 0)
            part_profiles(p)[m[i].profile].least_key = m[i].key;
    return ERR_OK;
}

static enum err_code edge_add(struct partition *p, uint32_t l, uint32_t r, const struct link_edge *like, struct err *e)
{
    struct link_edge edge = *like;
    edge.l = l;
    edge.r = r;
    (void)buf_add(&p->edges, &edge, sizeof edge);
    return buf_check(&p->edges, "the list of pairs that may be one person", e);
}

/* `next` leads from a row to the rows that were copied from it. Copies have the edges of what they were copied from, and among themselves the weight of the description with itself. */
static enum err_code copies_of_edges(struct partition *p, const uint32_t *next, size_t n_rows, struct err *e)
{
    size_t n_edges = part_n_edges(p);
    for (size_t i = 0; i < n_edges; i++) {
        struct link_edge edge = part_edges(p)[i];
        for (uint32_t l = edge.l; l != ROW_NONE; l = next[l])
            for (uint32_t r = edge.r; r != ROW_NONE; r = next[r])
                if (l != edge.l || r != edge.r)
                    ERR_TRY(edge_add(p, l, r, &edge, e));
    }
    for (uint32_t row = 0; row < n_rows; row++) {
        struct link_edge self = {.match_weight = part_profiles(p)[row].self_weight};
        for (uint32_t l = row; next[row] != ROW_NONE && l != ROW_NONE; l = next[l])
            for (uint32_t r = next[l]; r != ROW_NONE; r = next[r])
                ERR_TRY(edge_add(p, l, r, &self, e));
    }
    return ERR_OK;
}

/* ---- 5 clusters ---- */

static enum err_code pair_add(struct buf *list, uint32_t a, uint32_t b, struct err *e)
{
    struct link_cannot pair = {a, b};
    (void)buf_add(list, &pair, sizeof pair);
    return buf_check(list, "the list of decisions on who is who", e);
}

static enum err_code constraints(struct partition *p, const struct conflicts *c, struct err *e)
{
    const struct part_mention *m = part_mentions(p);
    const struct link_cannot *pairs = (const void *)c->pairs.p;
    for (size_t i = 0; i < c->pairs.n / sizeof *pairs; i++)
        ERR_TRY(pair_add(&p->cannots, m[pairs[i].l].profile, m[pairs[i].r].profile, e));
    for (size_t i = 0; i < c->n_d; i++) {
        ptrdiff_t a = partition_find(p, c->d[i].a), b = partition_find(p, c->d[i].b);
        if (a >= 0 && b >= 0 && a != b)
            ERR_TRY(pair_add(c->d[i].kind == DECISION_JOIN ? &p->musts : &p->cannots, m[a].profile, m[b].profile, e));
    }
    return ERR_OK;
}

static enum err_code clusters(struct partition *p, struct err *e)
{
    size_t n = part_n_profiles(p);
    uint64_t *keys = ARENA_NEW(&p->memory, uint64_t, n * (PEOPLE_N_VETO + 1));
    p->row_person = ARENA_NEW(&p->memory, uint32_t, n);
    if (!keys || !p->row_person)
        return no_memory(e);
    const uint64_t *veto[PEOPLE_N_VETO];
    for (size_t v = 0; v < PEOPLE_N_VETO; v++) {
        uint64_t *column = keys + (v + 1) * n;
        for (size_t i = 0; i < n; i++)
            column[i] = part_profiles(p)[i].veto[v];
        veto[v] = column;
    }
    for (size_t i = 0; i < n; i++)
        keys[i] = part_profiles(p)[i].least_key;
    struct link_cluster_options o = {
        .method = LINK_CLUSTER_ORDERED, .threshold_weight = p->threshold,
        .cannot = (const void *)p->cannots.p, .n_cannot = p->cannots.n / sizeof(struct link_cannot),
        .must = (const void *)p->musts.p, .n_must = p->musts.n / sizeof(struct link_cannot),
        .veto = veto, .n_veto = PEOPLE_N_VETO, .order_key = keys,
    };
    return n ? link_cluster(p->table, part_edges(p), part_n_edges(p), &o, p->row_person, e) : ERR_OK;
}

/* ---- 6 numbers ---- */

static enum err_code number(struct partition *p, struct err *e)
{
    size_t n = part_n(p), n_rows = part_n_profiles(p);
    uint32_t *of_cluster = ARENA_NEW(&p->memory, uint32_t, n_rows);
    p->person_of = ARENA_NEW(&p->memory, uint32_t, n);
    p->person_key = ARENA_NEW(&p->memory, uint64_t, n);
    if (!of_cluster || !p->person_of || !p->person_key)
        return no_memory(e);
    memset(of_cluster, 0xFF, n_rows * sizeof *of_cluster);
    const struct part_mention *m = part_mentions(p);
    for (size_t i = 0; i < n; i++) {
        uint32_t *person = m[i].profile == ROW_NONE ? NULL : &of_cluster[p->row_person[m[i].profile]];
        if (person && *person != ROW_NONE) {
            p->person_of[i] = *person;
            continue;
        }
        p->person_of[i] = (uint32_t)p->n_persons;
        p->person_key[p->n_persons] = m[i].key;
        if (person)
            *person = (uint32_t)p->n_persons;
        p->n_persons++;
    }
    for (size_t i = 0; i < n_rows; i++) /* from here on by person, not by cluster */
        p->row_person[i] = of_cluster[p->row_person[i]];
    return ERR_OK;
}

static enum err_code solve(struct partition *p, struct conflicts *c, struct buf *next, struct err *e)
{
    ERR_TRY(single_out(c, e));
    size_t n_rows = part_n_profiles(p);
    ERR_TRY(rows_of_their_own(p, next, e));
    ERR_TRY(copies_of_edges(p, (const void *)next->p, n_rows, e));
    ERR_TRY(constraints(p, c, e));
    ERR_TRY(clusters(p, e));
    return number(p, e);
}

enum err_code partition_solve(struct partition *p, const struct people_decision *d, size_t n, struct progress *progress, struct err *e)
{
    ERR_TRY(partition_weigh(p, 0, e));
    ERR_TRY(find_edges(p, 0, progress, e));
    ERR_TRY(partition_company(p, e));
    uint32_t n_told = (uint32_t)part_n_profiles(p); /* by themselves */
    ERR_TRY(partition_profiles_of_waiting(p, e));
    ERR_TRY(partition_weigh(p, n_told, e));
    ERR_TRY(find_edges(p, n_told, progress, e));
    _cleanup_buf_ struct buf next;
    struct conflicts c = {.p = p, .d = d, .n_d = n};
    buf_init(&next, LIMIT_PEOPLE_MENTIONS * sizeof(uint32_t));
    buf_init(&c.pairs, LIMIT_PEOPLE_EDGES * sizeof(struct link_cannot));
    c.parent = ARENA_NEW(&p->memory, uint32_t, part_n_profiles(p));
    enum err_code code = c.parent ? ERR_OK : no_memory(e);
    if (code == ERR_OK)
        code = solve(p, &c, &next, e);
    buf_release(&c.pairs);
    return code;
}
