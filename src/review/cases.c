/* cases.c: pairs with reasons become cases: who, what the queue needs, reasons, orders between the two. Pure. */
#include "review/update.h"

#include <stdlib.h>

/* Not of the keys alone: a case's id must not tell that two cases share a person. */
uint64_t case_key(uint64_t victim, uint64_t suspect)
{
    uint64_t both[2] = {victim, suspect};
    return str_hash((struct str){(const char *)both, sizeof both}, 0x43415345) >> 1;
}

int64_t summary_time_limit_ms(struct instant t)
{
    if (t.precision < PRECISION_DAY)
        return 0;
    struct civil c = civil_of_day(instant_day(t));
    int month = c.month + 6, year = c.year + (month > 12), day = c.day;
    int32_t due;
    if (month > 12)
        month -= 12;
    while (day > 0 && !civil_to_day(year, month, day, &due))
        day--; /* 31 August and six months: the end of February */
    return day_start_ms(due);
}

static void mark_dangers(const struct review_facts *f, const struct pair *p, struct case_row *row)
{
    for (size_t i = 0; i < p->n_seen; i++) {
        const struct seen *s = &p->seen[i];
        if (s->as != SEEN_DIRECT && s->as != SEEN_SUSPECT_ONLY && s->as != SEEN_THIRD)
            continue;
        const struct event *ev = &f->events[s->event];
        const struct coding *c = &f->codings[s->event];
        if (ev->flags & 1u << FLAG_staff_danger)
            row->marks |= MARK_staff_danger;
        if (coding_has(c, BEHAVIOUR_weapon))
            row->marks |= MARK_weapon;
        if (coding_has(c, BEHAVIOUR_violence) || coding_has(c, BEHAVIOUR_strangulation))
            row->marks |= MARK_violence;
    }
}

static void count_agencies(const struct review_facts *f, const struct pair *p, struct case_row *row)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < p->n_seen; i++)
        seen |= UINT64_C(1) << (f->events[p->seen[i].event].feed & 63);
    row->n_agencies = (uint32_t)__builtin_popcountll(seen);
}

static void newest(const struct review_facts *f, const struct pair *p, struct case_row *row)
{
    for (size_t i = 0; i < p->n_seen; i++) {
        if (p->seen[i].occasion == NOBODY)
            continue;
        struct instant t = event_when(&f->events[p->seen[i].event]);
        if (row->newest.precision == PRECISION_UNKNOWN || t.ms > row->newest.ms || (t.ms == row->newest.ms && t.precision > row->newest.precision))
            row->newest = t;
    }
    row->clock_due_ms = summary_time_limit_ms(row->newest);
}

static void relation_one_way(const struct review_facts *f, uint32_t a, uint32_t b, struct case_row *row)
{
    for (size_t i = ties_find(f, a, b); i < f->n_ties && f->ties[i].a == a && f->ties[i].b == b; i++) {
        const struct tie *t = &f->ties[i];
        if (t->kind == TIE_STATED && t->n_sources > row->relation_sources) {
            row->relation = t->relation;
            row->relation_former = t->former;
            row->relation_sources = t->n_sources;
        }
    }
}

static void relation(const struct review_facts *f, const struct pair *p, struct case_row *row)
{
    if (p->suspect == NOBODY)
        return;
    relation_one_way(f, p->victim, p->suspect, row);
    relation_one_way(f, p->suspect, p->victim, row);
}

