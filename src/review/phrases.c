/* phrases.c: the phrase list and its matching. See phrases.h.
 *
 * A pattern is a list of elements: a set of words, each whole or a beginning, or a number of two or more, after a gap of at most so many words. Patterns are indexed by the first two
 * bytes of each word that can begin them, so most words of a narrative look at a handful of patterns. */
#include "review/phrases.h"

#include "review/context.h"
#include "review/review_files.h"
#include "review/words.h"

#include <assert.h>
#include <stdlib.h>

#define LIMIT_ELEMENTS ((size_t)8)

struct element {
    const struct str *words; /* alternatives; a length with .p ending in '*' was cut and `prefix` says so */
    const bool *prefix;
    size_t n_words;
    bool number;  /* also a number of two or more */
    uint8_t gap;  /* most words before it */
};

struct pattern {
    struct element elements[LIMIT_ELEMENTS];
    size_t n;
    enum behaviour behaviour;
    enum word_mark mark; /* of a row that marks words, which shows no behaviour */
    int16_t phrase;      /* which row of the list */
};

#define X(name, text) text,
static const char *const mark_names[MARK_N] = {"unknown", WORD_MARKS(X)};
#undef X
static const struct word_list words_mark = {"mark", mark_names, mark_names, MARK_N};

struct bucket_entry {
    uint32_t pattern;
    int32_t next;
};

#define NUMBER_BUCKET 0
#define BUCKETS 65536

struct phrases {
    struct arena arena;
    struct pattern *patterns;
    size_t n, n_phrases;
    int64_t version;
    int32_t *buckets; /* by first two bytes, -1 empty; NUMBER_BUCKET for numbers */
    struct bucket_entry *entries;
    size_t n_entries, cap_entries;
};

/* ---- reading the list ---- */

static bool alternative_add(struct phrases *p, struct element *el, struct str *words, bool *prefix, struct str alt)
{
    if (str_eq(alt, STR("#"))) {
        el->number = true;
        return true;
    }
    prefix[el->n_words] = str_ends(alt, STR("*"));
    if (prefix[el->n_words])
        alt.n--;
    if (alt.n < 1)
        return false;
    words[el->n_words] = str_dup(&p->arena, alt);
    return words[el->n_words++].p != NULL;
}

static bool element_parse(struct phrases *p, struct str text, struct element *el)
{
    size_t most = 1;
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == '|';
    struct str *words = ARENA_NEW(&p->arena, struct str, most), alt;
    bool *prefix = ARENA_NEW(&p->arena, bool, most);
    if (!words || !prefix)
        return false;
    el->words = words;
    el->prefix = prefix;
    while (str_split(&text, '|', &alt))
        if (!alternative_add(p, el, words, prefix, alt))
            return false;
    return true;
}

static bool pattern_parse(struct phrases *p, struct str text, struct pattern *ret)
{
    struct str part;
    int64_t gap = 0;
    ret->n = 0;
    while (str_split(&text, ' ', &part)) {
        if (part.n == 0)
            continue;
        if (part.p[0] == '~') {
            if (!str_to_int64(str_slice(part, 1, part.n), &gap) || gap < 1 || gap > 9 || ret->n == 0)
                return false;
            continue;
        }
        if (ret->n == LIMIT_ELEMENTS)
            return false;
        struct element *el = &ret->elements[ret->n++];
        *el = (struct element){.gap = (uint8_t)gap};
        gap = 0;
        if (!element_parse(p, part, el))
            return false;
    }
    return ret->n > 0 && gap == 0;
}

static enum err_code line_parse(struct phrases *p, struct str line, size_t number, struct err *e)
{
    struct str name, patterns, why, one;
    if (!str_split(&line, '\t', &name) || !str_split(&line, '\t', &patterns) || !str_split(&line, '\t', &why))
        return err_set(e, ERR_FORMAT, "phrase list line %zu: not behaviour, pattern and reason, separated by tabs", number);
    int b = words_find(&words_behaviour, name), mark = words_find(&words_mark, name);
    if (b <= 0 && mark <= 0)
        return err_set(e, ERR_FORMAT, "phrase list line %zu: there is no behaviour or mark of that name", number);
    while (str_split(&patterns, ';', &one)) {
        struct pattern *to = &p->patterns[p->n];
        *to = (struct pattern){.behaviour = b > 0 ? (enum behaviour)b : BEHAVIOUR_unknown, .mark = mark > 0 ? (enum word_mark)mark : MARK_unknown, .phrase = (int16_t)p->n_phrases};
        if (!pattern_parse(p, one, to))
            return err_set(e, ERR_FORMAT, "phrase list line %zu: the pattern cannot be read (words, `|`, `*`, `#`, `~1` to `~9` between words)", number);
        p->n++;
    }
    p->n_phrases++;
    return ERR_OK;
}

