/* auto_columns.c: what each column is. Content first, header second:
 *
 *   1. labels by name (cluster, truth, …) are never used: they are the answer, not evidence
 *   2. the id: a column that is different in every row, by name if several are; none: rows are numbered
 *   3. what content shows alone: e-mail, dates, sex, telephone, UK postcodes
 *   4. what header and content agree on: names, parts of dates, parts of addresses, identifiers
 *   5. what content suggests where the header says nothing: names by the lists of names, addresses, codes that repeat a little
 *   6. one column a role where a person has one (given name, surname, date of birth): the better filled stays
 * Columns that are empty, or of one value, tell nothing. */
#include "linkage/auto.h"

#include <stdlib.h>

static bool set_role(struct auto_column *c, enum auto_role role, const char *why)
{
    c->role = role;
    c->why = str_of(why);
    return true;
}

/* ---- 2. the id ---- */

static bool name_has_word(struct str name, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= name.n; i++) {
        bool starts = i == 0 || !((name.p[i - 1] | 32) >= 'a' && (name.p[i - 1] | 32) <= 'z');
        bool ends = i + n == name.n || !((name.p[i + n] | 32) >= 'a' && (name.p[i + n] | 32) <= 'z');
        if (starts && ends && str_eq_nocase(str_slice(name, i, i + n), str_of(word)))
            return true;
    }
    return false;
}

