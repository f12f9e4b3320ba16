/* year_people.c: the people whom the hub knows: households with a shared address and name, telephones, and the staff among them. */
#include "simulate/year_int.h"

#define OTHERS ((uint64_t)1 << 40) /* numbers of people's homes and telephones begin here; staff's are below */

static const uint16_t household_sizes[] = {30, 30, 20, 20};

static void facts_of(struct maker *m, uint32_t i)
{
    const struct year_params *p = m->p;
    const struct soul *s = &m->souls[i];
    year_fact(m, i, OVERSIGHT_NAME_BORN, year_value(m, SPACE_NAME, OTHERS + i), false);
    year_fact(m, i, OVERSIGHT_SURNAME, year_value(m, SPACE_SURNAME, s->surname), false);
    year_fact(m, i, OVERSIGHT_BORN, year_value(m, SPACE_BORN, year_below(m, 16000)), false);
    if (year_chance(m, p->address_known))
        year_fact(m, i, OVERSIGHT_ADDRESS, s->home, false);
    if (year_chance(m, 0.3))
        year_fact(m, i, OVERSIGHT_ADDRESS, year_value(m, SPACE_HOME, OTHERS * 2 + i), true);
    if (year_chance(m, p->subject_phone_known))
        year_fact(m, i, OVERSIGHT_PHONE, s->phone, false);
    if (year_chance(m, 0.3))
        year_fact(m, i, OVERSIGHT_EMAIL, year_value(m, SPACE_EMAIL, OTHERS + i), false);
    if (year_chance(m, 0.2))
        year_fact(m, i, OVERSIGHT_VEHICLE, year_value(m, SPACE_VEHICLE, OTHERS + s->household), false);
}

static void make_household(struct maker *m, uint32_t first, uint32_t n)
{
    uint16_t surname = name_draw_surname(&m->r);
    for (uint32_t i = first; i < first + n; i++) {
        m->subjects[i].person = year_value(m, SPACE_PERSON, i);
        m->souls[i] = (struct soul){.area = i / m->souls_per_area, .household = first, .surname = year_chance(m, 0.7) ? surname : name_draw_surname(&m->r),
                                    .frequent = year_chance(m, m->p->frequent), .home = year_value(m, SPACE_HOME, OTHERS + first),
                                    .phone = year_value(m, SPACE_PHONE, OTHERS + i)};
        facts_of(m, i);
    }
    for (uint32_t i = first; i < first + n; i++)
        for (uint32_t k = i + 1; k < first + n; k++)
            if (year_chance(m, 0.7))
                year_link(m, i, k, k == first + 1 ? OVERSIGHT_PARTNER : OVERSIGHT_HOUSEHOLD);
}

/* A member of staff whom the hub knows: the soul takes their name and particulars. */
static void make_colleague(struct maker *m, uint32_t member)
{
    uint32_t soul = year_below(m, m->n_souls);
    struct member *who = &m->members[member];
    if (who->soul != NOBODY)
        return;
    who->soul = soul;
    m->souls[soul].surname = who->surname;
    year_fact(m, soul, OVERSIGHT_NAME_BORN, year_value(m, SPACE_NAME, member), false);
    year_fact(m, soul, OVERSIGHT_SURNAME, year_value(m, SPACE_SURNAME, who->surname), false);
    if (year_chance(m, m->p->address_known))
        year_fact(m, soul, OVERSIGHT_ADDRESS, who->home, false);
    if (year_chance(m, m->p->subject_phone_known))
        year_fact(m, soul, OVERSIGHT_PHONE, who->phone, false);
    if (year_chance(m, m->p->person_known))
        m->staff[member].person = m->subjects[soul].person;
}

uint32_t year_soul_of(struct maker *m, uint32_t area)
{
    uint32_t first = area * m->souls_per_area, soul = first + year_below(m, m->souls_per_area);
    for (int tries = 0; tries < 12 && year_chance(m, 0.5) && !m->souls[soul].frequent; tries++)
        soul = first + year_below(m, m->souls_per_area);
    return soul;
}

enum err_code year_make_people(struct maker *m, struct err *e)
{
    m->souls_per_area = (uint32_t)(m->p->subjects_per_staff * m->n_staff) / (uint32_t)m->p->areas;
    m->n_souls = m->souls_per_area * (uint32_t)m->p->areas;
    m->souls = ARENA_NEW(m->a, struct soul, m->n_souls);
    m->subjects = ARENA_NEW(m->a, struct oversight_subject, m->n_souls);
    if (!m->souls || !m->subjects)
        return err_set(e, ERR_NO_MEMORY, "no memory for the people");
    for (uint32_t i = 0; i < m->n_souls;) {
        year_dice(m, DICE_PEOPLE, i);
        uint32_t n = 1 + (uint32_t)rng_weighted(&m->r, household_sizes, 4);
        n = n < m->n_souls - i ? n : m->n_souls - i;
        make_household(m, i, n);
        i += n;
    }
    year_dice(m, DICE_PEOPLE, m->n_souls);
    for (uint32_t i = 0; i < m->n_staff; i++)
        if (year_chance(m, m->p->colleague_subjects))
            make_colleague(m, i);
    return ERR_OK;
}
