/* profiles.c: the rows of the link table: descriptions, what shares them, what gets a row of its own. Steps 0 and 1 of partition.h. */
#include "people/partition.h"

#include <stdio.h>

#define SCRATCH_BYTES ((size_t)4 << 20)

static const enum link_person_column veto_columns[PEOPLE_N_VETO] = {LINK_PERSON_nhs_number, LINK_PERSON_pnc_id, LINK_PERSON_noms_number};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "out of memory while working out who is who"); }

enum err_code partition_new(const struct link_model *m, struct partition **ret, struct err *e)
{
    struct arena memory;
    arena_init(&memory, LIMIT_PEOPLE_TABLE_BYTES);
    struct partition *p = ARENA_NEW(&memory, struct partition, 1);
    if (!p)
        return no_memory(e);
    p->memory = memory;
    p->model = m;
    p->threshold = link_model_threshold(m);
    buf_init(&p->mentions, LIMIT_PEOPLE_MENTIONS * sizeof(struct part_mention));
    buf_init(&p->profiles, LIMIT_PEOPLE_MENTIONS * sizeof(struct part_profile));
    buf_init(&p->waiting, LIMIT_PEOPLE_MENTIONS * sizeof(struct part_waiting));
    buf_init(&p->edges, LIMIT_PEOPLE_EDGES * sizeof(struct link_edge));
    buf_init(&p->cannots, LIMIT_PEOPLE_EDGES * sizeof(struct link_cannot));
    buf_init(&p->musts, LIMIT_PEOPLE_EDGES * sizeof(struct link_cannot));
    buf_init(&p->band, LIMIT_PEOPLE_EDGES * sizeof(struct part_band));
    arena_init(&p->scratch, SCRATCH_BYTES);
    enum err_code code = link_table_new(link_person_columns, LINK_PERSON_N, LIMIT_PEOPLE_TABLE_BYTES, &p->table, e);
    if (code != ERR_OK) {
        partition_free(p);
        return code;
    }
    *ret = p;
    return ERR_OK;
}

void partition_free(struct partition *p)
{
    if (!p)
        return;
    link_table_free(p->table);
    buf_release(&p->mentions);
    buf_release(&p->profiles);
    buf_release(&p->waiting);
    buf_release(&p->edges);
    buf_release(&p->cannots);
    buf_release(&p->musts);
    buf_release(&p->band);
    arena_release(&p->scratch);
    struct arena memory = p->memory; /* p lies in it */
    arena_release(&memory);
}

/* ---- 1 profiles ---- */

static uint64_t description_hash(const struct str *v)
{
    uint64_t h = 0;
    for (size_t c = LINK_PERSON_unique_id + 1; c < LINK_PERSON_N; c++)
        h = str_hash(v[c], h);
    return h;
}

static bool description_is(const struct partition *p, size_t row, const struct str *v)
{
    for (size_t c = LINK_PERSON_unique_id + 1; c < LINK_PERSON_N; c++)
        if (!str_eq(link_table_value(p->table, row, c), v[c]))
            return false;
    return true;
}

static enum err_code slots_grow(struct partition *p, struct err *e)
{
    size_t n = p->n_slots ? p->n_slots * 2 : 1024;
    uint32_t *slots = ARENA_NEW(&p->memory, uint32_t, n); /* the old ones stay until the end: together no more than these */
    if (!slots)
        return no_memory(e);
    for (size_t i = 0; i < p->n_slots; i++)
        if (p->slots[i]) {
            size_t at = part_profiles(p)[p->slots[i] - 1].hash & (n - 1);
            while (slots[at])
                at = (at + 1) & (n - 1);
            slots[at] = p->slots[i];
        }
    p->slots = slots;
    p->n_slots = n;
    return ERR_OK;
}

/* The place of the description: together by the profile that has it, or free. */
static uint32_t *slot_find(const struct partition *p, uint64_t hash, const struct str *v)
{
    for (size_t at = hash & (p->n_slots - 1);; at = (at + 1) & (p->n_slots - 1)) {
        uint32_t *slot = &p->slots[at];
        if (!*slot || (part_profiles(p)[*slot - 1].hash == hash && description_is(p, *slot - 1, v)))
            return slot;
    }
}

static enum err_code row_add(struct partition *p, uint64_t key, const struct str *v, uint64_t hash, uint32_t *ret_row, struct err *e)
{
    struct part_profile f = {.hash = hash, .least_key = key};
    struct str values[LINK_PERSON_N];
    char id[17];
    (void)snprintf(id, sizeof id, "%016zx", part_n_profiles(p)); /* the number of the row: a mention that is singled out leaves its row to others */
    memcpy(values, v, sizeof values);
    values[LINK_PERSON_unique_id] = (struct str){id, 16};
    for (size_t i = 0; i < PEOPLE_N_VETO; i++)
        if (v[veto_columns[i]].n)
            f.veto[i] = str_hash(v[veto_columns[i]], i) | 1; /* 0 is "none" */
    ERR_TRY(link_table_add(p->table, values, e));
    if (!buf_add(&p->profiles, &f, sizeof f))
        return buf_check(&p->profiles, "the list of descriptions of people", e);
    *ret_row = (uint32_t)(part_n_profiles(p) - 1);
    return ERR_OK;
}

