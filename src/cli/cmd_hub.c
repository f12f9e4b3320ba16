/* cmd_hub.c: commands about the hub itself: init, doctor, backup, restore, help. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"
#include "vault/keeping.h"

#include <unistd.h>

static enum err_code make_ledger(struct cli *c, struct store *s, struct err *e)
{
    _cleanup_vault_ struct vault *v = NULL;
    ERR_TRY(vault_open(c->key_path, &v, e));
    return ledger_create(s, v, c->db_url, &(struct ledger_options){.directory = c->ledger_path, .origin = cli_opt(c, "origin")}, e);
}

static enum err_code run_init(struct cli *c, struct err *e)
{
    struct store *s = NULL;
    const struct ledger_options where = {.directory = c->ledger_path, .origin = cli_opt(c, "origin")};
    ERR_TRY(ledger_creatable(c->db_url, &where, e)); /* before anything is made */
    if (!cli_has(c, "use-key"))
        ERR_TRY(vault_create(c->key_path, e));
    enum err_code code = store_create(c->db_url, &s, e);
    bool made = code == ERR_OK;
    if (made)
        code = make_ledger(c, s, e);
    store_close(s);
    if (made && code != ERR_OK)
        return err_frame(e, "the database and its key are made, the ledger is not; the next command makes it");
    if (!made && !cli_has(c, "use-key"))
        (void)unlink(c->key_path); /* made a moment ago, has sealed nothing */
    if (!made)
        return code;
    fprintf(c->out, "The hub is ready. Its master key is in %s: keep a copy in a safe place, apart from the database.\n"
                    "Without the key nothing in the hub can be read; whoever has both can read everything.\n", c->key_path);
    return ERR_OK;
}

/* What the list beside the key file names must be gone here. */
static enum err_code destroyed_check(struct cli *c, struct buf *findings, struct err *e)
{
    const char *list = vault_list_path(c->arena, c->key_path);
    uint64_t here = 0;
    enum err_code code = list ? people_destroyed_here(c->store, c->vault, list, &here, e) : ERR_OK;
    if (code == ERR_CRYPTO) /* another key's list, or a changed one */
        (void)buf_fmt(findings, "%s\n", e->message);
    else if (code != ERR_OK)
        return code;
    if (here)
        (void)buf_fmt(findings, "%llu mentions that %s names as destroyed are here: run haven key destroyed --apply\n", (unsigned long long)here, list);
    return ERR_OK;
}

static enum err_code run_doctor(struct cli *c, struct err *e)
{
    _cleanup_buf_ struct buf findings;
    buf_init(&findings, (size_t)1 << 20);
    ERR_TRY(vault_self_test(e));
    ERR_TRY(store_check(c->store, &findings, e));
    ERR_TRY(flow_keys_check(c->store, c->vault, &findings, e));
    ERR_TRY(destroyed_check(c, &findings, e));
    ERR_TRY(registry_findings(c->store, now_ms(), c->arena, &findings, e));
    if (!registry_is_set_up(c->store)) /* not a fault */
        fprintf(c->out, "The hub is being set up: demonstration users may ask, and every agency shares fully. Registering the first user (haven user add) ends that.\n");
    uint64_t size = 0;
    enum err_code code = ledger_verify(c->ledger, c->progress, &size, e);
    if (code == ERR_FINDINGS || code == ERR_REFUSED)
        (void)buf_fmt(&findings, "%s\n", e->message);
    else if (code != ERR_OK)
        return code;
    ERR_TRY(buf_check(&findings, "the list of findings", e));
    if (findings.n == 0) {
        fprintf(c->out, "All is well: the database is whole, its migrations are known, the key opens it, the ledger's %llu entries are proved, the vault's self-test passes.\n",
                (unsigned long long)size);
        return ERR_OK;
    }
    (void)fwrite(findings.p, 1, findings.n, c->out); /* the door checks the stream */
    return ERR_FINDINGS;
}

static enum err_code run_backup(struct cli *c, struct err *e)
{
    ERR_TRY(ledger_sequence(c->ledger, e)); /* so that the copy has all that was acknowledged */
    ERR_TRY(store_backup(c->store, c->args[0], e));
    fprintf(c->out, "Saved to %s. The master key (%s) is not in it: keep both, apart.\n"
                    "The ledger's directory is not in it either, and must never be put back from a copy: to use this file one day, haven restore FILE --declare REASON.\n",
            c->args[0], c->key_path);
    return ERR_OK;
}

static enum err_code run_help(struct cli *c, struct err *e)
{
    if (cli_has(c, "man")) {
        cli_print_man(c->out);
        return ERR_OK;
    }
    if (c->n_args == 0) {
        cli_print_help(c->out, NULL);
        return ERR_OK;
    }
    bool found = false;
    struct str wanted = str_of(c->args[0]);
    if (c->n_args == 2)
        wanted = str_fmt(c->arena, "%s %s", c->args[0], c->args[1]);
    for (size_t i = 0; cli_all[i]; i++)
        for (const struct cli_command *cmd = cli_all[i]; cmd->name; cmd++) {
            struct str name = str_of(cmd->name);
            bool group = str_starts(name, wanted) && name.n > wanted.n && name.p[wanted.n] == ' ';
            if (str_eq(name, wanted) || group) {
                if (found)
                    fputc('\n', c->out);
                cli_print_help(c->out, cmd);
                found = true;
            }
        }
    return found ? ERR_OK : err_set(e, ERR_USAGE, "there is no command %.*s; see haven help", STR_ARG(wanted));
}

const struct cli_command cli_hub[] = {
    {"init", "", "make an empty hub and its master key",
     "Creates the database (or the tables in an empty PostgreSQL database), a master key file that only its owner can read, and the ledger's\n"
     "directory. Refuses when any of them is already there.",
     (const struct cli_option[]){
         {"use-key", NULL, "use the key file that is there, and make none", false, false},
         {"origin", "NAME", "the public name of its ledger, like hub.example/audit (default: haven.invalid/…/audit; cannot be changed later)", false, false},
         {0}},
     CLI_NEEDS_HUB | CLI_MAKES_HUB, 0, 0, run_init},
    {"doctor", "", "check that the hub is whole",
     "Runs the engine's integrity check, verifies the whole ledger, compares the migrations with this program's, tries the key on rows, and tests the vault.\n"
     "Exit status 1 when something was found.",
     NULL, CLI_NEEDS_HUB, 0, 0, run_doctor},
    {"backup", "FILE", "copy the hub to a new file while it is in use",
     "The copy holds the same sealed data. The master key is not in it. For an administrator; while the hub is being set up, for whoever has the machine.",
     NULL, CLI_MAY(manage, hub) | CLI_OPERATOR, 1, 1, run_backup},
    {"help", "[COMMAND]", "explain a command", NULL,
     (const struct cli_option[]){{"man", NULL, "print the manual page", false, false}, {0}},
     CLI_NEEDS_NOTHING, 0, 2, run_help},
    {0},
};
