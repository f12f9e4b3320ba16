/* linkage.h: the record-linkage engine (Fellegi-Sunter with term frequencies), compatible with Splink models.
 *
 * It knows tables of text, models and pairs; no people, no database, no network. One stage a file:
 *   read (CSV to table) -> encode (dictionaries, derived values) -> block (pairs worth comparing) -> compare (levels) ->
 *   score (weights) -> cluster -> explain, evaluate.
 * Names are Splink's: comparison, comparison level, gamma, m and u probability, match weight (log2), match key (which blocking rule).
 *
 * Promises: same input, same bytes out (fixed summation order, no threads visible in results); the result does not depend on the order of rows beyond
 * their ids; no allocation per pair; a condition that is not supported is an error at load that shows the text, the place and what is
 * missing, never a guess.
 *
 * Text semantics are DuckDB's (reference in docs/linkage.md): edit distances, Jaro and substr count characters, three-valued logic.
 * An empty cell is NULL. */
#ifndef HAVEN_LINKAGE_LINKAGE_H
#define HAVEN_LINKAGE_LINKAGE_H

#include "base/base.h"

struct link_model;

/* ---- tables ---- */

/* Columns of text, dictionary-encoded as rows are added. Row numbers are 0-based in order of adding. */
struct link_table;

enum err_code link_table_new(const struct str *columns, size_t n_columns, size_t memory_limit_bytes,
                             struct link_table **ret, struct err *e);
void link_table_free(struct link_table *t);
/* n_columns values; a slice without pointer or of length 0 is NULL. Copies. */
enum err_code link_table_add(struct link_table *t, const struct str *values, struct err *e);
/* Reads whole CSV files (header row; same columns in any order). With several files the column source_dataset is added: file name without path and
 * extension. A record that is not RFC 4180, or has another number of fields than the header, refuses everything: file:line, never a value. */
enum err_code link_table_read(const char *const *paths, size_t n_paths, struct link_table **ret, struct err *e);
/* The same with a part of the columns, by several threads: rows and codes are the same whatever their number. */
struct link_read_options {
    const struct str *columns; /* which to keep; NULL: all; names that no file has are passed over */
    size_t n_columns;
    struct str id;             /* the column of ids: a record without one refuses everything; STR_NONE: none */
    bool id_apart;             /* ids are only given out, not compared: each gets a code of its own, which saves the looking for equal ones */
    unsigned threads;          /* 0 or 1: one. As many make the table ready for a model: derived columns, ids, blocks */
};
/* What a job with this model needs of its files: the columns that it names, `also` (STR_NONE: none), ids and datasets. In the arena. */
enum err_code link_read_options_of(const struct link_model *m, struct str also, struct arena *a, struct link_read_options *ret, struct err *e);
enum err_code link_table_read_with(const char *const *paths, size_t n_paths, const struct link_read_options *o, struct link_table **ret, struct err *e);
size_t link_table_rows(const struct link_table *t);
size_t link_table_n_columns(const struct link_table *t);
struct str link_table_column_name(const struct link_table *t, size_t column);
ptrdiff_t link_table_column(const struct link_table *t, struct str name); /* -1 when absent */
struct str link_table_value(const struct link_table *t, size_t row, size_t column); /* STR_NONE: NULL */
/* A number that is the same for equal values of the column; 0: NULL. */
uint32_t link_table_code(const struct link_table *t, size_t row, size_t column);
/* Adds a column of row numbers from 1 ("1", "2", …; of the whole table). ERR_FORMAT when there is a column of that name. */
enum err_code link_table_number_rows(struct link_table *t, struct str name, struct err *e);
ptrdiff_t link_table_find(const struct link_table *t, size_t column, struct str value); /* first row with it; -1 */

/* ---- models ---- */

/* How edges become clusters. */
enum link_cluster_method {
    LINK_CLUSTER_COMPONENTS, /* connected components at the threshold, as Splink */
    LINK_CLUSTER_ORDERED,    /* by falling weight, joined unless a veto or a "no" forbids; ties by id */
    LINK_CLUSTER_BEST_LINK,  /* by falling weight, no two rows of one dataset in a cluster (at most 64 datasets) */
};

