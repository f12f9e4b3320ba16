/* rules.c: the nineteen rules, in the order of their numbers: the table, then a function for each (R10, which counts days, is in volume.c).
 *
 * "Work" is what was recorded when the access had settled (world.h): the user's own, a logged call, the unit's, or work on somebody linked to the person.
 * A rule on a tie that leaves no doubt (own record, shared home, next of kin's telephone, a link in a record) holds with work too: that is a conflict of
 * interest to be told; the others hold without work only, because among two million look-ups chance makes every tie. */
#include "oversight/world.h"

#define REFERENCE_HEALTH "access monitoring of hospitals: "
const struct oversight_rule oversight_rules[OVERSIGHT_N_RULES] = {
    {"R1", "self", "own record", "the person is the user (name and birth, the hub's person, or two of telephone, e-mail, vehicle), or the user's own particulars were searched for; with or without work",
     REFERENCE_HEALTH "self; PSNI: own case; West Mercia: own number", "staff list", "Looked at their own record, or searched for their own particulars"},
    {"R2", "surname", "same surname", "same surname, more than the head of the record seen, no work", REFERENCE_HEALTH "same surname", "staff list", "Looked at somebody of the same surname without recorded work"},
    {"R3", "address", "same address", "both live there now, with or without work; a former address of either, without work", REFERENCE_HEALTH "household; Leicestershire: former partner", "staff list (home)",
     "Looked at somebody of the same or a former address"},
    {"R4", "contact", "own or next of kin's telephone or e-mail", "a current one of the person's, with or without work; a former one, without work; or the next of kin's was searched for", "West Mercia: wife's and son's numbers",
     "staff list (next of kin)", "Looked at somebody who shares a telephone or e-mail with the user or their next of kin"},
    {"R5", "colleague", "a colleague's record", "the person is staff, more than the head seen, no work", REFERENCE_HEALTH "co-worker; PSNI: a colleague's case", "staff list", "Looked at a colleague's record without recorded work"},
    {"R6", "no-work", "no work within 30 days", "not at a desk; more than the head seen on two days within 30; no work of the user, the unit or on somebody linked, 30 days before or after", "emergency access practice: treatment team or encounter within 30 days",
     "tasks, referrals, case roles", "Read a record repeatedly without recorded work"},
    {"R7", "off-duty", "off shift or on leave", "more than three hours from every shift, or on leave; no work; hours known", "Met: off duty", "roster", "Looked at a record off duty without recorded work"},
    {"R8", "variants", "searched again and again, never opened", "three searches for one person within 14 days, not opened, no work: with two spellings on two days, or with three", "searches leave less trace than opening", "searches with their first hit",
     "Searched for one person in several spellings without opening the record"},
    {"R9", "repeated", "repeated views without a note", "opened on three days within 30, no note by the user, no work", "Lincolnshire: four people on 134 days", "tasks, notes", "Opened a record on several days without a note or recorded work"},
    {"R10", "volume", "many people in one day", "eight people without work in a day, and more than three times the user's median day and the 99th percentile of the role's days", REFERENCE_HEALTH "volume", "30 days of accesses",
     "Looked at unusually many people without recorded work in one day"},
    {"R11", "outlier", "nobody else of the unit", "read on two days within 30; no other of the same role and unit opened it in 180 days; no work", REFERENCE_HEALTH "peer outlier", "180 days of accesses",
     "Read a record that nobody else of the unit has opened, without recorded work"},
    {"R12", "newsworthy", "a record in the news", "read while the person is marked newsworthy or units work on an incident about them, or four users without work in 21 days; no work", "Met: 104 people on one file", "newsworthy marks", "Read a record in the public eye without recorded work"},
    {"R13", "after-close", "after the case, after a warning", "own work on the person ended more than 30 days before, none since; or, within a year of a written warning, several people without work within 30 days", "Merseyside: more than 50 checks after a warning",
     "cases, warnings", "Looked at people without recorded work, after the case had ended or after a warning"},
    {"R14", "linked", "linked to the person", "a record links the user to the person, with or without work; or to an associate whose victim or suspect the person is, without work", "Lincolnshire: told a suspect's circle", "staff known as persons",
     "Looked at somebody to whom a record links the user"},
    {"R15", "address-out", "contact details taken out", "printed or exported with contact details, no work", "ICO 2023: addresses that reached abusers", "operations", "Printed or exported contact details without recorded work"},
    {"R16", "moved-on", "after leaving or changing post", "an account used after its owner's last day; or a former post's case more than 28 days after the change, no work since", "leavers and movers", "posts, leaving dates",
     "Used the account after leaving, or looked at a case of a former post"},
    {"R17", "shared-device", "two accounts on one device", "within 15 minutes another account before and after on the same device, while the owner is off duty", "password sharing", "device, roster", "The account was used, while its owner was off duty, between two uses of another account on the same device"},
    {"R18", "marker", "a marker changed", "a warning marker changed, no work; in a post that keeps records also no reason given, off duty, or a tie", "insider who removes a warning", "operations", "Changed a marker without recorded work"},
    {"R19", "audited", "an audited record", "opened, edited, printed or exported somebody of whom a record is of level audited; with or without work", "docs/access.md: level audited", "levels of records", "Opened somebody of whom an agency keeps an audited record"},
};

