/* review.h: every pattern in front of a reviewer: occasions, behaviours, rules, queue, cases.
 *
 * Idea. From all agencies' events about one pair (victim, suspect), whatever they were recorded as, occasions are resolved (several reports of one happening count once, explained), behaviours are coded (from structured fields, and from
 * narratives by a published phrase list with negation and hearsay), and numbered rules raise reasons, each with its source in law or guidance and the evidence rows. A case is one pair, or one bucket (victim, unresolved suspect) whose occasions
 * are offered to every known pair, marked so. No person gets a score; a quiet spell never lowers anything; people decide.
 *
 * The core is pure: arrays in, arrays out, the same for the hub and for `review assess` on a case file. */
#ifndef HAVEN_REVIEW_REVIEW_H
#define HAVEN_REVIEW_REVIEW_H

#include "orders/orders.h"

/* ---- behaviours ---- */
/* PHA 1997 s.2A(3) (a) to (g), then those commonly needed beside. Third field: direct unwanted conduct towards the victim (counts for a course of conduct). */
#define BEHAVIOURS(X)                                                              \
    X(following, "following", 1)                                                   \
    X(contact, "contacting or trying to contact", 1)                               \
    X(publishing, "publishing about or as the person", 1)                          \
    X(monitoring, "monitoring phone, e-mail or accounts", 1)                       \
    X(loitering, "loitering", 1)                                                   \
    X(interfering, "interfering with property", 1)                                 \
    X(watching, "watching or spying", 1)                                           \
    X(gifts, "gifts or unwanted items", 1)                                         \
    X(proxy, "contact through others", 1)                                          \
    X(vexatious, "vexatious complaints or proceedings", 1)                         \
    X(tracker, "tracking device or software", 1)                                   \
    X(impersonation, "fake accounts or impersonation", 1)                          \
    X(attending, "turning up at home, work or school", 1)                          \
    X(damage, "damage", 1)                                                         \
    X(threats, "threats", 1)                                                       \
    X(self_harm_threat, "threat of suicide or self-harm", 1)                       \
    X(third_party_threat, "threats to family, friends or pets", 1)                 \
    X(breach, "breach of an order, bail or licence", 1)                            \
    X(custody_contact, "contact from custody", 1)                                  \
    X(payments, "payments used to send messages", 1)                               \
    X(entry, "entering the home", 1)                                               \
    X(violence, "violence", 1)                                                     \
    X(strangulation, "strangulation", 1)                                           \
    X(sexual_violence, "sexual violence", 1)                                       \
    X(weapon, "weapon", 0)                                                         \
    X(fear, "victim afraid", 0)                                                    \
    X(life_changed, "victim changed daily life", 0)                                \
    X(separation, "separation", 0)                                                 \
    X(fixation, "signs of fixation", 0)                                            \
    X(anonymous, "the person doing it is not known to the victim", 0)              \
    X(persistence, "going on after being told to stop", 0)                         \
    X(repeated, "more than one occasion stated", 0)                                \
    X(stalking_word, "the word stalking", 0)                                       \
    X(intervention, "somebody stepped in: a warning, arrest or order", 0)          \
    X(refuted, "the account is contradicted", 0)                                   \
    X(dispute, "a quarrel about a thing", 0)                                       \
    X(ended, "it has stopped", 0)                                                  \
    X(other, "other unwanted conduct", 1)
#define X(name, ...) BEHAVIOUR_##name,
enum behaviour { BEHAVIOUR_unknown, BEHAVIOURS(X) BEHAVIOUR_N };
#undef X
extern const struct word_list words_behaviour;

struct coded { /* one behaviour on one event; four bytes, because a hub holds some for every row */
    uint8_t behaviour; /* enum behaviour */
    uint8_t assertion; /* enum assertion: hearsay and "believes" give opinion */
    int16_t phrase;    /* index into the published list, -1: from a structured field */
};

/* ---- rules ---- */
struct review_rule {
    const char *id;     /* "R1" */
    const char *name;   /* "course-of-conduct" */
    const char *words;  /* one sentence for the reviewer */
    const char *source; /* law or guidance */
};
extern const struct review_rule review_rules[];
extern const size_t review_n_rules;

struct review_evidence {
    int64_t row;        /* the record row that shows it */
    uint64_t event_key;
    int32_t feed;       /* owner */
    enum behaviour behaviour;
};
struct review_reason {
    uint8_t rule; /* index into review_rules */
    const struct review_evidence *evidence;
    size_t n_evidence;
    struct str words; /* the rule applied to this case, plain English, no names */
    struct instant since;
};

