/* evaluate.c: see evaluate.h. The partition is computed as an update would; then pairs are counted by clusters and true persons, never one by one. */
#include "people/evaluate.h"
#include "people/truth.h"
#include "people/update.h"

#include <stdlib.h>

#define EXAMPLES_OF_EACH 3
#define ROW_PAIRS_MAX 400 /* descriptions compared to find the cause of one missed pair of clusters */

#define X(name, text) text,
static const char *const false_join_texts[] = {FALSE_JOIN_CAUSES(X)};
static const char *const missed_texts[] = {MISSED_CAUSES(X)};
#undef X
const char *people_false_join_text(int cause) { return cause >= 0 && cause < FALSE_JOIN_N ? false_join_texts[cause] : "unknown"; }
const char *people_missed_text(int cause) { return cause >= 0 && cause < MISSED_N ? missed_texts[cause] : "unknown"; }

struct scored { /* a mention that counts */
    uint32_t mention; /* index into the partition's */
    uint32_t person, label;
    uint16_t feed;
};
struct near_pair { /* of the band */
    uint32_t a, b; /* persons, a < b */
    double weight;
};

struct evaluation {
    struct arena *a;
    struct partition *p;
    struct truth truth;
    struct buf scored;   /* struct scored */
    struct buf near;     /* struct near_pair, ascending */
    struct buf feeds;    /* struct people_feed_score */
    struct buf examples; /* struct people_example */
    uint32_t examples_of[FALSE_JOIN_N + MISSED_N];
    struct people_score score;
};

static enum err_code full(struct err *e) { return err_set(e, ERR_LIMIT, "the evaluation does not fit into the memory set aside for it"); }

/* ---- which mentions count ---- */

static enum err_code pick(struct evaluation *ev, struct err *e)
{
    const struct part_mention *m = part_mentions(ev->p);
    for (size_t i = 0; i < part_n(ev->p); i++) {
        const struct truth_mention *found = truth_find(&ev->truth, m[i].key);
        if (m[i].profile == ROW_NONE)
            continue;
        if (!found) {
            ev->score.without_truth++;
            continue;
        }
        struct scored s = {(uint32_t)i, ev->p->person_of[i], found->label, found->feed};
        (void)buf_add(&ev->scored, &s, sizeof s);
    }
    ev->score.mentions = ev->scored.n / sizeof(struct scored);
    return buf_check(&ev->scored, "the list of mentions to score", e);
}

/* ---- figures ---- */

/* All that count, or all but those of one feed. */
static enum err_code figures(const struct evaluation *ev, int without_feed, struct link_scores *ret, struct err *e)
{
    const struct scored *s = (const void *)ev->scored.p;
    size_t n = ev->scored.n / sizeof *s, kept = 0;
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_PEOPLE_TABLE_BYTES);
    uint32_t *cluster = ARENA_NEW(&a, uint32_t, n), *truth = ARENA_NEW(&a, uint32_t, n);
    if (!cluster || !truth)
        return full(e);
    for (size_t i = 0; i < n; i++)
        if ((int)s[i].feed != without_feed) {
            cluster[kept] = s[i].person;
            truth[kept++] = s[i].label;
        }
    link_evaluate_clusters(cluster, truth, kept, ret);
    return ERR_OK;
}

static enum err_code figures_of_feeds(struct evaluation *ev, struct err *e)
{
    const struct str *names = (const void *)ev->truth.feeds.p;
    const struct scored *s = (const void *)ev->scored.p;
    for (size_t i = 0; i < ev->truth.feeds.n / sizeof *names; i++) {
        struct people_feed_score f = {.feed = names[i]};
        struct link_scores rest;
        for (size_t k = 0; k < ev->scored.n / sizeof *s; k++)
            f.mentions += s[k].feed == i;
        ERR_TRY(figures(ev, (int)i, &rest, e));
        f.true_pairs = ev->score.all.true_pairs - rest.true_pairs;
        f.found_pairs = ev->score.all.found_pairs - rest.found_pairs;
        f.right_pairs = ev->score.all.right_pairs - rest.right_pairs;
        (void)buf_add(&ev->feeds, &f, sizeof f);
    }
    return buf_check(&ev->feeds, "the list of feeds", e);
}

/* ---- causes of what was joined wrongly ---- */

static void example(struct evaluation *ev, const struct scored *x, const struct scored *y, bool missed, int cause)
{
    uint32_t *shown = &ev->examples_of[missed ? FALSE_JOIN_N + cause : cause];
    if (*shown >= EXAMPLES_OF_EACH)
        return;
    const struct part_mention *m = part_mentions(ev->p);
    struct people_example ex = {m[x->mention].key, m[y->mention].key, missed, cause};
    (void)buf_add(&ev->examples, &ex, sizeof ex);
    ++*shown;
}

static bool has_decision(const struct evaluation *ev, uint32_t person)
{
    const struct link_cannot *must = (const void *)ev->p->musts.p;
    for (size_t i = 0; i < ev->p->musts.n / sizeof *must; i++)
        if (ev->p->row_person[must[i].l] == person)
            return true;
    return false;
}

