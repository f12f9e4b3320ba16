/* auto_em.c: prior, m and u from the pairs of all blocking rules together, without labels.
 *
 * A session of EM a rule (train_em.c) knows only pairs that agree on the rule. Here the pairs of the union of many complementary rules are taken for all pairs that could match, so that one expectation serves all:
 *
 *   1. u of a level: its share in random pairs (train.c), r
 *   2. the pairs are counted by pattern: levels, frequency adjustment to half a bit, within or across datasets
 *   3. E: each pattern's probability from prior, m, u and adjustment; a vetoed pair is no match
 *   4. M: m from the matches among the pairs; prior = matches / all possible pairs
 *   5. u again: random pairs have matches among them, r = prior·m + (1 − prior)·u; in a small file with many duplicates that is most of the agreement on a date of birth
 * until nothing moves. Half a pair is added to each level, so that what was not seen is unlikely, not impossible. */
#include "linkage/auto_em.h"

#include <math.h>
#include <stdlib.h>

#define ITERATIONS 60u
#define STILL 1e-6
#define WEAK 0.004 /* of pairs of strangers */
#define MOST_NAMESAKES 0.3 /* of the matches have nothing in common but names */

/* ---- 2. patterns ---- */

static enum err_code collect(struct auto_em *em, const struct link_table *t, const struct link_auto_options *o, struct err *e)
{
    struct link_options options = {.threads = o->threads, .progress = o->progress};
    ptrdiff_t source = o->linked ? link_table_column(t, STR("source_dataset")) : -1;
    ERR_TRY(patterns_init(&em->patterns, em->m, PATTERNS_HALF_BITS, source >= 0 ? t->columns[source].codes : NULL, e));
    ERR_TRY(patterns_of_rules(&em->patterns, t, &options, &em->pairs, e));
    em->slots = em->patterns.slots;
    em->n = em->patterns.n;
    for (size_t i = 0; i < em->n; i++)
        if (em->m->veto >= 0 && em->slots[i].gamma[em->m->veto] > 0)
            em->vetoed += (uint64_t)em->slots[i].count;
    return ERR_OK;
}

/* ---- 3. and 4. ---- */

/* Comparisons whose m and u are not shares of pairs. */
static bool has_none(const struct auto_em *em, size_t c) { return (ptrdiff_t)c == em->m->veto || (ptrdiff_t)c == em->kin; }

static int top_of(const struct auto_em *em, size_t c)
{
    int top = 0;
    for (size_t i = 0; i < em->m->comparisons[c].n; i++)
        if (em->m->comparisons[c].levels[i].gamma > top)
            top = em->m->comparisons[c].levels[i].gamma;
    return top;
}

static double pattern_weight(const struct auto_em *em, const struct pattern *p)
{
    double weight = log2(em->prior / (1 - em->prior)) + p->adjustment;
    for (size_t c = 0; c < em->m->n_comparisons; c++)
        if (p->gamma[c] >= 0 && (ptrdiff_t)c != em->m->veto) {
            size_t i = em->place[c][p->gamma[c]];
            /* an adjusted level is worth m / frequency: the u that the adjustment replaces must be that with which it was worked out */
            weight += log2(em->em_m[c][i]) - log2(em->m->comparisons[c].levels[i].tf_column >= 0 ? em->first_u[c][i] : em->em_u[c][i]);
        }
    return weight;
}

/* Alike in names alone: something else is known of both, and all of it is no more alike than strangers often are. */
static bool is_namesake(const struct auto_em *em, const struct pattern *p)
{
    bool known = false;
    for (size_t c = 0; c < em->m->n_comparisons; c++) {
        if (has_none(em, c) || em->names[c] || em->says_little[c] || p->gamma[c] < 0)
            continue;
        known = true;
        if (p->gamma[c] > 0 && em->first_u[c][em->place[c][p->gamma[c]]] <= WEAK)
            return false;
    }
    return known;
}

/* People move, and change telephone, e-mail and name; not mostly all of it at once. Where most "matches" have nothing in common but names, they are namesakes: their share is held. */
static void hold_namesakes(struct auto_em *em)
{
    double part = 0;
    for (size_t i = 0; i < em->n; i++)
        part += is_namesake(em, &em->slots[i]) ? em->slots[i].p * em->slots[i].count : 0;
    double allowed = (em->matches - part) * MOST_NAMESAKES / (1 - MOST_NAMESAKES);
    em->held_namesakes = part > allowed;
    if (!em->held_namesakes)
        return;
    em->matches = em->within = 0;
    for (size_t i = 0; i < em->n; i++) {
        struct pattern *p = &em->slots[i];
        p->p *= is_namesake(em, p) ? allowed / part : 1;
        em->matches += p->p * p->count;
        if (p->gamma[em->m->n_comparisons])
            em->within += p->p * p->count;
    }
}

