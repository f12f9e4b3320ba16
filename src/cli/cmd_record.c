/* cmd_record.c: haven record ...: one record by its agency's own number: its level, closing, its list, what it says (docs/closed.md).
 *
 * Each of them asks about the very record first, by intake_permit_record: for a record that is closed to the asker and for a number that nobody ever used nothing differs from there on. */
#include "cli/commands.h"
#include "cli/effect.h"
#include "flow/flow.h"

/* ---- common ---- */

static enum err_code find(struct cli *c, enum access_action action, struct intake_record *ret, struct err *e)
{
    ERR_TRY(intake_record_find(c->store, c->vault, str_of(c->args[0]), ret, e));
    return intake_permit_record(&c->asking, action, ret, e);
}

/* Closing, levels and lists: of one's own agency's records, or as data protection officer. */
static enum err_code find_to_change(struct cli *c, struct intake_record *ret, struct err *e)
{
    if (cli_has(c, "why"))
        c->asking.words.reason = str_of(cli_opt(c, "why"));
    ERR_TRY(cli_step_up(c, e));
    ERR_TRY(find(c, ACCESS_close, ret, e));
    const bool officer = c->asking.user.roles & ACCESS_ROLE_BIT(dpo);
    return officer || ret->agency == c->asking.user.agency ? ERR_OK : err_set(e, ERR_REFUSED, "a record's level is changed by its own agency, or by a data protection officer");
}

static enum err_code why_check(const struct cli *c, struct err *e)
{
    return str_trim(str_of(cli_opt(c, "why"))).n ? ERR_OK : err_set(e, ERR_USAGE, "--why must say why");
}

/* What a change of level does beside; `said` is printed once it is committed. */
typedef enum err_code beside(struct cli *c, const struct intake_record *r, struct buf *said, struct err *e);

/* The level and all that follows, in one transaction with its entry. `also` may be NULL. */
static enum err_code change_level(struct cli *c, const struct intake_record *r, enum access_level level, beside *also, struct buf *said, struct err *e)
{
    struct link_model *m;
    if (r->level == ACCESS_LEVEL_closed || level == ACCESS_LEVEL_closed) /* persons and cases follow */
        ERR_TRY(cli_permit_update(c, e));
    ERR_TRY(link_model_person(&m, e));
    enum err_code code = store_begin(c->store, e);
    if (code == ERR_OK) {
        code = also ? also(c, r, said, e) : ERR_OK;
        if (code == ERR_OK)
            code = flow_record_level(c->store, c->vault, m, r, level, c->progress, e);
        code = cli_effect(c, code, LEDGER_alteration, str_of(r->handle), e);
    }
    link_model_free(m);
    return code;
}

/* ---- level ---- */

static enum err_code level_of(const char *word, enum access_level *ret, struct err *e)
{
    static const struct {
        const char *word;
        enum access_level level;
    } levels[] = {{"open", ACCESS_LEVEL_open}, {"audited", ACCESS_LEVEL_audited}, {"protected", ACCESS_LEVEL_protected}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(word, levels[i].word) == 0) {
            *ret = levels[i].level;
            return ERR_OK;
        }
    return err_set(e, ERR_USAGE, "a level is open, audited or protected; a record is closed by haven record close");
}

static enum err_code run_level(struct cli *c, struct err *e)
{
    struct intake_record r;
    enum access_level level;
    ERR_TRY(level_of(c->args[1], &level, e));
    ERR_TRY(find_to_change(c, &r, e));
    if (r.level == ACCESS_LEVEL_closed)
        return err_set(e, ERR_CONFLICT, "the record is closed: haven record reopen comes first");
    ERR_TRY(change_level(c, &r, level, NULL, NULL, e));
    fprintf(c->out, "The record is %s now.\n", c->args[1]);
    return ERR_OK;
}

/* ---- the list ---- */

