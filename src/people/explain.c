/* explain.c: why mentions are one person, or why two persons are not one, in words and weights.
 *
 * The weight of a pair depends on the two descriptions, the model and its population tables alone, so explaining works on the mentions in question, and on the persons in whose company some of them stand (company.c), and comes
 * to the same weights as the update did. The joins of a person are told in the order in which they were made: human decisions, then falling weight. */
#include "people/explain.h"

#include <math.h>
#include <stdlib.h>

#define PAIRS_MAX 40000 /* compared when two persons are asked about; the heaviest of them is told */
#define WORTH_TELLING 0.05 /* weights nearer to nothing than this are left out */

/* ---- words ---- */

static const struct mention *mention_of_row(const struct teller *t, uint32_t row)
{
    ptrdiff_t i = partition_find(t->p, part_profiles(t->p)[row].least_key);
    return &t->mentions[i];
}

/* "mention 0123456789abcdef (victim; Police crime records 42/0012345/24)" */
static enum err_code tell_mention(struct teller *t, const struct mention *m, struct err *e)
{
    struct row_text text;
    ERR_TRY(intake_row_text(t->s, t->v, m->row, t->a, &text, e));
    struct str title = text.feed;
    for (size_t i = 0; i < t->n_feeds; i++)
        if (t->feeds[i].index == m->feed)
            title = t->feeds[i].title;
    (void)buf_fmt(t->out, "mention %016llx (%s; %.*s %.*s)", (unsigned long long)m->key, words_text(&words_role, (int)m->role), STR_ARG(title),
                  STR_ARG(text.source_id));
    return ERR_OK;
}

static void tell_reasons(struct teller *t, const struct link_explanation *x)
{
    (void)buf_fmt(t->out, "     %+7.2f  before anything is compared: how rarely two mentions are one person\n", x->prior_weight);
    for (size_t i = 0; i < x->n; i++) {
        const struct link_reason *r = &x->reasons[i];
        if (r->gamma < 0 || fabs(r->match_weight + r->tf_adjustment) < WORTH_TELLING)
            continue;
        (void)buf_fmt(t->out, "     %+7.2f  %.*s: %.*s", r->match_weight + r->tf_adjustment, STR_ARG(r->comparison), STR_ARG(r->level));
        if (fabs(r->tf_adjustment) >= WORTH_TELLING)
            (void)buf_fmt(t->out, " (%+.2f of it because the value is %s)", r->tf_adjustment, r->tf_adjustment > 0 ? "rare" : "common");
        (void)buf_z(t->out, "\n");
    }
    (void)buf_fmt(t->out, "     %+7.2f  in all\n", x->match_weight);
}

static enum err_code tell_pair(struct teller *t, uint32_t l, uint32_t r, struct err *e)
{
    struct link_explanation x;
    ERR_TRY(tell_mention(t, mention_of_row(t, l), e));
    (void)buf_z(t->out, "\n     and ");
    ERR_TRY(tell_mention(t, mention_of_row(t, r), e));
    (void)buf_z(t->out, "\n");
    ERR_TRY(link_explain(t->m, t->p->table, l, r, t->a, &x, e));
    tell_reasons(t, &x);
    return ERR_OK;
}

static void tell_model(struct teller *t)
{
    struct str hash = link_model_hash(t->m);
    (void)buf_fmt(t->out, "Weights are powers of two: +1 makes it twice as likely that two mentions are one person. From %.1f up they are joined (model %.*s).\n",
                  link_model_threshold(t->m), STR_ARG(str_slice(hash, 0, 12)));
}

/* ---- one person ---- */

static int heaviest_first(const void *l, const void *r)
{
    const struct part_band *x = l, *y = r; /* rows stand in person_a and person_b */
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static enum err_code edges_sorted(const struct teller *t, struct buf *list, struct err *e)
{
    const struct part_profile *f = part_profiles(t->p);
    for (size_t i = 0; i < part_n_edges(t->p); i++) {
        const struct link_edge *x = &part_edges(t->p)[i];
        uint64_t a = f[x->l].least_key, b = f[x->r].least_key;
        struct part_band edge = {a < b ? a : b, a < b ? b : a, x->l, x->r, x->match_weight};
        if (x->match_weight >= t->p->threshold && t->side[x->l] && t->side[x->r])
            (void)buf_add(list, &edge, sizeof edge);
    }
    if (list->n)
        qsort(list->p, list->n / sizeof(struct part_band), sizeof(struct part_band), heaviest_first);
    return buf_check(list, "the joins to explain", e);
}

static uint32_t root_of(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x)
        x = parent[x] = parent[parent[x]];
    return x;
}

