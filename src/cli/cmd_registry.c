/* cmd_registry.c: haven agency ..., haven user ..., haven grant ...: who works here, and what they hold. docs/registry.md has the rules. */
#include "cli/commands.h"
#include "cli/effect.h"
#include "intake/intake.h"

#define ADMINISTRATORS (ACCESS_ROLE_BIT(administrator))
#define LOOKERS_AFTER (ACCESS_ROLE_BIT(supervisor) | ACCESS_ROLE_BIT(dpo))

static struct str by(const struct cli *c) { return c->asking.user.name; }
static struct str object_of(struct cli *c, struct str name, const char *what)
{
    struct str s = str_fmt(c->arena, "%.*s %s", STR_ARG(name), what);
    return s.p ? s : name;
}

/* ---- agencies ---- */

static enum err_code add_agency(struct cli *c, struct str name, enum agency_kind kind, struct err *e)
{
    int64_t id;
    ERR_TRY(registry_agency_ensure(c->store, name, kind, &id, e));
    return cli_has(c, "contact") ? registry_agency_contact(c->store, id, str_of(cli_opt(c, "contact")), e) : ERR_OK;
}

static enum err_code run_agency_add(struct cli *c, struct err *e)
{
    enum agency_kind kind;
    struct str name = str_of(c->args[0]);
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    if (!registry_agency_kind_parse(str_of(cli_opt(c, "kind")), &kind))
        return err_set(e, ERR_USAGE, "--kind must be one of police, health, housing, education, probation, prison, social_care, charity, employer_or_other, court, hub");
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, add_agency(c, name, kind, e), LEDGER_administration, object_of(c, name, "agency"), e);
}

static enum err_code run_agency_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"agency", "kind", "contact", "ended", NULL};
    struct registry_agency *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_agencies(c->store, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, list[i].name);
        cli_cell_str(&t, str_of(registry_agency_kind_name(list[i].kind)));
        cli_cell_str(&t, list[i].contact);
        cli_cell_str(&t, cli_date(c, list[i].ended_ms));
    }
    return cli_table_end(&t, e);
}

static enum err_code run_agency_end(struct cli *c, struct err *e)
{
    struct registry_agency agency;
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(registry_agency_find(c->store, str_of(c->args[0]), c->arena, &agency, e));
    if (agency.id == c->asking.user.agency)
        return err_set(e, ERR_REFUSED, "nobody ends their own agency: ask an administrator of another");
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_agency_end(c->store, agency.id, c->asking.now_ms, e), LEDGER_administration, object_of(c, agency.name, "agency ends"), e);
}

/* ---- users ---- */

static enum err_code user_of(struct cli *c, const char *name, struct registry_user *ret, struct err *e)
{
    return registry_user_find(c->store, str_of(name), c->asking.now_ms, c->arena, ret, e);
}

static enum err_code role_of(const char *name, enum access_role *ret, struct err *e)
{
    return access_role_parse(str_of(name), ret) ? ERR_OK : err_set(e, ERR_USAGE, "a role is one of reviewer, practitioner, advocate, supervisor, dpo, analyst, administrator");
}

static enum err_code run_user_add(struct cli *c, struct err *e)
{
    struct registry_agency agency;
    struct registry_user manager = {.id = 0};
    struct registry_new_user u = {.name = str_of(c->args[0]), .unit = str_of(cli_has(c, "unit") ? cli_opt(c, "unit") : ""),
                                  .shown_name = str_of(cli_has(c, "called") ? cli_opt(c, "called") : ""), .from_ms = c->asking.now_ms, .to_ms = REGISTRY_FOR_EVER};
    int64_t id;
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(role_of(cli_opt(c, "role"), &u.role, e));
    ERR_TRY(cli_opt_date(c, "until", true, &u.to_ms, e));
    ERR_TRY(registry_agency_find(c->store, str_of(cli_opt(c, "agency")), c->arena, &agency, e));
    if (agency.ended_ms != REGISTRY_FOR_EVER)
        return err_set(e, ERR_CONFLICT, "this agency no longer takes part");
    if (cli_has(c, "line-manager"))
        ERR_TRY(user_of(c, cli_opt(c, "line-manager"), &manager, e));
    u.agency = agency.id;
    u.line_manager = manager.id;
    ERR_TRY(store_begin(c->store, e));
    bool first = !registry_is_set_up(c->store);
    ERR_TRY(cli_effect(c, registry_user_add(c->store, c->vault, &u, by(c), c->asking.now_ms, &id, e), LEDGER_administration,
                       object_of(c, u.name, first ? "first user: the hub is set up" : "user"), e));
    if (first)
        fprintf(c->out, "The hub is set up: from now on only registered users may ask, and agencies share what agreements say.\n");
    return ERR_OK;
}

