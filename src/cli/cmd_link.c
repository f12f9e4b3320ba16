/* cmd_link.c: haven link ...: the engine without a hub. CSV files in, pairs, clusters and measurements out. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "linkage/linkage.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>

/* What every command needs: the model and one table of all files. */
struct job {
    struct link_model *model;
    struct link_table *table;
    size_t id;        /* column */
    ptrdiff_t source; /* column; -1 with one dataset */
    struct link_rule_count *rules;
    unsigned threads;
};

static void job_close(struct job *j)
{
    link_table_free(j->table);
    link_model_free(j->model);
    free(j->rules);
}
#define _cleanup_job_ __attribute__((cleanup(job_close)))

/* --threads, or as many as there are processors for this process: the result is the same. */
static enum err_code threads_of(const struct cli *c, unsigned *ret, struct err *e)
{
    cpu_set_t usable;
    int64_t n = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
    ERR_TRY(cli_opt_int(c, "threads", 1, 256, &n, e));
    *ret = n > 256 ? 256 : (unsigned)n;
    return ERR_OK;
}

/* `also`: a column that is read besides those that the model names; STR_NONE: none. */
static enum err_code job_open(struct cli *c, struct job *j, struct str also, struct err *e)
{
    struct link_read_options o;
    ERR_TRY(threads_of(c, &j->threads, e));
    ERR_TRY(link_model_read(cli_opt(c, "model"), &j->model, e));
    ERR_TRY(link_read_options_of(j->model, also, c->arena, &o, e));
    o.threads = j->threads;
    progress_start(c->progress, "Reading", 0);
    enum err_code code = link_table_read_with(c->args, c->n_args, &o, &j->table, e);
    progress_end(c->progress);
    ERR_TRY(code);
    if (link_model_numbers_rows(j->model))
        ERR_TRY(link_table_number_rows(j->table, link_model_unique_id(j->model), e));
    ptrdiff_t id = link_table_column(j->table, link_model_unique_id(j->model));
    struct str source = link_model_source_dataset(j->model);
    if (id < 0)
        return err_set(e, ERR_FORMAT, "the files have no column %.*s (the model's unique_id_column_name)", STR_ARG(link_model_unique_id(j->model)));
    j->id = (size_t)id;
    j->source = source.p ? link_table_column(j->table, source) : -1;
    if (source.p && j->source < 0)
        j->source = link_table_column(j->table, STR("source_dataset"));
    j->rules = calloc(link_model_n_rules(j->model) + 1, sizeof *j->rules);
    return j->rules ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for the blocking rules");
}

static enum err_code job_options(struct cli *c, struct job *j, double threshold, struct link_options *o, struct err *e)
{
    *o = (struct link_options){.threshold_weight = threshold, .threads = j->threads, .progress = c->progress, .ret_rules = j->rules, .allow_cross_join = cli_has(c, "cross-join")};
    return cli_opt_double(c, "threshold-weight", -1e6, 1e6, &o->threshold_weight, e);
}

/* Blocks that a rule's own limit left out are told, never silent. */
static void tell_left_out(const struct job *j)
{
    for (size_t i = 0; i < link_model_n_rules(j->model); i++)
        if (j->rules[i].left_out_blocks)
            fprintf(stderr, "haven: blocking rule %zu left out %llu blocks over its haven_max_block (%llu pairs; largest block %llu records)\n", i,
                    (unsigned long long)j->rules[i].left_out_blocks, (unsigned long long)j->rules[i].left_out_pairs,
                    (unsigned long long)j->rules[i].largest_block);
}

/* ---- link predict ---- */

struct pairs_out {
    struct cli *c;
    const struct job *j;
    struct buf line;
    bool begun; /* the header is written */
};

