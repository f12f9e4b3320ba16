/* registry.h: who works here, for which agency, under which agreement; and one request's way through access, ledger and store.
 *
 * Idea. Facts on one side: agencies, users with roles and units, sharing agreements (files that are tested, then activated), decisions not to share, relations with an end (a task, a
 * unit's standing work, a meeting, a list, a broken glass), reference lists and holidays with effective dates. On the other side *asking*: the one path by which a door lets anybody see or change anything:
 *
 *     asking_begin   who is this? (unknown, suspended, ended: refused and recorded)
 *     asking_permit  gathers the facts, access_decide + access_scope, commits the ledger entry, begins the grant
 *        ... the room reads and answers into memory ...
 *     asking_show    commits whom the answer is about; only after it may the door let the first byte out
 *     asking_end     ends the grant
 *
 * A refusal takes the same path and is recorded. A hidden answer (a closed record) is ERR_NOT_FOUND with the words of any unknown id.
 *
 * Set-up. A hub in which no user is registered yet is being set up: the seven demonstration users of the manual may ask, every agency shares fully, `haven doctor` says so and the
 * ledger shows it. Registering the first user ends that for ever.
 *
 * Changing. Every function that changes something must be called inside a transaction (asserted): the door begins it, calls the function, writes the entry with asking_effect and commits, so that
 * neither stands without the other. Who may do it at all is access's question; what stands here are the rules that hold whoever asks (nobody gives themselves a role). `by` is who acts.
 * Time is always a parameter. docs/registry.md has formats and rules. */
#ifndef HAVEN_REGISTRY_REGISTRY_H
#define HAVEN_REGISTRY_REGISTRY_H

#include "access/access.h"

#include <pthread.h>
#include "registry/agency_kind.h"
#include "vault/sign_in.h"

#define REGISTRY_FOR_EVER INT64_MAX

/* ---- agencies ---- */
struct registry_agency {
    int64_t id; /* > 0: the owner of access */
    struct str name;
    enum agency_kind kind;
    struct str contact; /* whom to ask, for the pointer of grade 0: a desk, never a person */
    int64_t ended_ms;   /* REGISTRY_FOR_EVER: takes part */
};
/* By its words in files and commands ("social_care"); false: none. */
bool registry_agency_kind_parse(struct str s, enum agency_kind *ret);
const char *registry_agency_kind_name(enum agency_kind k);
/* Finds or makes the agency; a kind that is not unknown is kept as the newest word on it. Inside a transaction. */
enum err_code registry_agency_ensure(struct store *s, struct str name, enum agency_kind kind, int64_t *ret_id, struct err *e);
/* ERR_NOT_FOUND when there is none. */
enum err_code registry_agency_find(struct store *s, struct str name, struct arena *a, struct registry_agency *ret, struct err *e);
/* By id. */
enum err_code registry_agencies(struct store *s, struct arena *a, struct registry_agency **ret, size_t *ret_n, struct err *e);
enum err_code registry_agency_contact(struct store *s, int64_t agency, struct str contact, struct err *e);
/* Its users' sessions end with it; ERR_CONFLICT when it has ended. */
enum err_code registry_agency_end(struct store *s, int64_t agency, int64_t now_ms, struct err *e);

/* ---- users ---- */
struct registry_user {
    int64_t id; /* negative: a demonstration user of a hub being set up */
    struct str name; /* what --as says: small letters, digits, dot, hyphen */
    int64_t agency;
    struct str agency_name, unit; /* unit: "" for none */
    uint32_t roles;               /* ACCESS_ROLE_BIT; those held now */
    enum access_standing standing; /* ended too when the agency has ended */
    int64_t from_ms, to_ms;
    int64_t line_manager; /* 0: none */
    bool has_password, has_totp;
};
/* ERR_NOT_FOUND when there is none: while the hub is being set up also the demonstration users are found, afterwards never. */
enum err_code registry_user_find(struct store *s, struct str name, int64_t now_ms, struct arena *a, struct registry_user *ret, struct err *e);
/* By name; registered ones only. */
enum err_code registry_users(struct store *s, int64_t now_ms, struct arena *a, struct registry_user **ret, size_t *ret_n, struct err *e);
bool registry_is_set_up(struct store *s); /* false: demonstration users still work. A store that cannot say counts as set up */

