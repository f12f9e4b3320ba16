/* gather.h: what the sections of a report are made from (private): one pass over the pairs, bounded but for the links themselves. */
#ifndef HAVEN_REPORT_GATHER_H
#define HAVEN_REPORT_GATHER_H

#include "report/report.h"

/* Weights are counted in steps of 1/GATHER_STEPS bit between GATHER_LEAST and GATHER_MOST; what is beyond counts in the outer steps. Vetoes (-996.6) are beyond. */
#define GATHER_STEPS 4
#define GATHER_LEAST (-100)
#define GATHER_MOST 100
#define GATHER_BINS ((GATHER_MOST - GATHER_LEAST) * GATHER_STEPS)
static inline double gather_bin_weight(size_t bin) { return GATHER_LEAST + (double)bin / GATHER_STEPS; }

/* Links are kept down to so far under the threshold, for clusters by threshold. */
#define GATHER_BELOW 10.0

/* Why a pair is shown. */
enum gather_reason {
    GATHER_ASKED,
    GATHER_STRONGEST,
    GATHER_ABOVE,     /* of links, the weakest */
    GATHER_BELOW_IT,  /* of the others, the strongest */
    GATHER_FREQUENCY, /* the largest adjustment by frequency */
    GATHER_VETOED,
    GATHER_RANDOM,
    GATHER_N
};
#define GATHER_PICKS 4 /* of each reason but the first */
struct gather_pick {
    uint32_t l, r;
    double rank; /* the greater, the sooner */
};
struct gather_picks {
    struct gather_pick items[GATHER_PICKS];
    size_t n;
};

struct gather {
    const struct report_options *o;
    uint64_t pairs, links;            /* compared; at or above the threshold */
    /* For the histogram and for links by threshold. Not link_histogram's: that chooses its widths by what it counts, and here two pictures share one axis, and their bars are added up
     * from any threshold. */
    uint64_t by_weight[GATHER_BINS], right_by_weight[GATHER_BINS];
    /* With a truth or labels: what is right at each step; pairs that no rule brings are in it too. Weights are given to it as the step that they are in, because it rounds to the
     * nearest step, and what reaches a threshold must be what `haven link predict` gives at it. */
    struct link_accuracy *accuracy;
    uint64_t labelled_matches; /* with labels */
    uint64_t (*by_level)[LIMIT_LINK_LEVELS + 1]; /* [comparison][gamma + 1] */
    struct link_rule_count *rules;
    struct gather_picks picks[GATHER_N];
    struct link_edges edges; /* at or above the threshold less GATHER_BELOW */
    uint32_t *cluster; /* a row: its cluster's representative */
    struct link_scores scores; /* of the clusters, with a truth */
    /* level weights by comparison and gamma + 1, to tell what frequencies added */
    double (*weights)[LIMIT_LINK_LEVELS + 1];
    ptrdiff_t veto; /* the comparison that haven_veto is; -1 */
};

/* The steps that hold pairs: [first, last); false when there are none. */
bool gather_span(const struct gather *g, size_t *ret_first, size_t *ret_last);
enum err_code gather_run(const struct report_options *o, struct gather *ret, struct err *e);
void gather_release(struct gather *g);
#define _cleanup_gather_ __attribute__((cleanup(gather_release)))

#endif
