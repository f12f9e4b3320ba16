/* year_abuse.c: planted abuses, a function for each rule, in the shapes of misconduct cases: own record, relatives, former homes, colleagues, the
 * curious on news, hundreds of checks on women after a warning, one circle looked at on many days, a colleague's account on one's own device. */
#include "simulate/year_int.h"

#define NEEDS_HOURS 1u /* a roster */
#define NEEDS_DESK 2u
#define NEEDS_CASES 4u

/* Who does it: dice until someone fits. */
static uint32_t actor(struct maker *m, unsigned needs)
{
    for (int tries = 0;; tries++) {
        uint32_t i = year_below(m, m->n_staff);
        const struct unit *u = &m->units[m->members[i].unit];
        if (m->members[i].n_shifts < 60 || m->members[i].last_ms != INT64_MAX)
            continue;
        if (tries < 10000 && ((needs & NEEDS_HOURS && !u->hours_known) || (needs & NEEDS_DESK && u->kind != UNIT_DESK) || (needs & NEEDS_CASES && u->kind != UNIT_CASES)))
            continue;
        if (tries < 40 && (u->kind == UNIT_DESK) != year_chance(m, m->p->by_desk))
            continue;
        return i;
    }
}

static struct member *member_of(struct maker *m, uint32_t i) { return &m->members[i]; }

/* Somebody whom nothing ties to the actor. */
static uint32_t stranger(struct maker *m) { return year_below(m, m->n_souls); }

/* When, within [from, to). */
static bool abuse_moment(struct maker *m, uint32_t who, int64_t from, int64_t to, int64_t *ret)
{
    return year_chance(m, m->p->off_hours) ? year_moment_off(m, who, from, to, ret) : year_moment(m, who, from, to, ret);
}

static void look_at(struct maker *m, uint32_t who, uint32_t soul, int64_t from, int64_t to)
{
    struct look l = {.member = who, .soul = soul};
    if (!abuse_moment(m, who, from, to, &l.at_ms))
        return;
    if (year_chance(m, m->p->cover_basis))
        l.basis = year_value(m, SPACE_BASIS, year_below(m, (uint32_t)m->next_basis));
    if (year_chance(m, m->p->faked_call))
        year_work(m, soul, who, false, OVERSIGHT_CALL, l.at_ms - 10 * MINUTE_MS, l.at_ms + 2 * HOUR_MS, l.basis, true);
    year_visit(m, l, false);
}

/* Where in the year it begins; room for `days`, away from moves. */
static int64_t begins(struct maker *m, uint32_t who, int64_t days)
{
    for (int tries = 0; tries < 50; tries++) {
        int64_t at = year_start_ms() + year_between(m, 35, YEAR_DAYS - 2 - days) * MS_PER_DAY;
        int64_t moved = member_of(m, who)->moved_ms;
        if (moved == INT64_MAX || at + days * MS_PER_DAY < moved || at > moved + 30 * MS_PER_DAY)
            return at;
    }
    return year_start_ms() + 35 * MS_PER_DAY;
}

/* The ordinary shape: some looks over some weeks, the first one certain. */
static void some_looks(struct maker *m, uint32_t who, uint32_t soul)
{
    int64_t looks = YEAR_BETWEEN(m, m->p->looks), days = looks == 1 ? 1 : m->p->spread_days, at = begins(m, who, days);
    for (int64_t i = 0; i < looks; i++)
        look_at(m, who, soul, at, at + days * MS_PER_DAY + (looks == 1 ? 10 * MS_PER_DAY : 0));
}

/* ---- a function for each rule ---- */

/* Own record, or (West Mercia) own and the family's numbers searched. */
static void self(struct maker *m)
{
    uint32_t who = actor(m, 0);
    struct member *me = member_of(m, who);
    if (year_chance(m, m->p->further_relative)) {
        const uint64_t numbers[] = {me->phone, me->kin_phone};
        int64_t at = begins(m, who, 20);
        for (size_t i = 0; i < 2; i++) {
            struct look l = {.member = who, .soul = NOBODY};
            if (abuse_moment(m, who, at, at + 20 * MS_PER_DAY, &l.at_ms))
                year_look_sought(m, l, OVERSIGHT_PHONE, numbers[i]);
        }
        return;
    }
    if (me->soul == NOBODY) {
        me->soul = stranger(m);
        year_fact(m, me->soul, OVERSIGHT_NAME_BORN, year_value(m, SPACE_NAME, who), false);
        year_fact(m, me->soul, OVERSIGHT_SURNAME, year_value(m, SPACE_SURNAME, me->surname), false);
        year_fact(m, me->soul, OVERSIGHT_PHONE, me->phone, false);
    }
    some_looks(m, who, me->soul);
}

