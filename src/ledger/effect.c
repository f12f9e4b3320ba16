/* effect.c: committing an entry, and the receipt that says so. See ledger.h. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

#include <assert.h>
#include <sodium.h>

/* ---- receipts: a number and its MAC under a key that this process drew ---- */

static void receipt_mac(const struct ledger *l, uint64_t number, uint64_t ret[2])
{
    (void)crypto_generichash((unsigned char *)ret, 16, (const unsigned char *)&number, sizeof number, l->receipt_key,
                             sizeof l->receipt_key); /* cannot fail with these lengths */
}

static struct ledger_receipt receipt_make(struct ledger *l)
{
    struct ledger_receipt r = {{atomic_fetch_add(&l->receipts, 1) + 1}};
    receipt_mac(l, r.opaque[0], r.opaque + 1);
    return r;
}

bool ledger_receipt_good(const struct ledger *l, struct ledger_receipt r)
{
    uint64_t want[2];
    receipt_mac(l, r.opaque[0], want);
    return r.opaque[0] != 0 && sodium_memcmp(want, r.opaque + 1, sizeof want) == 0;
}

/* ---- committing ---- */

enum err_code ledger_read(struct ledger *l, const struct ledger_entry *entry, struct ledger_receipt *ret, struct err *e)
{
    _cleanup_buf_ struct buf item;
    buf_init(&item, LIMIT_LEDGER_FRAME_BYTES);
    ERR_TRY(ledger_item_make(l->vault, entry, &item, e));
    ERR_TRY(ledger_journal_append(&l->journal, buf_as_str(&item), e));
    *ret = receipt_make(l);
    return ERR_OK;
}

enum err_code ledger_effect(struct ledger *l, const struct ledger_entry *entry, struct ledger_receipt *ret, struct err *e)
{
    _cleanup_buf_ struct buf item;
    int64_t id;
    assert(store_in_transaction(l->store));
    buf_init(&item, LIMIT_LEDGER_FRAME_BYTES);
    ERR_TRY(ledger_item_make(l->vault, entry, &item, e));
    ERR_TRY(store_reserve_ids(l->store, "ledger_waiting", 1, &id, e));
    ERR_TRY(STORE_RUN(l->store, sql_ledger_waiting_insert, e, V_INT(id), V_BLOB(buf_as_str(&item))));
    atomic_store(&l->waiting, true);
    *ret = receipt_make(l);
    return ERR_OK;
}