static struct str roles_text(struct cli *c, uint32_t roles)
{
    struct str s = STR("");
    for (int r = 1; r < ACCESS_ROLE_N; r++)
        if (roles & 1u << r)
            s = str_fmt(c->arena, "%.*s%s%s", STR_ARG(s), s.n ? ", " : "", access_role_name((enum access_role)r));
    return s;
}

static const char *standing_text(enum access_standing s)
{
    static const char *const texts[ACCESS_STANDING_N] = {"unknown",
#define X(name, text) text,
        ACCESS_STANDINGS(X)
#undef X
    };
    return texts[(unsigned)s < ACCESS_STANDING_N ? s : 0];
}

static enum err_code run_user_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"user", "agency", "unit", "roles", "standing", "from", "until", "password", "authenticator", NULL};
    struct registry_user *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_users(c->store, c->asking.now_ms, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, list[i].name);
        cli_cell_str(&t, list[i].agency_name);
        cli_cell_str(&t, list[i].unit);
        cli_cell_str(&t, roles_text(c, list[i].roles));
        cli_cell_str(&t, str_of(standing_text(list[i].standing)));
        cli_cell_str(&t, cli_date(c, list[i].from_ms));
        cli_cell_str(&t, cli_date(c, list[i].to_ms));
        cli_cell_str(&t, str_of(list[i].has_password ? "yes" : "no"));
        cli_cell_str(&t, str_of(list[i].has_totp ? "yes" : "no"));
    }
    return cli_table_end(&t, e);
}

static enum err_code run_user_show(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"what", "value", NULL};
    struct registry_user u;
    struct registry_fact_count *facts;
    struct cli_table t;
    size_t n = 0;
    _cleanup_buf_ struct buf called;
    buf_init(&called, LIMIT_REGISTRY_TEXT_BYTES);
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(registry_user_shown_name(c->store, c->vault, u.id, &called, e));
    ERR_TRY(registry_facts(c->store, u.id, c->arena, &facts, &n, e));
    const struct { const char *what; struct str value; } rows[] = {
        {"user", u.name}, {"called", str_dup(c->arena, buf_as_str(&called))}, {"agency", u.agency_name}, {"unit", u.unit}, {"roles", roles_text(c, u.roles)},
        {"standing", str_of(standing_text(u.standing))}, {"from", cli_date(c, u.from_ms)}, {"until", cli_date(c, u.to_ms)}};
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cli_cell_str(&t, str_of(rows[i].what));
        cli_cell_str(&t, rows[i].value);
    }
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, str_fmt(c->arena, "stated of %s: %.*s", facts[i].whose == REGISTRY_SELF ? "self" : "relatives", STR_ARG(facts[i].kind)));
        cli_cell_int(&t, facts[i].n);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_user_role(struct cli *c, struct err *e)
{
    struct registry_user u;
    enum access_role role;
    int64_t until = REGISTRY_FOR_EVER;
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(role_of(c->args[1], &role, e));
    ERR_TRY(cli_opt_date(c, "until", true, &until, e));
    ERR_TRY(store_begin(c->store, e));
    enum err_code code = cli_has(c, "take") ? registry_role_take(c->store, &u, role, by(c), c->asking.now_ms, e)
                                            : registry_role_give(c->store, &u, role, until, by(c), c->asking.now_ms, e);
    return cli_effect(c, code, LEDGER_administration, object_of(c, u.name, cli_has(c, "take") ? "role taken" : "role given"), e);
}

static enum err_code set_standing(struct cli *c, enum access_standing standing, struct err *e)
{
    struct registry_user u;
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_user_set_standing(c->store, &u, standing, by(c), c->asking.now_ms, e), LEDGER_administration, object_of(c, u.name, standing_text(standing)), e);
}

