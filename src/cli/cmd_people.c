/* cmd_people.c: haven people ...: who is who, why, and what people decided about it. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"
#include "people/evaluate.h"

#include <stdlib.h>

#define TEXT_BYTES ((size_t)64 << 20)
#define DATE_OF_MS(ms) ((struct instant){(ms), PRECISION_MINUTE})

static struct link_model *model_of(struct cli *c, struct err *e)
{
    struct link_model *m = NULL;
    const char *path = cli_opt(c, "model");
    enum err_code code = path ? link_model_read(path, &m, e) : link_model_person(&m, e);
    return code == ERR_OK ? m : NULL;
}

static void model_freep(struct link_model **m) { link_model_free(*m); }
#define _cleanup_model_ __attribute__((cleanup(model_freep)))

/* ---- update ---- */

static enum err_code run_update(struct cli *c, struct err *e)
{
    _cleanup_model_ struct link_model *m = model_of(c, e);
    struct people_counts n;
    if (!m)
        return e->code;
    ERR_TRY(people_update(c->store, c->vault, m, c->progress, &n, e));
    static const char *const columns[] = {"mentions", "persons", "descriptions", "pairs_compared", "pairs_kept", "for_review", "changed",
                                          "seconds_read", "seconds_link", "seconds_write", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    const uint64_t counts[] = {n.mentions, n.persons, n.profiles, n.pairs_compared, n.edges, n.band_pairs, n.changed_memberships};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cli_cell_int(&t, (int64_t)counts[i]);
    cli_cell_double(&t, n.seconds_read, 2);
    cli_cell_double(&t, n.seconds_link, 2);
    cli_cell_double(&t, n.seconds_write, 2);
    return cli_table_end(&t, e);
}

/* ---- search and show ---- */

static enum err_code run_search(struct cli *c, struct err *e)
{
    int64_t most = 20;
    struct people_hit *hits;
    struct str query;
    size_t n;
    ERR_TRY(cli_opt_int(c, "most", 1, 1000, &most, e));
    ERR_TRY(cli_words(c, &query, e));
    ERR_TRY(people_ask_search(&c->asking, query, (size_t)most, &hits, &n, e));
    static const char *const columns[] = {"person", "name", "date_of_birth", "found_by", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, str_of(hits[i].id.z));
        cli_cell_str(&t, hits[i].name);
        cli_cell_str(&t, hits[i].dob);
        cli_cell_str(&t, hits[i].why);
    }
    ERR_TRY(cli_table_end(&t, e));
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "nobody found");
}

struct shown { /* everything that `show` tells of one person */
    struct person_view view;
    struct people_map map;
    struct chronology_line *lines;
    struct tie *ties;
    struct intake_record_view *closed; /* records that the asker is listed on */
    size_t n_closed;
    size_t n_lines, n_ties;
    uint32_t person;
};

/* The other ends of ties are shown too. */
static enum err_code show_ties(struct cli *c, const struct shown *s, struct err *e)
{
    uint64_t *others = ARENA_NEW(c->arena, uint64_t, s->n_ties);
    if (!others)
        return err_set(e, ERR_NO_MEMORY, "out of memory for ties");
    for (size_t i = 0; i < s->n_ties; i++)
        others[i] = s->map.person_key[s->ties[i].a == s->person ? s->ties[i].b : s->ties[i].a];
    return s->n_ties ? asking_show(&c->asking, others, s->n_ties, s->n_ties, e) : ERR_OK;
}

