/* decide.c: human decisions on who is who. They name two mentions by key, so they outlive every re-link and every model; undoing one takes it out of force and keeps it on record.
 * The reason may hold personal data and is sealed under a key of its own. */
#include "people/update.h"
#include "people/why.h"

#include "sql/people_sql.h"

enum err_code people_anchor(struct store *s, struct str id, uint64_t *ret_mention_key, struct err *e)
{
    uint64_t person, key;
    ERR_TRY(people_resolve(s, id, &person, NULL, e));
    *ret_mention_key = mention_key_parse(id, &key) ? key : person;
    return ERR_OK;
}

struct record_role { /* of a mention, for the check against one record */
    int64_t record, row;
    enum role role;
};

static enum err_code roles_of(struct store *s, const struct vault *v, uint64_t mention_key, bool whole_person, struct arena *a,
                              struct record_role **ret, size_t *ret_n, struct err *e)
{
    int64_t *ids = NULL, person;
    size_t n = 0;
    ERR_TRY(store_query_int(s, &sql_people_of_key, (const struct store_value[]){V_INT((int64_t)mention_key)}, &person, e));
    ERR_TRY(people_members(s, (uint64_t)person, a, &ids, &n, e));
    struct record_role *roles = ARENA_NEW(a, struct record_role, n);
    size_t kept = 0;
    for (size_t i = 0; roles && i < n; i++) {
        struct mention m;
        enum err_code code = intake_mention(s, v, ids[i], a, &m, e);
        if (code == ERR_NOT_FOUND)
            continue; /* of a record of which nothing may be known: nobody joins by it, and nobody is told of it */
        ERR_TRY(code);
        if (whole_person || m.key == mention_key)
            roles[kept++] = (struct record_role){m.record, m.row, m.role};
    }
    *ret = roles;
    *ret_n = kept;
    return roles ? ERR_OK : err_set(e, ERR_LIMIT, "a person's mentions do not fit into the memory set aside for them");
}

/* Joining two whole persons must not make a victim and a suspect of one record one person in passing: those two mentions have to be named. */
static enum err_code check_records(struct store *s, const struct vault *v, struct str a, struct str b, uint64_t key_a, uint64_t key_b, struct err *e)
{
    uint64_t unused;
    bool whole_a = !mention_key_parse(a, &unused), whole_b = !mention_key_parse(b, &unused);
    if (!whole_a && !whole_b)
        return ERR_OK;
    _cleanup_arena_ struct arena scratch;
    struct record_role *x, *y;
    size_t n_x, n_y;
    arena_init(&scratch, LIMIT_REQUEST_BYTES);
    ERR_TRY(roles_of(s, v, key_a, whole_a, &scratch, &x, &n_x, e));
    ERR_TRY(roles_of(s, v, key_b, whole_b, &scratch, &y, &n_y, e));
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_y; j++) {
            const char *why = x[i].record == y[j].record ? record_conflict(x[i].role, x[i].row, y[j].role, y[j].row) : NULL;
            if (why)
                return err_set(e, ERR_CONFLICT, "not joined: %s; to say that they are one all the same, name those two mentions by their keys (haven people explain lists them)", why);
        }
    return ERR_OK;
}

static enum err_code decision_insert(struct store *s, const struct vault *v, const struct people_decision *d, struct str by, struct str why,
                                     int64_t id, struct err *e)
{
    _cleanup_buf_ struct buf sealed;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    buf_init(&sealed, LIMIT_PEOPLE_WHY_BYTES + VAULT_SEAL_OVERHEAD);
    ERR_TRY(why_seal(v, DECISION_TABLE, id, why, wrapped, &sealed, e));
    return STORE_RUN(s, sql_people_decision_insert, e, V_INT(id), V_INT(d->kind), V_INT((int64_t)d->a), V_INT((int64_t)d->b), V_TEXT(by),
                     V_INT(now_ms()), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})), V_BLOB(buf_as_str(&sealed)));
}

