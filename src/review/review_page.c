/* review_page.c: the review queue as a page, and the words that both pages of the room use.
 *
 * Reads nothing but its room's own view (review_list); decides nothing. The order is the queue's own. */
#include "review/review_page.h"
#include "review/review_templates.h"

#include <ctype.h>
#include <inttypes.h>

#define CASES_PER_PAGE 20

struct str review_page_capital(struct arena *a, struct str text)
{
    return str_fmt(a, "%c%.*s", text.n ? toupper((unsigned char)text.p[0]) : ' ', STR_ARG(str_slice(text, 1, text.n)));
}

struct str review_page_title(struct arena *a, struct str name)
{
    char *p = arena_alloc(a, name.n);
    if (!p)
        return STR_NONE;
    for (size_t i = 0; i < name.n; i++)
        p[i] = name.p[i] == '-' ? ' ' : name.p[i];
    return review_page_capital(a, (struct str){p, name.n});
}

struct str review_page_count(struct arena *a, uint64_t n, const char *one)
{
    const char *plural = n == 1 ? "" : "s";
    if (n < 1000 || n >= 1000000)
        return str_fmt(a, "%" PRIu64 " %s%s", n, one, plural);
    return str_fmt(a, "%" PRIu64 ",%03" PRIu64 " %s%s", n / 1000, n % 1000, one, plural);
}

struct review_page_flags review_page_flags_of(const struct review_case_line *line)
{
    struct review_page_flags f = {
        .overdue = line->clock_due.precision != PRECISION_UNKNOWN && instant_end_ms(line->clock_due) <= now_ms(),
        .breach = line->breach,
        .custody_contact = line->custody_contact,
        .threat = line->threat,
        .misrecorded = line->misrecorded,
    };
    f.any = f.overdue || f.breach || f.custody_contact || f.threat || f.misrecorded;
    return f;
}

/* The index of the rule with that id, -1 for none asked, or ERR_USAGE. */
static enum err_code rule_asked(const struct req *r, int *ret, struct err *e)
{
    struct str id = req_param(r, "rule");
    for (size_t i = 0; i < review_n_rules; i++)
        if (str_eq(id, str_of(review_rules[i].id))) {
            *ret = (int)i;
            return ERR_OK;
        }
    if (id.n)
        return err_set(e, ERR_USAGE, "The web address asks for a reason that Haven does not have.");
    *ret = -1;
    return ERR_OK;
}

static enum err_code make_options(struct arena *a, int rule, struct review_queue_page *page, struct err *e)
{
    struct review_queue_option *options = ARENA_NEW(a, struct review_queue_option, review_n_rules);
    if (!options)
        return err_set(e, ERR_LIMIT, "the page does not fit into its request's memory");
    for (size_t i = 0; i < review_n_rules; i++)
        options[i] = (struct review_queue_option){
            .value = str_of(review_rules[i].id),
            .text = review_page_title(a, str_of(review_rules[i].name)),
            .selected = (int)i == rule,
        };
    page->options = options;
    page->n_options = review_n_rules;
    if (rule >= 0)
        page->filter = options[rule].text;
    return ERR_OK;
}

static enum err_code make_reasons(struct arena *a, const struct review_case_line *line, struct review_queue_item *item, struct err *e)
{
    struct review_queue_reason *reasons = ARENA_NEW(a, struct review_queue_reason, line->n_rules);
    if (!reasons)
        return err_set(e, ERR_LIMIT, "the page does not fit into its request's memory");
    for (size_t i = 0; i < line->n_rules; i++) {
        const struct review_rule *rule = &review_rules[line->rules[i]];
        reasons[i] = (struct review_queue_reason){str_of(rule->id), review_page_title(a, str_of(rule->name)), str_of(rule->words)};
    }
    item->reasons = reasons;
    item->n_reasons = line->n_rules;
    return ERR_OK;
}

static enum err_code make_item(struct arena *a, const struct review_case_line *line, struct review_queue_item *ret, struct err *e)
{
    bool clock = line->clock_due.precision != PRECISION_UNKNOWN;
    *ret = (struct review_queue_item){
        .case_id = line->id,
        .victim = line->victim_name.n ? line->victim_name : STR("Name not known"),
        .suspect = line->suspect_name.n ? line->suspect_name : STR("Name not known"),
        .href = url_under(a, STR("/review"), line->id),
        .suspect_known = line->suspect.z[0] != '\0',
        .flags = review_page_flags_of(line),
        .due = clock ? instant_format_govuk(a, line->clock_due) : STR(""),
        .newest = instant_format_govuk(a, line->newest_occasion),
        .occasions = review_page_count(a, line->n_occasions, "occasion"),
        .agencies = line->n_agencies == 1 ? STR("1 agency") : str_fmt(a, "%" PRIu32 " agencies", line->n_agencies),
    };
    return make_reasons(a, line, ret, e);
}

static enum err_code make_items(struct arena *a, const struct review_queue *q, struct review_queue_page *page, struct err *e)
{
    struct review_queue_item *items = ARENA_NEW(a, struct review_queue_item, q->n);
    if (!items)
        return err_set(e, ERR_LIMIT, "the page does not fit into its request's memory");
    for (size_t i = 0; i < q->n; i++)
        ERR_TRY(make_item(a, &q->v[i], &items[i], e));
    page->items = items;
    page->n_items = q->n;
    return ERR_OK;
}

static struct str count_words(struct arena *a, const struct review_queue *q, const struct review_queue_page *page)
{
    const char *needs = q->total == 1 ? "needs" : "need";
    struct str cases = review_page_count(a, q->total, "case");
    if (page->filter.n)
        return str_fmt(a, "%.*s with the reason “%.*s” %s a person to look.", STR_ARG(cases), STR_ARG(page->filter), needs);
    return str_fmt(a, "%.*s %s a person to look. The most urgent is first.", STR_ARG(cases), needs);
}

enum err_code review_page_queue(struct req *r, struct reply *ret, struct err *e)
{
    /* 1. What is asked for. */
    struct review_queue_page page = {0};
    struct review_queue queue;
    int rule;
    int64_t at;
    ERR_TRY(rule_asked(r, &rule, e));
    ERR_TRY(req_param_int(r, "page", 1, INT32_MAX, 1, &at, e));
    /* 2. The cases of that page. */
    const struct review_filter filter = {.rule = rule, .offset = (size_t)(at - 1) * CASES_PER_PAGE, .limit = CASES_PER_PAGE};
    ERR_TRY(review_ask_list(r->asking, &filter, &queue, e));
    int64_t of = (int64_t)((queue.total + CASES_PER_PAGE - 1) / CASES_PER_PAGE);
    if (at > 1 && at > of)
        return err_set(e, ERR_NOT_FOUND, "The review queue has no page of that number.");
    /* 3. As words. */
    page.first = (at - 1) * CASES_PER_PAGE + 1;
    ERR_TRY(make_options(r->arena, rule, &page, e));
    ERR_TRY(make_items(r->arena, &queue, &page, e));
    page.count = count_words(r->arena, &queue, &page);
    const struct req_param kept = {STR("rule"), req_param(r, "rule")};
    ERR_TRY(page_paginate(r->arena, STR("/review"), &kept, 1, at, of, &page.pagination, e));
    /* 4. As a page. */
    struct page_frame f = {.title = at > 1 ? str_fmt(r->arena, "Review queue (page %" PRId64 " of %" PRId64 ")", at, of) : STR("Review queue")};
    ERR_TRY(review_queue_html(r->arena, &page, &f.main, e));
    return page_reply(r, 200, &f, ret, e);
}
