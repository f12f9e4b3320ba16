/* cmd_link_train.c: haven link train: a model from records, by settings or without asking. */
#include "cli/commands.h"
#include "cli/link_job.h"

/* All values of an option that may be given several times. */
static size_t option_values(const struct cli *c, const char *name, struct str *ret, size_t most)
{
    size_t n = 0;
    for (const char *v; n < most && (v = cli_opt_nth(c, name, n)) != NULL; n++)
        ret[n] = str_of(v);
    return n;
}

static enum err_code train_options(struct cli *c, struct link_train_options *o, struct str *rules, size_t most, struct err *e)
{
    int64_t seed = 1, pairs = 10000000;
    o->recall = 1;
    o->deterministic = rules;
    o->n_deterministic = option_values(c, "deterministic", rules, most);
    o->em = rules + o->n_deterministic;
    o->n_em = option_values(c, "em", rules + o->n_deterministic, most - o->n_deterministic);
    o->progress = c->progress;
    o->label_column = cli_has(c, "label-column") ? str_of(cli_opt(c, "label-column")) : STR_NONE;
    o->without_frequencies = cli_has(c, "without-frequencies");
    ERR_TRY(cli_opt_double(c, "recall", 0, 1, &o->recall, e));
    ERR_TRY(cli_opt_int(c, "seed", 0, INT64_MAX, &seed, e));
    ERR_TRY(cli_opt_int(c, "max-pairs", 1, INT64_C(1000000000000), &pairs, e));
    ERR_TRY(link_job_threads(c, &o->threads, e));
    const char *u = cli_has(c, "u") ? cli_opt(c, "u") : "exact";
    if (!str_eq(str_of(u), STR("exact")) && !str_eq(str_of(u), STR("sample")))
        return err_set(e, ERR_USAGE, "--u must be exact or sample");
    o->u_exact = str_eq(str_of(u), STR("exact"));
    o->seed = (uint64_t)seed;
    o->u_pairs = (uint64_t)pairs;
    return ERR_OK;
}

/* A line a choice: what, about what, why. */
static enum err_code tell_choices(struct cli *c, struct str told, struct err *e)
{
    static const char *const columns[] = {"choice", "about", "why", NULL};
    struct cli_table t;
    struct str line, cell;
    if (!c->json) {
        (void)fwrite(told.n ? told.p : "", 1, told.n, stderr); /* advice: a lost line changes nothing */
        return ERR_OK;
    }
    cli_table_start(&t, c, columns);
    while (str_split(&told, '\n', &line))
        for (int i = 0; i < 3; i++)
            cli_cell_str(&t, str_split(&line, '\t', &cell) ? cell : STR(""));
    return cli_table_end(&t, e);
}

static enum err_code train_auto(struct cli *c, struct err *e)
{
    struct link_table *table = NULL;
    int64_t seed = 1;
    unsigned threads;
    _cleanup_buf_ struct buf json, told;
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&told, LIMIT_JSON_BYTES);
    ERR_TRY(cli_opt_int(c, "seed", 0, INT64_MAX, &seed, e));
    ERR_TRY(link_job_threads(c, &threads, e));
    if (cli_has(c, "settings") || cli_has(c, "em") || cli_has(c, "deterministic"))
        return err_set(e, ERR_USAGE, "--auto chooses by itself: it takes no --settings, --em or --deterministic");
    if (c->json && !cli_has(c, "output"))
        return err_set(e, ERR_USAGE, "--auto with --json prints its choices, so the model needs a file of its own: give -o");
    struct link_auto_options o = {.seed = (uint64_t)seed, .threads = threads, .progress = c->progress, .linked = c->n_args > 1};
    enum err_code code = link_table_read_with(c->args, c->n_args, &(struct link_read_options){.threads = threads}, &table, e);
    if (code == ERR_OK)
        code = link_train_auto(table, &o, &json, &told, e);
    link_table_free(table);
    ERR_TRY(code);
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    (void)fwrite(json.p, 1, json.n, c->out); /* the door checks the stream */
    if (c->json) /* the choices go to where the output would have gone */
        ERR_TRY(cli_output_close(c, ERR_OK, e));
    return tell_choices(c, buf_as_str(&told), e);
}

#define LEAST_SCORE 0.5 /* of a labelled pair that is one person */

