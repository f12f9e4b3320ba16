/* cmd_link.c: haven link predict, cluster, explain: the engine without a hub. CSV files in; pairs, clusters, one pair explained out. */
#include "cli/commands.h"
#include "cli/link_job.h"

#include <math.h>

/* ---- link predict ---- */

struct pairs_out {
    struct cli *c;
    const struct link_job *j;
    struct buf line, scratch;
    bool begun; /* the header is written */
};

/* `first`: nothing stands before it in the line. */
static void add_id(struct pairs_out *p, uint32_t row, bool first)
{
    if (p->j->source >= 0)
        (void)csv_write_field(&p->line, link_table_value(p->j->table, row, (size_t)p->j->source), first);
    (void)csv_write_field(&p->line, link_table_value(p->j->table, row, p->j->id), first && p->j->source < 0);
}

static void add_cluster_id(struct pairs_out *p, uint32_t representative, bool first)
{
    static const struct str between = {"-__-", 4};
    struct str id = link_table_value(p->j->table, representative, p->j->id);
    if (p->j->source >= 0) {
        buf_clear(&p->scratch);
        (void)buf_str(&p->scratch, link_table_value(p->j->table, representative, (size_t)p->j->source));
        (void)buf_str(&p->scratch, between);
        (void)buf_str(&p->scratch, id);
        id = buf_as_str(&p->scratch);
    }
    (void)csv_write_field(&p->line, id, first);
}

static enum err_code write_line(struct pairs_out *p, struct err *e)
{
    ERR_TRY(buf_check(&p->line, "a line of the output", e));
    if (fwrite(p->line.p, 1, p->line.n, p->c->out) != p->line.n)
        return err_set(e, ERR_IO, "writing the output failed");
    buf_clear(&p->line);
    return ERR_OK;
}

/* With the first pair, or at the end: not before the model has proved to fit the files. */
static enum err_code write_pairs_header(struct pairs_out *p, struct err *e)
{
    struct str id = link_model_unique_id(p->j->model), source = link_model_source_dataset(p->j->model);
    p->begun = true;
    (void)buf_z(&p->line, "match_weight,match_probability");
    for (int side = 0; side < 2; side++) {
        if (p->j->source >= 0)
            (void)buf_fmt(&p->line, ",%.*s_%c", STR_ARG(source), "lr"[side]);
        (void)buf_fmt(&p->line, ",%.*s_%c", STR_ARG(id), "lr"[side]);
    }
    for (size_t k = 0; k < link_model_n_comparisons(p->j->model); k++)
        (void)buf_fmt(&p->line, ",gamma_%.*s", STR_ARG(link_model_comparison_name(p->j->model, k)));
    (void)buf_z(&p->line, ",match_key\n");
    return write_line(p, e);
}

static enum err_code write_pair(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct pairs_out *p = ctx;
    if (!p->begun)
        ERR_TRY(write_pairs_header(p, e));
    (void)buf_fmt(&p->line, "%.17g,%.17g", edge->match_weight, link_probability(edge->match_weight));
    add_id(p, edge->l, false);
    add_id(p, edge->r, false);
    for (size_t k = 0; k < link_model_n_comparisons(p->j->model); k++)
        (void)buf_fmt(&p->line, ",%d", gammas[k]);
    (void)buf_fmt(&p->line, ",%u\n", edge->match_key);
    return write_line(p, e);
}

static enum err_code run_predict(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    struct link_options o;
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    ERR_TRY(link_job_options(c, &j, -INFINITY, &o, e));
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    struct pairs_out p = {.c = c, .j = &j};
    buf_init(&p.line, LIMIT_CSV_RECORD_BYTES * 2);
    enum err_code code = link_predict(j.model, j.table, &o, write_pair, &p, NULL, e);
    if (code == ERR_OK && !p.begun)
        code = write_pairs_header(&p, e);
    buf_release(&p.line);
    if (code == ERR_OK)
        link_job_tell_left_out(&j);
    return code;
}

/* ---- link cluster ---- */

/* Splink's name of a threshold: cluster_mw_2_5. */
static void cluster_column(double threshold, char *ret, size_t n)
{
    char number[48];
    size_t end = (size_t)snprintf(number, sizeof number, "%.6f", threshold);
    while (number[end - 1] == '0')
        number[--end] = 0;
    if (number[end - 1] == '.')
        number[--end] = 0;
    for (size_t i = 0; i < end; i++)
        number[i] = number[i] == '.' ? '_' : number[i];
    (void)snprintf(ret, n, "cluster_mw_%s", number);
}

