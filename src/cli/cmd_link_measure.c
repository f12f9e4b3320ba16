/* cmd_link_measure.c: haven link evaluate, accuracy, errors: a model against the truth, which is a column of labels or a file of labelled pairs. */
#include "cli/commands.h"
#include "cli/link_job.h"

#include <math.h>

/* ---- link evaluate ---- */

static enum err_code score_edges(const struct link_job *j, const struct link_edges *edges, const uint32_t *truth, struct link_scores *s, struct err *e)
{
    if (link_model_links_only(j->model)) /* it looks for none within a dataset */
        ERR_TRY(link_true_pairs(j->model, j->table, truth, &s->true_pairs, e));
    s->found_pairs = edges->n;
    s->right_pairs = 0;
    for (size_t i = 0; i < edges->n; i++)
        s->right_pairs += truth[edges->items[i].l] == truth[edges->items[i].r];
    double right = (double)s->right_pairs;
    s->precision = edges->n ? right / (double)edges->n : 1;
    s->recall = s->true_pairs ? right / (double)s->true_pairs : 1;
    s->f1 = s->precision + s->recall > 0 ? 2 * s->precision * s->recall / (s->precision + s->recall) : 0;
    s->bcubed_f1 = NAN; /* a measure of clusters */
    return ERR_OK;
}