/* ---- update and queue ---- */
struct review_counts {
    uint64_t events, occasions, pairs, cases, reasons, by_rule[16];
    double seconds_code, seconds_rules, seconds_write;
};
enum err_code review_update(struct store *s, const struct vault *v, struct progress *p, struct review_counts *ret, struct err *e);

/* Queue order is a list of keys, not a score: clock due, breach, contact from custody, threat, newest occasion, case id. */
struct review_case_line {
    struct str id;              /* "C" and 13 base-32 characters, by rule from the anchors */
    struct person_id victim, suspect; /* suspect.z[0] == 0: not known */
    struct str victim_name, suspect_name;
    const uint8_t *rules;       /* indexes that gave reasons */
    size_t n_rules;
    struct instant newest_occasion, clock_due; /* clock_due unknown: none */
    uint32_t n_occasions, n_agencies;
    bool breach, custody_contact, threat, misrecorded;
};
struct review_queue {
    const struct review_case_line *v;
    size_t n;     /* on this page */
    size_t total; /* all that pass the filter */
};
struct review_filter {
    int rule; /* -1: all */
    size_t offset, limit;
};
enum err_code review_list(struct store *s, const struct vault *v, const struct review_filter *f, struct arena *a, struct review_queue *ret, struct err *e);

struct review_evidence_view {
    struct instant when;
    struct str agency, feed, source_id, recorded_as, behaviour;
    enum assertion assertion;
};
struct review_reason_view {
    struct str rule_id, rule_name, source, words;
    const struct review_evidence_view *evidence;
    size_t n_evidence;
};
struct review_order_view {
    struct str type, conditions, source;
    struct instant from, to;
    bool in_force;
};
struct review_history_line {
    struct instant when, recorded;
    struct str agency, feed, source_id, recorded_as, narrative, kind, roles; /* roles: "victim", "suspect", "both" in words */
    enum assertion assertion;
    bool about_victim, about_suspect;
    struct str occasion; /* "same happening as ..." explained, or empty */
};
struct review_case_view {
    struct review_case_line line;
    struct person_view victim, suspect; /* suspect.n_mentions 0: not known */
    struct str relation;                /* "former partner (stated by 2 records)" */
    struct str danger_to_staff;         /* empty: nothing recorded */
    const struct review_reason_view *reasons;
    size_t n_reasons;
    const struct review_order_view *orders;
    size_t n_orders;
    const struct review_history_line *history;
    size_t n_history;
    struct str ask; /* agencies that hold something relevant of which no more may be shown: "ask them"; empty: none */
};
enum err_code review_show(struct store *s, const struct vault *v, struct str case_id, struct arena *a, struct review_case_view *ret, struct err *e);

/* ---- asking: what the doors call ---- */

/* The queue and a case under a permit, recorded before they return; what may not be shown is not in them. A case names itself as the basis when no other is named.
 * review_list and review_show read under the grant that stands. */
enum err_code review_ask_list(struct asking *q, const struct review_filter *f, struct review_queue *ret, struct err *e);
enum err_code review_ask_show(struct asking *q, enum access_action action, struct str case_id, struct review_case_view *ret, struct err *e);
enum err_code review_permit(struct asking *q, enum access_action action, struct str case_id, struct err *e);
/* Is there a case of this name? What a door finds out for asking->basis_exists. */
enum err_code review_basis_exists(struct store *s, struct str basis, bool *ret, struct err *e);
/* A people_belongs: is this person the victim or suspect of the case that `basis` names? */
enum err_code review_belongs(struct store *s, struct str basis, uint64_t person, bool *ret, struct err *e);
/* The case's present id, and the agencies whose records describe the two people (one of them may stand twice). */
enum err_code review_case_agencies(struct store *s, struct str case_id, struct arena *a, struct str *ret_id, int64_t **ret, size_t *ret_n, struct err *e);

/* ---- case files ---- */
/* One case of the case-bank format in; one JSON object on one line appended to `ret` (keys in the order of the command contract). */
enum err_code review_assess(const struct link_model *m, struct str case_json, struct buf *ret, struct err *e);

/* ---- closed records (docs/closed.md) ---- */
/* Before and after the review_update that follows a closing, in its transaction. */
enum err_code review_close_begin(struct store *s, int64_t *ret_past_before, struct err *e);
enum err_code review_close_end(struct store *s, int64_t record, const struct people_closing *people, int64_t past_before, struct err *e);

#endif
