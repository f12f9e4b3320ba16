/* year_work.c: honest work: caseloads, cover, wrong picks, duty desks, records, audits, press, surges on incidents and news, and the chances that
 * make honest work look otherwise. */
#include "simulate/year_int.h"

/* ---- one look-up ---- */

uint32_t year_device(const struct maker *m, uint32_t member, int64_t ms)
{
    const struct member *who = &m->members[member];
    const struct unit *u = &m->units[who->unit];
    uint64_t seat = u->kind == UNIT_DESK ? rng_mix((uint64_t)ms / (uint64_t)(8 * HOUR_MS) + member * UINT64_C(7919)) % u->devices : who->place;
    return who->unit * 64 + (uint32_t)seat + 1;
}

static void add(struct maker *m, struct oversight_access a)
{
    struct look_row row = {a, m->abuse};
    row.access.leaf = (int64_t)(m->looks.n / sizeof row);
    (void)buf_add(&m->looks, &row, sizeof row); /* checked when the looks are numbered */
}

static struct oversight_access access_of(const struct maker *m, struct look l, enum oversight_operation op, unsigned groups)
{
    return (struct oversight_access){.at_ms = l.at_ms, .user = m->staff[l.member].user, .subject = l.soul == NOBODY ? 0 : m->subjects[l.soul].person, .basis = l.basis,
                                     .device = year_device(m, l.member, l.at_ms), .results = l.soul != NOBODY, .operation = (uint8_t)op, .groups = (uint8_t)groups};
}

void year_look(struct maker *m, struct look l, enum oversight_operation op, unsigned groups, uint64_t terms)
{
    struct oversight_access a = access_of(m, l, op, groups);
    a.terms = terms;
    add(m, a);
}

void year_look_sought(struct maker *m, struct look l, enum oversight_fact_kind kind, uint64_t blind)
{
    struct oversight_access a = access_of(m, l, OVERSIGHT_SEARCH, 0);
    a.terms = blind;
    a.sought = blind;
    a.sought_kind = (uint8_t)kind;
    add(m, a);
}

void year_look_from(struct maker *m, struct look l, enum oversight_operation op, unsigned groups, uint32_t device)
{
    struct oversight_access a = access_of(m, l, op, groups);
    a.device = device;
    add(m, a);
}

unsigned year_groups(struct maker *m)
{
    unsigned g = 0;
    g |= year_chance(m, 0.5) ? OVERSIGHT_SHOWS_CONTACT : 0;
    g |= year_chance(m, 0.6) ? OVERSIGHT_SHOWS_NARRATIVE : 0;
    g |= year_chance(m, 0.4) ? OVERSIGHT_SHOWS_HISTORY : 0;
    return g ? g : OVERSIGHT_SHOWS_HISTORY;
}

/* The head of a namesake's record, seen and left. */
static void wrong_pick(struct maker *m, struct look l)
{
    l.soul = year_soul_of(m, m->souls[l.soul].area);
    l.at_ms -= MINUTE_MS;
    year_look(m, l, OVERSIGHT_OPEN, 0, 0);
}

void year_visit(struct maker *m, struct look l, bool with_work)
{
    if (!m->abuse && year_chance(m, m->p->wrong_pick))
        wrong_pick(m, l);
    bool only = !m->abuse && year_chance(m, m->p->search_only);
    if (only || year_chance(m, 0.35)) {
        int variants = year_chance(m, only ? 0.4 : 0.15) ? 2 : 1;
        for (int i = 0; i < variants; i++) {
            struct look s = l;
            s.at_ms -= (variants - i) * 20 * MS_PER_SECOND;
            year_look(m, s, OVERSIGHT_SEARCH, 0, year_value(m, SPACE_TERMS, (uint64_t)l.soul * 8 + year_below(m, 3)));
        }
    }
    if (only)
        return;
    year_look(m, l, OVERSIGHT_OPEN, !m->abuse && year_chance(m, 0.2) ? 0 : year_groups(m), 0);
    l.at_ms += 3 * MINUTE_MS;
    if (!with_work)
        return;
    if (year_chance(m, 0.25))
        year_look(m, l, year_chance(m, 0.2) ? OVERSIGHT_EDIT : OVERSIGHT_NOTE, 0, 0);
    if (year_chance(m, m->p->prints))
        year_look(m, l, year_chance(m, 0.3) ? OVERSIGHT_EXPORT : OVERSIGHT_PRINT, year_groups(m), 0);
    if (year_chance(m, m->p->marker_edits))
        year_look(m, l, OVERSIGHT_MARKER, 0, 0);
}

/* ---- caseloads ---- */

static void visit_case(struct maker *m, const struct case_row_year *c, uint32_t member, int64_t from_ms, int64_t to_ms)
{
    struct look l = {.member = member, .soul = c->souls[year_below(m, c->n)], .basis = c->basis};
    if (!year_moment(m, member, from_ms, to_ms, &l.at_ms))
        return;
    if (year_chance(m, m->p->called_out))
        l.at_ms = year_between(m, from_ms, to_ms - 1);
    if (l.at_ms >= year_end_ms() || l.at_ms < year_start_ms())
        return;
    if (year_chance(m, m->p->linked_person)) { /* the next in the household: linked more often than not */
        uint32_t next = l.soul + 1 < m->n_souls ? l.soul + 1 : l.soul;
        if (m->souls[next].household == m->souls[l.soul].household) {
            l.soul = next;
            year_visit(m, l, false);
            return;
        }
    }
    year_visit(m, l, true);
}

