/* auto.h: training without asking, from inside (private to linkage; link_train_auto is in linkage.h).
 *
 * One stage a file: auto_profile.c measures each column, auto_words.c reads its header, auto_columns.c decides what it is, auto_fields.c turns columns
 * into what is compared (a full name into two names, three columns into one date), auto_compare.c chooses comparisons and vetoes, auto_block.c blocking
 * rules, auto_em.c estimates, auto_guard.c holds what went astray, auto_threshold.c chooses where to cut, auto.c runs them and tells why. */
#ifndef HAVEN_LINKAGE_AUTO_H
#define HAVEN_LINKAGE_AUTO_H

#include "linkage/model.h"

/* ---- columns ---- */

#define AUTO_ROLES(X)                                  \
    X(NONE, "not used")                                \
    X(NOT_OF_PERSON, "not used")                       \
    X(ID, "id of the record")                          \
    X(DATASET, "dataset")                              \
    X(LABEL, "looks like an answer")                   \
    X(GIVEN, "given name")                             \
    X(MIDDLE, "middle name")                           \
    X(SURNAME, "surname")                              \
    X(FULL_NAME, "full name")                          \
    X(DOB, "date of birth")                            \
    X(DAY, "day of birth")                             \
    X(MONTH, "month of birth")                         \
    X(YEAR, "year of birth")                           \
    X(AGE, "age")                                      \
    X(BIRTHPLACE, "place of birth")                    \
    X(SEX, "sex")                                      \
    X(IDENTIFIER, "identifier of the person")          \
    X(EMAIL, "e-mail")                                 \
    X(PHONE, "telephone")                              \
    X(HOME, "household")                               \
    X(HOUSE, "house number")                           \
    X(STREET, "address")                               \
    X(CITY, "town")                                    \
    X(STATE, "county or state")                        \
    X(POSTCODE, "postcode")                            \
    X(ADDRESS, "address")
enum auto_role {
#define X(id, text) AUTO_##id,
    AUTO_ROLES(X)
#undef X
        AUTO_N_ROLES
};

/* How dates are written. Y, M, D: parts at places, or between separators. */
enum auto_date { AUTO_DATE_NONE, AUTO_DATE_YMD8, AUTO_DATE_YMD, AUTO_DATE_DMY, AUTO_DATE_MDY, AUTO_DATE_OTHER };

/* What the values of a column look like: shares of its filled cells. */
struct auto_profile {
    size_t filled, distinct, most; /* most: rows of the most frequent value */
    double length;                 /* mean, bytes */
    double digits, has_digit, letters, at_sign, postcode, phone, sex, two_words, comma, given, surname, house, code, year, small;
    double given_first, surname_first; /* of several words: only the first, only the last stands in the list of given names */
    double date;                   /* of the format at hand */
    enum auto_date format;
    char separator;                /* of DMY, MDY, YMD */
    bool mixed_case, blanks, inner; /* values differ in case only; blanks around values; blanks or dashes within */
    bool one_format, padded, year_last; /* of dates; the last: eight digits as day, month, year */
    const struct str *nothing;     /* values that say that there is none ("unknown") */
    size_t n_nothing;
};
struct auto_column {
    size_t column; /* of the table */
    struct str name, why;
    enum auto_role role, header; /* header: what its name says */
    struct auto_profile profile;
};

/* ---- fields: what is compared ---- */

/* `text` is SQL of one record in which names of columns stand between \1 and \2. */
struct auto_field {
    enum auto_role role;
    struct str text, name;
    struct str tf;  /* the column itself, when its frequencies tell something; else none */
    bool plain;     /* text is the bare column */
    bool part;      /* of an address: blocked by, not compared by itself */
    const struct auto_column *column;
};
#define AUTO_FIELDS 40

