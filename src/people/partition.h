/* partition.h (private to people): the pure function from mentions to persons.
 *
 * Idea. Mentions are added by ascending key, which makes everything after it independent of the order in which they came. Then partition_solve(), where steps 1 and 2 are done first without, then with step 0's:
 *   0 company: a mention with nothing but names, a telephone or an e-mail is described also by those who are named in the same record (company.c)
 *   1 profiles: identical cleaned descriptions are one row of the link table when the description by itself carries the threshold weight (so that its mentions would be joined anyway); else each mention gets its own row
 *   2 edges: pairs of rows from PEOPLE_BAND_WEIGHT up, with the model's fixed population frequencies
 *   3 roles: two mentions of one record with opposed roles, and two slots of one row, are never joined silently (see record_conflict() in conflict.c)
 *   4 singling out: mentions that a decision names, or between which step 3 stands though edges would connect them, get rows of their own, so that a "cannot" moves one mention and not all that are described like it
 *   5 clusters: edges from the threshold up by falling weight, ties by least mention key, unless a human said no or two valid NHS, PNC or NOMS numbers differ
 *   6 numbers: persons by ascending least mention key
 *
 * Personal values live only in the link table; they go with partition_free(). */
#ifndef HAVEN_PEOPLE_PARTITION_H
#define HAVEN_PEOPLE_PARTITION_H

#include "people/people.h"

#define PEOPLE_BAND_WEIGHT 10.0 /* from here up to the threshold a pair is for clerical review */
#define PEOPLE_N_VETO 3         /* NHS, PNC, NOMS */
#define ROW_NONE UINT32_MAX

struct part_mention {
    uint64_t key;
    int64_t id, record, row;
    uint32_t profile; /* row of the link table, ROW_NONE: nothing to link by */
    uint8_t role;     /* enum role */
    bool singled;
};

struct part_profile { /* one row of the link table */
    uint64_t hash;      /* of the description */
    uint64_t least_key; /* of its mentions: the tie key */
    uint64_t veto[PEOPLE_N_VETO];
    uint32_t n_mentions;
    double self_weight; /* of rows with several mentions: by it they are one person */
};

/* A mention whose description waits for the company in which it is named. */
struct part_waiting {
    uint32_t mention;
    struct str v[LINK_PERSON_N]; /* in the partition's memory */
};

/* A pair that review should look at: two mentions of different persons whose descriptions weigh at least PEOPLE_BAND_WEIGHT; one pair for each two persons, the heaviest. */
struct part_band {
    uint64_t a, b; /* mention keys, a < b */
    uint32_t person_a, person_b;
    double weight;
};

struct partition {
    const struct link_model *model;
    double threshold;
    struct link_table *table;
    struct buf mentions;  /* struct part_mention, ascending key */
    struct buf profiles;  /* struct part_profile, beside the table's rows */
    struct buf waiting;   /* struct part_waiting, until solved */
    struct buf edges;     /* struct link_edge, weight >= PEOPLE_BAND_WEIGHT */
    struct buf cannots;   /* struct link_cannot: human and by role; as given to the clustering */
    struct buf musts;     /* struct link_cannot */
    struct buf band;      /* struct part_band, by keys; filled by partition_band() */
    uint32_t *slots;      /* open addressing: profile + 1 by description */
    size_t n_slots, n_described;
    struct arena memory;  /* of all below, and of this */
    struct arena scratch;
    /* results */
    uint32_t *person_of;   /* by mention index */
    uint64_t *person_key;  /* by person */
    uint32_t *row_person;  /* by table row */
    size_t n_persons;
    uint64_t pairs_compared;
};

static inline size_t part_n(const struct partition *p) { return p->mentions.n / sizeof(struct part_mention); }
static inline struct part_mention *part_mentions(const struct partition *p) { return (void *)p->mentions.p; }
static inline size_t part_n_profiles(const struct partition *p) { return p->profiles.n / sizeof(struct part_profile); }
static inline struct part_profile *part_profiles(const struct partition *p) { return (void *)p->profiles.p; }
static inline size_t part_n_edges(const struct partition *p) { return p->edges.n / sizeof(struct link_edge); }
static inline struct link_edge *part_edges(const struct partition *p) { return (void *)p->edges.p; }

enum err_code partition_new(const struct link_model *m, struct partition **ret, struct err *e);
void partition_free(struct partition *p);
static inline void partition_freep(struct partition **p) { partition_free(*p); }
#define _cleanup_partition_ __attribute__((cleanup(partition_freep)))

/* By ascending key; ERR_CONFLICT when a key comes twice. */
enum err_code partition_add(struct partition *p, const struct mention *m, struct err *e);
/* Once, after the last mention. Decisions whose mentions are not there rest. */
enum err_code partition_solve(struct partition *p, const struct people_decision *d, size_t n, struct progress *progress, struct err *e);
/* After solving, with the same decisions: fills p->band. */
enum err_code partition_band(struct partition *p, const struct people_decision *d, size_t n, struct err *e);
/* Index of the mention with this key, or -1. */
ptrdiff_t partition_find(const struct partition *p, uint64_t key);

/* ---- profiles.c: parts of partition_solve ---- */
/* Gives rows to what waited for its company. */
enum err_code partition_profiles_of_waiting(struct partition *p, struct err *e);
/* The weight of every description that several mentions share, with itself; where that would not join them, only the first keeps the row. Rows from `from` on. */
enum err_code partition_weigh(struct partition *p, uint32_t from, struct err *e);
/* Gives a mention a row of its own, with the values of the row that it had. */
enum err_code partition_row_own(struct partition *p, struct part_mention *m, struct err *e);

/* ---- partition.c ---- */
/* Root row of each row by the edges at the threshold: the least. */
void partition_components(const struct partition *p, uint32_t *ret_root);

/* ---- company.c ---- */
/* Does this description live nowhere and carry nothing that tells it apart for certain? */
bool company_wanted(const struct mention *m);
/* Fills company* of what waits, from the edges among all others. */
enum err_code partition_company(struct partition *p, struct err *e);

/* ---- conflict.c ---- */
/* Why two mentions of one record are not joined silently; NULL when nothing stands against it. */
const char *record_conflict(enum role a, int64_t row_a, enum role b, int64_t row_b);
/* Calls `found` for every pair of mentions (indexes) of one record that conflict. */
typedef enum err_code conflict_sink(void *ctx, uint32_t a, uint32_t b, struct err *e);
enum err_code partition_each_conflict(const struct partition *p, conflict_sink *found, void *ctx, struct err *e);

#endif
