/* year_staff.c: units, members, their posts, shifts and leave, and what the hub is told of them. */
#include "simulate/year_int.h"

/* Ten kinds of agency and their share of staff, in hundredths. */
static const uint16_t agency_share[] = {32, 16, 12, 8, 8, 6, 6, 5, 4, 3};
#define N_AGENCIES ((int)(sizeof agency_share / sizeof *agency_share))

static enum unit_kind unit_kind(struct maker *m)
{
    const struct year_params *p = m->p;
    double u = year_unit(m);
    if ((u -= p->desk_units) < 0)
        return UNIT_DESK;
    if ((u -= p->records_units) < 0)
        return UNIT_RECORDS;
    if ((u -= p->audit_units) < 0)
        return UNIT_AUDIT;
    return (u -= p->press_units) < 0 ? UNIT_PRESS : UNIT_CASES;
}

static enum err_code make_units(struct maker *m, struct err *e)
{
    m->units = ARENA_NEW(m->a, struct unit, m->n_staff);
    if (!m->units)
        return err_set(e, ERR_NO_MEMORY, "no memory for the units");
    year_dice(m, DICE_UNITS, 0);
    for (uint32_t at = 0; at < m->n_staff; m->n_units++) {
        struct unit *u = &m->units[m->n_units];
        uint32_t n = (uint32_t)YEAR_BETWEEN(m, m->p->unit_size);
        *u = (struct unit){.first = at, .n = n < m->n_staff - at ? n : m->n_staff - at, .area = m->n_units % (uint32_t)m->p->areas};
        u->agency = 1 + (uint32_t)rng_weighted(&m->r, agency_share, N_AGENCIES);
        /* One of each kind first, so that a small year has them all. */
        u->kind = m->n_units < 10 ? (enum unit_kind)(m->n_units % 5) : unit_kind(m);
        u->hours_known = year_chance(m, m->p->hours_known);
        u->devices = u->kind == UNIT_DESK ? 1 + (uint32_t)(m->p->desks_per_member * u->n) : u->n;
        at += u->n;
    }
    return ERR_OK;
}

/* ---- hours ---- */

static const struct { int from, hours; } shift_hours[] = {{9, 8}, {7, 9}, {15, 9}, {23, 8}}; /* office, early, late, night */

static int shift_kind(const struct unit *u, bool nights, int32_t day, uint32_t place)
{
    if (u->kind != UNIT_DESK || !nights)
        return (day + 3) % 7 < 5 ? 0 : -1; /* day 0 of 1970 was a Thursday */
    int turn = (int)((uint32_t)day + place * 3) % 10;
    return turn < 2 ? 1 : turn < 4 ? 2 : turn < 6 ? 3 : -1; /* two early, two late, two nights, four off */
}

static enum err_code make_shifts(struct maker *m, uint32_t i, struct err *e)
{
    struct member *who = &m->members[i];
    const struct unit *u = &m->units[who->unit];
    bool nights = u->kind == UNIT_DESK && year_chance(m, m->p->nights);
    struct oversight_span *shifts = ARENA_NEW(m->a, struct oversight_span, YEAR_DAYS), *leave = ARENA_NEW(m->a, struct oversight_span, 5);
    uint32_t n = 0, n_leave = 0;
    if (!shifts || !leave)
        return err_set(e, ERR_NO_MEMORY, "no memory for the rosters");
    for (int32_t k = 0, at = (int32_t)year_between(m, 5, 60); k < 4; k++, at += (int32_t)year_between(m, 60, 100)) {
        int32_t days = (int32_t)year_between(m, 3, 14);
        if (at + days < YEAR_DAYS)
            leave[n_leave++] = (struct oversight_span){day_start_ms(YEAR_FIRST_DAY + at), day_start_ms(YEAR_FIRST_DAY + at + days)};
    }
    for (int32_t d = 0, l = 0; d < YEAR_DAYS; d++) {
        int kind = shift_kind(u, nights, YEAR_FIRST_DAY + d, who->place);
        int64_t from = day_start_ms(YEAR_FIRST_DAY + d) + (kind < 0 ? 0 : shift_hours[kind].from) * HOUR_MS, to = from + (kind < 0 ? 0 : shift_hours[kind].hours) * HOUR_MS;
        while ((uint32_t)l < n_leave && leave[l].to_ms <= from)
            l++;
        if (kind < 0 || ((uint32_t)l < n_leave && leave[l].from_ms < to) || from >= who->last_ms || to > year_end_ms())
            continue;
        shifts[n++] = (struct oversight_span){from, to};
    }
    who->shifts = shifts;
    who->n_shifts = n;
    m->staff[i].leave = leave;
    m->staff[i].n_leave = n_leave;
    m->staff[i].shifts = shifts;
    m->staff[i].n_shifts = u->hours_known ? n : 0;
    return ERR_OK;
}

