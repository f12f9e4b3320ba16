/* people.h: persons from mentions: who is who, explained, undone, searched; chronology and ties.
 *
 * Idea. A person is a cluster of mentions: a pure function of (current mentions, model, human decisions, vetoes), never patched. people_update computes the partition again and writes only what changed. Identical descriptions
 * are collapsed to one profile when the description by itself carries the threshold weight; edges by falling weight, joined unless a human said no or a veto holds (two different valid NHS, PNC or NOMS numbers), ties by mention
 * key. Only one threshold joins; pairs from 10 up to it are the clerical band.
 *
 * A person's id is made by rule from the least mention key of the cluster ("P" and 13 base-32 characters); when clusters merge or split the id of the part with the least key stays and old ids redirect.
 * Everything that people type (decisions, later cases and notes) hangs on anchor mentions, so undo is deleting one decision.
 *
 * Two times: each membership has known_from and known_to, so "what did we believe on that date" is answerable. */
#ifndef HAVEN_PEOPLE_PEOPLE_H
#define HAVEN_PEOPLE_PEOPLE_H

#include "intake/intake.h"
#include "registry/registry.h"

/* ---- ids ---- */
#define PERSON_ID_CHARS 14
struct person_id {
    char z[PERSON_ID_CHARS + 1];
};
struct person_id person_id_of_key(uint64_t least_mention_key);
/* Forgives small letters and O, I, L for 0, 1, 1. False when s is no such id (whether anybody has it is another question: people_resolve). */
bool person_id_parse(struct str s, uint64_t *ret_key);
/* A mention's key as 16 hexadecimal digits, as in lists and explanations. */
struct str mention_key_format(struct arena *a, uint64_t key);
bool mention_key_parse(struct str s, uint64_t *ret_key);

enum decision_kind { DECISION_UNKNOWN, DECISION_JOIN, DECISION_SPLIT };
/* What a human said of two mentions, by key. */
struct people_decision {
    uint64_t a, b;
    enum decision_kind kind;
};

/* ---- update ---- */
struct people_counts {
    uint64_t mentions, profiles, pairs_compared, edges, persons, band_pairs, changed_memberships;
    double seconds_read, seconds_link, seconds_write;
};
/* progress may be NULL. All writes are one transaction (the caller's, when it has begun one); nothing is written when nothing changed. */
enum err_code people_update(struct store *s, const struct vault *v, const struct link_model *m, struct progress *p,
                            struct people_counts *ret, struct err *e);

/* The partition in memory, for rooms above: mention id to person number 0..n_persons-1, and back to ids and keys. */
struct people_map {
    size_t n_mentions, n_persons;
    const int64_t *mention_ids;     /* ascending */
    const uint64_t *mention_keys;   /* beside them */
    const uint32_t *person_of;      /* beside them */
    const uint64_t *person_key;     /* by person number: least mention key */
};
enum err_code people_map_load(struct store *s, struct arena *a, struct people_map *ret, struct err *e);
/* Person number of a mention id, or UINT32_MAX. */
uint32_t people_map_find(const struct people_map *m, int64_t mention_id);

/* The same pure function for mentions that are only in memory (review assess, tests): person number of each. */
enum err_code people_partition(const struct link_model *m, const struct mention *mentions, size_t n, struct arena *a,
                               uint32_t **ret_person_of, struct err *e);
enum err_code people_partition_decided(const struct link_model *m, const struct mention *mentions, size_t n, const struct people_decision *d,
                                       size_t n_decisions, struct arena *a, uint32_t **ret_person_of, struct err *e);

/* ---- asking: what the doors call ---- */

struct people_conflicts; /* persons in whom the asker, a relative or somebody of the asker's unit has an interest */
enum err_code people_conflicts(struct asking *q, struct people_conflicts **ret, struct err *e);
uint32_t people_conflict_with(const struct people_conflicts *c, uint64_t person); /* ACCESS_CONFLICT bits */
/* Persons who are described by this keyed value (intake_find_blind), at most `most`. */
enum err_code people_of_value(struct store *s, int64_t blind, uint64_t *ret, size_t most, size_t *ret_n, struct err *e);
/* Is this person part of that case? A room above knows (review_belongs). */
typedef enum err_code people_belongs(struct store *s, struct str basis, uint64_t person, bool *ret, struct err *e);
struct people_asked {
    uint64_t person;
    bool redirected;
    uint64_t *keys; /* of its mentions */
    size_t n;
    struct people_conflicts *conflicts;
};
/* Who is it? Nobody: recorded, ERR_NOT_FOUND. ret->conflicts that are there already (NULL: none) are kept: they are the asker's, whoever is looked for. */
enum err_code people_find(struct asking *q, enum access_action action, struct str id, struct people_asked *ret, struct err *e);
/* people_find, then permission for `action` on the person; the grant then stands for their records. `belongs` may be NULL. */
enum err_code people_permit(struct asking *q, enum access_action action, struct str id, people_belongs *belongs, struct people_asked *ret, struct err *e);
/* The agencies whose records describe them, each once. */
enum err_code people_agencies(struct store *s, uint64_t person, struct arena *a, int64_t **ret, size_t *ret_n, struct err *e);
/* people_search under a permit; hits that may not be known are left out, and whom it found is recorded before it returns. */
struct people_hit;
enum err_code people_ask_search(struct asking *q, struct str query, size_t max, struct people_hit **ret, size_t *ret_n, struct err *e);
/* people_decisions and people_band under the permit that stands: pairs in one of whom the asker has an interest are left out, and whom the others name is recorded before it returns. */
struct decision_view;
enum err_code people_ask_decisions(struct asking *q, struct decision_view **ret, size_t *ret_n, struct err *e);
struct band_pair;
enum err_code people_ask_band(struct asking *q, size_t max, struct band_pair **ret, size_t *ret_n, struct err *e);

