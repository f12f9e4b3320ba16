/* sequence.c: the one place where leaves get their numbers.
 *
 * One transaction takes what waits (effects in the order of their ids, then frames of the journal in the order of the file), inserts the leaves and
 * their subjects, and saves the state with how far the journal is taken and the signed checkpoint of just these leaves. Only after its commit are
 * tiles and checkpoint written to the directory, so what the world sees is never ahead of the rows. A crash before the commit leaves everything
 * waiting; one after it leaves the directory behind the database, which the next run makes up for with the very same bytes. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

#include <assert.h>

/* ---- numbering ---- */

enum err_code ledger_append(struct store *s, const struct vault *v, struct ledger_state *state, const struct ledger_item *item, struct err *e)
{
    unsigned char key[VAULT_WRAPPED_BYTES];
    struct ledger_hash h = ledger_hash_leaf(item->leaf);
    int64_t leaf = ledger_leaf_id(state->epoch, state->frontier.size);
    if (state->frontier.size >> LEDGER_EPOCH_BITS)
        return err_set(e, ERR_LIMIT, "the ledger is full: an epoch holds 2^%d entries", LEDGER_EPOCH_BITS);
    if (item->wrapped.p)
        ERR_TRY(ledger_item_key(v, item, leaf, key, e));
    ERR_TRY(STORE_RUN(s, sql_ledger_leaf_insert, e, V_INT(leaf), V_BLOB(item->leaf),
                      item->wrapped.p ? V_BLOB(((struct str){(char *)key, sizeof key})) : V_NULL));
    for (size_t i = 0; i < ledger_item_blinds(item); i++)
        ERR_TRY(STORE_RUN(s, sql_ledger_subject_insert, e, V_INT(ledger_item_blind(item, i)), V_INT(leaf)));
    ledger_frontier_add(&state->frontier, &h);
    return ERR_OK;
}

struct step {
    struct ledger *l;
    struct ledger_state *state; /* as it will be */
    size_t left;                /* entries that this transaction may still take */
};

static enum err_code append_item(void *context, struct str item, struct err *e)
{
    struct step *step = context;
    struct ledger_item i;
    ERR_TRY(ledger_item_parse(item, &i, e));
    step->left--;
    return ledger_append(step->l->store, step->l->vault, step->state, &i, e);
}

static enum err_code take_effects(struct step *step, struct err *e)
{
    struct store *s = step->l->store;
    int64_t last = 0;
    {
        _cleanup_cursor_ struct store_cursor *c = NULL;
        ERR_TRY(STORE_QUERY(s, sql_ledger_waiting_list, &c, e, V_INT(INT64_MIN), V_INT((int64_t)step->left)));
        for (bool row = true;;) {
            ERR_TRY(store_step(c, &row, e));
            if (!row)
                break;
            last = store_int(c, 0);
            ERR_TRY(append_item(step, store_text(c, 1), e));
        }
    }
    return STORE_RUN(s, sql_ledger_waiting_delete, e, V_INT(last));
}

static enum err_code take_frames(struct step *step, struct ledger_taken to, struct err *e)
{
    struct ledger_taken *taken = &step->state->taken;
    if (step->left == 0 || (taken->segment == to.segment && taken->offset == to.offset))
        return ERR_OK;
    return ledger_journal_each(&step->l->journal, *taken, to, step->left, append_item, step, taken, e);
}

/* Within the transaction. */
static enum err_code take(struct step *step, bool effects, struct ledger_taken to, struct err *e)
{
    struct ledger *l = step->l;
    if (effects)
        ERR_TRY(take_effects(step, e));
    ERR_TRY(take_frames(step, to, e));
    if (step->left > 0) /* the segment with the destroyed keys is all taken, and goes */
        step->state->turn = false;
    ERR_TRY(ledger_state_sign(l->vault, step->state, e));
    return ledger_state_save(l->store, l->vault, step->state, e);
}

