/* table.h: tables from inside (private to linkage): per column a dictionary and a code a row.
 *
 * Codes count from 1 in order of first appearance; 0 is NULL. So equality of two values of a column is equality of two integers, and
 * what follows from a value (a parsed date, a prefix, a frequency) is worked out once a code, not once a row. */
#ifndef HAVEN_LINKAGE_TABLE_H
#define HAVEN_LINKAGE_TABLE_H

#include "linkage/linkage.h"

struct dictionary_slot {
    uint32_t hash, code; /* code 0: free */
};
struct dictionary {
    char *bytes;      /* the values, one behind the other */
    uint32_t *ends;   /* ends[code]: offset behind the value; ends[0] is 0 */
    struct dictionary_slot *slots;
    size_t bytes_cap, ends_cap, n_slots;
    uint32_t n; /* values */
};

/* Code of s, added when new. *bytes counts memory taken against limit. */
enum err_code dictionary_add(struct dictionary *d, struct str s, size_t *bytes, size_t limit, uint32_t *ret,
                             struct err *e);
/* 0 when s is not in it. */
uint32_t dictionary_find(const struct dictionary *d, struct str s);
/* Codes of n texts, as by dictionary_add one after the other. */
enum err_code dictionary_add_many(struct dictionary *d, const struct str *s, size_t n, size_t *bytes, size_t limit, uint32_t *ret, struct err *e);
/* Adds s without looking for it: for a dictionary that never finds anything. */
enum err_code dictionary_append(struct dictionary *d, struct str s, size_t *bytes, size_t limit, uint32_t *ret, struct err *e);
void dictionary_free(struct dictionary *d);
static inline struct str dictionary_value(const struct dictionary *d, uint32_t code)
{
    return (struct str){d->bytes + d->ends[code - 1], d->ends[code] - d->ends[code - 1]};
}

struct table_column {
    struct str name;
    bool apart; /* a code of its own for each value, equal to another or not: nothing is looked for (dict has no slots) */
    struct dictionary dict;
    uint32_t *codes; /* a row */
};
struct link_table {
    struct arena names;
    struct table_column *columns;
    size_t n_columns, rows, rows_cap;
    size_t bytes, limit; /* memory taken, most that may be */
    const char *const *paths; /* the files that the rows come from, one after the other; NULL: none */
    size_t n_paths;
    unsigned threads;    /* that may make it ready for pairs: as many as read it; 0: one */
};

/* Room for so many rows in all. */
enum err_code table_room(struct link_table *t, size_t rows, struct err *e);

/* "people.csv:17": where a row's record begins, for an error (its file is read again); false when that cannot be said. */
#define TABLE_PLACE_BYTES 200
bool table_row_place(const struct link_table *t, size_t row, char ret[TABLE_PLACE_BYTES]);

/* ---- many rows at once ----
 * Rows wait in a batch and are then encoded column by column, so that the look-ups of a batch wait for memory together and not one after the other.
 * The table is the same as by link_table_add. */
#define TABLE_BATCH 128u
struct table_batch {
    struct link_table *t;
    struct str *values; /* [column * TABLE_BATCH + row] */
    struct str *row;    /* [column]: for the caller, to put one row together */
    char *bytes;        /* the texts of the rows that wait */
    size_t used;
    uint32_t n;
};
enum err_code table_batch_new(struct link_table *t, struct table_batch *ret, struct err *e);
/* Values as for link_table_add; copied. */
enum err_code table_batch_add(struct table_batch *b, const struct str *values, struct err *e);
/* Encodes what waits; to be called before the table is looked at. */
enum err_code table_batch_flush(struct table_batch *b, struct err *e);
void table_batch_free(struct table_batch *b);

/* Adds the rows of tables of the same columns, in their order: codes are those that one table would have given had it read all rows itself. The
 * parts are emptied. After a failure only link_table_free may follow. */
enum err_code table_append(struct link_table *t, struct link_table *const *parts, size_t n, unsigned threads, struct err *e);

#endif
