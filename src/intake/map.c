/* map.c: a feed's mappings applied to a row: values, codes to words, times. See row.h. */
#include "intake/row.h"

struct str row_value(const struct row *r, int column, int item)
{
    if (column < 0 || r->at[column] < 0)
        return STR("");
    size_t at = (size_t)r->at[column];
    if (item < 0 || !r->elements || r->elements[at] < 0)
        return r->values[at];
    for (size_t i = at; i < r->n; i++)
        if (r->columns[i] == column && r->elements[i] == item)
            return r->values[i];
    return STR("");
}

struct str row_joined(const struct row *r, int column, struct arena *a)
{
    struct str first = row_value(r, column, -1);
    if (!r->elements || first.n == 0)
        return first;
    struct str all = first;
    for (size_t i = (size_t)r->at[column] + 1; i < r->n; i++)
        if (r->columns[i] == column) {
            all = str_fmt(a, "%.*s; %.*s", STR_ARG(all), STR_ARG(r->values[i]));
            if (!all.p)
                return first;
        }
    return all;
}

/* ---- codes to words ---- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* Order of `text` (any case) against `code` (lower case). */
static int compare(struct str text, struct str code)
{
    size_t n = text.n < code.n ? text.n : code.n;
    for (size_t i = 0; i < n; i++) {
        int d = (unsigned char)lower(text.p[i]) - (unsigned char)code.p[i];
        if (d)
            return d;
    }
    return text.n < code.n ? -1 : text.n > code.n;
}

static int find_value(const struct feed_rule *r, struct str text)
{
    size_t low = 0, high = r->n_words;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int d = compare(text, r->words[mid].text);
        if (d == 0)
            return r->words[mid].word;
        if (d < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return 0;
}

static bool contains(struct str text, struct str code)
{
    for (size_t i = 0; i + code.n <= text.n; i++)
        if (lower(text.p[i]) == code.p[0] && compare(str_slice(text, i, i + code.n), code) == 0)
            return true;
    return false;
}

static int find_word(const struct feed_rule *r, struct str text)
{
    text = str_trim(text);
    if (text.n == 0)
        return 0;
    if (r->match == FEED_VALUES)
        return find_value(r, text);
    for (size_t i = 0; i < r->n_words; i++) {
        struct str code = r->words[i].text;
        bool fits = r->match == FEED_STARTS ? text.n >= code.n && compare(str_slice(text, 0, code.n), code) == 0 : contains(text, code);
        if (fits)
            return r->words[i].word;
    }
    return 0;
}

static bool applies(const struct feed_rule *rule, const struct row *r, int item)
{
    if (rule->only_column == FEED_NO_COLUMN)
        return true;
    struct str text = str_trim(row_value(r, rule->only_column, item));
    for (size_t i = 0; i < rule->n_only; i++)
        if (compare(text, rule->only[i].text) == 0)
            return true;
    return false;
}

int map_word(const struct feed_words *w, const struct row *r, int item)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct feed_rule *rule = &w->rules[i];
        if (!applies(rule, r, item))
            continue;
        int word = rule->match == FEED_ALWAYS ? rule->always : find_word(rule, row_value(r, rule->column, item));
        if (word)
            return word;
    }
    return 0;
}

static uint32_t bit(int word) { return word ? UINT32_C(1) << word : 0; }

static uint32_t set_of_text(const struct feed_rule *rule, struct str text)
{
    if (!rule->list)
        return bit(find_word(rule, text));
    uint32_t bits = 0;
    for (struct str part; str_split(&text, rule->list, &part);)
        bits |= bit(find_word(rule, part));
    return bits;
}

uint32_t map_set(const struct feed_words *w, const struct row *r)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct feed_rule *rule = &w->rules[i];
        if (!applies(rule, r, -1))
            continue;
        if (rule->match == FEED_ALWAYS) {
            bits |= bit(rule->always);
            continue;
        }
        bits |= set_of_text(rule, row_value(r, rule->column, -1));
        for (size_t k = r->elements && r->at[rule->column] >= 0 ? (size_t)r->at[rule->column] + 1 : r->n; k < r->n; k++)
            if (r->columns[k] == rule->column)
                bits |= set_of_text(rule, r->values[k]);
    }
    return bits;
}

/* ---- times ---- */

void map_time(const struct feed *f, const struct feed_time *t, const struct row *r, int item, int pivot_year, struct instant *ret,
              struct str *ret_given)
{
    *ret = INSTANT_NONE;
    *ret_given = STR("");
    for (size_t i = 0; i < t->n && ret_given->n == 0; i++) {
        const struct feed_time_part *part = &t->parts[i];
        struct str text = str_trim(row_value(r, part->column, item));
        *ret_given = text;
        if (text.n == 0)
            continue;
        const struct time_styles styles = {part->styles, part->n_styles, f->zone, pivot_year};
        bool read = part->n_styles && instant_parse(text, &styles, ret, NULL) == ERR_OK;
        if (!read && part->iso)
            (void)instant_parse_iso(text, f->zone, ret, NULL); /* what cannot be read stays unknown, and is kept as given */
    }
}
