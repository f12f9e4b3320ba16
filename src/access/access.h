/* access.h: may this person do this, to that, for this purpose, now? Pure; and the grants that store asks for.
 *
 * Idea. Two questions. access_decide() is for one object; access_scope() for sets: the rows of (owner, level) that a named statement joins. Both read the same few
 * `static const` tables (tables.c), know no database, no clock and no memory but their arguments. Denied unless permitted, a forbidding rule wins,
 * unknown is denied. docs/access.md has the rules in words, in the order of the code; tests/access/model.py is a second model made from that page alone.
 *
 * A grant is what store needs before it runs a statement that reads personal groups. Only this room makes one (a test reads the includes of store/grant.h), and only from an
 * answer that allows and a ledger receipt that says that the entry is committed: so what is not permitted, or not recorded, cannot be read. */
#ifndef HAVEN_ACCESS_ACCESS_H
#define HAVEN_ACCESS_ACCESS_H

#include "ledger/ledger.h"

/* ---- words: X(name, text) ; every enum's zero is "unknown" ---- */

#define ACCESS_ROLES(X) \
    X(reviewer, "reviewer") X(practitioner, "practitioner") X(advocate, "advocate") X(supervisor, "supervisor") \
    X(dpo, "data protection officer") X(analyst, "analyst") X(administrator, "administrator")
#define ACCESS_ACTIONS(X) \
    X(search, "search") X(view, "view") X(unmask, "unmask") X(export, "export") X(decide, "decide") X(list, "list") X(load, "load") \
    X(update, "update") X(measure, "measure") X(audit, "audit") X(manage, "manage") X(glass, "break the glass") X(close, "close")
#define ACCESS_PURPOSES(X) \
    X(safeguarding, "safeguarding") X(investigation, "investigation") X(prosecution, "prosecution") X(offender_management, "offender-management") \
    X(victim_support, "victim-support") X(meeting, "meeting") X(statistics, "statistics") X(audit, "audit") X(subject_rights, "subject-rights") \
    X(administration, "administration")
#define ACCESS_KINDS(X) \
    X(person, "person") X(record, "record") X(case, "case") X(quarantine, "quarantined row") X(ledger, "ledger") X(alert, "alert") \
    X(registry, "registry") X(hub, "hub")
#define ACCESS_LEVELS(X) X(open, "open") X(audited, "audited") X(protected, "protected") X(closed, "closed")
#define ACCESS_RELATIONS(X) \
    X(assigned, "task, referral or case role") X(unit, "the unit's") X(named, "of the case or meeting named") X(listed, "on its list") X(glass, "glass broken")
#define ACCESS_CONFLICTS(X) X(self, "self") X(relative, "relative") X(colleague, "colleague")
#define ACCESS_GROUPS(X) \
    X(name, "name") X(birth, "date of birth") X(former_names, "former names") X(address, "address") X(phone, "telephone and e-mail") \
    X(school, "school") X(workplace, "workplace") X(summary, "summary") X(identifiers, "identifiers") X(narrative, "narrative") X(record, "record")
#define ACCESS_STANDINGS(X) X(active, "active") X(suspended, "suspended") X(ended, "ended")

#define X(name, ...) ACCESS_ROLE_##name,
enum access_role { ACCESS_ROLE_unknown, ACCESS_ROLES(X) ACCESS_ROLE_N };
#undef X
#define X(name, ...) ACCESS_##name,
enum access_action { ACCESS_unknown, ACCESS_ACTIONS(X) ACCESS_ACTION_N };
#undef X
#define X(name, ...) PURPOSE_##name,
enum access_purpose { PURPOSE_unknown, ACCESS_PURPOSES(X) PURPOSE_N };
#undef X
#define X(name, ...) ACCESS_KIND_##name,
enum access_kind { ACCESS_KIND_unknown, ACCESS_KINDS(X) ACCESS_KIND_N };
#undef X
#define X(name, ...) ACCESS_LEVEL_##name,
enum access_level { ACCESS_LEVEL_unknown, ACCESS_LEVELS(X) ACCESS_LEVEL_N };
#undef X
#define X(name, ...) RELATION_##name##_held,
enum access_relation { ACCESS_RELATIONS(X) ACCESS_RELATION_N }; /* indexes of access_object.until_ms */
#undef X
#define X(name, ...) ACCESS_CONFLICT_BIT_##name,
enum access_conflict_bit { ACCESS_CONFLICTS(X) ACCESS_CONFLICT_N };
#undef X
#define X(name, ...) ACCESS_GROUP_BIT_##name,
enum access_group_bit { ACCESS_GROUPS(X) ACCESS_GROUP_N };
#undef X
#define X(name, ...) ACCESS_STANDING_##name,
enum access_standing { ACCESS_STANDING_unknown, ACCESS_STANDINGS(X) ACCESS_STANDING_N };
#undef X
enum access_basis { ACCESS_BASIS_UNKNOWN, ACCESS_BASIS_NONE, ACCESS_BASIS_GIVEN };

