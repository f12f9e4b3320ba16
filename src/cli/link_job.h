/* link_job.h: what the commands of haven link share: the model and the table of all files, edges kept in memory, clusters, options that read alike. */
#ifndef HAVEN_CLI_LINK_JOB_H
#define HAVEN_CLI_LINK_JOB_H

#include "cli/cli.h"
#include "linkage/linkage.h"

#include <stdlib.h>

/* What nearly every command needs: the model and one table of all files. */
struct link_job {
    struct link_model *model;
    struct link_table *table;
    size_t id;        /* column */
    ptrdiff_t source; /* column; -1 with one dataset */
    struct link_rule_count *rules;
    unsigned threads;
};
/* --model, --threads and the files. `also`: a column that is read besides those that the model names; STR_NONE: none. */
enum err_code link_job_open(struct cli *c, struct link_job *j, struct str also, struct err *e);
void link_job_close(struct link_job *j);
#define _cleanup_link_job_ __attribute__((cleanup(link_job_close)))

/* --threads, or as many as there are processors for this process: the result is the same. */
enum err_code link_job_threads(const struct cli *c, unsigned *ret, struct err *e);
/* `threshold` stands when --threshold-weight is not given. */
enum err_code link_job_options(struct cli *c, struct link_job *j, double threshold, struct link_options *o, struct err *e);
/* Blocks that a rule's own limit left out are told on stderr, never silent. */
void link_job_tell_left_out(const struct link_job *j);
enum err_code link_job_find(const struct link_job *j, struct str id, size_t *ret_row, struct err *e);

#define _cleanup_link_edges_ __attribute__((cleanup(link_edges_free)))

static inline void link_job_numbers_free(uint32_t **p) { free(*p); }
#define _cleanup_link_numbers_ __attribute__((cleanup(link_job_numbers_free)))
static inline void link_job_doubles_free(double **p) { free(*p); }
#define _cleanup_link_doubles_ __attribute__((cleanup(link_job_doubles_free)))

/* --thresholds W,W,...: rising, each once; *ret_n 0 when not given. Room for LIMIT_LINK_THRESHOLDS. Not beside --threshold-weight. */
enum err_code link_job_thresholds(const struct cli *c, double *ret, size_t *ret_n, struct err *e);
/* Edges at or above the least of the thresholds, and the clusters at each by --method: *ret_cluster is as long as the table for each. */
enum err_code link_job_clusters_each(struct cli *c, struct link_job *j, const double *thresholds, size_t n, struct link_edges *edges, uint32_t **ret_cluster, struct err *e);
/* --method, or the model's own. */
enum err_code link_job_method(const struct cli *c, const struct link_job *j, enum link_cluster_method *ret, struct err *e);
/* Labels of --truth, a row each; a row without one is nobody else. malloc'ed. */
enum err_code link_job_truth(const struct cli *c, const struct link_job *j, uint32_t **ret, struct err *e);

/* What is known of who is who: --truth, or --labels with --score; neither only when it need not be. Opens the job too (link_job_open), because the column must be read. */
struct link_job_known {
    uint32_t *truth; /* by row; NULL: not given */
    struct link_labels labels; /* n is 0 when not given */
    double least; /* score of a match */
};
enum err_code link_job_known_open(struct cli *c, struct link_job *j, bool must, struct link_job_known *k, struct err *e);
void link_job_known_free(struct link_job_known *k);
#define _cleanup_link_known_ __attribute__((cleanup(link_job_known_free)))

/* Edges at or above the threshold, and the clusters that they make by --method. */
enum err_code link_job_clusters(struct cli *c, struct link_job *j, double threshold, struct link_edges *edges, uint32_t **ret_cluster, double *ret_threshold,
                                struct err *e);

/* ---- records in tables ---- */

/* Name of the column of ids, or of datasets, with an ending ("_l"). */
const char *link_job_name(struct cli *c, const struct link_job *j, const char *ending, bool of_dataset);
/* Names of the columns that say which two records: datasets only where there are some. Gives how many, at most four. */
size_t link_job_pair_names(struct cli *c, const struct link_job *j, const char **ret);
/* Its dataset, where there are some, and its id. */
void link_job_cell_record(struct cli_table *t, const struct link_job *j, uint32_t row);
/* Id of a cluster from its representative, as Splink writes it. */
struct str link_job_cluster_id(struct cli *c, const struct link_job *j, uint32_t representative);

/* ---- options that several commands take ---- */

#define LINK_OPTION_MODEL {"model", "M.json", "a Splink settings or model file (Splink 4 or 5)", true, false}
#define LINK_OPTION_THRESHOLD {"threshold-weight", "W", "least match weight (log2)", false, false}
#define LINK_OPTION_THREADS {"threads", "N", "how many threads (as many as there are processors when not given); the result is the same", false, false}
#define LINK_OPTIONS_RUN \
    LINK_OPTION_THREADS, {"cross-join", NULL, "allow a blocking rule without an equality to pair all records", false, false}
#define LINK_OPTION_METHOD {"method", "METHOD", "components, ordered or best-link; the model's own when not given, else components", false, false}
#define LINK_OPTION_THRESHOLDS {"thresholds", "W,W,…", "several thresholds in one run: pairs are compared once", false, false}
#define LINK_OPTIONS_KNOWN                                                                                                                                                            \
    {"truth", "COLUMN", "the column of the files that says who is who", false, false},                                                                                               \
    {"labels", "PAIRS.csv", "instead: labelled pairs (unique_id_l, unique_id_r, clerical_match_score, and where files share ids source_dataset_l, source_dataset_r)", false, false}, \
    {"score", "S", "with --labels: the least clerical_match_score of a match (0.5 when not given)", false, false}
#define LINK_OPTION_OUTPUT {"output", "FILE", "where to write (-o; standard output when not given)", false, false}
#define LINK_OPTION_END {NULL, NULL, NULL, false, false}

#endif
