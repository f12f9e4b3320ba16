/* cmd_intake.c: haven feed, haven load, haven quarantine. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"
#include "intake/intake.h"

#include <errno.h>

/* A feed by name, or a definition in a file when the name has a slash or ends in .json. */
static enum err_code feed_open(const char *name, struct feed **ret, struct err *e)
{
    if (strchr(name, '/') || str_ends(str_of(name), STR(".json")))
        return feed_read(name, ret, e);
    enum err_code code = feed_builtin(str_of(name), ret, e);
    return code == ERR_NOT_FOUND ? err_set(e, ERR_USAGE, "there is no feed named \"%s\"; see haven feed list, or give the path of a definition", name) : code;
}

static void feed_free_at(struct feed **f) { feed_free(*f); }
#define _cleanup_feed_ __attribute__((cleanup(feed_free_at)))

/* ---- feed ---- */

static const struct feed_info *loaded(const struct feed_info *list, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name))
            return &list[i];
    return NULL;
}

static void list_line(struct cli *c, struct cli_table *t, struct str name, struct str title, struct str agency, const struct feed_info *info)
{
    cli_cell_str(t, name);
    cli_cell_str(t, title);
    cli_cell_str(t, agency);
    cli_cell_int(t, info ? (int64_t)info->totals.stored : 0);
    cli_cell_int(t, info ? (int64_t)info->waiting : 0);
    if (info && info->last_delivery_ms)
        cli_cell_str(t, instant_format_iso(c->arena, (struct instant){info->last_delivery_ms, PRECISION_MINUTE}));
    else
        cli_cell_none(t);
}

static enum err_code run_feed_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"feed", "title", "agency", "rows", "quarantined", "last_delivery", NULL};
    struct feed_info *list;
    size_t n;
    struct cli_table t;
    ERR_TRY(intake_feeds(c->store, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; feed_builtin_names[i]; i++) {
        _cleanup_feed_ struct feed *f = NULL;
        ERR_TRY(feed_builtin(str_of(feed_builtin_names[i]), &f, e));
        struct str title = str_dup(c->arena, feed_title(f)), agency = str_dup(c->arena, feed_agency(f));
        list_line(c, &t, str_of(feed_builtin_names[i]), title, agency, loaded(list, n, str_of(feed_builtin_names[i])));
    }
    for (size_t i = 0; i < n; i++) { /* feeds of agencies' own */
        bool builtin = false;
        for (size_t k = 0; feed_builtin_names[k]; k++)
            builtin |= str_eq(list[i].name, str_of(feed_builtin_names[k]));
        if (!builtin && list[i].name.p)
            list_line(c, &t, list[i].name, list[i].title, list[i].agency, &list[i]);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_feed_check(struct cli *c, struct err *e)
{
    for (size_t i = 0; i < c->n_args; i++) {
        _cleanup_feed_ struct feed *f = NULL;
        size_t required, columns, persons;
        ERR_TRY(feed_open(c->args[i], &f, e));
        feed_counts(f, &required, &columns, &persons);
        fprintf(c->out, "%s: a good definition of feed %.*s: %zu columns, %zu of them required; up to %zu kinds of person in a row\n", c->args[i], STR_ARG(feed_name(f)),
                columns, required, persons);
    }
    return ERR_OK;
}

static enum err_code run_feed_show(struct cli *c, struct err *e)
{
    _cleanup_feed_ struct feed *f = NULL;
    ERR_TRY(feed_open(c->args[0], &f, e));
    (void)fwrite(feed_definition(f).p, 1, feed_definition(f).n, c->out); /* the door checks the stream */
    return ERR_OK;
}

/* ---- load ---- */

static void say_safe(void *ctx, const struct load_counts *so_far)
{
    FILE *out = ctx;
    fprintf(out, "safe %llu\n", (unsigned long long)so_far->stored);
    (void)fflush(out); /* the door checks the stream */
}

static void print_counts(struct cli *c, struct cli_table *t, const char *file, const struct load_counts *n)
{
    if (!c->json) {
        fprintf(c->out, "read %llu, stored %llu, unchanged %llu, quarantined %llu\n", (unsigned long long)n->read, (unsigned long long)n->stored,
                (unsigned long long)n->unchanged, (unsigned long long)n->quarantined);
        (void)fflush(c->out); /* the door checks the stream */
        return;
    }
    cli_cell_str(t, str_of(file));
    cli_cell_int(t, (int64_t)n->read);
    cli_cell_int(t, (int64_t)n->stored);
    cli_cell_int(t, (int64_t)n->unchanged);
    cli_cell_int(t, (int64_t)n->quarantined);
}

static const char *const counts_columns[] = {"file", "read", "stored", "unchanged", "quarantined", NULL};

static enum err_code update(struct cli *c, struct err *e)
{
    struct link_model *m;
    struct flow_counts n;
    ERR_TRY(cli_permit_update(c, e));
    ERR_TRY(link_model_person(&m, e));
    enum err_code code = flow_update(c->store, c->vault, m, c->progress, &n, e);
    link_model_free(m);
    return code;
}

static enum err_code run_load(struct cli *c, struct err *e)
{
    _cleanup_feed_ struct feed *f = NULL;
    int64_t batch = 0;
    ERR_TRY(feed_open(cli_opt(c, "feed"), &f, e));
    ERR_TRY(cli_opt_int(c, "batch", 1, (int64_t)LIMIT_BATCH_ROWS, &batch, e));
    const struct load_options o = {.progress = c->progress, .batch_rows = (uint64_t)batch, .committed = cli_has(c, "ack") ? say_safe : NULL, .ctx = c->out};
    struct cli_table t;
    uint64_t bad = 0;
    if (c->json)
        cli_table_start(&t, c, counts_columns);
    for (size_t i = 0; i < c->n_args; i++) {
        struct load_counts n = {0};
        enum err_code code = intake_load(c->store, c->vault, f, c->args[i], &o, &n, e);
        if (code == ERR_OK || n.read)
            print_counts(c, &t, c->args[i], &n);
        ERR_TRY(code);
        bad += n.quarantined;
    }
    if (c->json)
        ERR_TRY(cli_table_end(&t, e));
    if (!cli_has(c, "no-update"))
        ERR_TRY(update(c, e));
    return bad ? ERR_FINDINGS : ERR_OK;
}

/* ---- quarantine ---- */

struct listing {
    struct cli *c;
    struct cli_table t;
    bool all;
};

static enum err_code list_quarantined(void *ctx, const struct quarantine_row *q, struct err *e)
{
    (void)e;
    struct listing *l = ctx;
    if (q->replayed && !l->all)
        return ERR_OK;
    cli_cell_int(&l->t, q->id);
    cli_cell_str(&l->t, q->feed);
    cli_cell_int(&l->t, (int64_t)q->first_line);
    cli_cell_int(&l->t, (int64_t)q->last_line);
    cli_cell_str(&l->t, q->reason);
    cli_cell_str(&l->t, instant_format_iso(l->c->arena, q->at));
    cli_cell_str(&l->t, q->replayed ? STR("yes") : STR("no"));
    return ERR_OK;
}

static enum err_code run_quarantine_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"id", "feed", "first_line", "last_line", "reason", "at", "replayed", NULL};
    struct listing l = {.c = c, .all = cli_has(c, "all")};
    const char *feed = cli_opt(c, "feed");
    cli_table_start(&l.t, c, columns);
    ERR_TRY(quarantine_each(c->store, feed ? str_of(feed) : STR_NONE, list_quarantined, &l, e));
    return cli_table_end(&l.t, e);
}