static enum err_code run_user_suspend(struct cli *c, struct err *e) { return set_standing(c, ACCESS_STANDING_suspended, e); }
static enum err_code run_user_resume(struct cli *c, struct err *e) { return set_standing(c, ACCESS_STANDING_active, e); }
static enum err_code run_user_end(struct cli *c, struct err *e) { return set_standing(c, ACCESS_STANDING_ended, e); }

/* The value as intake keeps it, so that its keyed hash is the same. */
static enum err_code fact_value(struct cli *c, struct str kind, struct str typed, int64_t *ret, struct err *e)
{
    static const struct { const char *kind; enum identifier id; } kinds[] = {
        {"phone", IDENTIFIER_phone}, {"email", IDENTIFIER_email}, {"nhs_number", IDENTIFIER_nhs_number}};
    struct str folded = text_fold(c->arena, typed), value;
    const int year = civil_of_day((int32_t)(c->asking.now_ms / MS_PER_DAY)).year;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kind, str_of(kinds[i].kind))) {
            if (!identifier_clean(kinds[i].id, kinds[i].id == IDENTIFIER_email ? folded : typed, year, c->arena, &value))
                return err_set(e, ERR_FORMAT, "what was given is no %s", kinds[i].kind);
            *ret = vault_blind(c->vault, kinds[i].kind, value);
            return ERR_OK;
        }
    if (!str_eq(kind, STR("name+dob")))
        return err_set(e, ERR_USAGE, "--kind must be phone, email, nhs_number or name+dob");
    int32_t day;
    if (folded.n < 12 || folded.p[folded.n - 11] != ' ' || !day_parse_iso(str_slice(folded, folded.n - 10, folded.n), &day))
        return err_set(e, ERR_FORMAT, "a name with date of birth is written \"Sam Example 1990-03-31\": given name, surname, date");
    *ret = vault_blind(c->vault, "name+dob", folded);
    return ERR_OK;
}

static enum err_code run_user_fact(struct cli *c, struct err *e)
{
    const enum registry_whose whose = cli_has(c, "relative") ? REGISTRY_RELATIVE : REGISTRY_SELF;
    struct registry_user u;
    struct str typed, kind = str_of(cli_opt(c, "kind"));
    int64_t value;
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(cli_secret(c, "Value: ", &typed, e));
    ERR_TRY(fact_value(c, kind, typed, &value, e));
    ERR_TRY(store_begin(c->store, e));
    enum err_code code = cli_has(c, "end") ? registry_fact_end(c->store, u.id, whose, kind, value, c->asking.now_ms, e)
                                           : registry_fact_add(c->store, u.id, whose, kind, value, by(c), c->asking.now_ms, e);
    return cli_effect(c, code, LEDGER_administration, object_of(c, u.name, cli_has(c, "end") ? "fact ends" : "fact"), e);
}

static enum err_code set_password(struct cli *c, const struct registry_user *u, struct str password, struct err *e)
{
    struct vault_gate gate;
    vault_gate_init(&gate);
    enum err_code code = registry_password_set(c->store, &gate, u, password, c->asking.now_ms, e);
    vault_gate_destroy(&gate);
    return code;
}

static enum err_code run_user_password(struct cli *c, struct err *e)
{
    struct registry_user u;
    struct str password;
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(cli_secret(c, "New password: ", &password, e));
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, set_password(c, &u, password, e), LEDGER_administration, object_of(c, u.name, "password"), e);
}

static enum err_code run_user_totp(struct cli *c, struct err *e)
{
    struct registry_user u;
    struct vault_totp totp;
    _cleanup_buf_ struct buf uri;
    buf_init(&uri, LIMIT_URL_BYTES);
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(store_begin(c->store, e));
    enum err_code code = registry_totp_new(c->store, c->vault, &u, c->asking.now_ms, &totp, e);
    ERR_TRY(cli_effect(c, code, LEDGER_administration, object_of(c, u.name, "authenticator"), e));
    vault_totp_uri(&totp, STR("Haven"), u.name, &uri);
    vault_totp_wipe(&totp);
    ERR_TRY(buf_check(&uri, "the authenticator's address", e));
    fprintf(c->out, "%.*s\nShown once. Make a QR code of it for the user's authenticator, and keep no copy.\n", STR_ARG(buf_as_str(&uri)));
    return ERR_OK;
}

