/* havenlink.h: Haven's record linkage as a library.
 *
 * It links files or Arrow data without labels, by models in Splink's format (Fellegi-Sunter with term frequencies), and gives the pairs with their weights, the
 * clusters, trained models and explanations. `haven link` is made of the same code and gives the same bytes.
 *
 * The way through: a table (havenlink_table_read_csv, havenlink_table_from_stream), a model (havenlink_model_read, or havenlink_train_auto when there is none), then
 * havenlink_predict_stream or havenlink_cluster_stream. The table needs the columns that the model names, and its column of ids (unique_id, unless the model names
 * another), whose values differ; other columns may be there. Options that are NULL mean the defaults. examples/link.c is a whole program.
 *
 * Values: every value is text, typed by the model's own conditions, as in a CSV file. An empty text is NULL. A list is a JSON array. Text is UTF-8 without NUL.
 *
 * Errors: a function that can fail returns a code, HAVENLINK_OK (0) or more. It takes an error object of the caller as its last parameter, which may be NULL; on
 * failure that holds the code and one line that says what was wrong, where, and what to do, never a value of the data. Outputs are untouched on failure.
 *
 * Ownership: what a ret_ parameter gives belongs to the caller and goes back by the function that is named with it. Tables and models are counted: a stream that
 * still needs them keeps them, so they may be freed in any order. What is passed in is copied, but for Arrow objects, which are moved in, as their specification says.
 *
 * Threads: the library has no state of its own. Different handles may be used by different threads at once. One table or model may be used by several threads at once,
 * too, except for the function that frees it. A stream is for one thread at a time. Work that is asked for with several threads gives the same bytes as with one.
 *
 * Growth: structs of options start with their size and are filled by an _init function, so that a program compiled against an older header goes on working. All other
 * structs, the numbers of the codes and the names of functions stay as they are under one soname (libhavenlink.so.0). */
#ifndef HAVENLINK_H
#define HAVENLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HAVENLINK_API __attribute__((visibility("default")))

/* ---- errors ---- */

/* What a function says: fixed numbers. */
enum havenlink_code {
    HAVENLINK_OK = 0,
    HAVENLINK_USAGE = 1,       /* the call itself is wrong: an argument is missing or out of range */
    HAVENLINK_FORMAT = 2,      /* a file, a model or an array is not as it must be */
    HAVENLINK_UNSUPPORTED = 3, /* a type or an expression that the library does not know: it is named */
    HAVENLINK_LIMIT = 4,       /* a limit was exceeded: it is named */
    HAVENLINK_NOT_FOUND = 5,   /* no such record */
    HAVENLINK_CONFLICT = 6,    /* the table is in use by another job that this one would disturb */
    HAVENLINK_IO = 7,          /* a file cannot be read */
    HAVENLINK_NO_MEMORY = 8,
    HAVENLINK_STOPPED = 9,     /* a callback said so */
    HAVENLINK_INTERNAL = 10    /* a mistake of the library */
};

/* An error: the caller's, no memory behind it. Zeroed or not before the call. */
typedef struct havenlink_error {
    int32_t code;       /* enum havenlink_code */
    char message[1020]; /* one line, NUL-terminated, UTF-8 */
} havenlink_error;

/* The version of the library that runs, as "0.1.0". Static text. */
HAVENLINK_API const char *havenlink_version(void);

/* The meaning of a code in a few words. Static text, never NULL. */
HAVENLINK_API const char *havenlink_code_text(int code);

/* Frees a text that the library gave (ret_json, ret_told). NULL is nothing. */
HAVENLINK_API void havenlink_text_free(char *text);

/* ---- Arrow ---- */

/* The Arrow C data interface, as its specification has it (https://arrow.apache.org/docs/format/CDataInterface.html): other headers may have it, too. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* ---- tables ---- */

/* Records: columns of text, each value kept once. Rows count from 0 in the order in which they came. */
typedef struct havenlink_table havenlink_table;

/* Reads whole CSV files (RFC 4180, UTF-8, header row; the same columns in any order). With several files the column source_dataset is added: the file's name without
 * folder and extension.
 *
 * threads: how many may read; 0 is one. The table is the same whatever their number.
 *
 * Ownership: *ret goes back by havenlink_table_free.
 *
 * Errors: HAVENLINK_IO when a file cannot be read; HAVENLINK_FORMAT with file and line for a record that is not RFC 4180 or has another number of fields; nothing of
 * the files is kept then. */
