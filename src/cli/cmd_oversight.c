/* cmd_oversight.c: haven oversight rules | evaluate | list | show | decide. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"
#include "intake/intake.h"
#include "oversight/oversight.h"
#include "simulate/year.h"

#define LIMIT_ALERTS_BYTES ((size_t)2 << 30)

/* ---- rules ---- */

static enum err_code run_rules(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"rule", "name", "raised_when", "source", "needs", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < OVERSIGHT_N_RULES; i++) {
        const struct oversight_rule *r = &oversight_rules[i];
        cli_cell_str(&t, str_of(r->id));
        cli_cell_str(&t, str_of(r->title));
        cli_cell_str(&t, str_of(r->condition));
        cli_cell_str(&t, str_of(r->source));
        cli_cell_str(&t, str_of(r->needs));
    }
    return cli_table_end(&t, e);
}

/* ---- evaluate ---- */

static double per_1000(size_t n, size_t accesses) { return accesses ? 1000.0 * (double)n / (double)accesses : 0; }
static double share(size_t n, size_t of) { return of ? (double)n / (double)of : 0; }

/* What a run in the hub costs: the newest day alone, over the accesses that the rules look back on. */
static enum err_code time_newest_day(const struct year *y, const struct oversight_limits *limits, double *ret_seconds, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct oversight_source window = y->source;
    struct oversight_alerts alerts;
    arena_init(&a, LIMIT_ALERTS_BYTES);
    if (!window.n_accesses) {
        *ret_seconds = 0;
        return ERR_OK;
    }
    int64_t end = window.accesses[window.n_accesses - 1].at_ms + 1;
    while (window.n_accesses && window.accesses[0].at_ms < end - OVERSIGHT_LOOKBACK_DAYS * MS_PER_DAY) {
        window.accesses++;
        window.n_accesses--;
    }
    double started = monotonic_s();
    ERR_TRY(oversight_run(&window, limits, (struct oversight_period){end - MS_PER_DAY, end}, &a, &alerts, e));
    *ret_seconds = monotonic_s() - started;
    return ERR_OK;
}

struct measured {
    const char *set;
    int64_t seed;
    double seconds, newest_day_s;
};

static void json_totals(struct json_out *o, const struct oversight_score *s, const struct measured *m)
{
    jo_key(o, "set"), jo_str(o, str_of(m->set));
    jo_key(o, "seed"), jo_int(o, m->seed);
    jo_key(o, "accesses"), jo_int(o, (int64_t)s->accesses);
    jo_key(o, "planted"), jo_int(o, (int64_t)s->planted);
    jo_key(o, "found"), jo_int(o, (int64_t)s->found);
    jo_key(o, "recall"), jo_double(o, share(s->found, s->planted));
    jo_key(o, "found_within_a_minute"), jo_int(o, (int64_t)s->at_once);
    jo_key(o, "alerts"), jo_int(o, (int64_t)s->alerts);
    jo_key(o, "false_alerts"), jo_int(o, (int64_t)s->false_alerts);
    jo_key(o, "false_alerts_per_1000"), jo_double(o, per_1000(s->false_alerts, s->accesses));
    jo_key(o, "seconds"), jo_double(o, m->seconds);
    jo_key(o, "newest_day_seconds"), jo_double(o, m->newest_day_s);
}

