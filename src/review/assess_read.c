/* assess_read.c: a case file of the case-bank format into events, mentions and codings. Its labels (gold), tags and summary are never looked at. */
#include "review/assess.h"

#include <stdlib.h>

static const struct { const char *given; enum link_person_column column; } person_fields[] = {
    {"given_name", LINK_PERSON_given_name}, {"surname", LINK_PERSON_surname}, {"dob", LINK_PERSON_dob},
    {"postcode", LINK_PERSON_postcode},     {"phone", LINK_PERSON_phone},     {"email", LINK_PERSON_email},
};

static enum err_code wrong(struct err *e, const struct json *at, const char *what) { return err_set(e, ERR_FORMAT, "line %u: %s", (unsigned)at->line, what); }

static enum err_code read_when(const struct json *record, const char *key, struct instant *ret, struct err *e)
{
    const struct json *v = json_get(record, key);
    *ret = INSTANT_NONE;
    if (v->type == JSON_ABSENT || v->type == JSON_NULL)
        return ERR_OK;
    if (v->type != JSON_STRING || instant_parse_iso(v->text, ZONE_LONDON, ret, NULL) != ERR_OK)
        return err_set(e, ERR_FORMAT, "line %u: %s is not an ISO 8601 date or time", (unsigned)v->line, key);
    return ERR_OK;
}

/* "order_in_force:non-molestation" is flag order_in_force; unknown flags are somebody's own and left alone. */
static void read_flags(const struct json *flags, struct event *ev, struct case_record *r)
{
    JSON_EACH(flag, flags)
    {
        struct str name = json_text_or(flag, STR("")), head = name;
        ptrdiff_t colon = str_find_char(name, ':');
        if (colon >= 0)
            head = str_slice(name, 0, (size_t)colon);
        int i = words_find(&words_flag, head);
        if (i > 0)
            ev->flags |= 1u << i;
        struct str kind = str_slice(name, head.n, name.n);
        r->civil_order |= i == FLAG_order_in_force && (str_find(kind, STR("injunction")) >= 0 || str_find(kind, STR("undertaking")) >= 0 || str_find(kind, STR("occupation")) >= 0);
    }
    r->order_flag = ev->flags & 1u << FLAG_order_in_force;
    r->bail_flag = ev->flags & 1u << FLAG_bail_conditions;
    r->licence_flag = ev->flags & 1u << FLAG_licence_conditions;
}

static enum err_code read_person(const struct json *person, struct arena *a, const struct case_record *r, size_t index, struct mention *ret, struct err *e)
{
    if (person->type != JSON_OBJECT)
        return wrong(e, person, "a person is not an object");
    struct str given[LINK_PERSON_N];
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        given[i] = STR("");
    for (size_t i = 0; i < sizeof person_fields / sizeof *person_fields; i++)
        given[person_fields[i].column] = json_text_or(json_get(person, person_fields[i].given), STR(""));
    mention_clean(given, civil_of_day(instant_day((struct instant){now_ms(), PRECISION_SECOND})).year, a, ret);
    int role = words_find(&words_role, json_text_or(json_get(person, "role"), STR("")));
    ret->role = role > 0 ? (enum role)role : ROLE_other;
    struct str key = str_fmt(a, "%.*s#%zu", STR_ARG(r->source_id), index);
    if (!key.p)
        return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    ret->key = str_hash(key, 0) | 1;
    return ERR_OK;
}

struct reading {
    const struct json *json;
    struct instant recorded;
    struct str source_id;
};

static int by_recorded(const void *l, const void *r)
{
    const struct reading *x = l, *y = r;
    if (x->recorded.ms != y->recorded.ms)
        return x->recorded.ms < y->recorded.ms ? -1 : 1;
    return str_cmp(x->source_id, y->source_id);
}

static enum err_code order_records(const struct json *records, struct arena *a, struct reading **ret, struct err *e)
{
    struct reading *v = ARENA_NEW(a, struct reading, records->n);
    size_t n = 0;
    if (!v)
        return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    JSON_EACH(record, records)
    {
        if (record->type != JSON_OBJECT)
            return wrong(e, record, "a record is not an object");
        v[n] = (struct reading){.json = record, .source_id = json_text_or(json_get(record, "source_id"), STR_NONE)};
        if (!v[n].source_id.n)
            return wrong(e, record, "a record has no source_id");
        ERR_TRY(read_when(record, "recorded_at", &v[n].recorded, e));
        n++;
    }
    qsort(v, n, sizeof *v, by_recorded);
    for (size_t i = 1; i < n; i++)
        if (str_eq(v[i].source_id, v[i - 1].source_id))
            return wrong(e, v[i].json, "two records have one source_id");
    *ret = v;
    return ERR_OK;
}

