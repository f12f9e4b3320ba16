/* cmd_link_look.c: haven link profile, unlinkables, histogram, blocking, graph: what can be seen of files and a model before anybody knows the truth. */
#include "cli/commands.h"
#include "cli/link_job.h"

#include <math.h>

/* ---- link profile ---- */

enum show { SHOW_COMPLETENESS, SHOW_VALUES, SHOW_CURVE };

static void print_completeness(struct cli_table *t, const struct link_column_profile *p)
{
    for (size_t i = 0; i < p->n_datasets; i++) {
        const struct link_completeness *d = &p->datasets[i];
        cli_cell_str(t, p->column);
        cli_cell_str(t, d->dataset.p ? d->dataset : STR(""));
        cli_cell_int(t, (int64_t)d->rows);
        cli_cell_int(t, (int64_t)d->missing);
        cli_cell_double(t, d->rows ? (double)(d->rows - d->missing) / (double)d->rows : NAN, 6);
        cli_cell_int(t, (int64_t)p->distinct);
    }
}

static void print_values(struct cli_table *t, const struct link_column_profile *p, const char *which, const struct link_value_count *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(t, p->column);
        cli_cell_str(t, str_of(which));
        cli_cell_int(t, (int64_t)v[i].n);
        cli_cell_double(t, (double)v[i].n / (double)p->rows, 6);
        cli_cell_str(t, v[i].value);
    }
}

static void print_curve(struct cli_table *t, const struct link_column_profile *p)
{
    for (size_t i = 0; i < p->n_curve; i++) {
        cli_cell_str(t, p->column);
        cli_cell_int(t, (int64_t)p->curve[i].n);
        cli_cell_double(t, p->curve[i].of_filled, 6);
        cli_cell_double(t, p->curve[i].of_all, 6);
    }
}

static enum err_code show_of(const struct cli *c, enum show *ret, struct err *e)
{
    static const char *const names[] = {"completeness", "values", "curve"};
    const char *given = cli_opt(c, "show") ? cli_opt(c, "show") : names[0];
    for (int i = 0; i < 3; i++)
        if (strcmp(given, names[i]) == 0) {
            *ret = (enum show)i;
            return ERR_OK;
        }
    return err_set(e, ERR_USAGE, "--show must be completeness, values or curve");
}

static bool wanted(const struct cli *c, struct str column)
{
    const char *given;
    for (size_t i = 0; (given = cli_opt_nth(c, "column", i)) != NULL; i++)
        if (str_eq(str_of(given), column))
            return true;
    return !cli_has(c, "column");
}

static enum err_code profile_columns(struct cli *c, const struct link_table *table, enum show show, size_t n_values, struct err *e)
{
    static const char *const columns[][7] = {{"column", "dataset", "records", "missing", "completeness", "distinct_values", NULL},
                                             {"column", "frequency", "records", "share", "value", NULL},
                                             {"column", "value_count", "percentile_of_filled", "percentile_of_all", NULL}};
    struct cli_table t;
    struct link_column_profile p;
    ptrdiff_t source = link_table_column(table, STR("source_dataset"));
    const char *given;
    for (size_t i = 0; (given = cli_opt_nth(c, "column", i)) != NULL; i++)
        if (link_table_column(table, str_of(given)) < 0)
            return err_set(e, ERR_USAGE, "the files have no column %s (--column)", given);
    cli_table_start(&t, c, columns[show]);
    for (size_t k = 0; k < link_table_n_columns(table); k++) {
        if (!wanted(c, link_table_column_name(table, k)))
            continue;
        ERR_TRY(link_profile(table, k, source, n_values, c->arena, &p, e));
        if (show == SHOW_COMPLETENESS)
            print_completeness(&t, &p);
        else if (show == SHOW_CURVE)
            print_curve(&t, &p);
        else {
            print_values(&t, &p, "most", p.most, p.n_most);
            print_values(&t, &p, "least", p.least, p.n_least);
        }
    }
    return cli_table_end(&t, e);
}