static enum err_code gather(struct cli *c, struct shown *s, struct err *e)
{
    struct str id = str_of(c->args[0]);
    struct people_asked asked;
    const enum access_action action = cli_has(c, "unmask") ? ACCESS_unmask : ACCESS_view;
    ERR_TRY(people_permit(&c->asking, action, id, review_belongs, &asked, e));
    ERR_TRY(people_show(c->store, c->vault, id, c->arena, &s->view, e));
    ERR_TRY(people_chronology(c->store, c->vault, s->view.mentions, s->view.n_mentions, c->arena, &s->lines, &s->n_lines, e));
    ERR_TRY(people_map_load(c->store, c->arena, &s->map, e));
    s->person = s->view.n_mentions ? people_map_find(&s->map, s->view.mentions[0]) : UINT32_MAX;
    if (s->person != UINT32_MAX)
        ERR_TRY(people_ties_of(c->store, c->vault, &s->map, s->person, c->arena, &s->ties, &s->n_ties, e));
    ERR_TRY(show_ties(c, s, e));
    return people_closed(&c->asking, action, asked.person, &s->closed, &s->n_closed, e); /* last: each has a permit of its own */
}

static const char *tie_text(const struct tie *t)
{
    switch (t->kind) {
    case TIE_STATED:
        return words_text(&words_relation, (int)t->relation);
    case TIE_SHARED_ADDRESS:
        return "shared address";
    case TIE_SHARED_PHONE:
        return "shared telephone";
    case TIE_SHARED_CHILD:
        return "shared child";
    case TIE_SHARED_EVENT:
        return "named in one record as harmed and accused";
    default:
        return "unknown";
    }
}

static struct person_id other_end(const struct shown *s, const struct tie *t)
{
    return person_id_of_key(s->map.person_key[t->a == s->person ? t->b : t->a]);
}

static void show_fields(struct cli *c, const struct person_view *v)
{
    const struct {
        const char *label;
        struct str value;
    } fields[] = {{"Name", v->name}, {"Also", v->other_names}, {"Born", v->dob}, {"Telephone", v->phones}, {"E-mail", v->emails},
                  {"Address", v->addresses}, {"Numbers", v->identifiers}, {"Known to", v->agencies}, {"Ask", v->ask}};
    fprintf(c->out, "%s%s: %zu mentions\n", v->id.z, v->redirected ? " (asked for by a former id)" : "", v->n_mentions);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].value.n) {
            fprintf(c->out, "  %-10s", fields[i].label);
            cli_print_clean(c->out, fields[i].value, false);
            fputc('\n', c->out);
        }
}

static void show_line(struct cli *c, const struct chronology_line *l)
{
    struct str when = instant_format_govuk(c->arena, l->when);
    fprintf(c->out, "  %-28.*s %s, as %s", STR_ARG(when), words_text(&words_event_kind, (int)l->kind), words_text(&words_role, (int)l->role));
    if (l->text.recorded_as.n) {
        fputs(": ", c->out);
        cli_print_clean(c->out, l->text.recorded_as, false);
    }
    fputs(" [", c->out);
    cli_print_clean(c->out, l->text.agency, false);
    if (l->text.source_id.n) {
        fputs(", ", c->out);
        cli_print_clean(c->out, l->text.source_id, false);
    }
    fprintf(c->out, "%s]\n", l->text.assertion == ASSERTION_opinion ? ", opinion" : l->text.assertion == ASSERTION_intelligence ? ", intelligence" : "");
}

static void show_text(struct cli *c, const struct shown *s)
{
    show_fields(c, &s->view);
    if (s->n_ties)
        fputs("Ties\n", c->out);
    for (size_t i = 0; i < s->n_ties; i++) {
        const struct tie *t = &s->ties[i];
        struct str first = instant_format_govuk(c->arena, t->first);
        fprintf(c->out, "  %s  %s%s", other_end(s, t).z, tie_text(t), t->kind == TIE_STATED && t->former && t->relation != RELATION_former_partner ? " (later stated as former)" : "");
        if (t->first.precision)
            fprintf(c->out, ", first %.*s", STR_ARG(first));
        fprintf(c->out, ", %u source%s\n", t->n_sources, t->n_sources == 1 ? "" : "s");
    }
    if (s->n_lines)
        fputs("Chronology\n", c->out);
    for (size_t i = 0; i < s->n_lines; i++)
        show_line(c, &s->lines[i]);
    if (s->n_closed)
        fputs("Closed records that you are listed on\n", c->out);
    for (size_t i = 0; i < s->n_closed; i++)
        cli_record_print(c, &s->closed[i]);
}