#define ACCESS_ROLE_BIT(name) (1u << ACCESS_ROLE_##name) /* bit 0 is unknown: never set */
#define ACCESS_CONFLICT(name) (1u << ACCESS_CONFLICT_BIT_##name)
#define ACCESS_GROUP(name) (1u << ACCESS_GROUP_BIT_##name)
#define ACCESS_GROUPS_ALL ((1u << ACCESS_GROUP_N) - 1)

/* ---- the question ---- */

struct access_asker {
    enum access_standing standing;
    uint32_t roles; /* ACCESS_ROLE_BIT */
    int64_t agency; /* > 0 */
    int64_t from_ms, to_ms;
    int64_t step_up_until_ms;
};
struct access_ask {
    struct access_asker who;
    enum access_action action;
    enum access_purpose purpose;
    enum access_basis basis;
    int64_t now_ms;
};
#define ACCESS_CEILING_NONE (-1)
struct access_sharing { /* of one owner with the asker's agency, for the purpose asked */
    int64_t owner;
    int ceiling; /* ACCESS_CEILING_NONE, 0 to 3 */
    int64_t from_ms, to_ms;
};
struct access_object {
    enum access_kind kind;
    enum access_level level;
    struct access_sharing sharing; /* owner 0: the hub's own; the rest then does not matter, but must be known values */
    int64_t until_ms[ACCESS_RELATION_N]; /* held while now is before it; 0: not held (there is no time before 1970: such a now is unknown) */
    uint32_t conflict;
};

/* ---- the answer ---- */

/* The rules' numbers are those of docs/access.md. */
#define ACCESS_RULES(X)                                                                                        \
    X(unknown, 1, "something in the question is not known")                                                    \
    X(standing, 2, "the account is not active now")                                                            \
    X(closed, 3, "nothing was found")                                                                          \
    X(conflict, 4, "you, your family or your unit are part of this record: somebody of another unit must look") \
    X(permission, 5, "your role does not do this for this purpose")                                            \
    X(step_up, 6, "this needs a second, stronger sign-in")                                                     \
    X(basis, 7, "name the case or meeting that this is for (--basis)")                                         \
    X(inner, 8, "allowed: work of the hub, nothing is shown")                                                  \
    X(no_grade, 9, "allowed")                                                                                  \
    X(not_shared, 10, "its agency does not share it with yours for this purpose: ask the agency")              \
    X(grade, 11, "what its agency shares with yours is less than this needs: ask the agency")                  \
    X(allowed, 12, "allowed")
#define X(name, number, text) ACCESS_RULE_##name = number,
enum access_rule { ACCESS_RULE_NONE, ACCESS_RULES(X) ACCESS_RULE_N };
#undef X

struct access_decision {
    bool allowed;
    bool hidden; /* answer as for something that does not exist */
    bool watch;  /* audited: oversight is told */
    int grade;   /* ACCESS_CEILING_NONE when not allowed */
    uint32_t groups;
    enum access_rule rule;
};
struct access_decision access_decide(const struct access_ask *ask, const struct access_object *object);

/* Rows for a statement over records. `sharings` has one entry an owner, owner 0 (the hub) too if wanted; `until_ms` and `conflict` are what is known of the whole set (NULL: nothing held).
 * Gives at most n * (levels but closed) rows, those that are allowed, by owner as given, then level. */
struct access_scope_row {
    int64_t owner;
    enum access_level level;
    int grade;
    uint32_t groups;
    bool watch;
};
size_t access_scope(const struct access_ask *ask, enum access_kind kind, const struct access_sharing *sharings, size_t n,
                    const int64_t until_ms[ACCESS_RELATION_N], uint32_t conflict, struct access_scope_row *ret_rows);

/* One sentence for the asker; for a hidden answer that of "nothing was found". Never names whom it is about. */
const char *access_rule_text(enum access_rule r);

/* Words to values and back; false (NULL) when there is none, and *ret is untouched. Read by text or name ("dpo", "data protection officer", "offender-management"); written as text. */
bool access_role_parse(struct str s, enum access_role *ret);
bool access_purpose_parse(struct str s, enum access_purpose *ret);
bool access_level_parse(struct str s, enum access_level *ret);
bool access_group_parse(struct str s, enum access_group_bit *ret);
const char *access_role_name(enum access_role r);
const char *access_purpose_name(enum access_purpose p);
const char *access_action_name(enum access_action a);
const char *access_level_name(enum access_level l);
const char *access_group_name(enum access_group_bit g);

/* ---- grants ---- */

struct store_grant; /* store/grant.h: opaque to all but store and this room */

/* Makes the grant that lets statements of `s` read these rows; NULL rows and n 0: no record at all. ERR_REFUSED when `l` does not know the receipt.
 * It ends at until_ms or at access_grant_end, which also wipes it. One at a time a store (asserted). */
enum err_code access_grant_begin(struct store *s, const struct ledger *l, struct ledger_receipt receipt, const struct access_scope_row *rows, size_t n,
                                 int64_t until_ms, struct err *e);
void access_grant_end(struct store *s);

#endif
