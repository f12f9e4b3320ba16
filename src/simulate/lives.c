/* lives.c: three years of moves, partings, new telephone numbers; and who is near whom.
 *
 * Month by month for each household. A household that moves takes a dwelling that was empty at the start (its own or,
 * one time in five, another ward's). When a couple parts, the one who leaves takes a dwelling alone. */
#include "simulate/county.h"

#include <assert.h>

static void stay_add(struct person *p, struct stay s)
{
    if (p->n_stays == MAX_STAYS)
        return;
    int i = p->n_stays++;
    for (; i > 1 && p->stays[i - 1].from > s.from; i--)
        p->stays[i] = p->stays[i - 1];
    p->stays[i] = s;
}

void person_move(struct ward *w, struct rng *r, uint32_t who, int32_t day)
{
    uint32_t ward = rng_chance(r, 0.2) ? rng_below(r, w->c->n_wards) : w->number;
    stay_add(&w->p[who], (struct stay){day, ward * WARD_DWELLINGS + WARD_SPARE_FROM +
                                                rng_below(r, WARD_DWELLINGS - WARD_SPARE_FROM)});
}

void person_change_number(struct person *p, int32_t day)
{
    if (p->n_numbers == 3)
        return;
    int i = p->n_numbers++;
    for (; i > 0 && p->number_changed[i - 1] > day; i--)
        p->number_changed[i] = p->number_changed[i - 1];
    p->number_changed[i] = day;
}

static void household_move(struct ward *w, struct rng *r, struct household *h, int32_t day)
{
    uint32_t leader = h->first;
    while (leader < h->first + h->n && w->p[leader].left_home)
        leader++; /* whoever has left moves no more with them */
    if (leader == h->first + h->n)
        return;
    person_move(w, r, leader, day);
    const struct person *first = &w->p[leader];
    struct stay to = first->stays[first->n_stays - 1];
    for (uint32_t i = h->first; i < h->first + h->n; i++) {
        struct person *p = &w->p[i];
        if (i != leader && !p->left_home)
            stay_add(p, to);
    }
    h->social &= rng_chance(r, 0.6);
}

static void couple_part(struct ward *w, struct rng *r, uint32_t a, int32_t day)
{
    struct person *x = &w->p[a], *y = &w->p[x->partner];
    if (x->former_partner != NOBODY || y->former_partner != NOBODY)
        return;
    x->former_partner = x->partner;
    y->former_partner = a;
    x->partner = y->partner = NOBODY;
    x->parted = y->parted = day;
    uint32_t leaves = x->sex == SEX_MALE || rng_chance(r, 0.3) ? a : x->former_partner;
    w->p[leaves].left_home = true;
    person_move(w, r, leaves, day);
}

void ward_live(struct ward *w)
{
    double move = rate(w->c, RATE_moved) / 12, part = rate(w->c, RATE_separation) / 12,
           renumber = rate(w->c, RATE_number_changed) / 12;
    for (uint32_t i = 0; i < w->n_households; i++) {
        struct rng r = rng_start(w->c->o->seed, STREAM_LIFE, ((uint64_t)w->number << 32) | i);
        struct household *h = &w->h[i];
        for (int32_t month = w->c->start_day; month < w->c->end_day - 30; month += 30) {
            bool moves = rng_chance(&r, move), parts = rng_chance(&r, part);
            int32_t day = month + (int32_t)rng_below(&r, 30);
            if (moves)
                household_move(w, &r, h, day);
            if (parts && h->n >= 2 && w->p[h->first].partner != NOBODY)
                couple_part(w, &r, h->first, day);
        }
        for (uint32_t j = h->first; j < h->first + h->n; j++)
            for (int32_t month = w->c->start_day; month < w->c->end_day - 30; month += 30)
                if (rng_chance(&r, renumber) && w->p[j].n_numbers < 2)
                    person_change_number(&w->p[j], month + 15);
    }
}

uint32_t person_dwelling(const struct person *p, int32_t day)
{
    assert(p->n_stays > 0);
    int i = p->n_stays - 1;
    while (i > 0 && p->stays[i].from > day)
        i--;
    return p->stays[i].dwelling;
}

bool person_exists(const struct person *p, int32_t day) { return p->born <= day; }

uint32_t ward_pick(struct ward *w, struct rng *r, int from_age, int to_age, int32_t day, uint32_t not_a, uint32_t not_b)
{
    for (int tries = 0; tries < 60; tries++) {
        uint32_t i = rng_below(r, w->n);
        int age = person_age(&w->p[i], day);
        if (i != not_a && i != not_b && person_exists(&w->p[i], day) && age >= from_age && age <= to_age)
            return i;
    }
    return NOBODY;
}

uint32_t ward_pick_neighbour(struct ward *w, struct rng *r, uint32_t of, int32_t day)
{
    uint32_t h = w->p[of].household;
    for (int tries = 0; tries < 12; tries++) {
        int32_t other = (int32_t)h + rng_between(r, -6, 6);
        if (other < 0 || other >= (int32_t)w->n_households || other == (int32_t)h || w->h[other].n == 0)
            continue;
        uint32_t i = w->h[other].first;
        if (person_adult(&w->p[i], day))
            return i;
    }
    return ward_pick(w, r, 18, 80, day, of, NOBODY);
}

uint32_t ward_pick_colleague(struct ward *w, struct rng *r, uint32_t of, int32_t day)
{
    uint32_t from = rng_below(r, w->n);
    for (uint32_t k = 0; w->p[of].employer && k < w->n; k++) {
        uint32_t i = (from + k) % w->n;
        if (i != of && w->p[i].employer == w->p[of].employer && w->p[i].household != w->p[of].household &&
            person_adult(&w->p[i], day))
            return i;
    }
    return ward_pick(w, r, 18, 66, day, of, NOBODY);
}

uint32_t ward_pick_kin(struct ward *w, struct rng *r, uint32_t of, int32_t day)
{
    const struct household *h = &w->h[w->p[of].household];
    for (uint32_t i = h->first; i < h->first + h->n; i++)
        if (i != of && person_adult(&w->p[i], day) && w->p[i].former_partner != of && rng_chance(r, 0.7))
            return i;
    return ward_pick(w, r, 18, 60, day, of, w->p[of].former_partner);
}
