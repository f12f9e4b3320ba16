/* link_job.c: see link_job.h. */
#include "cli/link_job.h"

#include <malloc.h>
#include <math.h>
#include <sched.h>

#define MAPPED_FROM (256 << 10) /* bytes: an allocation of so many is its own mapping */

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
#ifdef __GLIBC__ /* a table's memory goes back when it is freed; glibc would, after the first large one, keep up to 32 MB of each kind for later */
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
#endif
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
    if (id < 0)
        return err_set(e, ERR_FORMAT, "the files have no column %.*s (the model's unique_id_column_name)", STR_ARG(link_model_unique_id(j->model)));
    j->id = (size_t)id;
    j->source = link_model_source_dataset(j->model).p ? link_source_column(j->model, j->table) : -1;
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

enum err_code link_job_method(const struct cli *c, const struct link_job *j, enum link_cluster_method *ret, struct err *e)
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

static enum err_code cluster_room(const struct link_job *j, size_t n, uint32_t **ret, struct err *e)
{
    *ret = calloc(link_table_rows(j->table) * n + 1, sizeof **ret);
    return *ret ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for the clusters");
}

static void tell_skipped(size_t skipped)
{
    if (skipped)
        fprintf(stderr, "haven: %zu components of more than %d records were not looked through for vetoes\n", skipped, LIMIT_LINK_VETO_ROWS);
}

enum err_code link_job_clusters(struct cli *c, struct link_job *j, double threshold, struct link_edges *edges, uint32_t **ret_cluster, double *ret_threshold,
                                struct err *e)
{
    struct link_options o;
    struct link_cluster_options co = {.model = j->model};
    size_t skipped = 0;
    ERR_TRY(link_job_method(c, j, &co.method, e));
    ERR_TRY(link_job_options(c, j, threshold, &o, e));
    ERR_TRY(link_predict(j->model, j->table, &o, link_edges_keep, edges, NULL, e));
    co.threshold_weight = *ret_threshold = o.threshold_weight;
    ERR_TRY(cluster_room(j, 1, ret_cluster, e));
    link_job_tell_left_out(j);
    ERR_TRY(link_cluster_vetoed(j->table, edges->items, edges->n, &co, *ret_cluster, &skipped, e));
    tell_skipped(skipped);
    return ERR_OK;
}

enum err_code link_job_clusters_each(struct cli *c, struct link_job *j, const double *thresholds, size_t n, struct link_edges *edges, uint32_t **ret_cluster, struct err *e)
{
    struct link_options o;
    struct link_cluster_options co = {.model = j->model};
    size_t skipped = 0;
    ERR_TRY(link_job_method(c, j, &co.method, e));
    ERR_TRY(link_job_options(c, j, thresholds[0], &o, e));
    ERR_TRY(link_predict(j->model, j->table, &o, link_edges_keep, edges, NULL, e));
    ERR_TRY(cluster_room(j, n, ret_cluster, e));
    link_job_tell_left_out(j);
    ERR_TRY(link_cluster_each(j->table, edges->items, edges->n, &co, thresholds, n, *ret_cluster, &skipped, e));
    tell_skipped(skipped);
    return ERR_OK;
}

/* ---- several thresholds ---- */

enum err_code link_job_thresholds(const struct cli *c, double *ret, size_t *ret_n, struct err *e)
{
    struct str rest = str_of(cli_opt(c, "thresholds")), part;
    size_t n = 0;
    if (rest.p && cli_has(c, "threshold-weight"))
        return err_set(e, ERR_USAGE, "give --thresholds or --threshold-weight, not both");
    while (rest.p && str_split(&rest, ',', &part)) {
        double w;
        size_t at = n;
        if (!str_to_double(part, &w) || !(fabs(w) <= 1e6))
            return err_set(e, ERR_USAGE, "--thresholds takes match weights with commas between, such as 0,5,10");
        if (n == LIMIT_LINK_THRESHOLDS)
            return err_set(e, ERR_USAGE, "--thresholds takes at most %zu match weights", LIMIT_LINK_THRESHOLDS);
        while (at > 0 && ret[at - 1] > w)
            at--;
        if (at > 0 && ret[at - 1] == w)
            continue;
        memmove(ret + at + 1, ret + at, (n - at) * sizeof *ret);
        ret[at] = w + 0.0; /* no negative zero: it would show */
        n++;
    }
    *ret_n = n;
    return ERR_OK;
}

/* ---- records in tables ---- */

const char *link_job_name(struct cli *c, const struct link_job *j, const char *ending, bool of_dataset)
{
    struct str s = str_fmt(c->arena, "%.*s%s", STR_ARG(of_dataset ? link_model_source_dataset(j->model) : link_model_unique_id(j->model)), ending);
    const char *z = s.p ? str_z(c->arena, s) : NULL;
    return z ? z : "id"; /* no memory: the table says so when it ends */
}

size_t link_job_pair_names(struct cli *c, const struct link_job *j, const char **ret)
{
    static const char *const endings[2] = {"_l", "_r"};
    size_t n = 0;
    for (int side = 0; side < 2; side++) {
        if (j->source >= 0)
            ret[n++] = link_job_name(c, j, endings[side], true);
        ret[n++] = link_job_name(c, j, endings[side], false);
    }
    return n;
}

void link_job_cell_record(struct cli_table *t, const struct link_job *j, uint32_t row)
{
    if (j->source >= 0)
        cli_cell_str(t, link_table_value(j->table, row, (size_t)j->source));
    cli_cell_str(t, link_table_value(j->table, row, j->id));
}

struct str link_job_cluster_id(struct cli *c, const struct link_job *j, uint32_t representative)
{
    struct str id = link_table_value(j->table, representative, j->id);
    return j->source < 0 ? id : str_fmt(c->arena, "%.*s-__-%.*s", STR_ARG(link_table_value(j->table, representative, (size_t)j->source)), STR_ARG(id));
}

enum err_code link_job_truth(const struct cli *c, const struct link_job *j, uint32_t **ret, struct err *e)
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

void link_job_known_free(struct link_job_known *k)
{
    free(k->truth);
    link_labels_free(&k->labels);
}

enum err_code link_job_known_open(struct cli *c, struct link_job *j, bool must, struct link_job_known *k, struct err *e)
{
    const char *column = cli_opt(c, "truth"), *path = cli_opt(c, "labels");
    k->least = 0.5;
    if ((column && path) || (must && !column && !path))
        return err_set(e, ERR_USAGE, "say what is true: --truth COLUMN (a column of the files), or --labels PAIRS.csv, one of the two");
    if (!path && cli_has(c, "score"))
        return err_set(e, ERR_USAGE, "--score belongs to --labels");
    ERR_TRY(cli_opt_double(c, "score", 0, 1, &k->least, e));
    ERR_TRY(link_job_open(c, j, column ? str_of(column) : STR_NONE, e));
    if (column)
        return link_job_truth(c, j, &k->truth, e);
    return path ? link_labels_read(path, j->model, j->table, &k->labels, e) : ERR_OK;
}
