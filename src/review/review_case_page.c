/* review_case_page.c: one case as a page: who, danger to staff, what needs a person now, facts, then history.
 *
 * Every reason names its rule and shows its evidence; every line names agency and record, and is marked fact, opinion or intelligence.
 * Evidence is linked to its line of the history, so that a reviewer reads it in its place. */
#include "review/review_page.h"
#include "review/review_templates.h"

#include <inttypes.h>

#define EVIDENCE_SHOWN 4 /* of one reason; the rest is behind "Show more" */

static enum err_code no_room(struct err *e)
{
    return err_set(e, ERR_LIMIT, "the case does not fit into its request's memory");
}

/* Text and colour; the text alone says it. */
static struct page_tag assertion_tag(enum assertion a)
{
    switch (a) {
    case ASSERTION_fact: return (struct page_tag){STR("Fact"), STR("grey")};
    case ASSERTION_opinion: return (struct page_tag){STR("Opinion"), STR("yellow")};
    case ASSERTION_intelligence: return (struct page_tag){STR("Intelligence"), STR("purple")};
    default: return (struct page_tag){STR("Not marked"), STR("yellow")};
    }
}

/* ---- who ---- */

#define ISO_DAY_CHARS 10

/* people_show joins values with "; "; here each gets a line of its own, and a date its name of month. */
static enum err_code one_a_line(struct arena *a, struct str joined, struct str *ret, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_FIELD_BYTES * 2);
    while (joined.n) {
        ptrdiff_t at = str_find(joined, STR("; "));
        struct str value = at < 0 ? joined : str_slice(joined, 0, (size_t)at);
        int32_t day;
        if (day_parse_iso(str_slice(value, 0, ISO_DAY_CHARS), &day)) {
            (void)buf_str(&b, day_format_govuk(a, day)); /* a failure is sticky in b */
            value = str_slice(value, ISO_DAY_CHARS, value.n);
        }
        (void)buf_str(&b, value);
        (void)buf_z(&b, at < 0 ? "" : "\n");
        joined = at < 0 ? STR("") : str_slice(joined, (size_t)at + 2, joined.n);
    }
    ERR_TRY(buf_check(&b, "what is said of a person", e));
    *ret = str_dup(a, buf_as_str(&b));
    return ret->p ? ERR_OK : no_room(e);
}

static enum err_code make_person(struct arena *a, const char *role, const struct person_view *v, struct review_case_person *ret,
                                 struct err *e)
{
    const struct { struct str key, value; } facts[] = {
        {STR("Born"), v->dob},
        {STR("Other names"), v->other_names},
        {STR("Phone"), v->phones},
        {STR("Email"), v->emails},
        {STR("Address"), v->addresses},
        {STR("Numbers"), v->identifiers},
        {STR("Known to"), v->agencies},
        {STR("Ask"), v->ask},
    };
    size_t n = sizeof facts / sizeof *facts;
    struct page_summary_row *rows = ARENA_NEW(a, struct page_summary_row, n);
    if (!rows)
        return no_room(e);
    *ret = (struct review_case_person){.role = str_of(role), .name = v->name.n ? v->name : STR("Name not known"), .known = v->n_mentions > 0};
    for (size_t i = 0; i < n; i++) {
        if (facts[i].value.n == 0)
            continue;
        struct page_summary_row *row = &rows[ret->facts.n_rows++];
        row->key = facts[i].key;
        ERR_TRY(one_a_line(a, facts[i].value, &row->value, e));
    }
    ret->facts.rows = rows;
    return ERR_OK;
}

/* ---- what needs a person now ---- */

/* The history line that an evidence row came from: the same record at the same time. 0: not there. */
static int64_t history_line(const struct review_case_view *v, const struct review_evidence_view *ev)
{
    for (size_t i = 0; i < v->n_history; i++) {
        const struct review_history_line *h = &v->history[i];
        if (str_eq(h->source_id, ev->source_id) && str_eq(h->feed, ev->feed) && h->when.ms == ev->when.ms)
            return (int64_t)i + 1;
    }
    return 0;
}

static enum err_code make_evidence(struct arena *a, const struct review_case_view *v, const struct review_reason_view *reason,
                                   struct review_case_reason *ret, struct err *e)
{
    struct review_case_evidence *out = ARENA_NEW(a, struct review_case_evidence, reason->n_evidence);
    if (!out)
        return no_room(e);
    for (size_t i = 0; i < reason->n_evidence; i++) {
        const struct review_evidence_view *ev = &reason->evidence[i];
        out[i] = (struct review_case_evidence){
            .when = instant_format_govuk(a, ev->when),
            .behaviour = review_page_capital(a, ev->behaviour),
            .recorded_as = ev->recorded_as,
            .agency = ev->agency,
            .feed = ev->feed,
            .source_id = ev->source_id,
            .assertion = assertion_tag(ev->assertion),
            .line = history_line(v, ev),
        };
    }
    ret->first = out;
    ret->n_first = reason->n_evidence > EVIDENCE_SHOWN + 1 ? EVIDENCE_SHOWN : reason->n_evidence; /* never "Show 1 more" */
    ret->more = out + ret->n_first;
    ret->n_more = reason->n_evidence - ret->n_first;
    return ERR_OK;
}

