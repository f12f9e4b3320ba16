/* effect.h: how a command changes something: its rows and its entry in the ledger stand or fall together. Private to cli.
 *
 *     ERR_TRY(store_begin(c->store, e));
 *     return cli_effect(c, registry_..., LEDGER_administration, object, e);      // commits both, or neither */
#ifndef HAVEN_CLI_EFFECT_H
#define HAVEN_CLI_EFFECT_H

#include "cli/cli.h"

/* Ends the transaction: on ERR_OK writes the entry and commits, else rolls back. Gives `code`, or what went wrong here. */
enum err_code cli_effect(struct cli *c, enum err_code code, enum ledger_operation operation, struct str object, struct err *e);
/* Of the roles (ACCESS_ROLE_BIT) the asker must hold one; `who` for the refusal: "an administrator". */
enum err_code cli_roles(const struct cli *c, uint32_t roles, const char *who, struct err *e);
/* The stronger sign-in by --code, when it is given: until when is noted in c->asking. A code that is not right is ERR_REFUSED; both are in the ledger. */
enum err_code cli_step_up(struct cli *c, struct err *e);
/* A line from standard input that is not shown while it is typed; wiped with the arena. */
enum err_code cli_secret(struct cli *c, const char *prompt, struct str *ret, struct err *e);
/* "2026-04-01" of an option as the start of that day in London; untouched when the option is absent. `after`: the start of the day after it. */
enum err_code cli_opt_date(const struct cli *c, const char *name, bool after, int64_t *ret_ms, struct err *e);
/* A date for a table; "" for ever. */
struct str cli_date(struct cli *c, int64_t ms);
/* A whole file of at most `most` bytes. */
enum err_code cli_file(struct cli *c, const char *path, size_t most, struct str *ret, struct err *e);

#endif