static enum err_code read_people(struct case_file *c, size_t i, const struct json *people, struct arena *a, struct err *e)
{
    struct case_record *r = &c->records[i];
    struct event *ev = &c->events[i];
    int64_t *ids = ARENA_NEW(a, int64_t, people->n);
    enum role *roles = ARENA_NEW(a, enum role, people->n);
    if (!ids || !roles)
        return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    r->first_mention = c->n_mentions;
    JSON_EACH(person, people)
    {
        struct mention *m = &c->mentions[c->n_mentions];
        ERR_TRY(read_person(person, a, r, r->n_mentions, m, e));
        m->id = (int64_t)++c->n_mentions;
        m->row = m->record = ev->row;
        ids[r->n_mentions] = m->id;
        /* A suspect of whom nothing is known is nobody in particular. */
        roles[r->n_mentions++] = m->role == ROLE_suspect && !m->has_identifier ? ROLE_unknown_suspect : m->role;
    }
    ev->mentions = ids;
    ev->roles = roles;
    ev->n_mentions = r->n_mentions;
    return ERR_OK;
}

static enum err_code read_record(struct case_file *c, size_t i, const struct reading *from, struct arena *a, const struct phrases *phrases, struct arena *scratch, struct err *e)
{
    struct case_record *r = &c->records[i];
    struct event *ev = &c->events[i];
    *r = (struct case_record){.source_id = from->source_id, .recorded_as = json_text_or(json_get(from->json, "recorded_as"), STR("")), .narrative = json_text_or(json_get(from->json, "narrative"), STR(""))};
    *ev = (struct event){.id = (int64_t)i + 1, .row = (int64_t)i + 1, .record = (int64_t)i + 1, .key = str_hash(r->source_id, 0), .recorded = from->recorded, .assertion = ASSERTION_fact};
    int agency = words_find(&words_agency_kind, json_text_or(json_get(from->json, "agency"), STR("")));
    ev->agency = agency > 0 ? (enum agency_kind)agency : AGENCY_employer_or_other;
    ev->feed = (int32_t)ev->agency;
    ev->kind = kind_of_words(ev->agency, r->recorded_as);
    ERR_TRY(read_when(from->json, "occurred_at", &ev->occurred, e));
    read_flags(json_get(from->json, "flags"), ev, r);
    ERR_TRY(read_people(c, i, json_get(from->json, "people"), a, e));
    struct str text = str_fmt(a, "%.*s.\n%.*s", STR_ARG(r->recorded_as), STR_ARG(r->narrative));
    if (!text.p)
        return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    code_structured(ev, &c->codings[i]);
    if (ev->kind == EVENT_prison_call || ev->kind == EVENT_prison_letter)
        coding_add(&c->codings[i], BEHAVIOUR_contact, ASSERTION_fact, -1); /* in a case file the other end is the victim */
    phrases_code(phrases, text, ASSERTION_fact, scratch, &c->codings[i]);
    return ERR_OK;
}

static enum err_code count_people(const struct json *records, size_t *ret, struct err *e)
{
    *ret = 0;
    JSON_EACH(record, records) { *ret += json_get(record, "people")->n; }
    if (*ret > LIMIT_CASE_PEOPLE)
        return err_set(e, ERR_LIMIT, "a case file may name at most %zu people over all records", LIMIT_CASE_PEOPLE);
    return ERR_OK;
}

enum err_code case_read(struct arena *a, struct str text, const struct phrases *phrases, struct case_file *ret, struct err *e)
{
    const struct json *root;
    struct reading *order = NULL;
    _cleanup_arena_ struct arena scratch;
    arena_init(&scratch, (size_t)8 << 20);
    ERR_TRY(json_parse(a, text, NULL, &root, e));
    const struct json *records = json_get(root, "records");
    if (root->type != JSON_OBJECT || records->type != JSON_ARRAY)
        return wrong(e, root, "not a case file: an object with id and records is expected");
    if (records->n > LIMIT_CASE_RECORDS)
        return err_set(e, ERR_LIMIT, "a case file may have at most %zu records", LIMIT_CASE_RECORDS);
    size_t people;
    ERR_TRY(count_people(records, &people, e));
    *ret = (struct case_file){.id = json_text_or(json_get(root, "id"), STR("")), .n = records->n};
    ret->records = ARENA_NEW(a, struct case_record, records->n);
    ret->events = ARENA_NEW(a, struct event, records->n);
    ret->codings = ARENA_NEW(a, struct coding, records->n);
    ret->mentions = ARENA_NEW(a, struct mention, people);
    if (!ret->records || !ret->events || !ret->codings || !ret->mentions)
        return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    ERR_TRY(order_records(records, a, &order, e));
    for (size_t i = 0; i < records->n; i++)
        ERR_TRY(read_record(ret, i, &order[i], a, phrases, &scratch, e));
    return ERR_OK;
}
