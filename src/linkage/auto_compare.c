/* auto_compare.c: comparisons with levels for each field, and the vetoes, written as a model's JSON.
 *
 * Levels are the house's tables below: from sameness down through what clerks and keyboards do (a slip, names swapped, day and month swapped, a year off) to "differ". How much each is
 * worth is estimated from the data (auto_em.c); which are worth telling apart is not. Conditions are Splink's SQL; %x and %X stand for the field of the left and the right
 * record, %g %s %d %y %m %a (and capitals) for given name, surname, date of birth, its year, month and day. */
#include "linkage/auto.h"

struct level {
    const char *condition, *label;
    bool tf;
};
struct levels {
    enum auto_role role;
    const char *needs; /* letters that must be known */
    struct level level[9];
};

#define SWAPPED_NEAR "(%g <> %G AND jaro_winkler_similarity(%g, %S) >= 0.9 AND jaro_winkler_similarity(%s, %G) >= 0.9)"
#define SWAPPED_HALF AUTO_SWAPPED_HALF

#define SAME_DIGITS "regexp_replace(%x, '[^0-9]', '', 'g') = regexp_replace(%X, '[^0-9]', '', 'g')"

/* The first line of a role whose letters are all known. */
static const struct levels tables[] = {
    {AUTO_GIVEN, "gs",
     {{"%g = %G", "same", true},
      {SWAPPED_NEAR, "given name and surname swapped", false},
      {SWAPPED_HALF, "given name is the other's surname", false},
      {"jaro_winkler_similarity(%g, %G) >= 0.92 OR damerau_levenshtein(%g, %G) <= 1", "a slip", false},
      {"jaro_winkler_similarity(%g, %G) >= 0.84", "alike", false},
      {"jaro_winkler_similarity(%g, %G) >= 0.7 OR left(%g, 1) = %G OR left(%G, 1) = %g", "a little alike, or an initial", false}}},
    {AUTO_GIVEN, "g",
     {{"%g = %G", "same", true},
      {"jaro_winkler_similarity(%g, %G) >= 0.92 OR damerau_levenshtein(%g, %G) <= 1", "a slip", false},
      {"jaro_winkler_similarity(%g, %G) >= 0.84", "alike", false},
      {"jaro_winkler_similarity(%g, %G) >= 0.7 OR left(%g, 1) = %G OR left(%G, 1) = %g", "a little alike, or an initial", false}}},
    {AUTO_SURNAME, "s",
     {{"%s = %S", "same", true},
      {"jaro_winkler_similarity(%s, %S) >= 0.92 OR damerau_levenshtein(%s, %S) <= 1", "a slip", false},
      {"jaro_winkler_similarity(%s, %S) >= 0.84", "alike", false},
      {"jaro_winkler_similarity(%s, %S) >= 0.7", "a little alike", false}}},
    {AUTO_MIDDLE, "x", {{"%x = %X", "same", true}, {"left(%x, 1) = left(%X, 1)", "same initial", false}}},
    {AUTO_DOB, "dyma",
     {{"%d = %D", "same", false},
      {"damerau_levenshtein(%d, %D) <= 1", "a slip", false},
      {"%y = %Y AND %m = %A AND %a = %M", "day and month swapped", false},
      {"(%y = %Y AND %m = %M) OR (%y = %Y AND %a = %A) OR (%m = %M AND %a = %A)", "two of three parts the same", false},
      {"damerau_levenshtein(%d, %D) <= 2", "two slips", false},
      {"damerau_levenshtein(%d, %D) <= 3 AND substring(%y, 1, 3) = substring(%Y, 1, 3)", "three slips within ten years", false},
      {"%y = %Y", "same year", false}}},
    {AUTO_DOB, "d", {{"%d = %D", "same", false}, {"damerau_levenshtein(%d, %D) <= 1", "a slip", false}, {"damerau_levenshtein(%d, %D) <= 2", "two slips", false}}},
    {AUTO_YEAR, "x", {{"%x = %X", "same", true}, {"damerau_levenshtein(%x, %X) <= 1", "a slip", false}}},
    {AUTO_AGE, "x",
     {{"%x = %X", "same", false},
      {"abs(TRY_CAST(%x AS INT) - TRY_CAST(%X AS INT)) <= 1", "a year apart", false},
      {"abs(TRY_CAST(%x AS INT) - TRY_CAST(%X AS INT)) <= 3", "three years apart", false},
      {"abs(TRY_CAST(%x AS INT) - TRY_CAST(%X AS INT)) <= 10", "ten years apart", false}}},
    {AUTO_SEX, "x", {{"%x = %X", "same", false}}},
    {AUTO_IDENTIFIER, "x", {{"%x = %X", "same", false}, {"damerau_levenshtein(%x, %X) <= 1", "a slip", false}, {"damerau_levenshtein(%x, %X) <= 2", "two slips", false}}},
    {AUTO_EMAIL, "x",
     {{"%x = %X", "same", true},
      {"split_part(%x, '@', 1) = split_part(%X, '@', 1)", "same before the @", false},
      /* addresses are made of names and a number: those of namesakes are alike but for the number */
      {"jaro_winkler_similarity(%x, %X) >= 0.92 AND " SAME_DIGITS, "alike", false},
      {"jaro_winkler_similarity(split_part(%x, '@', 1), split_part(%X, '@', 1)) >= 0.9 AND " SAME_DIGITS, "alike before the @", false}}},
    {AUTO_PHONE, "x", {{"%x = %X", "same", true}, {"damerau_levenshtein(%x, %X) <= 1", "a slip", false}, {"damerau_levenshtein(%x, %X) <= 2", "two slips", false}}},
    {AUTO_HOME, "x", {{"%x = %X", "same", false}}},
    {AUTO_HOUSE, "x", {{"%x = %X", "same", true}, {"damerau_levenshtein(%x, %X) <= 1", "a slip", false}}},
    {AUTO_STREET, "x",
     {{"%x = %X", "same", true}, {"jaro_winkler_similarity(%x, %X) >= 0.94 OR damerau_levenshtein(%x, %X) <= 2", "slips", false}, {"jaro_winkler_similarity(%x, %X) >= 0.86", "alike", false}}},
    {AUTO_BIRTHPLACE, "x", {{"%x = %X", "same", true}, {"jaro_winkler_similarity(%x, %X) >= 0.88", "alike", false}}},
    {AUTO_CITY, "x", {{"%x = %X", "same", true}, {"jaro_winkler_similarity(%x, %X) >= 0.9 OR damerau_levenshtein(%x, %X) <= 1", "a slip", false}, {"jaro_winkler_similarity(%x, %X) >= 0.8", "alike", false}}},
    {AUTO_STATE, "x", {{"%x = %X", "same", true}}},
    {AUTO_POSTCODE, "x", {{"%x = %X", "same", true}, {"damerau_levenshtein(%x, %X) <= 1", "a slip", false}, {"left(%x, length(%x) - 2) = left(%X, length(%X) - 2)", "same but for the end", false},
                          {"left(%x, 2) = left(%X, 2)", "same area", false}}},
};