static enum false_join false_join_cause(const struct evaluation *ev, const struct scored *x, const struct scored *y)
{
    const struct truth_person *p = (const void *)ev->truth.persons.p, *a = &p[x->label], *b = &p[y->label];
    bool home = str_eq(a->household, b->household), born = str_eq(a->dob, b->dob), named = str_eq(a->name, b->name);
    if (has_decision(ev, x->person))
        return FALSE_JOIN_decision;
    if (home)
        return born ? FALSE_JOIN_twins : named ? FALSE_JOIN_same_named_kin : FALSE_JOIN_household;
    if (named)
        return born ? FALSE_JOIN_namesakes_born_alike : FALSE_JOIN_namesakes;
    return born ? FALSE_JOIN_born_alike : FALSE_JOIN_strangers;
}

/* ---- causes of what was missed ---- */

struct likeness { /* of two sets of descriptions of one true person */
    bool apart, birth_both, birth_same, contact_same, surname_same, name_both;
};

static bool both(const struct partition *p, uint32_t l, uint32_t r, enum link_person_column c)
{
    return link_table_value(p->table, l, (size_t)c).n && link_table_value(p->table, r, (size_t)c).n;
}

static bool same(const struct partition *p, uint32_t l, uint32_t r, enum link_person_column c)
{
    return both(p, l, r, c) && str_eq(link_table_value(p->table, l, (size_t)c), link_table_value(p->table, r, (size_t)c));
}

static void compare_rows(const struct partition *p, uint32_t l, uint32_t r, struct likeness *x)
{
    const struct part_profile *f = part_profiles(p);
    for (size_t k = 0; k < PEOPLE_N_VETO; k++)
        x->apart = x->apart || (f[l].veto[k] && f[r].veto[k] && f[l].veto[k] != f[r].veto[k]);
    x->birth_both = x->birth_both || both(p, l, r, LINK_PERSON_dob);
    x->birth_same = x->birth_same || same(p, l, r, LINK_PERSON_dob);
    x->name_both = x->name_both || both(p, l, r, LINK_PERSON_surname);
    x->surname_same = x->surname_same || same(p, l, r, LINK_PERSON_surname) || same(p, l, r, LINK_PERSON_former_surname);
    x->contact_same = x->contact_same || same(p, l, r, LINK_PERSON_postcode) || same(p, l, r, LINK_PERSON_phone) || same(p, l, r, LINK_PERSON_email);
}

static int near_cmp(const void *l, const void *r)
{
    const struct near_pair *x = l, *y = r;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static enum err_code near_pairs(struct evaluation *ev, struct err *e)
{
    const struct part_band *v = (const void *)ev->p->band.p;
    for (size_t i = 0; i < ev->p->band.n / sizeof *v; i++) {
        uint32_t a = v[i].person_a, b = v[i].person_b;
        struct near_pair pair = {a < b ? a : b, a < b ? b : a, v[i].weight};
        (void)buf_add(&ev->near, &pair, sizeof pair);
    }
    if (ev->near.n)
        qsort(ev->near.p, ev->near.n / sizeof(struct near_pair), sizeof(struct near_pair), near_cmp);
    return buf_check(&ev->near, "the list of pairs for clerical review", e);
}

static enum missed missed_cause(const struct evaluation *ev, const struct scored *x, size_t n_x, const struct scored *y, size_t n_y)
{
    struct likeness like = {0};
    const struct part_mention *m = part_mentions(ev->p);
    size_t tried = 0;
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_y && tried < ROW_PAIRS_MAX; j++, tried++)
            compare_rows(ev->p, m[x[i].mention].profile, m[y[j].mention].profile, &like);
    struct near_pair wanted = {x->person < y->person ? x->person : y->person, x->person < y->person ? y->person : x->person, 0};
    const struct near_pair *near = ev->near.n ? bsearch(&wanted, ev->near.p, ev->near.n / sizeof wanted, sizeof wanted, near_cmp) : NULL;
    if (like.apart || (near && near->weight >= ev->p->threshold))
        return MISSED_apart;
    if (near)
        return MISSED_nearly;
    if (!like.birth_both)
        return like.contact_same ? MISSED_no_birth : MISSED_no_birth_moved;
    if (!like.birth_same)
        return MISSED_birth_differs;
    if (!like.name_both)
        return MISSED_no_name;
    return like.surname_same ? MISSED_other : MISSED_name_differs;
}

/* ---- groups: mentions of one person and one label stand together ---- */

static int by_person(const void *l, const void *r)
{
    const struct scored *x = l, *y = r;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->mention < y->mention ? -1 : x->mention > y->mention;
}

static int by_label(const void *l, const void *r)
{
    const struct scored *x = l, *y = r;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return by_person(l, r);
}