static enum err_code list_parse(struct phrases *p, struct str text, struct err *e)
{
    size_t most = 1, number = 0;
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == '\n' || text.p[i] == ';';
    p->patterns = ARENA_NEW(&p->arena, struct pattern, most);
    if (!p->patterns)
        return err_set(e, ERR_NO_MEMORY, "no memory for the phrase list");
    struct str line;
    while (str_split(&text, '\n', &line)) {
        number++;
        if (line.n && line.p[0] != '#')
            ERR_TRY(line_parse(p, line, number, e));
    }
    return ERR_OK;
}

/* ---- the index ---- */

static uint32_t bucket_of(struct str word) { return (uint32_t)(unsigned char)word.p[0] << 8 | (word.n > 1 ? (unsigned char)word.p[1] : 0); }

static void index_put(struct phrases *p, uint32_t bucket, size_t pattern)
{
    int32_t head = p->buckets[bucket];
    if (head >= 0 && p->entries[head].pattern == pattern)
        return; /* two alternatives that begin alike */
    assert(p->n_entries < p->cap_entries);
    p->entries[p->n_entries] = (struct bucket_entry){(uint32_t)pattern, head};
    p->buckets[bucket] = (int32_t)p->n_entries++;
}

/* A beginning of one letter ("x*") stands in every bucket of that letter. */
static void index_word(struct phrases *p, struct str word, bool prefix, size_t pattern)
{
    if (word.n > 1 || !prefix) {
        index_put(p, bucket_of(word), pattern);
        return;
    }
    for (uint32_t second = 0; second < 256; second++)
        index_put(p, (uint32_t)(unsigned char)word.p[0] << 8 | second, pattern);
}

static enum err_code index_build(struct phrases *p, struct err *e)
{
    p->cap_entries = 0;
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->patterns[i].elements[0].n_words + 1; k++)
            p->cap_entries += k < p->patterns[i].elements[0].n_words && p->patterns[i].elements[0].words[k].n == 1 ? 256 : 1;
    p->buckets = ARENA_NEW(&p->arena, int32_t, BUCKETS);
    p->entries = ARENA_NEW(&p->arena, struct bucket_entry, p->cap_entries + 1);
    if (!p->buckets || !p->entries)
        return err_set(e, ERR_NO_MEMORY, "no memory for the phrase list");
    memset(p->buckets, 0xff, BUCKETS * sizeof *p->buckets);
    for (size_t i = p->n; i-- > 0;) { /* backwards: each bucket then lists patterns in the list's order */
        const struct element *first = &p->patterns[i].elements[0];
        for (size_t k = 0; k < first->n_words; k++)
            index_word(p, first->words[k], first->prefix[k], i);
        if (first->number)
            index_put(p, NUMBER_BUCKET, i);
    }
    return ERR_OK;
}

enum err_code phrases_new(struct str text, struct phrases **ret, struct err *e)
{
    if (!text.p && !review_file(STR("phrases.tsv"), &text))
        return err_set(e, ERR_IO, "the program has no phrase list");
    struct phrases *p = calloc(1, sizeof *p);
    if (!p)
        return err_set(e, ERR_NO_MEMORY, "no memory for the phrase list");
    arena_init(&p->arena, (size_t)16 << 20);
    p->version = (int64_t)(str_hash(text, 1) >> 1);
    enum err_code code = list_parse(p, text, e);
    if (code == ERR_OK)
        code = index_build(p, e);
    if (code != ERR_OK) {
        phrases_free(p);
        return code;
    }
    *ret = p;
    return ERR_OK;
}

void phrases_free(struct phrases *p)
{
    if (p)
        arena_release(&p->arena);
    free(p);
}

int64_t phrases_version(const struct phrases *p) { return p->version; }
size_t phrases_count(const struct phrases *p) { return p->n_phrases; }

/* ---- matching ---- */

static bool element_is(const struct element *el, const struct word *w)
{
    if (el->number && w->number >= 2)
        return true;
    for (size_t i = 0; i < el->n_words; i++)
        if (el->prefix[i] ? str_starts(w->s, el->words[i]) : str_eq(w->s, el->words[i]))
            return true;
    return false;
}

