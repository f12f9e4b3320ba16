/* show.c: one case for a reviewer: who, dangers, reasons with sources, orders, and the history of both people in date order. */
#include "review/view.h"

#include "review/happenings.h"
#include "sql/review_sql.h"

#include <stdlib.h>

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_LIMIT, "the case does not fit into the memory set aside for one request"); }

struct shower {
    struct store *s;
    const struct vault *v;
    struct arena *a;
    int64_t key;
    struct review_case_view *view;
};

/* ---- the head ---- */

static struct str relation_words(struct arena *a, enum relation r, bool former, uint32_t n)
{
    if (r == RELATION_unknown || n == 0)
        return STR("");
    const char *was = former && r != RELATION_former_partner ? "formerly " : "";
    return str_fmt(a, "%s%s (stated by %u %s)", was, words_text(&words_relation, (int)r), (unsigned)n, n == 1 ? "record" : "records");
}

static struct str danger_words(struct arena *a, uint32_t marks)
{
    if (!(marks & (MARK_staff_danger | MARK_weapon | MARK_violence)))
        return STR("");
    return str_fmt(a, "%s%s%s", marks & MARK_staff_danger ? "An agency has flagged a danger to staff. " : "", marks & MARK_weapon ? "A record speaks of a weapon. " : "",
                   marks & MARK_violence ? "A record speaks of violence." : "");
}

static enum err_code show_head(struct shower *w, struct err *e)
{
    uint64_t people[2];
    struct clock_window clock = review_clock_window();
    bool row;
    {
        _cleanup_cursor_ struct store_cursor *c = NULL;
        ERR_TRY(STORE_QUERY(w->s, sql_review_case_by_id, &c, e, V_INT(w->key), V_INT(clock.now_ms), V_INT(clock.horizon_ms)));
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return err_set(e, ERR_NOT_FOUND, "there is no such case");
        ERR_TRY(case_line_read(c, w->a, &w->view->line, people, e));
        w->view->relation = relation_words(w->a, (enum relation)store_int(c, 10), store_int(c, 11), (uint32_t)store_int(c, 12));
        w->view->danger_to_staff = danger_words(w->a, (uint32_t)store_int(c, 4));
    }
    if (!w->view->relation.p || !w->view->danger_to_staff.p)
        return no_memory(e);
    return case_people_open(w->s, w->v, people, w->a, &w->view->line, &w->view->victim, &w->view->suspect, e);
}

/* ---- reasons ---- */

struct evidence_row {
    int64_t rule, row, behaviour;
};

static enum err_code read_evidence(struct shower *w, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(w->s, sql_review_evidence_of, &c, e, V_INT(w->key)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return buf_check(ret, "the evidence of the case", e);
        struct evidence_row r = {store_int(c, 0), store_int(c, 1), store_int(c, 4)};
        (void)buf_add(ret, &r, sizeof r);
    }
}

/* The row's event among those that were read for the history; NULL when it is somebody else's. */
static const struct known_event *known_of_row(const struct known_events *known, int64_t row)
{
    for (size_t i = 0; i < known->n; i++)
        if (known->v[i].event.row == row)
            return &known->v[i];
    return NULL;
}

/* What only was believed in the text is an opinion, whatever the record as a whole is marked. */
static enum assertion assertion_of(const struct known_event *k, int64_t behaviour, enum assertion record)
{
    for (size_t i = 0; k && i < k->coding.n; i++)
        if (k->coding.v[i].behaviour == behaviour)
            return record == ASSERTION_fact ? (enum assertion)k->coding.v[i].assertion : record;
    return record;
}

/* Once each, in the order met. */
static enum err_code ask_note(struct shower *w, struct str agency, struct err *e)
{
    struct str *ask = &w->view->ask;
    if (str_find(*ask, agency) >= 0)
        return ERR_OK;
    *ask = ask->n ? str_fmt(w->a, "%.*s; %.*s", STR_ARG(*ask), STR_ARG(agency)) : agency;
    return ask->p ? ERR_OK : no_memory(e);
}

