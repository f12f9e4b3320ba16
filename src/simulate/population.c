/* population.c: the people of one ward: households, partners, children, kin.
 *
 * Each household is drawn from its own stream, so that more people do not change those who were there. Ages are those
 * at the end of the three years: a child who is two then was born in the second year, and nobody records them before.
 * After the households, a pass over the ward gives former partners who live elsewhere, and twins and same-named
 * children up to their rate. */
#include "simulate/county.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const uint16_t ages_single[] = {4, 9, 10, 10, 9, 9, 9, 10, 10, 10, 9, 8, 7, 5, 3}; /* from 18, in fives */
static const uint16_t ages_couple[] = {1, 5, 9, 8, 5, 5, 7, 10, 12, 12, 11, 9, 6, 3, 1};
static const uint16_t ages_parents[] = {1, 6, 14, 20, 22, 18, 10, 4};
static const uint16_t ages_grown[] = {0, 0, 0, 0, 2, 10, 22, 26, 20, 9, 2};

static int age_from(struct rng *r, const uint16_t *weights, int n)
{
    int five = rng_weighted(r, weights, n);
    return 18 + 5 * five + (int)rng_below(r, 5);
}
#define AGE_FROM(r, weights) age_from((r), (weights), (int)(sizeof(weights) / sizeof *(weights)))

static struct person *person_add(struct ward *w, struct rng *r, uint32_t household, enum sex sex, int age)
{
    struct person *p = &w->p[w->n];
    *p = (struct person){.id = w->number * WARD_PEOPLE + w->n,
                         .household = household,
                         .sex = (uint8_t)sex,
                         .partner = NOBODY,
                         .former_partner = NOBODY,
                         .mother = NOBODY,
                         .father = NOBODY,
                         .parted = NEVER,
                         .renamed = LONG_AGO,
                         .former = NAME_NONE,
                         .second_surname = NAME_NONE};
    p->born = w->c->end_day - (int32_t)(age * 365.25) - (int32_t)rng_below(r, 365);
    int year = 2026 - age;
    p->given = name_draw_given(r, sex, year);
    p->middle = rng_chance(r, 0.75) ? name_draw_given(r, sex, year) : NAME_NONE;
    p->familiar = name_draw_variant(r, p->given);
    p->surname = name_draw_surname(r);
    p->accent = rng_chance(r, 0.5);
    p->has_phone = age >= 12 && (age < 75 || rng_chance(r, 0.6));
    bool adult = age >= 18;
    p->has_police_number = rng_chance(r, (adult ? rate(w->c, RATE_police_number) : 0) * (sex == SEX_MALE ? 1.6 : 0.4));
    p->has_cro = p->has_police_number && rng_chance(r, 0.67);
    if (adult && age < 67 && rng_chance(r, 0.75))
        p->employer = (uint8_t)(1 + rng_below(r, WARD_EMPLOYERS));
    for (int i = 0; i < 3; i++)
        p->number_changed[i] = NEVER;
    w->n++;
    return p;
}

static void couple_join(struct ward *w, struct rng *r, uint32_t a, uint32_t b)
{
    struct person *x = &w->p[a], *y = &w->p[b];
    x->partner = b;
    y->partner = a;
    if (x->sex == y->sex || !rng_chance(r, rate(w->c, RATE_married_name)))
        return;
    struct person *wife = x->sex == SEX_FEMALE ? x : y, *husband = wife == x ? y : x;
    wife->former = wife->surname;
    wife->surname = husband->surname;
    if (person_age(wife, w->c->end_day) < 40 && rng_chance(r, 0.12)) /* married within the three years */
        wife->renamed = rng_between(r, w->c->start_day, w->c->end_day - 30);
}