static enum err_code until_of(struct cli *c, int64_t *ret, struct err *e)
{
    *ret = c->asking.now_ms + LIMIT_RELATION_MS;
    return cli_opt_date(c, "until", true, ret, e);
}

static enum err_code list_one(struct cli *c, const struct intake_record *r, struct str name, int64_t until, struct buf *said, struct err *e)
{
    struct registry_user u;
    int64_t id;
    ERR_TRY(registry_user_find(c->store, name, c->asking.now_ms, c->arena, &u, e));
    const struct registry_relation x = {.kind = REGISTRY_LISTED, .user = u.id, .agency = u.agency, .unit = STR(""), .object_kind = ACCESS_KIND_record, .object = str_of(r->handle),
                                        .from_ms = c->asking.now_ms, .to_ms = until};
    ERR_TRY(registry_relation_add(c->store, &x, &c->asking.user, c->asking.now_ms, &id, e));
    (void)buf_fmt(said, "%.*s is on the list when %s: haven record approve %lld\n", STR_ARG(u.name),
                  u.agency == r->agency ? "somebody else has approved it" : "two people of agencies other than yours have approved it", (long long)id);
    return buf_check(said, "the list", e);
}

static enum err_code list_all(struct cli *c, const struct intake_record *r, struct buf *said, struct err *e)
{
    struct str rest = str_of(cli_opt(c, "list")), name;
    int64_t until;
    size_t n = 0;
    ERR_TRY(until_of(c, &until, e));
    while (str_split(&rest, ',', &name))
        if (str_trim(name).n) {
            ERR_TRY(list_one(c, r, str_trim(name), until, said, e));
            n++;
        }
    return n ? ERR_OK : err_set(e, ERR_USAGE, "--list needs somebody: a closed record that nobody can see can never be opened again");
}

/* A record that is closed already gets more people onto its list. */
static enum err_code run_close(struct cli *c, struct err *e)
{
    struct intake_record r;
    _cleanup_buf_ struct buf said;
    buf_init(&said, LIMIT_FIELD_BYTES);
    ERR_TRY(why_check(c, e));
    ERR_TRY(find_to_change(c, &r, e));
    if (r.level == ACCESS_LEVEL_closed) {
        ERR_TRY(store_begin(c->store, e));
        ERR_TRY(cli_effect(c, list_all(c, &r, &said, e), LEDGER_alteration, str_of(r.handle), e));
    } else {
        ERR_TRY(change_level(c, &r, ACCESS_LEVEL_closed, list_all, &said, e));
        (void)buf_z(&said, "The record is closed: to anybody not on its list it does not exist.\n");
    }
    fprintf(c->out, "%.*s", STR_ARG(buf_as_str(&said)));
    return ERR_OK;
}

/* What a number in a list stands for; the same words for every one that this asker cannot approve. */
static enum err_code awaited(struct cli *c, int64_t id, struct registry_relation *ret, struct intake_record *ret_record, struct err *e)
{
    struct registry_relation *list;
    struct registry_user maker;
    size_t n;
    ERR_TRY(registry_relation_list(c->store, false, c->asking.now_ms, c->arena, &list, &n, e));
    for (size_t i = 0; i < n; i++) {
        const struct registry_relation *x = &list[i];
        if (x->id != id || x->kind != REGISTRY_LISTED || x->object_kind != ACCESS_KIND_record || x->approved_by.n || x->user == c->asking.user.id || str_eq(x->made_by, c->asking.user.name))
            continue;
        ERR_TRY(intake_record_of_handle(c->store, x->object, ret_record, e));
        ERR_TRY(registry_user_find(c->store, x->made_by, c->asking.now_ms, c->arena, &maker, e));
        if (x->agency != ret_record->agency && maker.agency == c->asking.user.agency)
            continue;
        *ret = *x;
        return ERR_OK;
    }
    return err_set(e, ERR_NOT_FOUND, "no entry of a list with this number waits for your approval");
}

