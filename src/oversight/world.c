/* world.c: looks up who is who and turns accesses and pairs into bits (world.h). */
#include "oversight/world.h"

#include <stdlib.h>

/* ---- keys ---- */

#define FIND(order, n, array, field, key, none)                                    \
    size_t lo = 0, hi = (n);                                                       \
    while (lo < hi) {                                                              \
        size_t mid = lo + (hi - lo) / 2;                                           \
        if ((array)[(order)[mid]].field < (key))                                   \
            lo = mid + 1;                                                          \
        else                                                                       \
            hi = mid;                                                              \
    }                                                                              \
    return lo < (n) && (array)[(order)[lo]].field == (key) ? (order)[lo] : (none)

uint32_t world_staff(const struct world *w, uint64_t user)
{
    FIND(w->staff_by_user, w->src->n_staff, w->src->staff, user, user, NO_STAFF);
}

uint32_t world_subject(const struct world *w, uint64_t person)
{
    FIND(w->subject_by_person, w->src->n_subjects, w->src->subjects, person, person, (uint32_t)w->src->n_subjects);
}

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for the insider rules' view of staff and persons"); }

static enum err_code index_keys(struct world *w, struct err *e)
{
    size_t n = w->src->n_staff > w->src->n_subjects ? w->src->n_staff : w->src->n_subjects;
    uint64_t *keys = ARENA_NEW(w->a, uint64_t, n + 1);
    if (!keys)
        return no_memory(e);
    for (size_t i = 0; i < w->src->n_staff; i++)
        keys[i] = w->src->staff[i].user;
    ERR_TRY(order_keys(w->a, keys, w->src->n_staff, &w->staff_by_user, e));
    for (size_t i = 0; i < w->src->n_subjects; i++)
        keys[i] = w->src->subjects[i].person;
    return order_keys(w->a, keys, w->src->n_subjects, &w->subject_by_person, e);
}

/* ---- who of the persons is staff, and who is linked ---- */

static uint64_t fact_of(const struct oversight_fact *f, size_t n, enum oversight_fact_kind kind)
{
    for (size_t i = 0; i < n; i++)
        if (f[i].kind == kind && !f[i].kin)
            return f[i].blind;
    return 0;
}

static enum err_code find_colleagues(struct world *w, struct err *e)
{
    const struct oversight_source *src = w->src;
    uint64_t *names = ARENA_NEW(w->a, uint64_t, src->n_staff + 1);
    const uint32_t *order;
    w->staff_of_subject = ARENA_NEW(w->a, uint32_t, src->n_subjects + 1);
    w->subject_of_staff = ARENA_NEW(w->a, uint32_t, src->n_staff + 1);
    if (!names || !w->staff_of_subject || !w->subject_of_staff)
        return no_memory(e);
    for (size_t i = 0; i < src->n_staff; i++)
        names[i] = fact_of(src->staff[i].facts, src->staff[i].n_facts, OVERSIGHT_NAME_BORN);
    ERR_TRY(order_keys(w->a, names, src->n_staff, &order, e));
    for (size_t i = 0; i <= src->n_subjects; i++)
        w->staff_of_subject[i] = NO_STAFF;
    for (size_t i = 0; i < src->n_subjects; i++)
        for (size_t k = 0; k < src->subjects[i].n_facts; k++) {
            const struct oversight_fact *f = &src->subjects[i].facts[k];
            size_t lo = 0, hi = src->n_staff;
            while (f->kind == OVERSIGHT_NAME_BORN && lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                if (names[order[mid]] < f->blind)
                    lo = mid + 1;
                else
                    hi = mid;
            }
            if (f->kind == OVERSIGHT_NAME_BORN && lo < src->n_staff && names[order[lo]] == f->blind)
                w->staff_of_subject[i] = order[lo];
        }
    for (size_t i = 0; i < src->n_staff; i++) {
        uint32_t s = src->staff[i].person ? world_subject(w, src->staff[i].person) : (uint32_t)src->n_subjects;
        w->subject_of_staff[i] = s;
        if (s < src->n_subjects)
            w->staff_of_subject[s] = (uint32_t)i;
    }
    return ERR_OK;
}