static enum err_code score_json(struct cli *c, const struct oversight_score *s, const struct measured *m, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, (size_t)1 << 20);
    jo_init(&o, &b, 1);
    jo_object(&o);
    json_totals(&o, s, m);
    jo_key(&o, "rules"), jo_array(&o);
    for (size_t i = 0; i < OVERSIGHT_N_RULES; i++) {
        const struct oversight_rule_score *r = &s->rules[i];
        jo_object(&o);
        jo_key(&o, "rule"), jo_str(&o, str_of(oversight_rules[i].id));
        jo_key(&o, "planted"), jo_int(&o, (int64_t)r->planted);
        jo_key(&o, "found"), jo_int(&o, (int64_t)r->found);
        jo_key(&o, "found_by_any"), jo_int(&o, (int64_t)r->found_by_any);
        jo_key(&o, "found_within_a_minute"), jo_int(&o, (int64_t)r->at_once);
        jo_key(&o, "recall"), jo_double(&o, share(r->found, r->planted));
        jo_key(&o, "alerts"), jo_int(&o, (int64_t)r->alerts);
        jo_key(&o, "false_alerts"), jo_int(&o, (int64_t)r->false_alerts);
        jo_key(&o, "false_alerts_per_1000"), jo_double(&o, per_1000(r->false_alerts, s->accesses));
        jo_end_object(&o);
    }
    jo_end_array(&o);
    jo_end_object(&o);
    (void)buf_char(&b, '\n'); /* checked next */
    ERR_TRY(buf_check(&b, "the score as JSON", e));
    (void)fwrite(b.p, 1, b.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

static enum err_code score_table(struct cli *c, const struct oversight_score *s, struct err *e)
{
    static const char *const columns[] = {"rule", "name", "planted", "found", "found_by_any", "within_a_minute", "recall", "alerts", "false_alerts", "false_per_1000", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < OVERSIGHT_N_RULES; i++) {
        const struct oversight_rule_score *r = &s->rules[i];
        cli_cell_str(&t, str_of(oversight_rules[i].id));
        cli_cell_str(&t, str_of(oversight_rules[i].title));
        cli_cell_int(&t, (int64_t)r->planted);
        cli_cell_int(&t, (int64_t)r->found);
        cli_cell_int(&t, (int64_t)r->found_by_any);
        cli_cell_int(&t, (int64_t)r->at_once);
        if (r->planted)
            cli_cell_double(&t, share(r->found, r->planted), 3);
        else
            cli_cell_none(&t);
        cli_cell_int(&t, (int64_t)r->alerts);
        cli_cell_int(&t, (int64_t)r->false_alerts);
        cli_cell_double(&t, per_1000(r->false_alerts, s->accesses), 4);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_evaluate(struct cli *c, struct err *e)
{
    _cleanup_year_ struct year y = {0};
    _cleanup_arena_ struct arena a;
    const struct oversight_limits *limits;
    struct oversight_alerts alerts;
    struct oversight_score s;
    int64_t staff = 5000, seed = 1;
    const char *set = cli_opt(c, "set") ? cli_opt(c, "set") : year_test.name;
    const struct year_params *p = strcmp(set, year_test.name) == 0 ? &year_test : strcmp(set, year_tuning.name) == 0 ? &year_tuning : NULL;
    arena_init(&a, LIMIT_ALERTS_BYTES);
    if (!p)
        return err_set(e, ERR_USAGE, "--set is tuning or test");
    ERR_TRY(cli_opt_int(c, "staff", YEAR_LEAST_STAFF, YEAR_MOST_STAFF, &staff, e));
    ERR_TRY(cli_opt_int(c, "seed", 0, INT64_MAX, &seed, e));
    ERR_TRY(oversight_limits_builtin(c->arena, &limits, e));
    progress_start(c->progress, "Making the year", 0);
    ERR_TRY(year_make(p, (uint32_t)staff, (uint64_t)seed, &y, e));
    progress_start(c->progress, "Running the rules", 0);
    struct measured m = {.set = p->name, .seed = seed, .seconds = monotonic_s()};
    ERR_TRY(oversight_run(&y.source, limits, y.period, &a, &alerts, e));
    m.seconds = monotonic_s() - m.seconds;
    ERR_TRY(time_newest_day(&y, limits, &m.newest_day_s, e));
    progress_end(c->progress);
    ERR_TRY(oversight_score(&y.source, &y.truth, &alerts, &a, &s, e));
    if (c->json)
        return score_json(c, &s, &m, e);
    ERR_TRY(score_table(c, &s, e));
    fprintf(c->out,
            "\nSet %s, seed %lld: %zu staff, %zu accesses. Abuses planted %zu, found %zu (recall %.3f), %zu within a minute of an access.\n"
            "Alerts %zu, false %zu: %.3f per 1,000 accesses. The rules took %.1f s for the year, %.1f s for its newest day.\n",
            m.set, (long long)seed, y.source.n_staff, s.accesses, s.planted, s.found, share(s.found, s.planted), s.at_once, s.alerts, s.false_alerts, per_1000(s.false_alerts, s.accesses), m.seconds,
            m.newest_day_s);
    return ERR_OK;
}

/* ---- alerts of a hub ---- */

/* The door has looked the asker up: what counts is the name as registered, which the ledger writes too. */
static uint64_t who_asks(const struct cli *c) { return oversight_account(c->vault, c->asking.user.name); }

static struct str rules_joined(struct arena *a, uint32_t rules)
{
    struct str all = STR("");
    for (size_t i = 0; i < OVERSIGHT_N_RULES && all.p; i++)
        if (rules >> i & 1)
            all = str_fmt(a, "%.*s%s%s", STR_ARG(all), all.n ? ", " : "", oversight_rules[i].id);
    return all;
}

static const char *const outcomes[] = {"undecided", "explained", "referred"};

static struct str state_of(const struct oversight_item *i)
{
    return i->open && i->outcome != OVERSIGHT_UNDECIDED ? STR("grown since") : str_of(outcomes[i->outcome]);
}

static struct str time_of(struct cli *c, int64_t ms) { return instant_format_iso(c->arena, (struct instant){ms, PRECISION_MINUTE}); }

static enum err_code run_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"alert", "account", "person", "rules", "first", "last", "accesses", "state", NULL};
    struct oversight_items items;
    struct cli_table t;
    int64_t limit = 50;
    ERR_TRY(cli_opt_int(c, "limit", 1, 100000, &limit, e));
    ERR_TRY(oversight_list(c->store, who_asks(c), cli_has(c, "all"), (size_t)limit, c->arena, &items, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < items.n; i++) {
        const struct oversight_item *it = &items.v[i];
        bool closed; /* a person whom nobody may know any more: docs/closed.md */
        ERR_TRY(intake_is_closed(c->store, it->subject, &closed, e));
        cli_cell_int(&t, it->id);
        cli_cell_str(&t, str_fmt(c->arena, "%016llx", (unsigned long long)it->user));
        cli_cell_str(&t, it->subject && !closed ? str_fmt(c->arena, "%016llx", (unsigned long long)it->subject) : STR("several"));
        cli_cell_str(&t, rules_joined(c->arena, it->rules));
        cli_cell_str(&t, time_of(c, it->first_ms));
        cli_cell_str(&t, time_of(c, it->last_ms));
        cli_cell_int(&t, (int64_t)it->n_evidence);
        cli_cell_str(&t, state_of(it));
    }
    return cli_table_end(&t, e);
}

static enum err_code read_id(struct cli *c, int64_t *ret, struct err *e)
{
    if (!str_to_int64(str_of(c->args[0]), ret) || *ret < 1)
        return err_set(e, ERR_USAGE, "an alert is named by its number, as haven oversight list shows it");
    return ERR_OK;
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"rule", "leaf", "at", "operation", NULL};
    static const char *const operations[] = {"?",
#define X(name, text) text,
                                             OVERSIGHT_OPERATIONS(X)
#undef X
    };
    struct oversight_item_view v;
    struct cli_table t;
    int64_t id;
    ERR_TRY(read_id(c, &id, e));
    ERR_TRY(oversight_show(c->store, c->vault, who_asks(c), id, c->arena, &v, e));
    if (!c->json) {
        fprintf(c->out, "Alert %lld, account %016llx, %.*s\n", (long long)id, (unsigned long long)v.item.user, STR_ARG(state_of(&v.item)));
        for (size_t i = 0; i < OVERSIGHT_N_RULES; i++)
            if (v.item.rules >> i & 1)
                fprintf(c->out, "  %s %.*s\n", oversight_rules[i].id, STR_ARG(oversight_words(c->arena, &v.alert, (enum oversight_rule_number)i)));
        for (const struct oversight_decided *d = v.decisions; d; d = d->next) {
            fprintf(c->out, "  %.*s: %s by %016llx. ", STR_ARG(time_of(c, d->at_ms)), outcomes[d->outcome], (unsigned long long)d->reviewer);
            cli_print_clean(c->out, d->why.n ? d->why : STR("The reason is not shown under this permission."), false);
            fputc('\n', c->out);
        }
    }
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < v.alert.n_evidence; i++) {
        const struct oversight_evidence *ev = &v.alert.evidence[i];
        cli_cell_str(&t, ev->rule < OVERSIGHT_N_RULES ? str_of(oversight_rules[ev->rule].id) : STR("?"));
        cli_cell_int(&t, ev->leaf);
        cli_cell_str(&t, time_of(c, ev->at_ms));
        cli_cell_str(&t, str_of(operations[ev->operation < OVERSIGHT_N_OPERATIONS ? ev->operation : 0]));
    }
    return cli_table_end(&t, e);
}

