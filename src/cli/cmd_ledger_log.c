/* cmd_ledger_log.c: the public log without a hub: a stranger's checks of its files, and the witness that another agency runs. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "ledger/log.h"

#include <sodium.h>

#define KEYS_MAX ((size_t)64) /* keys of one command line */
#define KEY_TEXT "A key's text is what `haven ledger checkpoint` and `haven ledger witness` print: NAME+HEX+BASE64."

static enum err_code start_sodium(struct err *e)
{
    return sodium_init() >= 0 ? ERR_OK : err_set(e, ERR_CRYPTO, "libsodium cannot start: the system gives no random bytes");
}

/* All values of an option as keys, in the command's arena. */
static enum err_code read_keys(struct cli *c, const char *option, struct ledger_key **ret, size_t *ret_n, struct err *e)
{
    struct ledger_key *keys = ARENA_NEW(c->arena, struct ledger_key, KEYS_MAX);
    size_t n = 0;
    if (!keys)
        return err_set(e, ERR_NO_MEMORY, "out of memory for keys");
    for (const char *text; (text = cli_opt_nth(c, option, n)); n++) {
        if (n == KEYS_MAX)
            return err_set(e, ERR_LIMIT, "--%s is given more than %zu times", option, KEYS_MAX);
        if (ledger_key_parse(str_of(text), &keys[n], e) != ERR_OK)
            return err_frame(e, "--%s", option);
    }
    *ret = keys;
    *ret_n = n;
    return ERR_OK;
}

static enum err_code read_trust(struct cli *c, struct ledger_keys *ret, struct err *e)
{
    struct ledger_key *keys;
    int64_t witnesses = 0;
    ERR_TRY(start_sodium(e));
    ERR_TRY(cli_opt_int(c, "witnesses", 0, (int64_t)KEYS_MAX, &witnesses, e));
    ERR_TRY(read_keys(c, "vkey", &keys, &ret->n, e));
    ret->at = keys;
    ret->witnesses = (size_t)witnesses;
    return ERR_OK;
}

/* A fault of the log is the answer, not an error: it goes to the output, with exit status 1. */
static enum err_code tell_fault(struct cli *c, enum err_code code, const struct err *e)
{
    if (code == ERR_FINDINGS) {
        fprintf(c->out, "FAULT: ");
        cli_print_clean(c->out, str_of(e->message), false);
        fprintf(c->out, "\n");
    }
    return code;
}

static void print_root(struct cli *c, const struct ledger_hash *root)
{
    char text[64];
    (void)sodium_bin2base64(text, sizeof text, root->bytes, sizeof root->bytes, sodium_base64_VARIANT_ORIGINAL);
    fprintf(c->out, "%s\n", text);
}

/* ---- verify ---- */

static enum err_code run_verify(struct cli *c, struct err *e)
{
    struct ledger_keys keys;
    struct ledger_verified v;
    if (!cli_has(c, "tiles"))
        return cli_ledger_verify_hub(c, e);
    ERR_TRY(read_trust(c, &keys, e));
    progress_start(c->progress, "Checking the log", 0);
    enum err_code code = ledger_verify_tiles(cli_opt(c, "tiles"), &keys, c->progress, &v, e);
    progress_end(c->progress);
    if (code != ERR_OK)
        return tell_fault(c, code, e);
    fprintf(c->out, "The log is whole: %llu entries of %llu bytes give the root that was signed%s", (unsigned long long)v.size,
            (unsigned long long)v.entry_bytes, v.witnesses ? "" : ", without a witness");
    if (v.witnesses)
        fprintf(c->out, ", cosigned by %zu", v.witnesses);
    fprintf(c->out, ".\nRoot: ");
    print_root(c, &v.root);
    return ERR_OK;
}

/* ---- check-proof ---- */

static enum err_code read_file(struct cli *c, const char *path, size_t max, struct str *ret, struct err *e)
{
    FILE *f = fopen(path, "rbe");
    char *p = ARENA_NEW(c->arena, char, max + 1);
    if (!f || !p) {
        if (f)
            (void)fclose(f); /* not read */
        return err_set(e, ERR_IO, "%s: it cannot be opened", path);
    }
    size_t n = fread(p, 1, max + 1, f);
    bool bad = ferror(f);
    (void)fclose(f); /* only read */
    if (bad)
        return err_set(e, ERR_IO, "%s: it cannot be read", path);
    if (n > max)
        return err_set(e, ERR_LIMIT, "%s has more than %zu bytes", path, max);
    *ret = (struct str){p, n};
    return ERR_OK;
}

static enum err_code run_check_proof(struct cli *c, struct err *e)
{
    struct ledger_keys keys;
    struct ledger_bundle b;
    struct ledger_checkpoint checkpoint;
    struct str proof, entry;
    ERR_TRY(read_trust(c, &keys, e));
    ERR_TRY(read_file(c, c->args[0], LIMIT_LEDGER_BUNDLE_BYTES, &proof, e));
    ERR_TRY(read_file(c, cli_opt(c, "entry"), LIMIT_LEDGER_ENTRY_BYTES, &entry, e));
    enum err_code code = ledger_bundle_check(proof, entry, &keys, &b, &checkpoint, e);
    if (code != ERR_OK)
        return tell_fault(c, code, e);
    fprintf(c->out, "Proved: the entry is number %llu (from 0) of the %llu entries that ", (unsigned long long)b.index,
            (unsigned long long)checkpoint.size);
    cli_print_clean(c->out, checkpoint.origin, false);
    fprintf(c->out, " signed.\n");
    return ERR_OK;
}

