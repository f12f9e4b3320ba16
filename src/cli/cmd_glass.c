/* cmd_glass.c: haven glass break | review | list: to see in an emergency what is not shared, and to answer for it. docs/registry.md has the rules. */
#include "cli/commands.h"
#include "cli/effect.h"
#include "people/people.h"
#include "review/review.h"

#define HOUR_MS (INT64_C(3600) * 1000)

/* ---- breaking ---- */

struct target {
    int64_t *owners;
    size_t n_owners;
};

/* Permission first: of an id that nobody has, or that is closed, nothing more is learnt than of any other command. */
static enum err_code permit(struct cli *c, struct registry_glass *g, struct target *ret, struct err *e)
{
    struct str id = str_of(c->args[0]);
    struct people_asked asked;
    if (id.n && (id.p[0] == 'C' || id.p[0] == 'c')) {
        ERR_TRY(review_permit(&c->asking, ACCESS_glass, id, e));
        g->kind = ACCESS_KIND_case;
        return review_case_agencies(c->store, id, c->arena, &g->object, &ret->owners, &ret->n_owners, e);
    }
    ERR_TRY(people_permit(&c->asking, ACCESS_glass, id, NULL, &asked, e));
    const struct person_id person = person_id_of_key(asked.person);
    g->kind = ACCESS_KIND_person;
    g->object = str_dup(c->arena, str_of(person.z));
    return people_agencies(c->store, asked.person, c->arena, &ret->owners, &ret->n_owners, e);
}

static enum err_code run_break(struct cli *c, struct err *e)
{
    struct registry_glass g = {.why = str_of(cli_opt(c, "reason"))};
    struct target target = {NULL, 0};
    int64_t hours = LIMIT_GLASS_MS / HOUR_MS, id = 0;
    ERR_TRY(cli_opt_int(c, "hours", 1, LIMIT_GLASS_MS / HOUR_MS, &hours, e));
    ERR_TRY(cli_step_up(c, e));
    ERR_TRY(permit(c, &g, &target, e));
    g.until_ms = c->asking.now_ms + hours * HOUR_MS;
    ERR_TRY(store_begin(c->store, e));
    enum err_code code = registry_glass_break(c->store, c->vault, &c->asking.user, &g, target.owners, target.n_owners, c->asking.now_ms, &id, e);
    ERR_TRY(cli_effect(c, code, LEDGER_glass, g.object, e));
    fprintf(c->out, "The glass is broken (number %lld) until %.*s. The agencies whose records it opens are told. Somebody of another agency reviews it by %.*s; unreviewed, your right to do this is suspended.\n",
            (long long)id, STR_ARG(cli_date(c, g.until_ms)), STR_ARG(cli_date(c, c->asking.now_ms + LIMIT_GLASS_REVIEW_MS)));
    return ERR_OK;
}

/* ---- reviewing ---- */

static enum err_code run_review(struct cli *c, struct err *e)
{
    enum registry_glass_decision decision;
    int64_t id;
    if (!str_to_int64(str_of(c->args[0]), &id))
        return err_set(e, ERR_USAGE, "a number is required, as haven glass list shows it");
    if (!registry_glass_decision_parse(str_of(cli_opt(c, "decision")), &decision))
        return err_set(e, ERR_USAGE, "--decision must be right or wrong");
    ERR_TRY(store_begin(c->store, e));
    enum err_code code = registry_glass_review(c->store, c->vault, id, decision, str_of(cli_opt(c, "why")), &c->asking.user, c->asking.now_ms, c->arena, e);
    return cli_effect(c, code, LEDGER_glass, str_fmt(c->arena, "%lld judged %s", (long long)id, registry_glass_decision_name(decision)), e);
}

/* ---- the report ---- */

/* A data protection officer sees the whole report; a supervisor what their agency did, or was told of. */
static bool may_see(const struct cli *c, const struct registry_glass *g, const struct str *told, size_t n)
{
    if (c->asking.user.roles & ACCESS_ROLE_BIT(dpo) || g->agency == c->asking.user.agency)
        return true;
    for (size_t i = 0; i < n; i++)
        if (str_eq(told[i], c->asking.user.agency_name))
            return true;
    return false;
}

static struct str told_text(struct cli *c, const struct str *told, size_t n)
{
    struct str s = STR("");
    for (size_t i = 0; i < n; i++)
        s = str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(s), s.n ? ", " : "", STR_ARG(told[i]));
    return s;
}

static const char *state_of(const struct registry_glass *g, int64_t now_ms)
{
    if (g->decision != REGISTRY_GLASS_UNREVIEWED)
        return registry_glass_decision_name(g->decision);
    return g->review_by_ms <= now_ms ? "overdue: its breaker's right is suspended" : "to be reviewed";
}

static void print_one(struct cli *c, struct cli_table *t, const struct registry_glass *g, struct str told)
{
    cli_cell_int(t, g->id);
    cli_cell_str(t, cli_date(c, g->at_ms));
    cli_cell_str(t, cli_date(c, g->until_ms));
    cli_cell_str(t, g->user_name);
    cli_cell_str(t, g->agency_name);
    cli_cell_str(t, g->object);
    cli_cell_str(t, g->why);
    cli_cell_str(t, told);
    cli_cell_str(t, cli_date(c, g->review_by_ms));
    cli_cell_str(t, str_of(state_of(g, c->asking.now_ms)));
    cli_cell_str(t, g->reviewed_by);
    cli_cell_str(t, g->review_why);
}

static enum err_code run_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"number", "at", "until", "user", "agency", "object", "why", "told", "review_by", "state", "reviewed_by", "review_why", NULL};
    struct registry_glass *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_glasses(c->store, c->vault, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        struct str *told;
        size_t n_told;
        ERR_TRY(registry_glass_told(c->store, list[i].id, c->arena, &told, &n_told, e));
        if (may_see(c, &list[i], told, n_told))
            print_one(c, &t, &list[i], told_text(c, told, n_told));
    }
    return cli_table_end(&t, e);
}

#define OPTIONS(...) (const struct cli_option[]){__VA_ARGS__, {0}}
const struct cli_command cli_glass[] = {
    {"glass break", "OBJECT", "in an emergency: see what is not shared about a person or case, for hours, and answer for it",
     "OBJECT is a person's or a case's id. Needs a fresh code of the authenticator. The agencies whose records it opens are told, and somebody of another agency than yours\n"
     "judges it within 72 hours; unreviewed, or judged wrong, it suspends your right to do this.",
     OPTIONS({"reason", "WORDS", "what the emergency is", true, false}, {"code", "CODE", "of your authenticator (a demonstration user's is 000000)", true, false},
             {"hours", "N", "1 to 4 (default 4)", false, false}),
     CLI_MAY(glass, person) | CLI_ASKS, 1, 1, run_break},
    {"glass review", "NUMBER", "judge a broken glass of another agency", "A review can be overruled by somebody else's.",
     OPTIONS({"decision", "right|wrong", "was it an emergency, and was it this?", true, false}, {"why", "WORDS", "the reasons; sealed", true, false}),
     CLI_MAY(audit, alert), 1, 1, run_review},
    {"glass list", "", "every glass that was broken, by whom, why, and how it was judged",
     "A supervisor sees what their agency did or was told of; a data protection officer everything. Nothing is ever taken off the list.", NULL, CLI_MAY(audit, alert), 0, 0, run_list},
    {0},
};
