/* keep.c: alerts in the hub. An alert is a row for each (account, person, month) and only grows: evidence is unique, so storing twice adds nothing; a decision says
 * how much evidence it was made on, so an alert that grew since is open again. Who may not see it is written in the same transaction. */
#include "access/access.h"
#include "oversight/oversight.h"

#include "sql/oversight_sql.h"
#include "vault/keeping.h"

#define DECISION_TABLE "oversight_decision"
#define OVERLAP_MS (10 * 60 * MS_PER_SECOND)
#define KEY(x) V_INT((int64_t)(x))

const struct vault_wrapped_column oversight_wrapped[] = {
    {DECISION_TABLE, "wrapped", &sql_oversight_wrapped_decision_count, &sql_oversight_wrapped_decision_batch, &sql_oversight_wrapped_decision_put},
    {0},
};

uint64_t oversight_account(const struct vault *v, struct str user) { return (uint64_t)vault_blind(v, "account", user); }

/* ---- storing ---- */

static enum err_code insert_alert(struct store *s, const struct oversight_source *src, const struct oversight_alert *alert, int64_t now, int64_t *ret_id, struct err *e)
{
    _cleanup_arena_ struct arena a;
    const uint64_t *barred;
    size_t n;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    ERR_TRY(oversight_barred(src, alert, now, &a, &barred, &n, e));
    ERR_TRY(store_reserve_ids(s, "oversight_alert", 1, ret_id, e));
    ERR_TRY(STORE_RUN(s, sql_oversight_alert_insert, e, V_INT(*ret_id), KEY(alert->user), KEY(alert->subject), V_INT(alert->month), KEY(alert->other_user), V_INT(now)));
    for (size_t i = 0; i < n; i++)
        ERR_TRY(STORE_RUN(s, sql_oversight_barred_insert, e, KEY(barred[i]), V_INT(*ret_id)));
    return ERR_OK;
}

/* An alert that was known without it now names a second account: its line may not see it either. */
static enum err_code bar_other(struct store *s, const struct oversight_source *src, const struct oversight_alert *alert, int64_t now, int64_t id, struct err *e)
{
    _cleanup_arena_ struct arena a;
    const uint64_t *barred;
    size_t n;
    int64_t changed;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    ERR_TRY(store_run(s, &sql_oversight_alert_shared, (const struct store_value[]){V_INT(id), KEY(alert->other_user)}, &changed, e));
    if (!changed)
        return ERR_OK;
    ERR_TRY(oversight_barred(src, alert, now, &a, &barred, &n, e));
    for (size_t i = 0; i < n; i++)
        ERR_TRY(STORE_RUN(s, sql_oversight_barred_insert, e, KEY(barred[i]), V_INT(id)));
    return ERR_OK;
}

static enum err_code store_alert(struct store *s, const struct oversight_source *src, const struct oversight_alert *alert, int64_t now, size_t *new_evidence, struct err *e)
{
    int64_t id;
    enum err_code code = store_query_int(s, &sql_oversight_alert_of, (const struct store_value[]){KEY(alert->user), KEY(alert->subject), V_INT(alert->month)}, &id, e);
    if (code == ERR_NOT_FOUND)
        code = insert_alert(s, src, alert, now, &id, e);
    else if (code == ERR_OK && alert->other_user)
        code = bar_other(s, src, alert, now, id, e);
    ERR_TRY(code);
    for (size_t i = 0; i < alert->n_evidence; i++) {
        const struct oversight_evidence *ev = &alert->evidence[i];
        int64_t changed;
        ERR_TRY(store_run(s, &sql_oversight_evidence_insert, (const struct store_value[]){V_INT(id), V_INT(ev->rule), V_INT(ev->leaf), V_INT(ev->at_ms), V_INT(ev->operation)}, &changed, e));
        *new_evidence += changed > 0;
    }
    return ERR_OK;
}

static enum err_code store_all(struct store *s, const struct oversight_source *src, const struct oversight_alerts *alerts, int64_t now, const int64_t *reach_ms, size_t *ret_new,
                               struct err *e)
{
    size_t new_evidence = 0;
    ERR_TRY(store_begin(s, e));
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < alerts->n && code == ERR_OK; i++)
        code = store_alert(s, src, &alerts->v[i], now, &new_evidence, e);
    if (code == ERR_OK && reach_ms)
        code = STORE_RUN(s, sql_oversight_reach_put, e, V_INT(*reach_ms));
    if (code == ERR_OK)
        code = store_commit(s, e);
    if (code != ERR_OK) {
        store_rollback(s);
        return code;
    }
    *ret_new = new_evidence;
    return ERR_OK;
}

enum err_code oversight_store(struct store *s, const struct oversight_source *src, const struct oversight_alerts *alerts, int64_t now, size_t *ret_new, struct err *e)
{
    return store_all(s, src, alerts, now, NULL, ret_new, e);
}