struct registry_new_user {
    struct str name, unit, shown_name; /* shown_name: what the person is called; sealed; "" for none */
    int64_t agency, line_manager;
    enum access_role role; /* the first one */
    int64_t from_ms, to_ms;
};
/* The first user must be an administrator (who else could go on?), and ends the set-up for ever. ERR_CONFLICT: the name is taken, also formerly: a name in the ledger means one
 * person for ever. */
enum err_code registry_user_add(struct store *s, const struct vault *v, const struct registry_new_user *u, struct str by, int64_t now_ms, int64_t *ret_id, struct err *e);
/* Appends what the person is called; "" when that was not said. */
enum err_code registry_user_shown_name(struct store *s, const struct vault *v, int64_t user, struct buf *ret, struct err *e);
/* ERR_REFUSED: to oneself; administrator together with any role that sees personal data (docs/registry.md says why there is no way round). */
enum err_code registry_role_give(struct store *s, const struct registry_user *u, enum access_role role, int64_t to_ms, struct str by, int64_t now_ms, struct err *e);
enum err_code registry_role_take(struct store *s, const struct registry_user *u, enum access_role role, struct str by, int64_t now_ms, struct err *e);
/* Suspending and ending also end every session. Ended is for ever. ERR_REFUSED: one's own standing; the last active administrator's. */
enum err_code registry_user_set_standing(struct store *s, const struct registry_user *u, enum access_standing standing, struct str by, int64_t now_ms, struct err *e);

/* ---- signing in ----
 * The form of everything: who signs in gives a name, a password and a code (of the authenticator, or a recovery code). Every refusal has the same words and takes as long, whether the name is
 * known, the password wrong, the code used before, the account suspended, or too many attempts were made. */

/* ERR_USAGE: too short, or it holds the name. Ends the user's sessions. */
enum err_code registry_password_set(struct store *s, struct vault_gate *g, const struct registry_user *u, struct str password, int64_t now_ms, struct err *e);
/* A fresh secret, to be shown once (vault_totp_uri) and wiped. The one before opens nothing more; sessions end. */
enum err_code registry_totp_new(struct store *s, const struct vault *v, const struct registry_user *u, int64_t now_ms, struct vault_totp *ret, struct err *e);
/* Fresh recovery codes, to be shown once; those before open nothing more. */
enum err_code registry_recovery_new(struct store *s, const struct vault *v, const struct registry_user *u, int64_t now_ms,
                                    struct vault_recovery_code ret[VAULT_RECOVERY_CODES], struct err *e);

/* Two halves, because the first takes long and needs no transaction. */
struct registry_attempt {
    struct str name; /* the caller's */
    bool right_password;
};
enum err_code registry_sign_in_check(struct store *s, struct vault_gate *g, struct str name, struct str password, struct registry_attempt *ret, struct err *e);
struct registry_signed_in {
    bool ok; /* false: refused; commit all the same, or the failure does not count */
    int64_t user, session;
    struct vault_token token; /* for the door's cookie; wipe it */
};
#define REGISTRY_SIGN_IN_REFUSED "the name, the password or the code is not right, or there were too many attempts: wait a while and try again"
enum err_code registry_sign_in(struct store *s, const struct vault *v, const struct registry_attempt *attempt, struct str code, struct str device, int64_t now_ms,
                               struct registry_signed_in *ret, struct err *e);
/* A fresh code of the authenticator (no recovery code) from somebody who is known already: *ret_until_ms is when the step-up ends, 0 when it is refused; commit either way. A demonstration user's code
 * is 000000. */
enum err_code registry_step_up(struct store *s, const struct vault *v, const struct registry_user *u, struct str code, int64_t now_ms, int64_t *ret_until_ms, struct err *e);

struct registry_session {
    int64_t id, user;
    struct str user_name, device;
    int64_t made_ms, seen_ms, until_ms, step_up_until_ms;
};
/* Who holds this token: ERR_REFUSED ("sign in again") when nobody does, or it has ended, idled out or run out, or its user is not active now. Notes that it was seen. Outside a transaction. */
enum err_code registry_session_find(struct store *s, const struct vault *v, struct str token, int64_t now_ms, struct arena *a, struct registry_session *ret,
                                    struct registry_user *ret_user, struct err *e);
