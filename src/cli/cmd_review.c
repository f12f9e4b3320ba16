/* cmd_review.c: haven review list | show | assess | evaluate. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "review/evaluate.h"

#include <errno.h>
#include <sys/stat.h>

#define LIMIT_CASE_FILE_BYTES ((size_t)8 << 20)
#define EVIDENCE_SHOWN ((size_t)4) /* sources under each reason with --brief */

/* ---- list ---- */

static enum err_code rule_of(const char *name, int *ret, struct err *e)
{
    *ret = -1;
    if (!name)
        return ERR_OK;
    for (size_t i = 0; i < review_n_rules; i++)
        if (strcmp(name, review_rules[i].id) == 0 || strcmp(name, review_rules[i].name) == 0)
            *ret = (int)i;
    return *ret >= 0 ? ERR_OK : err_set(e, ERR_USAGE, "there is no rule %s: R1 to R%zu, or their names as haven help review list shows them", name, review_n_rules);
}

static struct str rules_joined(struct arena *a, const struct review_case_line *line)
{
    struct str all = STR("");
    for (size_t i = 0; i < line->n_rules && all.p; i++)
        all = str_fmt(a, "%.*s%s%s", STR_ARG(all), i ? ", " : "", review_rules[line->rules[i]].name);
    return all;
}

static enum err_code run_list(struct cli *c, struct err *e)
{
    int64_t limit = 20, skip = 0;
    struct review_filter f = {0};
    struct review_queue q;
    ERR_TRY(cli_opt_int(c, "limit", 1, 1000000, &limit, e));
    ERR_TRY(cli_opt_int(c, "skip", 0, 1000000000, &skip, e));
    ERR_TRY(rule_of(cli_opt(c, "rule"), &f.rule, e));
    f.limit = (size_t)limit;
    f.offset = (size_t)skip;
    ERR_TRY(review_ask_list(&c->asking, &f, &q, e));
    static const char *const columns[] = {"case", "victim", "suspect", "newest_occasion", "clock_due", "occasions", "agencies", "reasons", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < q.n; i++) {
        const struct review_case_line *line = &q.v[i];
        cli_cell_str(&t, line->id);
        cli_cell_str(&t, line->victim_name.n ? line->victim_name : str_of(line->victim.z));
        cli_cell_str(&t, !line->suspect.z[0] ? STR("not known") : line->suspect_name.n ? line->suspect_name : str_of(line->suspect.z));
        cli_cell_str(&t, instant_format_iso(c->arena, line->newest_occasion));
        if (line->clock_due.precision == PRECISION_UNKNOWN)
            cli_cell_none(&t);
        else
            cli_cell_str(&t, instant_format_iso(c->arena, line->clock_due));
        cli_cell_int(&t, line->n_occasions);
        cli_cell_int(&t, line->n_agencies);
        cli_cell_str(&t, rules_joined(c->arena, line));
    }
    ERR_TRY(cli_table_end(&t, e));
    if (!c->json && q.total > q.n)
        fprintf(c->out, "%zu of %zu cases; --skip and --limit show others.\n", q.n, q.total);
    return c->json ? ERR_OK : cli_lists_ending(c, e);
}

/* ---- show ---- */

static void put(FILE *out, struct str s) { cli_print_clean(out, s, false); }

static void put_labelled(struct cli *c, const char *label, struct str s)
{
    if (!s.n)
        return;
    fprintf(c->out, "  %s", label);
    put(c->out, s);
    fputc('\n', c->out);
}

static void put_person(struct cli *c, const char *role, const struct person_view *p, bool brief)
{
    fprintf(c->out, "%s: ", role);
    if (p->n_mentions == 0) {
        fprintf(c->out, "not known\n");
        return;
    }
    put(c->out, p->name.n ? p->name : STR("name not known"));
    fprintf(c->out, " (%s, %zu mentions)\n", p->id.z, p->n_mentions);
    put_labelled(c, "Born: ", p->dob);
    put_labelled(c, "Known to: ", p->agencies);
    if (!brief)
        put_labelled(c, "Also: ", p->other_names);
}

static void put_evidence(struct cli *c, const struct review_evidence_view *ev)
{
    fprintf(c->out, "      %.*s  ", STR_ARG(instant_format_govuk(c->arena, ev->when)));
    put(c->out, ev->agency);
    if (ev->source_id.n) {
        fputs(", ", c->out);
        put(c->out, ev->source_id);
    }
    fputs(": ", c->out);
    if (ev->recorded_as.n) { /* grade 1 has neither words nor numbers */
        fputs("recorded as \"", c->out);
        put(c->out, ev->recorded_as);
        fputs("\"; ", c->out);
    }
    fprintf(c->out, "%.*s (%s)\n", STR_ARG(ev->behaviour), words_text(&words_assertion, (int)ev->assertion));
}