/* *ret_shown false: it may not be known, or (agency noted) no more of it than whom to ask. */
static enum err_code show_evidence(struct shower *w, const struct evidence_row *r, const struct known_events *known, bool *ret_shown, struct review_evidence_view *ret,
                                   struct err *e)
{
    struct row_text text;
    const struct known_event *k = known_of_row(known, r->row);
    enum err_code code = intake_row_text(w->s, w->v, r->row, w->a, &text, e);
    *ret_shown = code == ERR_OK && text.shown.grade > 0;
    if (code == ERR_NOT_FOUND)
        return ERR_OK;
    ERR_TRY(code);
    if (!*ret_shown)
        return ask_note(w, text.agency, e);
    *ret = (struct review_evidence_view){
        .when = k ? event_when(&k->event) : INSTANT_NONE,
        .agency = text.agency,
        .feed = text.feed,
        .source_id = text.source_id,
        .recorded_as = text.recorded_as,
        .behaviour = str_of(words_text(&words_behaviour, (int)r->behaviour)),
        .assertion = assertion_of(k, r->behaviour, text.assertion),
    };
    return ERR_OK;
}

static enum err_code show_reason(struct shower *w, int64_t rule, struct str words, const struct evidence_row *rows, size_t n, const struct known_events *known, struct review_reason_view *ret, struct err *e)
{
    const struct review_rule *r = &review_rules[rule];
    struct review_evidence_view *evidence = ARENA_NEW(w->a, struct review_evidence_view, n);
    *ret = (struct review_reason_view){.rule_id = str_of(r->id), .rule_name = str_of(r->name), .source = str_of(r->source), .words = words, .evidence = evidence};
    if (!evidence)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        bool shown = false;
        if (rows[i].rule != rule)
            continue;
        ERR_TRY(show_evidence(w, &rows[i], known, &shown, &evidence[ret->n_evidence], e));
        ret->n_evidence += shown;
        if (!shown)
            ret->words = str_of(r->words); /* the rule's own sentence: the case's counts what is not shown too */
    }
    return ERR_OK;
}

struct reason_row {
    int64_t rule;
    struct str words;
};

static enum err_code read_reasons(struct shower *w, struct reason_row rows[RULE_N], size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(w->s, sql_review_reasons_of, &c, e, V_INT(w->key)));
    for (bool row = true; *ret_n < RULE_N;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        rows[*ret_n] = (struct reason_row){store_int(c, 0), str_dup(w->a, store_text(c, 1))};
        if (!rows[*ret_n].words.p)
            return no_memory(e);
        if (rows[*ret_n].rule < RULE_N) /* a rule that this program does not know is a newer program's */
            (*ret_n)++;
    }
    return ERR_OK;
}

static enum err_code show_reasons(struct shower *w, const struct known_events *known, struct err *e)
{
    _cleanup_buf_ struct buf evidence;
    struct reason_row rows[RULE_N];
    size_t n = 0;
    buf_init(&evidence, (size_t)16 << 20);
    ERR_TRY(read_evidence(w, &evidence, e));
    ERR_TRY(read_reasons(w, rows, &n, e));
    struct review_reason_view *reasons = ARENA_NEW(w->a, struct review_reason_view, n);
    if (!reasons)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        struct review_reason_view *r = &reasons[w->view->n_reasons];
        ERR_TRY(show_reason(w, rows[i].rule, rows[i].words, (const void *)evidence.p, evidence.n / sizeof(struct evidence_row), known, r, e));
        w->view->n_reasons += r->n_evidence > 0; /* what rests only on what may not be shown is not shown either */
    }
    w->view->reasons = reasons;
    return ERR_OK;
}

/* ---- orders ---- */

static struct str condition_words(struct arena *a, uint32_t conditions)
{
    struct str all = STR("");
    for (int i = 1; i < CONDITION_N && all.p; i++)
        if (conditions & 1u << i)
            all = str_fmt(a, "%.*s%s%s", STR_ARG(all), all.n ? "; " : "", words_text(&words_condition, i));
    return all;
}

struct order_row {
    int64_t row;
    struct review_order_view view;
};