static void member(struct json_out *o, const char *key, struct str value)
{
    jo_key(o, key);
    jo_str(o, value);
}

static void json_lines(struct cli *c, struct json_out *o, const struct shown *s)
{
    jo_key(o, "chronology");
    jo_array(o);
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct chronology_line *l = &s->lines[i];
        jo_object(o);
        member(o, "when", instant_format_iso(c->arena, l->when));
        member(o, "recorded", instant_format_iso(c->arena, l->recorded));
        member(o, "kind", str_of(words_name(&words_event_kind, (int)l->kind)));
        member(o, "role", str_of(words_name(&words_role, (int)l->role)));
        member(o, "recorded_as", l->text.recorded_as);
        member(o, "agency", l->text.agency);
        member(o, "feed", l->text.feed);
        member(o, "source_id", l->text.source_id);
        member(o, "assertion", str_of(words_name(&words_assertion, (int)l->text.assertion)));
        jo_end_object(o);
    }
    jo_end_array(o);
}

static void json_ties(struct cli *c, struct json_out *o, const struct shown *s)
{
    static const char *const kinds[] = {"unknown", "stated", "shared_address", "shared_phone", "shared_child", "shared_event"};
    jo_key(o, "ties");
    jo_array(o);
    for (size_t i = 0; i < s->n_ties; i++) {
        const struct tie *t = &s->ties[i];
        jo_object(o);
        member(o, "with", str_of(other_end(s, t).z));
        member(o, "kind", str_of(kinds[t->kind]));
        if (t->kind == TIE_STATED) {
            member(o, "relation", str_of(words_name(&words_relation, (int)t->relation)));
            jo_key(o, "former");
            jo_bool(o, t->former);
        }
        member(o, "first", instant_format_iso(c->arena, t->first));
        member(o, "last", instant_format_iso(c->arena, t->last));
        jo_key(o, "sources");
        jo_int(o, t->n_sources);
        jo_end_object(o);
    }
    jo_end_array(o);
}

static enum err_code print_json(struct cli *c, const struct buf *b, struct err *e)
{
    ERR_TRY(buf_check(b, "the output", e));
    (void)fwrite(b->p, 1, b->n, c->out); /* the door checks the stream */
    fputc('\n', c->out);
    return ERR_OK;
}

static enum err_code show_json(struct cli *c, const struct shown *s, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct json_out o;
    const struct person_view *v = &s->view;
    buf_init(&b, TEXT_BYTES);
    jo_init(&o, &b, 1);
    jo_object(&o);
    member(&o, "person", str_of(v->id.z));
    jo_key(&o, "redirected");
    jo_bool(&o, v->redirected);
    jo_key(&o, "mentions");
    jo_int(&o, (int64_t)v->n_mentions);
    member(&o, "name", v->name);
    member(&o, "other_names", v->other_names);
    member(&o, "date_of_birth", v->dob);
    member(&o, "telephones", v->phones);
    member(&o, "emails", v->emails);
    member(&o, "addresses", v->addresses);
    member(&o, "identifiers", v->identifiers);
    member(&o, "agencies", v->agencies);
    json_ties(c, &o, s);
    json_lines(c, &o, s);
    if (s->n_closed) {
        jo_key(&o, "closed_records");
        jo_array(&o);
        for (size_t i = 0; i < s->n_closed; i++)
            cli_record_json(c, &o, &s->closed[i]);
        jo_end_array(&o);
    }
    jo_end_object(&o);
    return print_json(c, &b, e);
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct shown s = {0};
    ERR_TRY(gather(c, &s, e));
    if (c->json)
        return show_json(c, &s, e);
    show_text(c, &s);
    return ERR_OK;
}