struct link_model;

/* Splink 4 or 5 settings or trained-model JSON, plus Haven's own keys, all optional:
 *   "haven_term_frequencies": {"surname": {"smith": 0.013, ...}} or {"surname": "FILE.csv"} (column value,frequency): a population table used instead of the data's own
 *      frequencies (so that what happens to be loaded does not matter); "haven_term_frequency_default": {"surname": 1e-6} for values not in it;
 *   "haven_threshold_weight": the recommended threshold for clusters.
 * `dir` resolves FILE.csv; for built-in models it is NULL and `files` answers. */
enum err_code link_model_parse(struct str json, const char *dir, struct link_model **ret, struct err *e);
enum err_code link_model_read(const char *path, struct link_model **ret, struct err *e);
/* The model that is built into the program for people (models/person.json with its tables). Its columns: link_person_columns. */
enum err_code link_model_person(struct link_model **ret, struct err *e);
void link_model_free(struct link_model *m);
/* Appends the model as JSON without Haven's own keys, which Splink refuses, and to ret_lost a line for each that is left out: what it changes. ERR_UNSUPPORTED when a level calls a
 * function that only Haven has. */
enum err_code link_model_for_splink(const struct link_model *m, struct buf *ret_json, struct buf *ret_lost, struct err *e);
double link_model_threshold(const struct link_model *m); /* recommended threshold weight; 20 when the model states none */
/* How clusters are made when the caller does not say (haven_cluster_method; components when the model states none). */
enum link_cluster_method link_model_method(const struct link_model *m);
/* haven_row_numbers: the id is the row's number, a column that link_table_number_rows adds. */
bool link_model_numbers_rows(const struct link_model *m);
double link_model_prior_weight(const struct link_model *m); /* log2 odds that two records of the model's population are one */
struct str link_model_hash(const struct link_model *m);  /* hex, of its canonical text: names the model in decisions and ledgers */

struct str link_model_unique_id(const struct link_model *m);      /* name of the id column */
struct str link_model_source_dataset(const struct link_model *m); /* name of the dataset column; STR_NONE for dedupe_only */
/* The table's column of datasets: the one that the model names, else source_dataset; -1: neither is there. */
ptrdiff_t link_source_column(const struct link_model *m, const struct link_table *t);
bool link_model_links_only(const struct link_model *m);           /* link_only: no pair within a dataset */
size_t link_model_n_rules(const struct link_model *m);
struct str link_model_rule(const struct link_model *m, size_t i); /* its text */

/* A level as it scores, defaults filled in. */
struct link_level {
    struct str label, condition;
    int gamma;            /* -1: a null level, which weighs nothing */
    double m, u;
    double match_weight;  /* log2(m/u); 0 on a null level */
    bool m_stated, u_stated; /* not a default that stands for an untrained level */
    bool m_unseen, u_unseen; /* training met no pair of it */
    struct str tf_column; /* the column whose frequencies adjust it; STR_NONE: none */
};
size_t link_model_n_levels(const struct link_model *m, size_t comparison);
void link_model_level(const struct link_model *m, size_t comparison, size_t level, struct link_level *ret);
/* Columns that the model reads, and whether a comparison reads one. */
size_t link_model_n_columns(const struct link_model *m);
struct str link_model_column(const struct link_model *m, size_t i);
bool link_model_reads(const struct link_model *m, size_t comparison, size_t column);

/* What a level with tf_column adds for two records that share a value. *ret: malloc'ed, for the caller to free, a value each that the table has, the most frequent
 * first (then by value); values are the table's own bytes only while it lives. */
struct link_frequency {
    uint32_t row; /* the first that has the value */
    double frequency, adjustment;
};
enum err_code link_frequencies(const struct link_model *m, const struct link_table *t, size_t comparison, size_t level, struct link_frequency **ret,
                               size_t *ret_n, struct err *e);