static enum err_code read_orders(struct shower *w, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    int64_t now = now_ms();
    ERR_TRY(STORE_QUERY(w->s, sql_review_orders_of, &c, e, V_INT(w->key)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return buf_check(ret, "the orders of the case", e);
        struct order_row r = {store_int(c, 0), {.type = str_of(words_text(&words_order_type, (int)store_int(c, 1))), .conditions = condition_words(w->a, (uint32_t)store_int(c, 2)),
                                                .from = {store_int(c, 3), (enum precision)store_int(c, 4)}, .to = {store_int(c, 5), (enum precision)store_int(c, 6)}}};
        r.view.in_force = r.view.from.ms <= now && (r.view.to.precision == PRECISION_UNKNOWN || instant_end_ms(r.view.to) > now);
        (void)buf_add(ret, &r, sizeof r);
    }
}

static enum err_code show_orders(struct shower *w, struct err *e)
{
    _cleanup_buf_ struct buf rows;
    buf_init(&rows, (size_t)1 << 20);
    ERR_TRY(read_orders(w, &rows, e));
    size_t n = rows.n / sizeof(struct order_row);
    const struct order_row *r = (const void *)rows.p;
    struct review_order_view *v = ARENA_NEW(w->a, struct review_order_view, n);
    if (!v)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        struct row_text text;
        struct review_order_view *o = &v[w->view->n_orders];
        enum err_code code = intake_row_text(w->s, w->v, r[i].row, w->a, &text, e);
        if (code == ERR_NOT_FOUND || (code == ERR_OK && text.shown.grade == 0))
            continue;
        ERR_TRY(code);
        *o = r[i].view;
        o->source = text.source_id.n ? str_fmt(w->a, "%.*s, %.*s", STR_ARG(text.agency), STR_ARG(text.source_id)) : text.agency;
        if (!o->source.p || !o->conditions.p)
            return no_memory(e);
        w->view->n_orders++;
    }
    w->view->orders = v;
    return ERR_OK;
}

/* ---- history ---- */

struct line {
    struct review_history_line view;
    int64_t row;
    uint64_t event_key;
};

static void line_of(const struct chronology_line *c, bool victim, struct line *ret)
{
    *ret = (struct line){
        .view = {.when = c->when, .recorded = c->recorded, .agency = c->text.agency, .feed = c->text.feed, .source_id = c->text.source_id, .recorded_as = c->text.recorded_as,
                 .narrative = c->text.narrative, .kind = str_of(words_text(&words_event_kind, (int)c->kind)), .assertion = c->text.assertion, .about_victim = victim, .about_suspect = !victim,
                 .occasion = STR("")},
        .row = c->row,
        .event_key = c->event_key,
    };
}

static int by_time(const void *l, const void *r)
{
    const struct line *x = l, *y = r;
    if (x->view.when.ms != y->view.when.ms)
        return x->view.when.ms < y->view.when.ms ? -1 : 1;
    if (x->event_key != y->event_key)
        return x->event_key < y->event_key ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The same event in the chronologies of both is one line about both. */
static size_t merge_lines(struct line *v, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (to && v[to - 1].event_key == v[i].event_key) {
            v[to - 1].view.about_victim |= v[i].view.about_victim;
            v[to - 1].view.about_suspect |= v[i].view.about_suspect;
        } else {
            v[to++] = v[i];
        }
    }
    return to;
}

static enum err_code chronologies(struct shower *w, struct line **ret, size_t *ret_n, struct err *e)
{
    struct chronology_line *of[2] = {NULL, NULL};
    size_t n[2] = {0, 0}, k = 0;
    ERR_TRY(people_chronology(w->s, w->v, w->view->victim.mentions, w->view->victim.n_mentions, w->a, &of[0], &n[0], e));
    ERR_TRY(people_chronology(w->s, w->v, w->view->suspect.mentions, w->view->suspect.n_mentions, w->a, &of[1], &n[1], e));
    struct line *lines = ARENA_NEW(w->a, struct line, n[0] + n[1]);
    if (!lines)
        return no_memory(e);
    for (int who = 0; who < 2; who++)
        for (size_t i = 0; i < n[who]; i++)
            line_of(&of[who][i], who == 0, &lines[k++]);
    qsort(lines, k, sizeof *lines, by_time);
    *ret_n = merge_lines(lines, k);
    *ret = lines;
    return ERR_OK;
}

