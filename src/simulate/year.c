/* year.c: puts the year of look-ups together: staff, people, work, abuses; then everything in the order of the ledger. */
#include "simulate/year_int.h"

#include <assert.h>
#include <stdlib.h>

#define LIMIT_YEAR_BYTES ((size_t)6 << 30)
#define MAX_ROWS_BYTES ((size_t)4 << 30)

uint64_t year_value(const struct maker *m, enum space space, uint64_t number)
{
    return rng_mix(rng_mix(m->seed ^ (uint64_t)space << 56) + number) | 1;
}

void year_dice(struct maker *m, enum space part, uint64_t number) { m->r = rng_start(m->seed, STREAM_YEAR, (uint64_t)part << 48 | number); }
double year_unit(struct maker *m) { return rng_unit(&m->r); }
bool year_chance(struct maker *m, double p) { return rng_chance(&m->r, p); }
uint32_t year_below(struct maker *m, uint32_t n) { return rng_below(&m->r, n); }
int64_t year_between(struct maker *m, int64_t from, int64_t to) { return from + (int64_t)(rng_unit(&m->r) * (double)(to - from + 1)); }
int64_t year_start_ms(void) { return day_start_ms(YEAR_FIRST_DAY); }
int64_t year_end_ms(void) { return day_start_ms(YEAR_FIRST_DAY + YEAR_DAYS); }

void year_fact(struct maker *m, uint32_t soul, enum oversight_fact_kind kind, uint64_t blind, bool former)
{
    struct fact_row row = {soul, {.blind = blind, .kind = (uint8_t)kind, .former = former}};
    (void)buf_add(&m->facts, &row, sizeof row); /* checked when grouped, as the others */
}

void year_link(struct maker *m, uint32_t a, uint32_t b, enum oversight_link_kind kind)
{
    struct link_row there = {a, {m->subjects[b].person, (uint8_t)kind}}, back = {b, {m->subjects[a].person, (uint8_t)kind}};
    if (a == b)
        return;
    (void)buf_add(&m->links, &there, sizeof there);
    (void)buf_add(&m->links, &back, sizeof back);
}

void year_work(struct maker *m, uint32_t soul, uint32_t member, bool whole_unit, enum oversight_work_kind kind, int64_t from_ms, int64_t to_ms, uint64_t number, bool sure)
{
    int64_t recorded = from_ms;
    if (!sure && year_chance(m, m->p->never))
        return;
    if (!sure && year_chance(m, m->p->late))
        recorded += (int64_t)(m->p->late_days * (year_unit(m) + year_unit(m)) * (double)MS_PER_DAY);
    struct work_row row = {soul, {.user = whole_unit ? 0 : m->staff[member].user, .unit = year_unit_at(m, member, from_ms), .kind = (uint8_t)kind, .number = number,
                                  .when = {from_ms, to_ms}, .recorded_ms = recorded}};
    (void)buf_add(&m->work, &row, sizeof row);
}

/* ---- the order of the ledger ---- */

static int by_time(const void *x, const void *y)
{
    const struct look_row *a = x, *b = y;
    if (a->access.at_ms != b->access.at_ms)
        return a->access.at_ms < b->access.at_ms ? -1 : 1;
    if (a->access.user != b->access.user)
        return a->access.user < b->access.user ? -1 : 1;
    return a->access.leaf < b->access.leaf ? -1 : a->access.leaf > b->access.leaf; /* the order in which they were made */
}

static enum err_code number_looks(struct maker *m, struct year *y, struct err *e)
{
    size_t n = m->looks.n / sizeof(struct look_row);
    struct look_row *rows = (struct look_row *)(void *)m->looks.p;
    ERR_TRY(buf_check(&m->looks, "the year's look-ups", e));
    struct oversight_access *v = ARENA_NEW(&y->arena, struct oversight_access, n);
    uint16_t *of = ARENA_NEW(&y->arena, uint16_t, n);
    if (!v || !of)
        return err_set(e, ERR_NO_MEMORY, "no memory for the year's look-ups");
    for (size_t i = 0; i < n; i++)
        rows[i].access.leaf = (int64_t)i;
    qsort(rows, n, sizeof *rows, by_time);
    for (size_t i = 0; i < n; i++) {
        v[i] = rows[i].access;
        v[i].leaf = (int64_t)i;
        of[i] = rows[i].abuse;
    }
    y->source.accesses = v;
    y->source.n_accesses = n;
    y->truth.of_access = of;
    return ERR_OK;
}

/* ---- rows by subject ---- */

