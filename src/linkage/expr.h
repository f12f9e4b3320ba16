/* expr.h: conditions as typed trees (private to linkage).
 *
 * A condition of a model is text in the SQL of DuckDB or Spark. It is parsed once to a tree: names become (column, side), functions become
 * numbers, types are checked. Then the plan (plan.h) looks for shapes that have a fast form, and the interpreter here runs the rest.
 * All of it has SQL's three-valued logic. Values of a table are text; an operation that needs a number, a day or a list reads the text as
 * such (implicit cast), and text that is none is an error, unless the condition says TRY_CAST or try_strptime. */
#ifndef HAVEN_LINKAGE_EXPR_H
#define HAVEN_LINKAGE_EXPR_H

#include "base/base.h"

/* ---- values ---- */

enum value_type { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT, VALUE_DATE, VALUE_TIMESTAMP, VALUE_LIST, VALUE_STRUCT, VALUE_ANY };

struct value_list;

struct value {
    enum value_type type;
    bool boolean;
    union {
        double number;
        int64_t time_us; /* DATE and TIMESTAMP: microseconds since 1970 */
        struct str text; /* TEXT; LIST and STRUCT while unread: JSON */
        const struct value_list *list;
    };
};
struct value_list {
    const struct value *items;
    const struct str *keys; /* STRUCT: names of the items */
    size_t n;
};

extern const struct value value_null;

/* ---- trees ---- */

enum expr_op {
    EXPR_LITERAL, EXPR_COLUMN, EXPR_SLOT, EXPR_PARAM,
    EXPR_AND, EXPR_OR, EXPR_NOT, EXPR_IS_NULL, EXPR_NOT_DISTINCT,
    EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE,
    EXPR_IN, EXPR_CASE, /* CASE: when, then, when, then ..., else */
    EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV, EXPR_MOD, EXPR_NEG, EXPR_CONCAT,
    EXPR_CALL, EXPR_CAST, EXPR_INDEX, EXPR_FIELD, EXPR_LAMBDA, EXPR_LIST,
};

