/* company.c: those who are named with somebody. "Carer: Melody Edon" on a child's hospital record names no address, but the child's stands beside it, and a Melody Edon who lives there is she. So a mention
 * with nothing but names, a telephone or an e-mail is described also by the address of another person of its row, else of its record; of several, that of the least key.
 *
 * It is evidence of its own (the model's comparison "company"), not the mention's address: it is shown nowhere as one. */
#include "people/partition.h"

#include <stdlib.h>

bool company_wanted(const struct mention *m)
{
    static const enum link_person_column own[] = {
        LINK_PERSON_dob, LINK_PERSON_postcode, LINK_PERSON_address_line, LINK_PERSON_nhs_number, LINK_PERSON_pnc_id, LINK_PERSON_cro_number,
        LINK_PERSON_noms_number, LINK_PERSON_crn, LINK_PERSON_nino, LINK_PERSON_upn,
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (m->v[own[i]].n)
            return false;
    return m->v[LINK_PERSON_surname].n > 0;
}

struct named { /* a mention with an address, or one that waits */
    int64_t record;
    uint32_t mention;
    uint32_t waiting; /* index, or UINT32_MAX: has an address */
};

static int named_cmp(const void *l, const void *r)
{
    const struct named *x = l, *y = r;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->mention < y->mention ? -1 : x->mention > y->mention;
}

static bool has_address(const struct partition *p, uint32_t profile)
{
    return profile != ROW_NONE && link_table_value(p->table, profile, LINK_PERSON_postcode).n && link_table_value(p->table, profile, LINK_PERSON_address_line).n;
}

static enum err_code named_list(const struct partition *p, struct arena *a, struct named **ret, size_t *ret_n, struct err *e)
{
    const struct part_mention *m = part_mentions(p);
    const struct part_waiting *w = (const void *)p->waiting.p;
    size_t n = 0, n_waiting = p->waiting.n / sizeof *w;
    struct named *v = ARENA_NEW(a, struct named, part_n(p));
    if (!v)
        return err_set(e, ERR_NO_MEMORY, "out of memory while looking for people of one record");
    for (size_t i = 0; i < n_waiting; i++)
        v[n++] = (struct named){m[w[i].mention].record, w[i].mention, (uint32_t)i};
    for (size_t i = 0; i < part_n(p); i++)
        if (has_address(p, m[i].profile))
            v[n++] = (struct named){m[i].record, (uint32_t)i, UINT32_MAX};
    qsort(v, n, sizeof *v, named_cmp);
    *ret = v;
    *ret_n = n;
    return ERR_OK;
}

/* Of one record: v[0..n). */
static void give_company(struct partition *p, const struct named *v, size_t n)
{
    const struct part_mention *m = part_mentions(p);
    struct part_waiting *w = (void *)p->waiting.p;
    for (size_t i = 0; i < n; i++) {
        const struct part_mention *best = NULL;
        for (size_t j = 0; j < n && v[i].waiting != UINT32_MAX; j++) {
            const struct part_mention *other = &m[v[j].mention];
            if (v[j].waiting == UINT32_MAX && (!best || (other->row == m[v[i].mention].row && best->row != other->row)))
                best = other; /* keys ascend: the first of the row, else the first of the record */
        }
        if (!best)
            continue;
        w[v[i].waiting].v[LINK_PERSON_company_postcode] = link_table_value(p->table, best->profile, LINK_PERSON_postcode);
        w[v[i].waiting].v[LINK_PERSON_company_line] = link_table_value(p->table, best->profile, LINK_PERSON_address_line);
    }
}

/* The table's text may move as rows are added. */
static enum err_code keep_texts(struct partition *p, struct err *e)
{
    struct part_waiting *w = (void *)p->waiting.p;
    for (size_t i = 0; i < p->waiting.n / sizeof *w; i++)
        for (enum link_person_column c = LINK_PERSON_company_postcode; c <= LINK_PERSON_company_line; c++)
            if (w[i].v[c].n && !(w[i].v[c] = str_dup(&p->memory, w[i].v[c])).p)
                return err_set(e, ERR_NO_MEMORY, "out of memory while looking for people of one record");
    return ERR_OK;
}

enum err_code partition_company(struct partition *p, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct named *v;
    size_t n;
    if (p->waiting.n == 0)
        return ERR_OK;
    arena_init(&a, LIMIT_PEOPLE_TABLE_BYTES);
    ERR_TRY(named_list(p, &a, &v, &n, e));
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && v[to].record == v[from].record;)
            to++;
        give_company(p, v + from, to - from);
    }
    return keep_texts(p, e);
}