static enum err_code profile_of(struct partition *p, uint64_t key, const struct str *v, uint32_t *ret, struct err *e)
{
    uint64_t hash = description_hash(v);
    if ((p->n_described + 1) * 2 > p->n_slots)
        ERR_TRY(slots_grow(p, e));
    uint32_t *slot = slot_find(p, hash, v);
    if (*slot) {
        *ret = *slot - 1;
        return ERR_OK;
    }
    ERR_TRY(row_add(p, key, v, hash, ret, e));
    *slot = *ret + 1;
    p->n_described++;
    return ERR_OK;
}

static enum err_code wait_for_company(struct partition *p, const struct mention *m, struct err *e)
{
    struct part_waiting w = {.mention = (uint32_t)part_n(p)};
    for (size_t c = 0; c < LINK_PERSON_N; c++)
        if (m->v[c].n && !(w.v[c] = str_dup(&p->memory, m->v[c])).p)
            return no_memory(e);
    (void)buf_add(&p->waiting, &w, sizeof w);
    return buf_check(&p->waiting, "the list of people without an address", e);
}

enum err_code partition_add(struct partition *p, const struct mention *m, struct err *e)
{
    size_t n = part_n(p);
    if (n && part_mentions(p)[n - 1].key >= m->key)
        return err_set(e, ERR_CONFLICT, "mention %016llx comes twice or out of order", (unsigned long long)m->key);
    struct part_mention x = {.key = m->key, .id = m->id, .record = m->record, .row = m->row, .profile = ROW_NONE, .role = (uint8_t)m->role};
    if (m->has_identifier && company_wanted(m)) {
        ERR_TRY(wait_for_company(p, m, e));
    } else if (m->has_identifier) {
        ERR_TRY(profile_of(p, m->key, m->v, &x.profile, e));
        part_profiles(p)[x.profile].n_mentions++;
    }
    (void)buf_add(&p->mentions, &x, sizeof x);
    return buf_check(&p->mentions, "the list of mentions of people", e);
}

enum err_code partition_profiles_of_waiting(struct partition *p, struct err *e)
{
    const struct part_waiting *w = (const void *)p->waiting.p;
    for (size_t i = 0; i < p->waiting.n / sizeof *w; i++) {
        struct part_mention *m = &part_mentions(p)[w[i].mention];
        ERR_TRY(profile_of(p, m->key, w[i].v, &m->profile, e));
        part_profiles(p)[m->profile].n_mentions++;
    }
    return ERR_OK;
}

enum err_code partition_row_own(struct partition *p, struct part_mention *m, struct err *e)
{
    struct str v[LINK_PERSON_N] = {{0}};
    uint32_t from = m->profile;
    arena_reset(&p->scratch);
    for (size_t c = 0; c < LINK_PERSON_N && from != ROW_NONE; c++) { /* copied: the table's text may move as it grows */
        v[c] = link_table_value(p->table, from, c);
        if (v[c].n && !(v[c] = str_dup(&p->scratch, v[c])).p)
            return no_memory(e);
    }
    ERR_TRY(row_add(p, m->key, v, 0, &m->profile, e));
    part_profiles(p)[m->profile].n_mentions = 1;
    if (from != ROW_NONE)
        part_profiles(p)[from].n_mentions--;
    return ERR_OK;
}

enum err_code partition_weigh(struct partition *p, uint32_t from, struct err *e)
{
    size_t n_rows = part_n_profiles(p), n = 0;
    struct link_cannot *pairs = ARENA_NEW(&p->memory, struct link_cannot, n_rows);
    double *weight = ARENA_NEW(&p->memory, double, n_rows);
    int16_t *rule = ARENA_NEW(&p->memory, int16_t, n_rows);
    bool *together = ARENA_NEW(&p->memory, bool, n_rows);
    if (!pairs || !weight || !rule || !together)
        return no_memory(e);
    for (uint32_t i = from; i < n_rows; i++)
        if (part_profiles(p)[i].n_mentions > 1)
            pairs[n++] = (struct link_cannot){i, i};
    ERR_TRY(link_score_pairs(p->model, p->table, pairs, n, weight, rule, e));
    memset(together, true, n_rows * sizeof *together); /* rows of one mention stay as they are */
    for (size_t i = 0; i < n; i++) {
        part_profiles(p)[pairs[i].l].self_weight = weight[i];
        together[pairs[i].l] = rule[i] >= 0 && weight[i] >= p->threshold;
    }
    struct part_mention *m = part_mentions(p);
    for (size_t i = 0; i < part_n(p); i++) {
        struct part_profile *f = m[i].profile == ROW_NONE || m[i].profile >= n_rows ? NULL : &part_profiles(p)[m[i].profile];
        if (f && !together[m[i].profile] && f->least_key != m[i].key)
            ERR_TRY(partition_row_own(p, &m[i], e));
    }
    return ERR_OK;
}

ptrdiff_t partition_find(const struct partition *p, uint64_t key)
{
    const struct part_mention *m = part_mentions(p);
    size_t from = 0, to = part_n(p);
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (m[mid].key < key)
            from = mid + 1;
        else
            to = mid;
    }
    return from < part_n(p) && m[from].key == key ? (ptrdiff_t)from : -1;
}