static enum err_code print_scores(struct cli *c, const char *on, double threshold, const struct link_scores *s, const struct link_oracle *oracle, struct err *e)
{
    if (!c->json) {
        fprintf(c->out, "on %s at match weight %g: %llu true pairs, %llu found, %llu of them right\n", on, threshold, (unsigned long long)s->true_pairs,
                (unsigned long long)s->found_pairs, (unsigned long long)s->right_pairs);
        fprintf(c->out, "precision %.6f  recall %.6f  F1 %.6f", s->precision, s->recall, s->f1);
        fprintf(c->out, isnan(s->bcubed_f1) ? "\n" : "  B-cubed F1 %.6f\n", s->bcubed_f1);
        if (oracle)
            fprintf(c->out, "oracle, the best from the same comparison patterns: F1 %.6f on edges, %.6f on clusters; the rules bring %llu of the true pairs\n", oracle->edges_f1,
                    oracle->clusters.f1, (unsigned long long)oracle->right_pairs);
        return ERR_OK;
    }
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, 4096);
    jo_init(&o, &b, 1);
    jo_object(&o);
    jo_key(&o, "on"), jo_str(&o, str_of(on));
    jo_key(&o, "threshold_weight"), jo_double(&o, threshold);
    jo_key(&o, "true_pairs"), jo_int(&o, (int64_t)s->true_pairs);
    jo_key(&o, "found_pairs"), jo_int(&o, (int64_t)s->found_pairs);
    jo_key(&o, "right_pairs"), jo_int(&o, (int64_t)s->right_pairs);
    jo_key(&o, "precision"), jo_double(&o, s->precision);
    jo_key(&o, "recall"), jo_double(&o, s->recall);
    jo_key(&o, "f1"), jo_double(&o, s->f1);
    jo_key(&o, "bcubed_f1"), jo_double(&o, s->bcubed_f1);
    if (oracle) {
        jo_key(&o, "oracle_edges_f1"), jo_double(&o, oracle->edges_f1);
        jo_key(&o, "oracle_f1"), jo_double(&o, oracle->clusters.f1);
        jo_key(&o, "oracle_right_pairs"), jo_int(&o, (int64_t)oracle->right_pairs);
    }
    jo_end_object(&o);
    (void)buf_char(&b, '\n');
    ERR_TRY(buf_check(&b, "the output", e));
    (void)fwrite(b.p, 1, b.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

static enum err_code ask_oracle(struct cli *c, struct link_job *j, const uint32_t *truth, const struct link_scores *s, struct link_oracle *ret, struct err *e)
{
    struct link_options o;
    ERR_TRY(link_job_options(c, j, -INFINITY, &o, e));
    return link_oracle(j->model, j->table, truth, &o, s->true_pairs, ret, e);
}

/* ---- evaluate at several thresholds ---- */

static void print_score_row(struct cli_table *t, double threshold, const struct link_scores *s)
{
    cli_cell_double(t, threshold, 6);
    cli_cell_int(t, (int64_t)s->true_pairs);
    cli_cell_int(t, (int64_t)s->found_pairs);
    cli_cell_int(t, (int64_t)s->right_pairs);
    const double rates[] = {s->precision, s->recall, s->f1, s->bcubed_precision, s->bcubed_recall, s->bcubed_f1};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        cli_cell_double(t, rates[i], 6);
}

/* On edges: those that weigh at least so much. */
static enum err_code scores_at(const struct link_job *j, const struct link_edges *edges, double threshold, bool on_edges, const uint32_t *cluster, const uint32_t *truth,
                               struct link_scores *s, struct err *e)
{
    link_evaluate_clusters(cluster, truth, link_table_rows(j->table), s);
    if (!on_edges)
        return ERR_OK;
    struct link_edges some = {0};
    for (size_t i = 0; i < edges->n; i++)
        if (edges->items[i].match_weight >= threshold)
            edges->items[some.n++] = edges->items[i]; /* thresholds rise: the others are not asked for again */
    some.items = edges->items;
    ERR_TRY(score_edges(j, &some, truth, s, e));
    s->bcubed_precision = s->bcubed_recall = NAN;
    return ERR_OK;
}

static enum err_code evaluate_each(struct cli *c, bool on_edges, struct err *e)
{
    static const char *const columns[] = {"threshold_weight", "true_pairs", "found_pairs", "right_pairs", "precision", "recall", "f1", "bcubed_precision", "bcubed_recall", "bcubed_f1", NULL};
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_edges_ struct link_edges edges = {0};
    _cleanup_link_numbers_ uint32_t *cluster = NULL, *truth = NULL;
    double thresholds[LIMIT_LINK_THRESHOLDS];
    struct cli_table t;
    size_t n;
    if (cli_has(c, "oracle"))
        return err_set(e, ERR_USAGE, "--oracle goes with one threshold: leave --thresholds out");
    ERR_TRY(link_job_thresholds(c, thresholds, &n, e));
    ERR_TRY(link_job_open(c, &j, str_of(cli_opt(c, "truth")), e));
    ERR_TRY(link_job_truth(c, &j, &truth, e));
    ERR_TRY(link_job_clusters_each(c, &j, thresholds, n, &edges, &cluster, e));
    cli_table_start(&t, c, columns);
    for (size_t k = 0; k < n; k++) {
        struct link_scores s;
        ERR_TRY(scores_at(&j, &edges, thresholds[k], on_edges, cluster + k * link_table_rows(j.table), truth, &s, e));
        print_score_row(&t, thresholds[k], &s);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_evaluate(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_edges_ struct link_edges edges = {0};
    _cleanup_link_numbers_ uint32_t *cluster = NULL, *truth = NULL;
    const char *on = cli_opt(c, "on") ? cli_opt(c, "on") : "clusters";
    struct link_scores s;
    struct link_oracle oracle;
    double threshold;
    bool on_edges = strcmp(on, "edges") == 0;
    if (!on_edges && strcmp(on, "clusters") != 0)
        return err_set(e, ERR_USAGE, "--on must be edges or clusters");
    if (cli_has(c, "thresholds"))
        return evaluate_each(c, on_edges, e);
    ERR_TRY(link_job_open(c, &j, str_of(cli_opt(c, "truth")), e));
    ERR_TRY(link_job_truth(c, &j, &truth, e));
    ERR_TRY(link_job_clusters(c, &j, link_model_threshold(j.model), &edges, &cluster, &threshold, e));
    link_evaluate_clusters(cluster, truth, link_table_rows(j.table), &s);
    if (on_edges)
        ERR_TRY(score_edges(&j, &edges, truth, &s, e));
    if (cli_has(c, "oracle"))
        ERR_TRY(ask_oracle(c, &j, truth, &s, &oracle, e));
    return print_scores(c, on, threshold, &s, cli_has(c, "oracle") ? &oracle : NULL, e);
}

/* ---- link accuracy ---- */

static enum err_code print_accuracy(struct cli *c, const struct link_accuracy_row *v, size_t n, struct err *e)
{
    static const char *const columns[] = {"threshold_weight", "match_probability", "p", "n", "tp", "tn", "fp", "fn", "precision", "recall", "fp_rate", "specificity", "npv", "accuracy",
                                          "f1", "f2", "f0_5", "p4", "phi", NULL};
    struct cli_table t;
    const struct link_accuracy_row *best = v;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        const struct link_accuracy_row *r = &v[i];
        const uint64_t counts[] = {r->p, r->n, r->tp, r->tn, r->fp, r->fn};
        const double rates[] = {r->precision, r->recall, r->fp_rate, r->specificity, r->npv, r->accuracy, r->f1, r->f2, r->f0_5, r->p4, r->phi};
        best = r->f1 > best->f1 ? r : best;
        cli_cell_double(&t, r->threshold_weight, 2);
        cli_cell_double(&t, r->match_probability, 6);
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
            cli_cell_int(&t, (int64_t)counts[k]);
        for (size_t k = 0; k < sizeof rates / sizeof *rates; k++)
            cli_cell_double(&t, rates[k], 6);
    }
    ERR_TRY(cli_table_end(&t, e));
    if (!c->json && n && isfinite(best->f1))
        fprintf(c->out, "F1 is greatest, %.6f, at match weight %g\n", best->f1, best->threshold_weight);
    return ERR_OK;
}

static enum err_code run_accuracy(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_known_ struct link_job_known k = {0};
    struct link_accuracy *acc;
    struct link_accuracy_row *rows;
    struct link_options o;
    double step = 0.1; /* Splink's */
    size_t n;
    ERR_TRY(cli_opt_double(c, "step", 0.01, 10, &step, e));
    ERR_TRY(link_job_known_open(c, &j, true, &k, e));
    ERR_TRY(link_job_options(c, &j, -INFINITY, &o, e));
    ERR_TRY(link_accuracy_new(step, &acc, e));
    enum err_code code = k.truth ? link_accuracy_of_labels(j.model, j.table, k.truth, &o, acc, e) : link_accuracy_of_scores(j.model, j.table, &k.labels, k.least, acc, e);
    if (code == ERR_OK)
        code = link_accuracy_rows(acc, c->arena, &rows, &n, e);
    link_accuracy_free(acc);
    ERR_TRY(code);
    if (k.truth)
        link_job_tell_left_out(&j);
    return print_accuracy(c, rows, n, e);
}

/* ---- link errors ---- */

static enum err_code print_mistakes(struct cli *c, const struct link_job *j, const struct link_mistakes *x, size_t most, struct err *e)
{
    const char *columns[9] = {"truth_status", "match_weight", "match_probability"}; /* the rest is NULL, which ends it */
    size_t shown[2] = {0};
    struct cli_table t;
    columns[3 + link_job_pair_names(c, j, columns + 3)] = "match_key";
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < x->n; i++) {
        const struct link_mistake *w = &x->items[i];
        if (shown[w->false_positive]++ >= most)
            continue;
        cli_cell_str(&t, w->false_positive ? STR("FP") : STR("FN"));
        cli_cell_double(&t, w->match_weight, 6);
        cli_cell_double(&t, link_probability(w->match_weight), 9);
        link_job_cell_record(&t, j, w->l);
        link_job_cell_record(&t, j, w->r);
        if (w->match_key < 0)
            cli_cell_none(&t);
        else
            cli_cell_int(&t, w->match_key);
    }
    ERR_TRY(cli_table_end(&t, e));
    if (!c->json)
        fprintf(c->out, "%zu false positives, %zu false negatives\n", x->false_positives, x->n - x->false_positives);
    if (shown[0] > most || shown[1] > most)
        fprintf(stderr, "haven: the worst %zu of each kind are shown: --most N shows more\n", most);
    return ERR_OK;
}

static enum err_code run_errors(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_known_ struct link_job_known k = {0};
    struct link_mistakes x;
    struct link_options o;
    int64_t most = 20;
    ERR_TRY(cli_opt_int(c, "most", 1, INT64_MAX, &most, e));
    ERR_TRY(link_job_known_open(c, &j, true, &k, e));
    ERR_TRY(link_job_options(c, &j, link_model_threshold(j.model), &o, e));
    ERR_TRY(k.truth ? link_mistakes_of_labels(j.model, j.table, k.truth, &o, &x, e) : link_mistakes_of_scores(j.model, j.table, &k.labels, k.least, o.threshold_weight, &x, e));
    enum err_code code = print_mistakes(c, &j, &x, (size_t)most, e);
    link_mistakes_free(&x);
    if (k.truth)
        link_job_tell_left_out(&j);
    return code;
}

/* ---- the table ---- */

static const struct cli_option evaluate_options[] = {
    LINK_OPTION_MODEL, {"truth", "COLUMN", "the column that says who is who", true, false}, LINK_OPTION_THRESHOLD, LINK_OPTION_THRESHOLDS,
    {"on", "WHAT", "clusters (when not given) or edges", false, false},
    {"oracle", NULL, "print beside it the best that any weights could do with the same comparisons", false, false}, LINK_OPTION_METHOD, LINK_OPTIONS_RUN, LINK_OPTION_END};
static const struct cli_option accuracy_options[] = {
    LINK_OPTION_MODEL, LINK_OPTIONS_KNOWN, {"step", "W", "weights are rounded to its multiples, which are the thresholds (0.1 when not given, as Splink)", false, false}, LINK_OPTIONS_RUN, LINK_OPTION_END};
static const struct cli_option errors_options[] = {
    LINK_OPTION_MODEL, LINK_OPTIONS_KNOWN, LINK_OPTION_THRESHOLD, {"most", "N", "how many of each kind to show, the worst first (20 when not given)", false, false}, LINK_OPTIONS_RUN, LINK_OPTION_END};

const struct cli_command cli_link_measure[] = {
    {"link evaluate", "A.csv [B.csv …]", "measure a model against the truth: pairwise precision, recall, F1, and B-cubed F1",
     "On clusters at the model's threshold, or on edges. With --thresholds a row for each, from one comparison of the pairs.", evaluate_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_evaluate},
    {"link accuracy", "A.csv [B.csv …]", "show what a model gets right and wrong at every threshold",
     "A row a threshold that some pair has: pairs at or above it are taken. p, n: true pairs and others; tp, fp: taken, rightly and wrongly; fn, tn: not taken. Recall over fp_rate is the ROC curve, precision over recall the other. "
     "With --truth all pairs of the files count; pairs that no blocking rule brings are never taken.",
     accuracy_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_accuracy},
    {"link errors", "A.csv [B.csv …]", "list the pairs that a model gets wrong, worst first",
     "FP: taken, but two persons, heaviest first. FN: one person, but not taken, lightest first; without match_key no blocking rule brings it. haven link explain shows why a pair weighs what it weighs. "
     "The threshold is the model's when not given.",
     errors_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_errors},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
