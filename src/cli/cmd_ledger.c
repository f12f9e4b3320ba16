/* cmd_ledger.c: commands on the hub's own ledger: what was done, proofs for strangers, the whole check, a declared restore. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "ledger/log.h"
#include "people/people.h"
#include "vault/keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- show ---- */

static const char *const operation_names[] = {
    [LEDGER_unknown] = "",
#define X(name, ...) [LEDGER_##name] = #name,
    LEDGER_OPERATIONS(X)
#undef X
};
static const char *const outcome_names[] = {"", "allowed", "refused", "nothing"};
static const char *const show_columns[] = {"leaf", "at", "user", "agency", "operation", "what", "object", "purpose", "basis", "outcome", "rows", "subjects", "reason", NULL};

static struct str text_time(struct cli *c, int64_t at_ms)
{
    return instant_format_iso(c->arena, (struct instant){at_ms - at_ms % 1000, PRECISION_SECOND});
}

static struct str kept(struct cli *c, struct str s) { return s.n ? str_dup(c->arena, s) : STR(""); }

static enum err_code show_row(void *ctx, const struct ledger_view *v, struct err *e)
{
    struct cli_table *t = ctx;
    struct cli *c = t->c;
    const struct ledger_entry *x = &v->entry;
    (void)e; /* a full arena shows when the table ends */
    cli_cell_int(t, (int64_t)v->leaf);
    if (v->destroyed) {
        for (size_t i = 1; i + 1 < sizeof show_columns / sizeof *show_columns; i++)
            i == 4 ? cli_cell_str(t, STR("destroyed")) : cli_cell_none(t);
        return ERR_OK;
    }
    cli_cell_str(t, x->at_ms ? text_time(c, x->at_ms) : STR(""));
    cli_cell_str(t, kept(c, x->user));
    cli_cell_str(t, kept(c, x->agency));
    cli_cell_str(t, str_of(operation_names[x->operation]));
    cli_cell_str(t, kept(c, x->what));
    cli_cell_str(t, kept(c, x->object));
    cli_cell_str(t, kept(c, x->purpose));
    cli_cell_str(t, kept(c, x->basis));
    cli_cell_str(t, str_of(outcome_names[x->outcome]));
    cli_cell_int(t, (int64_t)x->n_rows);
    cli_cell_int(t, (int64_t)x->n_subjects);
    cli_cell_str(t, kept(c, x->reason));
    return ERR_OK;
}

#define SUBJECTS_BYTES ((size_t)1 << 20) /* of all that --about names */

/* Subjects are mentions by key: one, or all that a person has now. */
static enum err_code subjects_add(struct cli *c, struct str text, struct buf *ret, struct err *e)
{
    struct people_asked person = {0};
    uint64_t key;
    if (mention_key_parse(text, &key)) {
        bool closed;
        ERR_TRY(intake_is_closed(c->store, key, &closed, e));
        key = closed ? 0 : key; /* nobody's: there is no key 0 */
        (void)buf_add(ret, &key, sizeof key);
    } else {
        ERR_TRY(people_find(&c->asking, ACCESS_audit, text, &person, e));
        (void)buf_add(ret, person.keys, person.n * sizeof *person.keys);
    }
    return buf_check(ret, "the list of subjects", e);
}

static enum err_code show_about(struct cli *c, struct cli_table *t, struct err *e)
{
    _cleanup_buf_ struct buf subjects;
    buf_init(&subjects, SUBJECTS_BYTES);
    for (size_t i = 0; cli_opt_nth(c, "about", i); i++)
        ERR_TRY(subjects_add(c, str_of(cli_opt_nth(c, "about", i)), &subjects, e));
    return ledger_each_about(c->ledger, (const uint64_t *)(const void *)subjects.p, subjects.n / sizeof(uint64_t), show_row, t, e); /* from realloc: aligned */
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct cli_table t;
    int64_t from = 0, to = INT64_MAX;
    ERR_TRY(cli_opt_int(c, "from", 0, INT64_MAX, &from, e));
    ERR_TRY(cli_opt_int(c, "to", 0, INT64_MAX, &to, e));
    cli_table_start(&t, c, show_columns);
    if (cli_has(c, "about"))
        ERR_TRY(show_about(c, &t, e));
    else
        ERR_TRY(ledger_each(c->ledger, (uint64_t)from, (uint64_t)to, show_row, &t, e));
    return cli_table_end(&t, e);
}

