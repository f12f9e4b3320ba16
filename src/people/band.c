/* band.c: the pairs of persons that clerical review should look at: from PEOPLE_BAND_WEIGHT up to the threshold, and those above it that a veto, a record or a decision keeps apart.
 * One pair of mentions stands for each two persons: the heaviest, ties by least keys. Two persons whom a human decision keeps apart have been looked at and are left out.
 * A pure function of the solved partition. */
#include "people/partition.h"

#include <stdlib.h>

static int by_persons(const void *l, const void *r)
{
    const struct part_band *x = l, *y = r;
    if (x->person_a != y->person_a)
        return x->person_a < y->person_a ? -1 : 1;
    return x->person_b < y->person_b ? -1 : x->person_b > y->person_b;
}

static int heaviest_first(const void *l, const void *r)
{
    const struct part_band *x = l, *y = r;
    int persons = by_persons(x, y);
    if (persons)
        return persons;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static int by_keys(const void *l, const void *r)
{
    const struct part_band *x = l, *y = r;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

/* Pairs of persons between whom a decision says no, ascending. */
static enum err_code looked_at(const struct partition *p, const struct people_decision *d, size_t n, struct buf *ret, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t a = partition_find(p, d[i].a), b = partition_find(p, d[i].b);
        if (d[i].kind != DECISION_SPLIT || a < 0 || b < 0)
            continue;
        uint32_t x = p->person_of[a], y = p->person_of[b];
        struct part_band pair = {.person_a = x < y ? x : y, .person_b = x < y ? y : x};
        (void)buf_add(ret, &pair, sizeof pair);
    }
    if (ret->n)
        qsort(ret->p, ret->n / sizeof(struct part_band), sizeof(struct part_band), by_persons);
    return buf_check(ret, "the list of decisions on who is who", e);
}

static enum err_code collect(struct partition *p, const struct buf *done, struct err *e)
{
    const struct part_profile *f = part_profiles(p);
    for (size_t i = 0; i < part_n_edges(p); i++) {
        const struct link_edge *edge = &part_edges(p)[i];
        uint32_t a = edge->l, b = edge->r;
        if (p->row_person[a] == p->row_person[b])
            continue;
        if (p->row_person[a] > p->row_person[b]) {
            a = edge->r;
            b = edge->l;
        }
        struct part_band x = {f[a].least_key, f[b].least_key, p->row_person[a], p->row_person[b], edge->match_weight};
        if (done->n == 0 || !bsearch(&x, done->p, done->n / sizeof x, sizeof x, by_persons))
            (void)buf_add(&p->band, &x, sizeof x);
    }
    return buf_check(&p->band, "the list of pairs for clerical review", e);
}

enum err_code partition_band(struct partition *p, const struct people_decision *d, size_t n_decisions, struct err *e)
{
    _cleanup_buf_ struct buf done;
    buf_init(&done, LIMIT_PEOPLE_EDGES * sizeof(struct part_band));
    ERR_TRY(looked_at(p, d, n_decisions, &done, e));
    ERR_TRY(collect(p, &done, e));
    struct part_band *v = (void *)p->band.p;
    size_t n = p->band.n / sizeof *v, kept = 0;
    if (n == 0)
        return ERR_OK;
    qsort(v, n, sizeof *v, heaviest_first);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_persons(&v[kept - 1], &v[i]) != 0)
            v[kept++] = v[i];
    for (size_t i = 0; i < kept; i++)
        if (v[i].a > v[i].b) {
            struct part_band x = v[i];
            v[i] = (struct part_band){x.b, x.a, x.person_b, x.person_a, x.weight};
        }
    qsort(v, kept, sizeof *v, by_keys);
    p->band.n = kept * sizeof *v;
    return ERR_OK;
}