static enum err_code make_reasons(struct arena *a, const struct review_case_view *v, struct review_case_page *page, struct err *e)
{
    struct review_case_reason *out = ARENA_NEW(a, struct review_case_reason, v->n_reasons);
    if (!out)
        return no_room(e);
    for (size_t i = 0; i < v->n_reasons; i++) {
        const struct review_reason_view *reason = &v->reasons[i];
        out[i] = (struct review_case_reason){
            .id = reason->rule_id,
            .title = review_page_title(a, reason->rule_name),
            .words = reason->words,
            .source = reason->source,
            .n_words = str_fmt(a, "Evidence: %.*s", STR_ARG(review_page_count(a, reason->n_evidence, "record"))),
        };
        ERR_TRY(make_evidence(a, v, reason, &out[i], e));
    }
    page->reasons = out;
    page->n_reasons = v->n_reasons;
    return ERR_OK;
}

/* ---- facts: what is in force first, in the given order ---- */

static struct str order_dates(struct arena *a, const struct review_order_view *o)
{
    struct str from = instant_format_govuk(a, o->from);
    if (o->to.precision == PRECISION_UNKNOWN)
        return str_fmt(a, "From %.*s until further notice", STR_ARG(from));
    return str_fmt(a, "From %.*s to %.*s", STR_ARG(from), STR_ARG(instant_format_govuk(a, o->to)));
}

static enum err_code make_orders(struct arena *a, const struct review_case_view *v, struct review_case_page *page, struct err *e)
{
    struct review_case_order *out = ARENA_NEW(a, struct review_case_order, v->n_orders);
    if (!out)
        return no_room(e);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < v->n_orders; i++) {
            const struct review_order_view *o = &v->orders[i];
            if (o->in_force == (round == 0))
                out[page->n_orders++] = (struct review_case_order){review_page_capital(a, o->type), o->conditions.n ? review_page_capital(a, o->conditions) : STR(""),
                                                                  order_dates(a, o), o->source, o->in_force};
        }
    page->orders = out;
    return ERR_OK;
}

/* ---- history ---- */

static struct review_case_entry make_entry(struct arena *a, const struct review_history_line *h)
{
    bool both = h->about_victim && h->about_suspect;
    return (struct review_case_entry){
        .when = instant_format_govuk(a, h->when),
        .recorded = instant_format_govuk(a, h->recorded),
        .kind = review_page_capital(a, h->kind),
        .recorded_as = h->recorded_as,
        .narrative = h->narrative,
        .agency = h->agency,
        .feed = h->feed,
        .source_id = h->source_id,
        .occasion = h->occasion,
        .about = both ? STR("About both") : h->about_victim ? STR("About the victim") : h->about_suspect ? STR("About the suspect") : STR(""),
        .assertion = assertion_tag(h->assertion),
        .about_victim = h->about_victim && !both,
        .about_suspect = h->about_suspect && !both,
        .about_both = both,
        .opinion = h->assertion != ASSERTION_fact,
    };
}

static enum err_code make_history(struct arena *a, const struct review_case_view *v, struct review_case_page *page, struct err *e)
{
    struct review_case_entry *out = ARENA_NEW(a, struct review_case_entry, v->n_history);
    if (!out)
        return no_room(e);
    for (size_t i = 0; i < v->n_history; i++)
        out[i] = make_entry(a, &v->history[i]);
    page->lines = out;
    page->n_lines = v->n_history;
    return ERR_OK;
}

static void make_head(struct arena *a, const struct review_case_view *v, struct review_case_page *page)
{
    const struct review_case_line *line = &v->line;
    bool clock = line->clock_due.precision != PRECISION_UNKNOWN;
    page->case_id = line->id;
    page->flags = review_page_flags_of(line);
    page->relation = v->relation;
    page->danger_to_staff = v->danger_to_staff;
    page->ask = v->ask;
    page->occasions = review_page_count(a, line->n_occasions, "occasion");
    page->newest = instant_format_govuk(a, line->newest_occasion);
    page->due = clock ? instant_format_govuk(a, line->clock_due) : STR("");
    page->heading = page->suspect.known ? str_fmt(a, "%.*s and %.*s", STR_ARG(page->victim.name), STR_ARG(page->suspect.name))
                                        : str_fmt(a, "%.*s and a suspect who is not known", STR_ARG(page->victim.name));
}

enum err_code review_page_case(struct req *r, struct reply *ret, struct err *e)
{
    struct arena *a = r->arena;
    struct review_case_view view;
    struct review_case_page page = {0};
    /* 1. The case, or nothing found. */
    ERR_TRY(review_ask_show(r->asking, ACCESS_view, req_param(r, "id"), &view, e));
    /* 2. As words, in the page's order. */
    ERR_TRY(make_person(a, "Victim", &view.victim, &page.victim, e));
    ERR_TRY(make_person(a, "Suspect", &view.suspect, &page.suspect, e));
    make_head(a, &view, &page);
    ERR_TRY(make_reasons(a, &view, &page, e));
    ERR_TRY(make_orders(a, &view, &page, e));
    ERR_TRY(make_history(a, &view, &page, e));
    /* 3. As a page; its title goes to the browser's history, so it names the case and nobody. */
    const struct page_crumb crumbs[] = {{STR("Review queue"), url_path(a, STR("/review"))}};
    struct page_frame f = {.title = str_fmt(a, "Case %.*s", STR_ARG(page.case_id)), .crumbs = crumbs, .n_crumbs = 1};
    ERR_TRY(review_case_html(a, &page, &f.main, e));
    return page_reply(r, 200, &f, ret, e);
}
