/* wrapped.c: the ledger's wrapped keys, for a rotation of the seal key. Marks of destruction and public entries have none. What waits has its keys under
 * the old generation: close the ledger, which numbers it, before a rotation. */
#include "ledger/ledger.h"

#include "sql/ledger_sql.h"

const struct vault_wrapped_column ledger_wrapped[] = {
    {"ledger_leaf", "wrapped", &sql_ledger_wrapped_count, &sql_ledger_wrapped_batch, &sql_ledger_wrapped_put},
    {0},
};
