/* layout.h: where the records of a small cluster stand in its picture (private). */
#ifndef HAVEN_REPORT_LAYOUT_H
#define HAVEN_REPORT_LAYOUT_H

#include <stddef.h>

#define LAYOUT_WIDTH 380
#define LAYOUT_HEIGHT 240
#define LAYOUT_MOST 40 /* records */

struct layout_link { int a, b; };
/* Linked records near each other, others apart (Fruchterman and Reingold 1991, from a circle, a fixed number of steps), filling the picture. The same links give the same places. n is at most LAYOUT_MOST. */
void layout_place(size_t n, const struct layout_link *links, size_t n_links, double (*ret)[2]);

#endif