/* Columns that the person model reads. Values are given as the caller has them after cleaning: names folded (text_fold), dates YYYY-MM-DD, postcodes "OUT IN",
 * phones E.164, e-mails lower-case, identifiers canonical. Lists are JSON arrays. company*: of a mention without an address of its own, those who are named
 * in the same record, and where they live: a list, and one postcode to block by (people fills them). */
#define LINK_PERSON_COLUMNS(X) \
    X(unique_id)               \
    X(given_name)              \
    X(middle_names)            \
    X(surname)                 \
    X(former_surname)          \
    X(dob)                     \
    X(sex)                     \
    X(postcode)                \
    X(address_line)            \
    X(phone)                   \
    X(email)                   \
    X(nhs_number)              \
    X(pnc_id)                  \
    X(cro_number)              \
    X(noms_number)             \
    X(crn)                     \
    X(nino)                    \
    X(upn)                     \
    X(company_postcode)        \
    X(company)
enum link_person_column {
#define X(name) LINK_PERSON_##name,
    LINK_PERSON_COLUMNS(X)
#undef X
        LINK_PERSON_N
};
extern const struct str link_person_columns[LINK_PERSON_N];

/* ---- predict ---- */

struct link_edge {
    uint32_t l, r;       /* rows; id of l is bytewise less than id of r (link_only of two tables: l from the first) */
    double match_weight; /* log2 */
    uint16_t match_key;  /* index of the first blocking rule that brings the pair */
};

/* What a blocking rule brought. A rule may state "haven_max_block": blocks of more records are left out, and counted here. */
struct link_rule_count {
    struct str rule;                       /* its text */
    uint64_t pairs;                        /* that no earlier rule brought */
    uint64_t blocks, largest_block;        /* of at least two records */
    uint64_t left_out_blocks, left_out_pairs;
};

struct link_options {
    double threshold_weight;      /* edges below are not given; -INFINITY for all */
    const uint8_t *fresh;         /* NULL, or one byte a row: only pairs in which at least one row is fresh */
    unsigned threads;             /* 0 or 1: one */
    bool allow_cross_join;        /* else a rule without an equality over many rows is refused */
    struct progress *progress;    /* may be NULL; when it says no: ERR_STOPPED, all threads ended */
    struct link_rule_count *ret_rules; /* may be NULL; one a rule of the model */
};

/* Gives edges in a fixed order (by rule, then block, then rows). The sink may stop the run by returning a code other than ERR_OK. */
typedef enum err_code link_edge_sink(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e);
enum err_code link_predict(const struct link_model *m, const struct link_table *t, const struct link_options *o,
                           link_edge_sink *sink, void *ctx, uint64_t *ret_pairs_compared, struct err *e);

/* Counts the pairs of each rule without comparing them: ret has link_model_n_rules() items. */
enum err_code link_blocking(const struct link_model *m, const struct link_table *t, const struct link_options *o,
                            struct link_rule_count *ret, struct err *e);

/* Edges kept: link_edges_keep is a link_edge_sink whose ctx is one of these, {0} at first. */
struct link_edges {
    struct link_edge *items;
    size_t n, cap;
};
enum err_code link_edges_keep(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e);
void link_edges_free(struct link_edges *x);

size_t link_model_n_comparisons(const struct link_model *m);
struct str link_model_comparison_name(const struct link_model *m, size_t i);

struct link_cannot { /* a pair of rows; in clustering: rows that must not (or must) end in one cluster */
    uint32_t l, r;
};

/* ---- training, as Splink does ---- */

