/* rotate.c: a rotation of the seal key through every room that wraps keys. */
#include "flow/flow.h"
#include "ledger/ledger.h"
#include "oversight/oversight.h"
#include "registry/registry.h"
#include "vault/keeping.h"

/* Every room that has a column of wrapped keys (tests/house/test_wrapped.py compares with the schema). */
static const struct vault_wrapped_column *const rooms[] = {ledger_wrapped, registry_wrapped, intake_wrapped, people_wrapped, oversight_wrapped};

static enum err_code rewrap_all(struct store *s, const struct vault *v, const struct vault_rewrap_options *o, struct flow_rotation *n, struct err *e)
{
    uint64_t damaged = 0;
    const char *table = NULL;
    int64_t row = 0;
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        for (const struct vault_wrapped_column *column = rooms[i]; column->table; column++) {
            struct vault_rewrap_counts counts;
            ERR_TRY(vault_rewrap(s, v, column, o, &counts, e));
            n->keys += counts.rows;
            n->wrapped += counts.wrapped;
            if (counts.damaged && !damaged) {
                table = column->table;
                row = counts.first_damaged;
            }
            damaged += counts.damaged;
        }
    return damaged == 0 ? ERR_OK : err_set(e, ERR_CRYPTO, "%llu wrapped keys open under neither generation (the first: row %lld of %s): they were changed, or are another hub's; restore them, then "
                                                          "rotate again; until then the older generation stays in the key file", (unsigned long long)damaged, (long long)row, table);
}

enum err_code flow_keys_rotate(struct store *s, const char *key_path, const struct vault_rewrap_options *o, struct flow_rotation *ret, struct err *e)
{
    struct flow_rotation n = {0};
    struct vault_view view;
    _cleanup_vault_ struct vault *v = NULL;
    /* 1. Both generations into the key file. 2. Every room. 3. The older one out of it. */
    ERR_TRY(vault_rotation_start(key_path, &n.continued, e));
    ERR_TRY(vault_open(key_path, &v, e));
    ERR_TRY(rewrap_all(s, v, o, &n, e));
    ERR_TRY(vault_rotation_finish(key_path, e));
    vault_look(v, &view);
    n.generation = view.generation[0];
    *ret = n;
    return ERR_OK;
}

enum err_code flow_keys_check(struct store *s, const struct vault *v, struct buf *ret_findings, struct err *e)
{
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        for (const struct vault_wrapped_column *column = rooms[i]; column->table; column++) {
            struct vault_key_check n;
            ERR_TRY(vault_check_keys(s, v, column, LIMIT_KEY_SAMPLE, &n, e));
            if (n.shut)
                (void)buf_fmt(ret_findings, "%s: %llu of the first %llu wrapped keys do not open with this key file%s\n", column->table, (unsigned long long)n.shut,
                              (unsigned long long)n.rows, n.shut + n.destroyed == n.rows ? ": it is another hub's, or of before a rotation" : "");
        }
    struct vault_view view;
    vault_look(v, &view);
    if (view.n_seals > 1)
        (void)buf_fmt(ret_findings, "the seal key is being rotated (generation %u to %u): run haven key rotate to its end\n", view.generation[1], view.generation[0]);
    return buf_check(ret_findings, "the list of findings", e);
}