/* ---- looking ---- */
/* These read under the grant that stands. What it does not let be shown is empty, and what may not be known at all is left out. */

/* The person whom this text names: a person id (also an old one), or a mention's key in hex. *ret_person is the least mention key; *ret_redirected (may be NULL): the id was an old one.
 * ERR_NOT_FOUND without naming what was asked. */
enum err_code people_resolve(struct store *s, struct str id, uint64_t *ret_person, bool *ret_redirected, struct err *e);
/* A mention's key leads to its person only for whoever may know of that very mention: else it would tell whose it is. Text that is no such key: true. */
enum err_code people_key_known(struct store *s, const struct vault *v, struct str id, bool *ret, struct err *e);
/* The mention that stands for what `id` names: itself, or the anchor (least key) of the person. */
enum err_code people_anchor(struct store *s, struct str id, uint64_t *ret_mention_key, struct err *e);
/* Mentions of a person now, and as the hub believed at `at_ms` (of the id as it was used then), ascending. */
enum err_code people_members(struct store *s, uint64_t person, struct arena *a, int64_t **ret, size_t *ret_n, struct err *e);
enum err_code people_members_at(struct store *s, uint64_t person, int64_t at_ms, struct arena *a, int64_t **ret, size_t *ret_n, struct err *e);

struct person_view {
    struct person_id id;
    struct str name;                /* the most stated name; ties: bytewise least */
    struct str other_names, dob, phones, emails, addresses, identifiers; /* joined for showing, each with how many sources say so */
    struct str agencies;
    struct str ask;                 /* agencies that hold more than may be shown: "ask them"; empty: none */
    size_t n_mentions;
    const int64_t *mentions;
    bool redirected; /* the id asked for was an old one */
};
enum err_code people_show(struct store *s, const struct vault *v, struct str person_id, struct arena *a, struct person_view *ret, struct err *e);
/* Exact by identifier, phone, e-mail, postcode, or name and date of birth (blind indexes); names alone by a scan in memory of the index of names. Best first, at most `max`. */
struct people_hit {
    struct person_id id;
    struct str name, dob, why;
};
enum err_code people_search(struct store *s, const struct vault *v, struct str query, size_t max, struct arena *a,
                            struct people_hit **ret, size_t *ret_n, struct err *e);

/* Why these mentions are one person: the joining edges in order, each with its reasons; or why two persons are not one. */
enum err_code people_explain(struct store *s, const struct vault *v, const struct link_model *m, struct str person_or_mention_l,
                             struct str person_or_mention_r, struct arena *a, struct buf *ret_text, struct err *e);

/* ---- decisions ---- */
/* Two mentions (by key in hex, or a person id meaning its anchor) are / are not the same person. Outlives any re-link. *ret_id names it for undo. The caller runs people_update.
 * Joining whole persons of whom one record names one as harmed and the other as accused is refused (ERR_CONFLICT) until those two mentions are named. */
enum err_code people_decide(struct store *s, enum decision_kind k, struct str a, struct str b, struct str by, struct str why,
                            const struct vault *v, int64_t *ret_id, struct err *e);
enum err_code people_undo(struct store *s, int64_t decision, struct str by, struct err *e);
struct decision_view {
    int64_t id;
    enum decision_kind kind;
    uint64_t a, b; /* mention keys */
    struct str by, why;
    int64_t at_ms;
    struct str undone_by; /* empty: it stands */
    int64_t undone_at_ms;
};
enum err_code people_decisions(struct store *s, const struct vault *v, struct arena *a, struct decision_view **ret, size_t *ret_n, struct err *e);

