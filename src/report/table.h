/* table.h: tables of the report (private): cells with text for people and a value for pictures.
 *
 * A table is filled cell by cell in the order of its columns. Out of memory is sticky and told by table_done. */
#ifndef HAVEN_REPORT_TABLE_H
#define HAVEN_REPORT_TABLE_H

#include "page/page.h"

struct report_column {
    struct str key;   /* name in the pictures' data; empty: not for pictures */
    struct str title; /* heading */
    bool numeric;
};
struct report_cell {
    struct str text;  /* shown */
    struct str value; /* a number with all its digits; empty: the text is the value */
    bool numeric, head;
};
struct report_row {
    const struct report_cell *cells;
    size_t n_cells;
};
struct report_table {
    struct str id, caption;
    bool folded; /* long: in a <details>, which is open without JavaScript */
    const struct report_column *columns;
    size_t n_columns;
    struct report_row *rows;
    size_t n_rows;
    /* while it is filled */
    struct arena *a;
    size_t cap;
    struct report_cell *cells;
    size_t n_cells;
    bool failed;
};

#define COLUMN_TEXT(key, title) {{key, sizeof key - 1}, {title, sizeof title - 1}, false}
#define COLUMN_NUMBER(key, title) {{key, sizeof key - 1}, {title, sizeof title - 1}, true}

/* `columns` must live as long as the table. */
void table_start(struct report_table *t, struct arena *a, struct str id, struct str caption, const struct report_column *columns, size_t n_columns);
void table_text(struct report_table *t, struct str s);
void table_count(struct report_table *t, uint64_t n);                  /* 12,345 */
void table_number(struct report_table *t, double v, int decimals);     /* rounded for people; an empty cell for NaN */
void table_percent(struct report_table *t, double share, int decimals); /* 0.25: "25%"; the value stays 0.25 */
void table_probability(struct report_table *t, double p);               /* three significant digits */
void table_none(struct report_table *t);
enum err_code table_done(const struct report_table *t, struct err *e);

/* 12,345 */
struct str count_text(struct arena *a, uint64_t n);
/* "1 link", "12,345 links" */
struct str count_of(struct arena *a, uint64_t n, const char *one, const char *many);
/* With a true minus sign. */
struct str number_text(struct arena *a, double v, int decimals);

#endif
