/* section.h: the report's sections and what their templates show (private). A section is a list of parts: words, a picture with its table, or HTML of a template of its own. */
#ifndef HAVEN_REPORT_SECTION_H
#define HAVEN_REPORT_SECTION_H

#include "report/gather.h"
#include "report/table.h"

struct report_picture {
    struct str id;    /* empty: no picture */
    struct str kind;  /* which drawing of assets/report.js */
    struct str table; /* id of the table that it is drawn from */
    struct str alt;   /* what it shows, in words */
    struct str line;  /* a value to mark, as the threshold; may be empty */
};
struct report_part {
    struct str heading, text, note;
    struct report_picture picture;
    struct report_table table;
    struct html html;
};
struct report_section {
    struct str id, title;
    struct report_part parts[24];
    size_t n_parts;
    struct arena *a;
};

/* Each appends one part and gives it, for the caller to fill. */
struct report_part *section_part(struct report_section *s);
void section_heading(struct report_section *s, struct str heading);
void section_text(struct report_section *s, struct str text);
void section_note(struct report_section *s, struct str note);
/* A picture with its table under it: the picture's id is the table's with "-picture". */
void section_picture(struct report_section *s, struct str kind, struct str alt, struct str line, const struct report_table *t);

/* The sections in order; one without parts is left out. */
typedef enum err_code section_make(const struct gather *g, struct report_section *s, struct err *e);
section_make section_summary, section_weights, section_pairs, section_histogram, section_threshold, section_blocking, section_unlinkables, section_columns,
    section_frequencies, section_clusters;

/* How a record is called: its id, behind its dataset's name where there are several. */
struct str record_name(const struct report_options *o, uint32_t row, struct arena *a);
/* "8", "7.25" */
struct str weight_text(struct arena *a, double weight);

/* ---- what single templates show ---- */

struct report_top {
    struct str title;
    bool with_values;
    const struct report_section *sections;
    size_t n_sections;
};

struct report_view {
    struct page_summary_list facts;
    const struct str *warnings;
    size_t n_warnings;
};

struct report_pair {
    struct str id, title, reason, outcome;
    struct report_picture picture;
    struct report_table table;
};
struct report_pair_list {
    const struct report_pair *items;
    size_t n_items;
};

struct report_dot { int x, y, label_y, number; };
struct report_line {
    int x1, y1, x2, y2;
    bool bridge;
};
struct report_cluster {
    struct str id, title, reason, description;
    const struct report_dot *dots; /* none: too large for a picture */
    size_t n_dots;
    const struct report_line *lines;
    size_t n_lines;
    struct report_table table;
};
struct report_cluster_list {
    const struct report_cluster *items;
    size_t n_items;
};

struct report_slider {
    struct str table; /* id of the table whose rows are the stops */
    struct str start; /* the threshold */
};

#endif