/* X(id, name, least arguments, most, type of the result). Names that differ by dialect map to one id (expr_call.c). */
#define EXPR_FUNCTIONS(X)                                       \
    X(LEVENSHTEIN, "levenshtein", 2, 2, NUMBER)                 \
    X(DAMERAU, "damerau_levenshtein", 2, 2, NUMBER)             \
    X(JARO_WINKLER, "jaro_winkler_similarity", 2, 2, NUMBER)    \
    X(JARO, "jaro_similarity", 2, 2, NUMBER)                    \
    X(JACCARD, "jaccard", 2, 2, NUMBER)                         \
    X(LOWER, "lower", 1, 1, TEXT)                               \
    X(UPPER, "upper", 1, 1, TEXT)                               \
    X(TRIM, "trim", 1, 1, TEXT)                                 \
    X(SUBSTRING, "substring", 2, 3, TEXT)                       \
    X(LEFT, "left", 2, 2, TEXT)                                 \
    X(RIGHT, "right", 2, 2, TEXT)                               \
    X(LENGTH, "length", 1, 1, NUMBER)                           \
    X(CONCAT, "concat", 1, 32, TEXT)                            \
    X(REPLACE, "replace", 3, 3, TEXT)                           \
    X(SPLIT_PART, "split_part", 3, 3, TEXT)                     \
    X(STRPOS, "strpos", 2, 2, NUMBER)                           \
    X(COALESCE, "coalesce", 1, 32, ANY)                         \
    X(NULLIF, "nullif", 2, 2, ANY)                              \
    X(REGEXP_EXTRACT, "regexp_extract", 2, 3, TEXT)             \
    X(REGEXP_REPLACE, "regexp_replace", 3, 4, TEXT)             \
    X(REGEXP_MATCHES, "regexp_matches", 2, 2, BOOL)             \
    X(LIKE, "~~", 2, 3, BOOL)                                   \
    X(ILIKE, "~~*", 2, 3, BOOL)                                 \
    X(STARTS_WITH, "starts_with", 2, 2, BOOL)                   \
    X(ENDS_WITH, "ends_with", 2, 2, BOOL)                       \
    X(CONTAINS, "contains", 2, 2, BOOL)                         \
    X(TRY_STRPTIME, "try_strptime", 2, 2, TIMESTAMP)            \
    X(STRPTIME, "strptime", 2, 2, TIMESTAMP)                    \
    X(TRY_TO_TIMESTAMP, "try_to_timestamp", 2, 2, TIMESTAMP)    \
    X(DATE, "date", 1, 1, DATE)                                 \
    X(EPOCH, "epoch", 1, 1, NUMBER)                             \
    X(DATEDIFF, "datediff", 2, 3, NUMBER)                       \
    X(YEAR, "year", 1, 1, NUMBER)                               \
    X(MONTH, "month", 1, 1, NUMBER)                             \
    X(DAY, "day", 1, 1, NUMBER)                                 \
    X(ABS, "abs", 1, 1, NUMBER)                                 \
    X(FLOOR, "floor", 1, 1, NUMBER)                             \
    X(CEIL, "ceil", 1, 1, NUMBER)                               \
    X(ROUND, "round", 1, 2, NUMBER)                             \
    X(SQRT, "sqrt", 1, 1, NUMBER)                               \
    X(POWER, "power", 2, 2, NUMBER)                             \
    X(LEAST, "least", 1, 32, ANY)                               \
    X(GREATEST, "greatest", 1, 32, ANY)                         \
    X(SIN, "sin", 1, 1, NUMBER)                                 \
    X(COS, "cos", 1, 1, NUMBER)                                 \
    X(ACOS, "acos", 1, 1, NUMBER)                               \
    X(RADIANS, "radians", 1, 1, NUMBER)                         \
    X(LIST_LENGTH, "array_length", 1, 1, NUMBER)                \
    X(LIST_INTERSECT, "list_intersect", 2, 2, LIST)             \
    X(LIST_HAS_ANY, "list_has_any", 2, 2, BOOL)                 \
    X(LIST_HAS_ALL, "list_has_all", 2, 2, BOOL)                 \
    X(LIST_CONCAT, "list_concat", 2, 2, LIST)                   \
    X(LIST_ZIP_WITH, "zip_with", 3, 3, LIST)                    \
    X(LIST_CONTAINS, "list_contains", 2, 2, BOOL)               \
    X(LIST_MAX, "list_max", 1, 1, ANY)                          \
    X(LIST_MIN, "list_min", 1, 1, ANY)                          \
    X(LIST_SUM, "list_sum", 1, 1, NUMBER)                       \
    X(LIST_DISTINCT, "list_distinct", 1, 1, LIST)               \
    X(LIST_TRANSFORM, "list_transform", 2, 2, LIST)             \
    X(LIST_FILTER, "list_filter", 2, 2, LIST)                   \
    X(LIST_ANY, "exists", 2, 2, BOOL)                           \
    X(LIST_REDUCE, "list_reduce", 2, 3, ANY)                    \
    X(LIST_PREPEND, "list_prepend", 2, 2, LIST)                 \
    X(LIST_APPEND, "list_append", 2, 2, LIST)                   \
    X(FLATTEN, "flatten", 1, 1, LIST)                           \
    X(ELEMENT_AT, "element_at", 2, 2, ANY)                      \
    X(COSINE, "array_cosine_similarity", 2, 2, NUMBER)          \
    X(NAME_VARIANT, "name_variant", 2, 2, BOOL)

enum expr_fn {
#define X(id, name, least, most, type) FN_##id,
    EXPR_FUNCTIONS(X)
#undef X
        FN_N
};

enum expr_side { SIDE_L = 1, SIDE_R = 2 };

struct expr_regex; /* a compiled pattern */

struct expr {
    enum expr_op op;
    enum value_type type; /* of the result; VALUE_ANY when only the run can tell */
    uint8_t sides;        /* of all columns beneath: SIDE_L | SIDE_R */
    uint8_t side;         /* COLUMN, SLOT */
    bool try_cast;        /* CAST: NULL instead of an error */
    bool free_params;     /* a parameter beneath belongs to a lambda above */
    uint32_t column;      /* COLUMN: of the model; SLOT: of the plan; PARAM: depth counted from the outermost lambda */
    bool empty_alike;     /* CALL of Jaro, Jaro-Winkler, Jaccard: two empty texts have 1 (Spark), not 0 or an error (DuckDB) */
    uint32_t index_base;  /* INDEX: 1 (DuckDB) or 0 (Spark) */
    enum expr_fn fn;      /* CALL */
    struct value literal; /* LITERAL */
    struct str name;      /* FIELD */
    struct expr_regex *regex;
    struct expr **child;
    size_t n;
    uint32_t at; /* offset in the condition's text, for errors */
};