enum err_code people_decide(struct store *s, enum decision_kind k, struct str a, struct str b, struct str by, struct str why,
                            const struct vault *v, int64_t *ret_id, struct err *e)
{
    struct people_decision d = {.kind = k};
    int64_t id;
    if (k != DECISION_JOIN && k != DECISION_SPLIT)
        return err_set(e, ERR_USAGE, "a decision is a join or a split");
    if (why.n > LIMIT_PEOPLE_WHY_BYTES)
        return err_set(e, ERR_LIMIT, "the reason is longer than %zu bytes", LIMIT_PEOPLE_WHY_BYTES);
    if (!str_trim(why).n || !str_trim(by).n)
        return err_set(e, ERR_USAGE, "a decision needs a reason and the name of who decides");
    ERR_TRY(people_anchor(s, a, &d.a, e));
    ERR_TRY(people_anchor(s, b, &d.b, e));
    if (d.a == d.b)
        return err_set(e, ERR_USAGE, "both sides name the same %s; to split a person, name two of its mentions by their keys",
                       k == DECISION_SPLIT ? "mention or person" : "person");
    if (k == DECISION_JOIN)
        ERR_TRY(check_records(s, v, a, b, d.a, d.b, e));
    ERR_TRY(store_begin(s, e));
    enum err_code code = store_reserve_ids(s, DECISION_TABLE, 1, &id, e);
    if (code == ERR_OK)
        code = decision_insert(s, v, &d, by, why, id, e);
    if (code == ERR_OK)
        code = store_commit(s, e);
    if (code != ERR_OK && store_in_transaction(s))
        store_rollback(s);
    if (code == ERR_OK)
        *ret_id = id;
    return code;
}

enum err_code people_undo(struct store *s, int64_t decision, struct str by, struct err *e)
{
    int64_t changed = 0;
    ERR_TRY(store_run(s, &sql_people_decision_undo, (const struct store_value[]){V_TEXT(by), V_INT(now_ms()), V_INT(decision)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_NOT_FOUND, "there is no decision %lld in force", (long long)decision);
}

/* ---- lists ---- */

static enum err_code decision_read(struct store_cursor *c, const struct vault *v, struct arena *a, struct buf *ret, struct err *e)
{
    struct decision_view d = {.id = store_int(c, 0), .kind = (enum decision_kind)store_int(c, 1), .a = (uint64_t)store_int(c, 2),
        .b = (uint64_t)store_int(c, 3), .by = str_dup(a, store_text(c, 4)), .at_ms = store_int(c, 5),
        .undone_by = str_dup(a, store_text(c, 8)), .undone_at_ms = store_int(c, 9)};
    if (store_int(c, 10) & ACCESS_GROUP(narrative))
        ERR_TRY(why_open(v, DECISION_TABLE, d.id, store_text(c, 6), store_text(c, 7), a, &d.why, e));
    (void)buf_add(ret, &d, sizeof d);
    return ERR_OK;
}

enum err_code people_decisions(struct store *s, const struct vault *v, struct arena *a, struct decision_view **ret, size_t *ret_n, struct err *e)
{
    struct store_cursor *c;
    bool row;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_PEOPLE_DECISIONS * sizeof(struct decision_view));
    ERR_TRY(store_query(s, &sql_people_decision_list, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row)
        if ((code = decision_read(c, v, a, &list, e)) != ERR_OK)
            break;
    store_finish(c);
    ERR_TRY(code);
    ERR_TRY(buf_check(&list, "the list of decisions on who is who", e));
    struct decision_view *out = ARENA_NEW(a, struct decision_view, list.n / sizeof *out);
    if (!out)
        return err_set(e, ERR_LIMIT, "the decisions do not fit into the memory set aside for them");
    if (list.n)
        memcpy(out, list.p, list.n);
    *ret = out;
    *ret_n = list.n / sizeof *out;
    return ERR_OK;
}

enum err_code people_band(struct store *s, size_t max, struct arena *a, struct band_pair **ret, size_t *ret_n, struct err *e)
{
    struct store_cursor *c;
    bool row;
    size_t n = 0;
    struct band_pair *out = ARENA_NEW(a, struct band_pair, max);
    if (!out)
        return err_set(e, ERR_LIMIT, "the list for clerical review does not fit into the memory set aside for it");
    ERR_TRY(STORE_QUERY(s, sql_people_band_head, &c, e, V_INT((int64_t)max)));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row && n < max)
        out[n++] = (struct band_pair){(uint64_t)store_int(c, 0), (uint64_t)store_int(c, 1), store_column(c, 2).r, store_int(c, 3)};
    store_finish(c);
    ERR_TRY(code);
    *ret = out;
    *ret_n = n;
    return ERR_OK;
}
