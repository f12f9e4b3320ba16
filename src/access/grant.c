/* grant.c: from an answer and a receipt to what the store asks for. The only file outside src/store that includes store/grant.h.
 *
 * It promises: no grant without a receipt that this ledger knows, and none that holds more rows than the scope. */
#include "access/access_int.h"
#include "store/grant.h"

enum err_code access_grant_begin(struct store *s, const struct ledger *l, struct ledger_receipt receipt, const struct access_scope_row *rows, size_t n,
                                 int64_t until_ms, struct err *e)
{
    if (!ledger_receipt_good(l, receipt))
        return err_set(e, ERR_REFUSED, "nothing is shown: the ledger has no entry for this");
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_ACCESS_SCOPE_BYTES);
    struct store_scope_row *scope = ARENA_NEW(&a, struct store_scope_row, n);
    if (!scope)
        return err_set(e, ERR_LIMIT, "a scope of %zu rows is over the limit of %zu bytes", n, LIMIT_ACCESS_SCOPE_BYTES);
    for (size_t i = 0; i < n; i++)
        scope[i] = (struct store_scope_row){rows[i].owner, rows[i].level, rows[i].grade, rows[i].groups, rows[i].watch};
    struct store_grant grant = {.until_ms = until_ms, .rows = scope, .n_rows = n};
    return store_grant_begin(s, &grant, e);
}

void access_grant_end(struct store *s) { store_grant_end(s); }