static void add_id(struct pairs_out *p, uint32_t row)
{
    if (p->j->source >= 0)
        (void)csv_write_field(&p->line, link_table_value(p->j->table, row, (size_t)p->j->source), false);
    (void)csv_write_field(&p->line, link_table_value(p->j->table, row, p->j->id), false);
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
    add_id(p, edge->l);
    add_id(p, edge->r);
    for (size_t k = 0; k < link_model_n_comparisons(p->j->model); k++)
        (void)buf_fmt(&p->line, ",%d", gammas[k]);
    (void)buf_fmt(&p->line, ",%u\n", edge->match_key);
    return write_line(p, e);
}

static enum err_code run_predict(struct cli *c, struct err *e)
{
    _cleanup_job_ struct job j = {0};
    struct link_options o;
    ERR_TRY(job_open(c, &j, STR_NONE, e));
    ERR_TRY(job_options(c, &j, -INFINITY, &o, e));
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    struct pairs_out p = {.c = c, .j = &j};
    buf_init(&p.line, LIMIT_CSV_RECORD_BYTES * 2);
    enum err_code code = link_predict(j.model, j.table, &o, write_pair, &p, NULL, e);
    if (code == ERR_OK && !p.begun)
        code = write_pairs_header(&p, e);
    buf_release(&p.line);
    if (code == ERR_OK)
        tell_left_out(&j);
    return code;
}

/* ---- edges kept ---- */

struct edges {
    struct link_edge *items;
    size_t n, cap;
};

static enum err_code keep_edge(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct edges *x = ctx;
    (void)gammas;
    if (x->n == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 4096;
        struct link_edge *more = realloc(x->items, cap * sizeof *more);
        if (!more)
            return err_set(e, ERR_NO_MEMORY, "no memory for more than %zu edges: raise --threshold-weight", x->n);
        x->items = more;
        x->cap = cap;
    }
    x->items[x->n++] = *edge;
    return ERR_OK;
}

static void edges_free(struct edges *x) { free(x->items); }
#define _cleanup_edges_ __attribute__((cleanup(edges_free)))

static void numbers_free(uint32_t **p) { free(*p); }
#define _cleanup_numbers_ __attribute__((cleanup(numbers_free)))

static enum err_code cluster_method(const struct cli *c, const struct job *j, enum link_cluster_method *ret, struct err *e)
{
    static const char *const names[] = {"components", "ordered", "best-link"};
    const char *given = cli_opt(c, "method");
    *ret = link_model_method(j->model);
    if (!given)
        return ERR_OK;
    for (int i = 0; i < 3; i++)
        if (strcmp(given, names[i]) == 0) {
            *ret = (enum link_cluster_method)i;
            return ERR_OK;
        }
    return err_set(e, ERR_USAGE, "--method must be components, ordered or best-link");
}

/* Edges at or above the threshold, and the clusters that they make. */
static enum err_code edges_and_clusters(struct cli *c, struct job *j, double threshold, struct edges *edges, uint32_t **ret_cluster, double *ret_threshold,
                                        struct err *e)
{
    struct link_options o;
    struct link_cluster_options co = {.model = j->model};
    ERR_TRY(cluster_method(c, j, &co.method, e));
    ERR_TRY(job_options(c, j, threshold, &o, e));
    ERR_TRY(link_predict(j->model, j->table, &o, keep_edge, edges, NULL, e));
    co.threshold_weight = *ret_threshold = o.threshold_weight;
    *ret_cluster = malloc((link_table_rows(j->table) + 1) * sizeof **ret_cluster);
    if (!*ret_cluster)
        return err_set(e, ERR_NO_MEMORY, "no memory for the clusters");
    tell_left_out(j);
    if (co.method != LINK_CLUSTER_COMPONENTS) {
        size_t skipped;
        ERR_TRY(link_cluster_vetoed(j->table, edges->items, edges->n, &co, *ret_cluster, &skipped, e));
        if (skipped)
            fprintf(stderr, "haven: %zu components of more than %d records were not looked through for vetoes\n", skipped, LIMIT_LINK_VETO_ROWS);
        return ERR_OK;
    }
    return link_cluster(j->table, edges->items, edges->n, &co, *ret_cluster, e);
}