/* ---- witness ---- */

static enum err_code open_key(struct cli *c, struct ledger_signer *ret, struct err *e)
{
    const char *path = cli_opt(c, "key"), *name = cli_opt(c, "name");
    enum err_code code = ledger_signer_open(path, ret, e);
    if (code == ERR_NOT_FOUND && !name)
        return err_set(e, ERR_USAGE, "%s is not there: give --name NAME to make this witness's key, for example witness.example/w1", path);
    if (code == ERR_NOT_FOUND)
        code = ledger_signer_create(path, str_of(name), LEDGER_KEY_WITNESS, ret, e);
    ERR_TRY(code);
    if (ret->key.type != LEDGER_KEY_WITNESS)
        return err_set(e, ERR_USAGE, "%s is not a witness's key", path);
    if (name && strcmp(name, ret->key.name) != 0)
        return err_set(e, ERR_CONFLICT, "%s is the key of %s: leave --name out, or give another file", path, ret->key.name);
    return ERR_OK;
}

static void say_ready(void *context, const char *url)
{
    struct cli *c = context;
    fprintf(c->out, "The witness is at %s\nStop it with Ctrl-C.\n", url);
    (void)fflush(c->out); /* whoever waits for the line reads it through a pipe */
}

static enum err_code run_witness(struct cli *c, struct err *e)
{
    _cleanup_ledger_signer_ struct ledger_signer signer = {0};
    _cleanup_buf_ struct buf vkey;
    struct ledger_key *logs;
    struct ledger_witness w = {.dir = cli_opt(c, "dir"), .signer = &signer};
    buf_init(&vkey, 1024);
    ERR_TRY(start_sodium(e));
    ERR_TRY(read_keys(c, "log", &logs, &w.n_logs, e));
    for (size_t i = 0; i < w.n_logs; i++)
        if (logs[i].type != LEDGER_KEY_LOG)
            return err_set(e, ERR_USAGE, "--log: %s is not the key of a log", logs[i].name);
    w.logs = logs;
    ERR_TRY(open_key(c, &signer, e));
    ledger_key_format(&signer.key, &vkey);
    ERR_TRY(buf_check(&vkey, "the witness's key", e));
    fprintf(c->out, "Key: %.*s\n", STR_ARG(buf_as_str(&vkey)));
    const char *listen = cli_opt(c, "listen");
    cli_interrupt_end(c); /* it hears for itself that it is to stop, and ends what it is at */
    return ledger_witness_serve(&w, listen ? listen : "127.0.0.1:8090", say_ready, c, e);
}

const struct cli_command cli_ledger_log[] = {
    {"ledger verify", "", "check the whole ledger, or a copy of its public files",
     "Without --tiles: the hub's own. Every hash of every epoch's files is worked out again, every row of the database is opened and compared with them, "
     "and so is the index of subjects. With --tiles, for a stranger: works out every hash again from the entries in the files of --tiles, without a hub, and names the first fault: exit status 1. A signature "
     "that does not verify is refused: 4. " KEY_TEXT,
     (const struct cli_option[]){
         {"tiles", "DIR", "the folder with checkpoint and tile/; then no hub is needed", false, false},
         {"vkey", "KEY", "a key to believe: the log's, and its witnesses'", false, true},
         {"witnesses", "N", "how many witnesses must have cosigned (default 0)", false, false},
         {0}},
     CLI_NEEDS_HUB | CLI_HUB_OR_TILES, 0, 0, run_verify},
    {"ledger check-proof", "FILE", "check an offline proof that an entry is in the log",
     "Needs nothing but the proof (C2SP tlog-proof), the entry and the log's key. " KEY_TEXT,
     (const struct cli_option[]){
         {"entry", "FILE", "the entry, byte for byte", true, false},
         {"vkey", "KEY", "a key to believe: the log's, and its witnesses'", true, true},
         {"witnesses", "N", "how many witnesses must have cosigned (default 0)", false, false},
         {0}},
     CLI_NEEDS_NOTHING, 1, 1, run_check_proof},
    {"ledger witness", "", "witness other agencies' logs: refuse rollback and fork",
     "Runs until it is stopped (Ctrl-C or SIGTERM). Cosigns what a log signs only if it contains all that was cosigned before (C2SP "
     "tlog-witness); remembers in --dir, which must never be put back from a backup. Makes its key on the first run and prints the text that the log's agency "
     "needs.",
     (const struct cli_option[]){
         {"listen", "HOST:PORT", "where (default 127.0.0.1:8090)", false, false},
         {"dir", "DIR", "the folder in which it remembers", true, false},
         {"log", "KEY", "a log to witness, by its key's text", true, true},
         {"key", "FILE", "this witness's signing key (made if missing)", true, false},
         {"name", "NAME", "the name of a key that is to be made, for example witness.example/w1", false, false},
         {0}},
     CLI_NEEDS_NOTHING, 0, 0, run_witness},
    {0},
};