static void make_case(struct maker *m, uint32_t member)
{
    const struct member *who = &m->members[member];
    struct case_row_year c = {.member = member, .n = 1 + year_below(m, 3), .basis = year_value(m, SPACE_BASIS, m->next_basis++)};
    c.from_ms = year_start_ms() + year_between(m, -60, YEAR_DAYS - 1) * MS_PER_DAY;
    c.to_ms = c.from_ms + YEAR_BETWEEN(m, m->p->case_days) * MS_PER_DAY;
    if (c.from_ms < who->moved_ms && c.to_ms > who->moved_ms)
        c.to_ms = who->moved_ms;
    if (c.from_ms >= who->last_ms)
        return;
    uint32_t area = m->units[year_unit_at(m, member, c.from_ms)].area;
    c.souls[0] = year_soul_of(m, area);
    for (uint32_t i = 1; i < c.n; i++) {
        c.souls[i] = year_chance(m, 0.5) ? c.souls[0] + i < m->n_souls ? c.souls[0] + i : 0 : year_soul_of(m, area);
        year_link(m, c.souls[0], c.souls[i], i == 1 ? OVERSIGHT_OPPONENT : OVERSIGHT_ASSOCIATE);
    }
    for (uint32_t i = 0; i < c.n; i++)
        year_work(m, c.souls[i], member, false, i ? OVERSIGHT_CASE : OVERSIGHT_REFERRAL, c.from_ms, c.to_ms, c.basis, false);
    (void)buf_add(&m->cases, &c, sizeof c);
    int visits = rng_count(&m->r, m->p->visits_per_case < 12 ? m->p->visits_per_case : 12);
    for (int i = 0; i < visits; i++) {
        const struct unit *u = &m->units[year_unit_at(m, member, c.from_ms)];
        bool cover = year_chance(m, m->p->covered) && u->n > 1;
        visit_case(m, &c, cover ? u->first + year_below(m, u->n) : member, c.from_ms, c.to_ms);
    }
    if (year_chance(m, m->p->after_close) && c.to_ms < year_end_ms())
        visit_case(m, &c, member, c.to_ms, c.to_ms + 25 * MS_PER_DAY);
    if (c.to_ms == who->moved_ms && year_chance(m, m->p->after_move))
        visit_case(m, &c, member, c.to_ms, c.to_ms + 13 * MS_PER_DAY);
}

/* A question at the door, a call that nobody logged: once, about somebody of the area. */
static void enquiry(struct maker *m, uint32_t member)
{
    struct look l = {.member = member};
    if (!year_moment(m, member, year_start_ms(), year_end_ms(), &l.at_ms))
        return;
    l.soul = year_soul_of(m, m->units[year_unit_at(m, member, l.at_ms)].area);
    year_visit(m, l, false);
}

static void caseload(struct maker *m, uint32_t member)
{
    int cases = rng_count(&m->r, m->p->cases_per_worker / 2) + rng_count(&m->r, m->p->cases_per_worker / 2);
    for (int i = 0; i < cases; i++)
        make_case(m, member);
    double looks = m->p->cases_per_worker * m->p->visits_per_case * m->p->enquiry;
    for (int i = rng_count(&m->r, looks < 12 ? looks : 12); i > 0; i--)
        enquiry(m, member);
}

/* ---- desks and offices ---- */

static void desk(struct maker *m, uint32_t member)
{
    const struct member *who = &m->members[member];
    for (uint32_t s = 0; s < who->n_shifts; s++)
        for (int i = rng_count(&m->r, m->p->desk_visits); i > 0; i--) {
            struct look l = {.member = member};
            l.at_ms = who->shifts[s].from_ms + (int64_t)(year_unit(m) * (double)(who->shifts[s].to_ms - who->shifts[s].from_ms));
            uint32_t area = m->units[year_unit_at(m, member, l.at_ms)].area;
            l.soul = year_soul_of(m, year_chance(m, 0.05) ? year_below(m, (uint32_t)m->p->areas) : area);
            bool logged = year_chance(m, m->p->desk_logged);
            if (logged) {
                l.basis = year_value(m, SPACE_BASIS, m->next_basis++);
                year_work(m, l.soul, member, false, OVERSIGHT_CALL, l.at_ms - 10 * MINUTE_MS, l.at_ms + 2 * HOUR_MS, l.basis, false);
            }
            year_visit(m, l, logged);
        }
}