/* ---- link cluster ---- */

static enum err_code run_cluster(struct cli *c, struct err *e)
{
    _cleanup_job_ struct job j = {0};
    _cleanup_edges_ struct edges edges = {0};
    _cleanup_numbers_ uint32_t *cluster = NULL;
    double threshold;
    ERR_TRY(job_open(c, &j, STR_NONE, e));
    ERR_TRY(edges_and_clusters(c, &j, link_model_threshold(j.model), &edges, &cluster, &threshold, e));
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    struct pairs_out p = {.c = c, .j = &j};
    buf_init(&p.line, LIMIT_CSV_RECORD_BYTES * 2);
    (void)buf_z(&p.line, "cluster_id");
    if (j.source >= 0)
        (void)buf_fmt(&p.line, ",%.*s", STR_ARG(link_model_source_dataset(j.model)));
    (void)buf_fmt(&p.line, ",%.*s\n", STR_ARG(link_model_unique_id(j.model)));
    enum err_code code = write_line(&p, e);
    for (uint32_t row = 0; code == ERR_OK && row < link_table_rows(j.table); row++) {
        struct str id = link_table_value(j.table, cluster[row], j.id);
        if (j.source >= 0)
            id = str_fmt(c->arena, "%.*s-__-%.*s", STR_ARG(link_table_value(j.table, cluster[row], (size_t)j.source)), STR_ARG(id));
        (void)csv_write_field(&p.line, id, true);
        add_id(&p, row);
        (void)buf_char(&p.line, '\n');
        code = write_line(&p, e);
    }
    buf_release(&p.line);
    return code;
}

/* ---- link evaluate ---- */

/* Labels of the truth; a row without one is nobody else. */
static enum err_code truth_labels(struct cli *c, const struct job *j, uint32_t **ret, struct err *e)
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
static enum err_code pairs_within_datasets(const struct job *j, const uint32_t *truth, uint64_t *ret, struct err *e)
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

static enum err_code score_edges(const struct job *j, const struct edges *edges, const uint32_t *truth, struct link_scores *s, struct err *e)
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

static enum err_code ask_oracle(struct cli *c, struct job *j, const uint32_t *truth, const struct link_scores *s, struct link_oracle *ret, struct err *e)
{
    struct link_options o;
    ERR_TRY(job_options(c, j, -INFINITY, &o, e));
    return link_oracle(j->model, j->table, truth, &o, s->true_pairs, ret, e);
}

static enum err_code run_evaluate(struct cli *c, struct err *e)
{
    _cleanup_job_ struct job j = {0};
    _cleanup_edges_ struct edges edges = {0};
    _cleanup_numbers_ uint32_t *cluster = NULL, *truth = NULL;
    const char *on = cli_opt(c, "on") ? cli_opt(c, "on") : "clusters";
    struct link_scores s;
    struct link_oracle oracle;
    double threshold;
    bool on_edges = strcmp(on, "edges") == 0;
    if (!on_edges && strcmp(on, "clusters") != 0)
        return err_set(e, ERR_USAGE, "--on must be edges or clusters");
    ERR_TRY(job_open(c, &j, str_of(cli_opt(c, "truth")), e));
    ERR_TRY(truth_labels(c, &j, &truth, e));
    ERR_TRY(edges_and_clusters(c, &j, link_model_threshold(j.model), &edges, &cluster, &threshold, e));
    link_evaluate_clusters(cluster, truth, link_table_rows(j.table), &s);
    if (on_edges)
        ERR_TRY(score_edges(&j, &edges, truth, &s, e));
    if (cli_has(c, "oracle"))
        ERR_TRY(ask_oracle(c, &j, truth, &s, &oracle, e));
    return print_scores(c, on, threshold, &s, cli_has(c, "oracle") ? &oracle : NULL, e);
}

/* ---- link explain ---- */

