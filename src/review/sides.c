/* sides.c: who is on which side in one event. Roles are the agency's own and can be wrong; nothing is decided here, only read. */
#include "review/core.h"

bool sides_has(const uint32_t *side, size_t n, uint32_t person)
{
    for (size_t i = 0; i < n; i++)
        if (side[i] == person)
            return true;
    return false;
}

static void put(uint32_t *side, size_t *n, uint32_t person)
{
    if (*n < LIMIT_SIDE && !sides_has(side, *n, person))
        side[(*n)++] = person;
}

static void sort(uint32_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && v[k - 1] > v[k]; k--) {
            uint32_t t = v[k];
            v[k] = v[k - 1];
            v[k - 1] = t;
        }
}

static void put_role(struct sides *s, enum role role, uint32_t person)
{
    switch (role) {
    /* 1. Harmed: victims, and whom an order protects. */
    case ROLE_victim:
    case ROLE_protected_person:
        put(s->victims, &s->n_victims, person);
        break;
    /* 2. Said to have done it: suspects, and convicted persons (prison and probation records are about them). */
    case ROLE_suspect:
    case ROLE_convicted:
        put(s->suspects, &s->n_suspects, person);
        break;
    case ROLE_unknown_suspect:
        s->unknown_suspect = true;
        break;
    /* 3. Everybody else. */
    default:
        put(s->others, &s->n_others, person);
    }
}

/* A complaint, an attendance or a repair names its subject by another word: with nobody harmed in the record, these are the ones it may have been done to. */
static bool stands_for_victim(enum role role)
{
    return role == ROLE_reporter || role == ROLE_patient || role == ROLE_tenant || role == ROLE_staff;
}

void sides_of(const struct event *ev, const struct people_map *m, struct sides *ret)
{
    *ret = (struct sides){0};
    for (size_t i = 0; i < ev->n_mentions; i++) {
        uint32_t person = people_map_find(m, ev->mentions[i]);
        if (person != UINT32_MAX)
            put_role(ret, ev->roles[i], person);
        else if (ev->roles[i] == ROLE_suspect || ev->roles[i] == ROLE_unknown_suspect)
            ret->unknown_suspect = true; /* without identifiers: nobody that can be told apart */
    }
    /* 4. Nobody harmed: the reporter, patient, tenant or member of staff stands for the victim. */
    if (ret->n_victims == 0)
        for (size_t i = 0; i < ev->n_mentions; i++) {
            uint32_t person = people_map_find(m, ev->mentions[i]);
            if (person != UINT32_MAX && stands_for_victim(ev->roles[i]))
                put(ret->victims, &ret->n_victims, person);
        }
    sort(ret->victims, ret->n_victims);
    sort(ret->suspects, ret->n_suspects);
    sort(ret->others, ret->n_others);
}
