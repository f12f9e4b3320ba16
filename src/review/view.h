/* view.h (private to review): what queue.c and show.c share. */
#ifndef HAVEN_REVIEW_VIEW_H
#define HAVEN_REVIEW_VIEW_H

#include "review/update.h"

#define REVIEW_CLOCK_DAYS 60 /* a clock is shown when it runs out within so many days (domain: alerts at 60, 30 and 7 days) */

struct clock_window {
    int64_t now_ms, horizon_ms;
};
struct clock_window review_clock_window(void);

struct str case_id_format(struct arena *a, uint64_t key);
bool case_id_parse(struct str s, uint64_t *ret); /* false when s is no case id */
/* The case that is meant: one that has another id now, because the persons it is about have, is found by a former id. ret_people: keys of victim and suspect (0: not known). ERR_NOT_FOUND. */
enum err_code review_case_present(struct store *s, uint64_t asked, uint64_t *ret, uint64_t ret_people[2], struct err *e);
/* The columns that review_queue and review_case_by_id begin with. ret_people: keys of victim and suspect (0: not known). */
enum err_code case_line_read(const struct store_cursor *c, struct arena *a, struct review_case_line *ret, uint64_t ret_people[2], struct err *e);
/* A line as far as the grant lets it be known: only rules that rest on something shown; and when some of the evidence may not be known (*ret_partial), only what the rest says by itself: flags of those
 * rules, occasions, agencies and newest of what is shown. */
enum err_code case_line_narrow(struct store *s, int64_t key, struct arena *a, struct review_case_line *line, bool *ret_partial, struct err *e);
enum err_code case_people_open(struct store *s, const struct vault *v, const uint64_t people[2], struct arena *a, struct review_case_line *line, struct person_view *ret_victim,
                               struct person_view *ret_suspect, struct err *e);

#endif
