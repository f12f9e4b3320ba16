/* plan.h: a model made ready for one table (private to linkage).
 *
 * Every part of a condition that looks at one record only (`substr(l.dob, 1, 4)`, `try_strptime(dob_l, ...)`) becomes a column of its own: worked out once
 * a distinct value and dictionary-encoded again. What is left of a condition compares such columns across the two records; the shapes that
 * matter have a test of their own (test.h), the rest is run by the interpreter. Columns are shared between both sides, all levels and all rules. */
#ifndef HAVEN_LINKAGE_PLAN_H
#define HAVEN_LINKAGE_PLAN_H

#include "linkage/model.h"
#include "linkage/strings.h"

struct plan_column {
    struct str key;            /* canonical text of what it computes */
    const struct expr *expr;   /* NULL: a column of the table as it is */
    uint32_t table_column;     /* the one column that it depends on (if !own_rows) */
    const uint32_t *rows;      /* codes of that column, a row */
    uint32_t *map;             /* from those to own codes; NULL: the same */
    uint32_t *own_rows;        /* depends on several columns: own codes, a row */
    uint32_t n;                /* own codes are 1 to n, 0 is NULL */
    const struct dictionary *dict; /* texts by own code when plain */
    struct value *values;      /* by own code when derived */
    bool is_text;              /* all values are text */
    bool needs_sign, needs_number;
    struct strings_signature *signs; /* by own code */
    double *numbers;           /* by own code; NAN for NULL */
    uint32_t *item_start, *items; /* lists of texts: numbers of the distinct items of code k, rising, are items[item_start[k]] to before item_start[k+1] */
    uint64_t *item_bits;       /* by own code: a bit an item, to see at once that two lists share none */
    double *log2_frequency;    /* by own code; NAN: none */
};

struct plan;

static inline uint32_t plan_code(const struct plan_column *c, uint32_t row)
{
    return c->own_rows ? c->own_rows[row] : c->map ? c->map[c->rows[row]] : c->rows[row];
}
struct value plan_value(const struct plan_column *c, uint32_t code);
struct str plan_text(const struct plan_column *c, uint32_t code);

/* ---- tests: conditions over plan columns ---- */

enum test_op {
    TEST_AND, TEST_OR, TEST_NOT, TEST_SURE, /* SURE: NULL counts as false: coalesce(x, false) */
    TEST_CONST, TEST_TRUTH, TEST_IS_NULL, TEST_ANY_NULL, TEST_EQUAL, TEST_SIMILAR, TEST_GAP, TEST_COMMON,
    TEST_EXPR, /* the interpreter */
};
enum tri { TRI_FALSE, TRI_TRUE, TRI_NULL };

struct test_place {
    uint32_t column; /* of the plan */
    uint8_t side;
};
struct test {
    enum test_op op;
    enum tri constant;
    struct test_place a, b;
    const uint32_t *translate; /* EQUAL of two columns: b's code to a's; NULL: one dictionary */
    enum expr_fn fn;           /* SIMILAR */
    bool empty_alike;          /* SIMILAR: of the call (expr.h) */
    enum expr_op compare;      /* SIMILAR, GAP, COMMON (items that both lists have): value `compare` limit */
    double limit;
    uint32_t ladder;           /* SIMILAR: tests of one ladder share the similarity of a pair */
    ptrdiff_t memo;            /* EXPR of two columns, a and b: its memo of value pairs; -1: none */
    uint32_t fact;             /* TRUTH, EQUAL, GAP, COMMON, EXPR: equal tests have one number */
    const struct test *left, *right;
    const struct expr *expr;
    struct str text;           /* of the condition, for errors */
};
/* One similarity of two columns that several levels ask for. */
struct test_ladder {
    enum expr_fn fn;
    bool empty_alike;
    struct test_place a, b;
    double loosest; /* similarities: least limit; distances: greatest */
    struct strings_least least; /* similarities */
    size_t most;                /* distances: what is above is above every limit */
    uint32_t sign_most;         /* the same for the bound from signatures */
};

/* ---- blocking ---- */

