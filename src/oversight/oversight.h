/* oversight.h: nineteen rules over the record of who looked at whom (docs/oversight.md).
 *
 * Idea. A worker who looks up a former partner does more harm than any intruder, and looks like everybody else: the right
 * account, the right screen. What gives them away is what the look-up does not have (work on that person) and what ties the two
 * (a surname, an address, a telephone, a history). So every rule reads two things side by side: an access, and what the hub
 * knows of the user and of the person looked at: posts, shifts, work, facts, links.
 *
 * Facts are compared as 64-bit blind indexes (vault_blind): this room never needs a readable name. What it reads comes
 * as plain arrays in a struct oversight_source, which whoever has ledger, registry and persons at hand fills in.
 *
 * What comes out are alerts: one for each (user, person, month), whatever number of rules speak in it, with the leaf numbers of the
 * accesses and one plain sentence for each rule. Never a score of anybody: a person outside the user's line looks and decides.
 *
 * Promises. The same accesses and facts in any order give the same alerts. A rule looks only back from the access that completes
 * it (work recorded within its settling time apart), so running day by day gives what one run over the year gives. Storing alerts twice adds nothing. */
#ifndef HAVEN_OVERSIGHT_OVERSIGHT_H
#define HAVEN_OVERSIGHT_OVERSIGHT_H

#include "store/store.h"
#include "vault/vault.h"

/* ---- what the rules read ---- */

/* X(name, text) */
#define OVERSIGHT_OPERATIONS(X) \
    X(SEARCH, "searched")       \
    X(OPEN, "opened")           \
    X(EDIT, "edited")           \
    X(NOTE, "wrote a note on")  \
    X(PRINT, "printed")         \
    X(EXPORT, "exported")       \
    X(MARKER, "changed a marker of")
enum oversight_operation {
    OVERSIGHT_UNKNOWN,
#define X(name, text) OVERSIGHT_##name,
    OVERSIGHT_OPERATIONS(X)
#undef X
    OVERSIGHT_N_OPERATIONS
};

/* Field groups that an access showed, beyond the head of a record (by which a namesake is told apart). */
enum oversight_group {
    OVERSIGHT_SHOWS_CONTACT = 1 << 0, /* address, telephone, e-mail, school, workplace */
    OVERSIGHT_SHOWS_NARRATIVE = 1 << 1,
    OVERSIGHT_SHOWS_HISTORY = 1 << 2, /* the chronology */
};

/* A fact as a blind index. The kind keeps equal values of two kinds apart and is never 0. */
enum oversight_fact_kind {
    OVERSIGHT_FACT_NONE,
    OVERSIGHT_NAME_BORN, /* name and date of birth together */
    OVERSIGHT_SURNAME,
    OVERSIGHT_BORN,
    OVERSIGHT_PHONE,
    OVERSIGHT_EMAIL,
    OVERSIGHT_ADDRESS, /* UPRN, or the folded address */
    OVERSIGHT_VEHICLE,
    OVERSIGHT_N_FACT_KINDS
};
struct oversight_fact {
    uint64_t blind; /* never 0 */
    uint8_t kind;   /* enum oversight_fact_kind */
    bool kin;       /* the next of kin's, not the person's own */
    bool former;    /* no longer so */
};

struct oversight_span {
    int64_t from_ms, to_ms; /* [from, to); to_ms INT64_MAX: open */
};

/* A post that someone held. */
struct oversight_post {
    struct oversight_span when;
    uint32_t agency, unit;
    uint16_t role;
    bool desk;    /* work reaches it without a task: control room, front counter, duty desk, ward */
    bool records; /* keeps the records themselves: changing markers is its daily work */
};

struct oversight_staff {
    uint64_t user;    /* account; never 0 */
    uint64_t manager; /* account of the line manager, 0: none */
    uint64_t person;  /* the person that they are in the hub, 0: not known there */
    const struct oversight_fact *facts;
    const struct oversight_post *posts;
    const struct oversight_span *shifts, *leave; /* by time, not overlapping; no shifts: hours not known */
    const int64_t *warnings_ms;                  /* written warnings about look-ups, by time */
    uint32_t n_facts, n_posts, n_shifts, n_leave, n_warnings;
    int64_t left_ms; /* INT64_MAX: still there */
};

/* Why somebody may have to look at a person. */
enum oversight_work_kind {
    OVERSIGHT_WORK_UNKNOWN,
    OVERSIGHT_TASK,     /* given to the user or the unit */
    OVERSIGHT_REFERRAL,
    OVERSIGHT_CASE,     /* a role in a case */
    OVERSIGHT_CALL,     /* a call or a visitor that the user logged */
    OVERSIGHT_INCIDENT, /* a major incident or a public appeal: units work on it */
};
struct oversight_work {
    uint64_t user; /* 0: the unit's */
    uint32_t unit; /* of the user, or whose work it is */
    uint8_t kind;  /* enum oversight_work_kind */
    uint64_t number; /* of the case or log, 0: none: what an access names as its basis */
    struct oversight_span when;
    int64_t recorded_ms; /* when the hub was told; a rule does not know it before */
};

