/* row.h: one row of a delivery as a list of named texts, and what a feed's mappings make of it; private to the room.
 *
 * A CSV record and a JSON line look the same from here: names and values, in the agency's order, in UTF-8. A value within lists keeps the number of
 * its element in its name ("children[1].first"); empty values and null are not there. */
#ifndef HAVEN_INTAKE_ROW_H
#define HAVEN_INTAKE_ROW_H

#include "intake/feed_int.h"

struct row {
    const struct str *names, *values;
    const int *columns;  /* the feed's column of each, FEED_NO_COLUMN for one that the feed does not name */
    const int *elements; /* list element of each, -1 outside lists; NULL: no lists */
    const int *at;       /* by the feed's column: position of its first value, -1 when there is none */
    size_t n;
};

/* The value of a column; within element `item` of a list when the column belongs to one (item -1: the first). Empty when not there. */
struct str row_value(const struct row *r, int column, int item);
/* All values of a list column, with "; " between. */
struct str row_joined(const struct row *r, int column, struct arena *a);

/* The first rule that answers; 0 (unknown) when none does. */
int map_word(const struct feed_words *w, const struct row *r, int item);
/* Bits of all words that the rules give. */
uint32_t map_set(const struct feed_words *w, const struct row *r);
/* The first part that has a value; *ret_given is that value (empty: none), *ret unknown when it cannot be read. */
void map_time(const struct feed *f, const struct feed_time *t, const struct row *r, int item, int pivot_year, struct instant *ret,
              struct str *ret_given);

/* ---- what a row says: derived from its text and the feed alone ---- */

struct fact_find { /* an exact value by which the mention can be found */
    const char *kind;
    struct str value;
};
#define FACT_FINDS_MAX 24
struct fact_mention {
    int slot;
    struct mention m; /* role, v, as given, bad_identifiers, has_identifier */
    struct fact_find finds[FACT_FINDS_MAX];
    size_t n_finds;
};
struct fact_relation {
    int of, to; /* slots; to -1: the record's mentions with to_role */
    enum role to_role;
    enum relation relation;
};
struct facts {
    enum event_kind kind;
    enum agency_kind agency;
    enum order_type order;
    uint32_t flags, conditions;
    struct instant occurred, occurred_to, recorded, from, to;
    struct str place, incident; /* texts whose blind indexes are kept; empty: none */
    bool has_narrative;
    struct fact_mention *mentions;
    size_t n_mentions;
    struct fact_relation *relations;
    size_t n_relations;
};
/* `year` is that of the row's version. In the arena; slices may point into the row. */
enum err_code facts_derive(const struct feed *f, const struct row *r, int year, struct arena *a, struct facts *ret, struct err *e);
/* How many persons the lists of a row can name: the caller quarantines a row over LIMIT_ROW_PERSONS. */
size_t facts_persons_most(const struct feed *f, const struct row *r);

/* ---- names (clean.c) ---- */
struct name_parts {
    struct str given, middle, surname;
};
struct name_parts name_split(enum name_style style, struct str full, struct arena *a);
/* "unknown", "n/k", "-", "xx": text that stands for nothing. Folded text in. */
bool text_is_placeholder(struct str folded);
/* Notes a value that does not pass its check, as given. */
void mention_mark_bad(struct mention *m, const char *name, struct str given, struct arena *a);

#endif
