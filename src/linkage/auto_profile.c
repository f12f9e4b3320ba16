/* auto_profile.c: what the values of a column look like, as shares of its filled cells. Each distinct value is looked at once and counts as often as it stands.
 *
 * Nothing here decides: it measures. Values that say that there is none ("unknown", "n/a", a date that many records share beyond chance) are listed, so that the fields leave them out. */
#include "linkage/auto.h"

#include <math.h>
#include <stdlib.h>

#define NOTHING_MOST 16u

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }

/* ---- one value ---- */

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

static size_t count_digits(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += is_digit(s.p[i]);
    return n;
}

static bool is_name_like(struct str s) /* letters, blanks, - ' . */
{
    bool letter = false;
    for (size_t i = 0; i < s.n; i++) {
        letter |= is_letter(s.p[i]);
        if (!is_letter(s.p[i]) && !memchr(" -'.,", s.p[i], 5))
            return false;
    }
    return letter;
}

static bool is_email(struct str s)
{
    ptrdiff_t at = str_find_char(s, '@');
    return at > 0 && (size_t)at + 3 < s.n && str_find_char(str_slice(s, (size_t)at, s.n), '.') > 0;
}

/* UK: "AB1 2CD"; elsewhere four to six digits, at most with one letter or dash among them. */
static bool is_postcode(struct str s)
{
    size_t digits = count_digits(s), letters = 0;
    for (size_t i = 0; i < s.n; i++)
        letters += is_letter(s.p[i]);
    if (s.n >= 5 && s.n <= 8 && is_letter(s.p[0]) && is_letter(s.p[s.n - 1]) && is_letter(s.p[s.n - 2]) && is_digit(s.p[s.n - 3]) && letters >= 3 && digits >= 2)
        return true;
    return letters == 0 && digits >= 4 && digits <= 6 && (digits == s.n || (digits + 1 == s.n && s.n == 6 && str_find_char(s, '-') > 0));
}

static bool is_phone(struct str s)
{
    size_t digits = count_digits(s);
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !memchr("+ -()./", s.p[i], 7))
            return false;
    return digits >= 9 && digits <= 15 && (s.p[0] == '+' || s.p[0] == '0' || s.p[0] == '(' || digits < s.n);
}

static bool is_sex(struct str s)
{
    static const char *const known[] = {"m", "f", "male", "female", "w", "man", "woman", "h", "u", "x", "other", "weiblich", "unknown"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(s, str_of(known[i])))
            return true;
    return false;
}

static bool is_nothing(struct str s)
{
    static const char *const known[] = {"unknown", "n/a", "na", "none", "null", "nan", "not known", "nk", "-", "--", "?", "missing", "not provided", "not stated", "tbc", "xxx",
                                        "x", "unbekannt", "inconnu", "00/00/0000", "0000-00-00", "00000000", "0", "no fixed abode", "nfa", "anonymous", "not applicable", "undefined"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(str_trim(s), str_of(known[i])))
            return true;
    return false;
}

/* ---- dates ---- */

struct date_votes {
    size_t ymd8, ymd, dmy, other, odd8, day_first, month_first, short_parts, separators[128];
};

static bool year_fits(int64_t y) { return y >= 1500 && y <= 2100; }

/* Three numbers with one separator; a time of day behind is passed over. */
static bool three_numbers(struct str s, int64_t part[3], size_t width[3], char *ret_separator)
{
    size_t at = 0;
    char separator = 0;
    for (int k = 0; k < 3; k++) {
        size_t from = at;
        while (at < s.n && is_digit(s.p[at]))
            at++;
        width[k] = at - from;
        if (at == from || width[k] > 4 || !str_to_int64(str_slice(s, from, at), &part[k]))
            return false;
        if (k < 2) {
            if (at == s.n || !memchr("-/. ", s.p[at], 4) || (k && s.p[at] != separator))
                return false;
            separator = s.p[at++];
        }
    }
    *ret_separator = separator;
    return at == s.n || s.p[at] == ' ' || s.p[at] == 'T';
}

static void vote_date(struct str s, size_t count, struct date_votes *v)
{
    int64_t part[3], n;
    size_t width[3];
    char separator;
    if (s.n == 8 && all_digits(s) && str_to_int64(s, &n) && year_fits(n / 10000) && n / 100 % 100 >= 1 && n / 100 % 100 <= 12 && n % 100 >= 1 && n % 100 <= 31) {
        v->ymd8 += count;
        return;
    }
    v->odd8 += s.n == 8 && all_digits(s) ? count : 0;
    if (!three_numbers(s, part, width, &separator)) {
        bool letters = false;
        for (size_t i = 0; i < s.n; i++)
            letters |= is_letter(s.p[i]);
        if (letters && count_digits(s) >= 3 && s.n >= 7 && s.n <= 18 && (is_digit(s.p[0]) || is_digit(s.p[s.n - 1])) && !is_postcode(s)) {
            static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "okt", "dez"};
            for (size_t k = 0; k < sizeof months / sizeof *months; k++)
                for (size_t i = 0; i + 3 <= s.n; i++)
                    if (str_eq_nocase(str_slice(s, i, i + 3), str_of(months[k]))) {
                        v->other += count;
                        return;
                    }
        }
        return;
    }
    if (width[0] == 4 && year_fits(part[0]) && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 && part[2] <= 31)
        v->ymd += count;
    else if (width[0] <= 2 && width[1] <= 2 && (width[2] == 4 ? year_fits(part[2]) : width[2] == 2) && part[0] >= 1 && part[0] <= 31 && part[1] >= 1 && part[1] <= 31) {
        v->dmy += count;
        v->day_first += part[0] > 12 ? count : 0;
        v->month_first += part[1] > 12 ? count : 0;
    } else {
        return;
    }
    v->short_parts += width[0] == 1 || width[1] == 1 || width[2] == 1 ? count : 0;
    v->separators[(unsigned char)separator & 127] += count;
}