static enum err_code resolve_links(struct world *w, struct err *e)
{
    const struct oversight_source *src = w->src;
    size_t total = 0;
    w->first_link = ARENA_NEW(w->a, uint32_t, src->n_subjects + 1);
    for (size_t i = 0; i < src->n_subjects; i++)
        total += src->subjects[i].n_links;
    w->linked = ARENA_NEW(w->a, uint32_t, total + 1);
    if (!w->first_link || !w->linked)
        return no_memory(e);
    for (size_t i = 0, at = 0; i < src->n_subjects; i++) {
        w->first_link[i] = (uint32_t)at;
        for (size_t k = 0; k < src->subjects[i].n_links; k++)
            w->linked[at++] = world_subject(w, src->subjects[i].links[k].person);
    }
    return ERR_OK;
}

/* ---- what is known of an access ---- */

const struct oversight_post *world_post(const struct oversight_staff *s, int64_t at_ms)
{
    for (size_t i = 0; i < s->n_posts; i++)
        if (s->posts[i].when.from_ms <= at_ms && at_ms < s->posts[i].when.to_ms)
            return &s->posts[i];
    return NULL;
}

static bool within(const struct oversight_span *v, size_t n, int64_t at_ms, int64_t margin_ms)
{
    size_t lo = 0, hi = n; /* first span that ends after at - margin */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v[mid].to_ms + margin_ms <= at_ms)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && v[lo].from_ms - margin_ms <= at_ms;
}

static bool off_duty(const struct world *w, const struct oversight_staff *s, int64_t at_ms)
{
    int64_t margin = w->limits->R7_margin_hours * HOUR_MS;
    if (within(s->shifts, s->n_shifts, at_ms, margin))
        return false; /* a shift was swapped into the leave, or is about to begin */
    return s->n_shifts > 0 || within(s->leave, s->n_leave, at_ms, 0);
}

/* `below` is in the line under `above`, at most three steps. */
static bool in_line(const struct world *w, uint64_t above, uint64_t below)
{
    for (int steps = 0; steps < 3 && below; steps++) {
        uint32_t s = world_staff(w, below);
        if (s == NO_STAFF)
            return false;
        below = w->src->staff[s].manager;
        if (below == above)
            return true;
    }
    return false;
}

static bool covers(struct oversight_span when, int64_t at_ms, int64_t margin_ms)
{
    return at_ms >= when.from_ms - margin_ms && (when.to_ms == INT64_MAX || at_ms < when.to_ms + margin_ms);
}

/* Whose work a row is for this user in this post, if it is known and near enough in time. */
static unsigned flags_of_work(const struct world *w, const struct oversight_work *k, const struct oversight_staff *me, const struct oversight_post *post,
                              int64_t at_ms, int64_t known_ms)
{
    int64_t margin = (k->kind == OVERSIGHT_CALL ? w->limits->all_call_days : w->limits->all_work_days) * MS_PER_DAY;
    if (k->recorded_ms > known_ms)
        return 0;
    bool mine = k->user == me->user, here = k->unit == post->unit;
    if (mine && !here && at_ms >= post->when.from_ms && at_ms - post->when.from_ms >= w->limits->all_handover_days * MS_PER_DAY)
        return SEEN_OLD_POST; /* the case went to somebody else with the post */
    if (mine && k->kind != OVERSIGHT_CALL && k->when.to_ms != INT64_MAX && at_ms >= k->when.to_ms + margin && at_ms < k->when.to_ms + w->limits->R13_closed_days * MS_PER_DAY)
        return SEEN_CLOSED;
    if (!covers(k->when, at_ms, margin))
        return 0;
    if (mine)
        return k->kind == OVERSIGHT_CALL ? SEEN_CALL : SEEN_OWN;
    if (here || (k->user && in_line(w, me->user, k->user)))
        return k->kind == OVERSIGHT_CALL ? 0 : SEEN_UNIT; /* a colleague's call is no reason to look */
    return 0;
}