static void child_add(struct ward *w, struct rng *r, uint32_t household, uint32_t mother, uint32_t father, int age)
{
    uint32_t at = w->n;
    struct person *p = person_add(w, r, household, rng_chance(r, 0.51) ? SEX_MALE : SEX_FEMALE, age);
    p->mother = mother;
    p->father = father;
    const struct person *m = mother == NOBODY ? NULL : &w->p[mother], *f = father == NOBODY ? NULL : &w->p[father];
    if (f && m && f->surname != m->surname && rng_chance(r, 0.2)) {
        p->surname = m->surname;
        p->second_surname = f->surname;
    } else {
        p->surname = f && (!m || rng_chance(r, 0.8)) ? f->surname : m->surname;
    }
    assert(at < w->n);
}

static void children_add(struct ward *w, struct rng *r, uint32_t household, uint32_t mother, uint32_t father,
                         int oldest, int most)
{
    static const uint16_t numbers[] = {42, 40, 14, 4};
    int n = 1 + rng_weighted(r, numbers, 4);
    if (oldest > 17)
        oldest = 17;
    for (int i = 0; i < n && i < most && oldest >= 0; i++) {
        int age = (int)rng_below(r, (uint32_t)oldest + 1);
        child_add(w, r, household, mother, father, age);
    }
}

static struct person *sharer_add(struct ward *w, struct rng *r, uint32_t household)
{
    enum sex sex = rng_chance(r, 0.5) ? SEX_MALE : SEX_FEMALE;
    return person_add(w, r, household, sex, 19 + (int)rng_below(r, 13));
}

static void household_make(struct ward *w, uint32_t number)
{
    struct rng r = rng_start(w->c->o->seed, STREAM_HOUSEHOLD, ((uint64_t)w->number << 32) | number);
    struct household *h = &w->h[number];
    uint32_t first = w->n;
    double u = rng_unit(&r);
    static const enum rate kinds[] = {RATE_one_person, RATE_couple_only, RATE_couple_children, RATE_lone_parent,
                                      RATE_couple_grown_children};
    int kind = 0;
    for (double sum = 0; kind < 5 && u >= (sum += rate(w->c, kinds[kind])); kind++)
        ;
    enum sex a = rng_chance(&r, 0.5) ? SEX_MALE : SEX_FEMALE, b = rng_chance(&r, 0.03) ? a : 1 - a;
    if (kind == 0) {
        (void)person_add(w, &r, number, a, AGE_FROM(&r, ages_single));
    } else if (kind == 3) {
        enum sex s = rng_chance(&r, 0.86) ? SEX_FEMALE : SEX_MALE;
        int age = AGE_FROM(&r, ages_parents);
        (void)person_add(w, &r, number, s, age);
        children_add(w, &r, number, s == SEX_FEMALE ? first : NOBODY, s == SEX_MALE ? first : NOBODY, age - 19, 3);
    } else if (kind >= 5) {
        for (int n = 2 + (int)rng_below(&r, 3), i = 0; i < n; i++)
            (void)sharer_add(w, &r, number);
    } else {
        int age = kind == 1   ? AGE_FROM(&r, ages_couple)
                  : kind == 2 ? AGE_FROM(&r, ages_parents)
                              : AGE_FROM(&r, ages_grown),
            other = age + rng_between(&r, -5, 4);
        (void)person_add(w, &r, number, a, age);
        (void)person_add(w, &r, number, b, other < 18 ? 18 : other);
        couple_join(w, &r, first, first + 1);
        uint32_t mother = a == SEX_FEMALE ? first : b == SEX_FEMALE ? first + 1 : NOBODY;
        uint32_t father = a == SEX_MALE ? first : b == SEX_MALE ? first + 1 : NOBODY;
        if (kind == 2)
            children_add(w, &r, number, mother, father, age - 19, 4);
        if (kind == 4)
            for (int n = 1 + (int)rng_below(&r, 2), i = 0; i < n; i++)
                child_add(w, &r, number, mother, father, 18 + (int)rng_below(&r, 9));
    }
    h->first = first;
    h->n = w->n - first;
    h->social = rng_chance(&r, rate(w->c, RATE_social_tenants));
    for (uint32_t i = first; i < w->n; i++) {
        w->p[i].stays[0] = (struct stay){LONG_AGO, w->number * WARD_DWELLINGS + number};
        w->p[i].n_stays = 1;
    }
}