enum err_code registry_session_step_up(struct store *s, int64_t session, int64_t until_ms, struct err *e);
enum err_code registry_session_end(struct store *s, int64_t session, int64_t now_ms, struct err *e);
/* Those that are open, oldest first. */
enum err_code registry_sessions(struct store *s, int64_t now_ms, struct arena *a, struct registry_session **ret, size_t *ret_n, struct err *e);

/* ---- staff facts, for conflicts of interest ---- */
enum registry_whose { REGISTRY_WHOSE_UNKNOWN, REGISTRY_SELF, REGISTRY_RELATIVE };
/* `value` as vault_blind gives it for intake's cleaned value of `kind` (intake_find): nothing readable is kept. Stating it again is fine. */
enum err_code registry_fact_add(struct store *s, int64_t user, enum registry_whose whose, struct str kind, int64_t value, struct str by, int64_t now_ms, struct err *e);
enum err_code registry_fact_end(struct store *s, int64_t user, enum registry_whose whose, struct str kind, int64_t value, int64_t now_ms, struct err *e);
struct registry_fact_count {
    enum registry_whose whose;
    struct str kind;
    int64_t n;
};
enum err_code registry_facts(struct store *s, int64_t user, struct arena *a, struct registry_fact_count **ret, size_t *ret_n, struct err *e);
/* All that staff stated, for oversight. */
struct registry_stated {
    struct str user, kind;
    enum registry_whose whose;
    int64_t value;
};
enum err_code registry_stated(struct store *s, struct arena *a, struct registry_stated **ret, size_t *ret_n, struct err *e);
/* What the user, their stated relatives and their unit stated, as values to look up (intake_find_blind), each with the conflict that it makes. */
struct registry_fact_value {
    int64_t value;
    uint32_t bits; /* ACCESS_CONFLICT */
};
enum err_code registry_fact_values(struct store *s, const struct registry_user *u, struct arena *a, struct registry_fact_value **ret, size_t *ret_n, struct err *e);

/* ---- sharing agreements: files (docs/registry.md) that are checked, tested, activated, ended ---- */
struct registry_share { /* one agency, one other or one kind, one purpose */
    struct str from, to;      /* to "": every agency of to_kind */
    enum agency_kind to_kind; /* unknown: `to` alone */
    enum access_purpose purpose;
    int ceiling;
    uint32_t line;
};
struct registry_agreement {
    struct str name, title, regime, lawful_basis, marking, dpo_contact, definition;
    int64_t from_ms, to_ms, review_ms; /* whole days in London; the end's day is the last one */
    struct str *parties, *replaces;
    size_t n_parties, n_replaces;
    struct registry_share *shares;
    size_t n_shares;
};
/* ERR_FORMAT when it has mistakes: each is a line "FILE:LINE: key: what" in ret_mistakes (text that is no JSON has one, in `e`). */
enum err_code registry_agreement_read(struct str file_text, const char *file, struct arena *a, struct registry_agreement *ret, struct buf *ret_mistakes, struct err *e);
struct registry_change {
    struct str owner, to;
    enum access_purpose purpose;
    int before, after; /* ceilings */
};
/* What activating it would change on the day it begins (now, when that is past). Outside a transaction; leaves nothing. */
enum err_code registry_agreement_test(struct store *s, const struct registry_agreement *g, int64_t now_ms, struct arena *a, struct registry_change **ret, size_t *ret_n, struct err *e);
/* ERR_CONFLICT: a party is not registered, the name was used, the end has passed; ERR_NOT_FOUND: it replaces what is not active. */
enum err_code registry_agreement_activate(struct store *s, const struct registry_agreement *g, struct str by, int64_t now_ms, struct arena *a, struct err *e);
enum err_code registry_agreement_end(struct store *s, struct str name, struct str by, int64_t now_ms, struct err *e);
struct registry_active {
    struct str name, title, definition, activated_by, ended_by;
    int64_t from_ms, to_ms, review_ms, activated_ms, ended_ms; /* ended: REGISTRY_FOR_EVER while it is not */
};
enum err_code registry_agreements(struct store *s, struct arena *a, struct registry_active **ret, size_t *ret_n, struct err *e);

