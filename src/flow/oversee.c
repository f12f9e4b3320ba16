/* oversee.c: what the insider rules read, from where it is: accesses from the ledger, staff and work from the registry, ties and facts from persons. Then the rules run over what is new.
 *
 * Not every rule has all it could read here: shifts, leave, next of kin's surnames and vehicles are in no feed yet, so R2, R3 and R7 are silent where they need them (docs/oversight.md). An account on the machine
 * has no device of its own, so R17 sees only what doors with devices state. */
#include "flow/flow.h"
#include "oversight/oversight.h"

#include <stdlib.h>

#define OVERSEE_BYTES ((size_t)4 << 30)
#define PERSONS_PER_ENTRY ((size_t)64) /* a list shows many; more tell the rules nothing new */

struct overseer {
    const struct hub *hub;
    struct arena *a;
    int64_t since_ms, now_ms;
    struct registry_user *users;
    size_t n_users;
    struct registry_relation *relations;
    size_t n_relations;
    struct people_map map;
    uint64_t *audited; /* mentions, ascending */
    size_t n_audited;
    struct buf accesses; /* struct oversight_access */
    struct buf persons;  /* uint64_t, with repetitions until they are sorted */
    struct buf work;     /* struct work_of */
    uint64_t terms;      /* of the search whose finds come next */
};
struct work_of {
    uint64_t person;
    struct oversight_work work;
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_LIMIT, "what oversight reads does not fit into the memory set aside for it"); }

static uint64_t number_of(const struct overseer *o, const char *kind, struct str s) { return s.n ? (uint64_t)vault_blind(o->hub->vault, kind, s) : 0; }
static uint32_t unit_of(const struct overseer *o, int64_t agency, struct str unit)
{
    return unit.n ? (uint32_t)number_of(o, "oversight unit", str_fmt(o->a, "%lld %.*s", (long long)agency, STR_ARG(unit))) | 1 : 0;
}

/* ---- accesses ---- */

static uint8_t groups_of(uint32_t groups)
{
    const uint32_t contact = ACCESS_GROUP(address) | ACCESS_GROUP(phone) | ACCESS_GROUP(school) | ACCESS_GROUP(workplace);
    return (uint8_t)((groups & contact ? OVERSIGHT_SHOWS_CONTACT : 0) | (groups & ACCESS_GROUP(narrative) ? OVERSIGHT_SHOWS_NARRATIVE : 0) |
                     (groups & ACCESS_GROUP(summary) ? OVERSIGHT_SHOWS_HISTORY : 0));
}

/* OVERSIGHT_UNKNOWN: nothing that the rules read (loading, counting, a queue that is everybody's). */
static enum oversight_operation operation_of(const struct ledger_entry *x)
{
    switch (x->operation) {
    case LEDGER_consultation:
        return OVERSIGHT_OPEN;
    case LEDGER_disclosure:
        return str_eq(x->what, STR("people search")) ? OVERSIGHT_SEARCH : x->object.n ? OVERSIGHT_EXPORT : OVERSIGHT_UNKNOWN;
    case LEDGER_alteration:
        return OVERSIGHT_EDIT;
    default:
        return OVERSIGHT_UNKNOWN;
    }
}

