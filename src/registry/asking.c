/* asking.c: one request's way through registry, access, ledger and store (registry.h). In this order, always:
 *
 *   1. who asks, for what (asking_begin)
 *   2. the facts: what is shared with them, what they hold on the object
 *   3. the decision (access, pure)
 *   4. the ledger entry, allowed or not, committed
 *   5. the grant: only now can the store read anything personal
 *
 * Every way out of a permit but success leaves the store without a grant. */
#include "registry/registry.h"

/* A grant that is forgotten ends by itself. Inner work, of which nothing is shown, may be a county's first load. */
#define GRANT_MS ((int64_t)15 * 60 * 1000)
#define GRANT_INNER_MS ((int64_t)48 * 60 * 60 * 1000)

static const enum ledger_operation operations[ACCESS_ACTION_N] = {
    [ACCESS_search] = LEDGER_search,           [ACCESS_view] = LEDGER_consultation,  [ACCESS_unmask] = LEDGER_consultation,
    [ACCESS_export] = LEDGER_disclosure,       [ACCESS_decide] = LEDGER_alteration,  [ACCESS_list] = LEDGER_consultation,
    [ACCESS_load] = LEDGER_collection,         [ACCESS_update] = LEDGER_combination, [ACCESS_measure] = LEDGER_consultation,
    [ACCESS_audit] = LEDGER_consultation,      [ACCESS_manage] = LEDGER_administration, [ACCESS_glass] = LEDGER_glass,
    [ACCESS_close] = LEDGER_alteration,
};

/* Of a person there is one thing to manage: the keys, and those are destroyed. */
static enum ledger_operation operation_of(enum access_action action, enum access_kind kind)
{
    return action == ACCESS_manage && kind == ACCESS_KIND_person ? LEDGER_erasure : operations[action];
}

static struct ledger_entry entry_of(const struct asking *q, enum ledger_operation op, struct str object)
{
    return (struct ledger_entry){
        .operation = op,
        .at_ms = clock_ms(), /* never a stated time: the ledger says when it was */
        .user = q->user.name,
        .agency = q->user.agency_name,
        .door = q->words.door,
        .device = q->words.device,
        .what = q->words.what,
        .object = object,
        .purpose = q->words.purpose,
        .basis = q->words.basis,
        .reason = q->words.reason,
    };
}

static struct access_ask ask_of(const struct asking *q, enum access_action action, bool basis)
{
    return (struct access_ask){
        .who = {.standing = q->user.standing, .roles = q->user.roles, .agency = q->user.agency, .from_ms = q->user.from_ms, .to_ms = q->user.to_ms,
                .step_up_until_ms = q->step_up_until_ms},
        .action = action,
        .purpose = q->purpose,
        .basis = basis ? ACCESS_BASIS_GIVEN : ACCESS_BASIS_NONE,
        .now_ms = q->now_ms,
    };
}

/* ---- 1. who asks ---- */

static enum err_code words_check(const struct asking_words *w, enum access_purpose *ret, struct err *e)
{
    if (!w->user.n)
        return err_set(e, ERR_USAGE, "say who asks: --as USER (or HAVEN_USER)");
    if (!w->purpose.n)
        return err_set(e, ERR_USAGE, "say what it is for: --purpose PURPOSE (or HAVEN_PURPOSE), as safeguarding or investigation");
    if (!access_purpose_parse(w->purpose, ret))
        return err_set(e, ERR_USAGE, "there is no such purpose: safeguarding, investigation, prosecution, offender-management, victim-support, meeting, statistics, audit, "
                                     "subject-rights or administration");
    return ERR_OK;
}

/* A stranger is told no more than that; the attempt is kept. */
static enum err_code refuse_stranger(struct asking *q, struct err *e)
{
    struct ledger_receipt receipt;
    struct ledger_entry entry = entry_of(q, LEDGER_sign_in, STR(""));
    entry.user = q->words.user;
    entry.outcome = LEDGER_REFUSED;
    entry.rule = ACCESS_RULE_standing;
    ERR_TRY(ledger_read(q->hub->ledger, &entry, &receipt, e));
    return err_set(e, ERR_REFUSED, "this user is not known here, or not active now");
}