static enum err_code run_approve(struct cli *c, struct err *e)
{
    struct registry_relation on;
    struct intake_record r;
    int64_t id, missing = 0;
    if (!str_to_int64(str_of(c->args[0]), &id) || id <= 0)
        return err_set(e, ERR_USAGE, "a number is required, as haven record close gives it");
    ERR_TRY(cli_step_up(c, e));
    const struct asking_object o = {.kind = ACCESS_KIND_record, .owner = c->asking.user.agency, .id = str_of(c->args[0])};
    ERR_TRY(asking_permit(&c->asking, ACCESS_close, &o, e));
    ERR_TRY(awaited(c, id, &on, &r, e));
    ERR_TRY(store_begin(c->store, e));
    const enum err_code code = intake_record_approve(c->store, &on, &c->asking.user, on.agency == r.agency, c->asking.now_ms, &missing, e);
    ERR_TRY(cli_effect(c, code, LEDGER_administration, on.object, e));
    fprintf(c->out, missing ? "Approved; %lld more approval is needed, by somebody else.\n" : "Approved: the entry holds now.\n", (long long)missing);
    return ERR_OK;
}

/* ---- when lists end ---- */

enum err_code cli_lists_ending(struct cli *c, struct err *e)
{
    struct registry_listing *lists;
    size_t n;
    ERR_TRY(registry_listed(c->store, &c->asking.user, ACCESS_KIND_record, c->asking.now_ms, c->arena, &lists, &n, e));
    if (n && lists[0].list_until_ms - c->asking.now_ms < LIMIT_LIST_NOTICE_MS)
        fprintf(c->out, "The list of a closed record that you are on ends at %.*s; after that nobody can find or open it: haven record lists, then haven record close with the people of a new list.\n",
                STR_ARG(cli_date(c, lists[0].list_until_ms)));
    return ERR_OK;
}

static enum err_code run_lists(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"record", "you_until", "list_until", NULL};
    struct registry_listing *lists;
    struct cli_table t;
    size_t n;
    bool soon = false;
    ERR_TRY(registry_listed(c->store, &c->asking.user, ACCESS_KIND_record, c->asking.now_ms, c->arena, &lists, &n, e));
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, lists[i].object);
        cli_cell_str(&t, cli_date(c, lists[i].until_ms));
        cli_cell_str(&t, cli_date(c, lists[i].list_until_ms));
        soon |= lists[i].list_until_ms - c->asking.now_ms < LIMIT_LIST_NOTICE_MS;
    }
    ERR_TRY(cli_table_end(&t, e));
    return soon ? ERR_FINDINGS : ERR_OK;
}

/* ---- reopening ---- */

static enum err_code end_list(struct cli *c, const struct intake_record *r, struct buf *said, struct err *e)
{
    (void)said;
    struct registry_relation *list;
    size_t n;
    ERR_TRY(registry_relation_list(c->store, false, c->asking.now_ms, c->arena, &list, &n, e));
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == REGISTRY_LISTED && str_eq(list[i].object, str_of(r->handle)))
            ERR_TRY(registry_relation_end(c->store, list[i].id, c->asking.user.name, c->asking.now_ms, e));
    return ERR_OK;
}

static enum err_code run_reopen(struct cli *c, struct err *e)
{
    struct intake_record r;
    enum access_level level = ACCESS_LEVEL_open;
    if (cli_has(c, "level"))
        ERR_TRY(level_of(cli_opt(c, "level"), &level, e));
    ERR_TRY(why_check(c, e));
    ERR_TRY(find_to_change(c, &r, e));
    if (r.level != ACCESS_LEVEL_closed)
        return err_set(e, ERR_CONFLICT, "the record is not closed");
    ERR_TRY(change_level(c, &r, level, end_list, NULL, e));
    fprintf(c->out, "The record is open again; its list has ended.\n");
    return ERR_OK;
}

/* ---- show ---- */

