/* cmd_ledger.c: commands on the hub's own ledger: what was done, proofs for strangers, the whole check, a declared restore. */
#include "cli/cli.h"
#include "cli/commands.h"

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

#define SUBJECTS_MAX ((size_t)256) /* of one command line */

static enum err_code subjects_of(struct cli *c, uint64_t ret[SUBJECTS_MAX], size_t *ret_n, struct err *e)
{
    size_t n = 0;
    for (const char *text; (text = cli_opt_nth(c, "about", n)); n++) {
        int64_t x;
        if (n == SUBJECTS_MAX)
            return err_set(e, ERR_LIMIT, "--about is given more than %zu times", SUBJECTS_MAX);
        if (!str_to_int64(str_of(text), &x))
            return err_set(e, ERR_USAGE, "--about must be a subject's number");
        ret[n] = (uint64_t)x;
    }
    *ret_n = n;
    return ERR_OK;
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct cli_table t;
    uint64_t subjects[SUBJECTS_MAX];
    size_t n;
    int64_t from = 0, to = INT64_MAX;
    ERR_TRY(cli_opt_int(c, "from", 0, INT64_MAX, &from, e));
    ERR_TRY(cli_opt_int(c, "to", 0, INT64_MAX, &to, e));
    ERR_TRY(subjects_of(c, subjects, &n, e));
    cli_table_start(&t, c, show_columns);
    if (n > 0)
        ERR_TRY(ledger_each_about(c->ledger, subjects, n, show_row, &t, e));
    else
        ERR_TRY(ledger_each(c->ledger, (uint64_t)from, (uint64_t)to, show_row, &t, e));
    return cli_table_end(&t, e);
}

/* ---- for strangers ---- */

static enum err_code run_checkpoint(struct cli *c, struct err *e)
{
    _cleanup_buf_ struct buf note, vkey;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    buf_init(&vkey, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(ledger_checkpoint(c->ledger, &note, e));
    ERR_TRY(ledger_vkey(c->ledger, &vkey, e));
    fprintf(c->out, "%.*s\n%.*s\n", STR_ARG(buf_as_str(&note)), STR_ARG(buf_as_str(&vkey)));
    return ERR_OK;
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

const struct cli_command cli_ledger[] = {
    {"ledger show", "", "show who saw or did what",
     "In the order of their numbers; with --about, newest first: who has seen this person.",
     (const struct cli_option[]){
         {"from", "N", "begin with entry N", false, false},
         {"to", "N", "end before entry N", false, false},
         {"about", "KEY", "only entries about this subject, by its number", false, true},
         {0}},
     CLI_NEEDS_HUB | CLI_NEEDS_PERSONAL, 0, 0, run_show},
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