struct link_train_options {
    const struct str *deterministic; /* rules that hold for nearly no pair but true ones; none: the model's prior stands */
    size_t n_deterministic;
    double recall;                   /* share of true pairs for which some of them holds, (0, 1] */
    const struct str *em;            /* one session of expectation-maximisation each: a blocking rule */
    size_t n_em;
    struct str label_column;         /* m also from the pairs that share a value of this column; STR_NONE: none */
    const struct link_cannot *label_pairs; /* and from these pairs, all of one person each */
    size_t n_label_pairs;
    bool without_frequencies;        /* adjustments by frequency play no part in EM: faster, a little different (Splink's estimate_without_term_frequencies) */
    bool u_exact;                    /* u over all pairs, by value frequencies, where a comparison's values are few enough; else, and for the others, from random pairs */
    uint64_t u_pairs;                /* most random pairs for u, and most comparisons of values for a comparison's exact u; 0: 10,000,000 */
    uint64_t seed;                   /* of the sample of records */
    unsigned threads;
    struct progress *progress;
};
/* Estimates the prior from the deterministic rules, u from all or from random pairs, m from labels and by EM sessions (the median over all of them; a comparison that reads a session's columns
 * sits it out), and appends the trained model as JSON to ret_json. What cannot be trusted is told in
 * ret_warnings, a line each. Levels with fix_m_probability or fix_u_probability keep their values. The sample depends on
 * ids and seed alone, so the result does not depend on the order of rows. */
enum err_code link_train(struct link_model *m, const struct link_table *t, const struct link_train_options *o, struct buf *ret_json,
                         struct buf *ret_warnings, struct err *e);

/* ---- training without asking ---- */

struct link_auto_options {
    uint64_t seed;
    unsigned threads;
    struct progress *progress;
    bool linked; /* several datasets in the table (column source_dataset) */
};
/* Looks at the table, decides what its columns are, chooses comparisons, vetoes, blocking rules, clustering and threshold, and estimates all weights, without labels and without a setting
 * (docs/linkage.md, "Training without asking"). Appends the model as JSON to ret_json, and to ret_told a line a choice: what, about what, why, with tabs between.
 * The table gets a column of row numbers when none of its own tells the records apart. Errors: nothing to compare, an id that repeats, no pair to compare. */
enum err_code link_train_auto(struct link_table *t, const struct link_auto_options *o, struct buf *ret_json, struct buf *ret_told, struct err *e);

/* ---- one pair, explained ---- */

struct link_reason {
    struct str comparison;   /* output column name */
    struct str level;        /* label of the level that held */
    int gamma;
    double match_weight;     /* of the level, log2(m/u) */
    double tf_adjustment;    /* log2, 0 without */
};
struct link_explanation {
    double prior_weight, match_weight, match_probability;
    struct link_reason *reasons; /* one a comparison, model order */
    size_t n;
    ptrdiff_t match_key; /* first blocking rule that holds, -1 when none does */
};
/* In the arena; values of the table are not copied into it (no personal text). */
enum err_code link_explain(const struct link_model *m, const struct link_table *t, size_t row_l, size_t row_r,
                           struct arena *a, struct link_explanation *ret, struct err *e);

/* The probability that belongs to a log2 weight. */
double link_probability(double match_weight);

/* Weight of each pair and the first blocking rule that holds for it (-1: none), as link_predict would give them. A row may be paired with itself: the weight of two records
 * with all its values. */
enum err_code link_score_pairs(const struct link_model *m, const struct link_table *t, const struct link_cannot *pairs, size_t n,
                               double *ret_match_weight, int16_t *ret_match_key, struct err *e);
/* Jaro-Winkler similarity as in the models, for searching by name. */
double link_jaro_winkler(struct str a, struct str b);

/* ---- clusters ---- */

struct link_cluster_options {
    enum link_cluster_method method;
    double threshold_weight;
    const struct link_model *model; /* names the id and dataset columns; NULL: column unique_id, one dataset */
    const struct link_cannot *cannot; /* ordered only */
    size_t n_cannot;
    const struct link_cannot *must; /* ordered only: joined first, in this order; a `must` beats the threshold and vetoes, a `cannot` beats a `must` */
    size_t n_must;
    /* ordered only: per row a veto key in each of n_veto columns (0: none); two clusters with different keys in one column are not joined */
    const uint64_t *const *veto;
    size_t n_veto;
    const uint64_t *order_key; /* NULL (ties by row id as bytes) or a key a row for ties */
};
/* Pairs of rows of one connected component at the threshold that the model vetoes (haven_veto), also those that no blocking rule brings: `cannot` for ordered clusters.
 * *ret: malloc'ed, for the caller to free. Components of more than LIMIT_LINK_VETO_ROWS rows are not looked through; ret_skipped counts them. */