static unsigned flags_on(const struct world *w, uint32_t subject, const struct oversight_staff *me, const struct oversight_post *post, int64_t at_ms, int64_t known_ms)
{
    const struct oversight_subject *s = &w->src->subjects[subject];
    unsigned flags = 0;
    for (size_t i = 0; i < s->n_work; i++)
        flags |= flags_of_work(w, &s->work[i], me, post, at_ms, known_ms);
    return flags;
}

static unsigned flags_of(const struct world *w, uint32_t i)
{
    const struct oversight_access *a = &w->src->accesses[i];
    const struct oversight_staff *me = &w->src->staff[w->staff[i]];
    const struct oversight_post *post = world_post(me, a->at_ms);
    unsigned flags = w->flags[i]; /* SEEN_WAITS is known */
    flags |= off_duty(w, me, a->at_ms) ? SEEN_OFF : 0;
    flags |= a->groups || a->operation >= OVERSIGHT_EDIT ? SEEN_READ : 0;
    flags |= me->left_ms != INT64_MAX && a->at_ms >= me->left_ms + w->limits->R16_left_days * MS_PER_DAY ? SEEN_LEFT : 0;
    if (!post || w->subject[i] >= w->src->n_subjects)
        return flags;
    int64_t known = world_due(w, i);
    flags |= post->desk ? SEEN_DESK : 0;
    flags |= post->records ? SEEN_RECORDS : 0;
    flags |= flags_on(w, w->subject[i], me, post, a->at_ms, known);
    for (size_t k = 0; !(flags & (SEEN_OWN | SEEN_UNIT | SEEN_CALL)) && k < w->src->subjects[w->subject[i]].n_links; k++) {
        uint32_t other = w->linked[w->first_link[w->subject[i]] + k];
        if (other < w->src->n_subjects && flags_on(w, other, me, post, a->at_ms, known) & (SEEN_OWN | SEEN_UNIT))
            flags |= SEEN_NEAR;
    }
    return flags;
}

int64_t world_due(const struct world *w, uint32_t access)
{
    return w->src->accesses[access].at_ms + (w->flags[access] & SEEN_WAITS ? w->limits->all_settle_days * MS_PER_DAY : 0);
}

/* ---- cases and logs by number ---- */

static int cmp_numbered(const void *x, const void *y)
{
    const struct numbered *a = x, *b = y;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    return a->recorded_ms < b->recorded_ms ? -1 : a->recorded_ms > b->recorded_ms;
}

static enum err_code index_numbers(struct world *w, struct err *e)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < w->src->n_subjects; i++)
        total += w->src->subjects[i].n_work;
    struct numbered *v = ARENA_NEW(w->a, struct numbered, total + 1);
    if (!v)
        return no_memory(e);
    for (size_t i = 0; i < w->src->n_subjects; i++)
        for (size_t k = 0; k < w->src->subjects[i].n_work; k++)
            if (w->src->subjects[i].work[k].number)
                v[n++] = (struct numbered){w->src->subjects[i].work[k].number, (uint32_t)i, w->src->subjects[i].work[k].recorded_ms};
    qsort(v, n, sizeof *v, cmp_numbered);
    w->numbers = v;
    w->n_numbers = n;
    return ERR_OK;
}

/* False only when the number is known, and known to be about others: not this person, nor anybody linked. Then there is no paper to wait for. */
static bool may_be_about(const struct world *w, uint64_t number, uint32_t subject, int64_t at_ms)
{
    size_t lo = 0, hi = w->n_numbers;
    bool known = false;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (w->numbers[mid].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < w->n_numbers && w->numbers[lo].number == number; lo++) {
        if (w->numbers[lo].subject == subject)
            return true;
        known |= w->numbers[lo].recorded_ms <= at_ms;
        for (size_t k = 0; subject < w->src->n_subjects && k < w->src->subjects[subject].n_links; k++)
            if (w->linked[w->first_link[subject] + k] == w->numbers[lo].subject)
                return true;
    }
    return !known;
}

