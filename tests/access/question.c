/* question.c: a question as integers, and at random. */
#include "access/question.h"

/* ---- as integers ---- */

static bool fits_unsigned(int64_t v) { return v >= INT32_MIN && v <= UINT32_MAX; }

bool question_from(const int64_t v[QUESTION_INTEGERS], struct question *ret)
{
    static const unsigned char narrow[] = {0, 1, 6, 7, 8, 10, 11, 21};
    for (size_t i = 0; i < sizeof narrow; i++)
        if (!fits_unsigned(v[narrow[i]]))
            return false;
    if (v[13] < INT32_MIN || v[13] > INT32_MAX)
        return false;
    *ret = (struct question){
        .ask = {.who = {.standing = (enum access_standing)v[0],
                        .roles = (uint32_t)v[1],
                        .from_ms = v[2],
                        .to_ms = v[3],
                        .agency = v[4],
                        .step_up_until_ms = v[5]},
                .action = (enum access_action)v[6],
                .purpose = (enum access_purpose)v[7],
                .basis = (enum access_basis)v[8],
                .now_ms = v[9]},
        .object = {.kind = (enum access_kind)v[10],
                   .level = (enum access_level)v[11],
                   .sharing = {.owner = v[12], .ceiling = (int)v[13], .from_ms = v[14], .to_ms = v[15]},
                   .until_ms = {v[16], v[17], v[18], v[19], v[20]},
                   .conflict = (uint32_t)v[21]},
    };
    return true;
}

void question_to(const struct question *q, int64_t ret[QUESTION_INTEGERS])
{
    const struct access_asker *who = &q->ask.who;
    const struct access_object *o = &q->object;
    const int64_t v[QUESTION_INTEGERS] = {
        who->standing, who->roles,    who->from_ms,      who->to_ms,         who->agency,        who->step_up_until_ms,
        q->ask.action, q->ask.purpose, q->ask.basis,     q->ask.now_ms,      o->kind,            o->level,
        o->sharing.owner, o->sharing.ceiling, o->sharing.from_ms, o->sharing.to_ms, o->until_ms[0], o->until_ms[1],
        o->until_ms[2], o->until_ms[3], o->until_ms[4],  o->conflict,
    };
    memcpy(ret, v, sizeof v);
}

void answer_to(const struct access_decision *d, int64_t ret[ANSWER_INTEGERS])
{
    const int64_t v[ANSWER_INTEGERS] = {d->rule, d->grade, d->groups, d->allowed, d->hidden, d->watch};
    memcpy(ret, v, sizeof v);
}

/* ---- at random ---- */

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint64_t rng_below(struct rng *r, uint64_t n) { return rng_next(r) % n; }

static bool one_in(struct rng *r, unsigned n) { return rng_below(r, n) == 0; }

/* 1 to n - 1; seldom 0 or n. */
static unsigned listed(struct rng *r, unsigned n)
{
    if (one_in(r, 120))
        return one_in(r, 2) ? 0 : n;
    return 1 + (unsigned)rng_below(r, n - 1);
}

static uint32_t roles(struct rng *r)
{
    uint32_t roles = 0;
    for (unsigned n = one_in(r, 100) ? 0 : 1 + (unsigned)rng_below(r, 2); n > 0; n--)
        roles |= 1u << (1 + rng_below(r, ACCESS_ROLE_N - 1));
    return one_in(r, 120) ? roles | (one_in(r, 2) ? 1u : 1u << (ACCESS_ROLE_N + rng_below(r, 32 - ACCESS_ROLE_N))) : roles;
}

