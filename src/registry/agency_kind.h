/* agency_kind.h: the kinds of agency, one list for feeds, rules and agreements. X(name, text for people); zero is unknown. */
#ifndef HAVEN_REGISTRY_AGENCY_KIND_H
#define HAVEN_REGISTRY_AGENCY_KIND_H

/* The case bank's words first. */
#define AGENCY_KINDS(X)                      \
    X(police, "police")                      \
    X(health, "health")                      \
    X(housing, "housing")                    \
    X(education, "education")                \
    X(probation, "probation")                \
    X(prison, "prison")                      \
    X(social_care, "social care")            \
    X(charity, "specialist charity")         \
    X(employer_or_other, "employer or other") \
    X(court, "court")                        \
    X(hub, "the hub's own staff")

#define X(name, ...) AGENCY_##name,
enum agency_kind { AGENCY_unknown, AGENCY_KINDS(X) AGENCY_N };
#undef X

#endif