/* ---- conditions ---- */

static struct str letter_text(const struct auto_plan *p, const struct auto_field *x, char letter)
{
    static const struct {
        char letter;
        enum auto_role role;
    } letters[] = {{'g', AUTO_GIVEN}, {'s', AUTO_SURNAME}, {'d', AUTO_DOB}, {'t', AUTO_STREET}, {'h', AUTO_HOUSE}, {'p', AUTO_POSTCODE}, {'c', AUTO_CITY}, {'o', AUTO_HOME}, {'n', AUTO_AGE}};
    const struct auto_field *f = letter == 'x' ? x : NULL;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == letter)
            f = auto_field_of(p, letters[i].role);
    switch (letter) {
    case 'y': return p->dob_year;
    case 'm': return p->dob_month;
    case 'a': return p->dob_day;
    default: return f ? f->text : STR_NONE;
    }
}

struct str auto_condition(struct auto_plan *p, const struct auto_field *x, const char *text, bool rule)
{
    struct buf b;
    buf_init(&b, LIMIT_LINK_CONDITION_BYTES);
    for (const char *c = text; *c; c++) {
        if (*c != '%' || !((c[1] | 32) >= 'a' && (c[1] | 32) <= 'z')) {
            (void)buf_char(&b, *c);
            continue;
        }
        c++;
        bool right = *c >= 'A' && *c <= 'Z';
        enum auto_side side = rule ? (right ? AUTO_PREFIX_R : AUTO_PREFIX_L) : right ? AUTO_SUFFIX_R : AUTO_SUFFIX_L;
        (void)buf_str(&b, auto_side(p->a, letter_text(p, x, (char)(*c | 32)), side));
    }
    struct str out = b.failed ? STR_NONE : str_dup(p->a, buf_as_str(&b));
    buf_release(&b);
    return out;
}

bool auto_knows(const struct auto_plan *p, const struct auto_field *x, const char *letters)
{
    for (const char *c = letters; *c; c++)
        if (!letter_text(p, x, *c).p)
            return false;
    return true;
}

/* ---- comparisons ---- */

static void write_level(struct auto_plan *p, struct json_out *o, const struct auto_field *x, const struct level *l)
{
    jo_object(o);
    jo_key(o, "sql_condition"), jo_str(o, auto_condition(p, x, l->condition, false));
    jo_key(o, "label_for_charts"), jo_str(o, str_of(l->label));
    if (l->tf && x->tf.p) {
        jo_key(o, "tf_adjustment_column"), jo_str(o, x->tf);
        jo_key(o, "tf_adjustment_weight"), jo_double(o, 1);
        if (!x->plain)
            jo_key(o, "disable_tf_exact_match_detection"), jo_bool(o, true);
    }
    jo_end_object(o);
}

