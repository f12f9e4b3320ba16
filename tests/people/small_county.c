/* small_county.c: see small_county.h. */
#include "people/small_county.h"

#include <stdio.h>

static const char *const given_names[] = {"amelia", "oliver", "sophie", "jack", "emily", "thomas", "chloe", "james", "priya", "mohammed", "zofia", "owen", "grace", "callum", "aisha", "daniel"};
static const char *const nicknames[] = {"millie", "ollie", "soph", "jack", "em", "tom", "chloe", "jim", "priya", "mo", "zosia", "owen", "gracie", "cal", "aisha", "dan"};
static const char *const surnames[] = {"smith", "jones", "taylor", "brown", "okafor", "strand", "rathore", "luczak", "penhaligon", "featherstone", "achebe", "whitcombe"};
static const char *const streets[] = {"mill lane", "church street", "abbey road", "station avenue", "orchard close"};
#define COUNT(x) (sizeof(x) / sizeof *(x))

uint64_t county_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Du;
}

static struct str word(struct arena *a, const char *z) { return z && *z ? str_dup(a, str_of(z)) : STR_NONE; }

struct mention county_mention(struct arena *a, uint64_t key, int64_t record, int64_t row, enum role role, const struct person_words *w)
{
    struct mention m = {.id = (int64_t)key, .key = key, .record = record, .row = row, .role = role};
    m.v[LINK_PERSON_unique_id] = mention_key_format(a, key);
    m.v[LINK_PERSON_given_name] = word(a, w->given);
    m.v[LINK_PERSON_middle_names] = word(a, w->middle);
    m.v[LINK_PERSON_surname] = word(a, w->surname);
    m.v[LINK_PERSON_former_surname] = word(a, w->former);
    m.v[LINK_PERSON_dob] = word(a, w->dob);
    m.v[LINK_PERSON_sex] = word(a, w->sex);
    m.v[LINK_PERSON_postcode] = word(a, w->postcode);
    m.v[LINK_PERSON_address_line] = word(a, w->line);
    m.v[LINK_PERSON_phone] = word(a, w->phone);
    m.v[LINK_PERSON_email] = word(a, w->email);
    m.v[LINK_PERSON_nhs_number] = word(a, w->nhs);
    m.v[LINK_PERSON_pnc_id] = word(a, w->pnc);
    m.v[LINK_PERSON_noms_number] = word(a, w->noms);
    for (size_t c = 1; c < LINK_PERSON_N; c++)
        m.has_identifier = m.has_identifier || m.v[c].n;
    return m;
}

struct life { /* one person as the world has them */
    size_t given, surname;
    char dob[12], postcode[12], line[40], old_postcode[12], old_line[40], phone[20], nhs[12], sex[2];
};

static void life_address(uint64_t *r, char *postcode, char *line)
{
    (void)snprintf(postcode, 12, "ZZ%d %dA%c", (int)(county_random(r) % 9) + 1, (int)(county_random(r) % 9) + 1, (char)('A' + county_random(r) % 8));
    (void)snprintf(line, 40, "%d %s", (int)(county_random(r) % 90) + 1, streets[county_random(r) % COUNT(streets)]);
}

static void life_make(uint64_t *r, size_t i, const struct life *before, struct life *ret)
{
    uint64_t kin = before ? county_random(r) % 50 : 99;
    *ret = (struct life){.given = county_random(r) % COUNT(given_names), .surname = county_random(r) % COUNT(surnames)};
    (void)snprintf(ret->dob, sizeof ret->dob, "%04d-%02d-%02d", (int)(1940 + county_random(r) % 65), (int)(county_random(r) % 12) + 1, (int)(county_random(r) % 28) + 1);
    life_address(r, ret->postcode, ret->line);
    life_address(r, ret->old_postcode, ret->old_line);
    (void)snprintf(ret->phone, sizeof ret->phone, "+4477009%05d", (int)(i * 7 % 100000));
    (void)snprintf(ret->nhs, sizeof ret->nhs, "999%07d", (int)i);
    (void)snprintf(ret->sex, sizeof ret->sex, "%s", ret->given % 2 ? "m" : "f");
    if (kin < 3) { /* of one household with the person before: a twin, or a child of the same name */
        ret->surname = before->surname;
        memcpy(ret->postcode, before->postcode, sizeof ret->postcode);
        memcpy(ret->line, before->line, sizeof ret->line);
        if (kin == 0)
            memcpy(ret->dob, before->dob, sizeof ret->dob);
        else
            ret->given = before->given;
    }
}

static struct mention life_tell(struct arena *a, uint64_t *r, const struct life *p, uint64_t key, int64_t record)
{
    static const enum role roles[] = {ROLE_victim, ROLE_suspect, ROLE_patient, ROLE_tenant, ROLE_reporter};
    bool moved = county_random(r) % 5 == 0;
    struct person_words w = {
        .given = county_random(r) % 8 ? given_names[p->given] : nicknames[p->given],
        .surname = surnames[p->surname],
        .dob = county_random(r) % 5 ? p->dob : NULL,
        .sex = county_random(r) % 3 ? p->sex : NULL,
        .postcode = county_random(r) % 5 ? moved ? p->old_postcode : p->postcode : NULL,
        .line = county_random(r) % 4 ? moved ? p->old_line : p->line : NULL,
        .phone = county_random(r) % 2 ? p->phone : NULL,
        .nhs = county_random(r) % 4 ? NULL : p->nhs,
    };
    if (county_random(r) % 40 == 0)
        w = (struct person_words){.given = NULL}; /* "a man" */
    return county_mention(a, key, record, record, roles[county_random(r) % COUNT(roles)], &w);
}

struct county county_make(struct arena *a, size_t persons, uint64_t seed)
{
    uint64_t r = seed | 1, key = 1000;
    struct county c = {ARENA_NEW(a, struct mention, persons * 12), ARENA_NEW(a, uint32_t, persons * 12), 0};
    struct life *lives = ARENA_NEW(a, struct life, persons);
    for (size_t i = 0; i < persons; i++)
        life_make(&r, i, i ? &lives[i - 1] : NULL, &lives[i]);
    for (size_t i = 0; i < persons * 4; i++) {
        size_t person = county_random(&r) % persons;
        bool again = county_random(&r) % 3 == 0; /* the same description a second time, in another record */
        key += 1 + county_random(&r) % 1000;
        struct mention told = life_tell(a, &r, &lives[person], key, (int64_t)c.n + 1);
        c.mentions[c.n] = told;
        c.truth[c.n++] = (uint32_t)person;
        if (person && county_random(&r) % 6 == 0) { /* somebody is named beside them, by nothing but a name */
            const struct life *beside = &lives[person - 1];
            const struct mention *with = &c.mentions[c.n - 1];
            struct person_words w = {.given = given_names[beside->given], .surname = surnames[beside->surname]};
            key += 1;
            c.mentions[c.n] = county_mention(a, key, with->record, with->row, ROLE_other, &w);
            c.truth[c.n++] = (uint32_t)person - 1;
        }
        if (again) {
            struct mention m = told;
            m.key = key += 1;
            m.id = (int64_t)key;
            m.record = m.row = (int64_t)c.n + 1;
            m.v[LINK_PERSON_unique_id] = mention_key_format(a, key);
            c.mentions[c.n] = m;
            c.truth[c.n++] = (uint32_t)person;
        }
    }
    return c;
}
