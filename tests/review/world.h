/* world.h: a few events between a few people, written in a line each, and the pairs that come of them. Person p has one mention, of id p + 1. */
#ifndef HAVEN_TESTS_REVIEW_WORLD_H
#define HAVEN_TESTS_REVIEW_WORLD_H

#include "review/core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { ANN, BOB, CAROL, DAN, N_PERSONS };

struct happened {
    const char *at;      /* ISO */
    enum agency_kind agency;
    enum event_kind kind;
    int victim, suspect; /* persons, -1 none */
    const char *text;    /* narrative */
    int reference;       /* incident reference, 0 none */
    unsigned flags;
    enum order_type order; /* states one, from `at` to `to` */
    const char *to;
    enum role victim_role, suspect_role; /* 0: victim, suspect */
};

#define WORLD_MOST 24
struct world {
    struct arena a;
    struct event events[WORLD_MOST];
    struct coding codings[WORLD_MOST];
    int64_t mentions[WORLD_MOST][2];
    enum role roles[WORLD_MOST][2];
    struct people_map map;
    struct review_facts facts;
    struct pairs pairs;
};

static inline struct instant world_at(const char *z)
{
    struct instant t = INSTANT_NONE;
    struct err e;
    if (z && instant_parse_iso(str_of(z), ZONE_LONDON, &t, &e) != ERR_OK)
        fail_msg("%s", e.message);
    return t;
}

static inline void world_event(struct world *w, size_t i, size_t id, const struct happened *h, const struct phrases *list, struct arena *scratch)
{
    struct event *ev = &w->events[i];
    size_t n = 0;
    w->codings[i] = (struct coding){0};
    *ev = (struct event){.id = (int64_t)id, .row = (int64_t)id, .record = (int64_t)id, .key = 1000 + id, .feed = (int32_t)h->agency, .agency = h->agency, .kind = h->kind,
        .assertion = ASSERTION_fact, .flags = h->flags, .occurred = world_at(h->at), .recorded = world_at(h->at), .incident = (uint64_t)h->reference,
        .order = h->order, .conditions = 1u << CONDITION_no_contact, .from = h->order ? world_at(h->at) : INSTANT_NONE, .to = world_at(h->to), .mentions = w->mentions[i], .roles = w->roles[i]};
    if (h->victim >= 0) {
        w->mentions[i][n] = h->victim + 1;
        w->roles[i][n++] = h->victim_role ? h->victim_role : ROLE_victim;
    }
    if (h->suspect >= 0) {
        w->mentions[i][n] = h->suspect + 1;
        w->roles[i][n++] = h->suspect_role ? h->suspect_role : ROLE_suspect;
    }
    ev->n_mentions = n;
    code_structured(ev, &w->codings[i]);
    if (h->text)
        phrases_code(list, str_of(h->text), ASSERTION_fact, scratch, &w->codings[i]);
}

/* Events are put in the order `order` (NULL: as written); ids and keys stay with what is written. */
static inline void world_make(struct world *w, const struct happened *v, size_t n, const size_t *order, const struct tie *ties, size_t n_ties)
{
    static const int64_t ids[] = {1, 2, 3, 4};
    static const uint64_t keys[] = {11, 12, 13, 14};
    static const uint32_t person_of[] = {0, 1, 2, 3};
    struct phrases *list;
    struct err e;
    _cleanup_arena_ struct arena scratch;
    arena_init(&scratch, (size_t)8 << 20);
    arena_init(&w->a, (size_t)64 << 20);
    assert_true(n <= WORLD_MOST);
    assert_int_equal(phrases_new(STR_NONE, &list, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        size_t from = order ? order[i] : i;
        world_event(w, i, from + 1, &v[from], list, &scratch);
    }
    phrases_free(list);
    w->map = (struct people_map){N_PERSONS, N_PERSONS, ids, keys, person_of, keys};
    w->facts = (struct review_facts){.events = w->events, .codings = w->codings, .n = n, .map = &w->map, .ties = ties, .n_ties = n_ties};
    assert_int_equal(orders_derive(w->events, n, &w->map, &w->a, &w->facts.orders, &e), ERR_OK);
    assert_int_equal(pairs_gather(&w->facts, &w->a, &w->pairs, &e), ERR_OK);
}

static inline const struct pair *world_pair(const struct world *w, uint32_t victim, uint32_t suspect)
{
    for (size_t i = 0; i < w->pairs.n; i++)
        if (w->pairs.v[i].victim == victim && w->pairs.v[i].suspect == suspect)
            return &w->pairs.v[i];
    return NULL;
}

static inline void world_end(struct world *w) { arena_release(&w->a); }

#endif
