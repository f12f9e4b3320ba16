/* evaluate.c: see evaluate.h. */
#include "review/evaluate.h"

#include "people/truth.h"
#include "review/view.h"
#include "sql/review_sql.h"

#include <stdlib.h>

#define LIMIT_HISTORIES ((size_t)1000000)
#define UNKNOWN_LABEL UINT32_MAX

struct history { /* one true pair */
    uint32_t victim, suspect; /* labels */
    struct str kind;
    uint32_t occasions; /* different ones in the records */
    bool found, found_misrecorded;
};
struct reported { /* one line of occasions.csv */
    uint32_t victim, suspect;
    struct str occasion;
};

struct evaluation {
    struct arena *a;
    struct truth truth;
    struct buf histories, reported; /* struct history, struct reported */
    struct people_map map;
    uint32_t *label_of; /* by person number */
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_LIMIT, "the truth does not fit into the memory set aside for it"); }

/* ---- reading ---- */

static enum err_code labels_of(const struct evaluation *v, struct str victim, struct str suspect, uint32_t ret[2], struct err *e)
{
    ptrdiff_t a = truth_person_find(&v->truth, victim), b = truth_person_find(&v->truth, suspect);
    if (a < 0 || b < 0)
        return err_set(e, ERR_FORMAT, "a history names a person who is not in persons.csv");
    ret[0] = (uint32_t)a;
    ret[1] = (uint32_t)b;
    return ERR_OK;
}

static enum err_code take_pair(void *ctx, const struct str *f, struct err *e)
{
    struct evaluation *v = ctx;
    uint32_t labels[2] = {0};
    ERR_TRY(labels_of(v, f[0], f[1], labels, e));
    struct history h = {.victim = labels[0], .suspect = labels[1], .kind = str_dup(v->a, f[2])};
    (void)buf_add(&v->histories, &h, sizeof h);
    return h.kind.p ? buf_check(&v->histories, "the list of histories", e) : no_memory(e);
}

static enum err_code take_occasion(void *ctx, const struct str *f, struct err *e)
{
    struct evaluation *v = ctx;
    uint32_t labels[2] = {0};
    ERR_TRY(labels_of(v, f[1], f[2], labels, e));
    struct reported r = {labels[0], labels[1], str_dup(v->a, f[0])};
    (void)buf_add(&v->reported, &r, sizeof r);
    return r.occasion.p ? buf_check(&v->reported, "the list of occasions", e) : no_memory(e);
}

static int by_people(const void *l, const void *r)
{
    const struct history *x = l, *y = r;
    if (x->victim != y->victim)
        return x->victim < y->victim ? -1 : 1;
    return x->suspect < y->suspect ? -1 : x->suspect > y->suspect;
}

static int by_occasion(const void *l, const void *r)
{
    const struct reported *x = l, *y = r;
    if (x->victim != y->victim)
        return x->victim < y->victim ? -1 : 1;
    if (x->suspect != y->suspect)
        return x->suspect < y->suspect ? -1 : 1;
    return str_cmp(x->occasion, y->occasion);
}

static struct history *find(const struct evaluation *v, uint32_t victim, uint32_t suspect)
{
    struct history wanted = {.victim = victim, .suspect = suspect};
    return bsearch(&wanted, v->histories.p, v->histories.n / sizeof wanted, sizeof wanted, by_people);
}

static void count_occasions(struct evaluation *v)
{
    struct reported *r = (void *)v->reported.p;
    size_t n = v->reported.n / sizeof *r;
    if (n)
        qsort(r, n, sizeof *r, by_occasion);
    for (size_t i = 0; i < n; i++) {
        struct history *h = find(v, r[i].victim, r[i].suspect);
        if (h && (i == 0 || by_occasion(&r[i - 1], &r[i]) != 0))
            h->occasions++;
    }
}

static enum err_code read_truth(struct evaluation *v, const char *folder, struct err *e)
{
    static const char *const pair_columns[] = {"victim", "suspect", "kind"}, *const occasion_columns[] = {"occasion", "victim", "suspect"};
    const struct truth_table pairs = {"pairs.csv", pair_columns, 3, take_pair}, occasions = {"occasions.csv", occasion_columns, 3, take_occasion};
    ERR_TRY(truth_table_read(folder, &pairs, v->a, v, e));
    if (v->histories.n)
        qsort(v->histories.p, v->histories.n / sizeof(struct history), sizeof(struct history), by_people);
    ERR_TRY(truth_table_read(folder, &occasions, v->a, v, e));
    count_occasions(v);
    return ERR_OK;
}