enum err_code asking_begin(const struct hub *h, const struct asking_words *w, struct arena *a, struct asking *ret, struct err *e)
{
    struct asking q = {.hub = h, .arena = a, .words = *w, .now_ms = now_ms()};
    ERR_TRY(words_check(w, &q.purpose, e));
    enum err_code code = registry_user_find(h->store, w->user, q.now_ms, a, &q.user, e);
    if (code != ERR_OK && code != ERR_NOT_FOUND)
        return code;
    bool active = code == ERR_OK && q.user.standing == ACCESS_STANDING_active && q.now_ms >= q.user.from_ms && q.now_ms < q.user.to_ms;
    if (!active)
        return refuse_stranger(&q, e);
    *ret = q;
    return ERR_OK;
}

/* ---- 2. the facts ---- */

struct facts {
    struct access_sharing *sharings;
    size_t n_sharings;
    struct access_object object;
    bool basis; /* it names a case or meeting that is open to the asker */
};

static struct access_sharing sharing_of(const struct facts *f, int64_t owner)
{
    for (size_t i = 0; owner && i < f->n_sharings; i++)
        if (f->sharings[i].owner == owner)
            return f->sharings[i];
    return (struct access_sharing){.owner = owner, .ceiling = ACCESS_CEILING_NONE};
}

static enum err_code facts_gather(struct asking *q, const struct asking_object *o, struct facts *ret, struct err *e)
{
    ERR_TRY(registry_sharings(q->hub->store, q->user.agency, q->purpose, q->now_ms, q->arena, &ret->sharings, &ret->n_sharings, e));
    ret->object = (struct access_object){.kind = o->kind, .level = o->level ? o->level : ACCESS_LEVEL_open, .sharing = sharing_of(ret, o->owner), .conflict = o->conflict};
    ERR_TRY(registry_basis_open(q->hub->store, &q->user, q->words.basis, q->basis_exists, q->now_ms, &ret->basis, e));
    return registry_relations(q->hub->store, &q->user, o->kind, o->id, q->words.basis, o->belongs, q->now_ms, ret->object.until_ms, e);
}

/* ---- 4. the entry ---- */

static enum err_code record(struct asking *q, enum access_action action, const struct asking_object *o, const struct access_decision *d, struct ledger_receipt *ret,
                            struct err *e)
{
    struct ledger_entry entry = entry_of(q, operation_of(action, o->kind), o->id);
    if (d->hidden) {
        entry.outcome = LEDGER_NOTHING; /* as asking_nothing: neither rule nor subjects, or the ledger would tell */
        return ledger_read(q->hub->ledger, &entry, ret, e);
    }
    entry.outcome = d->allowed ? LEDGER_ALLOWED : LEDGER_REFUSED;
    entry.rule = (uint32_t)d->rule;
    entry.groups = d->groups;
    entry.subjects = o->subjects;
    entry.n_subjects = o->n_subjects < LIMIT_LEDGER_SUBJECTS ? o->n_subjects : LIMIT_LEDGER_SUBJECTS;
    ERR_TRY(ledger_read(q->hub->ledger, &entry, ret, e));
    return o->n_subjects > entry.n_subjects ? asking_show(q, o->subjects + entry.n_subjects, o->n_subjects - entry.n_subjects, 0, e) : ERR_OK;
}

enum err_code asking_nothing(struct asking *q, enum access_action action, enum access_kind kind, struct str id, struct err *e)
{
    struct ledger_receipt receipt;
    const struct asking_object o = {.kind = kind, .id = id};
    const struct access_decision d = {.hidden = true};
    return record(q, action, &o, &d, &receipt, e);
}

/* ---- 5. the grant ---- */

/* What a set of records may show under this permit: of an object's parts as of a search's results. */
static enum access_kind rows_kind(enum access_kind asked)
{
    return asked == ACCESS_KIND_person || asked == ACCESS_KIND_case ? ACCESS_KIND_record : asked;
}

static enum err_code grant(struct asking *q, enum access_action action, const struct facts *f, struct ledger_receipt receipt, struct err *e)
{
    const struct access_ask ask = ask_of(q, action, f->basis);
    struct access_scope_row *rows = ARENA_NEW(q->arena, struct access_scope_row, f->n_sharings * (ACCESS_LEVEL_N - 1) + 1);
    if (!rows)
        return err_set(e, ERR_NO_MEMORY, "out of memory for what may be read");
    q->n_rows = access_scope(&ask, rows_kind(f->object.kind), f->sharings, f->n_sharings, f->object.until_ms, 0, rows);
    if (q->decision.allowed && f->object.kind == ACCESS_KIND_record && f->object.level == ACCESS_LEVEL_closed) /* no set has one: only those who are listed come here */
        rows[q->n_rows++] = (struct access_scope_row){.owner = f->object.sharing.owner, .level = ACCESS_LEVEL_closed, .grade = q->decision.grade, .groups = q->decision.groups,
                                                      .watch = q->decision.watch};
    q->rows = rows;
    bool inner = q->decision.rule == ACCESS_RULE_inner;
    return access_grant_begin(q->hub->store, q->hub->ledger, receipt, rows, q->n_rows, q->now_ms + (inner ? GRANT_INNER_MS : GRANT_MS), e);
}