static enum err_code run_user_recovery(struct cli *c, struct err *e)
{
    struct registry_user u;
    struct vault_recovery_code codes[VAULT_RECOVERY_CODES];
    ERR_TRY(cli_roles(c, ADMINISTRATORS, "an administrator", e));
    ERR_TRY(user_of(c, c->args[0], &u, e));
    ERR_TRY(store_begin(c->store, e));
    enum err_code code = registry_recovery_new(c->store, c->vault, &u, c->asking.now_ms, codes, e);
    ERR_TRY(cli_effect(c, code, LEDGER_administration, object_of(c, u.name, "recovery codes"), e));
    for (size_t i = 0; i < VAULT_RECOVERY_CODES; i++)
        fprintf(c->out, "%s\n", codes[i].z);
    fprintf(c->out, "Shown once; each opens one sign-in. Those given before open nothing any more.\n");
    return ERR_OK;
}

static enum err_code run_user_sessions(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"session", "user", "device", "from", "seen", "until", NULL};
    struct registry_session *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_sessions(c->store, c->asking.now_ms, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_int(&t, list[i].id);
        cli_cell_str(&t, list[i].user_name);
        cli_cell_str(&t, list[i].device);
        cli_cell_str(&t, cli_date(c, list[i].made_ms));
        cli_cell_str(&t, cli_date(c, list[i].seen_ms));
        cli_cell_str(&t, cli_date(c, list[i].until_ms));
    }
    return cli_table_end(&t, e);
}

/* ---- grants: relations ---- */

static enum err_code object_kind_of(const char *name, enum access_kind *ret, struct err *e)
{
    static const struct { const char *name; enum access_kind kind; } kinds[] = {
        {"case", ACCESS_KIND_case}, {"person", ACCESS_KIND_person}, {"record", ACCESS_KIND_record}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(str_of(name), str_of(kinds[i].name))) {
            *ret = kinds[i].kind;
            return ERR_OK;
        }
    return err_set(e, ERR_USAGE, "--on must be case, person or record");
}

/* The holder: a user, or a unit of an agency. */
static enum err_code holder_of(struct cli *c, struct registry_relation *r, struct err *e)
{
    struct registry_user u;
    struct registry_agency agency;
    r->unit = STR("");
    if (cli_has(c, "user") == cli_has(c, "unit"))
        return err_set(e, ERR_USAGE, "give --user USER, or --unit UNIT with --agency AGENCY");
    if (cli_has(c, "user")) {
        ERR_TRY(user_of(c, cli_opt(c, "user"), &u, e));
        r->user = u.id;
        r->agency = u.agency;
        return ERR_OK;
    }
    r->unit = str_of(cli_opt(c, "unit"));
    r->agency = c->asking.user.agency;
    if (!cli_has(c, "agency"))
        return ERR_OK;
    ERR_TRY(registry_agency_find(c->store, str_of(cli_opt(c, "agency")), c->arena, &agency, e));
    r->agency = agency.id;
    return ERR_OK;
}

static enum err_code run_grant_add(struct cli *c, struct err *e)
{
    struct registry_relation r = {.object = str_of(c->args[0]), .object_kind = ACCESS_KIND_case, .from_ms = c->asking.now_ms};
    int64_t id = 0;
    ERR_TRY(cli_roles(c, LOOKERS_AFTER, "a supervisor or data protection officer", e));
    if (!registry_relation_parse(str_of(cli_opt(c, "kind")), &r.kind))
        return err_set(e, ERR_USAGE, "--kind must be assigned, unit, meeting or listed");
    if (cli_has(c, "on"))
        ERR_TRY(object_kind_of(cli_opt(c, "on"), &r.object_kind, e));
    if (r.kind == REGISTRY_LISTED && r.object_kind == ACCESS_KIND_record)
        return err_set(e, ERR_USAGE, "the list of a closed record is kept by haven record close and haven record approve");
    ERR_TRY(holder_of(c, &r, e));
    ERR_TRY(cli_opt_date(c, "from", false, &r.from_ms, e));
    ERR_TRY(cli_opt_date(c, "until", true, &r.to_ms, e));
    ERR_TRY(store_begin(c->store, e));
    ERR_TRY(cli_effect(c, registry_relation_add(c->store, &r, &c->asking.user, c->asking.now_ms, &id, e), LEDGER_administration, r.object, e));
    fprintf(c->out, "Grant %lld is made. If it needs approval (haven grant list), it holds when somebody else has given it: haven grant approve %lld\n", (long long)id, (long long)id);
    return ERR_OK;
}

