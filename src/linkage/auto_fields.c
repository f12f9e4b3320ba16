/* auto_fields.c: columns become fields: SQL of one record that gives one text in one spelling, or NULL.
 *
 * A field is the bare column where that will do (so that Splink's term frequencies apply), else the column without what says nothing, without blanks around, in small letters. Dates are
 * written year-month-day, telephones their last nine digits, codes without blanks and dashes, a full name becomes two. */
#include "linkage/auto.h"

struct str auto_role_name(enum auto_role role)
{
    static const char *const names[] = {
#define X(id, text) text,
        AUTO_ROLES(X)
#undef X
    };
    return str_of(names[role]);
}

static struct str quoted(struct arena *a, struct str s) /* 'o''brien' */
{
    char *out = arena_alloc(a, 2 * s.n + 2);
    size_t n = 0;
    if (!out)
        return STR_NONE;
    out[n++] = '\'';
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'')
            out[n++] = '\'';
        out[n++] = s.p[i];
    }
    out[n++] = '\'';
    return (struct str){out, n};
}

/* The column without values that say that there is none, blanks and case. */
static struct str cleaned(struct auto_plan *p, const struct auto_column *c, bool *ret_plain)
{
    struct str x = str_fmt(p->a, "\1%.*s\2", STR_ARG(c->name));
    *ret_plain = c->profile.n_nothing == 0 && !c->profile.blanks && !c->profile.mixed_case;
    for (size_t i = 0; i < c->profile.n_nothing; i++)
        x = str_fmt(p->a, "NULLIF(%.*s, %.*s)", STR_ARG(x), STR_ARG(quoted(p->a, c->profile.nothing[i])));
    if (c->profile.blanks)
        x = str_fmt(p->a, "NULLIF(TRIM(%.*s), '')", STR_ARG(x));
    if (c->profile.mixed_case)
        x = str_fmt(p->a, "LOWER(%.*s)", STR_ARG(x));
    return x;
}

static void add_field(struct auto_plan *p, enum auto_role role, const struct auto_column *c, struct str name, struct str text, bool plain)
{
    if (p->n_fields == AUTO_FIELDS) {
        auto_tell(p, "column", c->name, "left out: more than %d fields", AUTO_FIELDS);
        return;
    }
    p->fields[p->n_fields++] = (struct auto_field){.role = role, .name = name, .text = text, .plain = plain, .column = c, .tf = c->name};
}

/* ---- dates ---- */

/* "3 March 1990", "03-Mar-1990" and "Mar 3, 1990" as 1990-03-3. */
static struct str numbered_months(struct auto_plan *p, struct str x)
{
    static const char *const months[][2] = {{"jan", "01"}, {"feb", "02"}, {"mar", "03"}, {"apr", "04"}, {"may", "05"}, {"mai", "05"}, {"jun", "06"}, {"jul", "07"},
                                            {"aug", "08"}, {"sep", "09"}, {"oct", "10"}, {"okt", "10"}, {"nov", "11"}, {"dec", "12"}, {"dez", "12"}};
    x = str_fmt(p->a, "LOWER(%.*s)", STR_ARG(x));
    for (size_t k = 0; k < sizeof months / sizeof *months; k++)
        x = str_fmt(p->a, "replace(%.*s, '%s', '#%s')", STR_ARG(x), months[k][0], months[k][1]);
    x = str_fmt(p->a, "regexp_replace(%.*s, '^(\\d{1,2})[^0-9#]*#(\\d\\d)[^0-9]*(\\d{2,4}).*$', '\\3-\\2-\\1')", STR_ARG(x));
    return str_fmt(p->a, "regexp_replace(%.*s, '^#(\\d\\d)[^0-9]*(\\d{1,2})[^0-9]+(\\d{2,4}).*$', '\\3-\\1-\\2')", STR_ARG(x));
}

/* Year-month-day, whatever the order in the file; the order of day and month is that which the values themselves show. */
static struct str iso_date(struct auto_plan *p, const struct auto_column *c, struct str x, bool *plain)
{
    static const char *const patterns[] = {[AUTO_DATE_YMD8] = "'^((?:1[5-9]|20)\\d{2})(\\d{2})(\\d{2})$', '\\1-\\2-\\3'",
                                           [AUTO_DATE_YMD] = "'^(\\d{4})[-/. ](\\d{1,2})[-/. ](\\d{1,2}).*$', '\\1-\\2-\\3'",
                                           [AUTO_DATE_DMY] = "'^(\\d{1,2})[-/. ](\\d{1,2})[-/. ](\\d{2,4}).*$', '\\3-\\2-\\1'",
                                           [AUTO_DATE_MDY] = "'^(\\d{1,2})[-/. ](\\d{1,2})[-/. ](\\d{2,4}).*$', '\\3-\\1-\\2'"};
    enum auto_date format = c->profile.format;
    if (format == AUTO_DATE_OTHER)
        x = numbered_months(p, x);
    else if (format == AUTO_DATE_NONE || (c->profile.one_format && format == AUTO_DATE_YMD && c->profile.separator == '-'))
        return x;
    *plain = false;
    if (c->profile.year_last) /* eight digits with the year behind: before those with the year in front are read */
        x = str_fmt(p->a, "regexp_replace(%.*s, '^(\\d{2})(\\d{2})((?:18|19|20)\\d{2})$', '%s')", STR_ARG(x), format == AUTO_DATE_MDY ? "\\3-\\1-\\2" : "\\3-\\2-\\1");
    for (enum auto_date k = AUTO_DATE_YMD8; k <= AUTO_DATE_MDY; k++)
        if (k == format || (!c->profile.one_format && k != (format == AUTO_DATE_MDY ? AUTO_DATE_DMY : AUTO_DATE_MDY)))
            x = str_fmt(p->a, "regexp_replace(%.*s, %s)", STR_ARG(x), patterns[k]);
    if (!c->profile.padded)
        x = str_fmt(p->a, "regexp_replace(%.*s, '\\b(\\d)\\b', '0\\1', 'g')", STR_ARG(x));
    return x;
}