/* Whatever a transaction changes under this permit is answered for in that transaction. */
static enum err_code write_effect(void *ctx, struct err *e)
{
    struct asking *q = ctx;
    enum err_code code = q->effect_written ? ERR_OK : asking_effect(q, operation_of(q->action, q->kind), q->object, q->subjects, q->n_subjects, e);
    q->effect_written = false;
    return code;
}

enum err_code asking_permit(struct asking *q, enum access_action action, const struct asking_object *o, struct err *e)
{
    struct facts f;
    struct ledger_receipt receipt;
    asking_end(q);
    ERR_TRY(facts_gather(q, o, &f, e));
    const struct access_ask ask = ask_of(q, action, f.basis);
    const struct access_decision d = access_decide(&ask, &f.object); /* 3 */
    ERR_TRY(record(q, action, o, &d, &receipt, e));
    if (!d.allowed)
        return err_set(e, d.hidden ? ERR_NOT_FOUND : ERR_REFUSED, "%s", access_rule_text(d.rule));
    q->action = action;
    q->kind = o->kind;
    q->decision = d;
    ERR_TRY(grant(q, action, &f, receipt, e));
    q->object = o->id;
    q->subjects = o->subjects;
    q->n_subjects = o->n_subjects;
    q->effect_written = false;
    store_set_effect(q->hub->store, write_effect, q);
    q->permitted = true;
    return ERR_OK;
}

enum err_code asking_may(struct asking *q, const struct asking_object *o, struct access_decision *ret, struct err *e)
{
    struct facts f;
    ERR_TRY(facts_gather(q, o, &f, e));
    const struct access_ask ask = ask_of(q, q->action, f.basis);
    *ret = access_decide(&ask, &f.object);
    return ERR_OK;
}

enum err_code asking_show(struct asking *q, const uint64_t *subjects, size_t n, uint64_t n_rows, struct err *e)
{
    struct ledger_receipt receipt;
    struct ledger_entry entry = entry_of(q, LEDGER_disclosure, STR(""));
    entry.outcome = n || n_rows ? LEDGER_ALLOWED : LEDGER_NOTHING;
    entry.groups = q->decision.groups;
    entry.n_rows = n_rows;
    size_t at = 0;
    do { /* one entry at least: that nobody was shown is worth knowing too */
        entry.subjects = n ? subjects + at : NULL;
        entry.n_subjects = n - at < LIMIT_LEDGER_SUBJECTS ? n - at : LIMIT_LEDGER_SUBJECTS;
        ERR_TRY(ledger_read(q->hub->ledger, &entry, &receipt, e));
        at += entry.n_subjects;
    } while (at < n);
    return ERR_OK;
}

static enum err_code effect(struct asking *q, const struct ledger_entry *entry, struct err *e)
{
    struct ledger_receipt receipt;
    ERR_TRY(ledger_effect(q->hub->ledger, entry, &receipt, e));
    q->effect_written = true;
    return ERR_OK;
}

enum err_code asking_effect(struct asking *q, enum ledger_operation op, struct str object, const uint64_t *subjects, size_t n, struct err *e)
{
    struct ledger_entry entry = entry_of(q, op, object);
    entry.outcome = LEDGER_ALLOWED;
    entry.subjects = subjects;
    entry.n_subjects = n < LIMIT_LEDGER_SUBJECTS ? n : LIMIT_LEDGER_SUBJECTS; /* the permit's own entries name all */
    return effect(q, &entry, e);
}

enum err_code asking_effect_refused(struct asking *q, enum ledger_operation op, struct str object, enum access_rule rule, struct err *e)
{
    struct ledger_entry entry = entry_of(q, op, object);
    entry.outcome = LEDGER_REFUSED;
    entry.rule = (uint32_t)rule;
    return effect(q, &entry, e);
}

void asking_end(struct asking *q)
{
    if (q->permitted) {
        store_set_effect(q->hub->store, NULL, NULL);
        access_grant_end(q->hub->store);
    }
    q->permitted = false;
    q->rows = NULL;
    q->n_rows = 0;
}

void asking_end_p(struct asking *q)
{
    if (q->hub)
        asking_end(q);
}
