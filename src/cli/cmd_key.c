/* cmd_key.c: haven key ...: the hub's keys: shown without a byte of them, split, recovered, rotated, destroyed. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"
#include "vault/keeping.h"

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct vault_view view;
    struct cli_table t;
    static const char *const columns[] = {"key", "generation", "fingerprint", "use", NULL};
    vault_look(c->vault, &view);
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < view.n_seals; i++) {
        cli_cell_str(&t, STR("seal"));
        cli_cell_int(&t, view.generation[i]);
        cli_cell_str(&t, str_of(view.seal[i].z));
        cli_cell_str(&t, i ? STR("some keys of rows still need it: run haven key rotate") : STR("wraps the keys of rows"));
    }
    const struct { struct str name, use; const struct vault_fingerprint *print; } others[] = {
        {STR("index"), STR("makes blind indexes"), &view.index},
        {STR("sign"), STR("signs the ledger's checkpoints"), &view.sign},
        {STR("files"), STR("seals whole files and hashes tokens"), &view.files}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cli_cell_str(&t, others[i].name);
        cli_cell_none(&t);
        cli_cell_str(&t, str_of(others[i].print->z));
        cli_cell_str(&t, others[i].use);
    }
    return cli_table_end(&t, e);
}

/* ---- shares ---- */

static enum err_code split_into(const struct vault *v, unsigned total, unsigned need, const char *folder, struct err *e)
{
    struct vault_share shares[LIMIT_SHARES] = {0};
    enum err_code code = vault_split(v, total, need, shares, e);
    if (code == ERR_OK)
        code = vault_shares_write(folder, shares, total, e);
    for (size_t i = 0; i < LIMIT_SHARES; i++)
        vault_share_wipe(&shares[i]);
    return code;
}

static enum err_code run_split(struct cli *c, struct err *e)
{
    int64_t total = 0, need = 0;
    ERR_TRY(cli_opt_int(c, "shares", 3, LIMIT_SHARES, &total, e));
    ERR_TRY(cli_opt_int(c, "need", 2, LIMIT_SHARES, &need, e));
    ERR_TRY(split_into(c->vault, (unsigned)total, (unsigned)need, cli_opt(c, "out"), e));
    fprintf(c->out, "%lld shares are in %s; any %lld of them give the hub's keys. Print them or copy them to media that %lld different people keep, then delete the folder.\n"
                    "Make new ones after each haven key rotate, and try them once a year with haven key drill.\n",
            (long long)total, cli_opt(c, "out"), (long long)need, (long long)total);
    return ERR_OK;
}

static enum err_code run_recover(struct cli *c, struct err *e)
{
    _cleanup_vault_ struct vault *v = NULL;
    ERR_TRY(vault_guard_process(e));
    ERR_TRY(vault_shares_read(c->args, c->n_args, &v, e));
    ERR_TRY(vault_save(v, cli_opt(c, "output"), e));
    fprintf(c->out, "The hub's keys are in %s. haven doctor tells whether they open the hub.\n", cli_opt(c, "output"));
    return ERR_OK;
}

static enum err_code run_drill(struct cli *c, struct err *e)
{
    _cleanup_vault_ struct vault *v = NULL;
    struct vault_view shares, hub;
    ERR_TRY(vault_shares_read(c->args, c->n_args, &v, e));
    if (vault_same_keys(v, c->vault)) {
        fprintf(c->out, "These shares give this hub's keys. Nothing was written.\n");
        return ERR_OK;
    }
    vault_look(v, &shares);
    vault_look(c->vault, &hub);
    if (strcmp(shares.index.z, hub.index.z) != 0)
        fprintf(c->out, "These shares are whole, but of another hub.\n");
    else
        fprintf(c->out, "These shares give generation %u of this hub's seal key; it has generation %u now: make new shares with haven key split.\n",
                shares.generation[0], hub.generation[0]);
    return ERR_FINDINGS;
}

/* ---- rotation ---- */

static enum err_code run_rotate(struct cli *c, struct err *e)
{
    const struct vault_rewrap_options o = {.progress = c->progress};
    struct flow_rotation n;
    asking_end(&c->asking);  /* the permit and its entry stand; what follows has no ledger to write to */
    ledger_close(c->ledger); /* numbers what waits while its keys still open */
    c->ledger = c->hub.ledger = NULL;
    ERR_TRY(flow_keys_rotate(c->store, c->key_path, &o, &n, e));
    fprintf(c->out, "The seal key has generation %u now%s; %llu of %llu wrapped keys were wrapped anew.\n"
                    "Keep a copy of %s, make new shares (haven key split), and keep the old ones as long as backups from before are kept.\n",
            n.generation, n.continued ? " (a rotation that had been broken off was ended)" : "", (unsigned long long)n.wrapped, (unsigned long long)n.keys, c->key_path);
    return ERR_OK;
}

/* ---- destruction ---- */

static enum err_code list_path(struct cli *c, const char **ret, struct err *e)
{
    *ret = cli_opt(c, "list") ? cli_opt(c, "list") : vault_list_path(c->arena, c->key_path);
    return *ret ? ERR_OK : err_set(e, ERR_USAGE, "the key is a service's credential: say with --list FILE where the list of what was destroyed is kept");
}