/* ---- explain ---- */

static enum err_code run_explain(struct cli *c, struct err *e)
{
    _cleanup_model_ struct link_model *m = model_of(c, e);
    _cleanup_buf_ struct buf text;
    buf_init(&text, LIMIT_PEOPLE_TEXT_BYTES);
    if (!m)
        return e->code;
    for (size_t i = c->n_args; i-- > 0;) { /* the grant that stands is of the first */
        struct people_asked asked;
        ERR_TRY(people_permit(&c->asking, ACCESS_decide, str_of(c->args[i]), review_belongs, &asked, e));
    }
    ERR_TRY(people_explain(c->store, c->vault, m, str_of(c->args[0]), c->n_args > 1 ? str_of(c->args[1]) : STR_NONE, c->arena, &text, e));
    cli_print_clean(c->out, buf_as_str(&text), true);
    return ERR_OK;
}

/* ---- decisions ---- */

/* Persons, and the cases that hang on them. */
static enum err_code after_decision(struct cli *c, struct err *e)
{
    struct flow_counts n;
    if (cli_has(c, "no-update"))
        return ERR_OK;
    ERR_TRY(cli_permit_update(c, e));
    _cleanup_model_ struct link_model *m = model_of(c, e);
    if (!m)
        return e->code;
    ERR_TRY(flow_update(c->store, c->vault, m, c->progress, &n, e));
    fprintf(c->out, "%llu mentions changed their person; there are %llu persons now.\n", (unsigned long long)n.people.changed_memberships,
            (unsigned long long)n.people.persons);
    return ERR_OK;
}

static enum err_code decide(struct cli *c, enum decision_kind kind, struct err *e)
{
    int64_t id;
    for (size_t i = c->n_args; i-- > 0;) {
        struct people_asked asked;
        ERR_TRY(people_permit(&c->asking, ACCESS_decide, str_of(c->args[i]), review_belongs, &asked, e));
    }
    ERR_TRY(people_decide(c->store, kind, str_of(c->args[0]), str_of(c->args[1]), c->asking.user.name, str_of(cli_opt(c, "why")), c->vault, &id, e));
    fprintf(c->out, "Decision %lld is kept; `haven people undo %lld` takes it back.\n", (long long)id, (long long)id);
    return after_decision(c, e);
}

static enum err_code run_join(struct cli *c, struct err *e) { return decide(c, DECISION_JOIN, e); }
static enum err_code run_split(struct cli *c, struct err *e) { return decide(c, DECISION_SPLIT, e); }

/* Permission for the two whom a decision is about, by what they are now; a side that is nobody any more needs none. Of a decision that may not be known there is none. */
static enum err_code permit_undo(struct cli *c, int64_t id, struct err *e)
{
    struct decision_view *d;
    size_t n;
    bool known = false;
    ERR_TRY(people_decisions(c->store, c->vault, c->arena, &d, &n, e));
    for (size_t i = 0; i < n; i++) {
        known |= d[i].id == id;
        const uint64_t sides[] = {d[i].b, d[i].a};
        for (size_t k = 0; d[i].id == id && k < 2; k++) {
            struct people_asked asked;
            enum err_code code = people_permit(&c->asking, ACCESS_decide, mention_key_format(c->arena, sides[k]), review_belongs, &asked, e);
            if (code != ERR_NOT_FOUND)
                ERR_TRY(code);
        }
    }
    err_clear(e);
    return known ? ERR_OK : err_set(e, ERR_NOT_FOUND, "there is no decision %lld in force", (long long)id);
}