enum err_code link_vetoes(const struct link_model *m, const struct link_table *t, const struct link_edge *edges, size_t n_edges, double threshold_weight,
                          struct link_cannot **ret, size_t *ret_n, size_t *ret_skipped, struct err *e);
/* Clusters by the options' method with the model's vetoes (components know none). Ordered and best-link: a vetoed pair is a `cannot`, and of a record's edges to two ends that may not come together none that is within 12 bits of the other is taken (its
 * weight in `edges` becomes -INFINITY): which of the two it is, the record does not say. Best-link: two records of one dataset may not come together either, and there 1 bit decides. The options' own `cannot`
 * are not looked at. */
enum err_code link_cluster_vetoed(const struct link_table *t, struct link_edge *edges, size_t n_edges, const struct link_cluster_options *o, uint32_t *ret_cluster,
                                  size_t *ret_skipped, struct err *e);
/* ret_cluster[row]: the representative of the row's cluster, which is its row of bytewise smallest id. */
enum err_code link_cluster(const struct link_table *t, const struct link_edge *edges, size_t n_edges,
                           const struct link_cluster_options *o, uint32_t *ret_cluster, struct err *e);
/* Clusters at each of n thresholds from one set of edges, by the options' method (with the model's vetoes unless it is components). ret_cluster: n times the table's rows, one threshold after the other;
 * ret_skipped: components not looked through for vetoes, at all thresholds together. The edges stay as they are. */
enum err_code link_cluster_each(const struct link_table *t, const struct link_edge *edges, size_t n_edges, const struct link_cluster_options *o, const double *thresholds, size_t n,
                                uint32_t *ret_cluster, size_t *ret_skipped, struct err *e);

/* ---- evaluation ---- */

struct link_scores {
    uint64_t true_pairs, found_pairs, right_pairs;
    double precision, recall, f1, bcubed_precision, bcubed_recall, bcubed_f1;
};
/* Pairwise and B-cubed agreement of a partition with a truth (label a row; equal labels are one person). */
void link_evaluate_clusters(const uint32_t *cluster, const uint32_t *truth, size_t n, struct link_scores *ret);

/* The best that any weights could do with the model's rules and levels, from the truth: pairs of one pattern of levels are one to a model. */
struct link_oracle {
    uint64_t pairs, right_pairs, patterns; /* that the rules bring; true ones of them; different patterns */
    double edges_f1;                       /* bound on edges: the purest patterns, cut where F1 is best */
    struct link_scores clusters;           /* best clusters from edges weighed by their pattern's purity */
};
enum err_code link_oracle(const struct link_model *m, const struct link_table *t, const uint32_t *truth, const struct link_options *options, uint64_t true_pairs,
                          struct link_oracle *ret, struct err *e);

/* True pairs that a model may look for: those of equal labels, without those within one dataset when it is link_only. */
enum err_code link_true_pairs(const struct link_model *m, const struct link_table *t, const uint32_t *truth, uint64_t *ret, struct err *e);
/* All pairs that the model's link type allows. */
enum err_code link_all_pairs(const struct link_model *m, const struct link_table *t, uint64_t *ret, struct err *e);

