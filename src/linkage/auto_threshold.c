/* auto_threshold.c: where to cut, without labels. */
#include "linkage/auto.h"
#include "linkage/auto_em.h"

#include <math.h>

double auto_threshold(struct auto_plan *p, const struct auto_em *em)
{
    double t = 2;
    (void)em;
    auto_tell(p, "threshold", STR("haven_threshold_weight"), "%.2f: a pair above it is right with probability %.3f", t, link_probability(t));
    return t;
}