static uint32_t random_household_with_child(struct ward *w, struct rng *r)
{
    for (int tries = 0; tries < 200; tries++) {
        const struct household *h = &w->h[rng_below(r, w->n_households)];
        if (h->n < 2)
            continue;
        uint32_t child = h->first + h->n - 1;
        if ((w->p[child].mother != NOBODY || w->p[child].father != NOBODY) && w->p[child].kin == KIN_NONE)
            return child;
    }
    return NOBODY;
}

/* Twins (same day of birth, surname, address) and children with a parent's full name, up to the rate. */
static void kin_alike(struct ward *w, struct rng *r)
{
    uint32_t wanted = (uint32_t)lround(w->n * rate(w->c, RATE_same_kin)), made = 0;
    for (int tries = 0; made < wanted && tries < 4000; tries++) {
        uint32_t c = random_household_with_child(w, r);
        if (c == NOBODY)
            return;
        struct person *child = &w->p[c], *before = c > 0 ? &w->p[c - 1] : NULL;
        bool sibling = before && before->household == child->household && before->mother == child->mother &&
                       before->father == child->father && before->kin == KIN_NONE;
        uint32_t parent = child->sex == SEX_MALE ? child->father : child->mother;
        if (made * 2 < wanted && sibling) {
            child->born = before->born;
            child->surname = before->surname;
            child->second_surname = before->second_surname;
            child->has_phone = before->has_phone;
            child->kin = before->kin = KIN_TWIN;
            made += 2;
        } else if (parent != NOBODY && w->p[parent].kin == KIN_NONE) {
            child->given = w->p[parent].given;
            child->familiar = w->p[parent].familiar;
            child->surname = w->p[parent].surname;
            child->second_surname = NAME_NONE;
            child->kin = w->p[parent].kin = KIN_SAME_NAME;
            made += 2;
        }
    }
}

/* Adults without a partner get a former one in the ward, from up to four years before. */
static void former_partners(struct ward *w, struct rng *r)
{
    for (uint32_t i = 0; i < w->n; i++) {
        struct person *p = &w->p[i];
        int age = person_age(p, w->c->start_day);
        if (p->partner != NOBODY || p->former_partner != NOBODY || age < 18 || age > 64 ||
            !rng_chance(r, rate(w->c, RATE_former_partner) * 0.6))
            continue;
        for (int tries = 0; tries < 40; tries++) {
            uint32_t j = rng_below(r, w->n);
            struct person *q = &w->p[j];
            int other = person_age(q, w->c->start_day);
            if (j == i || q->partner != NOBODY || q->former_partner != NOBODY || q->household == p->household ||
                other < 18 || abs(other - age) > 8 || (q->sex == p->sex) != rng_chance(r, 0.03) || p->mother == j ||
                p->father == j || q->mother == i || q->father == i)
                continue;
            p->former_partner = j;
            q->former_partner = i;
            p->parted = q->parted = w->c->start_day - rng_between(r, 10, 1460);
            break;
        }
    }
}

enum err_code ward_populate(struct ward *w, uint32_t number, uint32_t target, struct err *e)
{
    struct county *c = w->c;
    *w = (struct ward){.c = c, .number = number};
    w->p = calloc(WARD_PEOPLE + 8, sizeof *w->p);
    w->h = calloc(WARD_PEOPLE + 8, sizeof *w->h);
    if (!w->p || !w->h)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the people of a ward");
    while (w->n < target) {
        household_make(w, w->n_households);
        struct household *h = &w->h[w->n_households++];
        if (w->n > target) { /* the ward's last household is cut */
            h->n -= w->n - target;
            w->n = target;
        }
    }
    for (uint32_t i = 0; i < w->n; i++)
        if (w->p[i].partner != NOBODY && w->p[i].partner >= w->n)
            w->p[i].partner = NOBODY;
    struct rng r = rng_start(c->o->seed, STREAM_KIN, number);
    kin_alike(w, &r);
    former_partners(w, &r);
    return ERR_OK;
}

void ward_release(struct ward *w)
{
    free(w->p);
    free(w->h);
    w->p = NULL;
    w->h = NULL;
}