/* End of the run, from `from`, of one person and label (or of one of the two). */
static size_t run_end(const struct scored *s, size_t n, size_t from, bool person, bool label)
{
    size_t to = from + 1;
    while (to < n && (!person || s[to].person == s[from].person) && (!label || s[to].label == s[from].label))
        to++;
    return to;
}

static void count_pairs(struct evaluation *ev, bool missed, const struct scored *s, size_t n)
{
    for (size_t a = 0, a_end; a < n; a = a_end) {
        a_end = run_end(s, n, a, true, true);
        for (size_t b = a_end, b_end; b < n; b = b_end) {
            b_end = run_end(s, n, b, true, true);
            int cause = missed ? (int)missed_cause(ev, s + a, a_end - a, s + b, b_end - b) : (int)false_join_cause(ev, s + a, s + b);
            *(missed ? &ev->score.missed[cause] : &ev->score.false_joins[cause]) += (uint64_t)(a_end - a) * (b_end - b);
            example(ev, s + a, s + b, missed, cause);
        }
    }
}

static void causes(struct evaluation *ev)
{
    struct scored *s = (void *)ev->scored.p;
    size_t n = ev->scored.n / sizeof *s;
    if (n == 0)
        return;
    qsort(s, n, sizeof *s, by_person);
    for (size_t from = 0, to; from < n; from = to) {
        to = run_end(s, n, from, true, false);
        count_pairs(ev, false, s + from, to - from);
    }
    qsort(s, n, sizeof *s, by_label);
    for (size_t from = 0, to; from < n; from = to) {
        to = run_end(s, n, from, false, true);
        count_pairs(ev, true, s + from, to - from);
    }
}

/* ---- all ---- */

static enum err_code count_stale(struct store *s, struct evaluation *ev, struct err *e)
{
    _cleanup_buf_ struct buf was;
    buf_init(&was, LIMIT_PEOPLE_MENTIONS * sizeof(struct membership));
    ERR_TRY(membership_load(s, &was, e));
    const struct membership *m = (const void *)was.p;
    size_t n = was.n / sizeof *m, same_person = 0;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = partition_find(ev->p, m[i].mention_key);
        same_person += at >= 0 && ev->p->person_key[ev->p->person_of[at]] == m[i].person;
    }
    ev->score.stale = (part_n(ev->p) > n ? part_n(ev->p) : n) - same_person;
    return ERR_OK;
}

static enum err_code keep(struct evaluation *ev, struct people_score *ret, struct err *e)
{
    struct people_feed_score *feeds = ARENA_NEW(ev->a, struct people_feed_score, ev->feeds.n / sizeof *feeds);
    struct people_example *examples = ARENA_NEW(ev->a, struct people_example, ev->examples.n / sizeof *examples);
    if (!feeds || !examples)
        return full(e);
    if (ev->feeds.n)
        memcpy(feeds, ev->feeds.p, ev->feeds.n);
    if (ev->examples.n)
        memcpy(examples, ev->examples.p, ev->examples.n);
    *ret = ev->score;
    ret->feeds = feeds;
    ret->n_feeds = ev->feeds.n / sizeof *feeds;
    ret->examples = examples;
    ret->n_examples = ev->examples.n / sizeof *examples;
    return ERR_OK;
}

static enum err_code evaluate(struct store *s, struct evaluation *ev, struct people_score *ret, struct err *e)
{
    ERR_TRY(count_stale(s, ev, e));
    ERR_TRY(pick(ev, e));
    ERR_TRY(figures(ev, -1, &ev->score.all, e));
    ERR_TRY(figures_of_feeds(ev, e));
    ERR_TRY(near_pairs(ev, e));
    causes(ev);
    return keep(ev, ret, e);
}

enum err_code people_evaluate(struct store *s, const struct vault *v, const struct link_model *m, const char *truth_folder, struct progress *p,
                              struct arena *a, struct people_score *ret, struct err *e)
{
    _cleanup_partition_ struct partition *part = NULL;
    _cleanup_buf_ struct buf decisions;
    struct people_counts unused = {0};
    struct evaluation ev = {.a = a};
    buf_init(&decisions, LIMIT_PEOPLE_DECISIONS * sizeof(struct people_decision));
    ERR_TRY(decisions_load(s, &decisions, e));
    ERR_TRY(truth_read(v, truth_folder, a, &ev.truth, e));
    buf_init(&ev.scored, LIMIT_PEOPLE_MENTIONS * sizeof(struct scored));
    buf_init(&ev.near, LIMIT_PEOPLE_EDGES * sizeof(struct near_pair));
    buf_init(&ev.feeds, (size_t)1 << 20);
    buf_init(&ev.examples, (size_t)1 << 20);
    enum err_code code = partition_of_store(s, v, m, &decisions, p, &unused, &part, e);
    ev.p = part;
    if (code == ERR_OK)
        code = evaluate(s, &ev, ret, e);
    if (p)
        progress_end(p);
    truth_release(&ev.truth);
    buf_release(&ev.scored);
    buf_release(&ev.near);
    buf_release(&ev.feeds);
    buf_release(&ev.examples);
    return code;
}