enum err_code oversight_catch_up(struct store *s, const struct oversight_source *src, const struct oversight_limits *limits, int64_t now, size_t *ret_new, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct oversight_alerts alerts;
    int64_t until;
    arena_init(&a, LIMIT_OVERSIGHT_HITS_BYTES);
    enum err_code code = store_query_int(s, &sql_oversight_reach, STORE_NO_VALUES, &until, e);
    if (code != ERR_OK && code != ERR_NOT_FOUND)
        return code;
    struct oversight_period period = {code == ERR_OK ? until - OVERLAP_MS : INT64_MIN, now};
    ERR_TRY(oversight_run(src, limits, period, &a, &alerts, e));
    return store_all(s, src, &alerts, now, &now, ret_new, e);
}

/* ---- reading ---- */

static enum err_code rules_of(struct store *s, int64_t id, uint32_t *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    *ret = 0;
    ERR_TRY(STORE_QUERY(s, sql_oversight_rules_of, &c, e, V_INT(id)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        *ret |= 1u << (store_int(c, 0) & 31);
    }
}

enum err_code oversight_list(struct store *s, uint64_t reviewer, bool all, size_t most, struct arena *a, struct oversight_items *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct oversight_items items = {ARENA_NEW(a, struct oversight_item, most + 1), 0};
    if (!items.v)
        return err_set(e, ERR_NO_MEMORY, "no memory for %zu alerts", most);
    ERR_TRY(STORE_QUERY(s, sql_oversight_list, &c, e, KEY(reviewer), V_INT(all), V_INT((int64_t)most)));
    for (bool row = true; items.n < most;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        struct oversight_item *i = &items.v[items.n++];
        bool decided = store_column(c, 7).type != STORE_NULL;
        *i = (struct oversight_item){.id = store_int(c, 0), .user = (uint64_t)store_int(c, 1), .subject = (uint64_t)store_int(c, 2), .month = (int32_t)store_int(c, 3), .first_ms = store_int(c, 4),
                                     .last_ms = store_int(c, 5), .n_evidence = (size_t)store_int(c, 6), .open = !decided || store_int(c, 8) < store_int(c, 6),
                                     .outcome = decided ? (enum oversight_outcome)store_int(c, 7) : OVERSIGHT_UNDECIDED};
        ERR_TRY(rules_of(s, i->id, &i->rules, e));
    }
    *ret = items;
    return ERR_OK;
}

static enum err_code read_head(struct store *s, uint64_t reviewer, int64_t id, struct oversight_alert *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    ERR_TRY(STORE_QUERY(s, sql_oversight_head, &c, e, V_INT(id), KEY(reviewer)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "there is no alert %lld", (long long)id);
    *ret = (struct oversight_alert){.user = (uint64_t)store_int(c, 0), .subject = (uint64_t)store_int(c, 1), .month = (int32_t)store_int(c, 2), .other_user = (uint64_t)store_int(c, 3)};
    return ERR_OK;
}

static enum err_code read_evidence(struct store *s, int64_t id, struct arena *a, struct oversight_alert *alert, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf rows;
    buf_init(&rows, LIMIT_OVERSIGHT_HITS_BYTES);
    ERR_TRY(STORE_QUERY(s, sql_oversight_evidence_of, &c, e, V_INT(id)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        struct oversight_evidence ev = {.rule = (uint8_t)store_int(c, 0), .leaf = store_int(c, 1), .at_ms = store_int(c, 2), .operation = (uint8_t)store_int(c, 3)};
        alert->rules |= 1u << (ev.rule & 31);
        (void)buf_add(&rows, &ev, sizeof ev);
    }
    ERR_TRY(buf_check(&rows, "the evidence of an alert", e));
    struct str kept = str_dup(a, buf_as_str(&rows));
    if (!kept.p)
        return err_set(e, ERR_NO_MEMORY, "no memory for the evidence of an alert");
    alert->evidence = (const struct oversight_evidence *)(const void *)kept.p;
    alert->n_evidence = rows.n / sizeof *alert->evidence;
    return ERR_OK;
}

/* Left empty when the grant does not reach the hub's own narratives. */
static enum err_code read_why(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct str *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_vault_key_ struct vault_key key = {0};
    _cleanup_buf_ struct buf plain;
    bool row;
    buf_init(&plain, LIMIT_OVERSIGHT_WHY_BYTES);
    *ret = STR("");
    ERR_TRY(STORE_QUERY(s, sql_oversight_decision_why, &c, e, V_INT(id)));
    ERR_TRY(store_step(c, &row, e));
    if (!row || !(store_int(c, 2) & ACCESS_GROUP(narrative)))
        return ERR_OK;
    ERR_TRY(vault_key_unwrap(v, (struct vault_place){DECISION_TABLE, "wrapped", id}, store_text(c, 0), &key, e));
    ERR_TRY(vault_unseal(&key, (struct vault_place){DECISION_TABLE, "why", id}, store_text(c, 1), &plain, e));
    *ret = str_dup(a, buf_as_str(&plain));
    return ret->p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for the reason of a decision");
}

static enum err_code read_decisions(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct oversight_item_view *view, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct oversight_decided **link = &view->decisions;
    view->item.open = true;
    ERR_TRY(STORE_QUERY(s, sql_oversight_decisions_of, &c, e, V_INT(id)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        struct oversight_decided *d = ARENA_NEW(a, struct oversight_decided, 1);
        if (!d)
            return err_set(e, ERR_NO_MEMORY, "no memory for the decisions on an alert");
        *d = (struct oversight_decided){.reviewer = (uint64_t)store_int(c, 1), .at_ms = store_int(c, 2), .outcome = (enum oversight_outcome)store_int(c, 3)};
        view->item.open = store_int(c, 4) < (int64_t)view->alert.n_evidence;
        view->item.outcome = d->outcome;
        ERR_TRY(read_why(s, v, store_int(c, 0), a, &d->why, e));
        *link = d;
        link = &d->next;
    }
}

enum err_code oversight_show(struct store *s, const struct vault *v, uint64_t reviewer, int64_t id, struct arena *a, struct oversight_item_view *ret, struct err *e)
{
    struct oversight_item_view view = {0};
    ERR_TRY(read_head(s, reviewer, id, &view.alert, e));
    ERR_TRY(read_evidence(s, id, a, &view.alert, e));
    view.item = (struct oversight_item){.id = id, .user = view.alert.user, .subject = view.alert.subject, .month = view.alert.month, .rules = view.alert.rules,
                                        .n_evidence = view.alert.n_evidence, .first_ms = INT64_MAX, .last_ms = INT64_MIN};
    for (size_t i = 0; i < view.alert.n_evidence; i++) {
        int64_t at = view.alert.evidence[i].at_ms;
        view.item.first_ms = at < view.item.first_ms ? at : view.item.first_ms;
        view.item.last_ms = at > view.item.last_ms ? at : view.item.last_ms;
    }
    ERR_TRY(read_decisions(s, v, id, a, &view, e));
    *ret = view;
    return ERR_OK;
}

/* ---- deciding ---- */

static enum err_code insert_decision(struct store *s, const struct vault *v, uint64_t reviewer, int64_t id, const struct oversight_alert *alert, enum oversight_outcome outcome, struct str why,
                                     int64_t now, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key;
    _cleanup_buf_ struct buf sealed;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    int64_t row;
    buf_init(&sealed, LIMIT_OVERSIGHT_WHY_BYTES + VAULT_SEAL_OVERHEAD);
    ERR_TRY(store_reserve_ids(s, DECISION_TABLE, 1, &row, e));
    vault_key_new(v, (struct vault_place){DECISION_TABLE, "wrapped", row}, &key, wrapped);
    ERR_TRY(vault_seal(&key, (struct vault_place){DECISION_TABLE, "why", row}, why, &sealed, e));
    return STORE_RUN(s, sql_oversight_decision_insert, e, V_INT(row), V_INT(id), KEY(reviewer), V_INT(now), V_INT(outcome), V_INT((int64_t)alert->n_evidence),
                     V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})), V_BLOB(buf_as_str(&sealed)));
}

enum err_code oversight_decide(struct store *s, const struct vault *v, uint64_t reviewer, int64_t id, enum oversight_outcome outcome, struct str why, int64_t now, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct oversight_alert alert;
    arena_init(&a, LIMIT_OVERSIGHT_HITS_BYTES);
    if (outcome != OVERSIGHT_EXPLAINED && outcome != OVERSIGHT_REFERRED)
        return err_set(e, ERR_USAGE, "an alert is decided as explained or referred");
    if (!str_trim(why).n)
        return err_set(e, ERR_USAGE, "a decision on an alert needs a reason");
    if (why.n > LIMIT_OVERSIGHT_WHY_BYTES)
        return err_set(e, ERR_LIMIT, "the reason is longer than %zu bytes", LIMIT_OVERSIGHT_WHY_BYTES);
    ERR_TRY(store_begin(s, e));
    enum err_code code = read_head(s, reviewer, id, &alert, e);
    if (code == ERR_OK)
        code = read_evidence(s, id, &a, &alert, e);
    if (code == ERR_OK)
        code = insert_decision(s, v, reviewer, id, &alert, outcome, why, now, e);
    if (code == ERR_OK)
        code = store_commit(s, e);
    if (code != ERR_OK)
        store_rollback(s);
    return code;
}