/* ---- what the rules share ---- */

#define MOST_BACK 500 /* accesses that a rule looks back over, whatever its window */

struct pair {
    const uint32_t *v; /* accesses of one user to one person, by time */
    size_t n;
    unsigned ties;
};
typedef bool test(const struct world *w, uint32_t access);

static const struct oversight_access *at(const struct world *w, uint32_t i) { return &w->src->accesses[i]; }
static bool no_work(const struct world *w, uint32_t i) { return !(w->flags[i] & SEEN_WORK); }
static bool read_without(const struct world *w, uint32_t i) { return no_work(w, i) && w->flags[i] & SEEN_READ; }
static bool any(const struct world *w, uint32_t i) { return (void)w, (void)i, true; }

static void each(struct world *w, const struct pair *p, enum oversight_rule_number rule, test *t)
{
    for (size_t i = 0; i < p->n; i++)
        if (t(w, p->v[i]))
            world_hit(w, rule, p->v[i], p->v[i], world_due(w, p->v[i]));
}

/* First of v[0..i] within `days` before v[i], at most MOST_BACK back. */
static size_t back(const struct world *w, const uint32_t *v, size_t i, int64_t days)
{
    size_t k = i;
    while (k > 0 && i - k < MOST_BACK && at(w, v[i])->at_ms - at(w, v[k - 1])->at_ms < days * MS_PER_DAY)
        k--;
    return k;
}

static int64_t days_where(const struct world *w, const uint32_t *v, size_t from, size_t to, test *t)
{
    int64_t n = 0;
    int32_t last = DAY_UNKNOWN;
    for (size_t k = from; k <= to; k++)
        if (t(w, v[k]) && w->day[v[k]] != last) {
            n++;
            last = w->day[v[k]];
        }
    return n;
}

/* All of v[from..to] for which t holds, in the alert of the last; due when the last of them is. */
static void all_of(struct world *w, enum oversight_rule_number rule, const uint32_t *v, size_t from, size_t to, test *t)
{
    int64_t due = INT64_MIN;
    for (size_t k = from; k <= to; k++)
        if (t(w, v[k]) && world_due(w, v[k]) > due)
            due = world_due(w, v[k]);
    for (size_t k = from; k <= to; k++)
        if (t(w, v[k]))
            world_hit(w, rule, v[to], v[k], due);
}

/* t on so many days within the window. */
static void on_days(struct world *w, const struct pair *p, enum oversight_rule_number rule, int64_t days, int64_t window, test *t,
                    bool (*also)(const struct world *, const struct pair *, size_t from, size_t to))
{
    for (size_t i = 0; i < p->n; i++) {
        if (!t(w, p->v[i]))
            continue;
        size_t from = back(w, p->v, i, window);
        if (days_where(w, p->v, from, i, t) >= days && (!also || also(w, p, from, i)))
            all_of(w, rule, p->v, from, i, t);
    }
}

/* ---- R1 to R9 ---- */

