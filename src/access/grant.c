/* grant.c: from an answer and a receipt to what the store asks for. The only file outside src/store that includes store/grant.h.
 *
 * It promises: no grant without a receipt that this ledger knows, and none that reads a group of the store's of which the groups allow only a part. */
#include "access/access_int.h"
#include "store/grant.h"

/* A statement of the store's group may give all of these. What a record holds as sent may hold any of the others. */
struct covers {
    unsigned reads; /* enum store_group */
    uint32_t needs; /* access groups, all of them */
};
static const struct covers covers[] = {
    {STORE_READS_NAMES, ACCESS_GROUP(name)},
    {STORE_READS_BIRTH, ACCESS_GROUP(birth)},
    {STORE_READS_CONTACTS, ACCESS_GROUP(address) | ACCESS_GROUP(phone) | ACCESS_GROUP(school) | ACCESS_GROUP(workplace)},
    {STORE_READS_IDENTIFIERS, ACCESS_GROUP(identifiers)},
    {STORE_READS_NARRATIVE, ACCESS_GROUP(narrative)},
    {STORE_READS_RECORD, ACCESS_GROUPS_ALL},
};

static unsigned reads_of(uint32_t groups)
{
    unsigned reads = 0;
    for (size_t i = 0; i < sizeof covers / sizeof *covers; i++)
        if ((groups & covers[i].needs) == covers[i].needs)
            reads |= covers[i].reads;
    return reads;
}

enum err_code access_grant_begin(struct store *s, const struct ledger *l, struct ledger_receipt receipt, const struct access_scope_row *rows, size_t n,
                                 uint32_t groups, int64_t until_ms, struct err *e)
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
    struct store_grant grant = {.reads = reads_of(groups), .until_ms = until_ms, .rows = scope, .n_rows = n};
    return store_grant_begin(s, &grant, e);
}

void access_grant_end(struct store *s) { store_grant_end(s); }
