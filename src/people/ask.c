/* ask.c: opening persons under a permit: the one path by which both doors look somebody up.
 *
 * An id that nobody has and one whose every record is closed take the same way: resolve finds nothing, one entry is written, ERR_NOT_FOUND with the same words. */
#include "people/people.h"

#include "sql/people_sql.h"

static enum err_code keys_of(struct store *s, uint64_t person, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    int64_t most;
    size_t n = 0;
    ERR_TRY(store_query_int(s, &sql_people_mention_count_of, (const struct store_value[]){V_INT((int64_t)person)}, &most, e));
    uint64_t *keys = ARENA_NEW(a, uint64_t, (size_t)most);
    if (!keys)
        return err_set(e, ERR_LIMIT, "the person does not fit into the memory set aside for one request");
    ERR_TRY(STORE_QUERY(s, sql_people_keys_of, &c, e, V_INT((int64_t)person)));
    for (bool row = true; n < (size_t)most; n++) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        keys[n] = (uint64_t)store_int(c, 0);
    }
    *ret = keys;
    *ret_n = n;
    return ERR_OK;
}

/* ---- conflicts of interest ---- */

/* Persons who are described by what staff stated of themselves, and whose it is. Few: staff state few things. */
struct people_conflicts {
    size_t n;
    struct conflict_of {
        uint64_t person;
        uint32_t bits;
    } v[];
};

/* Persons who are described by this keyed value, in the order of their mentions, one for each mention. */
static enum err_code each_of_value(struct store *s, int64_t blind, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e)
{
    int64_t *ids, person;
    size_t n, kept = 0;
    ERR_TRY(intake_find_blind(s, blind, a, &ids, &n, e));
    uint64_t *persons = ARENA_NEW(a, uint64_t, n);
    if (!persons)
        return err_set(e, ERR_NO_MEMORY, "out of memory for what was found");
    for (size_t i = 0; i < n; i++) {
        enum err_code code = store_query_int(s, &sql_people_of_mention, (const struct store_value[]){V_INT(ids[i])}, &person, e);
        if (code == ERR_NOT_FOUND)
            continue; /* loaded, not yet linked */
        ERR_TRY(code);
        persons[kept++] = (uint64_t)person;
    }
    *ret = persons;
    *ret_n = kept;
    return ERR_OK;
}

static enum err_code conflicts_of_value(struct asking *q, const struct registry_fact_value *f, struct buf *ret, struct err *e)
{
    uint64_t *persons;
    size_t n;
    ERR_TRY(each_of_value(q->hub->store, f->value, q->arena, &persons, &n, e));
    for (size_t i = 0; i < n; i++) {
        struct conflict_of one = {persons[i], f->bits};
        (void)buf_add(ret, &one, sizeof one); /* checked at the end */
    }
    return ERR_OK;
}

enum err_code people_conflicts(struct asking *q, struct people_conflicts **ret, struct err *e)
{
    struct registry_fact_value *facts;
    size_t n;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_PEOPLE_CONFLICTS * sizeof(struct conflict_of));
    ERR_TRY(registry_fact_values(q->hub->store, &q->user, q->arena, &facts, &n, e));
    for (size_t i = 0; i < n; i++)
        ERR_TRY(conflicts_of_value(q, &facts[i], &list, e));
    ERR_TRY(buf_check(&list, "the persons in whom staff have an interest", e));
    struct people_conflicts *out = arena_alloc(q->arena, sizeof *out + list.n);
    if (!out)
        return err_set(e, ERR_NO_MEMORY, "out of memory for conflicts of interest");
    out->n = list.n / sizeof(struct conflict_of);
    if (list.n)
        memcpy(out->v, list.p, list.n);
    *ret = out;
    return ERR_OK;
}

uint32_t people_conflict_with(const struct people_conflicts *c, uint64_t person)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].person == person)
            bits |= c->v[i].bits;
    return bits;
}

