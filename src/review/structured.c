/* structured.c: behaviours that an event's kind and flags state by themselves: a table. */
#include "review/core.h"

static const struct { enum event_kind kind; enum behaviour behaviour; } by_kind[] = {
    {EVENT_crime_stalking, BEHAVIOUR_other},
    {EVENT_crime_harassment, BEHAVIOUR_other},
    {EVENT_crime_malicious_comms, BEHAVIOUR_contact},
    {EVENT_incident_nuisance_comms, BEHAVIOUR_contact},
    {EVENT_crime_threats, BEHAVIOUR_threats},
    {EVENT_crime_damage, BEHAVIOUR_damage},
    {EVENT_crime_arson, BEHAVIOUR_damage},
    {EVENT_crime_burglary, BEHAVIOUR_entry},
    {EVENT_crime_assault, BEHAVIOUR_violence},
    {EVENT_crime_sexual, BEHAVIOUR_sexual_violence},
    {EVENT_crime_order_breach, BEHAVIOUR_breach},
    {EVENT_custody_bail_breach, BEHAVIOUR_breach},
    {EVENT_probation_breach, BEHAVIOUR_breach},
    {EVENT_crime_computer_misuse, BEHAVIOUR_monitoring},
    {EVENT_crime_coercive_control, BEHAVIOUR_other},
};
static const struct { enum flag flag; enum behaviour behaviour; } by_flag[] = {
    {FLAG_tracker, BEHAVIOUR_tracker},
    {FLAG_weapon, BEHAVIOUR_weapon},
    {FLAG_victim_moved, BEHAVIOUR_life_changed},
    {FLAG_stalking, BEHAVIOUR_stalking_word},
    {FLAG_counter_allegation, BEHAVIOUR_dispute},
};

void code_structured(const struct event *ev, struct coding *ret)
{
    for (size_t i = 0; i < sizeof by_kind / sizeof *by_kind; i++)
        if (ev->kind == by_kind[i].kind)
            coding_add(ret, by_kind[i].behaviour, ASSERTION_fact, -1);
    for (size_t i = 0; i < sizeof by_flag / sizeof *by_flag; i++)
        if (ev->flags & 1u << by_flag[i].flag)
            coding_add(ret, by_flag[i].behaviour, ASSERTION_fact, -1);
}