static enum err_code id_of(const char *text, int64_t *ret, struct err *e)
{
    return str_to_int64(str_of(text), ret) && *ret > 0 ? ERR_OK : err_set(e, ERR_USAGE, "\"%s\" is no id; see haven quarantine list", text);
}

static enum err_code run_quarantine_show(struct cli *c, struct err *e)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, LIMIT_CSV_RECORD_BYTES * 2);
    int64_t id;
    ERR_TRY(id_of(c->args[0], &id, e));
    ERR_TRY(quarantine_text(c->store, c->vault, id, &text, e));
    (void)buf_char(&text, '\n');
    (void)fwrite(text.p, 1, text.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

/* A whole file (or standard input), without its last line end. */
static enum err_code read_text(const struct cli *c, const char *path, struct buf *ret, struct err *e)
{
    FILE *in = strcmp(path, "-") == 0 ? c->door->in : fopen(path, "rb");
    if (!in)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    char block[65536];
    for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0;)
        (void)buf_add(ret, block, n);
    bool failed = ferror(in) != 0;
    if (in != c->door->in)
        (void)fclose(in); /* only read */
    explicit_bzero(block, sizeof block);
    while (ret->n && (ret->p[ret->n - 1] == '\n' || ret->p[ret->n - 1] == '\r'))
        ret->n--;
    return failed ? err_set(e, ERR_IO, "%s: cannot be read", path) : buf_check(ret, path, e);
}

struct whose {
    int64_t id;
    struct str feed;
    struct arena *a;
};

static enum err_code find_feed(void *ctx, const struct quarantine_row *q, struct err *e)
{
    (void)e;
    struct whose *w = ctx;
    if (q->id == w->id)
        w->feed = str_dup(w->a, q->feed);
    return ERR_OK;
}

