/* in_memory.c: the partition of mentions that are in no store: case files, tests. */
#include "people/partition.h"

#include <stdlib.h>

static int by_key(const void *l, const void *r)
{
    const struct mention *const *x = l, *const *y = r;
    return (*x)->key < (*y)->key ? -1 : (*x)->key > (*y)->key;
}

static enum err_code add_all(struct partition *p, const struct mention *mentions, size_t n, struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_PEOPLE_TABLE_BYTES);
    const struct mention **sorted = ARENA_NEW(&a, const struct mention *, n);
    if (!sorted)
        return err_set(e, ERR_NO_MEMORY, "out of memory while working out who is who");
    for (size_t i = 0; i < n; i++)
        sorted[i] = &mentions[i];
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 0; i < n; i++)
        ERR_TRY(partition_add(p, sorted[i], e));
    return ERR_OK;
}

enum err_code people_partition_decided(const struct link_model *m, const struct mention *mentions, size_t n, const struct people_decision *d,
                                       size_t n_decisions, struct arena *a, uint32_t **ret_person_of, struct err *e)
{
    _cleanup_partition_ struct partition *p = NULL;
    uint32_t *person_of = ARENA_NEW(a, uint32_t, n);
    if (!person_of)
        return err_set(e, ERR_LIMIT, "who is who does not fit into the memory set aside for it");
    ERR_TRY(partition_new(m, &p, e));
    ERR_TRY(add_all(p, mentions, n, e));
    ERR_TRY(partition_solve(p, d, n_decisions, NULL, e));
    for (size_t i = 0; i < n; i++)
        person_of[i] = p->person_of[partition_find(p, mentions[i].key)];
    *ret_person_of = person_of;
    return ERR_OK;
}

enum err_code people_partition(const struct link_model *m, const struct mention *mentions, size_t n, struct arena *a,
                               uint32_t **ret_person_of, struct err *e)
{
    return people_partition_decided(m, mentions, n, NULL, 0, a, ret_person_of, e);
}
