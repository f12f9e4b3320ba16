/* company.c: those who are named with somebody. "Carer: Melody Edon" on a child's hospital record names no address, but the child is there, and a Melody Edon who lives where the child lives is she. So a mention
 * with nothing but names, a telephone or an e-mail is described also by the company in which it stands: the persons of its row, else of its record, and where they live.
 *
 *   1 persons of all who can be told by themselves: components of the edges at the threshold (vetoes and decisions play no part: this only finds addresses)
 *   2 a person's addresses: the ADDRESSES_MAX that most mentions give, ties bytewise
 *   3 company: of at most COMPANIONS_MAX companions by least key, a token that names the person and the addresses; as a JSON list
 *
 * It is evidence of its own (the model's comparison "company"), not the mention's address: it is shown nowhere as one. */
#include "people/partition.h"

#include <stdlib.h>

#define ADDRESSES_MAX 4
#define COMPANIONS_MAX 3
#define COMPANY_BYTES ((size_t)4096)

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

struct named { /* a mention of a record in which somebody waits */
    int64_t record;
    uint32_t mention;
    uint32_t waiting; /* index, or UINT32_MAX: can be told by itself */
};
struct home { /* an address of a person */
    uint32_t person, row; /* root row; a row with the address */
    uint32_t n_mentions;
};

struct company {
    struct partition *p;
    struct arena a;
    uint32_t *person;     /* by row: its root */
    uint64_t *person_key; /* by root row: least mention key */
    struct named *named;
    size_t n_named;
    struct home *homes;   /* by person, most mentions first */
    size_t n_homes;
    uint32_t *homes_from; /* by root row: index of its first home, UINT32_MAX none */
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "out of memory while looking for people of one record"); }

/* ---- 1 persons ---- */

static enum err_code persons(struct company *c, struct err *e)
{
    const struct partition *p = c->p;
    size_t n = part_n_profiles(p);
    c->person = ARENA_NEW(&c->a, uint32_t, n);
    c->person_key = ARENA_NEW(&c->a, uint64_t, n);
    c->homes_from = ARENA_NEW(&c->a, uint32_t, n);
    if (!c->person || !c->person_key || !c->homes_from)
        return no_memory(e);
    partition_components(p, c->person);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t key = part_profiles(p)[i].least_key, *least = &c->person_key[c->person[i]];
        if (*least == 0 || key < *least)
            *least = key;
        c->homes_from[i] = UINT32_MAX;
    }
    return ERR_OK;
}

/* ---- who is named with whom ---- */

static int named_cmp(const void *l, const void *r)
{
    const struct named *x = l, *y = r;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->mention < y->mention ? -1 : x->mention > y->mention;
}

static enum err_code named_list(struct company *c, struct err *e)
{
    const struct part_mention *m = part_mentions(c->p);
    const struct part_waiting *w = (const void *)c->p->waiting.p;
    c->named = ARENA_NEW(&c->a, struct named, part_n(c->p));
    if (!c->named)
        return no_memory(e);
    for (size_t i = 0; i < c->p->waiting.n / sizeof *w; i++)
        c->named[c->n_named++] = (struct named){m[w[i].mention].record, w[i].mention, (uint32_t)i};
    for (size_t i = 0; i < part_n(c->p); i++)
        if (m[i].profile != ROW_NONE)
            c->named[c->n_named++] = (struct named){m[i].record, (uint32_t)i, UINT32_MAX};
    qsort(c->named, c->n_named, sizeof *c->named, named_cmp);
    return ERR_OK;
}

/* Companions of v[i] among the mentions of its record: distinct persons of its row, else of the record. */
static size_t companions(const struct company *c, const struct named *v, size_t n, size_t i, uint32_t ret_person[COMPANIONS_MAX])
{
    const struct part_mention *m = part_mentions(c->p);
    size_t found = 0;
    for (int same_row = 1; same_row >= 0 && found == 0; same_row--)
        for (size_t j = 0; j < n && found < COMPANIONS_MAX; j++) {
            const struct part_mention *other = &m[v[j].mention];
            if (v[j].waiting != UINT32_MAX || (same_row && other->row != m[v[i].mention].row))
                continue;
            bool known = false;
            for (size_t k = 0; k < found; k++)
                known = known || ret_person[k] == c->person[other->profile];
            if (!known)
                ret_person[found++] = c->person[other->profile];
        }
    return found;
}

/* ---- 2 addresses ---- */

static struct str value(const struct partition *p, uint32_t row, enum link_person_column column) { return link_table_value(p->table, row, (size_t)column); }

static int address_cmp(const struct partition *p, uint32_t x, uint32_t y)
{
    int postcode = str_cmp(value(p, x, LINK_PERSON_postcode), value(p, y, LINK_PERSON_postcode));
    return postcode ? postcode : str_cmp(value(p, x, LINK_PERSON_address_line), value(p, y, LINK_PERSON_address_line));
}

static int by_address(const void *l, const void *r, void *p)
{
    const struct home *x = l, *y = r;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    int address = address_cmp(p, x->row, y->row);
    return address ? address : x->row < y->row ? -1 : x->row > y->row;
}

static int by_mentions(const void *l, const void *r, void *p)
{
    const struct home *x = l, *y = r;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->n_mentions != y->n_mentions)
        return x->n_mentions > y->n_mentions ? -1 : 1;
    return address_cmp(p, x->row, y->row);
}