static enum err_code run_undo(struct cli *c, struct err *e)
{
    int64_t id;
    if (!str_to_int64(str_of(c->args[0]), &id))
        return err_set(e, ERR_USAGE, "a decision is named by its number; see haven people decisions");
    ERR_TRY(permit_undo(c, id, e));
    ERR_TRY(people_undo(c->store, id, c->asking.user.name, e));
    fprintf(c->out, "Decision %lld is out of force; it stays on record.\n", (long long)id);
    return after_decision(c, e);
}

static enum err_code run_decisions(struct cli *c, struct err *e)
{
    struct decision_view *d;
    size_t n;
    ERR_TRY(people_ask_decisions(&c->asking, &d, &n, e));
    static const char *const columns[] = {"decision", "kind", "mention", "other_mention", "by", "at", "why", "undone_by", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_int(&t, d[i].id);
        cli_cell_str(&t, d[i].kind == DECISION_JOIN ? STR("join") : STR("split"));
        cli_cell_str(&t, mention_key_format(c->arena, d[i].a));
        cli_cell_str(&t, mention_key_format(c->arena, d[i].b));
        cli_cell_str(&t, d[i].by);
        cli_cell_str(&t, instant_format_iso(c->arena, DATE_OF_MS(d[i].at_ms)));
        cli_cell_str(&t, d[i].why);
        if (d[i].undone_by.n)
            cli_cell_str(&t, d[i].undone_by);
        else
            cli_cell_none(&t);
    }
    return cli_table_end(&t, e);
}

static enum err_code run_band(struct cli *c, struct err *e)
{
    int64_t most = 50;
    struct band_pair *b;
    size_t n;
    ERR_TRY(cli_opt_int(c, "most", 1, 1000000, &most, e));
    ERR_TRY(people_ask_band(&c->asking, (size_t)most, &b, &n, e));
    static const char *const columns[] = {"mention", "other_mention", "weight", "fell_apart", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < n; i++) {
        cli_cell_str(&t, mention_key_format(c->arena, b[i].a));
        cli_cell_str(&t, mention_key_format(c->arena, b[i].b));
        cli_cell_double(&t, b[i].weight, 2);
        if (b[i].fell_at_ms)
            cli_cell_str(&t, instant_format_iso(c->arena, DATE_OF_MS(b[i].fell_at_ms)));
        else
            cli_cell_none(&t);
    }
    return cli_table_end(&t, e);
}

/* ---- evaluate ---- */

static void json_count(struct json_out *o, const char *key, uint64_t n)
{
    jo_key(o, key);
    jo_int(o, (int64_t)n);
}

static void json_share(struct json_out *o, const char *key, double share)
{
    jo_key(o, key);
    jo_double(o, share);
}

static double share_of(uint64_t part, uint64_t whole) { return whole ? (double)part / (double)whole : 1; }