static bool named_like_id(struct str name)
{
    static const char *const words[] = {"id", "uid", "rid", "rec", "record", "recid", "key", "row", "rowid", "ref", "reference", "index", "nr", "pk", "no"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (name_has_word(name, words[i]))
            return true;
    return false;
}

static bool must_be_id(struct str name)
{
    static const char *const names[] = {"id", "unique_id", "rec_id", "record_id", "row_id", "uid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, str_of(names[i])))
            return true;
    return false;
}

/* Different in every row; of several datasets, in every row of each. */
static bool is_unique(const struct auto_plan *p, const struct auto_column *c)
{
    ptrdiff_t source = p->linked ? link_table_column(p->t, STR("source_dataset")) : -1;
    const struct table_column *column = &p->t->columns[c->column];
    if (c->profile.filled != p->t->rows)
        return false;
    if (source < 0)
        return c->profile.distinct == p->t->rows;
    bool unique = true;
    uint32_t *last = calloc((size_t)column->dict.n + 1, sizeof *last); /* dataset that had the value last; rows of a dataset lie together */
    for (size_t row = 0; last && unique && row < p->t->rows; row++) {
        uint32_t dataset = link_table_code(p->t, row, (size_t)source);
        unique = last[column->codes[row]] != dataset;
        last[column->codes[row]] = dataset;
    }
    unique = unique && last;
    free(last);
    return unique;
}

static enum err_code find_id(struct auto_plan *p)
{
    struct auto_column *best = NULL;
    int best_rank = 9;
    for (size_t i = 0; i < p->n_columns; i++) {
        struct auto_column *c = &p->columns[i];
        if (c->role != AUTO_NONE || !is_unique(p, c) || (c->header != AUTO_NONE && !must_be_id(c->name)))
            continue;
        const struct auto_profile *f = &c->profile;
        bool personal = f->at_sign > 0.5 || f->letters > 0.5 || f->date > 0.8 || f->two_words > 0.5;
        int rank = must_be_id(c->name) ? 0 : named_like_id(c->name) && !personal ? 1 : i == 0 && !personal ? 2 : 9;
        if (rank < best_rank) {
            best = c;
            best_rank = rank;
        }
    }
    for (size_t i = 0; i < p->n_columns && !best; i++)
        if (must_be_id(p->columns[i].name) && p->columns[i].role == AUTO_NONE && p->columns[i].profile.filled > p->t->rows / 2)
            return err_set(p->e, ERR_FORMAT, "column %.*s is to name the records, but %zu of %zu rows have a value of their own in it: make it unique, or give it another name",
                           STR_ARG(p->columns[i].name), p->columns[i].profile.distinct, p->t->rows);
    if (best) {
        set_role(best, AUTO_ID, "a value of its own in every row");
        p->id = best->name;
    } else {
        p->number_rows = true;
        p->id = STR("haven_row");
        auto_tell(p, "id", p->id, "no column has a value of its own in every row: rows are numbered from 1");
    }
    return ERR_OK;
}

/* ---- 3. content alone ---- */

static bool by_content(struct auto_column *c)
{
    const struct auto_profile *f = &c->profile;
    if (f->at_sign > 0.5)
        return set_role(c, AUTO_EMAIL, "values are e-mail addresses");
    if (c->header == AUTO_NOT_OF_PERSON)
        return set_role(c, AUTO_NOT_OF_PERSON, "by its name it tells of somebody or something else");
    if (c->header == AUTO_HOME)
        return set_role(c, AUTO_HOME, "by its name it numbers households");
    if (c->header == AUTO_IDENTIFIER && f->has_digit > 0.5 && f->distinct * 20 > f->filled)
        return set_role(c, AUTO_IDENTIFIER, "by its name, and values have digits");
    if (f->date > 0.7)
        return set_role(c, AUTO_DOB, "values are dates");
    if (f->sex > 0.9 && f->distinct <= 16)
        return set_role(c, AUTO_SEX, "values are few and of a sex");
    if (f->phone > 0.6 && (c->header == AUTO_PHONE || f->digits < 0.999 || c->header == AUTO_NONE))
        return set_role(c, AUTO_PHONE, "values are telephone numbers");
    if (f->postcode > 0.6 && f->digits < 0.2)
        return set_role(c, AUTO_POSTCODE, "values are postcodes");
    return false;
}

/* ---- 4. header and content ---- */

static bool by_header(struct auto_column *c)
{
    const struct auto_profile *f = &c->profile;
    switch (c->header) {
    case AUTO_FULL_NAME:
        if (f->letters > 0.6 && f->two_words > 0.5)
            return set_role(c, AUTO_FULL_NAME, "by its name, and values are two words and more");
        if (f->letters > 0.6)
            return set_role(c, f->given >= f->surname ? AUTO_GIVEN : AUTO_SURNAME, "called a name, and values are single words");
        return false;
    case AUTO_GIVEN:
    case AUTO_SURNAME:
    case AUTO_MIDDLE: return f->letters > 0.6 && set_role(c, c->header, "by its name, and values are words");
    case AUTO_YEAR: return f->year > 0.7 && set_role(c, AUTO_YEAR, "by its name, and values are years");
    case AUTO_AGE: return f->digits > 0.9 && f->length < 2.5 && f->distinct <= 130 && set_role(c, AUTO_AGE, "by its name, and values are small numbers");
    case AUTO_MONTH: return (f->small > 0.7 || (f->letters > 0.7 && f->distinct < 40)) && set_role(c, AUTO_MONTH, "by its name, and values are months");
    case AUTO_DAY: return f->small > 0.7 && set_role(c, AUTO_DAY, "by its name, and values are days");
    case AUTO_POSTCODE: return f->has_digit > 0.6 && f->length < 12 && set_role(c, AUTO_POSTCODE, "by its name, and values have digits");
    case AUTO_PHONE: return f->has_digit > 0.6 && set_role(c, AUTO_PHONE, "by its name, and values have digits");
    case AUTO_EMAIL: return f->at_sign > 0.2 && set_role(c, AUTO_EMAIL, "by its name");
    case AUTO_HOUSE: return f->house > 0.5 && set_role(c, AUTO_HOUSE, "by its name, and values are short numbers");
    case AUTO_BIRTHPLACE: return f->has_digit < 0.4 && set_role(c, AUTO_BIRTHPLACE, "by its name, and values are words");
    case AUTO_CITY: return f->has_digit < 0.4 && set_role(c, AUTO_CITY, "by its name, and values are words");
    case AUTO_STATE: return f->has_digit < 0.4 && set_role(c, AUTO_STATE, "by its name, and values are words");
    case AUTO_STREET: return set_role(c, f->house > 0.8 ? AUTO_HOUSE : AUTO_STREET, "by its name");
    case AUTO_SEX: return f->distinct <= 16 && set_role(c, AUTO_SEX, "by its name, and values are few");
    default: return false;
    }
}

/* ---- 5. content suggests ---- */

static bool by_suggestion(struct auto_column *c)
{
    const struct auto_profile *f = &c->profile;
    double varied = (double)f->distinct / (double)f->filled;
    if (c->header != AUTO_NONE)
        return false;
    if (f->letters > 0.8 && f->two_words > 0.8 && f->has_digit < 0.05 && f->given < 0.1 && f->surname < 0.1 && varied > 0.2 && f->length < 30)
        return set_role(c, AUTO_FULL_NAME, "values are two words and more, like names");
    if (f->letters > 0.8 && (f->given > 0.35 || f->surname > 0.35) && varied > 0.01)
        return set_role(c, f->given > f->surname ? AUTO_GIVEN : AUTO_SURNAME, "values stand in the list of names");
    if (f->has_digit > 0.6 && f->two_words > 0.8 && f->length > 9)
        return set_role(c, AUTO_STREET, "values are like addresses");
    if (f->postcode > 0.9 && f->digits > 0.9 && varied < 0.5)
        return set_role(c, AUTO_POSTCODE, "values are short codes that many share");
    if (f->code > 0.9 && varied > 0.3 && f->distinct < f->filled && f->length >= 6 && f->length <= 20)
        return set_role(c, AUTO_IDENTIFIER, "values are codes, nearly all different");
    return false;
}

/* ---- 6. one column a role ---- */

static double standing(const struct auto_column *c)
{
    return (c->header == c->role ? 10.0 : 0) + (double)c->profile.filled / 1e9;
}

static void keep_one(struct auto_plan *p, enum auto_role role)
{
    struct auto_column *best = NULL;
    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == role && (!best || standing(&p->columns[i]) > standing(best)))
            best = &p->columns[i];
    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == role && &p->columns[i] != best)
            set_role(&p->columns[i], AUTO_NONE, role == AUTO_DOB ? "a date, but another column is the date of birth" : "another column is that already");
}