static bool joins(const struct teller *t, uint32_t *parent, uint32_t a, uint32_t b)
{
    uint32_t x = root_of(parent, a), y = root_of(parent, b);
    if (x == y || t->p->row_person[a] != t->p->row_person[b])
        return false;
    parent[x < y ? y : x] = x < y ? x : y;
    return true;
}

static enum err_code tell_decided(struct teller *t, uint32_t *parent, int *n, struct err *e)
{
    const struct link_cannot *must = (const void *)t->p->musts.p;
    for (size_t i = 0; i < t->p->musts.n / sizeof *must; i++) {
        if (!t->side[must[i].l] || !t->side[must[i].r] || !joins(t, parent, must[i].l, must[i].r))
            continue;
        (void)buf_fmt(t->out, "%3d. A person decided that these are one:\n     ", ++*n);
        ERR_TRY(tell_mention(t, mention_of_row(t, must[i].l), e));
        (void)buf_z(t->out, "\n     and ");
        ERR_TRY(tell_mention(t, mention_of_row(t, must[i].r), e));
        (void)buf_z(t->out, "\n");
    }
    return ERR_OK;
}

static enum err_code tell_joins(struct teller *t, struct err *e)
{
    _cleanup_buf_ struct buf edges;
    int n = 0;
    buf_init(&edges, LIMIT_PEOPLE_TEXT_BYTES * 8);
    ERR_TRY(edges_sorted(t, &edges, e));
    uint32_t *parent = ARENA_NEW(t->a, uint32_t, part_n_profiles(t->p));
    if (!parent)
        return err_set(e, ERR_LIMIT, "the joins do not fit into the memory set aside for them");
    for (uint32_t i = 0; i < part_n_profiles(t->p); i++)
        parent[i] = i;
    ERR_TRY(tell_decided(t, parent, &n, e));
    const struct part_band *v = (const void *)edges.p;
    for (size_t i = 0; i < edges.n / sizeof *v; i++) {
        if (!joins(t, parent, v[i].person_a, v[i].person_b))
            continue;
        (void)buf_fmt(t->out, "%3d. ", ++n);
        ERR_TRY(tell_pair(t, v[i].person_a, v[i].person_b, e));
    }
    return ERR_OK;
}

static enum err_code tell_person(struct teller *t, struct err *e)
{
    size_t n_rows = 0;
    bool parted = false;
    uint32_t first = ROW_NONE;
    for (uint32_t i = 0; i < part_n_profiles(t->p); i++)
        if (t->side[i]) {
            n_rows++;
            parted = parted || (first != ROW_NONE && t->p->row_person[i] != first);
            first = t->p->row_person[i];
        }
    (void)buf_fmt(t->out, "%zu mentions, %zu different descriptions.\n", t->left.n / sizeof(uint64_t), n_rows);
    for (uint32_t i = 0; i < part_n_profiles(t->p); i++)
        if (t->side[i] && part_profiles(t->p)[i].n_mentions > 1) {
            (void)buf_fmt(t->out, "     %u mentions are described exactly like ", part_profiles(t->p)[i].n_mentions - 1);
            ERR_TRY(tell_mention(t, mention_of_row(t, i), e));
            (void)buf_fmt(t->out, ": by itself %+.2f\n", part_profiles(t->p)[i].self_weight);
        }
    ERR_TRY(tell_joins(t, e));
    if (parted)
        (void)buf_z(t->out, "The model or the records have changed since these were joined: the next update will part them.\n");
    return ERR_OK;
}

/* ---- two persons ---- */

struct best_pair {
    uint32_t best_l, best_r;
    double best;
    bool blocked; /* some rule brings the best pair together */
    bool any;
};

static enum err_code find_best(struct teller *t, struct best_pair *best, struct err *e)
{
    size_t n = part_n_profiles(t->p), compared = 0;
    for (uint32_t l = 0; l < n; l++)
        for (uint32_t r = 0; r < n && compared < PAIRS_MAX; r++) {
            struct link_explanation x;
            if (t->side[l] != 1 || t->side[r] != 2)
                continue;
            arena_reset(&t->p->scratch);
            ERR_TRY(link_explain(t->m, t->p->table, l, r, &t->p->scratch, &x, e));
            compared++;
            if (!best->any || x.match_weight > best->best)
                *best = (struct best_pair){l, r, x.match_weight, x.match_key >= 0, true};
        }
    return ERR_OK;
}

