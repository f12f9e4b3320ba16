/* link_job.c: see link_job.h. */
#include "cli/link_job.h"

#include <sched.h>

void link_job_close(struct link_job *j)
{
    link_table_free(j->table);
    link_model_free(j->model);
    free(j->rules);
}

enum err_code link_job_threads(const struct cli *c, unsigned *ret, struct err *e)
{
    cpu_set_t usable;
    int64_t n = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
    ERR_TRY(cli_opt_int(c, "threads", 1, 256, &n, e));
    *ret = n > 256 ? 256 : (unsigned)n;
    return ERR_OK;
}

enum err_code link_job_open(struct cli *c, struct link_job *j, struct str also, struct err *e)
{
    struct link_read_options o;
    ERR_TRY(link_job_threads(c, &j->threads, e));
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

enum err_code link_job_options(struct cli *c, struct link_job *j, double threshold, struct link_options *o, struct err *e)
{
    *o = (struct link_options){.threshold_weight = threshold, .threads = j->threads, .progress = c->progress, .ret_rules = j->rules, .allow_cross_join = cli_has(c, "cross-join")};
    return cli_opt_double(c, "threshold-weight", -1e6, 1e6, &o->threshold_weight, e);
}

void link_job_tell_left_out(const struct link_job *j)
{
    for (size_t i = 0; i < link_model_n_rules(j->model); i++)
        if (j->rules[i].left_out_blocks)
            fprintf(stderr, "haven: blocking rule %zu left out %llu blocks over its haven_max_block (%llu pairs; largest block %llu records)\n", i,
                    (unsigned long long)j->rules[i].left_out_blocks, (unsigned long long)j->rules[i].left_out_pairs,
                    (unsigned long long)j->rules[i].largest_block);
}

enum err_code link_job_find(const struct link_job *j, struct str id, size_t *ret, struct err *e)
{
    ptrdiff_t row = link_table_find(j->table, j->id, id);
    if (row < 0)
        return err_set(e, ERR_NOT_FOUND, "no record has the id %.*s", STR_ARG(id));
    *ret = (size_t)row;
    return ERR_OK;
}

/* ---- edges and clusters ---- */

enum err_code link_job_keep_edge(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct link_job_edges *x = ctx;
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

static enum err_code cluster_method(const struct cli *c, const struct link_job *j, enum link_cluster_method *ret, struct err *e)
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

enum err_code link_job_clusters(struct cli *c, struct link_job *j, double threshold, struct link_job_edges *edges, uint32_t **ret_cluster, double *ret_threshold,
                                struct err *e)
{
    struct link_options o;
    struct link_cluster_options co = {.model = j->model};
    ERR_TRY(cluster_method(c, j, &co.method, e));
    ERR_TRY(link_job_options(c, j, threshold, &o, e));
    ERR_TRY(link_predict(j->model, j->table, &o, link_job_keep_edge, edges, NULL, e));
    co.threshold_weight = *ret_threshold = o.threshold_weight;
    *ret_cluster = malloc((link_table_rows(j->table) + 1) * sizeof **ret_cluster);
    if (!*ret_cluster)
        return err_set(e, ERR_NO_MEMORY, "no memory for the clusters");
    link_job_tell_left_out(j);
    if (co.method != LINK_CLUSTER_COMPONENTS) {
        size_t skipped;
        ERR_TRY(link_cluster_vetoed(j->table, edges->items, edges->n, &co, *ret_cluster, &skipped, e));
        if (skipped)
            fprintf(stderr, "haven: %zu components of more than %d records were not looked through for vetoes\n", skipped, LIMIT_LINK_VETO_ROWS);
        return ERR_OK;
    }
    return link_cluster(j->table, edges->items, edges->n, &co, *ret_cluster, e);
}
