/* cmd_reference.c: haven reference ...: lists that law or practice changes, with the dates between which each version counts. */
#include "cli/commands.h"
#include "cli/effect.h"

static enum err_code run_add(struct cli *c, struct err *e)
{
    struct registry_reference r = {.name = str_of(c->args[0]), .source = str_of(cli_opt(c, "source")), .to_ms = REGISTRY_FOR_EVER};
    struct registry_reference_row *rows;
    struct str text;
    ERR_TRY(cli_roles(c, ACCESS_ROLE_BIT(administrator) | ACCESS_ROLE_BIT(dpo), "a data protection officer or administrator", e));
    ERR_TRY(cli_opt_date(c, "from", false, &r.from_ms, e));
    ERR_TRY(cli_opt_date(c, "until", true, &r.to_ms, e));
    ERR_TRY(cli_file(c, c->args[1], LIMIT_REFERENCE_BYTES, &text, e));
    ERR_TRY(registry_reference_read(text, c->args[1], c->arena, &rows, &r.n_rows, e));
    r.rows = rows;
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_reference_add(c->store, &r, c->asking.user.name, c->asking.now_ms, e), LEDGER_administration,
                      str_fmt(c->arena, "reference list %.*s", STR_ARG(r.name)), e);
}

static enum err_code run_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"list", "from", "until", "rows", "source", NULL};
    struct registry_reference *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_references(c->store, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, list[i].name);
        cli_cell_str(&t, cli_date(c, list[i].from_ms));
        cli_cell_str(&t, cli_date(c, list[i].to_ms));
        cli_cell_int(&t, (int64_t)list[i].n_rows);
        cli_cell_str(&t, list[i].source);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"code", "title", NULL};
    struct registry_reference_row *rows;
    struct cli_table t;
    size_t n;
    int64_t at = c->asking.now_ms;
    ERR_TRY(cli_opt_date(c, "at", false, &at, e));
    ERR_TRY(registry_reference_rows(c->store, str_of(c->args[0]), at, c->arena, &rows, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, rows[i].code);
        cli_cell_str(&t, rows[i].title);
    }
    return cli_table_end(&t, e);
}

#define MANAGE CLI_MAY(manage, registry)
#define OPTIONS(...) (const struct cli_option[]){__VA_ARGS__, {0}}
const struct cli_command cli_reference[] = {
    {"reference add", "NAME FILE", "add a version of a reference list", "FILE has lines of code, tab, title. bank-holidays has dates as codes, and goes before the list that comes with the program.",
     OPTIONS({"from", "DATE", "the first day on which it counts", true, false}, {"until", "DATE", "the last one", false, false},
             {"source", "WORDS", "where it comes from, and its licence", true, false}),
     MANAGE, 2, 2, run_add},
    {"reference list", "", "every version of every list", NULL, NULL, MANAGE, 0, 0, run_list},
    {"reference show", "NAME", "the version that counts now, or on a date", NULL, OPTIONS({"at", "DATE", "on that day", false, false}), MANAGE, 1, 1, run_show},
    {0},
};