/* ---- all of it ---- */

static enum err_code look_up(struct world *w, struct err *e)
{
    size_t n = w->src->n_accesses;
    w->staff = ARENA_NEW(w->a, uint32_t, n + 1);
    w->subject = ARENA_NEW(w->a, uint32_t, n + 1);
    w->flags = ARENA_NEW(w->a, uint16_t, n + 1);
    w->day = ARENA_NEW(w->a, int32_t, n + 1);
    if (!w->staff || !w->subject || !w->flags || !w->day)
        return err_set(e, ERR_NO_MEMORY, "no memory for %zu accesses", n);
    for (size_t i = 0; i < n; i++) {
        const struct oversight_access *a = &w->src->accesses[i];
        w->staff[i] = world_staff(w, a->user);
        w->subject[i] = a->subject ? world_subject(w, a->subject) : (uint32_t)w->src->n_subjects;
        w->day[i] = instant_day((struct instant){a->at_ms, PRECISION_SECOND});
        w->flags[i] = a->basis && may_be_about(w, a->basis, w->subject[i], a->at_ms) ? SEEN_WAITS : 0;
    }
    return ERR_OK;
}

enum err_code world_make(struct world *w, const struct oversight_source *src, const struct oversight_limits *limits, struct oversight_period period,
                         struct arena *a, struct err *e)
{
    *w = (struct world){.src = src, .limits = limits, .period = period, .a = a};
    buf_init(&w->hits, LIMIT_OVERSIGHT_HITS_BYTES);
    if (src->n_accesses > LIMIT_OVERSIGHT_ACCESSES)
        return err_set(e, ERR_LIMIT, "%zu accesses are more than the %zu of one run: take a shorter period", src->n_accesses, LIMIT_OVERSIGHT_ACCESSES);
    ERR_TRY(index_keys(w, e));
    ERR_TRY(find_colleagues(w, e));
    ERR_TRY(resolve_links(w, e));
    ERR_TRY(index_numbers(w, e));
    ERR_TRY(look_up(w, e));
    ERR_TRY(order_all(w, e));
    for (size_t i = 0; i < w->n; i++)
        w->flags[w->by_pair[i]] = (uint16_t)flags_of(w, w->by_pair[i]);
    return ERR_OK;
}

/* ---- hits ---- */

/* Months since January 1970 of a London day. */
int32_t month_of_day(int32_t day)
{
    struct civil c = civil_of_day(day);
    return (c.year - 1970) * 12 + c.month - 1;
}

static void hit(struct world *w, struct hit h, int64_t due_ms)
{
    h.due_ms = due_ms;
    if (due_ms >= w->period.from_ms && due_ms < w->period.to_ms)
        (void)buf_add(&w->hits, &h, sizeof h); /* checked when they are gathered */
}

void world_hit(struct world *w, enum oversight_rule_number rule, uint32_t owner, uint32_t evidence, int64_t due_ms)
{
    hit(w, (struct hit){w->staff[owner], w->subject[owner], month_of_day(w->day[owner]), rule, evidence, NO_STAFF, 0}, due_ms);
}

void world_hit_user(struct world *w, enum oversight_rule_number rule, uint32_t owner, uint32_t evidence, int64_t due_ms)
{
    hit(w, (struct hit){w->staff[owner], (uint32_t)w->src->n_subjects, month_of_day(w->day[owner]), rule, evidence, NO_STAFF, 0}, due_ms);
}

void world_hit_shared(struct world *w, uint32_t owner, uint32_t other_staff, int64_t due_ms)
{
    hit(w, (struct hit){w->staff[owner], w->subject[owner], month_of_day(w->day[owner]), OVERSIGHT_RULE_shared_device, owner, other_staff, 0}, due_ms);
}