static void expect(struct auto_em *em)
{
    em->matches = em->within = 0;
    for (size_t i = 0; i < em->n; i++) {
        struct pattern *p = &em->slots[i];
        p->weight = pattern_weight(em, p);
        p->p = em->m->veto >= 0 && p->gamma[em->m->veto] > 0 ? 0 : link_probability(p->weight);
        em->matches += p->p * p->count;
        if (p->gamma[em->m->n_comparisons])
            em->within += p->p * p->count;
    }
    hold_namesakes(em);
}

/* Takes what is over `most` of the sum off the levels chosen. */
static bool hold(double *sum, double *all, size_t n, const bool *chosen, double most)
{
    double part = 0;
    for (size_t i = 0; i < n; i++)
        part += chosen[i] ? sum[i] : 0;
    double rest = *all - part, allowed = rest * most / (1 - most);
    if (most >= 1 || part <= allowed)
        return false;
    for (size_t i = 0; i < n; i++)
        sum[i] *= chosen[i] ? allowed / part : 1;
    *all = rest + allowed;
    return true;
}

/* Two records of one person mostly agree on who that is. Where the "matches" do not, they are another class that hangs together (households, say): the share that differs is held, and the share that is
 * no more alike than strangers often are. */
static void hold_differ(struct auto_em *em, size_t c, double *sum, double *all)
{
    const struct model_comparison *comparison = &em->m->comparisons[c];
    bool differ[LIMIT_LINK_LEVELS] = {0}, weak[LIMIT_LINK_LEVELS] = {0};
    differ[em->place[c][0]] = true;
    for (size_t i = 0; i < comparison->n; i++)
        weak[i] = comparison->levels[i].gamma >= 0 && comparison->levels[i].gamma < top_of(em, c) && em->first_u[c][i] > WEAK;
    em->held[c] = hold(sum, all, comparison->n, differ, em->most_differ[c]);
    em->held[c] |= hold(sum, all, comparison->n, weak, em->most_weak[c]);
}

static double maximise(struct auto_em *em)
{
    double change = 0;
    for (size_t c = 0; c < em->m->n_comparisons; c++) {
        struct model_comparison *comparison = &em->m->comparisons[c];
        double sum[LIMIT_LINK_LEVELS] = {0}, all = 0, k = 0;
        if (has_none(em, c))
            continue;
        for (size_t i = 0; i < comparison->n; i++)
            k += comparison->levels[i].gamma >= 0;
        for (size_t i = 0; i < em->n; i++)
            if (em->slots[i].gamma[c] >= 0) {
                sum[em->place[c][em->slots[i].gamma[c]]] += em->slots[i].p * em->slots[i].count;
                all += em->slots[i].p * em->slots[i].count;
            }
        hold_differ(em, c, sum, &all);
        for (size_t i = 0; i < comparison->n; i++) {
            if (comparison->levels[i].gamma < 0)
                continue;
            double now = (sum[i] + 0.5) / (all + 0.5 * k);
            change = fmax(change, fabs(now - em->em_m[c][i]));
            em->em_m[c][i] = now;
        }
    }
    double prior = (em->matches + 0.5) / em->possible;
    change = fmax(change, fabs(log2(prior / em->prior)) * 0.01);
    em->prior = prior < 0.5 ? prior : 0.5;
    return change;
}

/* ---- 5. ---- */

static void unmix(struct auto_em *em)
{
    for (size_t c = 0; c < em->m->n_comparisons; c++) {
        struct model_comparison *comparison = &em->m->comparisons[c];
        double all = 0;
        if (has_none(em, c))
            continue;
        for (size_t i = 0; i < comparison->n; i++) {
            double r = em->first_u[c][i], least = fmax(r * 0.02, 0.5 / em->possible);
            em->em_u[c][i] = comparison->levels[i].gamma < 0 ? 0 : fmax((r - em->prior * em->em_m[c][i]) / (1 - em->prior), least);
            all += em->em_u[c][i];
        }
        for (size_t i = 0; i < comparison->n; i++)
            em->em_u[c][i] /= all;
    }
}

/* ---- kin ---- */

