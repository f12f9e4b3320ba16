/* words.c: a narrative as folded words with the ends of sentences and clauses marked. */
#include "review/words.h"

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* What the mark between two words means for the word before it. */
static uint8_t break_of(char c)
{
    switch (c) {
    case '.': case ';': case '!': case '?': case '\n': return WORD_ENDS_SENTENCE | WORD_ENDS_CLAUSE;
    case ',': case ':': case '(': case ')': case '"': return WORD_ENDS_CLAUSE;
    default: return 0;
    }
}

static const struct { const char *word; int32_t value; } number_words[] = {
    {"two", 2}, {"both", 2}, {"three", 3}, {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9}, {"ten", 10},
    {"eleven", 11}, {"twelve", 12}, {"dozen", 12}, {"dozens", 24}, {"twenty", 20}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"hundred", 100}, {"hundreds", 200},
    {"several", 3}, {"many", 5}, {"multiple", 3}, {"numerous", 5}, {"countless", 10},
};

static int32_t number_of(struct str s)
{
    int64_t v;
    if (digit(s.p[0]))
        return str_to_int64(s, &v) && v < INT32_MAX ? (int32_t)v : 0;
    for (size_t i = 0; i < sizeof number_words / sizeof *number_words; i++)
        if (str_eq(s, str_of(number_words[i].word)))
            return number_words[i].value;
    return 0;
}

/* One word from `at`: letters with apostrophes dropped ("won't" is "wont"), or digits. Folded text shrinks in place. */
static size_t take_word(char *p, size_t n, size_t at, struct word *ret)
{
    size_t to = at, from = at;
    bool number = digit(p[at]);
    for (; at < n; at++) {
        if (number ? digit(p[at]) : letter(p[at]))
            p[to++] = p[at];
        else if (!(p[at] == '\'' && !number && at + 1 < n && letter(p[at + 1])) && !(p[at] == ',' && number && at + 1 < n && digit(p[at + 1])))
            break;
    }
    ret->s = (struct str){p + from, to - from};
    ret->number = number_of(ret->s);
    ret->breaks = 0;
    ret->marks = 0;
    return at;
}

size_t words_split(struct str text, struct arena *a, struct word *ret, size_t max)
{
    struct str folded = text_fold(a, text);
    if (!folded.p)
        return 0;
    char *p = arena_alloc(a, folded.n + 1); /* words lose their apostrophes in place */
    if (!p)
        return 0;
    memcpy(p, folded.p, folded.n);
    size_t n = 0;
    for (size_t at = 0; at < folded.n && n < max;) {
        if (letter(p[at]) || digit(p[at])) {
            at = take_word(p, folded.n, at, &ret[n++]);
        } else {
            if (n)
                ret[n - 1].breaks |= break_of(p[at]);
            at++;
        }
    }
    return n;
}