/* Copies rows whose first member is a soul's number, with an item of `size` at `offset`, into one array ordered by soul; start[i] is where soul i's begin. */
static void *group(struct maker *m, const struct buf *rows, size_t row_size, size_t offset, size_t size, uint32_t *start)
{
    size_t n = rows->n / row_size;
    char *to = arena_calloc(m->a, n ? n : 1, size);
    if (!to)
        return NULL;
    memset(start, 0, (m->n_souls + 2) * sizeof *start);
    for (size_t i = 0; i < n; i++) {
        uint32_t soul;
        memcpy(&soul, rows->p + i * row_size, sizeof soul);
        start[soul + 2]++;
    }
    for (uint32_t i = 2; i < m->n_souls + 2; i++)
        start[i] += start[i - 1];
    for (size_t i = 0; i < n; i++) {
        uint32_t soul;
        memcpy(&soul, rows->p + i * row_size, sizeof soul);
        memcpy(to + start[soul + 1]++ * size, rows->p + i * row_size + offset, size);
    }
    return to;
}

static enum err_code group_rows(struct maker *m, struct err *e)
{
    uint32_t *start = ARENA_NEW(m->a, uint32_t, (size_t)m->n_souls + 2);
    ERR_TRY(buf_check(&m->facts, "the year's facts", e));
    ERR_TRY(buf_check(&m->links, "the year's links", e));
    ERR_TRY(buf_check(&m->work, "the year's work", e));
    ERR_TRY(buf_check(&m->abuse_rules, "the year's abuses", e));
    ERR_TRY(buf_check(&m->cases, "the year's cases", e));
#define GROUP(field, row, item)                                                                                                  \
    do {                                                                                                                          \
        const struct oversight_##item *v = start ? group(m, &m->field, sizeof(struct row), offsetof(struct row, item), sizeof *v, start) : NULL; \
        if (!v)                                                                                                                   \
            return err_set(e, ERR_NO_MEMORY, "no memory for the year of look-ups");                                               \
        for (uint32_t i = 0; i < m->n_souls; i++) {                                                                               \
            m->subjects[i].field = v + start[i];                                                                                  \
            m->subjects[i].n_##field = start[i + 1] - start[i];                                                                   \
        }                                                                                                                         \
    } while (0)
    GROUP(facts, fact_row, fact);
    GROUP(links, link_row, link);
    GROUP(work, work_row, work);
#undef GROUP
    return ERR_OK;
}

/* ---- all of it ---- */

static enum err_code make_all(struct maker *m, struct year *y, struct err *e)
{
    ERR_TRY(year_make_staff(m, e));
    ERR_TRY(year_make_people(m, e));
    ERR_TRY(year_make_work(m, e));
    ERR_TRY(year_make_abuses(m, e));
    ERR_TRY(group_rows(m, e));
    ERR_TRY(number_looks(m, y, e));
    uint8_t *rules = ARENA_NEW(m->a, uint8_t, m->abuse_rules.n + 1);
    if (!rules)
        return err_set(e, ERR_NO_MEMORY, "no memory for the year of look-ups");
    if (m->abuse_rules.n)
        memcpy(rules + 1, m->abuse_rules.p, m->abuse_rules.n);
    y->truth.rule = rules;
    y->truth.n_abuses = m->abuse_rules.n;
    y->source.staff = m->staff;
    y->source.n_staff = m->n_staff;
    y->source.subjects = m->subjects;
    y->source.n_subjects = m->n_souls;
    y->period = (struct oversight_period){year_start_ms(), year_end_ms() + 31 * MS_PER_DAY};
    return ERR_OK;
}

enum err_code year_make(const struct year_params *p, uint32_t staff, uint64_t seed, struct year *ret, struct err *e)
{
    *ret = (struct year){0};
    arena_init(&ret->arena, LIMIT_YEAR_BYTES);
    if (staff < YEAR_LEAST_STAFF || staff > YEAR_MOST_STAFF)
        return err_set(e, ERR_USAGE, "a year of look-ups has %d to %d staff", YEAR_LEAST_STAFF, YEAR_MOST_STAFF);
    struct maker m = {.p = p, .seed = rng_mix(seed ^ UINT64_C(0x79656172)), .a = &ret->arena, .n_staff = staff};
    struct buf *all[] = {&m.facts, &m.links, &m.work, &m.looks, &m.cases, &m.abuse_rules};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_init(all[i], MAX_ROWS_BYTES);
    enum err_code code = make_all(&m, ret, e);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_release(all[i]);
    return code;
}

void year_release(struct year *y) { arena_release(&y->arena); }