static enum err_code evaluation_json(struct cli *c, const struct people_score *s, struct err *e)
{
    static const char *const false_names[] = {
#define X(name, text) #name,
        FALSE_JOIN_CAUSES(X)};
    static const char *const missed_names[] = {MISSED_CAUSES(X)};
#undef X
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, TEXT_BYTES);
    jo_init(&o, &b, 1);
    jo_object(&o);
    json_count(&o, "mentions", s->mentions);
    json_count(&o, "without_truth", s->without_truth);
    json_count(&o, "stale", s->stale);
    json_count(&o, "true_pairs", s->all.true_pairs);
    json_count(&o, "found_pairs", s->all.found_pairs);
    json_count(&o, "right_pairs", s->all.right_pairs);
    json_share(&o, "precision", s->all.precision);
    json_share(&o, "recall", s->all.recall);
    json_share(&o, "f1", s->all.f1);
    json_share(&o, "bcubed_f1", s->all.bcubed_f1);
    jo_key(&o, "feeds");
    jo_object(&o);
    for (size_t i = 0; i < s->n_feeds; i++) {
        jo_key(&o, str_z(c->arena, s->feeds[i].feed));
        jo_object(&o);
        json_count(&o, "mentions", s->feeds[i].mentions);
        json_share(&o, "precision", share_of(s->feeds[i].right_pairs, s->feeds[i].found_pairs));
        json_share(&o, "recall", share_of(s->feeds[i].right_pairs, s->feeds[i].true_pairs));
        jo_end_object(&o);
    }
    jo_end_object(&o);
    jo_key(&o, "joined_wrongly");
    jo_object(&o);
    for (int i = 0; i < FALSE_JOIN_N; i++)
        json_count(&o, false_names[i], s->false_joins[i]);
    jo_end_object(&o);
    jo_key(&o, "missed");
    jo_object(&o);
    for (int i = 0; i < MISSED_N; i++)
        json_count(&o, missed_names[i], s->missed[i]);
    jo_end_object(&o);
    jo_key(&o, "examples");
    jo_array(&o);
    for (size_t i = 0; i < s->n_examples; i++) {
        const struct people_example *x = &s->examples[i];
        jo_object(&o);
        member(&o, "error", x->missed ? STR("missed") : STR("joined_wrongly"));
        member(&o, "cause", str_of(x->missed ? missed_names[x->cause] : false_names[x->cause]));
        member(&o, "mention", mention_key_format(c->arena, x->a));
        member(&o, "other_mention", mention_key_format(c->arena, x->b));
        jo_end_object(&o);
    }
    jo_end_array(&o);
    jo_end_object(&o);
    return print_json(c, &b, e);
}

static void causes_text(struct cli *c, const struct people_score *s, bool missed)
{
    fprintf(c->out, "%s\n", missed ? "Pairs missed" : "Pairs joined wrongly");
    for (int i = 0; i < (missed ? (int)MISSED_N : (int)FALSE_JOIN_N); i++) {
        uint64_t n = missed ? s->missed[i] : s->false_joins[i];
        if (!n)
            continue;
        fprintf(c->out, "  %9llu  %s; for example", (unsigned long long)n, missed ? people_missed_text(i) : people_false_join_text(i));
        for (size_t k = 0; k < s->n_examples; k++)
            if (s->examples[k].missed == missed && s->examples[k].cause == i) {
                fprintf(c->out, " %016llx %016llx", (unsigned long long)s->examples[k].a, (unsigned long long)s->examples[k].b);
                break;
            }
        fputc('\n', c->out);
    }
}

static enum err_code run_evaluate(struct cli *c, struct err *e)
{
    _cleanup_model_ struct link_model *m = model_of(c, e);
    struct people_score s;
    if (!m)
        return e->code;
    ERR_TRY(people_evaluate(c->store, c->vault, m, cli_opt(c, "truth"), c->progress, c->arena, &s, e));
    if (c->json)
        return evaluation_json(c, &s, e);
    fprintf(c->out, "%llu mentions: precision %.4f, recall %.4f, F1 %.4f (pairs); B-cubed F1 %.4f\n", (unsigned long long)s.mentions,
            s.all.precision, s.all.recall, s.all.f1, s.all.bcubed_f1);
    if (s.without_truth)
        fprintf(c->out, "%llu mentions are not in the truth and are left out.\n", (unsigned long long)s.without_truth);
    if (s.stale)
        fprintf(c->out, "%llu mentions have another person in the hub than this model gives them; `haven update` brings it up to date.\n", (unsigned long long)s.stale);
    for (size_t i = 0; i < s.n_feeds; i++)
        fprintf(c->out, "  %-20.*s %9llu mentions  precision %.4f  recall %.4f\n", STR_ARG(s.feeds[i].feed), (unsigned long long)s.feeds[i].mentions,
                share_of(s.feeds[i].right_pairs, s.feeds[i].found_pairs), share_of(s.feeds[i].right_pairs, s.feeds[i].true_pairs));
    causes_text(c, &s, false);
    causes_text(c, &s, true);
    return ERR_OK;
}

/* ---- the table ---- */