/* Lists of closed records are not told here, nor approved: docs/closed.md. */
static bool is_closed_list(const struct registry_relation *r) { return r->kind == REGISTRY_LISTED && r->object_kind == ACCESS_KIND_record; }

static enum err_code not_of_closed(struct cli *c, int64_t id, enum err_code code, const char *words, struct err *e)
{
    struct registry_relation *list;
    size_t n;
    ERR_TRY(registry_relation_list(c->store, true, c->asking.now_ms, c->arena, &list, &n, e));
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id && is_closed_list(&list[i]))
            return err_set(e, code, "%s", words);
    return ERR_OK;
}

static enum err_code number_of(const char *s, int64_t *ret, struct err *e)
{
    return str_to_int64(str_of(s), ret) && *ret > 0 ? ERR_OK : err_set(e, ERR_USAGE, "a number is required, as the list shows it");
}

static enum err_code run_grant_approve(struct cli *c, struct err *e)
{
    int64_t id;
    ERR_TRY(cli_roles(c, LOOKERS_AFTER, "a supervisor or data protection officer", e));
    ERR_TRY(number_of(c->args[0], &id, e));
    ERR_TRY(not_of_closed(c, id, ERR_CONFLICT, "no relation with this number waits for approval by somebody other than its maker", e));
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_relation_approve(c->store, id, &c->asking.user, c->asking.now_ms, e), LEDGER_administration, object_of(c, str_of(c->args[0]), "grant approved"), e);
}

static enum err_code run_grant_end(struct cli *c, struct err *e)
{
    int64_t id;
    ERR_TRY(cli_roles(c, LOOKERS_AFTER | ADMINISTRATORS, "a supervisor, data protection officer or administrator", e));
    ERR_TRY(number_of(c->args[0], &id, e));
    ERR_TRY(not_of_closed(c, id, ERR_NOT_FOUND, "no relation with this number is held: `haven grant list` shows them", e));
    ERR_TRY(store_begin(c->store, e));
    return cli_effect(c, registry_relation_end(c->store, id, by(c), c->asking.now_ms, e), LEDGER_administration, object_of(c, str_of(c->args[0]), "grant ends"), e);
}

static struct str approval_text(const struct registry_relation *r)
{
    return !r->needs_approval ? STR("not needed") : r->approved_by.n ? r->approved_by : STR("awaited");
}

static enum err_code run_grant_list(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"grant", "kind", "user", "unit", "on", "object", "from", "until", "made_by", "approval", "ended", NULL};
    static const char *const kinds[ACCESS_KIND_N] = {"unknown",
#define X(name, text) text,
        ACCESS_KINDS(X)
#undef X
    };
    struct registry_relation *list;
    struct cli_table t;
    size_t n;
    ERR_TRY(registry_relation_list(c->store, cli_has(c, "all"), c->asking.now_ms, c->arena, &list, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        if (is_closed_list(&list[i]))
            continue;
        cli_cell_int(&t, list[i].id);
        cli_cell_str(&t, str_of(registry_relation_name(list[i].kind)));
        cli_cell_str(&t, list[i].user_name);
        cli_cell_str(&t, list[i].unit);
        cli_cell_str(&t, str_of(kinds[list[i].object_kind]));
        cli_cell_str(&t, list[i].object);
        cli_cell_str(&t, cli_date(c, list[i].from_ms));
        cli_cell_str(&t, cli_date(c, list[i].to_ms));
        cli_cell_str(&t, list[i].made_by);
        cli_cell_str(&t, approval_text(&list[i]));
        cli_cell_str(&t, cli_date(c, list[i].ended_ms));
    }
    return cli_table_end(&t, e);
}

/* ---- the table ---- */

#define MANAGE CLI_MAY(manage, registry)
#define OPTIONS(...) (const struct cli_option[]){__VA_ARGS__, {0}}
#define ONE_USER "The user is named as --as says it."