static enum err_code copy_state(const struct ledger_state *from, struct ledger_state *ret, struct err *e)
{
    struct buf note = ret->note;
    *ret = *from;
    ret->note = note;
    buf_clear(&ret->note);
    (void)buf_str(&ret->note, buf_as_str(&from->note));
    return buf_check(&ret->note, "a signed checkpoint", e);
}

/* One transaction of numbering; *ret_more: there may be more. */
static enum err_code number(struct ledger *l, struct ledger_taken to, bool *ret_more, struct err *e)
{
    _cleanup_ledger_state_ struct ledger_state next;
    struct step step = {l, &next, LIMIT_LEDGER_STEP};
    ledger_state_init(&next);
    ERR_TRY(copy_state(&l->state, &next, e));
    bool effects = atomic_exchange(&l->waiting, false);
    enum err_code code = store_begin(l->store, e);
    if (code == ERR_OK)
        code = take(&step, effects, to, e);
    if (code == ERR_OK)
        code = store_commit_ledger(l->store, e);
    if (code != ERR_OK) {
        store_rollback(l->store);
        atomic_store(&l->waiting, effects);
        return code;
    }
    struct ledger_state old = l->state;
    l->state = next;
    next = old; /* and its note goes with it */
    *ret_more = step.left == 0;
    if (*ret_more)
        atomic_store(&l->waiting, effects); /* there may be more of them */
    return ERR_OK;
}

/* ---- publishing ---- */

static enum err_code entry_of(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    struct ledger *l = context;
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    ERR_TRY(STORE_QUERY(l->store, sql_ledger_leaf_get, &c, e, V_INT(ledger_leaf_id(l->state.epoch, index))));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_REFUSED, "the ledger's entry %llu is missing in the database", (unsigned long long)index);
    (void)buf_str(ret, store_text(c, 0));
    return buf_check(ret, "a ledger entry", e);
}

enum err_code ledger_publish(struct ledger *l, struct err *e)
{
    struct ledger_hash root, want = ledger_frontier_root(&l->state.frontier);
    if (l->published == l->state.frontier.size)
        return ERR_OK;
    ERR_TRY(ledger_tiles_extend(l->tiles, l->state.frontier.size, (struct ledger_entries){entry_of, l}, &root, e));
    if (!ledger_hash_eq(&root, &want))
        return err_set(e, ERR_REFUSED, "the ledger's rows do not give the root of its tree; haven ledger verify names the row");
    ERR_TRY(ledger_tiles_publish(l->tiles, buf_as_str(&l->state.note), e));
    l->published = l->state.frontier.size;
    return ERR_OK;
}

/* 1. The segment that holds destroyed keys is closed. 2. Number in transactions of a bounded size. 3. Remove segments that are taken.
 * 4. Publish. */
enum err_code ledger_sequence(struct ledger *l, struct err *e)
{
    assert(!store_in_transaction(l->store));
    struct ledger_taken to = ledger_journal_end(&l->journal);
    if (l->state.turn && to.segment == l->state.taken.segment && to.offset > LEDGER_SEGMENT_HEADER) {
        ERR_TRY(ledger_journal_turn(&l->journal, e));
        to = ledger_journal_end(&l->journal);
    }
    const struct ledger_taken *taken = &l->state.taken;
    bool more = atomic_load(&l->waiting) || l->state.turn || taken->segment != to.segment || taken->offset != to.offset;
    while (more)
        ERR_TRY(number(l, to, &more, e));
    ERR_TRY(ledger_journal_forget(&l->journal, l->state.taken, e));
    return ledger_publish(l, e);
}

#define BREATH_S 1.0

void ledger_breathe(struct ledger *l)
{
    struct err e;
    double now = monotonic_s();
    if (!l || store_in_transaction(l->store) || now - l->breathed_s < BREATH_S)
        return;
    l->breathed_s = now;
    (void)ledger_sequence(l, &e);
}