static bool sought_self(const struct world *w, uint32_t i) { return world_sought_own(w, i, false); }
static void r1_self(struct world *w, const struct pair *p) { each(w, p, OVERSIGHT_RULE_self, p->ties & TIE_SELF ? any : sought_self); }

static void r2_surname(struct world *w, const struct pair *p)
{
    if (p->ties & TIE_SURNAME)
        each(w, p, OVERSIGHT_RULE_surname, read_without);
}

static void r3_address(struct world *w, const struct pair *p)
{
    if (p->ties & (TIE_ADDRESS | TIE_ADDRESS_FORMER))
        each(w, p, OVERSIGHT_RULE_address, p->ties & TIE_ADDRESS ? any : no_work);
}

static bool sought_kin(const struct world *w, uint32_t i) { return world_sought_own(w, i, true); }
static void r4_contact(struct world *w, const struct pair *p)
{
    each(w, p, OVERSIGHT_RULE_contact, p->ties & TIE_CONTACT ? any : sought_kin);
    if (!(p->ties & TIE_CONTACT) && p->ties & TIE_CONTACT_FORMER)
        each(w, p, OVERSIGHT_RULE_contact, no_work);
}

static void r5_colleague(struct world *w, const struct pair *p)
{
    if (p->ties & TIE_COLLEAGUE)
        each(w, p, OVERSIGHT_RULE_colleague, read_without);
}

static bool read_not_at_desk(const struct world *w, uint32_t i) { return read_without(w, i) && !(w->flags[i] & SEEN_DESK); }
static void r6_no_work(struct world *w, const struct pair *p)
{
    on_days(w, p, OVERSIGHT_RULE_no_work, w->limits->R6_days, w->limits->R6_window_days, read_not_at_desk, NULL);
}

static bool off_without(const struct world *w, uint32_t i) { return no_work(w, i) && w->flags[i] & SEEN_OFF; }
static void r7_off_duty(struct world *w, const struct pair *p) { each(w, p, OVERSIGHT_RULE_off_duty, off_without); }

static bool search_without(const struct world *w, uint32_t i) { return at(w, i)->operation == OVERSIGHT_SEARCH && no_work(w, i); }
static bool spellings(const struct world *w, const struct pair *p, size_t from, size_t to)
{
    int64_t searches = 0, terms = 0;
    for (size_t k = from; k <= to; k++) {
        bool again = false;
        if (at(w, p->v[k])->operation != OVERSIGHT_SEARCH)
            return false; /* opened, or more */
        searches++;
        for (size_t j = from; j < k && !again; j++)
            again = at(w, p->v[j])->terms == at(w, p->v[k])->terms;
        terms += !again;
    }
    bool days = days_where(w, p->v, from, to, search_without) >= w->limits->R8_days;
    return searches >= w->limits->R8_searches && terms >= (days ? w->limits->R8_terms : w->limits->R8_terms_one_day);
}
static void r8_variants(struct world *w, const struct pair *p)
{
    if (w->subject[p->v[0]] < w->src->n_subjects)
        on_days(w, p, OVERSIGHT_RULE_variants, 1, w->limits->R8_window_days, search_without, spellings);
}

static bool opened_without(const struct world *w, uint32_t i) { return no_work(w, i) && at(w, i)->operation != OVERSIGHT_SEARCH; }
static bool no_note(const struct world *w, const struct pair *p, size_t from, size_t to)
{
    for (size_t k = from; k <= to; k++)
        if (at(w, p->v[k])->operation == OVERSIGHT_NOTE || at(w, p->v[k])->operation == OVERSIGHT_EDIT)
            return false;
    return true;
}
static void r9_repeated(struct world *w, const struct pair *p)
{
    on_days(w, p, OVERSIGHT_RULE_repeated, w->limits->R9_days, w->limits->R9_window_days, opened_without, no_note);
}

/* ---- R11, R12 ---- */

