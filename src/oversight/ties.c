/* ties.c: what ties a user to a person: facts in common, links in the records, being the same or a colleague. */
#include "oversight/world.h"

static unsigned tie_of_fact(const struct oversight_fact *mine, const struct oversight_fact *theirs)
{
    bool former = mine->former || theirs->former;
    switch (mine->kind) {
    case OVERSIGHT_NAME_BORN: return mine->kin ? 0 : TIE_SELF;
    case OVERSIGHT_SURNAME: return mine->kin ? 0 : TIE_SURNAME;
    case OVERSIGHT_ADDRESS: return mine->kin ? 0 : former ? TIE_ADDRESS_FORMER : TIE_ADDRESS;
    case OVERSIGHT_PHONE:
    case OVERSIGHT_EMAIL: return former ? TIE_CONTACT_FORMER : TIE_CONTACT;
    default: return 0;
    }
}

/* Telephone, e-mail, address and vehicle together say who somebody is; a single one is shared by a household. */
static bool particulars_are_own(const struct oversight_staff *me, const struct oversight_subject *they)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < me->n_facts; i++)
        for (size_t k = 0; k < they->n_facts; k++) {
            const struct oversight_fact *f = &me->facts[i], *g = &they->facts[k];
            if (f->kind == g->kind && f->blind == g->blind && !f->kin && !f->former && !g->former)
                kinds |= 1u << f->kind;
        }
    bool email = kinds >> OVERSIGHT_EMAIL & 1, phone = kinds >> OVERSIGHT_PHONE & 1, vehicle = kinds >> OVERSIGHT_VEHICLE & 1;
    bool born = (kinds >> OVERSIGHT_BORN & 1) && (kinds >> OVERSIGHT_SURNAME & 1);
    return email + phone + vehicle >= 2 || (born && (email || phone || vehicle || kinds >> OVERSIGHT_ADDRESS & 1));
}

static unsigned ties_by_link(const struct world *w, uint32_t staff, uint32_t subject)
{
    const struct oversight_source *src = w->src;
    uint32_t me = w->subject_of_staff[staff];
    unsigned ties = 0;
    if (me >= src->n_subjects || me == subject)
        return 0;
    for (size_t i = 0; i < src->subjects[me].n_links; i++) {
        uint32_t between = w->linked[w->first_link[me] + i];
        uint8_t kind = src->subjects[me].links[i].kind;
        if (between == subject)
            ties |= TIE_LINKED;
        if (between >= src->n_subjects || kind == OVERSIGHT_OPPONENT)
            continue;
        for (size_t k = 0; k < src->subjects[between].n_links; k++)
            if (src->subjects[between].links[k].kind == OVERSIGHT_OPPONENT && w->linked[w->first_link[between] + k] == subject)
                ties |= TIE_LINKED_BEYOND;
    }
    return ties;
}

unsigned world_ties(const struct world *w, uint32_t staff, uint32_t subject)
{
    if (subject >= w->src->n_subjects)
        return 0;
    const struct oversight_staff *me = &w->src->staff[staff];
    const struct oversight_subject *they = &w->src->subjects[subject];
    unsigned ties = ties_by_link(w, staff, subject);
    for (size_t i = 0; i < me->n_facts; i++)
        for (size_t k = 0; k < they->n_facts; k++)
            if (me->facts[i].kind == they->facts[k].kind && me->facts[i].blind == they->facts[k].blind)
                ties |= tie_of_fact(&me->facts[i], &they->facts[k]);
    if (w->subject_of_staff[staff] == subject || particulars_are_own(me, they))
        ties |= TIE_SELF;
    if (w->staff_of_subject[subject] != NO_STAFF && w->staff_of_subject[subject] != staff)
        ties |= TIE_COLLEAGUE;
    return ties & TIE_SELF ? TIE_SELF : ties; /* one's own record says it all */
}

bool world_sought_own(const struct world *w, uint32_t access, bool kin)
{
    const struct oversight_access *a = &w->src->accesses[access];
    const struct oversight_staff *me = &w->src->staff[w->staff[access]];
    if (!a->sought || a->sought_kind == OVERSIGHT_SURNAME || a->sought_kind == OVERSIGHT_BORN)
        return false;
    for (size_t i = 0; i < me->n_facts; i++)
        if (me->facts[i].blind == a->sought && me->facts[i].kind == a->sought_kind && me->facts[i].kin == kin)
            return true;
    return false;
}