/* ---- persons of the hub to true persons ---- */

struct vote {
    uint32_t person, label;
};

static int by_vote(const void *l, const void *r)
{
    const struct vote *x = l, *y = r;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->label < y->label ? -1 : x->label > y->label;
}

static enum err_code label_persons(struct evaluation *v, struct err *e)
{
    struct vote *votes = ARENA_NEW(v->a, struct vote, v->map.n_mentions + 1);
    uint32_t *best = ARENA_NEW(v->a, uint32_t, v->map.n_persons + 1);
    v->label_of = ARENA_NEW(v->a, uint32_t, v->map.n_persons + 1);
    if (!votes || !best || !v->label_of)
        return no_memory(e);
    size_t n = 0;
    for (size_t i = 0; i < v->map.n_mentions; i++) {
        const struct truth_mention *m = truth_find(&v->truth, v->map.mention_keys[i]);
        if (m)
            votes[n++] = (struct vote){v->map.person_of[i], m->label};
    }
    memset(v->label_of, 0xff, v->map.n_persons * sizeof *v->label_of);
    qsort(votes, n, sizeof *votes, by_vote);
    for (size_t i = 0, to; i < n; i = to) {
        for (to = i + 1; to < n && by_vote(&votes[i], &votes[to]) == 0; to++)
            ;
        if (to - i > best[votes[i].person]) {
            best[votes[i].person] = (uint32_t)(to - i);
            v->label_of[votes[i].person] = votes[i].label;
        }
    }
    return ERR_OK;
}

static uint32_t label_of_key(const struct evaluation *v, uint64_t key)
{
    size_t lo = 0, hi = v->map.n_persons; /* persons are numbered by their keys */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->map.person_key[mid] < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < v->map.n_persons && v->map.person_key[lo] == key ? v->label_of[lo] : UNKNOWN_LABEL;
}

/* ---- cases against histories ---- */

/* Every history of the victim (a case whose suspect is not known), or the one of the pair. */
static bool mark_found(struct evaluation *v, uint32_t victim, uint32_t suspect, bool bucket, bool misrecorded)
{
    struct history *h = (void *)v->histories.p;
    bool any = false;
    for (size_t i = 0; i < v->histories.n / sizeof *h; i++)
        if (h[i].victim == victim && (bucket || h[i].suspect == suspect)) {
            h[i].found = any = true;
            h[i].found_misrecorded |= misrecorded;
        }
    return any;
}

