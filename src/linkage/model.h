/* model.h: a model from inside (private to linkage): comparisons with their levels, blocking rules, term frequencies, name variants. */
#ifndef HAVEN_LINKAGE_MODEL_H
#define HAVEN_LINKAGE_MODEL_H

#include "linkage/expr.h"
#include "linkage/table.h"

enum link_type { LINK_DEDUPE_ONLY, LINK_LINK_ONLY, LINK_LINK_AND_DEDUPE };

struct model_level {
    struct str condition, label;
    struct expr *expr; /* NULL: ELSE */
    int gamma;         /* -1: a null level */
    double m, u, weight;
    bool m_stated, u_stated; /* not a default */
    bool m_fixed, u_fixed;   /* fix_m_probability, fix_u_probability */
    bool m_unseen, u_unseen; /* training met no pair of this level */
    ptrdiff_t tf_column; /* of the model's names; -1: no adjustment */
    double tf_weight, tf_minimum_u, tf_log2_u;
    bool tf_own_u; /* disable_tf_exact_match_detection */
};
struct model_comparison {
    struct str name;
    struct model_level *levels;
    size_t n;
};
struct model_rule {
    struct str text;
    struct expr *expr;
    uint32_t explode[LIMIT_LINK_EXPLODE]; /* arrays_to_explode: names of the model; l.c and r.c in the rule are items of those lists */
    size_t n_explode;
    uint32_t max_block; /* "haven_max_block": larger blocks are left out and reported; 0: none */
};
/* A population's frequencies, used instead of the data's own. */
struct model_frequencies {
    uint32_t column;
    struct dictionary values;
    double *frequency; /* by code */
    size_t cap;
    double otherwise; /* of values not in it; 0: none */
};
struct expr_variants {
    struct dictionary pairs; /* "smaller\0larger" */
};
struct link_model {
    struct arena a;
    const struct json *root; /* as read, for writing it again */
    double em_convergence;
    unsigned max_iterations;
    struct expr_names names;
    enum link_type type;
    enum expr_dialect dialect;
    double prior, prior_weight, threshold_weight;
    enum link_cluster_method method; /* haven_cluster_method */
    ptrdiff_t veto;                  /* the comparison that haven_veto is; -1: none */
    bool number_rows;                /* haven_row_numbers: the id column is the row's number */
    struct str unique_id, source_dataset, hash;
    struct model_comparison *comparisons;
    size_t n_comparisons;
    struct model_rule *rules;
    size_t n_rules;
    struct model_frequencies *frequencies;
    size_t n_frequencies;
    struct expr_variants variants;
    size_t bytes; /* of dictionaries */
};

/* Parses a blocking rule into the model's memory; its columns are added to the model's names. */
enum err_code model_rule_parse(struct link_model *m, struct str text, struct model_rule *ret, struct err *e);
/* Where columns that hold numbers are put in order, they are read as numbers (model_types.c). */
enum err_code model_types(struct link_model *m, struct err *e);
/* Weights and defaults again, after m or u have changed. */
enum err_code model_refresh(struct link_model *m, struct err *e);

/* Whether a condition reads one of the model's names, on either side. */
bool model_expr_reads(const struct expr *x, uint32_t name);

/* A JSON value as it was read; keys are copied into the arena on the way. */
void model_json_write(struct json_out *o, const struct json *v, struct arena *a);

/* A file that is built into the program; false when there is none of that name. */
bool model_builtin_file(struct str name, struct str *ret);

#endif