/* Only the pairs that somebody said are one person. */
static enum err_code read_labels(const char *path, const struct link_model *m, const struct link_table *t, struct link_labels *ret, struct err *e)
{
    size_t n = 0;
    ERR_TRY(link_labels_read(path, m, t, ret, e));
    for (size_t i = 0; i < ret->n; i++)
        if (ret->score[i] >= LEAST_SCORE)
            ret->pairs[n++] = ret->pairs[i];
    ret->n = n;
    return n ? ERR_OK : err_set(e, ERR_FORMAT, "%s has no pair of one person (clerical_match_score of 0.5 or more)", path);
}

static enum err_code run_train(struct cli *c, struct err *e)
{
    if (cli_has(c, "auto"))
        return train_auto(c, e);
    if (!cli_has(c, "settings"))
        return err_set(e, ERR_USAGE, "say what to train: --settings S.json, or --auto");
    struct str rules[LIMIT_LINK_RULES];
    struct link_train_options o = {0};
    struct link_model *model = NULL;
    struct link_table *table = NULL;
    struct link_labels labels = {0};
    _cleanup_buf_ struct buf json, warnings;
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&warnings, LIMIT_JSON_BYTES);
    ERR_TRY(train_options(c, &o, rules, LIMIT_LINK_RULES, e));
    enum err_code code = link_model_read(cli_opt(c, "settings"), &model, e);
    if (code == ERR_OK)
        code = link_table_read_with(c->args, c->n_args, &(struct link_read_options){.threads = o.threads}, &table, e);
    if (code == ERR_OK && cli_has(c, "labels"))
        code = read_labels(cli_opt(c, "labels"), model, table, &labels, e);
    o.label_pairs = labels.pairs;
    o.n_label_pairs = labels.n;
    if (code == ERR_OK)
        code = link_train(model, table, &o, &json, &warnings, e);
    if (code == ERR_OK)
        code = cli_output(c, cli_opt(c, "output"), e);
    if (code == ERR_OK) {
        (void)fwrite(json.p, 1, json.n, c->out); /* the door checks the stream */
        (void)fwrite(warnings.n ? warnings.p : "", 1, warnings.n, stderr); /* advice: a lost line changes nothing */
    }
    link_labels_free(&labels);
    link_table_free(table);
    link_model_free(model);
    return code;
}

/* ---- the table ---- */

static const struct cli_option train_options_list[] = {
    {"settings", "S.json", "a Splink settings or model file: what it states and fixes stays", false, false},
    {"auto", NULL, "choose columns, comparisons, blocking, weights and threshold by itself, and say why", false, false},
    {"deterministic", "RULE", "a rule that hardly any pair but true ones satisfies, for the prior; may be repeated", false, true},
    {"recall", "R", "share of true pairs that the deterministic rules find (1 when not given)", false, false},
    {"em", "RULE", "a blocking rule for one EM session; may be repeated", false, true},
    {"label-column", "COLUMN", "a column that says who is who: m also from the pairs that share its value", false, false},
    {"labels", "PAIRS.csv", "labelled pairs, for m (unique_id_l, unique_id_r, clerical_match_score, and where files share ids source_dataset_l, source_dataset_r): those with a score of 0.5 or more are one person", false, false},
    {"without-frequencies", NULL, "frequencies of values play no part in EM: faster, a little different", false, false},
    {"u", "exact|sample", "u over all pairs, by value frequencies, where values are few enough (when not given), or from random pairs only, as Splink", false, false},
    {"max-pairs", "N", "random pairs for u, and the most comparisons of values for an exact u (10,000,000 when not given)", false, false},
    {"seed", "N", "of the random sample (1 when not given)", false, false},
    LINK_OPTION_THREADS, LINK_OPTION_OUTPUT, LINK_OPTION_END};

const struct cli_command cli_link_train[] = {
    {"link train", "A.csv [B.csv …]", "estimate a model's prior, u and m from the records themselves, or m from labels",
     "As Splink: the prior from deterministic rules and their recall, u from all pairs (or from random ones: --u sample), m by expectation-maximisation and from labels where there are some, the median over all of them. What cannot be trusted is told on stderr, a line each. "
     "With --auto nothing is asked: columns, comparisons, blocking, weights, vetoes, threshold and clustering are chosen from the files, and each choice is told with its reason (a table with --json).",
     train_options_list, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_train},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
