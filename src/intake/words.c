/* words.c: the lists of words.h as data. Each array is made from the same X-macro as its enum, so that they cannot differ. */
#include "intake/words.h"

#define UNKNOWN "unknown"

#define NAME(name, ...) #name,
#define FIRST(text, ...) text
#define TEXT(name, ...) FIRST(__VA_ARGS__, 0),
#define LIST(list, X, N)                                              \
    static const char *const list##_names[] = {UNKNOWN, X(NAME)};     \
    static const char *const list##_texts[] = {UNKNOWN, X(TEXT)};     \
    _Static_assert(sizeof list##_names / sizeof *list##_names == (N), "a word for every value"); \
    const struct word_list words_##list = {#list, list##_names, list##_texts, (N)};

LIST(agency_kind, AGENCY_KINDS, AGENCY_N)
LIST(role, ROLES, ROLE_N)
LIST(assertion, ASSERTIONS, ASSERTION_N)
LIST(regime, REGIMES, REGIME_N)
LIST(event_kind, EVENT_KINDS, EVENT_N)
LIST(flag, FLAGS, FLAG_N)
LIST(relation, RELATIONS, RELATION_N)
LIST(order_type, ORDER_TYPES, ORDER_N)
LIST(condition, CONDITIONS, CONDITION_N)

int words_find(const struct word_list *l, struct str name)
{
    for (int i = 0; i < l->n; i++)
        if (str_eq(name, str_of(l->names[i])))
            return i;
    return -1;
}

const char *words_name(const struct word_list *l, int i) { return l->names[i >= 0 && i < l->n ? i : 0]; }

const char *words_text(const struct word_list *l, int i) { return l->texts[i >= 0 && i < l->n ? i : 0]; }

bool event_kind_is_neutral(enum event_kind k)
{
#define NEUTRAL(name, text, neutral) neutral,
    static const bool neutral[] = {0, EVENT_KINDS(NEUTRAL)};
    return (unsigned)k < EVENT_N && neutral[k];
}

bool order_type_is_custody(enum order_type t)
{
#define CUSTODY(name, text, custody, crime) custody,
    static const bool custody[] = {0, ORDER_TYPES(CUSTODY)};
    return (unsigned)t < ORDER_N && custody[t];
}

bool order_type_breach_is_crime(enum order_type t)
{
#define CRIME(name, text, custody, crime) crime,
    static const bool crime[] = {0, ORDER_TYPES(CRIME)};
    return (unsigned)t < ORDER_N && crime[t];
}