static int u64_cmp(const void *l, const void *r)
{
    const uint64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

struct seen_person {
    uint64_t person;
    bool audited; /* by a record of theirs that the entry names */
};

/* Persons of an entry's subjects, each once. */
static size_t persons_of(const struct overseer *o, const struct ledger_entry *x, struct seen_person ret[PERSONS_PER_ENTRY])
{
    size_t n = 0;
    for (size_t i = 0; i < x->n_subjects && n < PERSONS_PER_ENTRY; i++) {
        uint64_t person;
        struct err ignored; /* a mention that is nobody's any more: nothing to compare */
        size_t k = 0;
        if (people_resolve(o->hub->store, mention_key_format(o->a, x->subjects[i]), &person, NULL, &ignored) != ERR_OK)
            continue;
        while (k < n && ret[k].person != person)
            k++;
        if (k == n)
            ret[n++] = (struct seen_person){person, false};
        ret[k].audited |= o->n_audited && bsearch(&x->subjects[i], o->audited, o->n_audited, sizeof *o->audited, u64_cmp);
    }
    return n;
}

/* Does this user, or the unit, hold what the look was said to be for? */
static bool holds(const struct overseer *o, const struct ledger_entry *x, int64_t at_ms)
{
    for (size_t i = 0; i < o->n_relations; i++) {
        const struct registry_relation *r = &o->relations[i];
        bool theirs = r->user ? str_eq(r->user_name, x->user) : false;
        for (size_t k = 0; !theirs && !r->user && k < o->n_users; k++)
            theirs = str_eq(o->users[k].name, x->user) && o->users[k].agency == r->agency && str_eq(o->users[k].unit, r->unit);
        bool covers = r->object_kind == ACCESS_KIND_case && (str_eq(r->object, STR("*")) || str_eq_nocase(r->object, x->basis));
        if (theirs && covers && at_ms >= r->from_ms && at_ms < r->to_ms && at_ms < r->ended_ms)
            return true;
    }
    return false;
}

/* A look for a case that is open to the user, at somebody in it, is work. */
static enum err_code note_work(struct overseer *o, const struct ledger_entry *x, uint64_t person, struct err *e)
{
    bool part = false;
    if (!x->basis.n || !holds(o, x, x->at_ms))
        return ERR_OK;
    ERR_TRY(review_belongs(o->hub->store, x->basis, person, &part, e));
    const struct work_of w = {person, {.user = oversight_account(o->hub->vault, x->user), .kind = OVERSIGHT_CASE, .number = number_of(o, "oversight basis", x->basis),
                                       .when = {x->at_ms - MS_PER_DAY, x->at_ms + MS_PER_DAY}, .recorded_ms = x->at_ms}};
    if (part)
        (void)buf_add(&o->work, &w, sizeof w); /* checked at the end */
    return ERR_OK;
}

static enum err_code take_entry(void *ctx, const struct ledger_view *v, struct err *e)
{
    struct overseer *o = ctx;
    const struct ledger_entry *x = &v->entry;
    struct seen_person persons[PERSONS_PER_ENTRY];
    if (v->destroyed || x->at_ms < o->since_ms || x->outcome == LEDGER_NOTHING) /* what was refused tells as much as what was shown */
        return ERR_OK;
    if (x->operation == LEDGER_search)
        o->terms = number_of(o, "oversight terms", x->object);
    const enum oversight_operation op = operation_of(x);
    const size_t n = op ? persons_of(o, x, persons) : 0;
    for (size_t i = 0; i < n; i++) {
        enum access_purpose purpose = PURPOSE_unknown;
        (void)access_purpose_parse(x->purpose, &purpose); /* unknown is none */
        const struct oversight_access access = {.leaf = (int64_t)v->leaf, .at_ms = x->at_ms, .user = oversight_account(o->hub->vault, x->user), .subject = persons[i].person, .audited = persons[i].audited,
                                                .basis = number_of(o, "oversight basis", x->basis), .terms = op == OVERSIGHT_SEARCH ? o->terms : 0,
                                                .results = (uint32_t)x->n_rows, .operation = (uint8_t)op, .groups = groups_of(x->groups), .purpose = (uint8_t)purpose};
        if (op == OVERSIGHT_SEARCH && i > 0)
            break; /* of a search the first hit */
        (void)buf_add(&o->accesses, &access, sizeof access);
        (void)buf_add(&o->persons, &persons[i].person, sizeof persons[i].person);
        ERR_TRY(note_work(o, x, persons[i].person, e));
    }
    ERR_TRY(buf_check(&o->accesses, "the looks of half a year", e));
    return buf_check(&o->work, "the work of half a year", e);
}

/* ---- staff ---- */

static uint8_t fact_kind(struct str kind)
{
    return str_eq(kind, STR("name+dob")) ? OVERSIGHT_NAME_BORN : str_eq(kind, STR("phone")) ? OVERSIGHT_PHONE : str_eq(kind, STR("email")) ? OVERSIGHT_EMAIL : OVERSIGHT_FACT_NONE;
}

struct fact_of { /* what staff stated, and who they are in the hub */
    uint64_t user;
    struct oversight_fact fact;
    uint64_t persons[8];
    size_t n_persons;
};

static enum err_code read_facts(struct overseer *o, struct fact_of **ret, size_t *ret_n, struct err *e)
{
    struct registry_stated *stated;
    size_t n, kept = 0;
    ERR_TRY(registry_stated(o->hub->store, o->a, &stated, &n, e));
    struct fact_of *facts = ARENA_NEW(o->a, struct fact_of, n);
    if (!facts)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        const uint8_t kind = fact_kind(stated[i].kind);
        if (!kind)
            continue;
        struct fact_of *f = &facts[kept++];
        *f = (struct fact_of){.user = oversight_account(o->hub->vault, stated[i].user), .fact = {(uint64_t)stated[i].value, kind, stated[i].whose == REGISTRY_RELATIVE, false}};
        ERR_TRY(people_of_value(o->hub->store, stated[i].value, f->persons, 8, &f->n_persons, e));
        for (size_t k = 0; k < f->n_persons; k++)
            (void)buf_add(&o->persons, &f->persons[k], sizeof f->persons[k]);
    }
    *ret = facts;
    *ret_n = kept;
    return ERR_OK;
}