static void date_parts(struct auto_plan *p, struct str x)
{
    p->dob_year = str_fmt(p->a, "split_part(%.*s, '-', 1)", STR_ARG(x));
    p->dob_month = str_fmt(p->a, "split_part(%.*s, '-', 2)", STR_ARG(x));
    p->dob_day = str_fmt(p->a, "split_part(%.*s, '-', 3)", STR_ARG(x));
}

static void date_field(struct auto_plan *p, const struct auto_column *c)
{
    bool plain;
    struct str x = iso_date(p, c, cleaned(p, c, &plain), &plain);
    add_field(p, AUTO_DOB, c, c->name, x, plain);
    date_parts(p, x);
}

static const struct auto_column *column_of(const struct auto_plan *p, enum auto_role role)
{
    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == role)
            return &p->columns[i];
    return NULL;
}

/* Three columns, one date; without all three, the year alone is compared. */
static void split_date(struct auto_plan *p)
{
    const struct auto_column *y = column_of(p, AUTO_YEAR), *m = column_of(p, AUTO_MONTH), *d = column_of(p, AUTO_DAY);
    bool plain;
    if (!y || auto_field_of(p, AUTO_DOB))
        return;
    p->dob_year = cleaned(p, y, &plain);
    if (!m || !d) {
        add_field(p, AUTO_YEAR, y, y->name, p->dob_year, plain);
        return;
    }
    p->dob_month = cleaned(p, m, &plain);
    p->dob_day = cleaned(p, d, &plain);
    add_field(p, AUTO_DOB, y, STR("date_of_birth"),
              str_fmt(p->a, "regexp_replace(%.*s || '-' || %.*s || '-' || %.*s, '\\b(\\d)\\b', '0\\1', 'g')", STR_ARG(p->dob_year), STR_ARG(p->dob_month), STR_ARG(p->dob_day)),
              false);
}

/* An age is worth comparing only where nothing says when somebody was born: it is the same fact, told less exactly. */
static void age(struct auto_plan *p)
{
    const struct auto_column *c = column_of(p, AUTO_AGE);
    bool plain = false;
    if (!c || auto_field_of(p, AUTO_DOB) || auto_field_of(p, AUTO_YEAR))
        return;
    struct str x = cleaned(p, c, &plain);
    add_field(p, AUTO_AGE, c, c->name, x, plain);
}

/* ---- names ---- */

/* How often a full name stands in the column says nothing about its halves: by it every Chloe and every Smith would be rare, so a half has its mean worth. */
static void add_half(struct auto_plan *p, enum auto_role role, const struct auto_column *c, struct str name, struct str text)
{
    size_t before = p->n_fields;
    add_field(p, role, c, name, text, false);
    if (p->n_fields > before)
        p->fields[before].tf = STR_NONE;
}

static void full_name(struct auto_plan *p, const struct auto_column *c)
{
    bool plain;
    struct str x = str_fmt(p->a, "regexp_replace(LOWER(TRIM(%.*s)), '^(mr|mrs|ms|miss|dr|prof|sir|herr|frau|mme|m|sr|sra)\\.? ', '')", STR_ARG(cleaned(p, c, &plain)));
    struct str given, surname;
    if (c->profile.comma > 0.5) { /* "surname, given" */
        surname = str_fmt(p->a, "NULLIF(TRIM(split_part(%.*s, ',', 1)), '')", STR_ARG(x));
        given = str_fmt(p->a, "NULLIF(split_part(TRIM(split_part(%.*s, ',', 2)), ' ', 1), '')", STR_ARG(x));
    } else if (c->profile.surname_first > c->profile.given_first) { /* "surname given" */
        surname = str_fmt(p->a, "NULLIF(regexp_extract(%.*s, '^[^ ]+'), '')", STR_ARG(x));
        given = str_fmt(p->a, "NULLIF(regexp_extract(%.*s, '^[^ ]+ ([^ ]+)', 1), '')", STR_ARG(x));
        auto_tell(p, "column", c->name, "the surname stands first: last words are given names more often than first words are");
    } else {
        given = str_fmt(p->a, "NULLIF(regexp_extract(%.*s, '^([^ ]+) ', 1), '')", STR_ARG(x));
        surname = str_fmt(p->a, "NULLIF(regexp_extract(%.*s, '[^ ]+$'), '')", STR_ARG(x));
    }
    if (!auto_field_of(p, AUTO_GIVEN))
        add_half(p, AUTO_GIVEN, c, STR("given_name"), given);
    if (!auto_field_of(p, AUTO_SURNAME))
        add_half(p, AUTO_SURNAME, c, STR("surname"), surname);
}