/* Nobody else of the role and unit opened it in the time before; the person's accesses are by_subject[...] by time. */
static bool alone(const struct world *w, const struct pair *p, size_t from, size_t to)
{
    (void)from;
    uint32_t last = p->v[to], subject = w->subject[last];
    const struct oversight_post *mine = world_post(&w->src->staff[w->staff[last]], at(w, last)->at_ms);
    size_t lo = 0, hi = w->n;
    int64_t since = at(w, last)->at_ms - w->limits->R11_alone_days * MS_PER_DAY;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t a = w->by_subject[mid];
        if (w->subject[a] < subject || (w->subject[a] == subject && at(w, a)->at_ms < since))
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; mine && lo < w->n && w->subject[w->by_subject[lo]] == subject && at(w, w->by_subject[lo])->at_ms <= at(w, last)->at_ms; lo++) {
        uint32_t a = w->by_subject[lo];
        const struct oversight_post *post = w->staff[a] == w->staff[last] ? NULL : world_post(&w->src->staff[w->staff[a]], at(w, a)->at_ms);
        if (post && post->unit == mine->unit && post->role == mine->role && at(w, a)->operation != OVERSIGHT_SEARCH)
            return false;
    }
    return mine != NULL;
}

static void r11_outlier(struct world *w, const struct pair *p)
{
    if (w->subject[p->v[0]] < w->src->n_subjects)
        on_days(w, p, OVERSIGHT_RULE_outlier, w->limits->R11_days, w->limits->R11_window_days, read_without, alone);
}

/* Each access belongs to its own user's alert. */
static void surge(struct world *w, const uint32_t *v, size_t from, size_t to)
{
    int64_t users = 0, due = INT64_MIN;
    for (size_t k = from; k <= to; k++) {
        bool again = !read_without(w, v[k]);
        for (size_t j = from; j < k && !again; j++)
            again = read_without(w, v[j]) && w->staff[v[j]] == w->staff[v[k]];
        users += !again;
        if (read_without(w, v[k]) && world_due(w, v[k]) > due)
            due = world_due(w, v[k]);
    }
    if (users < w->limits->R12_users)
        return;
    for (size_t k = from; k <= to; k++)
        if (read_without(w, v[k]))
            world_hit(w, OVERSIGHT_RULE_newsworthy, v[k], v[k], due);
}

/* Marked so, or units are at work on an incident about them. */
static bool in_the_eye(const struct oversight_subject *s, int64_t at_ms)
{
    if (at_ms >= s->newsworthy.from_ms && at_ms < s->newsworthy.to_ms)
        return true;
    for (size_t i = 0; i < s->n_work; i++)
        if (s->work[i].kind == OVERSIGHT_INCIDENT && s->work[i].recorded_ms <= at_ms && at_ms >= s->work[i].when.from_ms && at_ms < s->work[i].when.to_ms)
            return true;
    return false;
}

static void r12_newsworthy(struct world *w, const struct pair *p)
{
    const struct oversight_subject *s = &w->src->subjects[w->subject[p->v[0]]];
    for (size_t i = 0; i < p->n; i++) {
        if (!read_without(w, p->v[i]))
            continue;
        if (in_the_eye(s, at(w, p->v[i])->at_ms))
            world_hit(w, OVERSIGHT_RULE_newsworthy, p->v[i], p->v[i], world_due(w, p->v[i]));
        surge(w, p->v, back(w, p->v, i, w->limits->R12_window_days), i);
    }
}

/* ---- R13 ---- */

static bool closed(const struct world *w, uint32_t i) { return read_without(w, i) && w->flags[i] & SEEN_CLOSED; }
static void r13_after_close(struct world *w, const struct pair *p) { each(w, p, OVERSIGHT_RULE_after_close, closed); }

static int64_t people_without(const struct world *w, const uint32_t *v, size_t from, size_t to)
{
    int64_t n = 0;
    for (size_t k = from; k <= to; k++) {
        bool again = !read_without(w, v[k]);
        for (size_t j = from; j < k && !again; j++)
            again = read_without(w, v[j]) && w->subject[v[j]] == w->subject[v[k]];
        n += !again;
    }
    return n;
}