static enum err_code find_row(const struct job *j, struct str id, size_t *ret, struct err *e)
{
    ptrdiff_t row = link_table_find(j->table, j->id, id);
    if (row < 0)
        return err_set(e, ERR_NOT_FOUND, "no record has the id %.*s", STR_ARG(id));
    *ret = (size_t)row;
    return ERR_OK;
}

static enum err_code run_explain(struct cli *c, struct err *e)
{
    _cleanup_job_ struct job j = {0};
    struct str rest = str_of(cli_opt(c, "pair")), l, r;
    struct link_explanation x;
    struct cli_table t;
    size_t row_l, row_r;
    if (!str_split(&rest, ',', &l) || !str_split(&rest, ',', &r) || rest.n)
        return err_set(e, ERR_USAGE, "--pair takes two ids with a comma between");
    ERR_TRY(job_open(c, &j, STR_NONE, e));
    ERR_TRY(find_row(&j, l, &row_l, e));
    ERR_TRY(find_row(&j, r, &row_r, e));
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

/* ---- link blocking ---- */

static enum err_code run_blocking(struct cli *c, struct err *e)
{
    _cleanup_job_ struct job j = {0};
    struct link_options o;
    struct cli_table t;
    ERR_TRY(job_open(c, &j, STR_NONE, e));
    ERR_TRY(job_options(c, &j, -INFINITY, &o, e));
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

/* ---- link train ---- */

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
    ERR_TRY(cli_opt_double(c, "recall", 0, 1, &o->recall, e));
    ERR_TRY(cli_opt_int(c, "seed", 0, INT64_MAX, &seed, e));
    ERR_TRY(cli_opt_int(c, "max-pairs", 1, INT64_C(1000000000000), &pairs, e));
    ERR_TRY(threads_of(c, &o->threads, e));
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
    ERR_TRY(threads_of(c, &threads, e));
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
    FILE *choices = c->out;
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    (void)fwrite(json.p, 1, json.n, c->out); /* the door checks the stream */
    if (c->json && c->out != choices) { /* the choices go to where the output would have gone */
        FILE *model = c->out;
        c->out = choices;
        if (fclose(model) != 0)
            return err_set(e, ERR_IO, "writing the model failed");
    }
    return tell_choices(c, buf_as_str(&told), e);
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
    _cleanup_buf_ struct buf json, warnings;
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&warnings, LIMIT_JSON_BYTES);
    ERR_TRY(train_options(c, &o, rules, LIMIT_LINK_RULES, e));
    enum err_code code = link_model_read(cli_opt(c, "settings"), &model, e);
    if (code == ERR_OK)
        code = link_table_read_with(c->args, c->n_args, &(struct link_read_options){.threads = o.threads}, &table, e);
    if (code == ERR_OK)
        code = link_train(model, table, &o, &json, &warnings, e);
    if (code == ERR_OK)
        code = cli_output(c, cli_opt(c, "output"), e);
    if (code == ERR_OK) {
        (void)fwrite(json.p, 1, json.n, c->out); /* the door checks the stream */
        (void)fwrite(warnings.n ? warnings.p : "", 1, warnings.n, stderr); /* advice: a lost line changes nothing */
    }
    link_table_free(table);
    link_model_free(model);
    return code;
}

/* ---- the table ---- */

#define MODEL_OPTION {"model", "M.json", "a Splink settings or model file (Splink 4 or 5)", true, false}
#define THRESHOLD_OPTION {"threshold-weight", "W", "least match weight (log2)", false, false}
#define RUN_OPTIONS                                                                                   \
    {"threads", "N", "how many threads (as many as there are processors when not given); the result is the same", false, false},    \
    {"cross-join", NULL, "allow a blocking rule without an equality to pair all records", false, false}
#define METHOD_OPTION {"method", "METHOD", "components, ordered or best-link; the model's own when not given, else components", false, false}
#define OUTPUT_OPTION {"output", "FILE", "where to write (-o; standard output when not given)", false, false}
#define END_OPTION {NULL, NULL, NULL, false, false}