static struct str roles_of(const struct review_history_line *h)
{
    return h->about_victim && h->about_suspect ? STR("both") : h->about_victim ? STR("victim") : STR("suspect");
}

/* "The same happening as line 12: ..." for a report of what an earlier line tells already. `of`: each line's event. */
static struct str same_as_earlier(struct shower *w, const struct known_event *const *of, size_t i)
{
    const struct known_event *x = of[i];
    for (size_t k = 0; x && k < i; k++) {
        const struct known_event *y = of[k];
        const char *why;
        if (y && (coding_has_conduct(&x->coding) || coding_has_conduct(&y->coding)) && events_same_happening(&y->event, &y->coding, &x->event, &x->coding, &why))
            return str_fmt(w->a, "The same happening as line %zu: %s.", k + 1, why);
    }
    return STR("");
}

static enum err_code show_history(struct shower *w, struct known_events *ret_known, struct err *e)
{
    struct line *lines;
    size_t n;
    ERR_TRY(chronologies(w, &lines, &n, e));
    ERR_TRY(known_events_read(w->s, &w->view->victim, &w->view->suspect, w->a, ret_known, e));
    struct review_history_line *history = ARENA_NEW(w->a, struct review_history_line, n);
    const struct known_event **of = ARENA_NEW(w->a, const struct known_event *, n);
    if (!history || !of)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        of[i] = known_of_row(ret_known, lines[i].row);
        history[i] = lines[i].view;
        history[i].roles = roles_of(&history[i]);
        history[i].occasion = same_as_earlier(w, of, i);
        if (!history[i].occasion.p)
            return no_memory(e);
    }
    w->view->history = history;
    w->view->n_history = n;
    return ERR_OK;
}

static enum err_code people_of(struct store *s, const struct store_statement *st, uint64_t key, uint64_t ret[2], struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    ERR_TRY(store_query(s, st, (const struct store_value[]){V_INT((int64_t)key)}, &c, e));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "there is no such case");
    ret[0] = (uint64_t)store_int(c, 0);
    ret[1] = (uint64_t)store_int(c, 1);
    return ERR_OK;
}

enum err_code review_case_present(struct store *s, uint64_t asked, uint64_t *ret, uint64_t ret_people[2], struct err *e)
{
    uint64_t then[2], now[2] = {0, 0};
    enum err_code code = people_of(s, &sql_review_case_people, asked, ret_people, e);
    *ret = asked;
    if (code != ERR_NOT_FOUND)
        return code;
    ERR_TRY(people_of(s, &sql_review_case_past_of, asked, then, e));
    for (int i = 0; i < 2; i++)
        if (then[i])
            ERR_TRY(people_resolve(s, str_of(person_id_of_key(then[i]).z), &now[i], NULL, e));
    *ret = case_key(now[0], now[1]);
    return people_of(s, &sql_review_case_people, *ret, ret_people, e);
}

enum err_code review_show(struct store *s, const struct vault *v, struct str case_id, struct arena *a, struct review_case_view *ret, struct err *e)
{
    struct review_case_view view = {0};
    struct shower w = {.s = s, .v = v, .a = a, .view = &view};
    uint64_t key, people[2];
    struct known_events known;
    if (!case_id_parse(case_id, &key))
        return err_set(e, ERR_USAGE, "a case id is the letter C and 13 digits or letters, as haven review list shows it");
    ERR_TRY(review_case_present(s, key, &key, people, e));
    w.key = (int64_t)key;
    ERR_TRY(show_head(&w, e));
    ERR_TRY(show_history(&w, &known, e));
    ERR_TRY(show_reasons(&w, &known, e));
    if (view.n_reasons == 0 && view.ask.n == 0) /* it rests only on what may not be known, and is not in the queue either */
        return err_set(e, ERR_NOT_FOUND, "there is no such case");
    ERR_TRY(show_orders(&w, e));
    bool partial;
    ERR_TRY(case_line_narrow(s, w.key, a, &view.line, &partial, e));
    if (partial)
        view.relation = STR(""); /* who stated it may be one whose records are not shown; a danger to staff is told whoever stated it */
    *ret = view;
    return ERR_OK;
}