static enum err_code run_profile(struct cli *c, struct err *e)
{
    struct link_table *table = NULL;
    enum show show;
    int64_t n_values = 5;
    unsigned threads;
    ERR_TRY(show_of(c, &show, e));
    ERR_TRY(cli_opt_int(c, "values", 1, 10000, &n_values, e));
    ERR_TRY(link_job_threads(c, &threads, e));
    enum err_code code = link_table_read_with(c->args, c->n_args, &(struct link_read_options){.threads = threads}, &table, e);
    if (code == ERR_OK)
        code = profile_columns(c, table, show, (size_t)n_values, e);
    link_table_free(table);
    return code;
}

/* ---- link unlinkables ---- */

static enum err_code print_unlinkables(struct cli *c, const struct link_job *j, struct err *e)
{
    static const char *const columns[] = {"match_weight", "match_probability", "share", "cumulative_share", NULL};
    struct link_unlinkable *v;
    struct cli_table t;
    size_t n;
    ERR_TRY(link_unlinkables(j->model, j->table, c->arena, &v, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_double(&t, v[i].match_weight, 2);
        cli_cell_double(&t, v[i].match_probability, 5);
        cli_cell_double(&t, v[i].share, 6);
        cli_cell_double(&t, v[i].cumulative, 6);
    }
    return cli_table_end(&t, e);
}

struct self_weights {
    const struct link_job *j;
    const double *weight;
};

static int weakest_first(const void *a, const void *b, void *ctx)
{
    const struct self_weights *s = ctx;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (s->weight[x] != s->weight[y])
        return s->weight[x] < s->weight[y] ? -1 : 1;
    int c = str_cmp(link_table_value(s->j->table, x, s->j->id), link_table_value(s->j->table, y, s->j->id));
    return c || s->j->source < 0 ? c : str_cmp(link_table_value(s->j->table, x, (size_t)s->j->source), link_table_value(s->j->table, y, (size_t)s->j->source));
}

/* Records that weigh less than the threshold against themselves, weakest first. */
static enum err_code print_unlinkable_records(struct cli *c, const struct link_job *j, double threshold, double *weight, uint32_t *rows, struct err *e)
{
    const char *columns[] = {link_job_name(c, j, "", false), "match_weight", "match_probability", NULL, NULL};
    struct self_weights s = {j, weight};
    struct cli_table t;
    size_t n = 0;
    if (j->source >= 0) {
        memmove(columns + 1, columns, 3 * sizeof *columns);
        columns[0] = link_job_name(c, j, "", true);
    }
    ERR_TRY(link_self_weights(j->model, j->table, weight, e));
    for (uint32_t row = 0; row < link_table_rows(j->table); row++)
        if (weight[row] < threshold)
            rows[n++] = row;
    qsort_r(rows, n, sizeof *rows, weakest_first, &s);
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        link_job_cell_record(&t, j, rows[i]);
        cli_cell_double(&t, weight[rows[i]], 6);
        cli_cell_double(&t, link_probability(weight[rows[i]]), 9);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_unlinkables(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_numbers_ uint32_t *rows = NULL;
    _cleanup_link_doubles_ double *weight = NULL;
    if (cli_has(c, "threshold-weight") && !cli_has(c, "records"))
        return err_set(e, ERR_USAGE, "--threshold-weight belongs to --records: without it all weights are shown");
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    if (!cli_has(c, "records"))
        return print_unlinkables(c, &j, e);
    double threshold = link_model_threshold(j.model);
    ERR_TRY(cli_opt_double(c, "threshold-weight", -1e6, 1e6, &threshold, e));
    rows = malloc((link_table_rows(j.table) + 1) * sizeof *rows);
    weight = malloc((link_table_rows(j.table) + 1) * sizeof *weight);
    if (!rows || !weight)
        return err_set(e, ERR_NO_MEMORY, "no memory for the weights of %zu records", link_table_rows(j.table));
    return print_unlinkable_records(c, &j, threshold, weight, rows, e);
}

/* ---- link histogram ---- */

static enum err_code count_weight(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    (void)gammas;
    (void)e;
    link_histogram_add(ctx, edge->match_weight);
    return ERR_OK;
}

static enum err_code print_bins(struct cli *c, const struct link_histogram *h, size_t bins, struct err *e)
{
    static const char *const columns[] = {"weight_from", "weight_below", "pairs", NULL};
    struct cli_table t;
    struct link_bin *v;
    size_t n;
    ERR_TRY(link_histogram_bins(h, bins, c->arena, &v, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_double(&t, v[i].low, 2);
        cli_cell_double(&t, v[i].high, 2);
        cli_cell_int(&t, (int64_t)v[i].n);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_histogram(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    struct link_histogram *h;
    struct link_options o;
    int64_t bins = 30;
    ERR_TRY(cli_opt_int(c, "bins", 1, 1000, &bins, e));
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    ERR_TRY(link_job_options(c, &j, -INFINITY, &o, e));
    ERR_TRY(link_histogram_new(&h, e));
    enum err_code code = link_predict(j.model, j.table, &o, count_weight, h, NULL, e);
    if (code == ERR_OK)
        code = print_bins(c, h, (size_t)bins, e);
    link_histogram_free(h);
    if (code == ERR_OK)
        link_job_tell_left_out(&j);
    return code;
}

/* ---- link blocking ---- */

static enum err_code print_rules(struct cli *c, struct link_job *j, struct err *e)
{
    static const char *const columns[] = {"rule", "comparisons", "cumulative_comparisons", "blocks", "largest_block", "left_out_blocks", "left_out_comparisons", "condition", NULL};
    struct link_options o;
    struct cli_table t;
    uint64_t all, sum = 0;
    ERR_TRY(link_job_options(c, j, -INFINITY, &o, e));
    ERR_TRY(link_blocking(j->model, j->table, &o, j->rules, e));
    ERR_TRY(link_all_pairs(j->model, j->table, &all, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < link_model_n_rules(j->model); i++) {
        cli_cell_int(&t, (int64_t)i);
        cli_cell_int(&t, (int64_t)j->rules[i].pairs);
        cli_cell_int(&t, (int64_t)(sum += j->rules[i].pairs));
        cli_cell_int(&t, (int64_t)j->rules[i].blocks);
        cli_cell_int(&t, (int64_t)j->rules[i].largest_block);
        cli_cell_int(&t, (int64_t)j->rules[i].left_out_blocks);
        cli_cell_int(&t, (int64_t)j->rules[i].left_out_pairs);
        cli_cell_str(&t, j->rules[i].rule);
    }
    ERR_TRY(cli_table_end(&t, e));
    if (!c->json)
        fprintf(c->out, "%llu of %llu possible pairs\n", (unsigned long long)sum, (unsigned long long)all);
    return ERR_OK;
}

/* The values with " and " between: their number differs by rule. */
static struct str key_text(struct cli *c, const struct link_block *b)
{
    struct str s = b->n_keys ? b->keys[0] : STR("(all records)");
    for (size_t i = 1; i < b->n_keys && s.p; i++)
        s = str_fmt(c->arena, "%.*s and %.*s", STR_ARG(s), STR_ARG(b->keys[i]));
    return s;
}

static enum err_code print_blocks(struct cli *c, const struct link_job *j, int64_t most, struct err *e)
{
    static const char *const columns[] = {"rule", "part", "count_l", "count_r", "block_count", "comparisons", "key", NULL};
    struct cli_table t;
    int64_t rule = 0, last = (int64_t)link_model_n_rules(j->model) - 1;
    bool one = cli_has(c, "rule");
    ERR_TRY(cli_opt_int(c, "rule", 0, last < 0 ? 0 : last, &rule, e));
    cli_table_start(&t, c, columns);
    for (int64_t k = one ? rule : 0; k <= (one ? rule : last); k++) {
        struct link_block *v;
        size_t n;
        enum err_code code = link_largest_blocks(j->model, j->table, (size_t)k, (size_t)most, c->arena, &v, &n, e);
        if (code == ERR_UNSUPPORTED && !one) { /* the other rules are shown all the same */
            fprintf(stderr, "haven: %s\n", e->message);
            continue;
        }
        ERR_TRY(code);
        for (size_t i = 0; i < n; i++) {
            cli_cell_int(&t, k);
            cli_cell_int(&t, (int64_t)v[i].part);
            cli_cell_int(&t, (int64_t)v[i].count_l);
            cli_cell_int(&t, (int64_t)v[i].count_r);
            cli_cell_int(&t, (int64_t)v[i].block_count);
            cli_cell_int(&t, (int64_t)v[i].comparisons);
            cli_cell_str(&t, key_text(c, &v[i]));
        }
    }
    return cli_table_end(&t, e);
}

static enum err_code run_blocking(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    int64_t most = 0;
    ERR_TRY(cli_opt_int(c, "largest", 1, (int64_t)LIMIT_LINK_BLOCKS_SHOWN, &most, e));
    if (cli_has(c, "rule") && !most)
        return err_set(e, ERR_USAGE, "--rule belongs to --largest N: say how many of the rule's largest blocks to show");
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    return most ? print_blocks(c, &j, most, e) : print_rules(c, &j, e);
}

/* ---- link graph ---- */

static enum err_code print_clusters(struct cli *c, const struct link_job *j, const struct link_graph *g, struct err *e)
{
    static const char *const columns[] = {"cluster_id", "n_nodes", "n_edges", "density", "cluster_centralisation", "n_bridges", NULL};
    int64_t least = 2;
    struct cli_table t;
    ERR_TRY(cli_opt_int(c, "least-records", 1, UINT32_MAX, &least, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < g->n_clusters; i++) {
        const struct link_cluster_shape *s = &g->clusters[i];
        if (s->n_records < least)
            continue;
        cli_cell_str(&t, link_job_cluster_id(c, j, s->cluster));
        cli_cell_int(&t, s->n_records);
        cli_cell_int(&t, (int64_t)s->n_edges);
        cli_cell_double(&t, s->density, 6);
        cli_cell_double(&t, s->centralisation, 6);
        cli_cell_int(&t, (int64_t)s->n_bridges);
    }
    return cli_table_end(&t, e);
}

static enum err_code print_records(struct cli *c, const struct link_job *j, const struct link_graph *g, const uint32_t *cluster, struct err *e)
{
    const char *names[6];
    size_t at = 0;
    struct cli_table t;
    if (j->source >= 0)
        names[at++] = link_job_name(c, j, "", true);
    names[at++] = link_job_name(c, j, "", false);
    names[at++] = "cluster_id";
    names[at++] = "node_degree";
    names[at++] = "node_centrality";
    names[at] = NULL;
    cli_table_start(&t, c, names);
    for (uint32_t row = 0; row < link_table_rows(j->table); row++) {
        link_job_cell_record(&t, j, row);
        cli_cell_str(&t, link_job_cluster_id(c, j, cluster[row]));
        cli_cell_int(&t, g->degree[row]);
        cli_cell_double(&t, g->centrality[row], 6);
    }
    return cli_table_end(&t, e);
}

static enum err_code print_edges(struct cli *c, const struct link_job *j, const struct link_graph *g, const struct link_edges *edges, const uint32_t *cluster, double threshold,
                                 struct err *e)
{
    const char *names[8];
    size_t at = link_job_pair_names(c, j, names);
    struct cli_table t;
    names[at++] = "match_weight";
    names[at++] = "is_bridge";
    names[at++] = "same_cluster";
    names[at] = NULL;
    cli_table_start(&t, c, names);
    for (size_t i = 0; i < edges->n; i++) {
        const struct link_edge *x = &edges->items[i];
        if (x->match_weight < threshold) /* a rival of it was as strong */
            continue;
        link_job_cell_record(&t, j, x->l);
        link_job_cell_record(&t, j, x->r);
        cli_cell_double(&t, x->match_weight, 6);
        cli_cell_int(&t, g->bridge[i]);
        cli_cell_int(&t, cluster[x->l] == cluster[x->r]);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_graph(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_edges_ struct link_edges edges = {0};
    _cleanup_link_numbers_ uint32_t *cluster = NULL;
    const char *of = cli_opt(c, "of") ? cli_opt(c, "of") : "clusters";
    bool records = strcmp(of, "records") == 0, pairs = strcmp(of, "edges") == 0;
    struct link_graph g;
    double threshold;
    if (!records && !pairs && strcmp(of, "clusters") != 0)
        return err_set(e, ERR_USAGE, "--of must be clusters, records or edges");
    if ((records || pairs) && cli_has(c, "least-records"))
        return err_set(e, ERR_USAGE, "--least-records belongs to --of clusters");
    ERR_TRY(link_job_open(c, &j, STR_NONE, e));
    ERR_TRY(link_job_clusters(c, &j, link_model_threshold(j.model), &edges, &cluster, &threshold, e));
    ERR_TRY(link_graph_new(j.table, edges.items, edges.n, threshold, cluster, &g, e));
    enum err_code code = records ? print_records(c, &j, &g, cluster, e) : pairs ? print_edges(c, &j, &g, &edges, cluster, threshold, e) : print_clusters(c, &j, &g, e);
    link_graph_free(&g);
    return code;
}

/* ---- the table ---- */

static const struct cli_option profile_options[] = {
    {"show", "WHAT", "completeness (when not given), values or curve", false, false},
    {"column", "NAME", "only this column; may be repeated", false, true},
    {"values", "N", "how many most and least frequent values (5 when not given)", false, false}, LINK_OPTION_THREADS, LINK_OPTION_END};
static const struct cli_option unlinkables_options[] = {
    LINK_OPTION_MODEL, {"records", NULL, "list the records that weigh less than the threshold against themselves", false, false},
    {"threshold-weight", "W", "with --records: least match weight (the model's when not given)", false, false}, LINK_OPTION_THREADS, LINK_OPTION_END};
static const struct cli_option histogram_options[] = {
    LINK_OPTION_MODEL, {"bins", "N", "about how many bins (30 when not given); their width is a round number", false, false}, LINK_OPTION_THRESHOLD, LINK_OPTIONS_RUN, LINK_OPTION_END};
static const struct cli_option blocking_options[] = {
    LINK_OPTION_MODEL, {"largest", "N", "show the N largest blocks of each rule instead, with the values that make them", false, false},
    {"rule", "K", "with --largest: only of this rule (numbered from 0)", false, false}, LINK_OPTIONS_RUN, LINK_OPTION_END};
static const struct cli_option graph_options[] = {
    LINK_OPTION_MODEL, {"of", "WHAT", "clusters (when not given), records or edges", false, false},
    {"least-records", "N", "with clusters: only those of so many records (2 when not given)", false, false}, LINK_OPTION_THRESHOLD, LINK_OPTION_METHOD, LINK_OPTIONS_RUN, LINK_OPTION_END};

const struct cli_command cli_link_look[] = {
    {"link profile", "A.csv [B.csv …]", "show how full each column is and how its values are spread; needs no model",
     "Completeness: records, how many have no value, and how many different values there are, by column and file. Values: the most and least frequent, which are people's data. "
     "Curve: which share of records has a value that fewer than value_count records have (a steep curve: a few values make most of the data).",
     profile_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_profile},
    {"link unlinkables", "A.csv [B.csv …]", "show which records say too little to be linked, even to themselves",
     "Each record is compared with itself: what it weighs then is the most that any pair with it can weigh, so at a threshold of match_weight or more cumulative_share of the records (those listed up to there) cannot be linked.",
     unlinkables_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_unlinkables},
    {"link histogram", "A.csv [B.csv …]", "count the compared pairs by match weight", "A good model has two hills: pairs of two persons on the left, of one on the right, and a valley where the threshold belongs.",
     histogram_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_histogram},
    {"link blocking", "A.csv [B.csv …]", "count the comparisons of each blocking rule, and its blocks, without comparing",
     "A pair counts for the first rule that brings it. Blocks over a rule's haven_max_block are left out and counted apart. With --largest: which values make the most comparisons; they are people's data.",
     blocking_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_blocking},
    {"link graph", "A.csv [B.csv …]", "show what clusters look like: size, density, stars, and edges that alone hold one together",
     "Look first at clusters with bridges or of low density: one wrong pair there joins two persons. Density: edges of all possible ones. Centralisation: 1 is a star, 0 all alike. Bridge: without this edge the cluster "
     "falls in two. Degree: a record's edges; centrality: of all possible ones in its cluster. The threshold is the model's when not given.",
     graph_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_graph},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