/* An instant beside now, or anywhere. */
static int64_t about(struct rng *r, int64_t now)
{
    static const int64_t ends[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    if (one_in(r, 40))
        return ends[rng_below(r, 5)];
    return now + (int64_t)rng_below(r, 5) - 2;
}

/* A time that mostly holds now, often just. */
static void span(struct rng *r, int64_t now, int64_t *ret_from, int64_t *ret_to)
{
    bool any = one_in(r, 6);
    *ret_from = any ? about(r, now) : now - (int64_t)rng_below(r, 3);
    *ret_to = any ? about(r, now) : now + 1 + (int64_t)rng_below(r, 3);
}

static void asker(struct rng *r, int64_t now, struct access_asker *ret)
{
    *ret = (struct access_asker){.standing = one_in(r, 12) ? listed(r, ACCESS_STANDING_N) : ACCESS_STANDING_active, .roles = roles(r)};
    ret->agency = one_in(r, 120) ? -(int64_t)rng_below(r, 2) : 1 + (int64_t)rng_below(r, 4);
    span(r, now, &ret->from_ms, &ret->to_ms);
    ret->step_up_until_ms = about(r, now);
}

static void object(struct rng *r, int64_t now, int64_t own, struct access_object *ret)
{
    *ret = (struct access_object){.kind = one_in(r, 3) ? listed(r, ACCESS_KIND_N) : ACCESS_KIND_record, .level = listed(r, ACCESS_LEVEL_N)};
    struct access_sharing *s = &ret->sharing;
    s->owner = one_in(r, 4) ? own : (int64_t)rng_below(r, 5);
    if (one_in(r, 120))
        s->owner = -1 - (int64_t)rng_below(r, 2);
    s->ceiling = one_in(r, 120) ? (one_in(r, 2) ? -2 : 4) : (int)rng_below(r, 5) - 1;
    span(r, now, &s->from_ms, &s->to_ms);
    for (unsigned i = 0; i < ACCESS_RELATION_N; i++)
        ret->until_ms[i] = one_in(r, 4) ? about(r, now) : 0;
    if (one_in(r, 6))
        ret->conflict = (uint32_t)rng_below(r, 1u << ACCESS_CONFLICT_N);
    if (one_in(r, 120))
        ret->conflict |= 1u << (ACCESS_CONFLICT_N + rng_below(r, 32 - ACCESS_CONFLICT_N));
}

/* What people mostly do: without this nearly all that is random ends at "nothing permits". */
static void casework(struct rng *r, struct question *q)
{
    static const unsigned char actions[] = {ACCESS_search, ACCESS_view, ACCESS_unmask, ACCESS_export, ACCESS_decide, ACCESS_list, ACCESS_glass};
    static const unsigned char who[] = {ACCESS_ROLE_reviewer, ACCESS_ROLE_practitioner, ACCESS_ROLE_advocate, ACCESS_ROLE_supervisor};
    q->ask.action = actions[rng_below(r, sizeof actions)];
    q->ask.purpose = PURPOSE_safeguarding + (unsigned)rng_below(r, 6);
    q->ask.who.roles |= 1u << who[rng_below(r, sizeof who)];
    q->object.kind = ACCESS_KIND_person + (unsigned)rng_below(r, 3);
}

void question_random(struct rng *r, struct question *ret)
{
    int64_t now = one_in(r, 20) ? (int64_t)rng_below(r, 3) : 1000000 + (int64_t)rng_below(r, 1000);
    if (one_in(r, 200))
        now = one_in(r, 2) ? -1 : INT64_MIN;
    int64_t around = now < 0 ? 0 : now; /* so that nothing overflows */
    ret->ask = (struct access_ask){.action = listed(r, ACCESS_ACTION_N),
                                   .purpose = listed(r, PURPOSE_N),
                                   .basis = one_in(r, 120) ? (one_in(r, 2) ? ACCESS_BASIS_UNKNOWN : ACCESS_BASIS_GIVEN + 1)
                                                           : ACCESS_BASIS_NONE + (unsigned)rng_below(r, 2),
                                   .now_ms = now};
    asker(r, around, &ret->ask.who);
    object(r, around, ret->ask.who.agency, &ret->object);
    if (one_in(r, 2))
        casework(r, ret);
}
