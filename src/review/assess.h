/* assess.h: one case file, read, judged and written: the same core as the hub's, on a few records. Stages: assess_read.c, assess_people.c, assess_judge.c, assess.c (writes). */
#ifndef HAVEN_REVIEW_ASSESS_H
#define HAVEN_REVIEW_ASSESS_H

#include "review/core.h"

#define LIMIT_CASE_RECORDS ((size_t)2000)
#define LIMIT_CASE_PEOPLE ((size_t)4000) /* over all records of a case file: each pair of them is compared */

struct case_record {
    struct str source_id, recorded_as, narrative;
    size_t first_mention, n_mentions;
    bool civil_order; /* the flag names an injunction, an undertaking or an occupation order */
    bool order_flag, bail_flag, licence_flag; /* flags "order_in_force:…", "bail_conditions", "licence_conditions" */
};

struct case_file {
    struct str id;
    struct case_record *records; /* by time of recording, then source id: order in the file does not matter */
    struct event *events;        /* beside them */
    struct coding *codings;      /* beside them */
    size_t n;
    struct mention *mentions; /* id is 1 + index */
    size_t n_mentions;
    uint32_t *person_of; /* by mention */
    struct people_map map;
};

enum err_code case_read(struct arena *a, struct str json, const struct phrases *phrases, struct case_file *ret, struct err *e);
/* Who is who within one case. */
enum err_code case_people(const struct link_model *m, struct case_file *c, struct arena *a, struct err *e);
/* The event kind of an agency's own words. */
enum event_kind kind_of_words(enum agency_kind agency, struct str recorded_as);

enum judgement { JUDGED_NO, JUDGED_POSSIBLE, JUDGED_YES };
struct judged {
    enum judgement stalking;
    ptrdiff_t course_met, escalation_at; /* records; -1: none */
    bool custody_contact, right_to_know;
    const char *order_indicated;
    bool *fixated, *obsessive, *unwanted, *repeated, *misrecorded, *breach_of_order, *breach_of_bail; /* by record */
    uint32_t *same; /* by record: number of its group, NOBODY alone */
    uint32_t n_same;
};
enum err_code case_judge(const struct case_file *c, struct arena *a, struct judged *ret, struct err *e);

#endif