/* ---- for strangers ---- */

/* A declared restore is told for ever: what the ledger was before it. */
static enum err_code print_epoch(void *ctx, const struct ledger_view *v, struct err *e)
{
    struct cli *c = ctx;
    struct str rest = v->entry.object, line, size = STR("");
    (void)e;
    fprintf(c->out, "\nA declared restore: the ledger before it was ");
    if (str_split(&rest, '\n', &line) && str_split(&rest, '\n', &size))
        fprintf(c->out, "%.*s with %.*s entries.\n", STR_ARG(line), STR_ARG(size)); /* a checkpoint of our own */
    return ERR_OK;
}

static enum err_code run_checkpoint(struct cli *c, struct err *e)
{
    _cleanup_buf_ struct buf note, vkey;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    buf_init(&vkey, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(ledger_checkpoint(c->ledger, &note, e));
    ERR_TRY(ledger_vkey(c->ledger, &vkey, e));
    fprintf(c->out, "%.*s\n%.*s\n", STR_ARG(buf_as_str(&note)), STR_ARG(buf_as_str(&vkey)));
    for (uint32_t epoch = 2; epoch <= ledger_epoch_now(c->ledger); epoch++)
        ERR_TRY(ledger_each(c->ledger, ledger_leaf(epoch, 0), ledger_leaf(epoch, 1), print_epoch, c, e));
    return ERR_OK;
}

static enum err_code fault(struct cli *c, enum err_code code, const struct err *e)
{
    if (code == ERR_FINDINGS)
        fprintf(c->out, "FAULT: %s\n", e->message); /* of ours alone: no agency's words */
    return code;
}

enum err_code cli_ledger_verify_hub(struct cli *c, struct err *e)
{
    uint64_t size;
    enum err_code code = ledger_verify(c->ledger, c->progress, &size, e);
    if (code != ERR_OK)
        return fault(c, code, e);
    fprintf(c->out, "The ledger is whole: its %llu entries, their keys and their index agree with what was signed.\n", (unsigned long long)size);
    return ERR_OK;
}

/* ---- witnesses ---- */

#define WITNESSES_MAX ((size_t)16)

static enum err_code peers_read(struct cli *c, struct ledger_peer peers[WITNESSES_MAX], size_t *ret_n, struct err *e)
{
    size_t n = 0;
    for (const char *url; (url = cli_opt_nth(c, "witness", n)); n++) {
        const char *vkey = cli_opt_nth(c, "vkey", n);
        if (n == WITNESSES_MAX)
            return err_set(e, ERR_LIMIT, "--witness is given more than %zu times", WITNESSES_MAX);
        if (!vkey)
            return err_set(e, ERR_USAGE, "each --witness URL needs its --vkey KEY, in the same order");
        peers[n].url = url;
        if (ledger_key_parse(str_of(vkey), &peers[n].key, e) != ERR_OK)
            return err_frame(e, "--vkey");
    }
    *ret_n = n;
    return ERR_OK;
}

static enum err_code run_cosign(struct cli *c, struct err *e)
{
    struct ledger_peer *peers = ARENA_NEW(c->arena, struct ledger_peer, WITNESSES_MAX);
    _cleanup_buf_ struct buf note;
    size_t n = 0, got = 0;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    if (!peers)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    ERR_TRY(peers_read(c, peers, &n, e));
    enum err_code code = ledger_witnessed(c->ledger, peers, n, &got, e);
    if (got > 0) {
        struct err ignored;
        if (ledger_cosigned(c->ledger, &note, &ignored) == ERR_OK)
            fprintf(c->out, "%.*s", STR_ARG(buf_as_str(&note)));
    }
    return code;
}

static enum err_code write_entry(struct cli *c, struct str bytes, struct err *e)
{
    const char *path = cli_opt(c, "entry");
    if (!path)
        return ERR_OK;
    FILE *f = fopen(path, "we");
    if (!f)
        return err_set(e, ERR_IO, "cannot write %s", path);
    bool bad = fwrite(bytes.p, 1, bytes.n, f) != bytes.n;
    bad = fclose(f) != 0 || bad;
    return bad ? err_set(e, ERR_IO, "writing %s failed", path) : ERR_OK;
}

static enum err_code run_prove(struct cli *c, struct err *e)
{
    _cleanup_buf_ struct buf proof, entry;
    int64_t leaf;
    buf_init(&proof, LIMIT_LEDGER_BUNDLE_BYTES);
    buf_init(&entry, LIMIT_LEDGER_ENTRY_BYTES);
    if (!str_to_int64(str_of(c->args[0]), &leaf) || leaf < 0)
        return err_set(e, ERR_USAGE, "LEAF must be the number of an entry, as haven ledger show prints it");
    ERR_TRY(ledger_prove(c->ledger, (uint64_t)leaf, &proof, &entry, e));
    ERR_TRY(write_entry(c, buf_as_str(&entry), e));
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    (void)fwrite(proof.p, 1, proof.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

/* ---- a declared restore ---- */

/* Byte for byte, synced, under its name only when it is whole. */
static enum err_code copy_file(struct cli *c, const char *from, const char *to, struct err *e)
{
    struct str temporary = str_fmt(c->arena, "%s.restoring", to);
    char *block = ARENA_NEW(c->arena, char, 1 << 20);
    if (!temporary.p || !block)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    FILE *in = fopen(from, "rbe");
    if (!in)
        return err_set(e, ERR_IO, "cannot read %s: %s", from, strerror(errno));
    int fd = open(temporary.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    for (size_t n; ok && (n = fread(block, 1, 1 << 20, in)) > 0;)
        ok = write(fd, block, n) == (ssize_t)n;
    ok = ok && !ferror(in) && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    (void)fclose(in); /* only read */
    ok = ok && rename(temporary.p, to) == 0;
    return ok ? ERR_OK : err_set(e, ERR_IO, "%s cannot be copied to %s: %s", from, to, strerror(errno));
}

/* The backup in the place of the hub's file; nothing is ever overwritten. */
static enum err_code put_in_place(struct cli *c, struct err *e)
{
    struct str url = str_of(c->db_url);
    if (str_starts(url, STR("sqlite:")))
        url = str_slice(url, 7, url.n);
    const char *path = str_z(c->arena, url);
    if (!path)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    if (str_starts(url, STR("postgresql:")) || str_starts(url, STR("postgres:")))
        return err_set(e, ERR_USAGE, "a PostgreSQL hub is restored by pg_restore; then haven restore --declare REASON without a file");
    const struct str in_the_way[] = {str_fmt(c->arena, "%s", path), str_fmt(c->arena, "%s-wal", path)};
    for (size_t i = 0; i < 2; i++)
        if (!in_the_way[i].p || access(in_the_way[i].p, F_OK) == 0)
            return err_set(e, ERR_CONFLICT, "%s is there: move it away first, so that it is not lost, then restore", in_the_way[i].p ? in_the_way[i].p : path);
    return copy_file(c, c->args[0], path, e);
}

/* A backup of before a destruction holds what was destroyed: the list beside the key file names it. */
static enum err_code destroy_again(struct cli *c, struct err *e)
{
    struct people_destruction d = {0};
    const char *list = vault_list_path(c->arena, c->key_path);
    if (list)
        ERR_TRY(people_destroy_again(c->store, c->vault, list, &d, e));
    if (d.mentions)
        fprintf(c->out, "%llu mentions that were destroyed after the backup was made are destroyed again; haven update brings the cases up to date.\n", (unsigned long long)d.mentions);
    return ERR_OK;
}

static enum err_code run_restore(struct cli *c, struct err *e)
{
    struct str reason = str_of(cli_opt(c, "declare")), user = str_of(cli_opt(c, "as") ? cli_opt(c, "as") : getenv("HAVEN_USER"));
    const struct ledger_options where = {.directory = c->ledger_path};
    if (reason.n == 0 || reason.n > LIMIT_LEDGER_TEXT_BYTES || user.n > LIMIT_LEDGER_TEXT_BYTES)
        return err_set(e, ERR_USAGE, "--declare needs a reason of at most %zu bytes", LIMIT_LEDGER_TEXT_BYTES);
    if (c->n_args == 1)
        ERR_TRY(put_in_place(c, e));
    ERR_TRY(store_open(c->db_url, &c->store, e)); /* the door closes both */
    ERR_TRY(vault_open(c->key_path, &c->vault, e));
    if (store_pending(c->store) > 0)
        ERR_TRY(store_migrate(c->store, NULL, e));
    ERR_TRY(destroy_again(c, e)); /* before the hub can be used */
    ERR_TRY(ledger_declare(c->store, c->vault, c->db_url, &where, reason, user, e));
    ERR_TRY(ledger_open(c->store, c->vault, c->db_url, &where, &c->ledger, e));
    fprintf(c->out, "A new epoch of the ledger begins; its first entry quotes the checkpoint before, for ever. Tell the witnesses (haven ledger cosign):\n");
    return run_checkpoint(c, e);
}

const struct cli_command cli_ledger[] = {
    {"restore", "[FILE]", "put a backup in place, openly: the ledger begins a new epoch",
     "Copies FILE (of haven backup) to where the hub is to be, which must be empty, and declares it. Without FILE: declares what is there already (PostgreSQL, or a\n"
     "hub that will not start because rows of its ledger are missing or the ledger's directory was lost). The ledger's directory stays as it is: never put an old copy of it back.\n"
     "Entries of looks that the journal still holds are taken over. Refused when nothing is amiss.",
     (const struct cli_option[]){
         {"declare", "REASON", "why; it stands in the ledger for ever", true, false},
         {"as", "USER", "who does it (default $HAVEN_USER)", false, false},
         {0}},
     CLI_NEEDS_HUB | CLI_MAKES_HUB, 0, 1, run_restore},
    {"ledger cosign", "", "ask witnesses to cosign the ledger's present state",
     "Each is another agency's haven ledger witness (or any C2SP witness). It signs only if it has seen nothing that contradicts. The cosigned checkpoint is printed,\n"
     "kept in the ledger's directory, and compared at each start. Run it from a timer, every minute or so. After a declared restore it also tells of the new epoch.",
     (const struct cli_option[]){
         {"witness", "URL", "where it is, like http://127.0.0.1:8090", true, true},
         {"vkey", "KEY", "its key, in the same order", true, true},
         {0}},
     CLI_NEEDS_HUB, 0, 0, run_cosign},
    {"ledger show", "", "show who saw or did what",
     "In the order of their numbers; with --about, newest first: who has seen this person.",
     (const struct cli_option[]){
         {"from", "N", "begin with entry N", false, false},
         {"to", "N", "end before entry N", false, false},
         {"about", "PERSON", "only entries about this person, by id, or about one mention, by its key", false, true},
         {0}},
     CLI_MAY(audit, ledger), 0, 0, run_show},
    {"ledger checkpoint", "", "print the signed state of the ledger, and the key to check it with",
     "A C2SP signed note; give it to witnesses and to whoever keeps a copy. Nothing personal is in it.",
     NULL, CLI_NEEDS_HUB, 0, 0, run_checkpoint},
    {"ledger prove", "LEAF", "write an offline proof that an entry is in the ledger",
     "A C2SP tlog-proof, which haven ledger check-proof and other programs check with the log's key and the entry's sealed bytes (--entry).",
     (const struct cli_option[]){
         {"output", "FILE", "where the proof goes (-o; default standard output)", false, false},
         {"entry", "FILE", "where the entry's bytes go, as they were hashed", false, false},
         {0}},
     CLI_NEEDS_HUB, 1, 1, run_prove},
    {0},
};