/* How much more often some comparisons are the same together than their own shares say, among matches and among others; a level of "kin" never adds to the evidence. */
static void weigh_kin(struct auto_em *em, size_t level)
{
    double matches = 0, filled = 0, others = 0, m = 1, u = 1, both = 1;
    for (size_t k = 0; k < em->n_shared[level]; k++) {
        size_t c = em->shared[level][k], top = em->place[c][top_of(em, c)];
        m *= em->em_m[c][top];
        u *= em->em_u[c][top];
        both *= em->both_filled[c];
    }
    for (size_t i = 0; i < em->n; i++) {
        const struct pattern *p = &em->slots[i];
        bool all = true, any_null = false;
        for (size_t k = 0; k < em->n_shared[level]; k++) {
            size_t c = em->shared[level][k];
            all = all && p->gamma[c] == top_of(em, c);
            any_null = any_null || p->gamma[c] < 0;
        }
        filled += any_null ? 0 : p->p * p->count;
        matches += all ? p->p * p->count : 0;
        others += all ? (1 - p->p) * p->count : 0;
    }
    double of_matches = fmax((matches + 0.5) / (filled + 1) / m, 1), of_others = fmax((others + 0.5) / (em->possible * both) / u, of_matches);
    em->em_m[em->kin][level] = of_matches / of_others;
    em->em_u[em->kin][level] = 1;
}

/* ---- the whole ---- */

/* Where EM starts: most matches agree; a match in every ten records. */
static void start(struct auto_em *em)
{
    for (size_t c = 0; c < em->m->n_comparisons; c++) {
        struct model_comparison *comparison = &em->m->comparisons[c];
        size_t k = 0, seen = 0;
        for (size_t i = 0; i < comparison->n; i++)
            k += comparison->levels[i].gamma >= 0;
        for (size_t i = 0; i < comparison->n; i++) {
            struct model_level *l = &comparison->levels[i];
            if (l->gamma < 0)
                continue;
            em->place[c][l->gamma] = (uint8_t)i;
            em->first_u[c][i] = em->em_u[c][i] = fmax(l->u, 0.5 / em->possible);
            em->em_m[c][i] = k == 1 || (ptrdiff_t)c == em->kin ? 1 : seen == 0 ? 0.75 : seen == k - 1 ? 0.05 : 0.2 / (double)(k - 2 ? k - 2 : 1);
            seen++;
        }
    }
    em->prior = fmin(0.1 * em->rows / em->possible, 0.1);
}

static void give_back(struct auto_em *em)
{
    for (size_t c = 0; c < em->m->n_comparisons; c++)
        for (size_t i = 0; i < em->m->comparisons[c].n; i++) {
            struct model_level *l = &em->m->comparisons[c].levels[i];
            if ((ptrdiff_t)c == em->m->veto || l->gamma < 0)
                continue;
            l->m = em->em_m[c][i];
            l->u = em->em_u[c][i];
            l->m_stated = l->u_stated = true;
            l->m_unseen = l->u_unseen = false;
        }
    em->m->prior = em->prior;
}

enum err_code auto_em_run(struct auto_em *em, const struct link_table *t, const struct link_auto_options *o, struct err *e)
{
    double change = 1;
    start(em);
    ERR_TRY(collect(em, t, o, e));
    for (em->iterations = 0; em->iterations < ITERATIONS && change > STILL; em->iterations++) {
        expect(em);
        change = maximise(em);
        if (em->iterations >= 3)
            unmix(em);
        for (size_t level = 0; em->iterations >= 1 && em->kin >= 0 && em->n_shared[level]; level++)
            weigh_kin(em, level);
    }
    expect(em);
    give_back(em);
    return model_refresh(em->m, e);
}

/* ---- families ---- */

void auto_em_families(const struct auto_em *em, size_t given, size_t surname, size_t dob, size_t home, double *ret_families, double *ret_twins)
{
    *ret_families = *ret_twins = 0;
    for (size_t i = 0; i < em->n; i++) {
        const struct pattern *p = &em->slots[i];
        if (p->gamma[home] != top_of(em, home) || p->gamma[given] != 0 || p->gamma[surname] != top_of(em, surname))
            continue;
        if (p->gamma[dob] == 0)
            *ret_families += p->count;
        else if (p->gamma[dob] == top_of(em, dob))
            *ret_twins += p->count;
    }
}

void auto_em_free(struct auto_em *em)
{
    if (em)
        patterns_free(&em->patterns);
    free(em);
}