/* A decision not to share, kept with its reason. With no object it makes the ceiling none, for its purpose or (unknown) for all; with an object it is on record. */
struct registry_refusal {
    int64_t id, from_agency, to_agency;
    struct str from_name, to_name, object, why, made_by;
    enum access_purpose purpose;
    int64_t made_ms, ended_ms;
};
enum err_code registry_refusal_add(struct store *s, const struct vault *v, const struct registry_refusal *r, struct str by, int64_t now_ms, int64_t *ret_id, struct err *e);
enum err_code registry_refusal_end(struct store *s, int64_t id, struct str by, int64_t now_ms, struct err *e);
enum err_code registry_refusals(struct store *s, const struct vault *v, struct arena *a, struct registry_refusal **ret, size_t *ret_n, struct err *e);

/* For `haven doctor`: agreements past review or end, one line each. */
enum err_code registry_findings(struct store *s, int64_t now_ms, struct arena *a, struct buf *ret, struct err *e);

/* ---- agreements, as access wants them ---- */
/* One entry for each owner: the hub (owner 0) first, then every agency, by id, as shared with `agency` for `purpose` at now. Where several agreements speak, the least ceiling holds; a decision not
 * to share makes it none. */
enum err_code registry_sharings(struct store *s, int64_t agency, enum access_purpose purpose, int64_t now_ms, struct arena *a, struct access_sharing **ret, size_t *ret_n, struct err *e);

/* ---- relations ---- */
enum registry_relation_kind { REGISTRY_RELATION_UNKNOWN, REGISTRY_ASSIGNED, REGISTRY_UNIT, REGISTRY_MEETING, REGISTRY_LISTED, REGISTRY_GLASS, REGISTRY_RELATION_N };
bool registry_relation_parse(struct str s, enum registry_relation_kind *ret); /* glass cannot be given */
const char *registry_relation_name(enum registry_relation_kind k);
struct registry_relation {
    int64_t id;
    enum registry_relation_kind kind;
    int64_t user; /* 0: the unit's */
    int64_t agency;
    struct str user_name, unit;
    enum access_kind object_kind;
    struct str object; /* an id as in lists; "*": all of that kind, for a unit */
    int64_t from_ms, to_ms;
    struct str made_by, approved_by;
    bool needs_approval; /* not held until another than its maker approves: all of a kind, a list, what the giver's own unit holds */
    int64_t ended_ms;    /* REGISTRY_FOR_EVER: not ended early */
};
/* `by` is who gives it; needs_approval, made_by and approved_by of `r` are not read. ERR_REFUSED: to oneself. ERR_LIMIT: longer than LIMIT_RELATION_MS. ERR_USAGE: "*" for anybody but a unit. */
enum err_code registry_relation_add(struct store *s, const struct registry_relation *r, const struct registry_user *by, int64_t now_ms, int64_t *ret_id, struct err *e);
enum err_code registry_relation_approve(struct store *s, int64_t id, const struct registry_user *by, int64_t now_ms, struct err *e);
enum err_code registry_relation_end(struct store *s, int64_t id, struct str by, int64_t now_ms, struct err *e);
/* Newest first; `all`: those that are over too. */
enum err_code registry_relation_list(struct store *s, bool all, int64_t now_ms, struct arena *a, struct registry_relation **ret, size_t *ret_n, struct err *e);
/* May this be named as what a look is for? Only a case or meeting that is open to the asker. `exists`: there is a case of that name; what a unit holds by "*" opens only what there is. */
enum err_code registry_basis_open(struct store *s, const struct registry_user *u, struct str basis, bool exists, int64_t now_ms, bool *ret, struct err *e);
/* What this user holds on this object. `kind` with `id` as in lists ("C…", "P…", a record's id in decimal). `basis`: the case or meeting named, `belongs`: the caller knows that the object is part of it. */
enum err_code registry_relations(struct store *s, const struct registry_user *u, enum access_kind kind, struct str id, struct str basis, bool belongs,
                                 int64_t now_ms, int64_t ret_until_ms[ACCESS_RELATION_N], struct err *e);

