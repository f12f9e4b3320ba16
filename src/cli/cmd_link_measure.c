/* cmd_link_measure.c: haven link evaluate and blocking: how good a model is, and what it costs. */
#include "cli/commands.h"
#include "cli/link_job.h"

#include <math.h>

/* ---- link evaluate ---- */

/* Labels of the truth; a row without one is nobody else. */
static enum err_code truth_labels(struct cli *c, const struct link_job *j, uint32_t **ret, struct err *e)
{
    ptrdiff_t column = link_table_column(j->table, str_of(cli_opt(c, "truth")));
    size_t n = link_table_rows(j->table);
    if (column < 0)
        return err_set(e, ERR_USAGE, "the files have no column %s (--truth)", cli_opt(c, "truth"));
    *ret = malloc((n + 1) * sizeof **ret);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "no memory for the truth");
    for (size_t row = 0; row < n; row++) {
        uint32_t code = link_table_code(j->table, row, (size_t)column);
        (*ret)[row] = code ? code : (uint32_t)(n + 1 + row);
    }
    return ERR_OK;
}

/* A partition finer than the truth by dataset: its true pairs are those that a link_only model never looks for. */
static enum err_code pairs_within_datasets(const struct link_job *j, const uint32_t *truth, uint64_t *ret, struct err *e)
{
    size_t n = link_table_rows(j->table);
    uint32_t *source = malloc((n + 1) * sizeof *source);
    struct link_scores s;
    if (!source)
        return err_set(e, ERR_NO_MEMORY, "no memory for the datasets");
    for (size_t row = 0; row < n; row++)
        source[row] = link_table_code(j->table, row, (size_t)j->source);
    link_evaluate_clusters(source, truth, n, &s);
    free(source);
    *ret = s.right_pairs;
    return ERR_OK;
}

static enum err_code score_edges(const struct link_job *j, const struct link_job_edges *edges, const uint32_t *truth, struct link_scores *s, struct err *e)
{
    uint64_t within = 0;
    if (j->source >= 0 && link_model_links_only(j->model))
        ERR_TRY(pairs_within_datasets(j, truth, &within, e));
    s->true_pairs -= within;
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

static enum err_code run_evaluate(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_edges_ struct link_job_edges edges = {0};
    _cleanup_link_numbers_ uint32_t *cluster = NULL, *truth = NULL;
    const char *on = cli_opt(c, "on") ? cli_opt(c, "on") : "clusters";
    struct link_scores s;
    struct link_oracle oracle;
    double threshold;
    bool on_edges = strcmp(on, "edges") == 0;
    if (!on_edges && strcmp(on, "clusters") != 0)
        return err_set(e, ERR_USAGE, "--on must be edges or clusters");
    ERR_TRY(link_job_open(c, &j, str_of(cli_opt(c, "truth")), e));
    ERR_TRY(truth_labels(c, &j, &truth, e));
    ERR_TRY(link_job_clusters(c, &j, link_model_threshold(j.model), &edges, &cluster, &threshold, e));
    link_evaluate_clusters(cluster, truth, link_table_rows(j.table), &s);
    if (on_edges)
        ERR_TRY(score_edges(&j, &edges, truth, &s, e));
    if (cli_has(c, "oracle"))
        ERR_TRY(ask_oracle(c, &j, truth, &s, &oracle, e));
    return print_scores(c, on, threshold, &s, cli_has(c, "oracle") ? &oracle : NULL, e);
}

/* ---- link blocking ---- */

static enum err_code run_blocking(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    struct link_options o;
    struct cli_table t;
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    ERR_TRY(link_job_options(c, &j, -INFINITY, &o, e));
    ERR_TRY(link_blocking(j.model, j.table, &o, j.rules, e));
    static const char *const columns[] = {"rule", "comparisons", "blocks", "largest_block", "left_out_blocks", "left_out_comparisons", "condition", NULL};
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < link_model_n_rules(j.model); i++) {
        cli_cell_int(&t, (int64_t)i);
        cli_cell_int(&t, (int64_t)j.rules[i].pairs);
        cli_cell_int(&t, (int64_t)j.rules[i].blocks);
        cli_cell_int(&t, (int64_t)j.rules[i].largest_block);
        cli_cell_int(&t, (int64_t)j.rules[i].left_out_blocks);
        cli_cell_int(&t, (int64_t)j.rules[i].left_out_pairs);
        cli_cell_str(&t, j.rules[i].rule);
    }
    return cli_table_end(&t, e);
}

/* ---- the table ---- */

static const struct cli_option evaluate_options[] = {
    LINK_OPTION_MODEL, {"truth", "COLUMN", "the column that says who is who", true, false}, LINK_OPTION_THRESHOLD,
    {"on", "WHAT", "clusters (when not given) or edges", false, false},
    {"oracle", NULL, "print beside it the best that any weights could do with the same comparisons", false, false}, LINK_OPTION_METHOD, LINK_OPTIONS_RUN, LINK_OPTION_END};
static const struct cli_option blocking_options[] = {LINK_OPTION_MODEL, LINK_OPTIONS_RUN, LINK_OPTION_END};

const struct cli_command cli_link_measure[] = {
    {"link evaluate", "A.csv [B.csv …]", "measure a model against the truth: pairwise precision, recall, F1, and B-cubed F1",
     "On clusters at the model's threshold, or on edges.", evaluate_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_evaluate},
    {"link blocking", "A.csv [B.csv …]", "count the comparisons of each blocking rule, and its blocks, without comparing",
     "A pair counts for the first rule that brings it. Blocks over a rule's haven_max_block are left out and counted apart.", blocking_options, CLI_NEEDS_NOTHING, 1,
     SIZE_MAX, run_blocking},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