/* The columns that a model reads, in order of first use, and the regular expressions compiled for it (freed by expr_names_release). */
struct expr_names {
    struct str *items;
    size_t n, cap;
    struct arena *a;
    struct expr_regex *regexes;
};
void expr_names_release(struct expr_names *names);
enum err_code expr_names_add(struct expr_names *names, struct str name, uint32_t *ret, struct err *e);

enum expr_dialect { DIALECT_DUCKDB, DIALECT_SPARK };
/* How names carry their side: `dob_l` in comparisons, `l.dob` in blocking rules. */
enum expr_naming { NAMING_SUFFIX, NAMING_PREFIX };

/* Parses all of `text`. Errors: ERR_FORMAT (not SQL: place and what was expected) and ERR_UNSUPPORTED (SQL that Haven does not have: place and name). */
enum err_code expr_parse(struct arena *a, struct str text, enum expr_dialect dialect, enum expr_naming naming,
                         struct expr_names *names, struct expr **ret, struct err *e);

/* "near `substr(` (character 12)": the place `at` in a condition, for errors. */
enum err_code expr_error(struct err *e, enum err_code code, struct str text, uint32_t at, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- regular expressions (regex.c) ---- */

/* PCRE2 limited to what RE2 has too: no look-around, back-references, possessive or atomic groups, conditionals. */
enum err_code expr_regex_new(struct expr_names *owner, struct str pattern, struct expr_regex **ret, struct err *e);
/* Text of `group` in the first match; length 0 and p NULL when there is none. */
enum err_code expr_regex_find(struct expr_regex *r, struct str s, uint32_t group, struct str *ret, struct err *e);
enum err_code expr_regex_replace(struct expr_regex *r, struct str s, struct str with, bool all, struct arena *a,
                                 struct str *ret, struct err *e);

/* ---- running (eval.c) ---- */

struct expr_variants; /* pairs of names that are variants of each other (model.h) */

/* Where the leaves get their values: COLUMN and SLOT leaves ask `leaf`. */
struct expr_scope {
    enum err_code (*leaf)(void *ctx, const struct expr *x, struct value *ret, struct err *e);
    void *ctx;
    const struct expr_variants *variants;
    struct arena *a;             /* for texts and lists made on the way; the caller resets it */
    const struct value *params;  /* of the lambdas around, outermost first */
    size_t n_params;
};
enum err_code expr_eval(const struct expr *x, const struct expr_scope *scope, struct value *ret, struct err *e);

/* Conversions; *ret untouched on failure. `what` names the function for the error. */
enum err_code value_to_number(struct value v, double *ret, struct err *e);
enum err_code value_to_time(struct value v, struct value *ret, struct err *e);
enum err_code value_to_text(struct value v, struct arena *a, struct str *ret, struct err *e);
enum err_code value_to_list(struct value v, struct arena *a, struct value *ret, struct err *e);
enum err_code value_cast(struct value v, enum value_type to, struct arena *a, struct value *ret, struct err *e);
/* -1, 0, 1; of like types (text against number reads the text). Neither may be NULL. */
enum err_code value_compare(struct value a, struct value b, struct arena *arena, int *ret, struct err *e);
/* A text that is equal exactly for equal values (for dictionaries). */
enum err_code value_key(struct value v, struct buf *b, struct err *e);
/* strptime with %Y %m %d %y %H %M %S %b %B and literal characters, as DuckDB reads them; false when the text does not fit. */
bool value_strptime(struct str text, struct str format, int64_t *ret_us);
/* Year (0), month (1) or day (2) of a date. */
int64_t value_date_part(int64_t time_us, int part);
bool value_strptime_format_known(struct str format);
/* A day and a time of it as they were read, in parts. */
struct value_clock {
    int64_t year;
    unsigned month, day, hour, minute, second, us;
};
/* False when there is no such day or time. */
bool value_clock_to_us(const struct value_clock *t, int64_t *ret);
/* "Nov" or, when full, "November", in any case, from *pos, which moves behind it. */
bool value_month_name(struct str s, size_t *pos, bool full, unsigned *ret_month);

#endif
