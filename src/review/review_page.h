/* review_page.h: the review room's pages: the queue and one case. For the route table, and what the two templates show.
 *
 * The domain's view structs (review.h) hold instants, flags and indexes; here they become words, links and an order of reading. */
#ifndef HAVEN_REVIEW_REVIEW_PAGE_H
#define HAVEN_REVIEW_REVIEW_PAGE_H

#include "page/page.h"
#include "review/review.h"

/* GET /review?rule=R1&page=2 */
enum err_code review_page_queue(struct req *r, struct reply *ret, struct err *e);
/* GET /review/{id} */
enum err_code review_page_case(struct req *r, struct reply *ret, struct err *e);

/* ---- words that both pages use ---- */

/* "course-of-conduct" to "Course of conduct", and "damage" to "Damage". STR_NONE when the arena is full (the page then does not fit either). */
struct str review_page_title(struct arena *a, struct str name);
struct str review_page_capital(struct arena *a, struct str text);
/* "1 occasion", "1,200 occasions": with the plural's s. */
struct str review_page_count(struct arena *a, uint64_t n, const char *one);

/* What both pages show as tags. */
struct review_page_flags { bool any, overdue, breach, custody_contact, threat, misrecorded; };
struct review_page_flags review_page_flags_of(const struct review_case_line *line);

/* ---- review_queue.html ---- */

struct review_queue_option { struct str value, text; bool selected; };
struct review_queue_reason { struct str id, title, words; };
struct review_queue_item {
    struct str case_id, victim, suspect;
    struct url href;
    bool suspect_known;
    struct review_page_flags flags;
    struct str due; /* "26 November 2026"; empty: no clock */
    struct str newest, occasions, agencies;
    const struct review_queue_reason *reasons;
    size_t n_reasons;
};
struct review_queue_page {
    struct str count;  /* "37 cases need a person to look at them" */
    struct str filter; /* title of the rule shown; empty: all */
    const struct review_queue_option *options;
    size_t n_options;
    int64_t first; /* number of the first case on this page */
    const struct review_queue_item *items;
    size_t n_items;
    struct page_pagination pagination;
};

/* ---- review_case.html ---- */

struct review_case_person {
    struct str role, name; /* "Victim", "Suspect" */
    bool known;
    struct page_summary_list facts;
};
struct review_case_evidence {
    struct str when, behaviour, recorded_as, agency, feed, source_id;
    struct page_tag assertion;
    int64_t line; /* number in the history; 0: not there */
};
struct review_case_reason {
    struct str id, title, words, source, n_words; /* n_words: "3 pieces of evidence" */
    const struct review_case_evidence *first, *more; /* more: behind "Show ... more" */
    size_t n_first, n_more;
};
struct review_case_order {
    struct str type, conditions, dates, source;
    bool in_force;
};
struct review_case_entry {
    struct str when, recorded, kind, recorded_as, narrative, agency, feed, source_id, occasion, about;
    struct page_tag assertion;
    bool about_victim, about_suspect, about_both, opinion;
};
struct review_case_page {
    struct str case_id, heading, relation, danger_to_staff;
    struct str ask; /* agencies that hold something of which no more may be shown */
    struct str occasions, newest, due;
    struct review_page_flags flags;
    struct review_case_person victim, suspect;
    const struct review_case_reason *reasons;
    size_t n_reasons;
    const struct review_case_order *orders;
    size_t n_orders;
    const struct review_case_entry *lines;
    size_t n_lines;
};

#endif