static void settle_date(struct auto_profile *f, const struct date_votes *v)
{
    size_t best = v->ymd8;
    f->format = AUTO_DATE_YMD8;
    if (v->ymd > best)
        best = v->ymd, f->format = AUTO_DATE_YMD;
    if (v->dmy > best)
        best = v->dmy, f->format = v->month_first > v->day_first ? AUTO_DATE_MDY : AUTO_DATE_DMY;
    if (v->other > best)
        best = v->other, f->format = AUTO_DATE_OTHER;
    f->one_format = v->ymd8 + v->ymd + v->dmy + v->other + v->odd8 == best;
    f->year_last = v->odd8 > v->ymd8 && v->odd8 * 100 > f->filled;
    f->padded = v->short_parts * 100 <= best;
    f->date = f->filled ? (double)(v->ymd8 + v->ymd + v->dmy + v->other + (best > v->odd8 ? v->odd8 : 0)) / (double)f->filled : 0;
    if (best == 0)
        f->format = AUTO_DATE_NONE;
    size_t most = 0;
    for (size_t c = 0; c < 128; c++)
        if (v->separators[c] > most) {
            most = v->separators[c];
            f->separator = (char)c;
        }
}

/* ---- a column ---- */

struct lists {
    struct dictionary given, surname;
    size_t bytes;
};

static size_t words_in(struct str s)
{
    struct str rest = str_trim(s), word;
    size_t n = 0;
    while (str_split(&rest, ' ', &word))
        n += word.n > 0;
    return n;
}

static bool listed(const struct dictionary *d, struct arena *scratch, struct str s)
{
    struct str folded = text_fold(scratch, s);
    return folded.p && dictionary_find(d, folded) != 0;
}

/* Of the first and the last word only one is in the list of given names: which. */
static void measure_order(struct auto_profile *f, const struct lists *lists, struct arena *scratch, struct str s, double n)
{
    struct str rest = s, word, first = STR_NONE, last = STR_NONE;
    while (str_split(&rest, ' ', &word))
        if (word.n) {
            first = first.p ? first : word;
            last = word;
        }
    bool is_first = listed(&lists->given, scratch, first), is_last = listed(&lists->given, scratch, last);
    f->given_first += n * (is_first && !is_last);
    f->surname_first += n * (is_last && !is_first);
}

static void measure_value(struct auto_profile *f, const struct lists *lists, struct arena *scratch, struct str raw, size_t count, struct date_votes *votes)
{
    double n = (double)count;
    struct str s = str_trim(raw);
    size_t digits = count_digits(s), tokens = words_in(s);
    int64_t number = 0;
    f->length += n * (double)s.n;
    f->digits += n * all_digits(s);
    f->has_digit += n * (digits > 0);
    f->letters += n * is_name_like(s);
    f->at_sign += n * is_email(s);
    f->postcode += n * is_postcode(s);
    f->phone += n * is_phone(s);
    f->sex += n * is_sex(s);
    f->two_words += n * (tokens >= 2 && tokens <= 5);
    if (tokens >= 2 && digits == 0)
        measure_order(f, lists, scratch, s, n);
    f->comma += n * (str_find_char(s, ',') > 0);
    f->given += n * listed(&lists->given, scratch, s);
    f->surname += n * listed(&lists->surname, scratch, s);
    f->house += n * (s.n <= 5 && s.n && is_digit(s.p[0]));
    f->code += n * (s.n >= 5 && digits >= 3 && tokens <= 3 && digits * 2 >= s.n);
    bool whole = all_digits(s) && str_to_int64(s, &number);
    f->year += n * (whole && s.n == 4 && number >= 1850 && number <= 2030);
    f->small += n * (whole && number >= 1 && number <= 31);
    f->blanks |= s.n != raw.n;
    f->inner |= str_find_char(s, ' ') >= 0 || str_find_char(s, '-') >= 0;
    vote_date(s, count, votes);
    arena_reset(scratch);
}