static const struct cli_option predict_options[] = {MODEL_OPTION, THRESHOLD_OPTION, RUN_OPTIONS, OUTPUT_OPTION, END_OPTION};
static const struct cli_option cluster_options[] = {MODEL_OPTION, THRESHOLD_OPTION, METHOD_OPTION, RUN_OPTIONS, OUTPUT_OPTION, END_OPTION};
static const struct cli_option evaluate_options[] = {
    MODEL_OPTION, {"truth", "COLUMN", "the column that says who is who", true, false}, THRESHOLD_OPTION,
    {"on", "WHAT", "clusters (when not given) or edges", false, false},
    {"oracle", NULL, "print beside it the best that any weights could do with the same comparisons", false, false}, METHOD_OPTION, RUN_OPTIONS, END_OPTION};
static const struct cli_option explain_options[] = {MODEL_OPTION, {"pair", "ID,ID", "the two records", true, false}, END_OPTION};
static const struct cli_option train_options_list[] = {
    {"settings", "S.json", "a Splink settings or model file: what it states and fixes stays", false, false},
    {"auto", NULL, "choose columns, comparisons, blocking, weights and threshold by itself, and say why", false, false},
    {"deterministic", "RULE", "a rule that hardly any pair but true ones satisfies, for the prior; may be repeated", false, true},
    {"recall", "R", "share of true pairs that the deterministic rules find (1 when not given)", false, false},
    {"em", "RULE", "a blocking rule for one EM session; may be repeated", false, true},
    {"max-pairs", "N", "random pairs for u (10,000,000 when not given)", false, false},
    {"seed", "N", "of the random sample (1 when not given)", false, false},
    {"threads", "N", "how many threads (as many as there are processors when not given); the result is the same", false, false},
    OUTPUT_OPTION, END_OPTION};
static const struct cli_option blocking_options[] = {MODEL_OPTION, RUN_OPTIONS, END_OPTION};

const struct cli_command cli_link[] = {
    {"link predict", "A.csv [B.csv …]", "compare records and give the pairs with their match weights",
     "Writes match_weight, match_probability, the two ids, a gamma a comparison and the match_key (number of the blocking rule) as CSV, with Splink's names. "
     "An empty cell is NULL; several files get a column source_dataset.",
     predict_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_predict},
    {"link cluster", "A.csv [B.csv …]", "compare records and give the clusters",
     "Writes cluster_id (the least id of the cluster) and the id of each record as CSV. The threshold is the model's (haven_threshold_weight) when not given.",
     cluster_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_cluster},
    {"link train", "A.csv [B.csv …]", "estimate a model's prior, u and m from the records themselves, without labels",
     "As Splink: the prior from deterministic rules and their recall, u from random pairs, m by expectation-maximisation, the median over the sessions. What cannot be trusted is told on stderr, a line each. "
     "With --auto nothing is asked: columns, comparisons, blocking, weights, vetoes, threshold and clustering are chosen from the files, and each choice is told with its reason (a table with --json).",
     train_options_list, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_train},
    {"link evaluate", "A.csv [B.csv …]", "measure a model against the truth: pairwise precision, recall, F1, and B-cubed F1",
     "On clusters at the model's threshold, or on edges.", evaluate_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_evaluate},
    {"link explain", "A.csv [B.csv …]", "show how the weight of one pair comes about", "One line a comparison: the level that holds, its weight, the adjustment by frequency, the sum so far.",
     explain_options, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_explain},
    {"link blocking", "A.csv [B.csv …]", "count the comparisons of each blocking rule, and its blocks, without comparing",
     "A pair counts for the first rule that brings it. Blocks over a rule's haven_max_block are left out and counted apart.", blocking_options, CLI_NEEDS_NOTHING, 1,
     SIZE_MAX, run_blocking},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
