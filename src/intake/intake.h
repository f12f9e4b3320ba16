/* intake.h: what agencies said, as they said it: feeds, deliveries, records and their versions, quarantine, mentions, events.
 *
 * Idea. A feed (a JSON file in feeds/) says how one agency's extract maps to Haven's words. Loading a file streams it: every row is either stored, unchanged or
 * quarantined, and the three add up to the rows read, always. Nothing is lost: what cannot be read is kept sealed in quarantine with its first and last line and why,
 * and can be mended and replayed.
 *
 * Identity. A row is (feed, record key, row key); rows with one record key are one record. Versions of a record are ordered by the agency's own version_at, never by arrival; of two
 * contents with the same version_at the greater content hash counts. The current rows of a record are those at its greatest version_at. In a feed with delivery "full", a record whose
 * version_at is older than the feed's newest full delivery is no longer stated. So what is current is a pure function of the set of rows ever received: order of arrival and
 * splitting do not matter, re-delivery is harmless.
 * Rows without any key of their own (open data's anti-social behaviour) get the hash of their content and their number among identical rows of the delivery.
 *
 * From each row come mentions (a person as the row describes them, with a role), at most one event, relations between the row's mentions, and, where the feed states one, an order or
 * custody spell. They are derived by the feed from the row's text and can be derived again.
 *
 * Sealed. The row's own text is sealed under the row's key, each mention under a key of its own; exact look-ups go by blind indexes. In the clear are only: ids, keyed hashes, kinds, roles, flags, times of events
 * and versions, counts.
 *
 * Memory of a load does not grow with the file. A load is a sequence of transactions: what was printed as stored is there after a kill; re-running completes it with the same result. */
#ifndef HAVEN_INTAKE_INTAKE_H
#define HAVEN_INTAKE_INTAKE_H

#include "access/access.h"
#include "intake/words.h"
#include "linkage/linkage.h"
#include "registry/registry.h"
#include "store/store.h"
#include "vault/vault.h"

/* ---- feeds ---- */

struct feed; /* parsed and checked; immutable */

/* Parses one feed definition. Errors name the file, the line and the key. */
enum err_code feed_parse(struct str json, const char *name_for_errors, struct feed **ret, struct err *e);
enum err_code feed_read(const char *path, struct feed **ret, struct err *e);
/* The feeds built into the program (from feeds/), by name; NULL when there is none. */
enum err_code feed_builtin(struct str name, struct feed **ret, struct err *e);
extern const char *const feed_builtin_names[]; /* NULL-terminated */
/* A feed that a hub has loaded from, as it was defined then. ERR_NOT_FOUND. */
enum err_code feed_stored(struct store *s, struct str name, struct feed **ret, struct err *e);
void feed_free(struct feed *f);
struct str feed_name(const struct feed *f);
struct str feed_title(const struct feed *f); /* for people: "Police crime records" */
struct str feed_agency(const struct feed *f); /* the agency's name: "Ouseshire Police" */
enum agency_kind feed_agency_kind(const struct feed *f);
struct str feed_definition(const struct feed *f); /* the JSON that it was made from */
void feed_counts(const struct feed *f, size_t *ret_required, size_t *ret_columns, size_t *ret_persons);

/* ---- loading ---- */

struct load_counts {
    uint64_t read, stored, unchanged, quarantined; /* read = the sum of the others */
};
struct load_options {
    struct progress *progress; /* may be NULL */
    uint64_t batch_rows;       /* rows a transaction; 0: default (20,000) */
    void (*committed)(void *ctx, const struct load_counts *so_far); /* may be NULL; after each transaction that is durable */
    void *ctx;
};
/* Loads one file. *ret is also set when it breaks off: what was committed until then stands, and loading again completes it. A whole file is refused, and nothing changed, only for what makes all of it unreadable (not the feed's format, a missing column, another character set,
 * a directory, empty): the message says what, where and what to do. */
enum err_code intake_load(struct store *s, const struct vault *v, const struct feed *f, const char *path,
                          const struct load_options *o, struct load_counts *ret, struct err *e);

/* ---- quarantine ---- */