static bool *persons_wanted(const struct company *c, struct arena *a)
{
    bool *wanted = ARENA_NEW(a, bool, part_n_profiles(c->p));
    for (size_t from = 0, to; wanted && from < c->n_named; from = to) {
        bool waits = false;
        for (to = from; to < c->n_named && c->named[to].record == c->named[from].record; to++)
            waits = waits || c->named[to].waiting != UINT32_MAX;
        for (size_t i = from; waits && i < to; i++)
            if (c->named[i].waiting == UINT32_MAX)
                wanted[c->person[part_mentions(c->p)[c->named[i].mention].profile]] = true;
    }
    return wanted;
}

static enum err_code homes(struct company *c, struct err *e)
{
    size_t n = part_n_profiles(c->p), all = 0;
    bool *wanted = persons_wanted(c, &c->a);
    c->homes = ARENA_NEW(&c->a, struct home, n);
    if (!wanted || !c->homes)
        return no_memory(e);
    for (uint32_t i = 0; i < n; i++)
        if (wanted[c->person[i]] && value(c->p, i, LINK_PERSON_postcode).n && value(c->p, i, LINK_PERSON_address_line).n)
            c->homes[all++] = (struct home){c->person[i], i, part_profiles(c->p)[i].n_mentions};
    qsort_r(c->homes, all, sizeof *c->homes, by_address, c->p);
    for (size_t i = 0; i < all; i++) {
        struct home *last = c->n_homes ? &c->homes[c->n_homes - 1] : NULL;
        if (last && last->person == c->homes[i].person && address_cmp(c->p, last->row, c->homes[i].row) == 0)
            last->n_mentions += c->homes[i].n_mentions;
        else
            c->homes[c->n_homes++] = c->homes[i];
    }
    qsort_r(c->homes, c->n_homes, sizeof *c->homes, by_mentions, c->p);
    for (size_t i = c->n_homes; i-- > 0;)
        c->homes_from[c->homes[i].person] = (uint32_t)i;
    return ERR_OK;
}

/* ---- 3 company ---- */

static void add_homes(const struct company *c, uint32_t person, struct json_out *o, struct buf *scratch)
{
    for (size_t i = c->homes_from[person]; i < c->n_homes && c->homes[i].person == person && i < c->homes_from[person] + (size_t)ADDRESSES_MAX; i++) {
        buf_clear(scratch);
        (void)buf_str(scratch, value(c->p, c->homes[i].row, LINK_PERSON_postcode));
        (void)buf_char(scratch, ' ');
        (void)buf_str(scratch, value(c->p, c->homes[i].row, LINK_PERSON_address_line));
        jo_str(o, buf_as_str(scratch));
    }
}

static enum err_code describe(struct company *c, struct part_waiting *w, const uint32_t *person, size_t n, struct err *e)
{
    _cleanup_buf_ struct buf list, scratch;
    struct json_out o;
    buf_init(&list, COMPANY_BYTES * COMPANIONS_MAX * ADDRESSES_MAX);
    buf_init(&scratch, COMPANY_BYTES);
    jo_init(&o, &list, 0);
    jo_array(&o);
    for (size_t i = 0; i < n; i++) {
        buf_clear(&scratch);
        (void)buf_fmt(&scratch, "with %016llx", (unsigned long long)c->person_key[person[i]]);
        jo_str(&o, buf_as_str(&scratch));
        add_homes(c, person[i], &o, &scratch);
        if (!w->v[LINK_PERSON_company_postcode].n && c->homes_from[person[i]] != UINT32_MAX)
            w->v[LINK_PERSON_company_postcode] = str_dup(&c->p->memory, value(c->p, c->homes[c->homes_from[person[i]]].row, LINK_PERSON_postcode));
    }
    jo_end_array(&o);
    ERR_TRY(buf_check(&list, "the addresses of those who are named together", e));
    w->v[LINK_PERSON_company] = str_dup(&c->p->memory, buf_as_str(&list));
    return w->v[LINK_PERSON_company].p ? ERR_OK : no_memory(e);
}

static enum err_code describe_all(struct company *c, struct err *e)
{
    struct part_waiting *w = (void *)c->p->waiting.p;
    for (size_t from = 0, to; from < c->n_named; from = to) {
        for (to = from + 1; to < c->n_named && c->named[to].record == c->named[from].record;)
            to++;
        for (size_t i = from; i < to; i++) {
            uint32_t person[COMPANIONS_MAX];
            size_t n = c->named[i].waiting == UINT32_MAX ? 0 : companions(c, c->named + from, to - from, i - from, person);
            if (n)
                ERR_TRY(describe(c, &w[c->named[i].waiting], person, n, e));
        }
    }
    return ERR_OK;
}

enum err_code partition_company(struct partition *p, struct err *e)
{
    struct company c = {.p = p};
    if (p->waiting.n == 0)
        return ERR_OK;
    arena_init(&c.a, LIMIT_PEOPLE_TABLE_BYTES);
    enum err_code code = persons(&c, e);
    if (code == ERR_OK)
        code = named_list(&c, e);
    if (code == ERR_OK)
        code = homes(&c, e);
    if (code == ERR_OK)
        code = describe_all(&c, e);
    arena_release(&c.a);
    return code;
}
