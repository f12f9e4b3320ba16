/* coded_world.h: like world.h, but with behaviours, roles and sides as given and not read from narratives. Mention 1 + p is person p. */
#ifndef HAVEN_TESTS_REVIEW_CODED_WORLD_H
#define HAVEN_TESTS_REVIEW_CODED_WORLD_H

#include "review/core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define WORLD_EVENTS 24
#define WORLD_PERSONS 8

struct who {
    uint32_t person; /* NOBODY: a mention of nobody that can be told apart */
    enum role role;
};
#define VICTIM(p) {p, ROLE_victim}
#define SUSPECT(p) {p, ROLE_suspect}

struct ev { /* an event in short */
    const char *when; /* ISO 8601, empty: not known */
    enum agency_kind agency;
    enum event_kind kind;
    enum behaviour does[4];
    struct who who[4]; /* role unknown ends the list */
    uint16_t stated;
    uint64_t incident;
    uint32_t flags;
    int64_t record; /* 0: a record of its own */
};

struct world {
    struct arena a;
    struct event events[WORLD_EVENTS];
    struct coding codings[WORLD_EVENTS];
    struct order orders[4];
    int64_t mentions[WORLD_EVENTS][4], ids[WORLD_PERSONS];
    enum role roles[WORLD_EVENTS][4];
    uint32_t person_of[WORLD_PERSONS];
    uint64_t keys[WORLD_PERSONS];
    struct people_map map;
    struct review_facts facts;
};

static inline struct instant world_time(const char *z)
{
    struct instant t = INSTANT_NONE;
    struct err e;
    if (z && *z && instant_parse_iso(str_of(z), ZONE_LONDON, &t, &e) != ERR_OK)
        fail_msg("%s", e.message);
    return t;
}

static inline void world_event(struct world *w, size_t i, const struct ev *v)
{
    struct event *ev = &w->events[i];
    int64_t id = (int64_t)i + 1;
    *ev = (struct event){.id = id, .row = id, .record = v->record ? v->record : 100 + id, .key = 1000 + (uint64_t)i, .feed = (int32_t)v->agency, .agency = v->agency, .kind = v->kind,
                         .assertion = ASSERTION_fact, .flags = v->flags, .occurred = world_time(v->when), .recorded = world_time(v->when), .incident = v->incident,
                         .mentions = w->mentions[i], .roles = w->roles[i]};
    for (; ev->n_mentions < 4 && v->who[ev->n_mentions].role; ev->n_mentions++) {
        const struct who *who = &v->who[ev->n_mentions];
        w->mentions[i][ev->n_mentions] = who->person == NOBODY ? 99 : 1 + (int64_t)who->person;
        w->roles[i][ev->n_mentions] = who->role;
    }
    w->codings[i] = (struct coding){.stated = v->stated};
    for (size_t k = 0; k < 4 && v->does[k]; k++)
        coding_add(&w->codings[i], v->does[k], ASSERTION_fact, -1);
}

static inline void world_make(struct world *w, const struct ev *v, size_t n)
{
    assert_true(n <= WORLD_EVENTS);
    *w = (struct world){.facts = {.n = n}};
    arena_init(&w->a, 16u << 20);
    for (size_t i = 0; i < WORLD_PERSONS; i++) {
        w->ids[i] = (int64_t)i + 1;
        w->person_of[i] = (uint32_t)i;
        w->keys[i] = 50 + i;
    }
    w->map = (struct people_map){.n_mentions = WORLD_PERSONS, .n_persons = WORLD_PERSONS, .mention_ids = w->ids, .mention_keys = w->keys, .person_of = w->person_of, .person_key = w->keys};
    for (size_t i = 0; i < n; i++)
        world_event(w, i, &v[i]);
    w->facts.events = w->events;
    w->facts.codings = w->codings;
    w->facts.map = &w->map;
    w->facts.orders.v = w->orders;
}

static inline void world_release(struct world *w) { arena_release(&w->a); }

static inline struct pairs world_pairs(struct world *w)
{
    struct pairs ret;
    struct err e;
    if (pairs_gather(&w->facts, &w->a, &ret, &e) != ERR_OK)
        fail_msg("%s", e.message);
    return ret;
}

/* The pair of these two, NULL when there is none. */
static inline const struct pair *world_pair(const struct pairs *p, uint32_t victim, uint32_t suspect)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].victim == victim && p->v[i].suspect == suspect)
            return &p->v[i];
    return NULL;
}

/* Swaps events into another order, the same for the same seed; what they say of themselves stays. */
static inline void world_shuffle(struct world *w, uint64_t seed)
{
    for (size_t i = w->facts.n; i > 1; i--) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t k = (size_t)(seed >> 33) % i;
        struct event ev = w->events[i - 1];
        w->events[i - 1] = w->events[k];
        w->events[k] = ev;
        struct coding c = w->codings[i - 1];
        w->codings[i - 1] = w->codings[k];
        w->codings[k] = c;
    }
}

/* What a pair says, by keys of events and not by their places: equal means the same. */
static inline uint64_t world_pair_digest(const struct world *w, const struct pair *p)
{
    uint64_t h = ((uint64_t)p->victim << 32 | p->suspect) ^ ((uint64_t)p->occasions_stated << 17) ^ (uint64_t)p->former_partner;
    for (size_t i = 0; i < p->n_seen; i++) {
        uint64_t said[4] = {w->events[p->seen[i].event].key, p->seen[i].as, p->seen[i].occasion, p->seen[i].first_of_occasion};
        h = str_hash((struct str){(const char *)said, sizeof said}, h);
    }
    for (size_t k = 0; k < p->n_occasions; k++) {
        const struct occasion *o = &p->occasions[k];
        uint64_t said[4] = {o->first, (uint64_t)o->when.ms, o->stated, o->direct};
        h = str_hash((struct str){(const char *)said, sizeof said}, h);
    }
    return h;
}

#endif