static enum err_code run_destroy(struct cli *c, struct err *e)
{
    struct people_destruction d;
    struct people_asked asked;
    const char *list;
    const struct str person = str_of(cli_opt(c, "person"));
    ERR_TRY(people_permit(&c->asking, ACCESS_manage, person, NULL, &asked, e));
    ERR_TRY(list_path(c, &list, e));
    ERR_TRY(people_destroy_keys(c->store, c->vault, list, person, c->asking.user.name, str_of(cli_opt(c, "reason")), &d, e));
    fprintf(c->out, "The keys of %llu mentions and of %llu rows that describe nobody else are destroyed; the list of what was is %s.\n"
                    "Rows that describe other people too still say what they said. haven update brings the cases up to date. Backups made before hold the old keys: docs/vault.md says what to do.\n",
            (unsigned long long)d.mentions, (unsigned long long)d.rows, list);
    return ERR_OK;
}

static enum err_code apply_list(struct cli *c, struct err *e)
{
    struct people_destruction d;
    const char *list;
    ERR_TRY(list_path(c, &list, e));
    ERR_TRY(people_destroy_again(c->store, c->vault, list, &d, e));
    fprintf(c->out, "%llu entries in %s; %llu mentions and %llu rows of them were here and are destroyed now.%s\n", (unsigned long long)d.entries, list,
            (unsigned long long)d.mentions, (unsigned long long)d.rows, d.mentions ? " haven update brings the cases up to date." : "");
    return ERR_OK;
}

static enum err_code run_destroyed(struct cli *c, struct err *e)
{
    struct people_destruction *d;
    size_t n;
    struct cli_table t;
    static const char *const columns[] = {"number", "person", "at", "by", "mentions", "rows", NULL};
    if (cli_has(c, "apply"))
        return apply_list(c, e);
    ERR_TRY(people_destructions(c->store, c->vault, false, c->arena, &d, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_int(&t, d[i].id);
        cli_cell_str(&t, str_of(d[i].person.z));
        cli_cell_str(&t, instant_format_iso(c->arena, (struct instant){d[i].at_ms, PRECISION_MINUTE}));
        cli_cell_str(&t, d[i].by);
        cli_cell_int(&t, (int64_t)d[i].mentions);
        cli_cell_int(&t, (int64_t)d[i].rows);
    }
    return cli_table_end(&t, e);
}

#define LIST_OPTION {"list", "FILE", "the list of what was destroyed (default: the key file's name with .destroyed)", false, false}
static const struct cli_option destroy_options[] = {
    {"person", "ID", "whose keys", true, false},
    {"reason", "TEXT", "why; kept sealed, and best without a name", true, false},
    LIST_OPTION,
    {0},
};
static const struct cli_option destroyed_options[] = {
    {"apply", NULL, "destroy again what the list names and what an old backup brought back", false, false},
    LIST_OPTION,
    {0},
};
static const struct cli_option split_options[] = {
    {"shares", "N", "how many shares to make, at most 16", true, false},
    {"need", "K", "how many of them give the keys", true, false},
    {"out", "DIR", "the folder for the files", true, false},
    {0},
};
static const struct cli_option recover_options[] = {{"output", "FILE", "the new key file (-o)", true, false}, {0}};

const struct cli_command cli_key[] = {
    {"key show", "", "show the keys' generations and fingerprints",
     "Never a byte of a key. A fingerprint says whether two files hold the same key.", NULL, CLI_NEEDS_HUB | CLI_NEEDS_KEY, 0, 0, run_show},
    {"key split", "", "split the keys into shares for safe keeping",
     "Any K of the N shares give all keys back, fewer say nothing about them. Each is a short text that can be printed and typed in again.",
     split_options, CLI_MAY(manage, hub) | CLI_OPERATOR, 0, 0, run_split},
    {"key recover", "SHARE…", "make the key file again from shares",
     "Lines may stand in any order; small letters, blanks and O for 0 are forgiven; a mistyped line is named.",
     recover_options, CLI_NEEDS_NOTHING, 1, LIMIT_SHARES, run_recover},
    {"key drill", "SHARE…", "prove that shares give this hub's keys, writing nothing",
     "Exit status 1 when they are of another hub or of an older generation.", NULL, CLI_NEEDS_HUB | CLI_NEEDS_KEY, 1, LIMIT_SHARES, run_drill},
    {"key rotate", "", "wrap every row's key under a new seal key",
     "Goes on where it was broken off. Nothing is sealed anew: a data key that somebody copied stays good for its row.",
     NULL, CLI_MAY(manage, hub) | CLI_OPERATOR | CLI_ALONE, 0, 0, run_rotate},
    {"key destroy", "", "destroy the keys of one person: nobody can read their mentions again",
     "Not to be undone. Keys of all their mentions go, also of former versions, and of rows that describe nobody else; evidence about others stands.",
     destroy_options, CLI_MAY(manage, person) | CLI_ASKS, 0, 0, run_destroy},
    {"key destroyed", "", "list what was destroyed, or destroy it again after an old backup was put back", NULL,
     destroyed_options, CLI_MAY(manage, hub), 0, 0, run_destroyed},
    {0},
};
