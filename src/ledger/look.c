/* look.c: reading entries back, by number and by subject, and destroying one's key. See ledger.h. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

#include <assert.h>
#include <stdlib.h>

uint64_t ledger_size(const struct ledger *l) { return (uint64_t)ledger_leaf_id(l->state.epoch, l->state.frontier.size); }

uint32_t ledger_epoch_now(const struct ledger *l) { return l->state.epoch; }

/* ---- one leaf ---- */

/* The first entry of a later epoch is public: the checkpoint that it quotes is what it says. */
static enum err_code view_epoch(struct str entry, struct ledger_view *ret, struct err *e)
{
    struct ledger_epoch d;
    ERR_TRY(ledger_epoch_parse(entry, &d, e));
    ret->entry = (struct ledger_entry){.operation = LEDGER_epoch, .outcome = LEDGER_ALLOWED, .what = STR("epoch"), .object = d.quoted};
    return ERR_OK;
}

static enum err_code view_leaf(struct ledger *l, int64_t leaf, struct str entry, struct str wrapped, struct ledger_open *o,
                               struct ledger_view *ret, struct err *e)
{
    *ret = (struct ledger_view){.leaf = (uint64_t)leaf};
    if (!wrapped.p)
        return view_epoch(entry, ret, e);
    if (ledger_is_destroyed(wrapped)) {
        ret->destroyed = true;
        return ERR_OK;
    }
    enum err_code code = ledger_leaf_open(l->vault, leaf, entry, wrapped, o, e);
    if (code != ERR_OK)
        return err_set(e, code, "the ledger's entry %lld does not open: it or its key was changed; haven ledger verify tells more", (long long)leaf);
    ret->entry = o->entry;
    return ERR_OK;
}

/* ---- by number ---- */

/* What waits is numbered first, so that a look never misses the newest. */
static enum err_code catch_up(struct ledger *l, struct err *e)
{
    return store_in_transaction(l->store) ? ERR_OK : ledger_sequence(l, e);
}

static int64_t clamp(uint64_t leaf) { return leaf > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)leaf; }

enum err_code ledger_each(struct ledger *l, uint64_t from, uint64_t to, ledger_sink *sink, void *ctx, struct err *e)
{
    _cleanup_ledger_open_ struct ledger_open o;
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct ledger_view v;
    ledger_open_init(&o);
    ERR_TRY(catch_up(l, e));
    ERR_TRY(STORE_QUERY(l->store, sql_ledger_leaf_range, &c, e, V_INT(clamp(from)), V_INT(clamp(to))));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        ERR_TRY(view_leaf(l, store_int(c, 0), store_text(c, 1), store_text(c, 2), &o, &v, e));
        ERR_TRY(sink(ctx, &v, e));
    }
}

/* ---- by subject ---- */

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static enum err_code leaves_about(struct ledger *l, uint64_t subject, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(l->store, sql_ledger_subject_leaves, &c, e, V_INT(ledger_subject_blind(l->vault, subject))));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return buf_check(ret, "the list of ledger entries about somebody", e);
        int64_t leaf = store_int(c, 0);
        (void)buf_add(ret, &leaf, sizeof leaf);
    }
}

static enum err_code show_leaf(struct ledger *l, int64_t leaf, struct ledger_open *o, ledger_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct ledger_view v;
    bool row = false;
    ERR_TRY(STORE_QUERY(l->store, sql_ledger_leaf_get, &c, e, V_INT(leaf)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_FINDINGS, "the ledger's index names entry %lld, which is not there", (long long)leaf);
    ERR_TRY(view_leaf(l, leaf, store_text(c, 0), store_text(c, 1), o, &v, e));
    return sink(ctx, &v, e);
}

enum err_code ledger_each_about(struct ledger *l, const uint64_t *subjects, size_t n, ledger_sink *sink, void *ctx, struct err *e)
{
    _cleanup_ledger_open_ struct ledger_open o;
    _cleanup_buf_ struct buf leaves;
    ledger_open_init(&o);
    buf_init(&leaves, LIMIT_LEDGER_ABOUT_BYTES);
    ERR_TRY(catch_up(l, e));
    for (size_t i = 0; i < n; i++)
        ERR_TRY(leaves_about(l, subjects[i], &leaves, e));
    int64_t *at = (int64_t *)(void *)leaves.p; /* from realloc: aligned */
    size_t count = leaves.n / sizeof *at;
    if (count > 1)
        qsort(at, count, sizeof *at, newest_first);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || at[i] != at[i - 1])
            ERR_TRY(show_leaf(l, at[i], &o, sink, ctx, e));
    return ERR_OK;
}

/* ---- destroying ---- */

/* 1. The index rows, which the entry itself names while it can still be read. 2. The mark in place of the key. 3. The journal's segment may hold
 * the key too: it goes when the next sequence closes it. */
static enum err_code destroy(struct ledger *l, int64_t leaf, const struct ledger_entry *x, struct err *e)
{
    struct vault_id mark = ledger_destroyed_mark(l->vault, leaf);
    for (size_t i = 0; i < x->n_subjects; i++)
        ERR_TRY(STORE_RUN(l->store, sql_ledger_subject_delete, e, V_INT(ledger_subject_blind(l->vault, x->subjects[i])), V_INT(leaf)));
    ERR_TRY(STORE_RUN(l->store, sql_ledger_leaf_destroy, e, V_INT(leaf), V_BLOB(((struct str){(char *)mark.bytes, sizeof mark.bytes}))));
    l->state.turn = true;
    return ledger_state_save(l->store, l->vault, &l->state, e);
}

enum err_code ledger_destroy(struct ledger *l, uint64_t leaf, struct err *e)
{
    _cleanup_ledger_open_ struct ledger_open o;
    struct ledger_view v;
    assert(store_in_transaction(l->store));
    ledger_open_init(&o);
    {
        _cleanup_cursor_ struct store_cursor *c = NULL;
        bool row = false;
        ERR_TRY(STORE_QUERY(l->store, sql_ledger_leaf_get, &c, e, V_INT(clamp(leaf))));
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return err_set(e, ERR_NOT_FOUND, "the ledger has no entry %llu", (unsigned long long)leaf);
        ERR_TRY(view_leaf(l, clamp(leaf), store_text(c, 0), store_text(c, 1), &o, &v, e));
        if (!store_text(c, 1).p)
            return err_set(e, ERR_REFUSED, "the ledger's entry %llu declares an epoch: it is public and stays", (unsigned long long)leaf);
    }
    return v.destroyed ? ERR_OK : destroy(l, clamp(leaf), &v.entry, e);
}
