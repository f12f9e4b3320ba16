/* auto_em.h: the estimates of training without asking (private to linkage). */
#ifndef HAVEN_LINKAGE_AUTO_EM_H
#define HAVEN_LINKAGE_AUTO_EM_H

#include "linkage/patterns.h"

struct auto_em {
    struct link_model *m;
    double possible, rows;            /* possible pairs; records */
    struct patterns patterns;
    struct pattern *slots; /* theirs, in order */
    size_t n;
    double prior, matches, within;
    uint64_t pairs, vetoed;
    unsigned iterations;
    ptrdiff_t kin;                  /* the comparison that takes back what kin share; -1: none */
    uint8_t n_shared[LIMIT_LINK_LEVELS], shared[LIMIT_LINK_LEVELS][3]; /* by its level: the comparisons whose sameness it joins */
    double both_filled[LIMIT_LINK_COMPARISONS]; /* share of pairs with a value on both sides */
    double most_differ[LIMIT_LINK_COMPARISONS], most_weak[LIMIT_LINK_COMPARISONS]; /* m of "differ", and of all levels that strangers reach too, is held to it; 1: free */
    bool held[LIMIT_LINK_COMPARISONS];          /* it was */
    bool names[LIMIT_LINK_COMPARISONS], says_little[LIMIT_LINK_COMPARISONS]; /* comparisons of names; those that are neither names nor tell people apart */
    bool held_namesakes;
    uint8_t place[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS]; /* level of a gamma */
    double em_m[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS], em_u[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS], first_u[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS];
};
/* Before: m, possible and rows, the model's u as counted. After: m, u and prior in the model. */
enum err_code auto_em_run(struct auto_em *em, const struct link_table *t, const struct link_auto_options *o, struct err *e);
/* Pairs of one surname and one home (or telephone) whose given names differ: with different dates of birth, and with the same. */
void auto_em_families(const struct auto_em *em, size_t given, size_t surname, size_t dob, size_t home, double *ret_families, double *ret_twins);
void auto_em_free(struct auto_em *em);

#endif
