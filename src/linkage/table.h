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
void dictionary_free(struct dictionary *d);
static inline struct str dictionary_value(const struct dictionary *d, uint32_t code)
{
    return (struct str){d->bytes + d->ends[code - 1], d->ends[code] - d->ends[code - 1]};
}

struct table_column {
    struct str name;
    struct dictionary dict;
    uint32_t *codes; /* a row */
};
struct link_table {
    struct arena names;
    struct table_column *columns;
    size_t n_columns, rows, rows_cap;
    size_t bytes, limit; /* memory taken, most that may be */
};

#endif