/* Records, audit and press: tasks of the unit (records: markers put right; audit: samples; press: a few). */
static void office(struct maker *m, uint32_t member)
{
    const struct member *who = &m->members[member];
    enum unit_kind kind = m->units[who->unit].kind;
    for (uint32_t s = 0; s < who->n_shifts; s++)
        for (int i = rng_count(&m->r, kind == UNIT_PRESS ? 0.3 : 1.2); i > 0; i--) {
            struct look l = {.member = member, .soul = year_below(m, m->n_souls), .basis = year_value(m, SPACE_BASIS, m->next_basis++)};
            l.at_ms = who->shifts[s].from_ms + (int64_t)(year_unit(m) * (double)(who->shifts[s].to_ms - who->shifts[s].from_ms));
            year_work(m, l.soul, member, year_chance(m, 0.5), OVERSIGHT_TASK, l.at_ms - MS_PER_DAY, l.at_ms + 7 * MS_PER_DAY, l.basis, false);
            year_visit(m, l, true);
            if (kind == UNIT_RECORDS)
                year_look(m, l, OVERSIGHT_MARKER, 0, 0);
        }
}

/* A manager looks into the cases of the unit. */
static void supervise(struct maker *m)
{
    const struct case_row_year *c = (const struct case_row_year *)(const void *)m->cases.p;
    for (size_t i = 0, n = m->cases.n / sizeof *c; i < n; i++)
        if (year_chance(m, 0.25))
            visit_case(m, &c[i], m->units[year_unit_at(m, c[i].member, c[i].from_ms)].first, c[i].from_ms, c[i].to_ms);
}

/* ---- surges ---- */

static void unit_works(struct maker *m, uint32_t unit, uint32_t soul, int64_t from_ms, int days, double looks)
{
    const struct unit *u = &m->units[unit];
    year_work(m, soul, u->first, true, OVERSIGHT_INCIDENT, from_ms, from_ms + days * MS_PER_DAY, 0, true);
    for (uint32_t k = 0; k < u->n; k++)
        for (int i = rng_count(&m->r, looks); i > 0; i--) {
            struct look l = {.member = u->first + k, .soul = soul};
            if (year_moment(m, l.member, from_ms, from_ms + days * MS_PER_DAY, &l.at_ms) && year_unit_at(m, l.member, l.at_ms) == unit)
                year_visit(m, l, true);
        }
}

static void surges(struct maker *m)
{
    for (int i = 0; i < m->p->incidents; i++) {
        int64_t at = day_start_ms(YEAR_FIRST_DAY + (int32_t)year_between(m, 40, 350));
        uint32_t unit = year_below(m, m->n_units);
        for (int k = 0; k < m->p->incident_people; k++)
            unit_works(m, unit, year_soul_of(m, m->units[unit].area), at, 2, 0.5);
    }
    for (int i = 0; i < m->p->news; i++) {
        int64_t at = day_start_ms(YEAR_FIRST_DAY + (int32_t)year_between(m, 40, 320));
        uint32_t soul = year_below(m, m->n_souls), units = 4 + year_below(m, 4);
        if (year_chance(m, m->p->news_tagged))
            m->subjects[soul].newsworthy = (struct oversight_span){at, at + 60 * MS_PER_DAY};
        for (uint32_t u = 0; u < m->n_units; u++)
            if (m->units[u].kind == UNIT_PRESS || year_chance(m, (double)units / m->n_units))
                unit_works(m, u, soul, at, 30, 1.5);
        struct case_row_year c = {.member = NOBODY, .souls = {soul}, .n = 1, .from_ms = at, .to_ms = at + 45 * MS_PER_DAY};
        (void)buf_add(&m->cases, &c, sizeof c); /* for the curious: the last rows are the news */
    }
}

/* ---- chances ---- */

/* A stale address or a recycled number ties an honest handler to the person of a case. */
static void coincidences(struct maker *m)
{
    const struct case_row_year *c = (const struct case_row_year *)(const void *)m->cases.p;
    size_t n = m->cases.n / sizeof *c, many = (size_t)(m->p->shared_street * m->n_staff / 1000);
    for (size_t i = 0; i < many && n; i++) {
        const struct case_row_year *one = &c[year_below(m, (uint32_t)n)];
        const struct member *who = &m->members[one->member];
        if (year_chance(m, 0.6))
            year_fact(m, one->souls[0], OVERSIGHT_ADDRESS, year_chance(m, 0.5) ? who->home : who->former_home, true);
        else
            year_fact(m, one->souls[0], OVERSIGHT_PHONE, year_chance(m, 0.5) ? who->phone : who->kin_phone, true);
    }
}

enum err_code year_make_work(struct maker *m, struct err *e)
{
    for (uint32_t i = 0; i < m->n_staff; i++) {
        enum unit_kind kind = m->units[m->members[i].unit].kind;
        year_dice(m, kind == UNIT_DESK ? DICE_DESK : kind == UNIT_CASES ? DICE_CASES : DICE_OFFICE, i);
        (kind == UNIT_DESK ? desk : kind == UNIT_CASES ? caseload : office)(m, i);
    }
    year_dice(m, DICE_CHANCE, 0);
    supervise(m);
    coincidences(m);
    year_dice(m, DICE_SURGES, 0);
    surges(m);
    return buf_check(&m->looks, "the year's look-ups", e);
}