HAVENLINK_API int havenlink_table_read_csv(const char *const *paths, size_t n_paths, unsigned threads, havenlink_table **ret, havenlink_error *e);

/* Makes a table of one Arrow struct array (a record batch), whose children are the columns.
 *
 * Types of columns: utf8, large_utf8, utf8_view, int8 to int64, uint8 to uint64, float, double, boolean (true, false), date32, date64 (YYYY-MM-DD), timestamp
 * (YYYY-MM-DD hh:mm:ss[.fraction], with +00 behind when it has a time zone), null, dictionaries of these, and lists of these (list, large_list, fixed_size_list; of lists,
 * too), which become JSON arrays. NaN and infinities are NULL. Numbers are written as shortly as reads back the same.
 *
 * Ownership: schema and array are moved in: both are released exactly once before the function returns, also when it fails.
 *
 * Errors: HAVENLINK_UNSUPPORTED for another type, with its format and the column's name; HAVENLINK_FORMAT for an array that breaks the specification where that can be seen
 * (lengths, offsets, numbers of buffers and children), for text that is not UTF-8, and for a date outside the years 1 to 9999; HAVENLINK_LIMIT for more than 512 columns or a
 * value over 1 MiB. The size of a buffer cannot be seen: it is the producer's word. */
HAVENLINK_API int havenlink_table_from_arrow(struct ArrowSchema *schema, struct ArrowArray *array, havenlink_table **ret, havenlink_error *e);

/* The same from a stream of batches, one behind the other.
 *
 * Ownership: the stream is moved in: it is released before the function returns, also when it fails.
 *
 * Errors: those of havenlink_table_from_arrow, and HAVENLINK_IO with the stream's own words when it fails. */
HAVENLINK_API int havenlink_table_from_stream(struct ArrowArrayStream *stream, havenlink_table **ret, havenlink_error *e);

/* How many rows the table has; 0 for NULL. */
HAVENLINK_API size_t havenlink_table_rows(const havenlink_table *t);

/* Gives a table back. NULL is nothing.
 *
 * Threads: nobody else may use this handle at the time or later; streams that were made with it go on. */
HAVENLINK_API void havenlink_table_free(havenlink_table *t);

/* ---- models ---- */

/* A model: comparisons with their weights, blocking rules, thresholds. It never changes. */
typedef struct havenlink_model havenlink_model;

/* Reads a Splink 4 or 5 settings or trained-model file (DuckDB or Spark dialect), with Haven's own keys if there are any. Tables that it names are looked for beside it.
 *
 * Ownership: *ret goes back by havenlink_model_free.
 *
 * Errors: HAVENLINK_IO, HAVENLINK_FORMAT, and HAVENLINK_UNSUPPORTED for a condition outside the known subset of SQL: its text, the place, what is missing. */
HAVENLINK_API int havenlink_model_read(const char *path, havenlink_model **ret, havenlink_error *e);

/* The same from JSON text of n bytes. folder: where tables that the model names are looked for; NULL: the library's own.
 *
 * Ownership: *ret goes back by havenlink_model_free; the text is copied.
 *
 * Errors: as havenlink_model_read. */
HAVENLINK_API int havenlink_model_parse(const char *json, size_t n, const char *folder, havenlink_model **ret, havenlink_error *e);

/* The model for people in the United Kingdom that is built in. Its columns and how they must be cleaned: docs/linkage.md.
 *
 * Ownership: *ret goes back by havenlink_model_free.
 *
 * Errors: HAVENLINK_NO_MEMORY. */
HAVENLINK_API int havenlink_model_person(havenlink_model **ret, havenlink_error *e);

/* The weight (log2) from which on the model takes a pair for one person; 20 when it states none. */
HAVENLINK_API double havenlink_model_threshold(const havenlink_model *m);

/* How many comparisons the model has: that many gammas belong to a pair. */
HAVENLINK_API size_t havenlink_model_n_comparisons(const havenlink_model *m);

/* The name of comparison i, counted from 0; NULL when there is none. It lives as long as the model. */
HAVENLINK_API const char *havenlink_model_comparison(const havenlink_model *m, size_t i);

/* Gives a model back. NULL is nothing.
 *
 * Threads: nobody else may use this handle at the time or later; streams that were made with it go on. */