static bool header_has(struct str name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (name_has_word(name, words[i]))
            return true;
    return false;
}

/* A lone date column whose name speaks of something else is no date of birth. */
static void doubt_date(struct auto_column *c)
{
    static const char *const other[] = {"created", "updated", "date_added", "modified", "timestamp", "entry", "entered", "registered", "admission", "start", "end", "last", "event", "visit",
                                        "incident", "referral", "death", "joined", "extract", "load", "loaded", "seen", "signup", "added", "expiry"};
    if (c->role == AUTO_DOB && c->header != AUTO_DOB && header_has(c->name, other, sizeof other / sizeof *other))
        set_role(c, AUTO_NONE, "a date, but by its name not of birth");
}

static bool has_role(const struct auto_plan *p, enum auto_role role)
{
    for (size_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].role == role)
            return true;
    return false;
}

/* "Name" beside "Vorname" is the surname; "name" beside "surname" the given name. */
static void settle_names(struct auto_plan *p)
{
    for (size_t i = 0; i < p->n_columns; i++) {
        struct auto_column *c = &p->columns[i];
        if (c->header != AUTO_FULL_NAME || (c->role != AUTO_GIVEN && c->role != AUTO_SURNAME))
            continue;
        bool given = false, surname = false;
        for (size_t k = 0; k < p->n_columns; k++) {
            given |= k != i && p->columns[k].role == AUTO_GIVEN;
            surname |= k != i && p->columns[k].role == AUTO_SURNAME;
        }
        if (given != surname)
            set_role(c, given ? AUTO_SURNAME : AUTO_GIVEN, "called a name, beside the other name");
    }
}

static void decide_column(struct auto_plan *p, struct auto_column *c)
{
    const struct auto_profile *f = &c->profile;
    if (c->role != AUTO_NONE)
        return;
    if (f->filled < 2 || f->filled * 50 < p->t->rows || f->distinct < 2 || f->most * 100 > f->filled * 99)
        c->why = STR("nearly empty, or one value");
    else if (!by_content(c) && !by_header(c) && !by_suggestion(c))
        c->why = STR("not recognised");
    doubt_date(c);
}

enum err_code auto_columns_decide(struct auto_plan *p)
{
    static const enum auto_role once[] = {AUTO_GIVEN, AUTO_SURNAME, AUTO_FULL_NAME, AUTO_DOB, AUTO_DAY, AUTO_MONTH, AUTO_YEAR, AUTO_AGE, AUTO_SEX, AUTO_MIDDLE};
    for (size_t i = 0; i < p->n_columns; i++) {
        struct auto_column *c = &p->columns[i];
        struct str word;
        c->header = auto_header_role(p->a, c->name);
        if (p->linked && str_eq(c->name, STR("source_dataset")))
            set_role(c, AUTO_DATASET, "the file that the row is from");
        else if (str_find_char(c->name, '"') >= 0 || c->name.n == 0)
            set_role(c, AUTO_LABEL, "its name cannot stand in a condition");
        else if (auto_header_is_label(p->a, c->name, &word) && (c->header == AUTO_NONE || c->header == AUTO_IDENTIFIER))
            set_role(c, AUTO_LABEL, "by its name it says who is who: that is the answer, not evidence");
    }
    ERR_TRY(find_id(p));
    for (size_t i = 0; i < p->n_columns; i++)
        decide_column(p, &p->columns[i]);
    settle_names(p);
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        keep_one(p, once[i]);
    if (has_role(p, AUTO_GIVEN) && has_role(p, AUTO_SURNAME))
        for (size_t i = 0; i < p->n_columns; i++)
            if (p->columns[i].role == AUTO_FULL_NAME)
                set_role(&p->columns[i], AUTO_NONE, "given name and surname have columns of their own");
    for (size_t i = 0; i < p->n_columns; i++)
        auto_tell(p, "column", p->columns[i].name, "%.*s: %.*s", STR_ARG(auto_role_name(p->columns[i].role)),
                  STR_ARG(p->columns[i].why));
    return ERR_OK;
}
