/* hub_digest.c: what a hub believes, as sorted text lines without ids that depend on the order of arrival: current mentions and events by key and content, the
 * partition of mentions into persons, and cases with their reasons and evidence. Two hubs with one master key believe the same exactly when the lines are the same.
 *
 * usage: hub_digest DB KEYFILE         (fictional people only: the lines hold hashes of contents, keys, and rule ids) */
#include "support/permit.h"
#include "review/review.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void die(const struct err *e)
{
    fprintf(stderr, "hub_digest: %s (%s)\n", e->message, e->detail);
    exit(3);
}

static enum err_code print_mention(void *ctx, const struct mention *m, struct err *e)
{
    (void)ctx;
    (void)e;
    uint64_t h = str_hash(m->name_as_given, (uint64_t)m->role);
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        h = str_hash(m->v[i], h);
    h = str_hash(m->address_as_given, str_hash(m->bad_identifiers, h));
    printf("mention %016" PRIx64 " %s %016" PRIx64 "\n", m->key, words_name(&words_role, (int)m->role), h);
    return ERR_OK;
}

static enum err_code print_event(void *ctx, const struct event *ev, struct err *e)
{
    (void)ctx;
    (void)e;
    printf("event %016" PRIx64 " %s %" PRId64 "/%d %" PRId64 "/%d %" PRIx32 " %d %" PRId64 " %" PRId64 " %zu\n", ev->key,
           words_name(&words_event_kind, (int)ev->kind), ev->occurred.ms, (int)ev->occurred.precision, ev->recorded.ms,
           (int)ev->recorded.precision, ev->flags, (int)ev->order, ev->from.ms, ev->to.ms, ev->n_mentions);
    return ERR_OK;
}

static void print_persons(struct store *s, struct arena *a, struct err *e)
{
    struct people_map map;
    if (people_map_load(s, a, &map, e) != ERR_OK)
        die(e);
    for (size_t i = 0; i < map.n_mentions; i++)
        printf("person %016" PRIx64 " of %016" PRIx64 "\n", map.mention_keys[i], map.person_key[map.person_of[i]]);
}

static void print_cases(struct store *s, const struct vault *v, struct err *e)
{
    struct review_filter filter = {.rule = -1, .limit = SIZE_MAX};
    struct arena list, one;
    struct review_queue queue;
    arena_init(&list, (size_t)1 << 30);
    arena_init(&one, (size_t)1 << 28);
    if (review_list(s, v, &filter, &list, &queue, e) != ERR_OK)
        die(e);
    for (size_t i = 0; i < queue.n; i++) {
        struct review_case_view view;
        arena_reset(&one);
        if (review_show(s, v, queue.v[i].id, &one, &view, e) != ERR_OK)
            die(e);
        printf("case %.*s %s %s\n", STR_ARG(view.line.id), view.line.victim.z, view.line.suspect.z);
        for (size_t r = 0; r < view.n_reasons; r++) {
            const struct review_reason_view *reason = &view.reasons[r];
            uint64_t h = 0; /* evidence as a set: order of lines on the page is not what is promised here */
            for (size_t k = 0; k < reason->n_evidence; k++)
                h += str_hash(reason->evidence[k].source_id, str_hash(reason->evidence[k].behaviour, 1));
            printf("reason %.*s %.*s %zu %016" PRIx64 "\n", STR_ARG(view.line.id), STR_ARG(reason->rule_id), reason->n_evidence, h);
        }
    }
    arena_release(&one);
    arena_release(&list);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct vault *v = NULL;
    struct store *s = NULL;
    struct arena a;
    if (argc != 3) {
        fprintf(stderr, "usage: hub_digest DB KEYFILE\n");
        return 2;
    }
    arena_init(&a, (size_t)1 << 30);
    if (vault_open(argv[2], &v, &e) != ERR_OK || store_open(argv[1], &s, &e) != ERR_OK || permit_all(s, &e) != ERR_OK ||
        intake_each_mention(s, v, print_mention, NULL, &e) != ERR_OK || intake_each_event(s, print_event, NULL, &e) != ERR_OK)
        die(&e);
    print_persons(s, &a, &e);
    print_cases(s, v, &e);
    store_close(s);
    vault_close(v);
    arena_release(&a);
    return 0;
}