/* On what closed records' lists this user is now: objects of that kind, and until when; whose list ends first comes first. When a list has ended nobody can see or open its object by any command. */
struct registry_listing {
    struct str object;
    int64_t until_ms, list_until_ms; /* this user's entry; the last entry of anybody */
};
enum err_code registry_listed(struct store *s, const struct registry_user *u, enum access_kind kind, int64_t now_ms, struct arena *a, struct registry_listing **ret, size_t *ret_n, struct err *e);

/* ---- breaking the glass ---- */
enum registry_glass_decision { REGISTRY_GLASS_UNREVIEWED, REGISTRY_GLASS_RIGHT, REGISTRY_GLASS_WRONG };
bool registry_glass_decision_parse(struct str s, enum registry_glass_decision *ret);
const char *registry_glass_decision_name(enum registry_glass_decision d); /* "" when it is not reviewed */
struct registry_glass {
    int64_t id, relation, user, agency;
    struct str user_name, agency_name, object, why;
    enum access_kind kind;
    int64_t at_ms, until_ms, review_by_ms;
    enum registry_glass_decision decision; /* the newest review's */
    int64_t reviewed_ms;
    struct str reviewed_by, review_why;
};
/* After access permitted ACCESS_glass on the object (asking_permit): of `g` kind, object, why and until_ms are read. `owners`: the agencies whose records it opens; they are told. ERR_REFUSED: the
 * breaker's right is suspended. */
enum err_code registry_glass_break(struct store *s, const struct vault *v, const struct registry_user *u, const struct registry_glass *g, const int64_t *owners, size_t n_owners,
                                   int64_t now_ms, int64_t *ret_id, struct err *e);
/* Of the breaker: something is not reviewed in time, or its newest review says wrong. registry_relations heeds it. */
enum err_code registry_glass_suspended(struct store *s, int64_t user, int64_t now_ms, bool *ret, struct err *e);
/* ERR_REFUSED: by somebody of the breaker's agency; overruling one's own review. */
enum err_code registry_glass_review(struct store *s, const struct vault *v, int64_t id, enum registry_glass_decision decision, struct str why, const struct registry_user *by,
                                    int64_t now_ms, struct arena *a, struct err *e);
/* The whole report, newest first; and which agencies were told of one. */
enum err_code registry_glasses(struct store *s, const struct vault *v, struct arena *a, struct registry_glass **ret, size_t *ret_n, struct err *e);
enum err_code registry_glass_told(struct store *s, int64_t id, struct arena *a, struct str **ret, size_t *ret_n, struct err *e);

/* ---- reference lists and working days ---- */
struct registry_reference_row {
    struct str code, title;
};
struct registry_reference {
    struct str name, source; /* source: where it comes from, and its licence */
    int64_t from_ms, to_ms;
    const struct registry_reference_row *rows;
    size_t n_rows;
};
/* Lines of code, tab, title; a line that begins with # is a remark. The rows point into `text`. */
enum err_code registry_reference_read(struct str text, const char *file, struct arena *a, struct registry_reference_row **ret, size_t *ret_n, struct err *e);
/* A version; the one before it ends where it begins. ERR_CONFLICT: a version begins then or later. */
enum err_code registry_reference_add(struct store *s, const struct registry_reference *r, struct str by, int64_t now_ms, struct err *e);
/* Every version of every list, without rows (n_rows is right). */
enum err_code registry_references(struct store *s, struct arena *a, struct registry_reference **ret, size_t *ret_n, struct err *e);
/* Of the version that counts at that moment; ERR_NOT_FOUND. */
enum err_code registry_reference_rows(struct store *s, struct str name, int64_t at_ms, struct arena *a, struct registry_reference_row **ret, size_t *ret_n, struct err *e);