/* The first reason in the order in which the update heeds them. */
static void tell_why_not(struct teller *t, const struct best_pair *best)
{
    static const char *const vetoes[PEOPLE_N_VETO] = {"NHS numbers", "PNC ids", "prison numbers"};
    const struct people_decision *d = (const void *)t->decisions.p;
    const struct part_mention *m = part_mentions(t->p);
    const struct part_profile *f = part_profiles(t->p);
    size_t n = part_n(t->p), rows = part_n_profiles(t->p);
    for (size_t i = 0; i < t->decisions.n / sizeof *d; i++)
        if (d[i].kind == DECISION_SPLIT && explain_side(t, d[i].a) + explain_side(t, d[i].b) == 3) {
            (void)buf_z(t->out, "Not one person: a person decided so.\n");
            return;
        }
    for (size_t k = 0; k < PEOPLE_N_VETO; k++)
        for (size_t l = 0; l < rows; l++)
            for (size_t r = 0; r < rows; r++)
                if (t->side[l] == 1 && t->side[r] == 2 && f[l].veto[k] && f[r].veto[k] && f[l].veto[k] != f[r].veto[k]) {
                    (void)buf_fmt(t->out, "Not one person: they have different valid %s.\n", vetoes[k]);
                    return;
                }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const char *why = m[i].record == m[j].record && m[i].profile != ROW_NONE && m[j].profile != ROW_NONE &&
                              t->side[m[i].profile] + t->side[m[j].profile] == 3
                                  ? record_conflict((enum role)m[i].role, m[i].row, (enum role)m[j].role, m[j].row) : NULL;
            if (why) {
                (void)buf_fmt(t->out, "Not joined without a human decision: %s.\n", why);
                return;
            }
        }
    if (best->any && best->best < t->p->threshold)
        (void)buf_fmt(t->out, "Not joined: the weight of the best pair is below %.1f.\n", t->p->threshold);
    else if (best->any && !best->blocked)
        (void)buf_z(t->out, "Not compared: the two descriptions share none of the combinations that bring two mentions together.\n");
    else if (!best->any)
        (void)buf_z(t->out, "Not joined: one of them has nothing to tell by.\n");
    else
        (void)buf_z(t->out, "The next update joins them, unless a heavier join stands against it.\n");
}

static enum err_code tell_two(struct teller *t, struct err *e)
{
    struct best_pair best = {0};
    ERR_TRY(find_best(t, &best, e));
    tell_why_not(t, &best);
    if (!best.any)
        return ERR_OK;
    (void)buf_z(t->out, "The two mentions that are most alike:\n     ");
    return tell_pair(t, best.best_l, best.best_r, e);
}

/* ---- all ---- */

static enum err_code tell(struct teller *t, uint64_t l, uint64_t r, struct err *e)
{
    struct feed_info *feeds;
    ERR_TRY(intake_feeds(t->s, t->a, &feeds, &t->n_feeds, e));
    t->feeds = feeds;
    ERR_TRY(decisions_load(t->s, &t->decisions, e));
    ERR_TRY(explain_gather(t, l, r, e));
    tell_model(t);
    return r == l ? tell_person(t, e) : tell_two(t, e);
}

enum err_code people_explain(struct store *s, const struct vault *v, const struct link_model *m, struct str person_or_mention_l,
                             struct str person_or_mention_r, struct arena *a, struct buf *ret_text, struct err *e)
{
    _cleanup_partition_ struct partition *p = NULL;
    struct teller t = {.s = s, .v = v, .m = m, .a = a, .out = ret_text};
    uint64_t l, r;
    ERR_TRY(people_resolve(s, person_or_mention_l, &l, NULL, e));
    r = l;
    if (person_or_mention_r.n)
        ERR_TRY(people_resolve(s, person_or_mention_r, &r, NULL, e));
    ERR_TRY(partition_new(m, &p, e));
    t.p = p;
    buf_init(&t.decisions, LIMIT_PEOPLE_DECISIONS * sizeof(struct people_decision));
    buf_init(&t.left, LIMIT_PEOPLE_LINES * sizeof(uint64_t));
    buf_init(&t.right, LIMIT_PEOPLE_LINES * sizeof(uint64_t));
    enum err_code code = tell(&t, l, r, e);
    buf_release(&t.decisions);
    buf_release(&t.left);
    buf_release(&t.right);
    return code == ERR_OK ? buf_check(ret_text, "the explanation", e) : code;
}