static void line(struct cli *c, const char *label, struct str value)
{
    if (!value.n)
        return;
    fprintf(c->out, "    %-10s", label);
    cli_print_clean(c->out, value, false);
    fputc('\n', c->out);
}

static void print_mention(struct cli *c, const struct mention *m)
{
    fprintf(c->out, "  %s  ", words_text(&words_role, (int)m->role));
    cli_print_clean(c->out, m->name_as_given, false);
    fprintf(c->out, "  (%.*s)\n", STR_ARG(mention_key_format(c->arena, m->key)));
    line(c, "Born", m->v[LINK_PERSON_dob].n ? m->v[LINK_PERSON_dob] : m->dob_as_given);
    line(c, "Telephone", m->phone_as_given);
    line(c, "E-mail", m->email_as_given);
    line(c, "Address", m->address_as_given);
}

static void print_event(struct cli *c, const struct intake_record_event *x)
{
    const struct str when = instant_format_govuk(c->arena, x->event.occurred.precision ? x->event.occurred : x->event.recorded);
    fprintf(c->out, "  %.*s %s", STR_ARG(when), words_text(&words_event_kind, (int)x->event.kind));
    if (x->text.recorded_as.n) {
        fputs(": ", c->out);
        cli_print_clean(c->out, x->text.recorded_as, false);
    }
    fputs(" [", c->out);
    cli_print_clean(c->out, x->text.agency, false);
    fputs(", ", c->out);
    cli_print_clean(c->out, x->text.source_id, false);
    fputs("]\n", c->out);
    line(c, "Text", x->text.narrative);
}

void cli_record_print(struct cli *c, const struct intake_record_view *v)
{
    for (size_t i = 0; i < v->n_mentions; i++)
        print_mention(c, &v->mentions[i]);
    for (size_t i = 0; i < v->n_events; i++)
        print_event(c, &v->events[i]);
}

static void member(struct json_out *o, const char *key, struct str value)
{
    jo_key(o, key);
    jo_str(o, value);
}

void cli_record_json(struct cli *c, struct json_out *o, const struct intake_record_view *v)
{
    jo_object(o);
    jo_key(o, "mentions");
    jo_array(o);
    for (size_t i = 0; i < v->n_mentions; i++) {
        const struct mention *m = &v->mentions[i];
        jo_object(o);
        member(o, "mention", mention_key_format(c->arena, m->key));
        member(o, "role", str_of(words_name(&words_role, (int)m->role)));
        member(o, "name", m->name_as_given);
        member(o, "date_of_birth", m->v[LINK_PERSON_dob].n ? m->v[LINK_PERSON_dob] : m->dob_as_given);
        member(o, "telephone", m->phone_as_given);
        member(o, "email", m->email_as_given);
        member(o, "address", m->address_as_given);
        jo_end_object(o);
    }
    jo_end_array(o);
    jo_key(o, "events");
    jo_array(o);
    for (size_t i = 0; i < v->n_events; i++) {
        const struct intake_record_event *x = &v->events[i];
        jo_object(o);
        member(o, "when", instant_format_iso(c->arena, x->event.occurred));
        member(o, "recorded", instant_format_iso(c->arena, x->event.recorded));
        member(o, "kind", str_of(words_name(&words_event_kind, (int)x->event.kind)));
        member(o, "recorded_as", x->text.recorded_as);
        member(o, "narrative", x->text.narrative);
        member(o, "agency", x->text.agency);
        member(o, "feed", x->text.feed);
        member(o, "source_id", x->text.source_id);
        jo_end_object(o);
    }
    jo_end_array(o);
    jo_end_object(o);
}

static const char *level_word(enum access_level l)
{
    static const char *const words[ACCESS_LEVEL_N] = {"unknown",
#define X(name, text) text,
        ACCESS_LEVELS(X)
#undef X
    };
    return words[(unsigned)l < ACCESS_LEVEL_N ? l : ACCESS_LEVEL_unknown];
}

