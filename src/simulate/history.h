/* history.h (private): one history of stalking while it unfolds: who, what bars are in force, what agencies know. Used
 * by stalking.c (occasions), reports.c (who records them) and justice.c (arrest, bail, orders, prison). */
#ifndef HAVEN_SIMULATE_HISTORY_H
#define HAVEN_SIMULATE_HISTORY_H

#include "simulate/county.h"
#include "simulate/phrases.h"

enum history_kind {
    HISTORY_FORMER_PARTNER,
    HISTORY_ACQUAINTANCE,
    HISTORY_STRANGER,
    HISTORY_PROXY,
    HISTORY_CUSTODY,
    HISTORY_N
};

enum bar {
    BAR_POLICE_BAIL,
    BAR_COURT_BAIL,
    BAR_NON_MOLESTATION,
    BAR_RESTRAINING,
    BAR_SPO_INTERIM,
    BAR_SPO,
    BAR_LICENCE,
    BAR_N
};
extern const char *const bar_words[BAR_N]; /* as in truth */

#define HISTORY_MAX_OCCASIONS 40
#define HISTORY_MAX_BARS 12

struct history {
    struct ward *w;
    struct rng *r;
    int number; /* in the ward */
    enum history_kind kind;
    uint32_t victim, suspect, helper;
    const char *relation;      /* police: EXP ... */
    const char *relation_word; /* charity: "ex-partner" ... */
    const char *organisation_word;
    bool escalating, client; /* client: of the advocate service */
    int n;
    wall at[HISTORY_MAX_OCCASIONS];
    int named_from; /* occasion from which the suspect has a name; n: never */
    struct {
        enum bar bar;
        int32_t from, to;
    } bars[HISTORY_MAX_BARS];
    int n_bars;
    struct {
        int32_t from, to;
    } spells[6]; /* in prison */
    int n_spells;
    int police_reports, reported;
    int32_t first, last;
    char incident[24]; /* the newest police reference */
};

struct occasion {
    struct history *h;
    int number;
    enum act act;
    wall at;
    char id[24];
    int bar; /* enum bar in force, -1 none */
    bool in_prison;
    int records;
};

/* stalking.c */
bool history_named(const struct history *h, int occasion);
/* Tells the truth files that this record reports the occasion; `misrecorded`: as another problem. */
void occasion_recorded(struct occasion *o, enum feed f, struct key key, bool misrecorded);
void history_words(struct history *h, int occasion, struct telling *ret);

/* reports.c */
void occasion_report(struct occasion *o);
enum hide how_known(struct occasion *o); /* what those who write it down know of the suspect */
unsigned history_flags(const struct occasion *o);

/* reports_others.c: false when the agency has nothing to do with the victim */
void tell_charity(struct occasion *o);
bool tell_organisation(struct occasion *o);
bool tell_housing(struct occasion *o);
void tell_health(struct occasion *o);
void prison_log(struct occasion *o); /* what passes through a prison */
struct key form_write(struct occasion *o, wall at, const char *what, const char *template, bool suspect);
wall told_at(struct occasion *o, int days);
bool history_is_tenant(const struct history *h);

/* reports_around.c */
void history_neutral_records(struct occasion *o); /* sleeplessness, locks, work, support */

/* justice.c */
void history_justice(struct occasion *o, bool police);
void history_imprison(struct history *h, wall at, bool remand, int days);
int history_bar_at(const struct history *h, int32_t day); /* enum bar, -1 */
bool history_in_prison(const struct history *h, int32_t day);

#endif