static void surname(struct maker *m)
{
    uint32_t who = actor(m, 0), relative = stranger(m);
    year_fact(m, relative, OVERSIGHT_SURNAME, year_value(m, SPACE_SURNAME, member_of(m, who)->surname), false);
    some_looks(m, who, relative);
}

/* A former partner with another name: the former home, or the present one. */
static void address(struct maker *m)
{
    uint32_t who = actor(m, 0), soul = stranger(m);
    bool former = year_chance(m, 0.5);
    year_fact(m, soul, OVERSIGHT_ADDRESS, former ? member_of(m, who)->former_home : member_of(m, who)->home, year_chance(m, 0.5));
    some_looks(m, who, soul);
}

static void contact(struct maker *m)
{
    uint32_t who = actor(m, 0), soul = stranger(m);
    year_fact(m, soul, OVERSIGHT_PHONE, year_chance(m, 0.3) ? member_of(m, who)->phone : member_of(m, who)->kin_phone, false);
    some_looks(m, who, soul);
}

/* A colleague's record; sometimes one's own besides (PSNI). */
static void colleague(struct maker *m)
{
    uint32_t who = actor(m, 0), other = year_below(m, m->n_staff);
    for (int tries = 0; tries < 5000 && (other == who || member_of(m, other)->soul == NOBODY || m->staff[other].person == 0); tries++)
        other = year_below(m, m->n_staff);
    if (other == who || member_of(m, other)->soul == NOBODY)
        return;
    some_looks(m, who, member_of(m, other)->soul);
    if (member_of(m, who)->soul != NOBODY)
        some_looks(m, who, member_of(m, who)->soul);
}

static void no_work(struct maker *m)
{
    uint32_t who = actor(m, NEEDS_CASES), soul = stranger(m);
    int64_t at = begins(m, who, m->p->spread_days), looks = 2 + year_below(m, 3);
    for (int64_t i = 0; i < looks; i++)
        look_at(m, who, soul, at, at + 25 * MS_PER_DAY);
}

static void off_duty(struct maker *m)
{
    uint32_t who = actor(m, NEEDS_HOURS), soul = stranger(m);
    int64_t at = begins(m, who, m->p->spread_days);
    for (int64_t i = YEAR_BETWEEN(m, m->p->looks); i > 0; i--) {
        struct look l = {.member = who, .soul = soul};
        if (year_moment_off(m, who, at, at + m->p->spread_days * MS_PER_DAY, &l.at_ms))
            year_visit(m, l, false);
    }
}

static void variants(struct maker *m)
{
    uint32_t who = actor(m, 0), soul = stranger(m);
    int64_t at = begins(m, who, 10), days = 2 + year_below(m, 3);
    for (int64_t d = 0; d < days; d++) {
        struct look l = {.member = who, .soul = soul};
        if (!abuse_moment(m, who, at + 2 * d * MS_PER_DAY, at + (2 * d + 2) * MS_PER_DAY, &l.at_ms))
            continue;
        for (int64_t k = 2 + year_below(m, 3); k > 0; k--, l.at_ms += 40 * MS_PER_SECOND)
            year_look(m, l, OVERSIGHT_SEARCH, 0, year_value(m, SPACE_TERMS, (uint64_t)soul * 8 + year_below(m, 6)));
    }
}

/* One circle on many days (Lincolnshire: four people on 134 days). */
static void repeated(struct maker *m)
{
    uint32_t who = actor(m, 0), soul = stranger(m), people = 1 + year_below(m, 4);
    int64_t days = YEAR_BETWEEN(m, m->p->many_days), span = days * 4 < 250 ? days * 4 : 250, at = begins(m, who, span);
    for (int64_t i = 0; i < days * (int64_t)people; i++)
        look_at(m, who, (soul + year_below(m, people)) % m->n_souls, at, at + span * MS_PER_DAY);
}

static void volume(struct maker *m)
{
    uint32_t who = actor(m, 0);
    int64_t at = begins(m, who, 20), days = 1 + year_below(m, 3), people = YEAR_BETWEEN(m, m->p->many_people);
    for (int64_t d = 0; d < days; d++) {
        struct look l = {.member = who};
        if (!abuse_moment(m, who, at, at + 20 * MS_PER_DAY, &l.at_ms))
            continue;
        for (int64_t k = people / days; k > 0; k--, l.at_ms += 80 * MS_PER_SECOND) {
            l.soul = year_soul_of(m, m->units[m->members[who].unit].area);
            year_look(m, l, OVERSIGHT_OPEN, year_groups(m), 0);
        }
    }
}

