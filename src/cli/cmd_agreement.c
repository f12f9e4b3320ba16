/* cmd_agreement.c: haven agreement ...: sharing agreements as files, and decisions not to share. docs/registry.md has the format. */
#include "cli/commands.h"
#include "cli/effect.h"

#define KEEPERS (ACCESS_ROLE_BIT(administrator) | ACCESS_ROLE_BIT(dpo))
#define KEEPERS_ARE "a data protection officer or administrator"

static enum err_code read_agreement(struct cli *c, struct registry_agreement *ret, struct err *e)
{
    struct str text;
    _cleanup_buf_ struct buf mistakes;
    buf_init(&mistakes, (size_t)1 << 20);
    ERR_TRY(cli_file(c, c->args[0], LIMIT_AGREEMENT_BYTES, &text, e));
    enum err_code code = registry_agreement_read(text, c->args[0], c->arena, ret, &mistakes, e);
    cli_print_clean(stderr, buf_as_str(&mistakes), true);
    return code;
}

static enum err_code run_check(struct cli *c, struct err *e)
{
    struct registry_agreement g;
    ERR_TRY(read_agreement(c, &g, e));
    fprintf(c->out, "%.*s: no mistakes; %zu parties, %zu ceilings. What it would change: haven agreement test\n", STR_ARG(g.name), g.n_parties, g.n_shares);
    return ERR_OK;
}

/* ---- what it would change ---- */

static const char *grade_text(int ceiling)
{
    static const char *const texts[] = {"nothing", "that they are known, and whom to ask", "coded events", "a summary on request", "the full record for a named case"};
    return texts[ceiling + 1];
}

static struct str ceiling_text(struct cli *c, int ceiling) { return ceiling == ACCESS_CEILING_NONE ? STR("none") : str_fmt(c->arena, "%d", ceiling); }

static enum err_code print_changes(struct cli *c, const struct registry_change *list, size_t n, struct err *e)
{
    static const char *const columns[] = {"owner", "to", "purpose", "before", "after", NULL};
    struct cli_table t;
    for (size_t i = 0; i < n && !c->json; i++)
        fprintf(c->out, "%.*s %s from %.*s, for %s: %s (before: %s).\n", STR_ARG(list[i].to), list[i].after > list[i].before ? "gains" : "loses", STR_ARG(list[i].owner),
                access_purpose_name(list[i].purpose), grade_text(list[i].after), grade_text(list[i].before));
    if (!c->json)
        fputs(n ? "\n" : "Nothing would change.\n", c->out);
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, list[i].owner);
        cli_cell_str(&t, list[i].to);
        cli_cell_str(&t, str_of(access_purpose_name(list[i].purpose)));
        cli_cell_str(&t, ceiling_text(c, list[i].before));
        cli_cell_str(&t, ceiling_text(c, list[i].after));
    }
    return n || c->json ? cli_table_end(&t, e) : ERR_OK;
}

static enum err_code run_test(struct cli *c, struct err *e)
{
    struct registry_agreement g;
    struct registry_change *changes;
    size_t n;
    ERR_TRY(read_agreement(c, &g, e));
    ERR_TRY(registry_agreement_test(c->store, &g, c->asking.now_ms, c->arena, &changes, &n, e));
    return print_changes(c, changes, n, e);
}

/* ---- activating, ending, listing ---- */

static enum err_code run_activate(struct cli *c, struct err *e)
{
    struct registry_agreement g;
    ERR_TRY(cli_roles(c, KEEPERS, KEEPERS_ARE, e));
    ERR_TRY(read_agreement(c, &g, e));
    ERR_TRY(store_begin(c->store, e));
    ERR_TRY(cli_effect(c, registry_agreement_activate(c->store, &g, c->asking.user.name, c->asking.now_ms, c->arena, e), LEDGER_administration,
                       str_fmt(c->arena, "agreement %.*s is active", STR_ARG(g.name)), e));
    fprintf(c->out, "%.*s is active. It counts from %.*s.\n", STR_ARG(g.name), STR_ARG(cli_date(c, g.from_ms)));
    return ERR_OK;
}

static enum err_code run_end(struct cli *c, struct err *e)
{
    struct str name = str_of(c->args[0]);
    ERR_TRY(cli_roles(c, KEEPERS, KEEPERS_ARE, e));
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_agreement_end(c->store, name, c->asking.user.name, c->asking.now_ms, e), LEDGER_administration,
                      str_fmt(c->arena, "agreement %.*s ends", STR_ARG(name)), e);
}

static const char *state_of(const struct registry_active *g, int64_t now_ms)
{
    return g->ended_ms != REGISTRY_FOR_EVER ? "ended" : g->to_ms <= now_ms ? "past its end" : g->from_ms > now_ms ? "not begun" : g->review_ms <= now_ms ? "active, review due" : "active";
}

static enum err_code run_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"agreement", "title", "state", "start", "end", "review", "activated_by", "ended_by", NULL};
    struct registry_active *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_agreements(c->store, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, list[i].name);
        cli_cell_str(&t, list[i].title);
        cli_cell_str(&t, str_of(state_of(&list[i], c->asking.now_ms)));
        cli_cell_str(&t, cli_date(c, list[i].from_ms));
        cli_cell_str(&t, cli_date(c, list[i].to_ms));
        cli_cell_str(&t, cli_date(c, list[i].review_ms));
        cli_cell_str(&t, list[i].activated_by);
        cli_cell_str(&t, list[i].ended_by);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct registry_active *list;
    size_t n;
    ERR_TRY(registry_agreements(c->store, c->arena, &list, &n, e));
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, str_of(c->args[0]))) {
            cli_print_clean(c->out, list[i].definition, true);
            return ERR_OK;
        }
    return err_set(e, ERR_NOT_FOUND, "no agreement of this name was ever activated: haven agreement list shows them");
}