HAVENLINK_API void havenlink_model_free(havenlink_model *m);

/* ---- linking ---- */

/* How pairs become clusters. */
enum havenlink_method {
    HAVENLINK_METHOD_OF_MODEL = 0,  /* what the model says; components when it says nothing */
    HAVENLINK_METHOD_COMPONENTS = 1, /* connected at the threshold, as Splink */
    HAVENLINK_METHOD_ORDERED = 2,    /* by falling weight, joined unless a veto of the model forbids */
    HAVENLINK_METHOD_BEST_LINK = 3   /* by falling weight, no two records of one dataset in a cluster */
};

/* Told while a long job runs: the stage in words (static text), what is done and all there is, in units of the stage; total 0: not known. Other than 0 stops the job with
 * HAVENLINK_STOPPED; its threads have ended and its memory is free when the function returns. Called by whichever thread works, one at a time; it must not call the library with
 * handles of the job. */
typedef int (*havenlink_progress_fn)(void *ctx, const char *stage, uint64_t done, uint64_t total);

/* How a job is done. Fill it by havenlink_options_init; where a function takes it, NULL means all defaults. */
typedef struct havenlink_options {
    size_t size;                    /* of this struct: set by _init */
    double threshold_weight;        /* least weight (log2) of a pair; _init: minus infinity, which is all pairs, and for clusters the model's own threshold */
    uint32_t threads;               /* _init: 1 */
    uint32_t method;                /* enum havenlink_method, for clusters */
    bool allow_cross_join;          /* else a blocking rule without an equality over many records is refused */
    havenlink_progress_fn progress; /* NULL: none */
    void *progress_ctx;
} havenlink_options;

/* Fills o with the defaults. size: sizeof(havenlink_options), as the program was compiled. */
HAVENLINK_API void havenlink_options_init(havenlink_options *o, size_t size);

/* A pair. Rows are those of the table; l has the smaller id (link_only of two datasets: l of the first). */
typedef struct havenlink_edge {
    uint64_t row_l, row_r;
    double match_weight, match_probability;
    uint64_t match_key; /* number of the first blocking rule that brings the pair */
} havenlink_edge;

/* Takes n pairs: edges, and their gammas, one pair behind the other (a gamma a comparison of the model). They live until it returns. Other than 0 stops the job. */
typedef int (*havenlink_edges_fn)(void *ctx, const havenlink_edge *edges, const int8_t *gammas, size_t n);

/* Compares the records that the model's blocking rules bring together and gives the pairs at or above the threshold, in batches of some thousand, in an order that is the same on
 * every run.
 *
 * ret_pairs: how many pairs were compared; may be NULL.
 *
 * Errors: HAVENLINK_FORMAT when the table lacks a column of the model, ids repeat or are missing; HAVENLINK_LIMIT for a cross join; HAVENLINK_STOPPED by a callback.
 *
 * Threads: take is called by whichever thread works, one at a time; it must not free table or model. */
HAVENLINK_API int havenlink_predict(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, havenlink_edges_fn take, void *ctx, uint64_t *ret_pairs,
                                    havenlink_error *e);

/* The pairs as an Arrow stream with Splink's names: match_weight, match_probability (double), unique_id_l, unique_id_r (utf8, named like the model's id column;
 * each with its source_dataset before it when the model has datasets), a gamma_ a comparison (int8), match_key (int32). Batches of at most 65,536 pairs; the work is done while the stream
 * is read, by threads that wait when nobody reads, so memory does not grow with the number of pairs.
 *
 * Ownership: *ret (need not be zeroed) is the caller's, who releases it by its own release, also before its end: the work is then stopped and its threads joined. Batches
 * and schema outlive the stream. Table and model may be freed while it lives.
 *
 * Errors: as havenlink_predict, found before the first batch; later ones are told by the stream: ECANCELED for HAVENLINK_STOPPED, EIO for others, the line by get_last_error. */
HAVENLINK_API int havenlink_predict_stream(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct ArrowArrayStream *ret, havenlink_error *e);

/* The clusters as an Arrow stream: cluster_id (least id of the cluster, its dataset and -__- before it when the model has datasets), source_dataset when there are
 * some, unique_id; all utf8, a row a record, in the table's order.
 *
 * Ownership: as havenlink_predict_stream; all work is done when the function returns.
 *
 * Errors: as havenlink_predict. */