#define MODEL_OPTION {"model", "FILE", "another model than the one for people that is built in", false, false}
static const struct cli_option model_options[] = {MODEL_OPTION, {0}};
static const struct cli_option search_options[] = {{"most", "N", "at most so many persons (20)", false, false}, {0}};
static const struct cli_option show_options[] = {{"unmask", NULL, "show addresses, telephones, identifiers and the like too", false, false}, {0}};
static const struct cli_option band_options[] = {{"most", "N", "at most so many pairs (50)", false, false}, {0}};
static const struct cli_option decide_options[] = {
    {"why", "TEXT", "the reason, kept sealed with the decision", true, false},
    {"no-update", NULL, "do not work out persons and cases again now", false, false},
    MODEL_OPTION,
    {0},
};
static const struct cli_option undo_options[] = {{"no-update", NULL, "do not work out persons and cases again now", false, false}, MODEL_OPTION, {0}};
static const struct cli_option evaluate_options[] = {
    {"truth", "DIR", "folder with mentions.csv and persons.csv, as haven simulate writes them", true, false},
    MODEL_OPTION,
    {0},
};

const struct cli_command cli_people[] = {
    {"people search", "WORDS …", "find a person by id, identifier, telephone, e-mail, postcode or name",
     "A name may be followed by a date of birth (\"Amelia Strand 19/03/2001\"). A name alone finds similar names too.\nExit status 1 when nobody is found.",
     search_options, CLI_MAY(search, person) | CLI_ASKS, 1, SIZE_MAX, run_search},
    {"people show", "PERSON", "what agencies say of a person: names, numbers, ties, chronology with sources",
     "PERSON is a person id, also a former one, or a mention's key. Addresses, telephones, former names, identifiers and the like are hidden unless --unmask is given,\n"
     "which needs the case that it is for (--basis) and is recorded. Agencies that hold more than they share with yours are named after Ask.",
     show_options, CLI_MAY(view, person) | CLI_ASKS, 1, 1, run_show},
    {"people explain", "PERSON [PERSON]", "why mentions are one person, or why two persons are not",
     "Each PERSON is a person id or a mention's key. With one, the joins in the order in which they were made; with two, the pair of mentions that is most alike and why it was not joined.",
     model_options, CLI_MAY(decide, person) | CLI_ASKS, 1, 2, run_explain},
    {"people join", "A B", "decide that two mentions or persons are one person",
     "A and B are person ids or mention keys. The decision outlives re-links and models until it is undone.", decide_options, CLI_MAY(decide, person) | CLI_ASKS, 2, 2, run_join},
    {"people split", "A B", "decide that two mentions or persons are not one person",
     "To split a person, name two of its mentions by their keys (haven people explain lists them); every other mention then goes to the one that it is more like.",
     decide_options, CLI_MAY(decide, person) | CLI_ASKS, 2, 2, run_split},
    {"people undo", "DECISION", "take a decision back: persons are again what they were without it", NULL, undo_options, CLI_MAY(decide, person), 1, 1, run_undo},
    {"people decisions", "", "list the decisions on who is who, also those taken back", NULL, NULL, CLI_MAY(decide, person), 0, 0, run_decisions},
    {"people band", "", "pairs for clerical review: nearly one person, or kept apart", "Pairs that fell apart at a re-link come first, then by falling weight.",
     band_options, CLI_MAY(decide, person), 0, 0, run_band},
    {"people update", "", "work out who is who, without review", "haven update does this and then reviews.", model_options, CLI_MAY(update, hub), 0, 0, run_update},
    {"people evaluate", "", "measure how well persons are told apart, against a known truth",
     "Pairwise precision and recall over mentions that have an identifier, for each feed too, and the causes of errors with examples for haven people explain.\nNothing is written: with --model, the figures are what that model would give.",
     evaluate_options, CLI_MAY(measure, hub), 0, 0, run_evaluate},
    {0},
};