/* First shift that begins at or after `ms`. */
static uint32_t shift_from(const struct member *who, int64_t ms)
{
    uint32_t lo = 0, hi = who->n_shifts;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (who->shifts[mid].from_ms < ms)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool year_moment(struct maker *m, uint32_t member, int64_t from_ms, int64_t to_ms, int64_t *ret)
{
    const struct member *who = &m->members[member];
    uint32_t lo = shift_from(who, from_ms), hi = shift_from(who, to_ms);
    if (hi <= lo)
        return false;
    const struct oversight_span *s = &who->shifts[lo + year_below(m, hi - lo)];
    *ret = s->from_ms + (int64_t)(year_unit(m) * (double)(s->to_ms - s->from_ms));
    if (!m->abuse && year_chance(m, m->p->overtime))
        *ret = s->to_ms + (int64_t)(year_unit(m) * 3 * (double)HOUR_MS);
    return *ret < year_end_ms();
}

bool year_moment_off(struct maker *m, uint32_t member, int64_t from_ms, int64_t to_ms, int64_t *ret)
{
    const struct member *who = &m->members[member];
    for (int tries = 0; tries < 200; tries++) {
        int64_t t = year_between(m, from_ms, to_ms - 1);
        uint32_t next = shift_from(who, t);
        bool before = next < who->n_shifts && who->shifts[next].from_ms - t < 4 * HOUR_MS;
        bool after = next > 0 && t - who->shifts[next - 1].to_ms < 4 * HOUR_MS;
        if (!before && !after) {
            *ret = t;
            return true;
        }
    }
    return false;
}

uint32_t year_unit_at(const struct maker *m, uint32_t member, int64_t ms)
{
    const struct member *who = &m->members[member];
    return ms < who->moved_ms ? who->unit : who->unit_later;
}

/* ---- posts and facts ---- */

static struct oversight_post post_in(const struct maker *m, uint32_t unit, bool manager)
{
    const struct unit *u = &m->units[unit];
    return (struct oversight_post){.when = {INT64_MIN, INT64_MAX}, .agency = u->agency, .unit = unit, .role = (uint16_t)(u->agency * 16 + u->kind * 2 + manager), .desk = u->kind == UNIT_DESK, .records = u->kind == UNIT_RECORDS};
}

static enum err_code make_posts(struct maker *m, uint32_t i, struct err *e)
{
    struct member *who = &m->members[i];
    struct oversight_post *posts = ARENA_NEW(m->a, struct oversight_post, 2);
    bool manager = who->place == 0, moves = !manager && year_chance(m, m->p->moves), leaves = !manager && !moves && year_chance(m, m->p->leavers);
    if (!posts)
        return err_set(e, ERR_NO_MEMORY, "no memory for the posts");
    posts[0] = post_in(m, who->unit, manager);
    m->staff[i].posts = posts;
    m->staff[i].n_posts = 1;
    m->staff[i].left_ms = INT64_MAX;
    if (moves) {
        /* To a unit of the same kind, so that the hours stay. */
        uint32_t to = year_below(m, m->n_units);
        while (m->units[to].kind != m->units[who->unit].kind)
            to = (to + 1) % m->n_units;
        who->unit_later = to;
        who->moved_ms = day_start_ms(YEAR_FIRST_DAY + (int32_t)year_between(m, 60, 330));
        posts[1] = post_in(m, to, false);
        posts[0].when.to_ms = posts[1].when.from_ms = who->moved_ms;
        m->staff[i].n_posts = 2;
    }
    if (leaves) {
        who->last_ms = day_start_ms(YEAR_FIRST_DAY + (int32_t)year_between(m, 60, 330));
        m->staff[i].left_ms = who->last_ms - (year_chance(m, m->p->left_too_early) ? year_between(m, 1, 5) * MS_PER_DAY : 0);
    }
    return ERR_OK;
}

static enum err_code make_facts(struct maker *m, uint32_t i, struct err *e)
{
    const struct year_params *p = m->p;
    struct member *who = &m->members[i];
    struct oversight_fact *f = ARENA_NEW(m->a, struct oversight_fact, 9);
    uint32_t n = 0;
    if (!f)
        return err_set(e, ERR_NO_MEMORY, "no memory for the staff list");
    who->surname = name_draw_surname(&m->r);
    who->home = year_value(m, SPACE_HOME, 2 * (uint64_t)i);
    who->former_home = year_value(m, SPACE_HOME, 2 * (uint64_t)i + 1);
    who->phone = year_value(m, SPACE_PHONE, 2 * (uint64_t)i);
    who->kin_phone = year_value(m, SPACE_PHONE, 2 * (uint64_t)i + 1);
#define FACT(known, k, b, is_kin, is_former) \
    if (year_chance(m, (known)))             \
    f[n++] = (struct oversight_fact){.blind = (b), .kind = OVERSIGHT_##k, .kin = (is_kin), .former = (is_former)}
    FACT(1, NAME_BORN, year_value(m, SPACE_NAME, i), false, false);
    FACT(1, SURNAME, year_value(m, SPACE_SURNAME, who->surname), false, false);
    FACT(1, BORN, year_value(m, SPACE_BORN, i % 16000), false, false);
    FACT(p->phone_known, PHONE, who->phone, false, false);
    FACT(p->kin_known, PHONE, who->kin_phone, true, false);
    FACT(p->phone_known, EMAIL, year_value(m, SPACE_EMAIL, i), false, false);
    FACT(p->home_known, ADDRESS, who->home, false, false);
    FACT(p->former_home_known, ADDRESS, who->former_home, false, true);
    FACT(p->vehicle_known, VEHICLE, year_value(m, SPACE_VEHICLE, i), false, false);
#undef FACT
    m->staff[i].facts = f;
    m->staff[i].n_facts = n;
    return ERR_OK;
}

static enum err_code make_member(struct maker *m, uint32_t unit, uint32_t place, struct err *e)
{
    uint32_t i = m->units[unit].first + place, agency = m->units[unit].agency, head = 0;
    year_dice(m, DICE_STAFF, i);
    m->members[i] = (struct member){.unit = unit, .unit_later = unit, .moved_ms = INT64_MAX, .last_ms = INT64_MAX, .place = place, .soul = NOBODY};
    m->staff[i].user = year_value(m, SPACE_USER, i);
    while (m->units[head].agency != agency)
        head++;
    uint32_t above = place ? m->units[unit].first : m->units[head].first;
    m->staff[i].manager = above == i ? 0 : year_value(m, SPACE_USER, above);
    ERR_TRY(make_posts(m, i, e));
    ERR_TRY(make_facts(m, i, e));
    if (year_chance(m, m->p->warned)) {
        int64_t *when = ARENA_NEW(m->a, int64_t, 1);
        if (!when)
            return err_set(e, ERR_NO_MEMORY, "no memory for the staff list");
        *when = day_start_ms(YEAR_FIRST_DAY + (int32_t)year_between(m, 0, 200));
        m->staff[i].warnings_ms = when;
        m->staff[i].n_warnings = 1;
    }
    return make_shifts(m, i, e);
}

enum err_code year_make_staff(struct maker *m, struct err *e)
{
    ERR_TRY(make_units(m, e));
    m->members = ARENA_NEW(m->a, struct member, m->n_staff);
    m->staff = ARENA_NEW(m->a, struct oversight_staff, m->n_staff);
    if (!m->members || !m->staff)
        return err_set(e, ERR_NO_MEMORY, "no memory for the staff list");
    for (uint32_t u = 0; u < m->n_units; u++)
        for (uint32_t k = 0; k < m->units[u].n; k++)
            ERR_TRY(make_member(m, u, k, e));
    return ERR_OK;
}