/* Clusters at one threshold come before the id, those at several behind it, as in Splink. `thresholds` NULL: one. */
static enum err_code write_clusters(struct pairs_out *p, const uint32_t *cluster, const double *thresholds, size_t n, struct err *e)
{
    const struct link_job *j = p->j;
    size_t rows = link_table_rows(j->table);
    char name[80];
    (void)buf_z(&p->line, thresholds ? "" : "cluster_id,");
    if (j->source >= 0)
        (void)buf_fmt(&p->line, "%.*s,", STR_ARG(link_model_source_dataset(j->model)));
    (void)buf_str(&p->line, link_model_unique_id(j->model));
    for (size_t k = 0; thresholds && k < n; k++) {
        cluster_column(thresholds[k], name, sizeof name);
        (void)buf_fmt(&p->line, ",%s", name);
    }
    (void)buf_char(&p->line, '\n');
    ERR_TRY(write_line(p, e));
    for (uint32_t row = 0; row < rows; row++) {
        if (!thresholds)
            add_cluster_id(p, cluster[row], true);
        add_id(p, row, thresholds != NULL);
        for (size_t k = 0; thresholds && k < n; k++)
            add_cluster_id(p, cluster[k * rows + row], false);
        (void)buf_char(&p->line, '\n');
        ERR_TRY(write_line(p, e));
    }
    return ERR_OK;
}