static void share_all(struct auto_profile *f)
{
    double *all[] = {&f->length, &f->digits, &f->has_digit, &f->letters, &f->at_sign, &f->postcode, &f->phone, &f->sex, &f->two_words, &f->comma,
                     &f->given, &f->surname, &f->house, &f->code, &f->year, &f->small, &f->given_first, &f->surname_first};
    for (size_t i = 0; f->filled && i < sizeof all / sizeof *all; i++)
        *all[i] /= (double)f->filled;
}

/* Do values differ in case alone, or is the column not of one case? Comparisons then look at the small letters. */
static enum err_code measure_case(struct auto_plan *p, const struct dictionary *d, struct auto_profile *f)
{
    struct dictionary folded = {0};
    size_t bytes = 0;
    enum err_code code = ERR_OK;
    for (uint32_t c = 1; c <= d->n && code == ERR_OK && !f->mixed_case; c++) {
        struct str s = dictionary_value(d, c);
        char low[LIMIT_NAME_BYTES];
        uint32_t before = folded.n, at;
        if (s.n > sizeof low)
            continue;
        for (size_t i = 0; i < s.n; i++)
            low[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
        code = dictionary_add(&folded, (struct str){low, s.n}, &bytes, LIMIT_LINK_TABLE_BYTES, &at, p->e);
        f->mixed_case = folded.n == before;
    }
    dictionary_free(&folded);
    return code;
}

/* A date shared by far more records than its like: the second most frequent value of a clean column has at most a few times the mean. */
static bool is_default_date(const struct auto_profile *f, size_t count, size_t runner_up)
{
    return f->date > 0.8 && count >= 20 && count > 8 * runner_up && (double)count > 0.005 * (double)f->filled;
}

static enum err_code list_nothings(struct auto_plan *p, struct auto_column *c, const uint32_t *count)
{
    const struct dictionary *d = &p->t->columns[c->column].dict;
    struct auto_profile *f = &c->profile;
    struct str *nothing = ARENA_NEW(p->a, struct str, NOTHING_MOST);
    size_t first = 0, second = 0;
    if (!nothing)
        return err_set(p->e, ERR_NO_MEMORY, "no memory to look at the columns");
    for (uint32_t k = 1; k <= d->n; k++) {
        if (count[k] > first)
            second = first, first = count[k];
        else if (count[k] > second)
            second = count[k];
    }
    f->most = first;
    for (uint32_t k = 1; k <= d->n && f->n_nothing < NOTHING_MOST; k++) {
        struct str s = dictionary_value(d, k);
        if (is_nothing(s) || (count[k] == first && is_default_date(f, first, second)))
            nothing[f->n_nothing++] = s;
    }
    f->nothing = nothing;
    return ERR_OK;
}

static enum err_code profile_column(struct auto_plan *p, struct auto_column *c, const struct lists *lists, struct arena *scratch)
{
    const struct table_column *column = &p->t->columns[c->column];
    struct date_votes votes = {0};
    uint32_t *count = calloc((size_t)column->dict.n + 1, sizeof *count);
    if (!count)
        return err_set(p->e, ERR_NO_MEMORY, "no memory to look at the columns");
    for (size_t row = 0; row < p->t->rows; row++)
        count[column->codes[row]]++;
    c->profile.filled = p->t->rows - count[0];
    c->profile.distinct = column->dict.n;
    for (uint32_t k = 1; k <= column->dict.n; k++)
        measure_value(&c->profile, lists, scratch, dictionary_value(&column->dict, k), count[k], &votes);
    share_all(&c->profile);
    settle_date(&c->profile, &votes);
    enum err_code code = list_nothings(p, c, count);
    free(count);
    return code == ERR_OK ? measure_case(p, &column->dict, &c->profile) : code;
}

/* ---- the built-in lists of names ---- */

static enum err_code read_list(struct auto_plan *p, const char *file, struct dictionary *d, size_t *bytes)
{
    struct str text, line, name;
    uint32_t code;
    if (!model_builtin_file(str_of(file), &text))
        return err_set(p->e, ERR_NOT_FOUND, "the table %s is not built into the program", file);
    (void)str_split(&text, '\n', &line); /* header */
    while (str_split(&text, '\n', &line))
        if (str_split(&line, ',', &name) && name.n)
            ERR_TRY(dictionary_add(d, name, bytes, LIMIT_LINK_MODEL_BYTES, &code, p->e));
    return ERR_OK;
}

enum err_code auto_profile_all(struct auto_plan *p)
{
    struct lists lists = {0};
    struct arena scratch;
    arena_init(&scratch, LIMIT_CSV_RECORD_BYTES * 4);
    enum err_code code = read_list(p, "given_names.csv", &lists.given, &lists.bytes);
    if (code == ERR_OK)
        code = read_list(p, "surnames.csv", &lists.surname, &lists.bytes);
    for (size_t i = 0; code == ERR_OK && i < p->n_columns; i++)
        code = profile_column(p, &p->columns[i], &lists, &scratch);
    dictionary_free(&lists.given);
    dictionary_free(&lists.surname);
    arena_release(&scratch);
    return code;
}