/* ---- closed records (docs/closed.md) ---- */
struct people_closing { /* whom the closing of a record touches */
    int64_t record, past_before;
    uint64_t *persons, *members; /* keys of persons, and of the mentions that were theirs */
    size_t n_persons, n_members;
};
/* In the transaction that closes it, after intake_record_set_level and before people_update; and after that. */
enum err_code people_close_begin(struct store *s, int64_t record, struct arena *a, struct people_closing *ret, struct err *e);
enum err_code people_close_end(struct store *s, const struct people_closing *c, struct err *e);
/* The closed records that the asker is listed on and in which this person is, as the agencies' links were when they were closed; each asked for by itself, and recorded. The permit that stood is replaced. */
enum err_code people_closed(struct asking *q, enum access_action action, uint64_t person, struct intake_record_view **ret, size_t *ret_n, struct err *e);

/* ---- destruction ---- */

struct people_destruction {
    int64_t id;
    struct person_id person;
    int64_t at_ms;
    struct str by, why;
    uint64_t mentions, rows; /* keys that are gone: of mentions (every version), of rows' own texts */
    uint64_t entries;        /* lines of the list, where one was read */
};
/* Destroys the keys of all mentions of a person, of every former version of them, of rows that describe nobody else, and of the reasons of decisions on them: nobody can open them again,
 * here or in a backup made later. One transaction; the person's memberships end with it. First each is added to the list in `list_path` (vault_list_path). The caller runs
 * flow_update. ERR_NOT_FOUND: no such person. docs/vault.md: what stays. */
enum err_code people_destroy_keys(struct store *s, const struct vault *v, const char *list_path, struct str person, struct str by, struct str why,
                                  struct people_destruction *ret, struct err *e);
/* After an old backup was put back (`haven restore`), or when a kill came between list and commit: destroys again what the list names and what is still (again) here. Harmless
 * to repeat. ret->mentions 0: nothing was there. The caller runs flow_update. */
enum err_code people_destroy_again(struct store *s, const struct vault *v, const char *list_path, struct people_destruction *ret, struct err *e);
/* How many mentions the list names as destroyed and are here all the same: an old backup was put back, or a kill came in between. */
enum err_code people_destroyed_here(struct store *s, const struct vault *v, const char *list_path, uint64_t *ret, struct err *e);
/* With reasons only under a grant that shows narratives; else `why` is empty. */
enum err_code people_destructions(struct store *s, const struct vault *v, bool with_reasons, struct arena *a, struct people_destruction **ret, size_t *ret_n, struct err *e);

/* This room's columns of wrapped keys. */
extern const struct vault_wrapped_column people_wrapped[];

/* Clerical review: pairs of persons that are nearly one, or that a veto or a record keeps apart; those that fell apart at a re-link first, then by falling weight. */
struct band_pair {
    uint64_t a, b;      /* the mentions that are most alike */
    double weight;
    int64_t fell_at_ms; /* 0: they never were one person */
};
enum err_code people_band(struct store *s, size_t max, struct arena *a, struct band_pair **ret, size_t *ret_n, struct err *e);

/* ---- chronology and ties ---- */
struct chronology_line {
    struct instant when;   /* occurred, else recorded */
    struct instant recorded;
    int64_t row;
    uint64_t event_key;
    enum event_kind kind;
    enum role role;        /* of this person there */
    struct row_text text;
};
/* In date order; every line with its source. */
enum err_code people_chronology(struct store *s, const struct vault *v, const int64_t *mentions, size_t n, struct arena *a,
                                struct chronology_line **ret, size_t *ret_n, struct err *e);

enum tie_kind { TIE_UNKNOWN, TIE_STATED, TIE_SHARED_ADDRESS, TIE_SHARED_PHONE, TIE_SHARED_CHILD, TIE_SHARED_EVENT };
struct tie {
    uint32_t a, b; /* person numbers of a people_map, a < b except for stated directed ones */
    enum tie_kind kind;
    enum relation relation; /* stated: a is `relation` of b */
    bool former;            /* stated as former, or a later statement says former */
    struct instant first, last;
    uint32_t n_sources;
};
/* What can be told without opening anything, between all persons: stated relations, and for persons that occur together as victim and suspect also shared events and shared children. By a, b, kind, relation. */
enum err_code people_ties(struct store *s, const struct people_map *m, struct arena *a, struct tie **ret, size_t *ret_n, struct err *e);
/* All ties of one person, with shared addresses and telephones too (found by blind indexes). */
enum err_code people_ties_of(struct store *s, const struct vault *v, const struct people_map *m, uint32_t person, struct arena *a,
                             struct tie **ret, size_t *ret_n, struct err *e);
/* The pure core of both. */
struct tie_facts {
    const struct relation_stated *relations;
    const struct instant *relation_at; /* beside them: when its event was */
    size_t n_relations;
    const struct event *events;
    size_t n_events;
};
enum err_code ties_derive(const struct tie_facts *f, const struct people_map *m, uint32_t only_person, struct arena *a, struct tie **ret,
                          size_t *ret_n, struct err *e);

#endif
