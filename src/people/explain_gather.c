/* explain_gather.c: see explain.h. */
#include "people/explain.h"

#include "sql/people_sql.h"

#include <stdlib.h>

#define COMPANY_MAX 2000 /* mentions of the persons with whom those asked about are named */

static int by_key(const void *l, const void *r)
{
    const struct mention *x = l, *y = r;
    return x->key < y->key ? -1 : x->key > y->key;
}

static enum err_code take_person(struct teller *t, uint64_t person, struct buf *list, struct err *e)
{
    int64_t *ids;
    size_t n;
    ERR_TRY(people_members(t->s, person, t->a, &ids, &n, e));
    for (size_t i = 0; i < n; i++) {
        struct mention m;
        enum err_code code = intake_mention(t->s, t->v, ids[i], t->a, &m, e);
        if (code == ERR_NOT_FOUND)
            continue; /* of a record of which nothing may be known */
        ERR_TRY(code);
        (void)buf_add(list, &m, sizeof m);
    }
    return buf_check(list, "the mentions to explain", e);
}

static int u64_cmp(const void *l, const void *r)
{
    const uint64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

static enum err_code take_side(struct teller *t, uint64_t person, struct buf *list, struct buf *keys, struct err *e)
{
    size_t from = list->n / sizeof(struct mention);
    ERR_TRY(take_person(t, person, list, e));
    for (size_t i = from; i < list->n / sizeof(struct mention); i++)
        (void)buf_add(keys, &((const struct mention *)(const void *)list->p)[i].key, sizeof(uint64_t));
    if (keys->n)
        qsort(keys->p, keys->n / sizeof(uint64_t), sizeof(uint64_t), u64_cmp);
    return buf_check(keys, "the mentions to explain", e);
}

struct seek { /* who stands in the records of those that are described by their company */
    struct buf waiting; /* int64_t: mention ids, ascending */
    struct buf found;   /* int64_t */
};

static int i64_cmp(const void *l, const void *r)
{
    const int64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

static enum err_code seek_event(void *ctx, const struct event *ev, struct err *e)
{
    struct seek *k = ctx;
    bool hit = false;
    for (size_t i = 0; i < ev->n_mentions && !hit; i++)
        hit = bsearch(&ev->mentions[i], k->waiting.p, k->waiting.n / sizeof(int64_t), sizeof(int64_t), i64_cmp) != NULL;
    if (hit)
        (void)buf_add(&k->found, ev->mentions, ev->n_mentions * sizeof *ev->mentions);
    return buf_check(&k->found, "the company of the mentions to explain", e);
}

static bool in_list(const struct buf *list, uint64_t person)
{
    for (size_t i = 0; i < list->n / sizeof person; i++)
        if (((const uint64_t *)(const void *)list->p)[i] == person)
            return true;
    return false;
}

/* Adds the mentions of the persons who are named beside those that wait for company. `persons`: whom the list has already. */
static enum err_code take_company(struct teller *t, struct seek *k, struct buf *persons, struct buf *list, struct err *e)
{
    const struct mention *m = (const void *)list->p;
    for (size_t i = 0; i < list->n / sizeof *m; i++)
        if (company_wanted(&m[i]))
            (void)buf_add(&k->waiting, &m[i].id, sizeof m[i].id);
    if (k->waiting.n == 0)
        return ERR_OK;
    qsort(k->waiting.p, k->waiting.n / sizeof(int64_t), sizeof(int64_t), i64_cmp);
    ERR_TRY(buf_check(&k->waiting, "the mentions to explain", e));
    ERR_TRY(intake_each_event_of(t->s, (const void *)k->waiting.p, k->waiting.n / sizeof(int64_t), seek_event, k, e));
    size_t most = list->n / sizeof *m + COMPANY_MAX;
    for (size_t i = 0; i < k->found.n / sizeof(int64_t) && list->n / sizeof *m < most; i++) {
        int64_t person;
        enum err_code code = store_query_int(t->s, &sql_people_of_mention, (const struct store_value[]){V_INT(((const int64_t *)(const void *)k->found.p)[i])}, &person, e);
        if (code == ERR_NOT_FOUND || (code == ERR_OK && in_list(persons, (uint64_t)person)))
            continue;
        ERR_TRY(code);
        (void)buf_add(persons, &person, sizeof person);
        ERR_TRY(take_person(t, (uint64_t)person, list, e));
    }
    return buf_check(persons, "the company of the mentions to explain", e);
}

uint8_t explain_side(const struct teller *t, uint64_t key)
{
    size_t n = t->left.n / sizeof key;
    if (n && bsearch(&key, t->left.p, n, sizeof key, u64_cmp))
        return 1;
    n = t->right.n / sizeof key;
    return n && bsearch(&key, t->right.p, n, sizeof key, u64_cmp) ? 2 : 0;
}

static enum err_code mark_sides(struct teller *t, struct err *e)
{
    const struct part_mention *m = part_mentions(t->p);
    t->side = ARENA_NEW(t->a, uint8_t, part_n_profiles(t->p));
    if (!t->side)
        return err_set(e, ERR_LIMIT, "the pairs do not fit into the memory set aside for them");
    for (size_t i = 0; i < part_n(t->p); i++)
        if (m[i].profile != ROW_NONE)
            t->side[m[i].profile] = explain_side(t, m[i].key);
    return ERR_OK;
}

static enum err_code partition_fill(struct teller *t, struct buf *list, struct err *e)
{
    t->n_mentions = list->n / sizeof(struct mention);
    t->mentions = ARENA_NEW(t->a, struct mention, t->n_mentions);
    if (!t->mentions)
        return err_set(e, ERR_LIMIT, "the mentions to explain do not fit into the memory set aside for them");
    if (list->n) {
        qsort(list->p, t->n_mentions, sizeof(struct mention), by_key);
        memcpy(t->mentions, list->p, list->n);
    }
    for (size_t i = 0; i < t->n_mentions; i++)
        ERR_TRY(partition_add(t->p, &t->mentions[i], e));
    ERR_TRY(partition_solve(t->p, (const void *)t->decisions.p, t->decisions.n / sizeof(struct people_decision), NULL, e));
    return mark_sides(t, e);
}

enum err_code explain_gather(struct teller *t, uint64_t l, uint64_t r, struct err *e)
{
    _cleanup_buf_ struct buf list, persons;
    struct seek seek;
    buf_init(&list, LIMIT_PEOPLE_LINES * sizeof(struct mention));
    buf_init(&persons, LIMIT_PEOPLE_LINES * sizeof(uint64_t));
    buf_init(&seek.waiting, LIMIT_PEOPLE_LINES * sizeof(int64_t));
    buf_init(&seek.found, LIMIT_PEOPLE_LINES * sizeof(int64_t));
    (void)buf_add(&persons, &l, sizeof l);
    (void)buf_add(&persons, &r, sizeof r);
    enum err_code code = take_side(t, l, &list, &t->left, e);
    if (code == ERR_OK && r != l)
        code = take_side(t, r, &list, &t->right, e);
    if (code == ERR_OK)
        code = take_company(t, &seek, &persons, &list, e);
    if (code == ERR_OK)
        code = partition_fill(t, &list, e);
    buf_release(&seek.waiting);
    buf_release(&seek.found);
    return code;
}