static void write_null_level(struct auto_plan *p, struct json_out *o, const struct auto_field *x)
{
    /* a swap is counted once: by the given names */
    const char *text = x->role == AUTO_SURNAME && auto_knows(p, x, "gs") ? "%s IS NULL OR %S IS NULL OR " SWAPPED_NEAR " OR " SWAPPED_HALF : "%x IS NULL OR %X IS NULL";
    jo_object(o);
    jo_key(o, "sql_condition"), jo_str(o, auto_condition(p, x, text, false));
    jo_key(o, "label_for_charts"), jo_str(o, STR("missing"));
    jo_key(o, "is_null_level"), jo_bool(o, true);
    jo_end_object(o);
}

static void write_comparison(struct auto_plan *p, struct json_out *o, const struct auto_field *x)
{
    const struct levels *t = tables;
    jo_object(o);
    jo_key(o, "output_column_name"), jo_str(o, x->name);
    jo_key(o, "comparison_levels");
    if (x->role == AUTO_ADDRESS) {
        auto_address_write(p, o);
        jo_end_object(o);
        return;
    }
    while (t->role != x->role || !auto_knows(p, x, t->needs))
        t++;
    jo_array(o);
    write_null_level(p, o, x);
    for (const struct level *l = t->level; l->condition; l++)
        write_level(p, o, x, l);
    jo_object(o);
    jo_key(o, "sql_condition"), jo_str(o, STR("ELSE"));
    jo_key(o, "label_for_charts"), jo_str(o, STR("differ"));
    jo_end_object(o);
    jo_end_array(o);
    jo_end_object(o);
}

void auto_comparisons_write(struct auto_plan *p, struct json_out *o)
{
    jo_array(o);
    for (size_t i = 0; i < p->n_fields; i++)
        if (!p->fields[i].part)
            write_comparison(p, o, &p->fields[i]);
    (void)auto_kin_write(p, o);
    jo_end_array(o);
}

double auto_most_differ(enum auto_role role)
{
    switch (role) {
    case AUTO_GIVEN:
    case AUTO_SURNAME:
    case AUTO_DOB: return 0.3;
    case AUTO_YEAR:
    case AUTO_AGE:
    case AUTO_SEX: return 0.2;
    case AUTO_IDENTIFIER: return 0.5;
    default: return 1;
    }
}

double auto_most_weak(enum auto_role role)
{
    return role == AUTO_GIVEN || role == AUTO_SURNAME || role == AUTO_DOB ? 0.4 : 1;
}

/* ---- the model ---- */

static void write_rules(const struct auto_plan *p, struct json_out *o)
{
    jo_array(o);
    for (size_t i = 0; i < p->n_rules; i++) {
        jo_object(o);
        jo_key(o, "blocking_rule"), jo_str(o, p->rules[i]);
        jo_key(o, "sql_dialect"), jo_str(o, STR("duckdb"));
        if (p->max_block[i])
            jo_key(o, "haven_max_block"), jo_int(o, p->max_block[i]);
        jo_end_object(o);
    }
    jo_end_array(o);
}

enum err_code auto_settings_write(struct auto_plan *p, struct buf *json)
{
    struct json_out o;
    jo_init(&o, json, 1);
    jo_object(&o);
    jo_key(&o, "link_type"), jo_str(&o, p->linked ? STR("link_and_dedupe") : STR("dedupe_only"));
    jo_key(&o, "sql_dialect"), jo_str(&o, STR("duckdb"));
    jo_key(&o, "unique_id_column_name"), jo_str(&o, p->id);
    if (p->linked)
        jo_key(&o, "source_dataset_column_name"), jo_str(&o, STR("source_dataset"));
    jo_key(&o, "em_convergence"), jo_double(&o, 0.0001);
    jo_key(&o, "max_iterations"), jo_int(&o, 25);
    jo_key(&o, "haven_threshold_weight"), jo_double(&o, 0);
    jo_key(&o, "haven_cluster_method"), jo_str(&o, STR("ordered"));
    if (p->number_rows)
        jo_key(&o, "haven_row_numbers"), jo_bool(&o, true);
    jo_key(&o, "haven_name_variants"), jo_str(&o, STR("name_variants.csv"));
    jo_key(&o, "haven_veto"), auto_vetoes_write(p, &o);
    jo_key(&o, "blocking_rules_to_generate_predictions"), write_rules(p, &o);
    jo_key(&o, "comparisons"), auto_comparisons_write(p, &o);
    jo_end_object(&o);
    return buf_check(json, "the settings", p->e);
}