/* Elements from `k` on match words after `at` (the word matched last); *ret_last the last word. Gaps are small, so trying each is cheap. */
static bool rest_matches(const struct pattern *p, size_t k, const struct word *w, size_t n, size_t at, size_t *ret_last)
{
    if (k == p->n) {
        *ret_last = at;
        return true;
    }
    for (size_t skip = 0; skip <= p->elements[k].gap; skip++) {
        size_t next = at + 1 + skip;
        if (next >= n || w[next - 1].breaks & WORD_ENDS_SENTENCE)
            return false;
        if (element_is(&p->elements[k], &w[next]) && rest_matches(p, k + 1, w, n, next, ret_last))
            return true;
    }
    return false;
}

static uint16_t most_number(const struct word *w, size_t from, size_t to)
{
    int32_t most = 0;
    for (size_t i = from; i <= to; i++)
        if (w[i].number > most && w[i].number < 10000)
            most = w[i].number;
    return (uint16_t)most;
}

/* What is done with each phrase that is found: its pattern and its first and last word. */
struct match {
    struct word *words;
    size_t n;
    struct coding *coding;
    enum assertion assertion;
};
typedef void (*on_match)(struct match *m, const struct pattern *p, size_t from, size_t last);

static void mark(struct match *m, const struct pattern *p, size_t from, size_t last)
{
    for (size_t i = from; i <= last; i++)
        m->words[i].marks |= (uint8_t)(1u << p->mark);
}

/* The steps of phrases.h. */
static void take(struct match *m, const struct pattern *p, size_t from, size_t last)
{
    const struct word *w = m->words;
    if (p->behaviour != BEHAVIOUR_persistence && context_negates(w, from)) /* 1 */
        return;
    if (context_excuses(w, m->n, p->behaviour, from, last)) /* 2 */
        return;
    if (p->behaviour == BEHAVIOUR_repeated) {
        uint16_t number = most_number(w, from, last);
        uint16_t stated = number >= 2 ? number : 2;
        if (stated > m->coding->stated)
            m->coding->stated = stated;
    }
    coding_add(m->coding, p->behaviour, context_doubts(w, from) ? ASSERTION_opinion : m->assertion, p->phrase); /* 3 */
}

/* Rows that mark words, or those that show behaviours. */
static void each_match(const struct phrases *p, struct match *m, bool marks, on_match f)
{
    const struct word *w = m->words;
    for (size_t at = 0; at < m->n; at++) {
        uint32_t buckets[2] = {bucket_of(w[at].s), NUMBER_BUCKET};
        for (size_t b = 0; b < (w[at].number >= 2 ? 2u : 1u); b++)
            for (int32_t i = p->buckets[buckets[b]]; i >= 0; i = p->entries[i].next) {
                const struct pattern *pattern = &p->patterns[p->entries[i].pattern];
                size_t last;
                if ((pattern->mark != MARK_unknown) == marks && element_is(&pattern->elements[0], &w[at]) && rest_matches(pattern, 1, w, m->n, at, &last))
                    f(m, pattern, at, last);
            }
    }
}

void phrases_code(const struct phrases *p, struct str text, enum assertion assertion, struct arena *scratch, struct coding *ret)
{
    struct match m = {.coding = ret, .assertion = assertion};
    arena_reset(scratch);
    if (text.n)
        m.words = ARENA_NEW(scratch, struct word, LIMIT_NARRATIVE_WORDS);
    if (m.words)
        m.n = words_split(text, scratch, m.words, LIMIT_NARRATIVE_WORDS);
    each_match(p, &m, true, mark);
    each_match(p, &m, false, take);
}

/* ---- codings ---- */

void coding_add(struct coding *c, enum behaviour b, enum assertion a, int phrase)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].behaviour == b) {
            if (a == ASSERTION_fact)
                c->v[i].assertion = ASSERTION_fact; /* said once as a fact: a fact */
            return;
        }
    if (c->n < LIMIT_CODED)
        c->v[c->n++] = (struct coded){(uint8_t)b, (uint8_t)a, (int16_t)phrase};
}

bool coding_has(const struct coding *c, enum behaviour b)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].behaviour == b)
            return true;
    return false;
}

bool behaviour_is_conduct(enum behaviour b)
{
#define X(name, text, conduct) conduct,
    static const uint8_t direct[BEHAVIOUR_N] = {0, BEHAVIOURS(X)};
#undef X
    return b < BEHAVIOUR_N && direct[b];
}

bool coding_has_conduct(const struct coding *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (behaviour_is_conduct(c->v[i].behaviour))
            return true;
    return false;
}