/* First order of a respondent: orders stand by respondent. */
static size_t orders_of(const struct orders *o, uint32_t respondent)
{
    size_t lo = 0, hi = o->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (o->v[mid].respondent < respondent)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static enum err_code orders_between(const struct review_facts *f, const struct pair *p, struct arena *a, struct case_row *row, struct err *e)
{
    size_t from = orders_of(&f->orders, p->suspect), to = from;
    while (to < f->orders.n && f->orders.v[to].respondent == p->suspect)
        to++;
    const struct order **v = ARENA_NEW(a, const struct order *, to - from);
    if (!v)
        return err_set(e, ERR_NO_MEMORY, "no memory for the orders of a case");
    for (size_t i = from; i < to; i++)
        if (f->orders.v[i].protected_person == p->victim || f->orders.v[i].protected_person == UINT32_MAX)
            v[row->n_orders++] = &f->orders.v[i];
    row->orders = v;
    return ERR_OK;
}

static uint64_t mix(uint64_t h, uint64_t v) { return str_hash((struct str){(const char *)&v, sizeof v}, h); }

static uint64_t mix_instant(uint64_t h, struct instant t) { return mix(mix(h, (uint64_t)t.ms), (uint64_t)t.precision); }

/* Everything that is kept of a case: what is left out here would never be written again when it changes. */
static uint64_t content_of(const struct case_row *row)
{
    uint64_t h = mix_instant(mix(row->rules, row->marks), row->newest);
    h = mix(mix(mix(h, row->n_occasions), row->n_agencies), (uint64_t)row->relation << 33 | (uint64_t)row->relation_former << 32 | row->relation_sources);
    for (size_t i = 0; i < row->n_reasons; i++) {
        h = mix_instant(str_hash(row->reasons[i].words, h), row->reasons[i].since);
        for (size_t k = 0; k < row->reasons[i].n_evidence; k++)
            h = mix(mix(h, row->reasons[i].evidence[k].event_key), (uint64_t)row->reasons[i].evidence[k].row << 16 | (uint64_t)(uint8_t)row->reasons[i].evidence[k].feed << 8 | row->reasons[i].evidence[k].behaviour);
    }
    for (size_t i = 0; i < row->n_orders; i++) { /* its statement too: a newer version of the same record is another row */
        const struct order *o = row->orders[i];
        h = mix_instant(mix_instant(mix(mix(h, o->event_key), (uint64_t)o->row), o->from), o->to);
        h = mix(h, (uint64_t)o->type << 32 | o->conditions);
    }
    return h;
}

static enum err_code case_make(const struct review_facts *f, const struct pair *p, const struct review_reasons *r, struct arena *a, struct case_row *row, struct err *e)
{
    *row = (struct case_row){.victim = f->map->person_key[p->victim], .suspect = p->suspect == NOBODY ? 0 : f->map->person_key[p->suspect]};
    row->id = case_key(row->victim, row->suspect);
    row->n_occasions = p->occasions_stated;
    row->marks = (r->breach ? MARK_breach : 0) | (r->custody_contact ? MARK_custody : 0) | (r->threat ? MARK_threat : 0) | (r->misrecorded ? MARK_misrecorded : 0);
    struct review_reason *reasons = ARENA_NEW(a, struct review_reason, r->n);
    if (!reasons)
        return err_set(e, ERR_NO_MEMORY, "no memory for the reasons of a case");
    memcpy(reasons, r->v, r->n * sizeof *reasons);
    row->reasons = reasons;
    row->n_reasons = r->n;
    for (size_t i = 0; i < r->n; i++)
        row->rules |= 1u << r->v[i].rule;
    mark_dangers(f, p, row);
    count_agencies(f, p, row);
    newest(f, p, row);
    relation(f, p, row);
    ERR_TRY(orders_between(f, p, a, row, e));
    row->content = content_of(row) >> 1;
    return ERR_OK;
}

static int by_id(const void *l, const void *r)
{
    const struct case_row *x = l, *y = r;
    return x->id < y->id ? -1 : x->id > y->id;
}

enum err_code cases_make(const struct review_facts *f, struct arena *a, struct case_list *ret, struct err *e)
{
    struct pairs pairs;
    ERR_TRY(pairs_gather(f, a, &pairs, e));
    *ret = (struct case_list){.v = ARENA_NEW(a, struct case_row, pairs.n + 1), .n_pairs = pairs.n};
    if (!ret->v)
        return err_set(e, ERR_NO_MEMORY, "no memory for the cases");
    for (size_t i = 0; i < pairs.n; i++) {
        struct review_reasons reasons;
        ERR_TRY(rules_apply(f, &pairs.v[i], a, &reasons, e));
        ret->n_occasions += pairs.v[i].n_occasions;
        if (reasons.n == 0)
            continue;
        ERR_TRY(case_make(f, &pairs.v[i], &reasons, a, &ret->v[ret->n++], e));
        ret->n_reasons += reasons.n;
        for (size_t k = 0; k < reasons.n; k++)
            ret->by_rule[reasons.v[k].rule]++;
    }
    qsort(ret->v, ret->n, sizeof *ret->v, by_id);
    return ERR_OK;
}