static enum err_code run_decide(struct cli *c, struct err *e)
{
    enum oversight_outcome outcome = OVERSIGHT_UNDECIDED;
    int64_t id;
    ERR_TRY(read_id(c, &id, e));
    for (int i = 1; i < 3; i++)
        if (strcmp(c->args[1], outcomes[i]) == 0)
            outcome = (enum oversight_outcome)i;
    if (outcome == OVERSIGHT_UNDECIDED)
        return err_set(e, ERR_USAGE, "an alert is decided as explained or referred");
    return oversight_decide(c->store, c->vault, who_asks(c), id, outcome, str_of(cli_opt(c, "why")), now_ms(), e);
}

static const struct cli_option evaluate_options[] = {
    {"staff", "N", "how many staff (200 to 50,000; 5,000 when not given)", false, false},
    {"seed", "S", "another seed, another year (1 when not given)", false, false},
    {"set", "SET", "tuning or test (test when not given)", false, false},
    {0},
};

static enum err_code run_run(struct cli *c, struct err *e)
{
    struct flow_oversight n;
    ERR_TRY(flow_oversee(&c->hub, c->asking.now_ms, &n, e));
    static const char *const columns[] = {"looks", "staff", "persons", "new_evidence", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    cli_cell_int(&t, (int64_t)n.looks);
    cli_cell_int(&t, (int64_t)n.staff);
    cli_cell_int(&t, (int64_t)n.persons);
    cli_cell_int(&t, (int64_t)n.new_evidence);
    ERR_TRY(cli_table_end(&t, e));
    return n.new_evidence ? ERR_FINDINGS : ERR_OK;
}

const struct cli_command cli_oversight[] = {
    {"oversight rules", "", "the nineteen insider rules in words", "What raises an alert over the record of who looked at whom; docs/oversight.md has conditions, figures and limits.", NULL, CLI_NEEDS_NOTHING, 0, 0, run_rules},
    {"oversight evaluate", "", "measure the insider rules on a made-up year of look-ups",
     "Makes a year of look-ups with planted abuses, runs the rules and prints, for each, abuses planted for it, found by it and by any rule, alerts and false alerts per 1,000 accesses. Thresholds were chosen on the set "
     "tuning; test has other rates, noise and shapes.",
     evaluate_options, CLI_NEEDS_NOTHING, 0, 0, run_evaluate},
    {"oversight list", "", "alerts that wait for a reviewer", "Only alerts of people outside the reviewer's own line, unit and circle; others leave no trace in the list.",
     (const struct cli_option[]){{"limit", "N", "at most so many (default 50)", false, false}, {"all", NULL, "decided ones too", false, false}, {0}}, CLI_MAY(audit, alert), 0, 0, run_list},
    {"oversight run", "", "look through what is new in the ledger",
     "Reads the ledger's last half year, the registry and persons, and keeps an alert for each account, person and month. Exit status 1 when there is something new:\n"
     "haven oversight list. What each rule needs and what a hub may not know: docs/oversight.md.",
     NULL, CLI_MAY(audit, alert), 0, 0, run_run},
    {"oversight show", "ALERT", "one alert: a sentence for each rule, and the ledger's leaves", "Who decided on it and why, and each access by its number in the ledger.", NULL, CLI_MAY(audit, alert), 1, 1, run_show},
    {"oversight decide", "ALERT explained|referred", "decide on an alert", "Explained: there was a reason. Referred: to professional standards. An alert that grows afterwards is open again.",
     (const struct cli_option[]){{"why", "TEXT", "the reason, kept sealed", true, false}, {0}}, CLI_MAY(audit, alert), 2, 2, run_decide},
    {0},
};