struct quarantine_row {
    int64_t id;
    struct str feed;
    int64_t delivery;
    uint64_t first_line, last_line;
    struct str reason; /* no personal data */
    struct instant at;
    bool replayed;
};
typedef enum err_code quarantine_sink(void *ctx, const struct quarantine_row *row, struct err *e);
/* feed STR_NONE: all feeds. */
enum err_code quarantine_each(struct store *s, struct str feed, quarantine_sink *sink, void *ctx, struct err *e);
/* The row's text as it came, opened, into `ret`. */
enum err_code quarantine_text(struct store *s, const struct vault *v, int64_t id, struct buf *ret, struct err *e);
/* Reads the rows of a feed again: all not yet replayed (id 0), or one. `mended` (UTF-8; no pointer: as it came) replaces that one's text. A row that is good now is
 * stored and marked; one that is not stays. Counts as a load's. */
enum err_code quarantine_replay(struct store *s, const struct vault *v, const struct feed *f, int64_t id,
                                struct str mended, struct load_counts *ret, struct err *e);

/* ---- what is currently stated: the scans that upper rooms build on ---- */

/* What the grant that stands lets be shown of one record: masked below every reader, in mask.c. A record of which nothing at all may be known is not found. */
#define INTAKE_GRADE_SUMMARY 2 /* access's grades: from here on a summary may be shown */
struct intake_shown {
    int grade;       /* 0: no more than that its agency holds something */
    uint32_t groups; /* ACCESS_GROUP */
    bool watch;      /* an audited record */
};

/* A person as one row describes them. `v` are cleaned values for linkage (see LINK_PERSON_COLUMNS; unique_id is the key in hex); `name`, `address`, `phone` ... as given are for showing. */
struct mention {
    int64_t id;     /* of this mention in the store; differs between hubs and orders of arrival */
    uint64_t key;   /* by rule from (feed, record key, row key, slot): the same in whatever order things came; never 0 */
    int64_t row, record;
    int32_t feed;   /* index into what intake_feeds gives */
    enum role role;
    bool has_identifier; /* anything that could tell who this is */
    struct str v[LINK_PERSON_N];
    struct str name_as_given, address_as_given, phone_as_given, email_as_given, dob_as_given;
    struct str bad_identifiers; /* kept as given and marked: "nhs_number=943 476 5918", "" when none */
    struct intake_shown shown;  /* what the grant lets be shown: everything else is empty already */
};

/* Something that a row states happened. In a feed whose rows describe the persons of one incident ("event": {"of": "record"}) the rows of a record state one event; its row is one that has a narrative, if any has. */
struct event {
    int64_t id, row, record;
    uint64_t key;      /* by rule, as for mentions */
    int32_t feed;
    enum agency_kind agency;
    enum event_kind kind;
    enum assertion assertion;
    uint32_t flags;                  /* bits of enum flag */
    struct instant occurred, occurred_to, recorded; /* occurred_to unknown: a point */
    enum order_type order;           /* an order, bail, licence or custody spell that the row states */
    struct instant from, to;         /* its validity; to unknown: until further notice */
    uint32_t conditions;             /* bits of enum condition */
    uint64_t place;                  /* blind index of the place (postcode and first line), 0 unknown: equal means same place */
    uint64_t incident;               /* blind index of an incident reference shared between feeds, 0 none */
    const int64_t *mentions;         /* ids of the mentions of the whole RECORD, ascending by key; valid during the call */
    const enum role *roles;          /* beside them; a suspect without any identifier is given as unknown_suspect */
    size_t n_mentions;
};
struct relation_stated {
    int64_t event, a, b; /* mention ids: a is `relation` of b */
    enum relation relation;
    struct instant from, to;
};

