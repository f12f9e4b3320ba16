/* map.c: the partition in memory for rooms above, and who an id, a mention or a former id means now. */
#include "people/people.h"

#include "sql/people_sql.h"

#include <stdlib.h>

#define REDIRECTS_MAX 1000 /* each leads to an id that lived later, so chains end; this only bounds a damaged store */

uint32_t people_map_find(const struct people_map *m, int64_t mention_id)
{
    size_t from = 0, to = m->n_mentions;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (m->mention_ids[mid] < mention_id)
            from = mid + 1;
        else
            to = mid;
    }
    return from < m->n_mentions && m->mention_ids[from] == mention_id ? m->person_of[from] : UINT32_MAX;
}

static int u64_cmp(const void *l, const void *r)
{
    const uint64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

struct map_rows {
    struct buf ids, keys, persons; /* int64_t, uint64_t, uint64_t */
};

static enum err_code read_rows(struct store *s, struct map_rows *r, struct err *e)
{
    struct store_cursor *c;
    bool row;
    ERR_TRY(store_query(s, &sql_people_now, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row) {
        int64_t id = store_int(c, 0), key = store_int(c, 1), person = store_int(c, 2);
        (void)buf_add(&r->ids, &id, sizeof id);
        (void)buf_add(&r->keys, &key, sizeof key);
        (void)buf_add(&r->persons, &person, sizeof person);
    }
    store_finish(c);
    ERR_TRY(code);
    const struct buf *const columns[] = {&r->ids, &r->keys, &r->persons}; /* each may have been the one that did not grow */
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        ERR_TRY(buf_check(columns[i], "the list of who is who", e));
    return ERR_OK;
}

/* Numbers the persons by ascending least key. */
static enum err_code map_fill(const struct map_rows *r, struct arena *a, struct people_map *ret, struct err *e)
{
    size_t n = r->ids.n / sizeof(int64_t), n_persons = 0;
    int64_t *ids = ARENA_NEW(a, int64_t, n);
    uint64_t *keys = ARENA_NEW(a, uint64_t, n), *person_key = ARENA_NEW(a, uint64_t, n);
    uint32_t *person_of = ARENA_NEW(a, uint32_t, n);
    if (!ids || !keys || !person_key || !person_of)
        return err_set(e, ERR_LIMIT, "who is who does not fit into the memory set aside for it");
    if (n) {
        memcpy(ids, r->ids.p, r->ids.n);
        memcpy(keys, r->keys.p, r->keys.n);
        memcpy(person_key, r->persons.p, r->persons.n);
        qsort(person_key, n, sizeof *person_key, u64_cmp);
    }
    for (size_t i = 0; i < n; i++)
        if (i == 0 || person_key[i] != person_key[n_persons - 1])
            person_key[n_persons++] = person_key[i];
    for (size_t i = 0; i < n; i++) {
        const uint64_t *person = (const uint64_t *)(const void *)r->persons.p + i;
        person_of[i] = (uint32_t)((uint64_t *)bsearch(person, person_key, n_persons, sizeof *person, u64_cmp) - person_key);
    }
    *ret = (struct people_map){n, n_persons, ids, keys, person_of, person_key};
    return ERR_OK;
}

enum err_code people_map_load(struct store *s, struct arena *a, struct people_map *ret, struct err *e)
{
    struct map_rows r;
    buf_init(&r.ids, LIMIT_PEOPLE_MENTIONS * sizeof(int64_t));
    buf_init(&r.keys, LIMIT_PEOPLE_MENTIONS * sizeof(int64_t));
    buf_init(&r.persons, LIMIT_PEOPLE_MENTIONS * sizeof(int64_t));
    enum err_code code = read_rows(s, &r, e);
    if (code == ERR_OK)
        code = map_fill(&r, a, ret, e);
    buf_release(&r.ids);
    buf_release(&r.keys);
    buf_release(&r.persons);
    return code;
}

/* ---- what an id means ---- */

/* The present person of a mention's key; false when it is not stated now. */
static enum err_code person_of_key(struct store *s, uint64_t key, bool *ret_found, uint64_t *ret_person, struct err *e)
{
    int64_t person;
    struct err ignored;
    enum err_code code = store_query_int(s, &sql_people_of_key, (const struct store_value[]){V_INT((int64_t)key)}, &person, &ignored);
    *ret_found = code == ERR_OK;
    if (code == ERR_OK)
        *ret_person = (uint64_t)person;
    if (code == ERR_OK || code == ERR_NOT_FOUND)
        return ERR_OK;
    *e = ignored;
    return code;
}

/* Why an id leads nowhere. */
static enum err_code nobody(struct store *s, uint64_t old, struct err *e)
{
    int64_t at_ms;
    bool closed;
    ERR_TRY(intake_is_closed(s, old, &closed, e));
    enum err_code code = store_query_int(s, &sql_people_destruction_of, (const struct store_value[]){V_INT((int64_t)old)}, &at_ms, e);
    if (code != ERR_OK && code != ERR_NOT_FOUND)
        return code;
    if (code == ERR_NOT_FOUND || closed)
        return err_set(e, ERR_NOT_FOUND, "no such person");
    struct civil day = civil_of_day((int32_t)(at_ms / MS_PER_DAY));
    return err_set(e, ERR_NOT_FOUND, "this person's keys were destroyed on %04d-%02d-%02d: nothing about them can be opened", day.year, day.month, day.day);
}

static enum err_code follow(struct store *s, uint64_t old, uint64_t *ret_person, struct err *e)
{
    for (int i = 0; i < REDIRECTS_MAX; i++) {
        int64_t present;
        enum err_code code = store_query_int(s, &sql_people_redirect_of, (const struct store_value[]){V_INT((int64_t)old)}, &present, e);
        if (code == ERR_NOT_FOUND || (code == ERR_OK && present == 0))
            return nobody(s, old, e);
        ERR_TRY(code);
        bool found;
        uint64_t person;
        old = (uint64_t)present;
        ERR_TRY(person_of_key(s, old, &found, &person, e));
        if (found && person == old) {
            *ret_person = person;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_STORE, "old person ids lead in a circle; run haven update");
}

enum err_code people_resolve(struct store *s, struct str id, uint64_t *ret_person, bool *ret_redirected, struct err *e)
{
    uint64_t key, person;
    bool found, is_id = person_id_parse(id, &key), redirected = false;
    if (!is_id && !mention_key_parse(id, &key))
        return err_set(e, ERR_USAGE, "a person is named by an id (P and 13 letters and digits) or a mention's key (16 hexadecimal digits)");
    ERR_TRY(person_of_key(s, key, &found, &person, e));
    if (is_id && found) {
        redirected = person != key; /* the mention that named the person is somebody else's now: that is who it is */
    } else if (is_id) {
        ERR_TRY(follow(s, key, &person, e));
        redirected = true;
    } else if (!found) {
        return err_set(e, ERR_NOT_FOUND, "no such person");
    }
    *ret_person = person;
    if (ret_redirected)
        *ret_redirected = redirected;
    return ERR_OK;
}

static enum err_code read_ids(struct store *s, const struct store_statement *st, const struct store_value *values, struct arena *a,
                              int64_t **ret, size_t *ret_n, struct err *e)
{
    struct store_cursor *c;
    bool row;
    _cleanup_buf_ struct buf ids;
    buf_init(&ids, LIMIT_PEOPLE_MENTIONS * sizeof(int64_t));
    ERR_TRY(store_query(s, st, values, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row) {
        int64_t id = store_int(c, 0);
        (void)buf_add(&ids, &id, sizeof id);
    }
    store_finish(c);
    ERR_TRY(code);
    ERR_TRY(buf_check(&ids, "the list of a person's mentions", e));
    int64_t *v = ARENA_NEW(a, int64_t, ids.n / sizeof(int64_t));
    if (!v)
        return err_set(e, ERR_LIMIT, "a person's mentions do not fit into the memory set aside for them");
    if (ids.n)
        memcpy(v, ids.p, ids.n);
    *ret = v;
    *ret_n = ids.n / sizeof(int64_t);
    return ERR_OK;
}

enum err_code people_members(struct store *s, uint64_t person, struct arena *a, int64_t **ret, size_t *ret_n, struct err *e)
{
    return read_ids(s, &sql_people_mentions_of, (const struct store_value[]){V_INT((int64_t)person)}, a, ret, ret_n, e);
}

enum err_code people_members_at(struct store *s, uint64_t person, int64_t at_ms, struct arena *a, int64_t **ret, size_t *ret_n, struct err *e)
{
    return read_ids(s, &sql_people_mentions_at, (const struct store_value[]){V_INT((int64_t)person), V_INT(at_ms)}, a, ret, ret_n, e);
}