static bool warned_before(const struct world *w, uint32_t i)
{
    const struct oversight_staff *s = &w->src->staff[w->staff[i]];
    for (size_t k = 0; k < s->n_warnings; k++)
        if (s->warnings_ms[k] <= at(w, i)->at_ms && at(w, i)->at_ms - s->warnings_ms[k] < w->limits->R13_warned_days * MS_PER_DAY)
            return true;
    return false;
}

/* p: all accesses of a user. One alert a month with all of them. */
static void r13_after_warning(struct world *w, const struct pair *p)
{
    if (!w->src->staff[w->staff[p->v[0]]].n_warnings)
        return;
    for (size_t i = 0; i < p->n; i++) {
        size_t from = back(w, p->v, i, w->limits->R13_window_days);
        if (!read_without(w, p->v[i]) || !warned_before(w, p->v[i]))
            continue;
        while (!warned_before(w, p->v[from]))
            from++;
        if (people_without(w, p->v, from, i) < (w->flags[p->v[i]] & SEEN_DESK ? w->limits->R13_people_desk : w->limits->R13_people))
            continue;
        int64_t due = INT64_MIN;
        for (size_t k = from; k <= i; k++)
            if (read_without(w, p->v[k]) && world_due(w, p->v[k]) > due)
                due = world_due(w, p->v[k]);
        for (size_t k = from; k <= i; k++)
            if (read_without(w, p->v[k]))
                world_hit_user(w, OVERSIGHT_RULE_after_close, p->v[i], p->v[k], due);
    }
}

/* ---- R14 to R19 ---- */

static void r14_linked(struct world *w, const struct pair *p)
{
    if (p->ties & (TIE_LINKED | TIE_LINKED_BEYOND))
        each(w, p, OVERSIGHT_RULE_linked, p->ties & TIE_LINKED ? any : no_work);
}

static bool took_out(const struct world *w, uint32_t i)
{
    const struct oversight_access *a = at(w, i);
    return no_work(w, i) && (a->operation == OVERSIGHT_PRINT || a->operation == OVERSIGHT_EXPORT) && a->groups & OVERSIGHT_SHOWS_CONTACT;
}
static void r15_address_out(struct world *w, const struct pair *p) { each(w, p, OVERSIGHT_RULE_address_out, took_out); }

/* An account in use after its owner left is one matter, whomever it looks at. */
static bool moved_on(const struct world *w, uint32_t i) { return no_work(w, i) && w->flags[i] & SEEN_OLD_POST && !(w->flags[i] & SEEN_LEFT); }
static void r16_moved_on(struct world *w, const struct pair *p)
{
    each(w, p, OVERSIGHT_RULE_moved_on, moved_on);
    for (size_t i = 0; i < p->n; i++)
        if (w->flags[p->v[i]] & SEEN_LEFT)
            world_hit_user(w, OVERSIGHT_RULE_moved_on, p->v[i], p->v[i], world_due(w, p->v[i]));
}

/* p: all accesses from a device. A, then B whose owner is off duty, then A again. */
static void r17_shared_device(struct world *w, const struct pair *p)
{
    int64_t most = w->limits->R17_minutes * 60 * MS_PER_SECOND;
    if (at(w, p->v[0])->device == 0)
        return;
    for (size_t i = 0; i < p->n; i++) {
        size_t before = i, after = i;
        if (!(w->flags[p->v[i]] & SEEN_OFF))
            continue;
        while (before > 0 && w->staff[p->v[before]] == w->staff[p->v[i]])
            before--;
        while (after + 1 < p->n && w->staff[p->v[after]] == w->staff[p->v[i]])
            after++;
        uint32_t a = w->staff[p->v[before]];
        if (a != w->staff[p->v[i]] && a == w->staff[p->v[after]] && at(w, p->v[after])->at_ms - at(w, p->v[before])->at_ms <= most)
            world_hit_shared(w, p->v[i], a, at(w, p->v[after])->at_ms > world_due(w, p->v[i]) ? at(w, p->v[after])->at_ms : world_due(w, p->v[i]));
    }
}