typedef enum err_code mention_sink(void *ctx, const struct mention *m, struct err *e);
typedef enum err_code event_sink(void *ctx, const struct event *ev, struct err *e);
typedef enum err_code relation_sink(void *ctx, const struct relation_stated *r, struct err *e);
typedef enum err_code shown_sink(void *ctx, int64_t row, struct err *e);
/* Every current row of which the grant lets more be known than that its agency holds something, ascending. */
enum err_code intake_each_shown(struct store *s, shown_sink *sink, void *ctx, struct err *e);
/* Every current mention, opened, by ascending key; slices valid during the call. */
enum err_code intake_each_mention(struct store *s, const struct vault *v, mention_sink *sink, void *ctx, struct err *e);
enum err_code intake_each_event(struct store *s, event_sink *sink, void *ctx, struct err *e); /* current, by record then key */
/* The same for the records in which these mentions stand, without reading any other: for one person's page. */
enum err_code intake_each_event_of(struct store *s, const int64_t *mentions, size_t n, event_sink *sink, void *ctx, struct err *e);
enum err_code intake_each_relation(struct store *s, relation_sink *sink, void *ctx, struct err *e);
enum err_code intake_mention(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct mention *ret, struct err *e);
/* Id of the current mention with this key; ERR_NOT_FOUND. */
enum err_code intake_mention_by_key(struct store *s, uint64_t key, int64_t *ret_id, struct err *e);
/* Ids of current mentions whose exact value of `kind` ("nhs_number", "phone", "email", "pnc_id", "name+dob" = folded "given surname yyyy-mm-dd", "postcode") is this cleaned value. */
enum err_code intake_find(struct store *s, const struct vault *v, const char *kind, struct str value, struct arena *a,
                          int64_t **ret_ids, size_t *ret_n, struct err *e);

/* The same for a value that is hashed already. */
enum err_code intake_find_blind(struct store *s, int64_t blind, struct arena *a, int64_t **ret_ids, size_t *ret_n, struct err *e);

/* The texts of a row: what the agency recorded it as, its narrative, its source id, and every other field as label and value; opened into the arena. */
struct row_text {
    struct str source_id, recorded_as, narrative;
    struct str opinion; /* an assessment that stands beside the narrative, marked apart from it; "" when none */
    const struct row_field { struct str label, value; } *fields;
    size_t n_fields;
    enum assertion assertion;
    struct str marking; /* "OFFICIAL-SENSITIVE" */
    struct str feed, agency; /* names */
    struct intake_shown shown; /* as of a mention */
    bool destroyed; /* its key is gone: no field, and recorded_as says "destroyed" */
};
enum err_code intake_row_text(struct store *s, const struct vault *v, int64_t row, struct arena *a, struct row_text *ret, struct err *e);
/* Streams (row id, recorded_as, narrative) of current rows for which `want(ctx, row)` is true, or all when want is NULL. */
typedef enum err_code row_text_sink(void *ctx, int64_t row, struct str recorded_as, struct str narrative, struct err *e);
enum err_code intake_each_narrative(struct store *s, const struct vault *v, bool (*want)(void *ctx, int64_t row),
                                    row_text_sink *sink, void *ctx, struct err *e);

struct feed_info {
    int32_t index;
    struct str name, title, agency;
    enum agency_kind kind;
    struct load_counts totals; /* of all deliveries */
    uint64_t waiting;          /* rows in quarantine, not replayed yet */
    int64_t last_delivery_ms;
};
enum err_code intake_feeds(struct store *s, struct arena *a, struct feed_info **ret, size_t *ret_n, struct err *e);
/* The key of a mention by rule, for checks against a truth that is stated in the agencies' own keys. `slot` counts the persons of one row from 0 in the feed's order. */
uint64_t intake_mention_key(const struct vault *v, struct str feed, struct str record_key, struct str row_key, int slot);

/* ---- one record: levels, closing (docs/closed.md) ---- */