static enum err_code match_cases(struct store *s, struct evaluation *v, struct review_score *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(store_query(s, &sql_review_case_pairs, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        bool misrecorded = store_int(c, 4) & MARK_misrecorded, bucket = store_int(c, 2) == 0;
        ret->cases++;
        ret->misrecorded += misrecorded;
        if (!(store_int(c, 3) & 1 << RULE_course_of_conduct))
            continue;
        uint32_t victim = label_of_key(v, (uint64_t)store_int(c, 1));
        uint32_t suspect = bucket ? UNKNOWN_LABEL : label_of_key(v, (uint64_t)store_int(c, 2));
        if (mark_found(v, victim, suspect, bucket, misrecorded))
            continue;
        if (ret->n_false_examples < REVIEW_EXAMPLES)
            ret->false_examples[ret->n_false_examples++] = (uint64_t)store_int(c, 0);
        ret->false_alerts++;
    }
}

struct pair_labels {
    uint32_t victim, suspect;
};

static int by_labels(const void *l, const void *r)
{
    const struct pair_labels *x = l, *y = r;
    if (x->victim != y->victim)
        return x->victim < y->victim ? -1 : 1;
    return x->suspect < y->suspect ? -1 : x->suspect > y->suspect;
}

static enum err_code pairs_of_events(const struct review_facts *f, struct buf *ret, struct err *e)
{
    for (size_t i = 0; i < f->n; i++) {
        struct sides s;
        sides_of(&f->events[i], f->map, &s);
        for (size_t v = 0; v < s.n_victims; v++)
            for (size_t k = 0; k < s.n_suspects; k++) {
                struct pair_labels p = {s.victims[v], s.suspects[k]};
                (void)buf_add(ret, &p, sizeof p);
            }
    }
    return buf_check(ret, "the list of pairs", e);
}

/* Pairs that records name together and that have no history. */
static enum err_code count_pairs_without(struct store *s, struct evaluation *v, struct review_score *ret, struct err *e)
{
    struct review_facts f;
    struct people_map map;
    _cleanup_buf_ struct buf pairs;
    buf_init(&pairs, (size_t)1 << 30);
    ERR_TRY(facts_load(s, &map, v->a, &f, e));
    ERR_TRY(pairs_of_events(&f, &pairs, e));
    struct pair_labels *p = (void *)pairs.p;
    size_t n = pairs.n / sizeof *p;
    if (n)
        qsort(p, n, sizeof *p, by_labels);
    for (size_t i = 0; i < n; i++)
        if ((i == 0 || by_labels(&p[i - 1], &p[i]) != 0) && !find(v, v->label_of[p[i].victim], v->label_of[p[i].suspect]))
            ret->pairs_without++;
    return ERR_OK;
}

/* ---- the score ---- */

static struct review_kind_score *kind_of(struct review_kind_score *kinds, size_t *n, size_t most, struct str kind)
{
    for (size_t i = 0; i < *n; i++)
        if (str_eq(kinds[i].kind, kind))
            return &kinds[i];
    if (*n == most)
        return &kinds[most - 1];
    kinds[*n] = (struct review_kind_score){.kind = kind};
    return &kinds[(*n)++];
}

#define LIMIT_KINDS ((size_t)16)

static enum err_code score(struct evaluation *v, struct review_score *ret, struct err *e)
{
    const struct history *h = (const void *)v->histories.p;
    struct review_kind_score *kinds = ARENA_NEW(v->a, struct review_kind_score, LIMIT_KINDS);
    uint64_t all = 0, found = 0;
    if (!kinds)
        return no_memory(e);
    for (size_t i = 0; i < v->histories.n / sizeof *h; i++) {
        struct review_kind_score *k = kind_of(kinds, &ret->n_kinds, LIMIT_KINDS, h[i].kind);
        if (h[i].occasions < 2) {
            k->one_occasion++;
            continue;
        }
        k->histories++;
        k->found += h[i].found;
        k->found_misrecorded += h[i].found_misrecorded;
        all++;
        found += h[i].found;
    }
    ret->kinds = kinds;
    ret->recall = all ? (double)found / (double)all : 1;
    ret->false_alerts_per_1000 = ret->pairs_without ? 1000.0 * (double)ret->false_alerts / (double)ret->pairs_without : 0;
    return ERR_OK;
}

static enum err_code evaluate(struct store *s, struct evaluation *v, const char *folder, struct review_score *ret, struct err *e)
{
    ERR_TRY(read_truth(v, folder, e));
    ERR_TRY(people_map_load(s, v->a, &v->map, e));
    ERR_TRY(label_persons(v, e));
    ERR_TRY(match_cases(s, v, ret, e));
    ERR_TRY(count_pairs_without(s, v, ret, e));
    return score(v, ret, e);
}

enum err_code review_evaluate(struct store *s, const struct vault *vault, const char *truth_folder, struct arena *a, struct review_score *ret, struct err *e)
{
    struct evaluation v = {.a = a};
    struct review_score found = {0};
    ERR_TRY(truth_read(vault, truth_folder, a, &v.truth, e));
    buf_init(&v.histories, LIMIT_HISTORIES * sizeof(struct history));
    buf_init(&v.reported, LIMIT_HISTORIES * 16 * sizeof(struct reported));
    enum err_code code = evaluate(s, &v, truth_folder, &found, e);
    buf_release(&v.histories);
    buf_release(&v.reported);
    truth_release(&v.truth);
    if (code == ERR_OK)
        *ret = found;
    return code;
}

struct str review_case_id(struct arena *a, uint64_t key) { return case_id_format(a, key); }