static enum err_code print_summary(struct cli *c, const struct link_job *j, const uint32_t *cluster, const double *thresholds, size_t n, struct err *e)
{
    static const char *const columns[] = {"threshold_match_weight", "threshold_match_probability", "num_clusters", "max_cluster_size", "avg_cluster_size", NULL};
    size_t rows = link_table_rows(j->table);
    _cleanup_link_numbers_ uint32_t *size = malloc((rows + 1) * sizeof *size);
    struct cli_table t;
    if (!size)
        return err_set(e, ERR_NO_MEMORY, "no memory for the sizes of clusters");
    cli_table_start(&t, c, columns);
    for (size_t k = 0; k < n; k++) {
        uint32_t most = 0, clusters = 0;
        memset(size, 0, (rows + 1) * sizeof *size);
        for (size_t row = 0; row < rows; row++) {
            uint32_t now = ++size[cluster[k * rows + row]];
            clusters += now == 1;
            most = now > most ? now : most;
        }
        cli_cell_double(&t, thresholds[k], 6);
        cli_cell_double(&t, link_probability(thresholds[k]), 9);
        cli_cell_int(&t, clusters);
        cli_cell_int(&t, most);
        cli_cell_double(&t, clusters ? (double)rows / clusters : NAN, 6);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_cluster(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_edges_ struct link_edges edges = {0};
    _cleanup_link_numbers_ uint32_t *cluster = NULL;
    double thresholds[LIMIT_LINK_THRESHOLDS];
    size_t n;
    ERR_TRY(link_job_thresholds(c, thresholds, &n, e));
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    if (n)
        ERR_TRY(link_job_clusters_each(c, &j, thresholds, n, &edges, &cluster, e));
    else
        ERR_TRY(link_job_clusters(c, &j, link_model_threshold(j.model), &edges, &cluster, thresholds, e));
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    if (cli_has(c, "summary"))
        return print_summary(c, &j, cluster, thresholds, n ? n : 1, e);
    struct pairs_out p = {.c = c, .j = &j};
    buf_init(&p.line, LIMIT_CSV_RECORD_BYTES * (2 + n));
    buf_init(&p.scratch, LIMIT_CSV_RECORD_BYTES * 2);
    enum err_code code = write_clusters(&p, cluster, n ? thresholds : NULL, n, e);
    buf_release(&p.line);
    buf_release(&p.scratch);
    return code;
}

/* ---- link explain ---- */

static enum err_code run_explain(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    struct str rest = str_of(cli_opt(c, "pair")), l, r;
    struct link_explanation x;
    struct cli_table t;
    size_t row_l, row_r;
    if (!str_split(&rest, ',', &l) || !str_split(&rest, ',', &r) || rest.n)
        return err_set(e, ERR_USAGE, "--pair takes two ids with a comma between");
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    ERR_TRY(link_job_find(&j, l, &row_l, e));
    ERR_TRY(link_job_find(&j, r, &row_r, e));
    ERR_TRY(link_explain(j.model, j.table, row_l, row_r, c->arena, &x, e));
    static const char *const columns[] = {"comparison", "level", "gamma", "match_weight", "tf_adjustment", "running_weight", NULL};
    double sum = x.prior_weight;
    cli_table_start(&t, c, columns);
    cli_cell_str(&t, STR("prior"));
    cli_cell_none(&t);
    cli_cell_none(&t);
    cli_cell_double(&t, x.prior_weight, 6);
    cli_cell_none(&t);
    cli_cell_double(&t, sum, 6);
    for (size_t i = 0; i < x.n; i++) {
        const struct link_reason *reason = &x.reasons[i];
        sum += reason->match_weight + reason->tf_adjustment;
        cli_cell_str(&t, reason->comparison);
        cli_cell_str(&t, reason->level);
        cli_cell_int(&t, reason->gamma);
        cli_cell_double(&t, reason->match_weight, 6);
        cli_cell_double(&t, reason->tf_adjustment, 6);
        cli_cell_double(&t, sum, 6);
    }
    ERR_TRY(cli_table_end(&t, e));
    if (c->json)
        return ERR_OK;
    fprintf(c->out, "match weight %.6f, probability %.9g, ", x.match_weight, x.match_probability);
    if (x.match_key < 0)
        fprintf(c->out, "brought by no blocking rule\n");
    else
        fprintf(c->out, "brought by blocking rule %td\n", x.match_key);
    return ERR_OK;
}

/* ---- the table ---- */

/* ---- link for-splink ---- */

static enum err_code write_for_splink(struct cli *c, const struct link_model *m, struct err *e)
{
    _cleanup_buf_ struct buf json, lost;
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&lost, LIMIT_JSON_BYTES);
    ERR_TRY(link_model_for_splink(m, &json, &lost, e));
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    (void)fwrite(json.p, 1, json.n, c->out); /* the door checks the stream */
    (void)fwrite(lost.n ? lost.p : "", 1, lost.n, stderr);
    return ERR_OK;
}

static enum err_code run_for_splink(struct cli *c, struct err *e)
{
    struct link_model *m = NULL;
    ERR_TRY(link_model_read(c->args[0], &m, e));
    enum err_code code = write_for_splink(c, m, e);
    link_model_free(m);
    return code;
}

static const struct cli_option predict_options[] = {LINK_OPTION_MODEL, LINK_OPTION_THRESHOLD, LINK_OPTIONS_RUN, LINK_OPTION_OUTPUT, LINK_OPTION_END};
static const struct cli_option cluster_options[] = {LINK_OPTION_MODEL, LINK_OPTION_THRESHOLD, LINK_OPTION_THRESHOLDS, {"summary", NULL, "print how many clusters there are and how large instead of the clusters", false, false},
    LINK_OPTION_METHOD, LINK_OPTIONS_RUN, LINK_OPTION_OUTPUT, LINK_OPTION_END};
static const struct cli_option explain_options[] = {LINK_OPTION_MODEL, {"pair", "ID,ID", "the two records", true, false}, LINK_OPTION_END};

static const struct cli_option for_splink_options[] = {LINK_OPTION_OUTPUT, LINK_OPTION_END};

const struct cli_command cli_link[] = {
    {"link predict", "A.csv [B.csv …]", "compare records and give the pairs with their match weights",
     "Writes match_weight, match_probability, the two ids, a gamma a comparison and the match_key (number of the blocking rule) as CSV, with Splink's names. "
     "An empty cell is NULL; several files get a column source_dataset.",
     predict_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_predict},
    {"link cluster", "A.csv [B.csv …]", "compare records and give the clusters",
     "Writes cluster_id (the least id of the cluster) and the id of each record as CSV. The threshold is the model's (haven_threshold_weight) when not given. "
     "With --thresholds: the id, then a column for each threshold (cluster_mw_2_5: match weight 2.5), from one comparison of the pairs.",
     cluster_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_cluster},
    {"link explain", "A.csv [B.csv …]", "show how the weight of one pair comes about", "One line a comparison: the level that holds, its weight, the adjustment by frequency, the sum so far.",
     explain_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_explain},
    {"link for-splink", "M.json", "write a model without Haven's own keys, for Splink",
     "Splink 5 refuses keys that it does not know. What each key that is left out changes is told on stderr, a line each.", for_splink_options, CLI_NEEDS_NOTHING, 1, 1, run_for_splink},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