/* Somebody of another area, of whom nobody in the role has ever heard. */
static void outlier(struct maker *m)
{
    uint32_t who = actor(m, 0), soul = stranger(m);
    while (m->souls[soul].area == m->units[m->members[who].unit].area || m->souls[soul].frequent)
        soul = stranger(m);
    int64_t at = begins(m, who, m->p->spread_days), looks = 2 + year_below(m, 3);
    for (int64_t i = 0; i < looks; i++)
        look_at(m, who, soul, at, at + 20 * MS_PER_DAY);
}

/* The files that everybody talks about (the Met's 104). */
static void newsworthy(struct maker *m)
{
    const struct case_row_year *c = (const struct case_row_year *)(const void *)m->cases.p;
    size_t n = m->cases.n / sizeof *c, news = (size_t)m->p->news;
    const struct case_row_year *one = &c[n - 1 - year_below(m, (uint32_t)news)];
    uint32_t who = actor(m, 0);
    for (int64_t i = 1 + year_below(m, 2); i > 0; i--)
        look_at(m, who, one->souls[0], one->from_ms, one->from_ms + 25 * MS_PER_DAY);
}

/* Checks on women after a warning (Merseyside), or a former client looked up again and again. */
static void after_close(struct maker *m)
{
    const struct case_row_year *c = (const struct case_row_year *)(const void *)m->cases.p;
    if (year_chance(m, 0.5)) {
        uint32_t who = actor(m, 0);
        if (!m->staff[who].n_warnings) {
            int64_t *when = ARENA_NEW(m->a, int64_t, 1);
            if (!when)
                return;
            *when = year_start_ms() + year_between(m, 30, 200) * MS_PER_DAY;
            m->staff[who].warnings_ms = when;
            m->staff[who].n_warnings = 1;
        }
        int64_t at = m->staff[who].warnings_ms[0], to = at + 150 * MS_PER_DAY;
        for (int64_t i = YEAR_BETWEEN(m, m->p->many_people) / 2; i > 0; i--)
            look_at(m, who, year_soul_of(m, m->units[m->members[who].unit].area), at, to);
        return;
    }
    for (int tries = 0; tries < 2000; tries++) {
        const struct case_row_year *one = &c[year_below(m, (uint32_t)(m->cases.n / sizeof *c - (size_t)m->p->news))];
        if (one->to_ms < year_start_ms() + 20 * MS_PER_DAY || one->to_ms + 130 * MS_PER_DAY > year_end_ms() || one->member == NOBODY ||
            m->members[one->member].moved_ms != INT64_MAX || m->members[one->member].last_ms != INT64_MAX)
            continue;
        for (int64_t i = 1 + YEAR_BETWEEN(m, m->p->looks); i > 0; i--)
            look_at(m, one->member, one->souls[0], one->to_ms + 40 * MS_PER_DAY, one->to_ms + 120 * MS_PER_DAY);
        return;
    }
}

/* The user is in the records as somebody's partner or associate, or as the associate of their opponent. */
static void linked(struct maker *m)
{
    uint32_t who = actor(m, 0), me = member_of(m, who)->soul, soul = stranger(m), between = stranger(m);
    if (me == NOBODY) {
        me = member_of(m, who)->soul = stranger(m);
        year_fact(m, me, OVERSIGHT_NAME_BORN, year_value(m, SPACE_NAME, who), false);
    }
    m->staff[who].person = m->subjects[me].person;
    if (year_chance(m, 0.6)) {
        year_link(m, me, soul, year_chance(m, 0.5) ? OVERSIGHT_PARTNER : OVERSIGHT_ASSOCIATE);
    } else {
        year_link(m, me, between, OVERSIGHT_ASSOCIATE);
        year_link(m, between, soul, OVERSIGHT_OPPONENT);
    }
    some_looks(m, who, soul);
}

static void address_out(struct maker *m)
{
    uint32_t who = actor(m, 0);
    struct look l = {.member = who, .soul = stranger(m)};
    int64_t at = begins(m, who, 20);
    if (!abuse_moment(m, who, at, at + 20 * MS_PER_DAY, &l.at_ms))
        return;
    year_look(m, l, OVERSIGHT_OPEN, OVERSIGHT_SHOWS_CONTACT, 0);
    l.at_ms += 2 * MINUTE_MS;
    year_look(m, l, year_chance(m, 0.7) ? OVERSIGHT_PRINT : OVERSIGHT_EXPORT, OVERSIGHT_SHOWS_CONTACT, 0);
}