static void put_reasons(struct cli *c, const struct review_case_view *v, bool brief)
{
    fputs("Why it needs a person:\n", c->out);
    for (size_t i = 0; i < v->n_reasons; i++) {
        const struct review_reason_view *r = &v->reasons[i];
        size_t shown = brief && r->n_evidence > EVIDENCE_SHOWN ? EVIDENCE_SHOWN : r->n_evidence;
        fprintf(c->out, "  %.*s %.*s. %.*s (%.*s)\n", STR_ARG(r->rule_id), STR_ARG(r->rule_name), STR_ARG(r->words), STR_ARG(r->source));
        for (size_t k = 0; k < shown; k++)
            put_evidence(c, &r->evidence[k]);
        if (shown < r->n_evidence)
            fprintf(c->out, "      and %zu more\n", r->n_evidence - shown);
    }
}

static void put_orders(struct cli *c, const struct review_case_view *v)
{
    if (v->n_orders)
        fputs("Orders, bail, licence and custody:\n", c->out);
    for (size_t i = 0; i < v->n_orders; i++) {
        const struct review_order_view *o = &v->orders[i];
        fprintf(c->out, "  %s: %.*s, from %.*s to %.*s; ", o->in_force ? "in force" : "not in force", STR_ARG(o->type), STR_ARG(instant_format_govuk(c->arena, o->from)),
                STR_ARG(o->to.precision == PRECISION_UNKNOWN ? STR("further notice") : instant_format_govuk(c->arena, o->to)));
        put(c->out, o->conditions);
        fputs(" [", c->out);
        put(c->out, o->source);
        fputs("]\n", c->out);
    }
}

static void put_history(struct cli *c, const struct review_case_view *v)
{
    fprintf(c->out, "History (%zu records):\n", v->n_history);
    for (size_t i = 0; i < v->n_history; i++) {
        const struct review_history_line *h = &v->history[i];
        fprintf(c->out, "  %.*s  [%.*s] ", STR_ARG(instant_format_govuk(c->arena, h->when)), STR_ARG(h->roles));
        put(c->out, h->agency);
        if (h->source_id.n) {
            fputs(", ", c->out);
            put(c->out, h->source_id);
        }
        if (h->recorded_as.n) {
            fputs(": ", c->out);
            put(c->out, h->recorded_as);
        }
        fprintf(c->out, " (%s)\n", words_text(&words_assertion, (int)h->assertion));
        put_labelled(c, "    ", h->narrative);
        put_labelled(c, "    ", h->occasion);
    }
}

static void json_reasons(struct json_out *o, struct arena *a, const struct review_case_view *v)
{
    jo_key(o, "reasons"), jo_array(o);
    for (size_t i = 0; i < v->n_reasons; i++) {
        const struct review_reason_view *r = &v->reasons[i];
        jo_object(o);
        jo_key(o, "rule"), jo_str(o, r->rule_id);
        jo_key(o, "name"), jo_str(o, r->rule_name);
        jo_key(o, "source"), jo_str(o, r->source);
        jo_key(o, "words"), jo_str(o, r->words);
        jo_key(o, "evidence"), jo_array(o);
        for (size_t k = 0; k < r->n_evidence; k++) {
            const struct review_evidence_view *ev = &r->evidence[k];
            jo_object(o);
            jo_key(o, "when"), jo_str(o, instant_format_iso(a, ev->when));
            jo_key(o, "agency"), jo_str(o, ev->agency);
            jo_key(o, "source_id"), jo_str(o, ev->source_id);
            jo_key(o, "recorded_as"), jo_str(o, ev->recorded_as);
            jo_key(o, "behaviour"), jo_str(o, ev->behaviour);
            jo_key(o, "marked"), jo_str(o, str_of(words_name(&words_assertion, (int)ev->assertion)));
            jo_end_object(o);
        }
        jo_end_array(o);
        jo_end_object(o);
    }
    jo_end_array(o);
}

static void json_history(struct json_out *o, struct arena *a, const struct review_case_view *v)
{
    jo_key(o, "history"), jo_array(o);
    for (size_t i = 0; i < v->n_history; i++) {
        const struct review_history_line *h = &v->history[i];
        jo_object(o);
        jo_key(o, "when"), jo_str(o, instant_format_iso(a, h->when));
        jo_key(o, "about"), jo_str(o, h->roles);
        jo_key(o, "agency"), jo_str(o, h->agency);
        jo_key(o, "source_id"), jo_str(o, h->source_id);
        jo_key(o, "recorded_as"), jo_str(o, h->recorded_as);
        jo_key(o, "narrative"), jo_str(o, h->narrative);
        jo_key(o, "same_happening"), jo_str(o, h->occasion);
        jo_key(o, "marked"), jo_str(o, str_of(words_name(&words_assertion, (int)h->assertion)));
        jo_end_object(o);
    }
    jo_end_array(o);
}

