/* report.h: `haven link report`: a linkage run as one HTML file, with the pictures that Splink's users know and a table under each.
 *
 * Idea. One pass over the pairs (gather.c) collects what all sections need, bounded in size: counts by weight, by level and by rule, a sample of
 * pairs, the links. Each section is a function that makes its tables from it; a table is the truth, and the pictures are drawn in the
 * browser from the very cells of the table (assets/report.js), so that the two cannot differ. The page needs no network, no other file and no
 * JavaScript but for the pictures.
 *
 * Promises: same input, same bytes; no value of a record without `with_values`, ids only; every number is the engine's own (link_explain,
 * link_predict, link_blocking), with all its digits in the cell's data-v; memory is that of the links, not of the pairs.
 * Escaping is by type (page/page.h): a column's name, a label or a value cannot become markup. The policy of the page
 * forbids everything but its own style and script, named by their hashes. */
#ifndef HAVEN_REPORT_REPORT_H
#define HAVEN_REPORT_REPORT_H

#include "linkage/linkage.h"

#include <stdio.h>

struct report_options {
    const struct link_model *model;
    struct link_table *table;
    size_t id;        /* the table's column of ids */
    ptrdiff_t source; /* its column of datasets; -1 with one dataset */
    struct str title; /* what is linked: names of files */
    struct link_options run; /* threshold_weight: of links */
    enum link_cluster_method method;
    const uint32_t *truth; /* a label a row, equal labels are one person; NULL: not known */
    const struct link_labels *labels; /* pairs whose truth is known; NULL: none; not beside `truth` */
    double least_score;               /* of a labelled pair of one person */
    const struct link_cannot *pairs; /* that somebody wants to see */
    size_t n_pairs;
    bool with_values; /* show compared values: personal data */
};

/* Runs the model and writes the page. The arena is for the page's tables; it may be released afterwards. Errors: the engine's own; ERR_LIMIT when a page's table outgrows its limit; ERR_IO. */
enum err_code report_write(const struct report_options *o, struct arena *a, FILE *out, struct err *e);

#endif