/* An account used after its owner left, or an old unit's cases long after the move. */
static void moved_on(struct maker *m)
{
    const struct case_row_year *c = (const struct case_row_year *)(const void *)m->cases.p;
    size_t n = m->cases.n / sizeof *c - (size_t)m->p->news;
    bool leaver = year_chance(m, 0.5);
    for (int tries = 0; tries < 200000; tries++) {
        const struct case_row_year *one = &c[year_below(m, (uint32_t)n)];
        const struct member *who = member_of(m, one->member);
        int64_t end = leaver ? who->last_ms : who->moved_ms;
        if (end == INT64_MAX || end + 60 * MS_PER_DAY > year_end_ms() || one->from_ms >= end || one->to_ms < end - 40 * MS_PER_DAY)
            continue;
        for (int64_t i = 2 + year_below(m, 3); i > 0; i--) {
            struct look l = {.member = one->member, .soul = one->souls[0], .at_ms = year_between(m, end + (leaver ? 6 : 35) * MS_PER_DAY, end + 60 * MS_PER_DAY)};
            if (!leaver && !year_moment(m, one->member, end + 35 * MS_PER_DAY, end + 60 * MS_PER_DAY, &l.at_ms))
                continue;
            year_visit(m, l, false);
        }
        return;
    }
}

/* On one's own device under the account of a colleague who is not at work, with one's own account before and after. */
static void shared_device(struct maker *m)
{
    uint32_t who = actor(m, NEEDS_HOURS), soul = stranger(m);
    const struct unit *u = &m->units[m->members[who].unit];
    int64_t from = begins(m, who, 60);
    for (int tries = 0, done = 0; tries < 400 && done < 2; tries++) {
        uint32_t other = u->first + year_below(m, u->n);
        struct look own = {.member = who, .soul = year_soul_of(m, u->area)};
        int64_t off;
        if (other == who || !year_moment(m, who, from, from + 60 * MS_PER_DAY, &own.at_ms))
            continue;
        struct look theirs = {.member = other, .soul = soul, .at_ms = own.at_ms + 2 * MINUTE_MS};
        if (!year_moment_off(m, other, theirs.at_ms, theirs.at_ms + 1, &off))
            continue; /* at work: that would be seen */
        uint32_t device = year_device(m, who, own.at_ms);
        uint16_t abuse = m->abuse;
        m->abuse = 0; /* what surrounds it is ordinary work */
        year_work(m, own.soul, who, false, OVERSIGHT_CALL, own.at_ms - 10 * MINUTE_MS, own.at_ms + 2 * HOUR_MS, 0, true);
        year_look_from(m, own, OVERSIGHT_OPEN, OVERSIGHT_SHOWS_NARRATIVE, device);
        own.at_ms += 5 * MINUTE_MS;
        year_look_from(m, own, OVERSIGHT_NOTE, 0, device);
        m->abuse = abuse;
        for (int i = 0; i < 2; i++, theirs.at_ms += MINUTE_MS)
            year_look_from(m, theirs, OVERSIGHT_OPEN, OVERSIGHT_SHOWS_CONTACT, device);
        done++;
    }
}

static void marker(struct maker *m)
{
    uint32_t who = actor(m, 0);
    struct look l = {.member = who, .soul = stranger(m)};
    int64_t at = begins(m, who, 20);
    if (!abuse_moment(m, who, at, at + 20 * MS_PER_DAY, &l.at_ms))
        return;
    year_look(m, l, OVERSIGHT_OPEN, OVERSIGHT_SHOWS_NARRATIVE, 0);
    l.at_ms += 4 * MINUTE_MS;
    year_look(m, l, OVERSIGHT_MARKER, 0, 0);
}

enum err_code year_make_abuses(struct maker *m, struct err *e)
{
    static void (*const plant[OVERSIGHT_N_SUSPICIONS])(struct maker *) = {
#define X(name) name,
        OVERSIGHT_SUSPICIONS(X)
#undef X
    };
    size_t n = (size_t)(m->p->abuses_per_1000 * m->n_staff / 1000), before = m->looks.n;
    year_dice(m, DICE_ABUSE, 0);
    for (size_t i = 0; i < n && m->abuse_rules.n < UINT16_MAX; i++) {
        uint8_t rule = (uint8_t)rng_weighted(&m->r, m->p->weights, OVERSIGHT_N_SUSPICIONS);
        m->abuse = (uint16_t)(m->abuse_rules.n + 1);
        plant[rule](m);
        if (m->looks.n == before)
            continue; /* nobody fitted */
        before = m->looks.n;
        (void)buf_add(&m->abuse_rules, &rule, 1);
    }
    m->abuse = 0;
    return buf_check(&m->looks, "the planted abuses", e);
}