/* ---- decisions not to share ---- */

static enum err_code run_refuse(struct cli *c, struct err *e)
{
    struct registry_agency from, to;
    struct registry_refusal r = {.object = str_of(cli_has(c, "object") ? cli_opt(c, "object") : ""), .why = str_of(cli_opt(c, "why"))};
    int64_t id = 0;
    ERR_TRY(registry_agency_find(c->store, str_of(cli_opt(c, "from")), c->arena, &from, e));
    ERR_TRY(registry_agency_find(c->store, str_of(cli_opt(c, "to")), c->arena, &to, e));
    if (cli_has(c, "for") && !access_purpose_parse(str_of(cli_opt(c, "for")), &r.purpose))
        return err_set(e, ERR_USAGE, "--for must be a purpose, such as safeguarding");
    r.from_agency = from.id;
    r.to_agency = to.id;
    if (c->asking.user.agency != from.id)
        ERR_TRY(cli_roles(c, KEEPERS, "the agency whose information it is, or a data protection officer or administrator", e));
    ERR_TRY(store_begin(c->store, e));
    ERR_TRY(cli_effect(c, registry_refusal_add(c->store, c->vault, &r, c->asking.user.name, c->asking.now_ms, &id, e), LEDGER_administration,
                       str_fmt(c->arena, "decision not to share %.*s", STR_ARG(r.object)), e));
    fprintf(c->out, "Decision %lld is kept. %s\n", (long long)id, r.object.n ? "It is on record; it closes nothing by itself." : "Nothing is shared so any more; haven agreement lift ends that.");
    return ERR_OK;
}

static enum err_code run_lift(struct cli *c, struct err *e)
{
    int64_t id;
    ERR_TRY(cli_roles(c, KEEPERS, KEEPERS_ARE, e));
    if (!str_to_int64(str_of(c->args[0]), &id))
        return err_set(e, ERR_USAGE, "a number is required, as haven agreement refusals shows it");
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_refusal_end(c->store, id, c->asking.user.name, c->asking.now_ms, e), LEDGER_administration,
                      str_fmt(c->arena, "decision not to share %s is lifted", c->args[0]), e);
}

static enum err_code run_refusals(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"decision", "from", "to", "purpose", "object", "why", "by", "at", "lifted", NULL};
    struct registry_refusal *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_refusals(c->store, c->vault, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_int(&t, list[i].id);
        cli_cell_str(&t, list[i].from_name);
        cli_cell_str(&t, list[i].to_name);
        cli_cell_str(&t, list[i].purpose ? str_of(access_purpose_name(list[i].purpose)) : STR("all"));
        cli_cell_str(&t, list[i].object);
        cli_cell_str(&t, list[i].why);
        cli_cell_str(&t, list[i].made_by);
        cli_cell_str(&t, cli_date(c, list[i].made_ms));
        cli_cell_str(&t, cli_date(c, list[i].ended_ms));
    }
    return cli_table_end(&t, e);
}

/* ---- the table ---- */

#define MANAGE CLI_MAY(manage, registry)
#define OPTIONS(...) (const struct cli_option[]){__VA_ARGS__, {0}}

const struct cli_command cli_agreement[] = {
    {"agreement check", "FILE", "look for mistakes in a sharing agreement, without a hub", "Every mistake is named with its line. Exit status 2 when there are some.", NULL,
     CLI_NEEDS_NOTHING, 1, 1, run_check},
    {"agreement test", "FILE", "who would gain or lose what, were it activated", "Nothing is changed.", NULL, MANAGE, 1, 1, run_test},
    {"agreement activate", "FILE", "put an agreement in force", "Agreements that it replaces end with it. Where several speak, the least ceiling holds.", NULL, MANAGE, 1, 1,
     run_activate},
    {"agreement end", "NAME", "end an agreement now", NULL, NULL, MANAGE, 1, 1, run_end},
    {"agreement list", "", "list the agreements, also those that ended", NULL, NULL, MANAGE, 0, 0, run_list},
    {"agreement show", "NAME", "print an agreement as it was activated", NULL, NULL, MANAGE, 1, 1, run_show},
    {"agreement refuse", "", "decide not to share, and keep the reason",
     "Without --object nothing is shared from the one agency to the other (for the purpose, or at all). With --object the decision is on record.",
     OPTIONS({"from", "AGENCY", "whose information it is", true, false}, {"to", "AGENCY", "who does not get it", true, false},
             {"for", "PURPOSE", "for this purpose alone", false, false}, {"object", "ID", "a case, person or record", false, false},
             {"why", "WORDS", "the reason; sealed", true, false}),
     MANAGE, 0, 0, run_refuse},
    {"agreement lift", "NUMBER", "end a decision not to share", NULL, NULL, MANAGE, 1, 1, run_lift},
    {"agreement refusals", "", "list the decisions not to share", NULL, NULL, MANAGE, 0, 0, run_refusals},
    {0},
};