const struct cli_command cli_registry[] = {
    {"agency add", "NAME", "register an agency, or mend its kind and contact", "An agency whose extracts are loaded is registered by its feed.",
     OPTIONS({"kind", "KIND", "police, health, housing, education, probation, prison, social_care, charity, employer_or_other, court or hub", true, false},
             {"contact", "DESK", "whom others ask when a pointer is all that they may see: a desk, never a person", false, false}),
     MANAGE, 1, 1, run_agency_add},
    {"agency list", "", "list the agencies", NULL, NULL, MANAGE, 0, 0, run_agency_list},
    {"agency end", "NAME", "an agency no longer takes part: its users are signed out for good, its records stay", NULL, NULL, MANAGE, 1, 1, run_agency_end},
    {"user add", "NAME", "register a user", "The first user must be an administrator, and ends the set-up: from then on the demonstration users are gone.\nA name means one person for ever.",
     OPTIONS({"agency", "AGENCY", "whom they work for", true, false}, {"role", "ROLE", "the first role; haven user role gives more", true, false},
             {"unit", "UNIT", "their unit, for standing work and conflicts of interest", false, false}, {"called", "NAME", "what the person is called; sealed", false, false},
             {"until", "DATE", "the account's last day", false, false}, {"line-manager", "USER", "who does not review their alerts", false, false}),
     MANAGE, 1, 1, run_user_add},
    {"user list", "", "list the users", NULL, NULL, MANAGE, 0, 0, run_user_list},
    {"user show", "NAME", "one user: roles, standing, how many facts were stated", ONE_USER, NULL, MANAGE, 1, 1, run_user_show},
    {"user role", "NAME ROLE", "give a role, or take it", "Nobody gives themselves a role. An administrator has no role that sees personal data; there is no way round that (docs/registry.md).",
     OPTIONS({"take", NULL, "take it", false, false}, {"until", "DATE", "its last day", false, false}), MANAGE, 2, 2, run_user_role},
    {"user suspend", "NAME", "suspend a user, who is signed out everywhere at once", NULL, NULL, MANAGE, 1, 1, run_user_suspend},
    {"user resume", "NAME", "end a suspension", NULL, NULL, MANAGE, 1, 1, run_user_resume},
    {"user end", "NAME", "end an account for ever", NULL, NULL, MANAGE, 1, 1, run_user_end},
    {"user fact", "NAME", "state something about a user or a relative, so that conflicts of interest are found",
     "The value is read from standard input and kept as a keyed hash alone. A user cannot look at records that match.",
     OPTIONS({"kind", "KIND", "phone, email, nhs_number or name+dob (\"Sam Example 1990-03-31\")", true, false}, {"relative", NULL, "of a relative", false, false},
             {"end", NULL, "it is no longer so", false, false}),
     MANAGE, 1, 1, run_user_fact},
    {"user password", "NAME", "set a user's password, read from standard input", NULL, NULL, MANAGE, 1, 1, run_user_password},
    {"user totp", "NAME", "a new secret for a user's authenticator, shown once", NULL, NULL, MANAGE, 1, 1, run_user_totp},
    {"user recovery", "NAME", "ten new recovery codes, shown once", NULL, NULL, MANAGE, 1, 1, run_user_recovery},
    {"user sessions", "", "list who is signed in", NULL, NULL, MANAGE, 0, 0, run_user_sessions},
    {"grant add", "OBJECT", "give a user or unit a relation to a case, person or record, for a time",
     "Kinds: assigned (a task or role), unit (a unit's standing work; OBJECT * is all of that kind), meeting, listed (on a closed record's list).\n"
     "Nobody gives one to themselves. A list, all of a kind, and one's own unit's work hold when somebody else has approved them.",
     OPTIONS({"kind", "KIND", "assigned, unit, meeting or listed", true, false}, {"until", "DATE", "its last day, within a year", true, false},
             {"from", "DATE", "its first day (default: now)", false, false}, {"user", "USER", "who holds it", false, false}, {"unit", "UNIT", "which unit holds it", false, false},
             {"agency", "AGENCY", "the unit's agency (default: one's own)", false, false}, {"on", "WHAT", "case (default), person or record", false, false}),
     MANAGE, 1, 1, run_grant_add},
    {"grant approve", "NUMBER", "approve a grant that somebody else made", NULL, NULL, MANAGE, 1, 1, run_grant_approve},
    {"grant end", "NUMBER", "end a grant now", NULL, NULL, MANAGE, 1, 1, run_grant_end},
    {"grant list", "", "list what is held", NULL, OPTIONS({"all", NULL, "what is over too", false, false}), MANAGE, 0, 0, run_grant_list},
    {0},
};