static enum err_code print_json(struct cli *c, const struct intake_record *r, const struct intake_record_view *v, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, LIMIT_REQUEST_BYTES);
    jo_init(&o, &b, 1);
    jo_object(&o);
    member(&o, "level", str_of(level_word(r->level)));
    jo_key(&o, "says");
    cli_record_json(c, &o, v);
    jo_end_object(&o);
    ERR_TRY(buf_check(&b, "the output", e));
    (void)fwrite(b.p, 1, b.n, c->out); /* the door checks the stream */
    fputc('\n', c->out);
    return ERR_OK;
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct intake_record r;
    struct intake_record_view view;
    uint64_t *keys;
    size_t n;
    ERR_TRY(find(c, cli_has(c, "unmask") ? ACCESS_unmask : ACCESS_view, &r, e));
    ERR_TRY(intake_record_read(c->store, c->vault, &r, c->arena, &view, e));
    ERR_TRY(intake_record_keys(c->store, &r, c->arena, &keys, &n, e));
    ERR_TRY(asking_show(&c->asking, keys, n, view.n_events, e));
    if (c->json)
        return print_json(c, &r, &view, e);
    fprintf(c->out, "A record that is %s\n", level_word(r.level));
    cli_record_print(c, &view);
    return r.level == ACCESS_LEVEL_closed ? cli_lists_ending(c, e) : ERR_OK;
}

/* ---- the table ---- */

#define CODE {"code", "DIGITS", "the code that the authenticator shows now: closing needs the stronger sign-in", false, false}
#define WHY {"why", "TEXT", "why; kept sealed in the ledger, where auditors read it: best without a name or number", true, false}
static const struct cli_option level_options[] = {CODE, {0}};
static const struct cli_option close_options[] = {
    {"list", "USER,USER", "who may see it", true, false}, {"until", "DATE", "their last day on the list (default: a year)", false, false}, WHY, CODE, {0}};
static const struct cli_option reopen_options[] = {WHY, {"level", "LEVEL", "open (default), audited or protected", false, false}, CODE, {0}};
static const struct cli_option approve_options[] = {CODE, {0}};
static const struct cli_option show_options[] = {{"unmask", NULL, "show addresses, telephones and the like too", false, false}, {0}};

#define RECORD_NAME "RECORD is FEED/NUMBER, the number being the agency's own: police-crime/42/1234/24."
#define CLOSING (CLI_MAY(close, record) | CLI_ASKS)

const struct cli_command cli_record[] = {
    {"record show", "RECORD", "what one record says: the people in it, and what happened", RECORD_NAME, show_options, CLI_MAY(view, record) | CLI_ASKS, 1, 1, run_show},
    {"record level", "RECORD LEVEL", "make a record open, audited or protected",
     RECORD_NAME "\nAudited: whoever looks is told to oversight. Protected: others know no more than that the agency holds something.", level_options, CLOSING, 2, 2, run_level},
    {"record close", "RECORD", "close a record: to anybody not on its list it does not exist",
     RECORD_NAME "\nPeople of its own agency are on the list when somebody else has approved it; anybody else when two people of agencies other than the closer's have. Somebody on the list must be able to "
                 "open it again.\nFor a record that is closed, whoever is on its list and may close can add others. Persons and cases are worked out again within the same step: all of it happens, or nothing.",
     close_options, CLOSING, 1, 1, run_close},
    {"record approve", "NUMBER", "approve that somebody comes onto a closed record's list", NULL, approve_options, CLOSING, 1, 1, run_approve},
    {"record lists", "", "the closed records that you are on the list of, and when their lists end",
     "A record is named as in the ledger, by a keyed hash. Nobody can find or open a record whose list has ended: exit status 1 when one ends within 30 days.", NULL, CLI_MAY(list, record), 0, 0, run_lists},
    {"record reopen", "RECORD", "open a closed record again; its list ends", RECORD_NAME, reopen_options, CLOSING, 1, 1, run_reopen},
    {0},
};