/* ---- all ---- */

static void simple_field(struct auto_plan *p, const struct auto_column *c)
{
    bool plain;
    struct str x = cleaned(p, c, &plain);
    switch (c->role) {
    case AUTO_PHONE:
        if (c->profile.digits < 0.999) {
            x = str_fmt(p->a, "NULLIF(right(regexp_replace(%.*s, '[^0-9]', '', 'g'), 9), '')", STR_ARG(x));
            plain = false;
        }
        break;
    case AUTO_POSTCODE:
    case AUTO_IDENTIFIER:
        if (c->profile.inner) {
            x = str_fmt(p->a, "NULLIF(regexp_replace(%.*s, '[^0-9A-Za-z]', '', 'g'), '')", STR_ARG(x));
            plain = false;
        }
        break;
    case AUTO_SEX:
        x = str_fmt(p->a, "left(LOWER(%.*s), 1)", STR_ARG(x));
        plain = false;
        break;
    default: break;
    }
    add_field(p, c->role, c, c->name, x, plain);
}

const struct auto_field *auto_field_of(const struct auto_plan *p, enum auto_role role)
{
    for (size_t i = 0; i < p->n_fields; i++)
        if (p->fields[i].role == role)
            return &p->fields[i];
    return NULL;
}

const struct auto_field *auto_compared(const struct auto_plan *p, size_t k)
{
    for (size_t i = 0; i < p->n_fields; i++)
        if (!p->fields[i].part && k-- == 0)
            return &p->fields[i];
    return NULL;
}

ptrdiff_t auto_comparison_of(const struct auto_plan *p, enum auto_role role)
{
    const struct auto_field *f;
    for (size_t k = 0; (f = auto_compared(p, k)) != NULL; k++)
        if (f->role == role)
            return (ptrdiff_t)k;
    return -1;
}

static enum err_code too_few(const struct auto_plan *p)
{
    size_t empty = 0, same = 0;
    for (size_t i = 0; i < p->n_columns; i++) {
        empty += p->columns[i].profile.filled == 0;
        same += p->columns[i].profile.distinct == 1;
    }
    return err_set(p->e, ERR_FORMAT,
                   "%zu of %zu columns could be recognised as something to compare (%zu are empty, %zu have one value in all rows): at least two are needed (names, date of birth, postcode, e-mail, "
                   "telephone, identifiers, addresses); give the columns their usual names, or train with --settings",
                   p->n_fields, p->n_columns, empty, same);
}

enum err_code auto_fields_make(struct auto_plan *p)
{
    for (size_t i = 0; i < p->n_columns; i++) {
        const struct auto_column *c = &p->columns[i];
        if (c->role == AUTO_DOB)
            date_field(p, c);
        else if (c->role >= AUTO_GIVEN && c->role != AUTO_FULL_NAME && c->role != AUTO_DAY && c->role != AUTO_MONTH && c->role != AUTO_YEAR && c->role != AUTO_AGE)
            simple_field(p, c);
    }
    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == AUTO_FULL_NAME)
            full_name(p, &p->columns[i]);
    split_date(p);
    age(p);
    for (size_t i = 0; i < p->n_fields; i++)
        if (!p->fields[i].text.p)
            return err_set(p->e, ERR_NO_MEMORY, "no memory to look at the columns");
    auto_address_join(p);
    return p->n_fields < 2 ? too_few(p) : ERR_OK;
}

/* A name between \1 and \2 becomes "name_l", or l."name". */
struct str auto_side(struct arena *a, struct str text, enum auto_side side)
{
    char *out = arena_alloc(a, 5 * text.n + 1), letter = side == AUTO_SUFFIX_L || side == AUTO_PREFIX_L ? 'l' : 'r';
    bool prefix = side == AUTO_PREFIX_L || side == AUTO_PREFIX_R;
    size_t n = 0;
    for (size_t i = 0; out && i < text.n; i++) {
        if (text.p[i] == '\1') {
            if (prefix)
                out[n++] = letter, out[n++] = '.';
            out[n++] = '"';
        } else if (text.p[i] == '\2') {
            if (!prefix)
                out[n++] = '_', out[n++] = letter;
            out[n++] = '"';
        } else {
            out[n++] = text.p[i];
        }
    }
    return (struct str){out, out ? n : 0};
}
