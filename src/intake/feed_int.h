/* feed_int.h: a feed as parsed and checked; private to the room.
 *
 * feed_parse.c makes it from JSON, map.c applies its mappings to a row. Columns are numbers into feed.columns; a column that is not mapped is -1.
 * Everything lives in the feed's own arena and never changes after it was parsed. docs/feeds.md describes the format for agencies. */
#ifndef HAVEN_INTAKE_FEED_INT_H
#define HAVEN_INTAKE_FEED_INT_H

#include "intake/intake.h"

#define FEED_NO_COLUMN (-1)

enum feed_format { FEED_CSV, FEED_JSONL };
enum name_style { NAME_STYLE_unknown, NAME_STYLE_surname_forenames, NAME_STYLE_forenames_surname };

/* ---- an agency's words to Haven's words ---- */
enum feed_match { FEED_ALWAYS, FEED_VALUES, FEED_STARTS, FEED_CONTAINS };
struct feed_word {
    struct str text; /* lower case (ASCII) */
    int word;        /* index into the target's word list */
};
struct feed_rule {
    int only_column; /* the rule holds only for rows with one of these values there */
    const struct feed_word *only;
    size_t n_only;
    enum feed_match match;
    int column;
    char list;                     /* separator of a list of codes, 0: one code */
    const struct feed_word *words; /* FEED_VALUES: sorted by text; else in the order written */
    size_t n_words;
    int always;
};
struct feed_words { /* tried in order, the first that answers counts (sets: all that answer) */
    const struct feed_rule *rules;
    size_t n;
};

/* ---- times: the first part that has a value counts ---- */
struct feed_time_part {
    int column;
    bool iso;
    const struct str *styles;
    size_t n_styles;
};
struct feed_time {
    const struct feed_time_part *parts;
    size_t n;
};

/* ---- persons and relations of a row ---- */
struct feed_identifier {
    enum identifier id;
    int column;
};
struct feed_person {
    struct feed_words role;
    struct str each; /* "children[]": one person for each element */
    int given, middle, surname, former_surname, alias, full_name;
    enum name_style style;
    struct feed_time dob;
    struct feed_words sex;
    int address, postcode, phone, email;
    const struct feed_identifier *identifiers;
    size_t n_identifiers;
    const int *shows; /* the person is there when one of these columns has a value */
    size_t n_shows;
};
struct feed_relation {
    int of, to; /* slots; to -1: the record's other mentions with to_role */
    enum role to_role;
    struct feed_words relation;
};

enum sex { SEX_unknown, SEX_male, SEX_female };

struct feed {
    struct arena arena;
    struct str name, title, agency, controller, purpose, marking, definition;
    enum agency_kind agency_kind;
    enum regime regime;
    enum feed_format format;
    char separator;
    enum charset charset;
    enum zone zone;
    bool full;
    const struct str *columns; /* the required ones first */
    size_t n_columns, n_required;
    const int *record_key, *row_key;
    size_t n_record_key, n_row_key;
    bool keyless_content; /* a row with an empty record key is known by its content and number */
    struct feed_time version;
    int recorded_as, narrative, opinion;
    enum assertion assertion;
    bool per_record; /* the rows of a record state one event */
    struct feed_words kind, event_agency, order;
    struct feed_words flags, conditions; /* sets: every rule adds its words */
    struct feed_time occurred, occurred_to, recorded, from, to;
    int incident, place_address, place_postcode;
    const struct feed_person *persons;
    size_t n_persons;
    const struct feed_relation *relations;
    size_t n_relations;
};

/* Number of a column by name, or FEED_NO_COLUMN. */
int feed_column(const struct feed *f, struct str name);

#endif