/* The feed that rows are read again with: the program's own definition when it has one (it may have been mended), else the stored one. */
static enum err_code replay_feed(struct cli *c, int64_t id, struct feed **ret, struct err *e)
{
    const char *named = cli_opt(c, "feed");
    struct whose w = {id, STR_NONE, c->arena};
    if (named && (strchr(named, '/') || str_ends(str_of(named), STR(".json"))))
        return feed_read(named, ret, e);
    if (named)
        w.feed = str_of(named);
    else if (id)
        ERR_TRY(quarantine_each(c->store, STR_NONE, find_feed, &w, e));
    else
        return err_set(e, ERR_USAGE, "say which rows: an id, or --feed NAME for all that wait");
    if (!w.feed.p)
        return err_set(e, ERR_NOT_FOUND, "quarantine has no row %lld; see haven quarantine list", (long long)id);
    enum err_code code = feed_builtin(w.feed, ret, e);
    return code == ERR_NOT_FOUND ? feed_stored(c->store, w.feed, ret, e) : code;
}

static enum err_code run_quarantine_replay(struct cli *c, struct err *e)
{
    _cleanup_buf_ struct buf text;
    _cleanup_feed_ struct feed *f = NULL;
    buf_init(&text, LIMIT_CSV_RECORD_BYTES);
    struct load_counts n = {0};
    struct cli_table t;
    int64_t id = 0;
    const char *mended = cli_opt(c, "mended");
    if (c->n_args)
        ERR_TRY(id_of(c->args[0], &id, e));
    ERR_TRY(replay_feed(c, id, &f, e));
    if (mended)
        ERR_TRY(read_text(c, mended, &text, e));
    ERR_TRY(quarantine_replay(c->store, c->vault, f, id, mended ? buf_as_str(&text) : STR_NONE, &n, e));
    if (c->json)
        cli_table_start(&t, c, counts_columns);
    print_counts(c, &t, "quarantine", &n);
    if (c->json)
        ERR_TRY(cli_table_end(&t, e));
    if (n.stored && !cli_has(c, "no-update"))
        ERR_TRY(update(c, e));
    return n.quarantined ? ERR_FINDINGS : ERR_OK;
}

/* ---- the table ---- */

static const struct cli_option load_options[] = {
    {"feed", "NAME", "the feed that the file comes by, or the path of its definition", true, false},
    {"no-update", NULL, "do not link and review what changed now", false, false},
    {"batch", "ROWS", "rows of one transaction (20,000 when not given)", false, false},
    {"ack", NULL, "after each transaction print \"safe N\": so many rows of this load are stored for good", false, false},
    {0},
};
static const struct cli_option quarantine_list_options[] = {
    {"feed", "NAME", "only rows that came by this feed", false, false},
    {"all", NULL, "also rows that were mended or read again since", false, false},
    {0},
};
static const struct cli_option replay_options[] = {
    {"feed", "NAME", "all rows of this feed that wait, or the path of its mended definition", false, false},
    {"mended", "FILE", "the mended row, in UTF-8 (- for standard input); for one id", false, false},
    {"no-update", NULL, "do not link and review what changed now", false, false},
    {0},
};


const struct cli_command cli_intake[] = {
    {"feed list", "", "the feeds, and what came by each", "Rows are row versions stored; a row that was delivered again unchanged counts once. Quarantined are those that wait there now.", NULL, CLI_NEEDS_HUB, 0, 0, run_feed_list},
    {"feed check", "FILE.json …", "check feed definitions", "Names file, line and key of the first mistake. docs/feeds.md describes the format.", NULL, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_feed_check},
    {"feed show", "NAME", "print a feed's definition", "A start for a definition of one's own.", NULL, CLI_NEEDS_NOTHING, 1, 1, run_feed_show},
    {"load", "FILE …", "take in an agency's extract",
     "Prints one line a file: read N, stored N, unchanged N, quarantined N. They add up: a row is stored (it is new or it changed), unchanged, or quarantined with the reason.\n"
     "Loading the same file again stores nothing. A file that is not the feed's is refused with nothing changed. A load that was broken off is completed by running it again.\n"
     "Then links and reviews what changed. Exit status 1 when rows were quarantined: see haven quarantine list.",
     load_options, CLI_MAY(load, hub), 1, SIZE_MAX, run_load},
    {"quarantine list", "", "rows that could not be read, and why", NULL, quarantine_list_options, CLI_MAY(list, quarantine), 0, 0, run_quarantine_list},
    {"quarantine show", "ID", "the text of such a row, as it came", NULL, NULL, CLI_MAY(view, quarantine), 1, 1, run_quarantine_show},
    {"quarantine replay", "[ID]", "read rows again, as they came or mended",
     "A row that is good now is stored and leaves quarantine; one that is not stays where it is (exit status 1).", replay_options, CLI_MAY(load, hub), 0, 1, run_quarantine_replay},
    {0},
};