/* X(name, text): how a person is tied to another in the hub's records. */
#define OVERSIGHT_LINKS(X)                  \
    X(PARTNER, "partner or former partner") \
    X(RELATIVE, "relative")                 \
    X(HOUSEHOLD, "same household")          \
    X(ASSOCIATE, "associate")               \
    X(OPPONENT, "victim and suspect of one record")
enum oversight_link_kind {
    OVERSIGHT_LINK_UNKNOWN,
#define X(name, text) OVERSIGHT_##name,
    OVERSIGHT_LINKS(X)
#undef X
};
struct oversight_link {
    uint64_t person;
    uint8_t kind; /* enum oversight_link_kind */
};

struct oversight_subject {
    uint64_t person; /* never 0 */
    const struct oversight_fact *facts;
    const struct oversight_link *links; /* both sides carry a link */
    const struct oversight_work *work;
    uint32_t n_facts, n_links, n_work;
    struct oversight_span newsworthy; /* from_ms == to_ms: never */
};

struct oversight_access {
    int64_t leaf; /* number in the ledger; unique */
    int64_t at_ms;
    uint64_t user;
    uint64_t subject;   /* the person seen; of a search the first hit; 0: nobody */
    uint64_t basis;     /* case or log number given as the reason, 0: none */
    uint64_t terms;     /* digest of what was typed, 0: not a search */
    uint64_t sought;    /* blind of the one exact thing searched for (telephone, name and birth), 0: none */
    uint32_t device;    /* 0: not known */
    uint32_t results;
    uint8_t sought_kind; /* enum oversight_fact_kind */
    uint8_t operation;   /* enum oversight_operation */
    uint8_t groups;      /* enum oversight_group */
    uint8_t purpose;     /* of the contract's list, 0: none */
    bool audited;        /* a record of the person is marked so that whoever opens it is told to oversight (level audited) */
};

/* Arrays in any order; they must outlive the run. */
struct oversight_source {
    const struct oversight_staff *staff;
    const struct oversight_subject *subjects;
    const struct oversight_access *accesses;
    size_t n_staff, n_subjects, n_accesses;
};

/* ---- rules ---- */

/* X(name): R1 to R18, in the order of the reference. */
#define OVERSIGHT_SUSPICIONS(X)                                                                                          \
    X(self) X(surname) X(address) X(contact) X(colleague) X(no_work) X(off_duty) X(variants) X(repeated) X(volume)       \
    X(outlier) X(newsworthy) X(after_close) X(linked) X(address_out) X(moved_on) X(shared_device) X(marker)
/* And R19, which suspects nobody: it tells what level audited promises to tell. */
#define OVERSIGHT_RULES(X) OVERSIGHT_SUSPICIONS(X) X(audited)
enum oversight_rule_number {
#define X(name) OVERSIGHT_RULE_##name,
    OVERSIGHT_RULES(X)
#undef X
    OVERSIGHT_N_RULES,
    OVERSIGHT_N_SUSPICIONS = OVERSIGHT_RULE_audited
};
struct oversight_rule {
    const char *id, *name, *title, *condition, *source, *needs;
    const char *words; /* the sentence of an alert */
};
extern const struct oversight_rule oversight_rules[OVERSIGHT_N_RULES];

/* Thresholds and switches: reference/oversight.tsv. */
struct oversight_limits;
enum err_code oversight_limits_read(struct arena *a, struct str tsv, const struct oversight_limits **ret, struct err *e);
/* The list that is built into the program. */
enum err_code oversight_limits_builtin(struct arena *a, const struct oversight_limits **ret, struct err *e);

/* ---- running them ---- */

struct oversight_evidence {
    int64_t leaf, at_ms;
    int64_t due_ms;  /* when the rule was complete: at_ms at once, later when it waited for the paper; 0 in what is read back from a hub */
    uint32_t access; /* index in the source's accesses */
    uint8_t rule, operation;
};
struct oversight_alert {
    uint64_t user, subject; /* subject 0: it is about several */
    uint64_t other_user;    /* the account that shares a device with it (R17), 0: none */
    int32_t month;          /* months since January 1970, London */
    uint32_t rules;         /* bits 1 << enum oversight_rule_number */
    const struct oversight_evidence *evidence; /* by rule, then leaf; each (rule, leaf) once */
    size_t n_evidence;
};
struct oversight_alerts {
    const struct oversight_alert *v; /* by user, subject, month */
    size_t n;
};

struct oversight_period {
    int64_t from_ms, to_ms; /* alerts that became complete in [from, to): a rule that lets work settle does so days after the access */
};

/* Alerts of a period. The source should hold the accesses of OVERSIGHT_LOOKBACK_DAYS before it. The result lives in `a`. */
#define OVERSIGHT_LOOKBACK_DAYS 190
enum err_code oversight_run(const struct oversight_source *src, const struct oversight_limits *limits, struct oversight_period period,
                            struct arena *a, struct oversight_alerts *ret, struct err *e);

