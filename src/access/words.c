/* words.c: words to values and back, and the sentence for each rule. Every table comes from the lists in access.h. */
#include "access/access_int.h"

#define X(name, text) #name,
static const char *const role_names[] = {NULL, ACCESS_ROLES(X)};
static const char *const purpose_names[] = {NULL, ACCESS_PURPOSES(X)};
static const char *const level_names[] = {NULL, ACCESS_LEVELS(X)};
static const char *const group_names[] = {ACCESS_GROUPS(X)};
#undef X
#define X(name, text) text,
static const char *const role_texts[] = {NULL, ACCESS_ROLES(X)};
static const char *const purpose_texts[] = {NULL, ACCESS_PURPOSES(X)};
static const char *const action_texts[] = {NULL, ACCESS_ACTIONS(X)};
static const char *const level_texts[] = {NULL, ACCESS_LEVELS(X)};
static const char *const group_texts[] = {ACCESS_GROUPS(X)};
#undef X
#define X(name, number, text) [number] = text,
static const char *const rule_texts[] = {ACCESS_RULES(X)};
#undef X

#define N(table) (sizeof(table) / sizeof *(table))

static const char *word(const char *const *table, size_t n, unsigned value) { return value < n ? table[value] : NULL; }

/* The index of `s` among texts or names. */
static bool find(struct str s, const char *const *texts, const char *const *names, size_t n, unsigned *ret)
{
    for (unsigned i = 0; i < n; i++)
        if (texts[i] && (str_eq(s, str_of(texts[i])) || str_eq(s, str_of(names[i])))) {
            *ret = i;
            return true;
        }
    return false;
}

bool access_role_parse(struct str s, enum access_role *ret)
{
    unsigned i;
    bool found = find(s, role_texts, role_names, N(role_texts), &i);
    if (found)
        *ret = (enum access_role)i;
    return found;
}

bool access_purpose_parse(struct str s, enum access_purpose *ret)
{
    unsigned i;
    bool found = find(s, purpose_texts, purpose_names, N(purpose_texts), &i);
    if (found)
        *ret = (enum access_purpose)i;
    return found;
}

bool access_level_parse(struct str s, enum access_level *ret)
{
    unsigned i;
    bool found = find(s, level_texts, level_names, N(level_texts), &i);
    if (found)
        *ret = (enum access_level)i;
    return found;
}

bool access_group_parse(struct str s, enum access_group_bit *ret)
{
    unsigned i;
    bool found = find(s, group_texts, group_names, N(group_texts), &i);
    if (found)
        *ret = (enum access_group_bit)i;
    return found;
}

const char *access_role_name(enum access_role r) { return word(role_texts, N(role_texts), r); }
const char *access_purpose_name(enum access_purpose p) { return word(purpose_texts, N(purpose_texts), p); }
const char *access_action_name(enum access_action a) { return word(action_texts, N(action_texts), a); }
const char *access_level_name(enum access_level l) { return word(level_texts, N(level_texts), l); }
const char *access_group_name(enum access_group_bit g) { return word(group_texts, N(group_texts), g); }
const char *access_rule_text(enum access_rule r) { return word(rule_texts, N(rule_texts), r); }