enum err_code people_of_value(struct store *s, int64_t blind, uint64_t *ret, size_t most, size_t *ret_n, struct err *e)
{
    _cleanup_arena_ struct arena a;
    uint64_t *persons;
    size_t n, kept = 0;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    ERR_TRY(each_of_value(s, blind, &a, &persons, &n, e));
    for (size_t i = 0; i < n && kept < most; i++) {
        bool known = false;
        for (size_t k = 0; k < kept; k++)
            known |= ret[k] == persons[i];
        if (!known)
            ret[kept++] = persons[i];
    }
    *ret_n = kept;
    return ERR_OK;
}

/* ---- one person ---- */

enum err_code people_find(struct asking *q, enum access_action action, struct str id, struct people_asked *ret, struct err *e)
{
    struct people_asked asked = {.conflicts = ret->conflicts};
    enum err_code code = people_resolve(q->hub->store, id, &asked.person, &asked.redirected, e);
    if (code == ERR_NOT_FOUND) {
        ERR_TRY(asking_nothing(q, action, ACCESS_KIND_person, id, e));
        return people_resolve(q->hub->store, id, &asked.person, NULL, e); /* its own words */
    }
    ERR_TRY(code);
    ERR_TRY(keys_of(q->hub->store, asked.person, q->arena, &asked.keys, &asked.n, e));
    if (!asked.conflicts)
        ERR_TRY(people_conflicts(q, &asked.conflicts, e));
    *ret = asked;
    return ERR_OK;
}

enum err_code people_permit(struct asking *q, enum access_action action, struct str id, people_belongs *belongs, struct people_asked *ret, struct err *e)
{
    bool part = false;
    *ret = (struct people_asked){0};
    ERR_TRY(people_find(q, action, id, ret, e));
    if (belongs && q->words.basis.n)
        ERR_TRY(belongs(q->hub->store, q->words.basis, ret->person, &part, e));
    const struct asking_object o = {.kind = ACCESS_KIND_person,
                                    .id = str_dup(q->arena, str_of(person_id_of_key(ret->person).z)), /* its id of now, whatever it was asked for by */
                                    .belongs = part, .subjects = ret->keys, .n_subjects = ret->n, .conflict = people_conflict_with(ret->conflicts, ret->person)};
    if (!o.id.p)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a person's id");
    return asking_permit(q, action, &o, e);
}

enum err_code people_agencies(struct store *s, uint64_t person, struct arena *a, int64_t **ret, size_t *ret_n, struct err *e)
{
    int64_t *list, agency;
    size_t n, kept = 0;
    ERR_TRY(people_members(s, person, a, &list, &n, e));
    for (size_t i = 0; i < n; i++) {
        bool before = false;
        ERR_TRY(intake_mention_agency(s, list[i], &agency, e));
        for (size_t k = 0; k < kept && !before; k++)
            before = list[k] == agency;
        if (!before)
            list[kept++] = agency; /* never past i */
    }
    *ret = list;
    *ret_n = kept;
    return ERR_OK;
}

/* ---- searching ---- */

/* Those in whom the asker has an interest, and those of whom nothing may be known, are not there: what is left is what access_decide allows one by one. */
static enum err_code keep_allowed(struct asking *q, struct people_hit *hits, size_t *n, struct err *e)
{
    struct people_conflicts *conflicts;
    size_t kept = 0;
    ERR_TRY(people_conflicts(q, &conflicts, e));
    for (size_t i = 0; i < *n; i++) {
        struct access_decision d;
        uint64_t person;
        if (!person_id_parse(str_of(hits[i].id.z), &person))
            continue;
        const struct asking_object o = {.kind = ACCESS_KIND_person, .id = str_of(hits[i].id.z), .conflict = people_conflict_with(conflicts, person)};
        ERR_TRY(asking_may(q, &o, &d, e));
        if (d.allowed)
            hits[kept++] = hits[i];
    }
    *n = kept;
    return ERR_OK;
}