struct plan_key {
    uint32_t l, r;             /* plan columns whose codes must be equal */
    const uint32_t *translate; /* from r's codes to l's */
};
/* One AND of a rule's ORs. */
struct plan_conjunction {
    uint32_t rule;
    struct plan_key *keys;
    size_t n_keys;
    bool explodes;               /* lists of keys take the place of keys; n_keys: how many one entry has */
    uint32_t explode_l, explode_r; /* plan columns of those lists */
    const struct test *residual; /* what the keys do not say; NULL: nothing */
    const struct test *whole;    /* all of it, to leave out pairs that an earlier one brings */
};

/* ---- weights ---- */

/* Of a comparison, by gamma + 1. */
struct plan_weights {
    double weight[LIMIT_LINK_LEVELS + 1];
    int16_t adjusted[LIMIT_LINK_LEVELS + 1]; /* the level that a frequency adjusts; -1: none */
    double most[LIMIT_LINK_LEVELS + 1], top; /* with the greatest adjustment; the greatest of all */
    size_t n;                                /* greatest gamma + 2 */
};
/* Comparisons whose levels make one pattern: sum of (gamma + 1) * radix. */
struct plan_group {
    const uint32_t *comparisons;
    const uint16_t *radix;
    size_t n;
    float *less; /* by pattern: the most that they can weigh, less their tops; never above 0 */
};
struct plan_phase {
    uint32_t *comparisons;
    struct plan_group *groups;
    size_t n, n_groups;
};

struct plan {
    const struct link_model *model;
    const struct link_table *table;
    struct arena a;
    struct plan_column *columns;
    size_t n_columns, columns_cap;
    ptrdiff_t *bound; /* table column of each of the model's names */
    const struct test ***levels; /* [comparison][level]; NULL: ELSE */
    ptrdiff_t **tf;              /* [comparison][level]: plan column of the frequency, -1 */
    struct test_ladder *ladders;
    size_t n_ladders, ladders_cap, n_memos;
    const struct test **facts;
    size_t n_facts, facts_cap;
    struct plan_weights *weights; /* [comparison] */
    struct plan_phase *phases;
    size_t n_phases;
    float most;    /* that a pair can weigh */
    double slack;  /* by which a bound may be too low, for rounding */
    struct dictionary list_items; /* of all columns of lists */
    size_t list_bytes;
    double ***adjust; /* [comparison][level]: frequency adjustment by code where both sides have one value; NULL: by pair */
    uint32_t *packed; /* codes of all columns, a row after the other: one line of cache, not one a column */
    struct plan_conjunction *conjunctions;
    size_t n_conjunctions;
};

/* Frequencies that the model does not state are counted in `counted` (the table itself, or the one that it is a part of). */
enum err_code plan_new(const struct link_model *m, const struct link_table *t, const struct link_table *counted,
                       struct plan **ret, struct err *e);
void plan_free(struct plan *p);

/* Parts of plan_new: plan_columns.c, plan_tests.c, plan_rules.c, plan_bounds.c */
enum err_code plan_column_of(struct plan *p, const struct expr *x, uint32_t *ret, struct err *e);
/* Works c->expr out, once a distinct value of the one column of the table that it reads, or, with -1, once a row. */
enum err_code plan_derive(struct plan *p, struct plan_column *c, ptrdiff_t table_column, struct err *e);
enum err_code plan_column_plain(struct plan *p, uint32_t name, uint32_t *ret, struct err *e);
enum err_code plan_translate(struct plan *p, uint32_t to, uint32_t from, const uint32_t **ret, struct err *e);
/* Numbers the items of a column of lists; *ret false when some item is not a text. */
enum err_code plan_column_items(struct plan *p, uint32_t column, bool *ret, struct err *e);
enum err_code plan_finish_columns(struct plan *p, struct err *e);
enum err_code plan_frequency(struct plan *p, uint32_t name, const struct link_table *counted, ptrdiff_t *ret, struct err *e);
enum err_code plan_test(struct plan *p, const struct expr *x, struct str text, const struct test **ret, struct err *e);
enum err_code plan_test_and(struct plan *p, const struct test *l, const struct test *r, const struct test **ret, struct err *e);
enum err_code plan_rules(struct plan *p, struct err *e);
/* A blocking rule that explodes lists, as one conjunction (plan_explode.c). */
enum err_code plan_explode(struct plan *p, uint32_t rule, struct plan_conjunction *ret, struct err *e);
enum err_code plan_bounds(struct plan *p, struct err *e);
/* Adjustment by the frequencies of two values (their log2; NAN: not known). */
double plan_adjustment(const struct model_level *l, double f, double g);

#endif