#define INTAKE_HANDLE_CHARS 32
struct intake_record {
    int64_t id;              /* 0: nothing was ever received under this name */
    int64_t agency;          /* its owner */
    enum access_level level; /* closed for what is not there */
    bool full;               /* its feed's deliveries state everything, the newest of them at full_at */
    int64_t full_at;
    char handle[INTAKE_HANDLE_CHARS + 1]; /* the keyed hash by which ledger and relations name it: there for every name */
};
/* `name`: FEED/NUMBER, the agency's own. A name that nobody ever used is ERR_OK with id 0, found by the same work. ERR_USAGE: no such form. */
enum err_code intake_record_find(struct store *s, const struct vault *v, struct str name, struct intake_record *ret, struct err *e);
enum err_code intake_record_of_handle(struct store *s, struct str handle, struct intake_record *ret, struct err *e);
/* Permission for `action` on the record; the grant then stands for it, a closed one too. ERR_NOT_FOUND in the same words, with the same entry, for a closed record on whose list the asker is not and for none. */
enum err_code intake_permit_record(struct asking *q, enum access_action action, struct intake_record *r, struct err *e);
/* Keys of its mentions, of all versions, ascending. */
enum err_code intake_record_keys(struct store *s, const struct intake_record *r, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e);
/* Whether anybody in it, in any version, can be found by this hashed value. */
enum err_code intake_record_has_value(struct store *s, const struct intake_record *r, int64_t blind, bool *ret, struct err *e);
/* Keys of the current mentions of every record of level audited, ascending. */
enum err_code intake_audited(struct store *s, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e);
/* A mention's key that is to be answered as nobody's. */
enum err_code intake_is_closed(struct store *s, uint64_t mention_key, bool *ret, struct err *e);
/* Inside a transaction. Closing makes nothing of it current, opening again what would be current had it never been closed; whoever builds on what is current has to be brought up to date (flow_record_level). */
enum err_code intake_record_set_level(struct store *s, const struct intake_record *r, enum access_level level, struct err *e);
/* What it says, closed or not: its mentions and events as they would be current, under the grant of intake_permit_record. */
struct intake_record_view {
    struct mention *mentions;
    size_t n_mentions;
    struct intake_record_event {
        struct event event; /* without mentions: they are the record's */
        struct row_text text;
    } *events;
    size_t n_events;
};
enum err_code intake_record_read(struct store *s, const struct vault *v, const struct intake_record *r, struct arena *a, struct intake_record_view *ret, struct err *e);
/* What one row states, without its mentions. */
enum err_code intake_event_of_row(struct store *s, int64_t row, struct event *ret, struct err *e);
/* Somebody agrees that the relation's holder comes onto a closed record's list: one other person where the holder is of the record's owner, else two. *ret_missing: how many are wanted still. */
enum err_code intake_record_approve(struct store *s, const struct registry_relation *on, const struct registry_user *by, bool of_owner, int64_t now_ms, int64_t *ret_missing, struct err *e);

/* ---- destruction ---- */

/* A destroyed mention, in what names it in any copy of the hub: its key and its row's content (both keyed hashes). */
struct intake_destroyed {
    uint64_t mention_key;
    int64_t content;
};
/* Destroys the keys of these mentions and of every former version of them, and of rows that describe nobody else; takes them out of look-ups. In the caller's transaction;
 * appends each to `ret` (struct intake_destroyed). *ret_rows: rows whose own text went too. docs/vault.md says what stays. */
enum err_code intake_destroy(struct store *s, const int64_t *mentions, size_t n, int64_t at_ms, struct buf *ret, uint64_t *ret_rows, struct err *e);
/* The same for those of a list (sorted by both members) that are here and not destroyed yet, with the ids of the mentions appended to `ret_ids`: after an old backup was put back. */
enum err_code intake_destroy_listed(struct store *s, const struct intake_destroyed *list, size_t n, int64_t at_ms, struct buf *ret_ids, uint64_t *ret_rows, struct err *e);
/* How many mentions of such a list are here and not destroyed. */
enum err_code intake_destroyed_here(struct store *s, const struct intake_destroyed *list, size_t n, uint64_t *ret, struct err *e);
int intake_destroyed_cmp(const void *l, const void *r);

/* Whose record it is in. */
enum err_code intake_mention_agency(struct store *s, int64_t mention, int64_t *ret, struct err *e);

/* This room's columns of wrapped keys. */
extern const struct vault_wrapped_column intake_wrapped[];

/* ---- cleaning and identifiers (also used by search and by review assess) ---- */

#define IDENTIFIERS(X) X(nhs_number) X(pnc_id) X(cro_number) X(noms_number) X(crn) X(asn) X(uprn) X(upn) X(nino) X(postcode) X(phone) X(email) X(offence_ho) X(offence_cjs) X(court_ou)
#define X(name) IDENTIFIER_##name,
enum identifier { IDENTIFIER_unknown, IDENTIFIERS(X) IDENTIFIER_N };
#undef X
/* Canonical form in the arena; false when s does not pass the identifier's format and check (domain reference: identifiers). `this_year` for PNC's short form. */
bool identifier_clean(enum identifier id, struct str s, int this_year, struct arena *a, struct str *ret);
/* Fills v[] of a mention from as-given values of the same names. */
void mention_clean(const struct str given[LINK_PERSON_N], int this_year, struct arena *a, struct mention *ret);

#endif