enum err_code people_ask_search(struct asking *q, struct str query, size_t max, struct people_hit **ret, size_t *ret_n, struct err *e)
{
    const struct asking_object o = {.kind = ACCESS_KIND_person, .id = query};
    ERR_TRY(asking_permit(q, ACCESS_search, &o, e));
    ERR_TRY(people_search(q->hub->store, q->hub->vault, query, max, q->arena, ret, ret_n, e));
    ERR_TRY(keep_allowed(q, *ret, ret_n, e));
    uint64_t *shown = ARENA_NEW(q->arena, uint64_t, *ret_n);
    if (!shown)
        return err_set(e, ERR_NO_MEMORY, "out of memory for what was found");
    for (size_t i = 0; i < *ret_n; i++)
        (void)person_id_parse(str_of((*ret)[i].id.z), &shown[i]); /* we made it */
    return asking_show(q, shown, *ret_n, *ret_n, e);
}

/* ---- lists of pairs ---- */

/* Whoever a mention belongs to now: nobody when its record was withdrawn. */
static enum err_code mention_conflict(struct asking *q, const struct people_conflicts *c, uint64_t key, uint32_t *ret_bits, struct err *e)
{
    int64_t person;
    enum err_code code = store_query_int(q->hub->store, &sql_people_person_of_key, (const struct store_value[]){V_INT((int64_t)key)}, &person, e);
    if (code == ERR_OK)
        *ret_bits |= people_conflict_with(c, (uint64_t)person);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* Which pairs are the asker's to see; those are recorded. `keys`: two a pair. */
static enum err_code pairs_show(struct asking *q, const uint64_t *keys, size_t n, bool *ret_keep, struct err *e)
{
    struct people_conflicts *conflicts;
    uint64_t *shown = ARENA_NEW(q->arena, uint64_t, 2 * n);
    size_t kept = 0;
    if (!shown)
        return err_set(e, ERR_LIMIT, "the list does not fit into the memory set aside for one request");
    ERR_TRY(people_conflicts(q, &conflicts, e));
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 2; k++) {
            ERR_TRY(mention_conflict(q, conflicts, keys[2 * i + k], &bits, e));
            shown[2 * kept + k] = keys[2 * i + k];
        }
        ret_keep[i] = !bits;
        kept += !bits;
    }
    err_clear(e);
    return asking_show(q, shown, 2 * kept, kept, e);
}

enum err_code people_ask_decisions(struct asking *q, struct decision_view **ret, size_t *ret_n, struct err *e)
{
    struct decision_view *d;
    size_t n, kept = 0;
    ERR_TRY(people_decisions(q->hub->store, q->hub->vault, q->arena, &d, &n, e));
    uint64_t *keys = ARENA_NEW(q->arena, uint64_t, 2 * n);
    bool *keep = ARENA_NEW(q->arena, bool, n);
    if (!keys || !keep)
        return err_set(e, ERR_LIMIT, "the decisions do not fit into the memory set aside for one request");
    for (size_t i = 0; i < n; i++) {
        keys[2 * i] = d[i].a;
        keys[2 * i + 1] = d[i].b;
    }
    ERR_TRY(pairs_show(q, keys, n, keep, e));
    for (size_t i = 0; i < n; i++)
        if (keep[i])
            d[kept++] = d[i];
    *ret = d;
    *ret_n = kept;
    return ERR_OK;
}

enum err_code people_ask_band(struct asking *q, size_t max, struct band_pair **ret, size_t *ret_n, struct err *e)
{
    struct band_pair *b;
    size_t n, kept = 0;
    ERR_TRY(people_band(q->hub->store, max, q->arena, &b, &n, e));
    uint64_t *keys = ARENA_NEW(q->arena, uint64_t, 2 * n);
    bool *keep = ARENA_NEW(q->arena, bool, n);
    if (!keys || !keep)
        return err_set(e, ERR_LIMIT, "the pairs do not fit into the memory set aside for one request");
    for (size_t i = 0; i < n; i++) {
        keys[2 * i] = b[i].a;
        keys[2 * i + 1] = b[i].b;
    }
    ERR_TRY(pairs_show(q, keys, n, keep, e));
    for (size_t i = 0; i < n; i++)
        if (keep[i])
            b[kept++] = b[i];
    *ret = b;
    *ret_n = kept;
    return ERR_OK;
}
