/* conflict.c: mentions of one record that must not become one person silently.
 *
 * A record sets people against each other: who is named as harmed by it and who as doing it. If their descriptions are alike (twins, a father and son, an officer who typed the victim's date of birth into the suspect's row),
 * joining them would make a victim and a suspect one person in every list after it, and nobody would be asked. So:
 *
 *   1 in one record, a harmed role (victim, protected person) and an accused role (suspect, unknown suspect, convicted) are two people
 *   2 in one row, two slots are two people, but for a protected person and a person contacted: an entry may name one woman as both
 *
 * Everything else of one record is left to the evidence: the same person does come twice, as reporter and victim, or as the detainee of every entry of a custody record.
 * Where a person truly is both (mutual allegations recorded as one incident), one of the two mentions stays by itself and stands in clerical review, and a person joins it there. */
#include "people/partition.h"

#include <stdlib.h>

enum side { SIDE_NONE, SIDE_HARMED, SIDE_ACCUSED };

static enum side side_of(enum role r)
{
    switch (r) {
    case ROLE_victim:
    case ROLE_protected_person:
        return SIDE_HARMED;
    case ROLE_suspect:
    case ROLE_unknown_suspect:
    case ROLE_convicted:
        return SIDE_ACCUSED;
    default:
        return SIDE_NONE;
    }
}

static bool may_share_a_row(enum role a, enum role b)
{
    return (a == ROLE_contacted && b == ROLE_protected_person) || (a == ROLE_protected_person && b == ROLE_contacted);
}

const char *record_conflict(enum role a, int64_t row_a, enum role b, int64_t row_b)
{
    enum side x = side_of(a), y = side_of(b);
    if (x != SIDE_NONE && y != SIDE_NONE && x != y)
        return "one record names one as harmed and the other as accused";
    if (row_a == row_b && !may_share_a_row(a, b))
        return "one row names them as two people";
    return NULL;
}

struct by_record {
    int64_t record;
    uint32_t mention;
};

static int by_record_cmp(const void *l, const void *r)
{
    const struct by_record *x = l, *y = r;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->mention < y->mention ? -1 : 1;
}

static enum err_code each_of_record(const struct partition *p, const struct by_record *v, size_t n, conflict_sink *found,
                                    void *ctx, struct err *e)
{
    const struct part_mention *m = part_mentions(p);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const struct part_mention *x = &m[v[i].mention], *y = &m[v[j].mention];
            if (record_conflict((enum role)x->role, x->row, (enum role)y->role, y->row))
                ERR_TRY(found(ctx, v[i].mention, v[j].mention, e));
        }
    return ERR_OK;
}

enum err_code partition_each_conflict(const struct partition *p, conflict_sink *found, void *ctx, struct err *e)
{
    const struct part_mention *m = part_mentions(p);
    size_t n = 0;
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_PEOPLE_TABLE_BYTES);
    struct by_record *v = ARENA_NEW(&a, struct by_record, part_n(p));
    if (!v)
        return err_set(e, ERR_NO_MEMORY, "out of memory while looking for people of one record");
    for (size_t i = 0; i < part_n(p); i++)
        if (m[i].profile != ROW_NONE)
            v[n++] = (struct by_record){m[i].record, (uint32_t)i};
    qsort(v, n, sizeof *v, by_record_cmp);
    enum err_code code = ERR_OK;
    for (size_t from = 0, to; from < n && code == ERR_OK; from = to) {
        for (to = from + 1; to < n && v[to].record == v[from].record;)
            to++;
        code = each_of_record(p, v + from, to - from, found, ctx, e);
    }
    return code;
}