/* The sentence of one rule in one alert: "Opened 3 times on 2 days: ..." */
struct str oversight_words(struct arena *a, const struct oversight_alert *alert, enum oversight_rule_number rule);

/* ---- who may look at an alert ---- */

/* False for the user concerned (and the account sharing the device), anyone above or below them in the line, the same unit at present or within the
 * last year, the person looked at, and anyone linked to the user or to that person. Unknown is no. */
bool oversight_may_review(const struct oversight_source *src, const struct oversight_alert *alert, uint64_t reviewer, int64_t at_ms);
/* Every account that may not: what is kept beside a stored alert. By account. */
enum err_code oversight_barred(const struct oversight_source *src, const struct oversight_alert *alert, int64_t at_ms, struct arena *a,
                               const uint64_t **ret, size_t *ret_n, struct err *e);
/* What the reviewer may see, in the same order: what they may not see leaves no gap. */
enum err_code oversight_visible(const struct oversight_source *src, uint64_t reviewer, int64_t at_ms, const struct oversight_alerts *alerts, struct arena *a,
                                struct oversight_alerts *ret, struct err *e);

/* ---- kept in the hub ---- */

/* The key of an account by its name, for staff lists and reviewers alike. */
uint64_t oversight_account(const struct vault *v, struct str user);

enum oversight_outcome { OVERSIGHT_UNDECIDED, OVERSIGHT_EXPLAINED, OVERSIGHT_REFERRED }; /* there was a reason; to professional standards */

/* Stores what is not there yet, in one transaction of its own. An alert that grows after a decision is open again. */
enum err_code oversight_store(struct store *s, const struct oversight_source *src, const struct oversight_alerts *alerts, int64_t now,
                              size_t *ret_new, struct err *e); /* *ret_new: evidence added */

/* What there is to do since the last time: runs the rules over the period from then to `now` (the first time: over all that the source holds), stores
 * the alerts and how far it came in one transaction. Ten minutes are looked at twice, for accesses whose commit came late. A minute's worth costs about what
 * sorting the source costs. */
enum err_code oversight_catch_up(struct store *s, const struct oversight_source *src, const struct oversight_limits *limits, int64_t now, size_t *ret_new,
                                 struct err *e);

struct oversight_item {
    int64_t id;
    uint64_t user, subject;
    int32_t month;
    uint32_t rules;
    int64_t first_ms, last_ms;
    size_t n_evidence;
    bool open; /* not decided, or grown since */
    enum oversight_outcome outcome;
};
struct oversight_items {
    struct oversight_item *v;
    size_t n;
};
/* What this reviewer may see, the open ones first, the newest first. A barred reviewer gets what they would get if the alert did not exist. */
enum err_code oversight_list(struct store *s, uint64_t reviewer, bool all, size_t most, struct arena *a, struct oversight_items *ret, struct err *e);

struct oversight_decided {
    int64_t at_ms;
    uint64_t reviewer;
    enum oversight_outcome outcome;
    struct str why;
    struct oversight_decided *next;
};
struct oversight_item_view {
    struct oversight_item item;
    struct oversight_alert alert; /* with its evidence */
    struct oversight_decided *decisions; /* by time; NULL: none */
};
/* ERR_NOT_FOUND in the same words for an id that is not there and one that the reviewer may not see. */
enum err_code oversight_show(struct store *s, const struct vault *v, uint64_t reviewer, int64_t id, struct arena *a, struct oversight_item_view *ret,
                             struct err *e);
enum err_code oversight_decide(struct store *s, const struct vault *v, uint64_t reviewer, int64_t id, enum oversight_outcome outcome, struct str why,
                               int64_t now, struct err *e);

/* This room's columns of wrapped keys (vault/keeping.h). */
extern const struct vault_wrapped_column oversight_wrapped[];

/* ---- measuring ---- */

/* What was planted. */
struct oversight_truth {
    const uint16_t *of_access; /* for each access of the source: 0 honest, else number of the abuse */
    const uint8_t *rule;       /* for each abuse from 1: the rule that it was planted for */
    size_t n_abuses;           /* abuses 1 .. n_abuses */
};
struct oversight_rule_score {
    size_t planted, found, found_by_any, at_once; /* abuses planted for this rule: found by it, by any, by any within a minute of an access */
    size_t alerts, false_alerts;         /* alerts in which it speaks; of those without a planted access among that rule's evidence */
    size_t only_false;                   /* false alerts that no other rule shares */
};
struct oversight_score {
    struct oversight_rule_score rules[OVERSIGHT_N_RULES];
    size_t accesses, planted, found, at_once, alerts, false_alerts;
};
/* ERR_NO_MEMORY when the arena is full. */
enum err_code oversight_score(const struct oversight_source *src, const struct oversight_truth *truth, const struct oversight_alerts *alerts,
                              struct arena *a, struct oversight_score *ret, struct err *e);

#endif