HAVENLINK_API int havenlink_cluster_stream(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct ArrowArrayStream *ret, havenlink_error *e);

/* Counts the pairs of each blocking rule without comparing them, as JSON: a list with an object a rule: rule, pairs (that no earlier rule brings), blocks, largest_block,
 * left_out_blocks, left_out_pairs (over the rule's haven_max_block).
 *
 * Ownership: *ret_json goes back by havenlink_text_free.
 *
 * Errors: as havenlink_predict. */
HAVENLINK_API int havenlink_blocking(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, char **ret_json, havenlink_error *e);

/* The row of the record with this id. dataset: its source_dataset when the model has datasets, else NULL.
 *
 * Errors: HAVENLINK_NOT_FOUND; HAVENLINK_FORMAT when the table lacks the column. */
HAVENLINK_API int havenlink_find(const havenlink_model *m, const havenlink_table *t, const char *dataset, const char *id, size_t *ret_row, havenlink_error *e);

/* How the weight of one pair comes about, as JSON: match_weight, match_probability, prior_weight, match_key (null when no rule brings the pair), and comparisons, each with
 * comparison, level, gamma, match_weight, tf_adjustment. No value of the records is in it.
 *
 * Ownership: *ret_json goes back by havenlink_text_free.
 *
 * Errors: HAVENLINK_USAGE when the rows are not two different rows of the table; HAVENLINK_FORMAT when it does not fit the model. */
HAVENLINK_API int havenlink_explain(const havenlink_model *m, const havenlink_table *t, size_t row_l, size_t row_r, char **ret_json, havenlink_error *e);

/* ---- training ---- */

/* How a model is trained. Fill it by havenlink_training_init; NULL means all defaults. */
typedef struct havenlink_training {
    size_t size;                      /* of this struct: set by _init */
    const char *const *deterministic; /* rules that hold for hardly any pair but true ones (`l.dob = r.dob and …`), for the prior */
    size_t n_deterministic;
    double recall;                    /* share of true pairs for which some of them holds; _init: 1 */
    const char *const *em;            /* blocking rules, one session of expectation-maximisation each */
    size_t n_em;
    uint64_t u_pairs;                 /* most random pairs for u; _init: 10,000,000 */
    uint64_t seed;                    /* of the sample; _init: 1 */
    uint32_t threads;                 /* _init: 1 */
    havenlink_progress_fn progress;   /* NULL: none */
    void *progress_ctx;
} havenlink_training;

/* Fills o with the defaults. size: sizeof(havenlink_training), as the program was compiled. */
HAVENLINK_API void havenlink_training_init(havenlink_training *o, size_t size);

/* Trains as Splink does, without labels: the prior from deterministic rules, u from random pairs, m by sessions of expectation-maximisation. settings: the JSON text of a
 * settings or model file, n bytes; what it fixes stays. folder: as in havenlink_model_parse.
 *
 * ret_json: the trained model, which havenlink_model_parse and Splink read. ret_told: what cannot be trusted, a line each; may be NULL.
 *
 * Ownership: *ret_json and *ret_told go back by havenlink_text_free.
 *
 * Errors: as havenlink_model_parse and havenlink_predict. */
HAVENLINK_API int havenlink_train(const char *settings, size_t n, const char *folder, const havenlink_table *t, const havenlink_training *o, char **ret_json, char **ret_told,
                                  havenlink_error *e);

/* Makes a model of nothing but the table: recognises its columns, chooses comparisons, blocking rules, vetoes, threshold and clustering, and estimates the weights, without
 * labels or settings. Of the options it heeds seed, threads and progress. A table with a column source_dataset is linked between its datasets.
 *
 * ret_json: the model. ret_told: what was chosen and why, a line a choice with tabs between its three parts; may be NULL.
 *
 * Ownership: *ret_json and *ret_told go back by havenlink_text_free. A table without ids gets a column haven_row of row numbers, which the model then names as its id.
 *
 * Errors: HAVENLINK_FORMAT when there is nothing to compare or an id repeats; HAVENLINK_CONFLICT while another job uses the table. */
HAVENLINK_API int havenlink_train_auto(havenlink_table *t, const havenlink_training *o, char **ret_json, char **ret_told, havenlink_error *e);

#ifdef __cplusplus
}
#endif

#endif