/* Scores of pairs whose truth is known, counted by match weight; pairs are given one by one, in any order, and none is kept. */
struct link_accuracy;
/* `step`: weights are rounded to its multiples (Splink's match_weight_round_to_nearest, there 0.1); 0.01 to 10. */
enum err_code link_accuracy_new(double step, struct link_accuracy **ret, struct err *e);
void link_accuracy_free(struct link_accuracy *a);
void link_accuracy_add(struct link_accuracy *a, double match_weight, bool is_match);
/* n pairs that no blocking rule brings: under every threshold. */
void link_accuracy_missed(struct link_accuracy *a, uint64_t n, bool are_matches);
/* What happens at a threshold: pairs at or above it are taken. Rates are Splink's (accuracy_analysis_from_labels_*); those of nothing are 1 (precision, npv), 0 (phi) or NaN. */
struct link_accuracy_row {
    double threshold_weight, match_probability;
    uint64_t p, n, tp, tn, fp, fn;
    double tp_rate, tn_rate, fp_rate, fn_rate, precision, recall, specificity, npv, accuracy, f1, f2, f0_5, p4, phi;
};
/* A row for each threshold that some pair has, rising. */
enum err_code link_accuracy_rows(const struct link_accuracy *acc, struct arena *a, struct link_accuracy_row **ret, size_t *ret_n, struct err *e);
/* All pairs of the model's rules, and true pairs that they do not bring, against labels (equal labels: one person). Pairs that no rule brings and that are no match count as well: as rightly left out. */
enum err_code link_accuracy_of_labels(const struct link_model *m, const struct link_table *t, const uint32_t *truth, const struct link_options *o, struct link_accuracy *ret,
                                      struct err *e);

/* The same against n labelled pairs; those that no rule brings are scored as under every threshold. */
enum err_code link_accuracy_of_pairs(const struct link_model *m, const struct link_table *t, const struct link_cannot *pairs, const bool *is_match, size_t n, struct link_accuracy *ret,
                                     struct err *e);

/* Pairs whose truth somebody has said. */
struct link_labels {
    struct link_cannot *pairs;
    double *score; /* by pair: 0 (two persons) to 1 (one person) */
    size_t n;
};
/* Reads them from a CSV with Splink's columns: the id's name with _l and _r, clerical_match_score, and, where datasets share ids, the dataset's name with _l and _r. Errors name file and line, never a value:
 * a column missing, an id that no record has or that records of several datasets have, a record paired with itself, a score that is none. */
enum err_code link_labels_read(const char *path, const struct link_model *m, const struct link_table *t, struct link_labels *ret, struct err *e);
void link_labels_free(struct link_labels *l);
/* Pairs with a score of `least` or more are matches. */
enum err_code link_accuracy_of_scores(const struct link_model *m, const struct link_table *t, const struct link_labels *labels, double least, struct link_accuracy *ret, struct err *e);

/* Pairs that a model gets wrong at a threshold (Splink's prediction_errors_from_labels_*): taken and no match, or a match and not taken. Taken is what weighs at least the threshold and what some rule brings,
 * as in link_accuracy. */
struct link_mistake {
    uint32_t l, r;
    double match_weight;
    int16_t match_key;   /* -1: no rule brings it */
    bool false_positive; /* else a false negative */
};
struct link_mistakes {
    struct link_mistake *items; /* false positives by falling weight, then false negatives by rising weight; ties by id */
    size_t n, false_positives;
};
/* Against labels (equal labels: one person), at the options' threshold. ERR_LIMIT over LIMIT_LINK_MISTAKES. */
enum err_code link_mistakes_of_labels(const struct link_model *m, const struct link_table *t, const uint32_t *truth, const struct link_options *o, struct link_mistakes *ret, struct err *e);
enum err_code link_mistakes_of_scores(const struct link_model *m, const struct link_table *t, const struct link_labels *labels, double least, double threshold_weight,
                                      struct link_mistakes *ret, struct err *e);
void link_mistakes_free(struct link_mistakes *x);

/* ---- looking ---- */