/* Bank holidays of England and Wales: the list "bank-holidays" (dates as codes, sorted), else the one that comes with the program (reference/bank-holidays.tsv). */
struct registry_holidays {
    const int32_t *days;
    size_t n;
    int32_t from, to; /* whole years that the list knows */
};
enum err_code registry_holidays_load(struct store *s, int64_t now_ms, struct arena *a, struct registry_holidays *ret, struct err *e);
bool registry_is_working_day(const struct registry_holidays *h, int32_t day);
/* The n-th working day after `day`: clocks of the Victims' Code start on the working day after. ERR_LIMIT: beyond the years that the list knows. */
enum err_code registry_working_days_add(const struct registry_holidays *h, int32_t day, int n, int32_t *ret, struct err *e);

/* Its columns of wrapped keys. */
extern const struct vault_wrapped_column registry_wrapped[];

/* ---- the hub and one request ---- */
struct hub { /* fixed after start */
    struct store *store;
    const struct vault *vault;
    struct ledger *ledger;
    pthread_mutex_t *turn; /* held by whoever works on the store; NULL: there is one thread */
};
struct asking_words { /* as the door got them */
    struct str user, purpose, basis, reason;
    struct str door, device; /* "command", "uid 1000" */
    struct str what;         /* "people show" */
};
struct asking {
    const struct hub *hub;
    struct arena *arena;
    struct asking_words words;
    struct registry_user user;
    enum access_purpose purpose;
    int64_t now_ms, step_up_until_ms;
    enum access_action action;       /* of the permit that stands */
    enum access_kind kind;
    struct access_decision decision; /* of the object asked for */
    const struct access_scope_row *rows;
    size_t n_rows;
    bool basis_exists;               /* the door found a case by that name; meetings are the registry's own */
    bool permitted;
    struct str object;               /* what was asked for, and whom it is about: for the effects of this permit */
    const uint64_t *subjects;
    size_t n_subjects;
    bool effect_written;             /* in the transaction that is open */
};
/* What is asked for. */
struct asking_object {
    enum access_kind kind;
    enum access_level level;  /* open for what has none */
    int64_t owner;            /* 0: the hub's */
    struct str id;            /* as it was asked for: goes to the ledger, sealed */
    bool belongs;             /* part of the case or meeting that the basis names */
    const uint64_t *subjects; /* mention keys: whom it is about */
    size_t n_subjects;
    uint32_t conflict;        /* ACCESS_CONFLICT of the asker with any of them (people_conflicts) */
};
/* ERR_USAGE without user or purpose, or an unknown purpose; ERR_REFUSED for a user who is unknown or not active (recorded). */
enum err_code asking_begin(const struct hub *h, const struct asking_words *w, struct arena *a, struct asking *ret, struct err *e);
/* ERR_REFUSED with access's sentence; ERR_NOT_FOUND when hidden; ERR_IO when the ledger could not take the entry. A second permit of one asking replaces the first. */
enum err_code asking_permit(struct asking *q, enum access_action action, const struct asking_object *o, struct err *e);
/* For one more object within the permit (a hit of a search): may it be listed? Pure but for its look-ups. */
enum err_code asking_may(struct asking *q, const struct asking_object *o, struct access_decision *ret, struct err *e);
/* Records an attempt that found nothing: the same entry whatever the reason was. */
enum err_code asking_nothing(struct asking *q, enum access_action action, enum access_kind kind, struct str id, struct err *e);
/* Commits whom the answer shows, before its first byte. */
enum err_code asking_show(struct asking *q, const uint64_t *subjects, size_t n, uint64_t n_rows, struct err *e);
/* The entry of an effect, inside the caller's transaction, with words of its own. Whatever changes under a permit without it gets the permit's own entry (store_set_effect), so no change is without one. */
enum err_code asking_effect(struct asking *q, enum ledger_operation op, struct str object, const uint64_t *subjects, size_t n, struct err *e);
/* The entry of what was tried and refused, where the refusal itself changes something (a failed code counts): as asking_effect, but it says so. */
enum err_code asking_effect_refused(struct asking *q, enum ledger_operation op, struct str object, enum access_rule rule, struct err *e);
void asking_end(struct asking *q); /* fine when nothing was begun */
void asking_end_p(struct asking *q);
#define _cleanup_asking_ __attribute__((cleanup(asking_end_p)))

#endif