static enum err_code make_staff(struct overseer *o, const struct fact_of *facts, size_t n_facts, struct oversight_staff **ret, struct err *e)
{
    struct oversight_staff *staff = ARENA_NEW(o->a, struct oversight_staff, o->n_users);
    struct oversight_post *posts = ARENA_NEW(o->a, struct oversight_post, o->n_users);
    struct oversight_fact *own = ARENA_NEW(o->a, struct oversight_fact, n_facts);
    if (!staff || !posts || !own)
        return no_memory(e);
    for (size_t i = 0; i < o->n_users; i++) {
        const struct registry_user *u = &o->users[i];
        struct oversight_staff *s = &staff[i];
        posts[i] = (struct oversight_post){.when = {u->from_ms, u->to_ms}, .agency = (uint32_t)u->agency, .unit = unit_of(o, u->agency, u->unit),
                                           .role = (uint16_t)u->roles, .records = (u->roles & ACCESS_ROLE_BIT(dpo)) != 0};
        *s = (struct oversight_staff){.user = oversight_account(o->hub->vault, u->name), .facts = own, .posts = &posts[i], .n_posts = 1,
                                      .left_ms = u->standing == ACCESS_STANDING_ended ? u->to_ms : INT64_MAX};
        for (size_t k = 0; k < o->n_users; k++)
            if (u->line_manager && o->users[k].id == u->line_manager)
                s->manager = oversight_account(o->hub->vault, o->users[k].name);
        for (size_t k = 0; k < n_facts; k++)
            if (facts[k].user == s->user) {
                own[s->n_facts++] = facts[k].fact;
                if (facts[k].fact.kind == OVERSIGHT_NAME_BORN && !facts[k].fact.kin && facts[k].n_persons)
                    s->person = facts[k].persons[0];
            }
        own += s->n_facts;
    }
    *ret = staff;
    return ERR_OK;
}

/* ---- persons ---- */

static int work_cmp(const void *l, const void *r) { return u64_cmp(&((const struct work_of *)l)->person, &((const struct work_of *)r)->person); }

static size_t each_once(uint64_t *v, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(v, n, sizeof *v, u64_cmp);
    for (size_t i = 0; i < n; i++)
        if (!kept || v[kept - 1] != v[i])
            v[kept++] = v[i];
    return kept;
}

static uint8_t link_of(const struct tie *t)
{
    if (t->kind == TIE_SHARED_EVENT)
        return OVERSIGHT_OPPONENT;
    if (t->kind != TIE_STATED)
        return OVERSIGHT_HOUSEHOLD;
    switch (t->relation) {
    case RELATION_partner:
    case RELATION_former_partner:
        return OVERSIGHT_PARTNER;
    case RELATION_parent:
    case RELATION_child:
    case RELATION_sibling:
    case RELATION_relative:
        return OVERSIGHT_RELATIVE;
    case RELATION_household:
        return OVERSIGHT_HOUSEHOLD;
    default:
        return OVERSIGHT_ASSOCIATE;
    }
}

static struct oversight_subject *subject_find(struct oversight_subject *v, size_t n, uint64_t person)
{
    const struct oversight_subject key = {.person = person};
    return n ? bsearch(&key, v, n, sizeof *v, u64_cmp) : NULL; /* the person stands first in the struct */
}

/* Both ends of every tie of which one was looked at. Ties are by person number; subjects gather theirs in two passes: how many, then which. */
static enum err_code add_links(struct overseer *o, struct oversight_subject *subjects, size_t n, struct err *e)
{
    struct tie *ties;
    size_t n_ties;
    ERR_TRY(people_ties(o->hub->store, &o->map, o->a, &ties, &n_ties, e));
    struct oversight_link *links = ARENA_NEW(o->a, struct oversight_link, 2 * n_ties);
    if (!links)
        return no_memory(e);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < 2 * n_ties; i++) {
            const struct tie *t = &ties[i / 2];
            struct oversight_subject *s = subject_find(subjects, n, o->map.person_key[i % 2 ? t->b : t->a]);
            if (s && pass == 0)
                s->n_links++;
            else if (s)
                ((struct oversight_link *)(uintptr_t)s->links)[s->n_links++] = (struct oversight_link){o->map.person_key[i % 2 ? t->a : t->b], link_of(t)}; /* ours, made below */
        }
        for (size_t i = 0; pass == 0 && i < n; i++) {
            subjects[i].links = links;
            links += subjects[i].n_links;
            subjects[i].n_links = 0;
        }
    }
    return ERR_OK;
}