static enum err_code show_json(struct cli *c, const struct review_case_view *v, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, (size_t)256 << 20);
    jo_init(&o, &b, 1);
    jo_object(&o);
    jo_key(&o, "case"), jo_str(&o, v->line.id);
    jo_key(&o, "victim"), jo_str(&o, str_of(v->line.victim.z));
    jo_key(&o, "suspect");
    if (v->line.suspect.z[0])
        jo_str(&o, str_of(v->line.suspect.z));
    else
        jo_null(&o);
    jo_key(&o, "relation"), jo_str(&o, v->relation);
    jo_key(&o, "danger_to_staff"), jo_str(&o, v->danger_to_staff);
    jo_key(&o, "occasions"), jo_int(&o, v->line.n_occasions);
    json_reasons(&o, c->arena, v);
    json_history(&o, c->arena, v);
    jo_end_object(&o);
    (void)buf_char(&b, '\n'); /* checked next */
    ERR_TRY(buf_check(&b, "the case as JSON", e));
    (void)fwrite(b.p, 1, b.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

static enum err_code run_show(struct cli *c, struct err *e)
{
    struct review_case_view v;
    bool brief = cli_has(c, "brief");
    ERR_TRY(review_ask_show(&c->asking, cli_has(c, "unmask") ? ACCESS_unmask : ACCESS_view, str_of(c->args[0]), &v, e));
    if (c->json)
        return show_json(c, &v, e);
    fprintf(c->out, "Case %.*s\n", STR_ARG(v.line.id));
    put_person(c, "Victim", &v.victim, brief);
    put_person(c, "Suspect", &v.suspect, brief);
    put_labelled(c, "Relation: ", v.relation);
    put_labelled(c, "Danger to staff: ", v.danger_to_staff);
    put_labelled(c, "An agency holds something relevant: ask ", v.ask);
    put_reasons(c, &v, brief);
    if (!brief) {
        put_orders(c, &v);
        put_history(c, &v);
    }
    fputc('\n', c->out);
    return ERR_OK;
}

/* ---- assess ---- */

static enum err_code file_read(struct cli *c, const char *path, struct str *ret, struct err *e)
{
    struct stat st;
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
    bool usable = fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    bool fits = usable && (uint64_t)st.st_size <= LIMIT_CASE_FILE_BYTES;
    char *p = fits ? arena_alloc(c->arena, (size_t)st.st_size + 1) : NULL;
    size_t n = p ? fread(p, 1, (size_t)st.st_size, f) : 0;
    bool whole = p && n == (size_t)st.st_size;
    (void)fclose(f); /* only read */
    if (!usable)
        return err_set(e, ERR_IO, "%s is not a regular file", path);
    if (!fits)
        return err_set(e, ERR_LIMIT, "%s is larger than the %zu bytes that a case file may have", path, LIMIT_CASE_FILE_BYTES);
    if (!whole)
        return err_set(e, ERR_IO, "cannot read %s", path);
    *ret = (struct str){p, n};
    return ERR_OK;
}

static enum err_code assess_all(struct cli *c, const struct link_model *m, struct buf *out, struct err *e)
{
    for (size_t i = 0; i < c->n_args; i++) {
        struct str text;
        ERR_TRY(file_read(c, c->args[i], &text, e));
        if (review_assess(m, text, out, e) != ERR_OK)
            return err_frame(e, "%s", c->args[i]);
    }
    return ERR_OK;
}

static enum err_code run_assess(struct cli *c, struct err *e)
{
    struct link_model *m;
    _cleanup_buf_ struct buf out;
    buf_init(&out, (size_t)1 << 30);
    ERR_TRY(link_model_person(&m, e));
    enum err_code code = assess_all(c, m, &out, e);
    link_model_free(m);
    ERR_TRY(code);
    (void)fwrite(out.p, 1, out.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

/* ---- evaluate ---- */

static enum err_code evaluate_json(struct cli *c, const struct review_score *s, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, (size_t)1 << 20);
    jo_init(&o, &b, 1);
    jo_object(&o);
    jo_key(&o, "cases"), jo_int(&o, (int64_t)s->cases);
    jo_key(&o, "misrecorded"), jo_int(&o, (int64_t)s->misrecorded);
    jo_key(&o, "recall"), jo_double(&o, s->recall);
    jo_key(&o, "false_alerts_per_1000"), jo_double(&o, s->false_alerts_per_1000);
    jo_key(&o, "pairs_without_stalking"), jo_int(&o, (int64_t)s->pairs_without);
    jo_key(&o, "false_alerts"), jo_int(&o, (int64_t)s->false_alerts);
    jo_key(&o, "histories"), jo_array(&o);
    for (size_t i = 0; i < s->n_kinds; i++) {
        jo_object(&o);
        jo_key(&o, "kind"), jo_str(&o, s->kinds[i].kind);
        jo_key(&o, "true"), jo_int(&o, (int64_t)s->kinds[i].histories);
        jo_key(&o, "found"), jo_int(&o, (int64_t)s->kinds[i].found);
        jo_key(&o, "found_as_misrecorded"), jo_int(&o, (int64_t)s->kinds[i].found_misrecorded);
        jo_key(&o, "one_occasion_known"), jo_int(&o, (int64_t)s->kinds[i].one_occasion);
        jo_end_object(&o);
    }
    jo_end_array(&o);
    jo_key(&o, "false_alert_examples"), jo_array(&o);
    for (size_t i = 0; i < s->n_false_examples; i++)
        jo_str(&o, review_case_id(c->arena, s->false_examples[i]));
    jo_end_array(&o);
    jo_end_object(&o);
    (void)buf_char(&b, '\n'); /* checked next */
    ERR_TRY(buf_check(&b, "the score as JSON", e));
    (void)fwrite(b.p, 1, b.n, c->out); /* the door checks the stream */
    return ERR_OK;
}

static enum err_code run_evaluate(struct cli *c, struct err *e)
{
    struct review_score s;
    ERR_TRY(review_evaluate(c->store, c->vault, cli_opt(c, "truth"), c->arena, &s, e));
    if (c->json)
        return evaluate_json(c, &s, e);
    static const char *const columns[] = {"history", "true", "found", "found_as_misrecorded", "one_occasion_known", NULL};
    struct cli_table t;
    fprintf(c->out, "%llu cases, %llu of them show misrecorded stalking.\nRecall %.3f of histories with two occasions in the records. False alerts: %llu of %llu pairs without stalking (%.1f per 1,000).\n",
            (unsigned long long)s.cases, (unsigned long long)s.misrecorded, s.recall, (unsigned long long)s.false_alerts, (unsigned long long)s.pairs_without, s.false_alerts_per_1000);
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < s.n_kinds; i++) {
        cli_cell_str(&t, s.kinds[i].kind);
        cli_cell_int(&t, (int64_t)s.kinds[i].histories);
        cli_cell_int(&t, (int64_t)s.kinds[i].found);
        cli_cell_int(&t, (int64_t)s.kinds[i].found_misrecorded);
        cli_cell_int(&t, (int64_t)s.kinds[i].one_occasion);
    }
    return cli_table_end(&t, e);
}

const struct cli_command cli_review[] = {
    {"review list", "", "what needs a person first, and why",
     "Cases in the queue's order: clock due soonest, breach, contact from custody, threat, newest occasion. Nobody gets a score.\n"
     "Rules: R1 course-of-conduct, R2 former-partner, R3 order-in-force, R4 contact-from-custody, R5 misrecorded, R6 escalation, R7 not-known-person (docs/review.md).",
     (const struct cli_option[]){{"limit", "N", "at most so many (default 20)", false, false}, {"skip", "N", "leave out the first N", false, false}, {"rule", "RULE", "only cases with this reason", false, false}, {0}},
     CLI_MAY(list, case) | CLI_ASKS, 0, 0, run_list},
    {"review show", "ID", "one case: who, dangers, reasons with sources, orders, history", "Every line names its agency and record, and says whether it is fact or opinion.",
     (const struct cli_option[]){{"brief", NULL, "without orders and history, and at most four sources a reason", false, false},
                                  {"unmask", NULL, "with addresses, telephones, identifiers and the like", false, false}, {0}},
     CLI_MAY(view, case) | CLI_ASKS, 1, 1, run_show},
    {"review assess", "CASE.json …", "judge case files of the case-bank format, without a hub",
     "Prints one JSON object a line. Labels (gold), tags and summary in the files are not looked at; the order of files and records does not matter.",
     NULL, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_assess},
    {"review evaluate", "", "measure the cases against a known truth",
     "The truth is a folder as haven simulate writes it: mentions.csv, pairs.csv, occasions.csv.",
     (const struct cli_option[]){{"truth", "DIR", "the folder", true, false}, {0}}, CLI_MAY(measure, hub), 0, 0, run_evaluate},
    {0},
};