struct auto_plan {
    struct arena *a;
    const struct link_table *t;
    const struct link_auto_options *o;
    struct buf *told; /* one line a choice */
    struct err *e;
    struct auto_column *columns;
    size_t n_columns;
    struct str id;       /* the column, or the one that numbers the rows */
    bool number_rows, linked; /* linked: several datasets */
    struct auto_field fields[AUTO_FIELDS];
    size_t n_fields;
    struct str dob_year, dob_month, dob_day; /* of one record, as texts; none when the format does not say */
    struct str *rules;
    uint32_t *max_block;
    size_t n_rules;
    bool no_families; /* measured: nobody shares surname and address but not date of birth */
};

struct str auto_role_name(enum auto_role role);
enum err_code auto_profile_all(struct auto_plan *p);
enum auto_role auto_header_role(struct arena *a, struct str name);
bool auto_header_is_label(struct arena *a, struct str name, struct str *ret_why);
enum err_code auto_columns_decide(struct auto_plan *p);
enum err_code auto_fields_make(struct auto_plan *p);
const struct auto_field *auto_field_of(const struct auto_plan *p, enum auto_role role);
/* The field of the k-th comparison (NULL behind the last), and the comparison of a role (-1: none). */
const struct auto_field *auto_compared(const struct auto_plan *p, size_t k);
ptrdiff_t auto_comparison_of(const struct auto_plan *p, enum auto_role role);
/* The text for one side: `l` of a comparison ("x_l"), or of a blocking rule (l."x"). */
enum auto_side { AUTO_SUFFIX_L, AUTO_SUFFIX_R, AUTO_PREFIX_L, AUTO_PREFIX_R };
struct str auto_side(struct arena *a, struct str text, enum auto_side side);

/* A condition of a comparison or a rule from its text with %g, %S and so on; whether all that stand in it are known. */
struct str auto_condition(struct auto_plan *p, const struct auto_field *x, const char *text, bool rule);
bool auto_knows(const struct auto_plan *p, const struct auto_field *x, const char *letters);

/* Largest share of a person's pairs of records that are not the same but only a little alike (a level that more than 4 in 1,000 pairs of strangers reach) or differ. */
double auto_most_weak(enum auto_role role);
/* Largest share of a person's pairs of records that differ wholly in a field; 1: any, people move. */
double auto_most_differ(enum auto_role role);
/* The home: the condition of sameness (NULL: no address), its one comparison, and what surname, home and telephone share with each other. */
const char *auto_same_home(const struct auto_plan *p);
void auto_address_join(struct auto_plan *p);
void auto_address_write(struct auto_plan *p, struct json_out *o);
enum { AUTO_KIN_SURNAME = 1, AUTO_KIN_HOME = 2, AUTO_KIN_PHONE = 4 };
unsigned auto_kin_shares(const struct auto_plan *p, size_t level); /* of the level of that number; 0 behind the last */
bool auto_kin_write(struct auto_plan *p, struct json_out *o);      /* false: nothing that kin could share */

/* Comparisons, vetoes and rules as the JSON of a model. */
enum err_code auto_settings_write(struct auto_plan *p, struct buf *json);
void auto_comparisons_write(struct auto_plan *p, struct json_out *o);
void auto_vetoes_write(struct auto_plan *p, struct json_out *o);
enum err_code auto_count_rule(struct auto_plan *p, struct link_model *m, struct str text, uint32_t max_block, struct link_rule_count *ret);
enum err_code auto_block_choose(struct auto_plan *p);

/* One given name stands where the other record has its surname. */
#define AUTO_SWAPPED_HALF "(%g <> %G AND (jaro_winkler_similarity(%g, %S) >= 0.93 OR jaro_winkler_similarity(%s, %G) >= 0.93))"

struct auto_em;
/* Several files: one to one, or with duplicates; sets type, method and prior of the model. */
void auto_link_type(struct auto_plan *p, struct link_model *m, const struct auto_em *em);
double auto_threshold(struct auto_plan *p, const struct auto_em *em);

void auto_tell(struct auto_plan *p, const char *what, struct str about, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