static void add_facts(struct oversight_subject *subjects, size_t n, const struct fact_of *facts, size_t n_facts, struct oversight_fact *room)
{
    for (size_t i = 0; i < n; i++) {
        subjects[i].facts = room;
        for (size_t k = 0; k < n_facts; k++)
            for (size_t p = 0; p < facts[k].n_persons; p++)
                if (facts[k].persons[p] == subjects[i].person)
                    room[subjects[i].n_facts++] = (struct oversight_fact){facts[k].fact.blind, facts[k].fact.kind, false, false};
        room += subjects[i].n_facts;
    }
}

static void add_work(struct overseer *o, struct oversight_subject *subjects, size_t n, struct oversight_work *room)
{
    struct work_of *w = (void *)o->work.p;
    const size_t n_work = o->work.n / sizeof *w;
    if (n_work)
        qsort(w, n_work, sizeof *w, work_cmp);
    for (size_t i = 0; i < n_work; i++) {
        struct oversight_subject *s = subject_find(subjects, n, w[i].person);
        room[i] = w[i].work;
        if (!s->n_work)
            s->work = &room[i];
        s->n_work++;
    }
}

static enum err_code make_subjects(struct overseer *o, const struct fact_of *facts, size_t n_facts, struct oversight_subject **ret, size_t *ret_n, struct err *e)
{
    ERR_TRY(buf_check(&o->persons, "the persons looked at in half a year", e));
    uint64_t *persons = (void *)o->persons.p;
    const size_t n = each_once(persons, o->persons.n / sizeof *persons);
    struct oversight_subject *subjects = ARENA_NEW(o->a, struct oversight_subject, n);
    struct oversight_fact *room = ARENA_NEW(o->a, struct oversight_fact, n_facts * 8);
    struct oversight_work *work = ARENA_NEW(o->a, struct oversight_work, o->work.n / sizeof(struct work_of));
    if (!subjects || !room || !work)
        return no_memory(e);
    for (size_t i = 0; i < n; i++)
        subjects[i] = (struct oversight_subject){.person = persons[i]};
    add_facts(subjects, n, facts, n_facts, room);
    add_work(o, subjects, n, work);
    ERR_TRY(add_links(o, subjects, n, e));
    *ret = subjects;
    *ret_n = n;
    return ERR_OK;
}

/* ---- all ---- */

static enum err_code gather(struct overseer *o, struct oversight_source *ret, struct err *e)
{
    struct fact_of *facts;
    struct oversight_staff *staff;
    struct oversight_subject *subjects;
    size_t n_facts, n_subjects;
    const struct hub *h = o->hub;
    ERR_TRY(ledger_sequence(h->ledger, e)); /* so that every look has its number */
    ERR_TRY(registry_users(h->store, o->now_ms, o->a, &o->users, &o->n_users, e));
    ERR_TRY(registry_relation_list(h->store, true, o->now_ms, o->a, &o->relations, &o->n_relations, e));
    ERR_TRY(people_map_load(h->store, o->a, &o->map, e));
    ERR_TRY(intake_audited(h->store, o->a, &o->audited, &o->n_audited, e));
    ERR_TRY(ledger_each(h->ledger, 0, ledger_size(h->ledger), take_entry, o, e));
    ERR_TRY(read_facts(o, &facts, &n_facts, e));
    ERR_TRY(make_staff(o, facts, n_facts, &staff, e));
    ERR_TRY(make_subjects(o, facts, n_facts, &subjects, &n_subjects, e));
    *ret = (struct oversight_source){staff, subjects, (const void *)o->accesses.p, o->n_users, n_subjects, o->accesses.n / sizeof(struct oversight_access)};
    return ERR_OK;
}

enum err_code flow_oversee(const struct hub *h, int64_t now_ms, struct flow_oversight *ret, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct overseer o = {.hub = h, .a = &a, .now_ms = now_ms, .since_ms = now_ms - OVERSIGHT_LOOKBACK_DAYS * MS_PER_DAY};
    const struct oversight_limits *limits;
    struct oversight_source source;
    arena_init(&a, OVERSEE_BYTES);
    buf_init(&o.accesses, LIMIT_OVERSIGHT_ACCESSES * sizeof(struct oversight_access));
    buf_init(&o.persons, LIMIT_OVERSIGHT_ACCESSES * sizeof(uint64_t));
    buf_init(&o.work, LIMIT_OVERSIGHT_ACCESSES * sizeof(struct work_of));
    enum err_code code = oversight_limits_builtin(&a, &limits, e);
    if (code == ERR_OK)
        code = gather(&o, &source, e);
    struct flow_oversight counts = {0};
    if (code == ERR_OK) {
        counts = (struct flow_oversight){source.n_accesses, source.n_staff, source.n_subjects, 0};
        code = oversight_catch_up(h->store, &source, limits, now_ms, &counts.new_evidence, e);
    }
    buf_release(&o.accesses);
    buf_release(&o.persons);
    buf_release(&o.work);
    if (code == ERR_OK)
        *ret = counts;
    return code;
}