/* Whoever keeps the records changes markers all day, and some tasks are never recorded: there it takes no reason given, an odd hour, or a tie. */
static bool changed_marker(const struct world *w, uint32_t i) { return no_work(w, i) && at(w, i)->operation == OVERSIGHT_MARKER; }
static bool changed_marker_oddly(const struct world *w, uint32_t i)
{
    return changed_marker(w, i) && (!(w->flags[i] & SEEN_RECORDS) || w->flags[i] & SEEN_OFF || !at(w, i)->basis);
}
static void r18_marker(struct world *w, const struct pair *p) { each(w, p, OVERSIGHT_RULE_marker, p->ties ? changed_marker : changed_marker_oddly); }

/* A search shows the head alone; whoever marked the record wants to know who went further. */
static bool audited(const struct world *w, uint32_t i) { return at(w, i)->audited && at(w, i)->operation != OVERSIGHT_SEARCH; }
static void r19_audited(struct world *w, const struct pair *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (audited(w, p->v[i]))
            world_hit(w, OVERSIGHT_RULE_audited, p->v[i], p->v[i], at(w, p->v[i])->at_ms); /* no paper could explain it away: nothing to wait for */
}

/* ---- running them ---- */

typedef void rule_fn(struct world *w, const struct pair *p);
static const struct { enum oversight_rule_number rule; rule_fn *run; } pair_rules[] = {
    {OVERSIGHT_RULE_self, r1_self}, {OVERSIGHT_RULE_surname, r2_surname}, {OVERSIGHT_RULE_address, r3_address}, {OVERSIGHT_RULE_contact, r4_contact},
    {OVERSIGHT_RULE_colleague, r5_colleague}, {OVERSIGHT_RULE_no_work, r6_no_work}, {OVERSIGHT_RULE_off_duty, r7_off_duty}, {OVERSIGHT_RULE_variants, r8_variants},
    {OVERSIGHT_RULE_repeated, r9_repeated}, {OVERSIGHT_RULE_outlier, r11_outlier}, {OVERSIGHT_RULE_after_close, r13_after_close}, {OVERSIGHT_RULE_linked, r14_linked},
    {OVERSIGHT_RULE_address_out, r15_address_out}, {OVERSIGHT_RULE_moved_on, r16_moved_on}, {OVERSIGHT_RULE_marker, r18_marker},
    {OVERSIGHT_RULE_audited, r19_audited},
};

static void run_pairs(struct world *w)
{
    for (size_t i = 0, n = 1; i < w->n; i += n, n = 1) {
        while (i + n < w->n && w->staff[w->by_pair[i]] == w->staff[w->by_pair[i + n]] && w->subject[w->by_pair[i]] == w->subject[w->by_pair[i + n]])
            n++;
        struct pair p = {w->by_pair + i, n, world_ties(w, w->staff[w->by_pair[i]], w->subject[w->by_pair[i]])};
        for (size_t r = 0; r < sizeof pair_rules / sizeof *pair_rules; r++)
            if (w->limits->on[pair_rules[r].rule])
                pair_rules[r].run(w, &p);
    }
}

/* Runs of equal key in one of the other orders. */
static void run_groups(struct world *w, const uint32_t *order, const uint32_t *key, enum oversight_rule_number rule, rule_fn *run)
{
    for (size_t i = 0, n = 1; i < w->n && w->limits->on[rule]; i += n, n = 1) {
        while (i + n < w->n && (key ? key[order[i]] == key[order[i + n]] : at(w, order[i])->device == at(w, order[i + n])->device))
            n++;
        struct pair p = {order + i, n, 0};
        if (key != w->subject || key[order[i]] < w->src->n_subjects)
            run(w, &p);
    }
}

enum err_code oversight_rules_apply(struct world *w, struct err *e)
{
    run_pairs(w);
    if (w->limits->on[OVERSIGHT_RULE_volume])
        ERR_TRY(rule_volume(w, e));
    run_groups(w, w->by_subject, w->subject, OVERSIGHT_RULE_newsworthy, r12_newsworthy);
    run_groups(w, w->by_user, w->staff, OVERSIGHT_RULE_after_close, r13_after_warning);
    run_groups(w, w->by_device, NULL, OVERSIGHT_RULE_shared_device, r17_shared_device);
    return buf_check(&w->hits, "the accesses that rules point at", e);
}