/* The largest blocks of a rule: which values make most of its comparisons. Before what the rule says besides equalities. */
struct link_block {
    size_t part;          /* a rule's ORs written out are parts: blocks are of one */
    struct str *keys;     /* the values, one an equality, in the rule's order; in the arena */
    size_t n_keys;
    uint64_t count_l, count_r, block_count; /* Splink's: records on either side (all of them on both, unless a link_only model has two datasets), and their product */
    uint64_t comparisons;                   /* that its equalities bring (of a link_only model of several datasets also those within one) */
};
/* At most n, by falling block_count, ties by part and keys; n up to LIMIT_LINK_BLOCKS_SHOWN. A part without an equality is one block without keys. ERR_UNSUPPORTED: the rule explodes lists. */
enum err_code link_largest_blocks(const struct link_model *m, const struct link_table *t, size_t rule, size_t n, struct arena *a, struct link_block **ret, size_t *ret_n, struct err *e);

struct link_completeness {
    struct str dataset; /* STR_NONE: the only one */
    uint64_t rows, missing;
};
struct link_value_count {
    struct str value;
    uint64_t n;
};
struct link_value_share { /* of the rows with a value, this share has one that is had by fewer than n rows (Splink's percentile_ex_nulls; 1 less the share of rows at or over n) */
    double of_filled, of_all;
    uint64_t n;
};
struct link_column_profile {
    struct str column;
    uint64_t rows, missing, distinct;
    struct link_completeness *datasets; /* by name */
    size_t n_datasets;
    struct link_value_count *most, *least; /* most frequent first, and least frequent first; ties by value */
    size_t n_most, n_least;
    struct link_value_share *curve; /* by falling n */
    size_t n_curve;
};
/* How full a column is and how its values are spread. `source`: the column of datasets, or -1. At most n_values most and least frequent values. In the arena. */
enum err_code link_profile(const struct link_table *t, size_t column, ptrdiff_t source, size_t n_values, struct arena *a, struct link_column_profile *ret, struct err *e);

/* Records that could not be linked even to themselves: `share` of them weigh match_weight (rounded as Splink's unlinkables: probability to 5 digits, weight to 2), `cumulative` that or less. */
struct link_unlinkable {
    double match_weight, match_probability, share, cumulative;
};
/* Weight of each record against itself: what a record with all its values would weigh; ret_weight is as long as the table. */
enum err_code link_self_weights(const struct link_model *m, const struct link_table *t, double *ret_weight, struct err *e);
/* By rising probability, below 1. In the arena. */
enum err_code link_unlinkables(const struct link_model *m, const struct link_table *t, struct arena *a, struct link_unlinkable **ret, size_t *ret_n, struct err *e);

/* Match weights counted in bins, for pairs given one by one. */
struct link_histogram;
struct link_bin {
    double low, high; /* low <= weight < high */
    uint64_t n;
};
enum err_code link_histogram_new(struct link_histogram **ret, struct err *e);
void link_histogram_free(struct link_histogram *h);
void link_histogram_add(struct link_histogram *h, double match_weight);
/* About `n` bins, of a round width (Splink's widths); empty ones are left out. */
enum err_code link_histogram_bins(const struct link_histogram *h, size_t n, struct arena *a, struct link_bin **ret, size_t *ret_n, struct err *e);

/* The graph of edges at or above a threshold whose two records are in one cluster: what looks odd in it is worth a reviewer's time (Splink's graph metrics). */
struct link_cluster_shape {
    uint32_t cluster, n_records;
    uint64_t n_edges, n_bridges;
    double density;        /* edges of all possible ones; NaN: one record */
    double centralisation; /* 1: a star; NaN: under three records */
};
struct link_graph {
    uint32_t *degree; /* by row: its edges */
    double *centrality; /* by row: edges of all possible ones */
    uint8_t *bridge;    /* by edge as given: without it the cluster falls in two; 0 too for edges that do not count */
    struct link_cluster_shape *clusters; /* by row of their representative */
    size_t n_clusters;
};
enum err_code link_graph_new(const struct link_table *t, const struct link_edge *edges, size_t n_edges, double threshold_weight, const uint32_t *cluster, struct link_graph *ret,
                             struct err *e);
void link_graph_free(struct link_graph *g);

#endif
