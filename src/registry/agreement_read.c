/* agreement_read.c: a sharing agreement's file. Every mistake is named with its line, all of them in one go: whoever writes an agreement is no programmer.
 *
 * docs/registry.md has the format. Reading knows no hub: whether the parties are registered is found when it is tested or activated. */
#include "registry/registry_int.h"

#include <stdarg.h>
#include <stdio.h>

struct reader {
    struct registry_agreement *g;
    struct arena *a;
    const char *file;
    struct buf *mistakes;
    size_t n_mistakes;
    bool no_memory;
};

/* ---- mistakes ---- */

static void mistake(struct reader *r, const struct json *v, const char *key, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void mistake(struct reader *r, const struct json *v, const char *key, const char *fmt, ...)
{
    char text[320];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (r->n_mistakes++ < LIMIT_AGREEMENT_MISTAKES)
        (void)buf_fmt(r->mistakes, "%s:%u: %s: %s\n", r->file, (unsigned)v->line, key, text); /* checked at the end */
}

/* Where something is missing: its parent's line. */
static const struct json *at(const struct json *parent, const struct json *v) { return v->type == JSON_ABSENT ? parent : v; }

/* A key that is not known is a mistake: misspelt, it would share less or more than was meant. */
static void only_keys(struct reader *r, const struct json *v, const char *where, const char *const *known)
{
    JSON_EACH(item, v)
    {
        bool found = false;
        for (const char *const *k = known; *k && !found; k++)
            found = str_eq(item->key, str_of(*k));
        if (!found)
            mistake(r, item, where, "the key \"%.*s\" is not known here; remove it or mend its spelling", STR_ARG(str_slice(item->key, 0, 40)));
    }
}

/* ---- values ---- */

static struct str copy(struct reader *r, struct str s)
{
    struct str out = str_dup(r->a, s);
    r->no_memory |= !out.p;
    return out.p ? out : STR("");
}

static struct str text(struct reader *r, const struct json *parent, const char *key)
{
    const struct json *v = json_get(parent, key);
    if (v->type == JSON_STRING && registry_line_check(v->text, key, NULL) == ERR_OK)
        return copy(r, v->text);
    mistake(r, at(parent, v), key, "a line of text is required");
    return STR("");
}

static int64_t date(struct reader *r, const struct json *parent, const char *key, bool end_of_day)
{
    const struct json *v = json_get(parent, key);
    int32_t day;
    if (v->type == JSON_STRING && day_parse_iso(v->text, &day))
        return day_start_ms(day + (end_of_day ? 1 : 0));
    mistake(r, at(parent, v), key, "a date as \"2026-04-01\" is required");
    return 0;
}

static struct str *texts(struct reader *r, const struct json *v, const char *key, size_t *ret_n)
{
    struct str *list = ARENA_NEW(r->a, struct str, v->n + 1);
    *ret_n = 0;
    r->no_memory |= !list;
    if (!list)
        return NULL;
    JSON_EACH(item, v)
    {
        bool twice = false;
        for (size_t i = 0; i < *ret_n && item->type == JSON_STRING; i++)
            twice |= str_eq(list[i], item->text);
        if (item->type != JSON_STRING || registry_line_check(item->text, key, NULL) != ERR_OK)
            mistake(r, item, key, "each is a line of text");
        else if (twice)
            mistake(r, item, key, "stands twice");
        else
            list[(*ret_n)++] = copy(r, item->text);
    }
    return list;
}

/* ---- sections ---- */

static void read_head(struct reader *r, const struct json *v)
{
    struct registry_agreement *g = r->g;
    const struct json *name = json_get(v, "name"), *regime = json_get(v, "regime"), *parties = json_get(v, "parties"), *replaces = json_get(v, "replaces");
    if (name->type != JSON_STRING || registry_name_check(name->text, "an agreement", NULL) != ERR_OK)
        mistake(r, at(v, name), "name", "1 to %zu small letters, digits, dots and hyphens are required, with a letter or digit at both ends", LIMIT_REGISTRY_NAME_BYTES);
    else
        g->name = copy(r, name->text);
    g->title = text(r, v, "title");
    if (parties->type != JSON_ARRAY || parties->n < 2)
        mistake(r, at(v, parties), "parties", "the names of at least two agencies are required");
    else
        g->parties = texts(r, parties, "parties", &g->n_parties);
    if (replaces->type != JSON_ABSENT && replaces->type != JSON_ARRAY)
        mistake(r, replaces, "replaces", "must be a list of the names of agreements that end when this one is activated, or be left out");
    else
        g->replaces = texts(r, replaces, "replaces", &g->n_replaces);
    if (!str_eq(regime->text, STR("part2")) && !str_eq(regime->text, STR("part3")))
        mistake(r, at(v, regime), "regime", "must be \"part2\" (UK GDPR and DPA 2018 Part 2) or \"part3\" (law enforcement)");
    else
        g->regime = copy(r, regime->text);
    g->lawful_basis = text(r, v, "lawful_basis");
    g->marking = text(r, v, "marking");
    g->dpo_contact = text(r, v, "dpo_contact");
}

static void read_dates(struct reader *r, const struct json *v)
{
    struct registry_agreement *g = r->g;
    g->from_ms = date(r, v, "start", false);
    g->to_ms = date(r, v, "end", true);
    g->review_ms = date(r, v, "review", false);
    if (!g->from_ms || !g->to_ms || !g->review_ms)
        return;
    if (g->to_ms <= g->from_ms)
        mistake(r, json_get(v, "end"), "end", "is before the start");
    else if (g->to_ms - g->from_ms > LIMIT_AGREEMENT_MS)
        mistake(r, json_get(v, "end"), "end", "is more than five years after the start: agree anew, in the light of what the sharing was for");
    if (g->review_ms < g->from_ms || g->review_ms >= g->to_ms)
        mistake(r, json_get(v, "review"), "review", "must lie between start and end");
}

static bool is_party(const struct registry_agreement *g, struct str name)
{
    for (size_t i = 0; i < g->n_parties; i++)
        if (str_eq(g->parties[i], name))
            return true;
    return false;
}

/* The most that the purpose lets anybody see of anything: what access gives somebody with every role for a record of their own agency. */
static int purpose_cap(enum access_purpose purpose)
{
    const struct access_ask ask = {.who = {.standing = ACCESS_STANDING_active, .roles = ((1u << ACCESS_ROLE_N) - 1) & ~1u, .agency = 1, .to_ms = 2},
                                   .action = ACCESS_view, .purpose = purpose, .basis = ACCESS_BASIS_GIVEN, .now_ms = 1};
    const struct access_object object = {.kind = ACCESS_KIND_record, .level = ACCESS_LEVEL_open, .sharing = {.owner = 1, .ceiling = ACCESS_CEILING_NONE}};
    return access_decide(&ask, &object).grade;
}

static void add_share(struct reader *r, const struct json *v, struct buf *shares, struct registry_share share)
{
    const struct registry_share *list = (const void *)shares->p;
    for (size_t i = 0; i < shares->n / sizeof share; i++)
        if (list[i].purpose == share.purpose && str_eq(list[i].from, share.from) && str_eq(list[i].to, share.to) && list[i].to_kind == share.to_kind)
            mistake(r, v, "shares", "the same agencies and purpose (%s) stand on line %u already", access_purpose_name(share.purpose), (unsigned)list[i].line);
    (void)buf_add(shares, &share, sizeof share); /* checked at the end */
}

static void read_purposes(struct reader *r, const struct json *v, const struct json *purposes, struct buf *shares, struct registry_share share)
{
    JSON_EACH(item, purposes)
    {
        if (item->type != JSON_STRING || !access_purpose_parse(item->text, &share.purpose))
            mistake(r, item, "purposes", "\"%.*s\" is no purpose; such as safeguarding, investigation, victim-support, meeting", STR_ARG(str_slice(item->text, 0, 40)));
        else if (purpose_cap(share.purpose) == ACCESS_CEILING_NONE)
            mistake(r, item, "purposes", "nothing about persons is seen for %s, so it cannot be shared for it", access_purpose_name(share.purpose));
        else if (share.ceiling > purpose_cap(share.purpose))
            mistake(r, item, "purposes", "for %s nobody sees more than grade %d: a ceiling of %d promises what cannot be", access_purpose_name(share.purpose),
                    purpose_cap(share.purpose), share.ceiling);
        else
            add_share(r, v, shares, share);
    }
}

static void read_share(struct reader *r, const struct json *v, struct buf *shares)
{
    const struct json *from = json_get(v, "from"), *to = json_get(v, "to"), *purposes = json_get(v, "purposes"), *ceiling = json_get(v, "ceiling");
    const struct json *kind = json_get(to, "kind");
    const size_t before = r->n_mistakes;
    struct registry_share share = {.line = v->line, .ceiling = (int)json_int_or(ceiling, -1), .to = STR("")};
    if (v->type != JSON_OBJECT) {
        mistake(r, v, "shares", "each is {\"from\": …, \"to\": …, \"purposes\": […], \"ceiling\": …}");
        return;
    }
    only_keys(r, v, "shares", (const char *const[]){"from", "to", "purposes", "ceiling", NULL});
    if (from->type != JSON_STRING || !is_party(r->g, from->text))
        mistake(r, at(v, from), "from", "the name of one of the parties is required");
    if (to->type == JSON_OBJECT) {
        only_keys(r, to, "to", (const char *const[]){"kind", NULL});
        if (kind->type != JSON_STRING || !registry_agency_kind_parse(kind->text, &share.to_kind))
            mistake(r, at(to, kind), "to.kind", "a kind of agency is required, such as police, health, housing, charity");
    } else if (to->type != JSON_STRING || !is_party(r->g, to->text)) {
        mistake(r, at(v, to), "to", "the name of one of the parties is required, or {\"kind\": …}");
    } else if (str_eq(to->text, from->text)) {
        mistake(r, to, "to", "an agency needs no agreement with itself");
    }
    if (ceiling->type != JSON_NUMBER || ceiling->text.n != 1 || ceiling->text.p[0] < '0' || ceiling->text.p[0] > '3')
        mistake(r, at(v, ceiling), "ceiling", "must be 0 (pointer), 1 (coded events), 2 (summary) or 3 (full record)");
    if (purposes->type != JSON_ARRAY || purposes->n == 0)
        mistake(r, at(v, purposes), "purposes", "a list of purposes is required");
    if (r->n_mistakes != before)
        return;
    share.from = copy(r, from->text);
    if (to->type == JSON_STRING)
        share.to = copy(r, to->text);
    read_purposes(r, v, purposes, shares, share);
}

static enum err_code read_shares(struct reader *r, const struct json *v, struct err *e)
{
    const struct json *list = json_get(v, "shares");
    _cleanup_buf_ struct buf shares;
    buf_init(&shares, LIMIT_AGREEMENT_SHARES * sizeof(struct registry_share));
    if (list->type != JSON_ARRAY || list->n == 0)
        mistake(r, at(v, list), "shares", "at least one {\"from\": …, \"to\": …, \"purposes\": […], \"ceiling\": …} is required");
    else
        JSON_EACH(item, list) read_share(r, item, &shares);
    return REGISTRY_LIST(&shares, r->a, "the shares of one agreement", &r->g->shares, &r->g->n_shares, e);
}

enum err_code registry_agreement_read(struct str file_text, const char *file, struct arena *a, struct registry_agreement *ret, struct buf *ret_mistakes, struct err *e)
{
    struct registry_agreement g = {0};
    struct reader r = {.g = &g, .a = a, .file = file, .mistakes = ret_mistakes};
    const struct json_limits limits = {LIMIT_AGREEMENT_BYTES, LIMIT_AGREEMENT_DEPTH};
    const struct json *v;
    if (json_parse(a, file_text, &limits, &v, e) != ERR_OK)
        return err_frame(e, "%s", file);
    if (v->type != JSON_OBJECT)
        return err_set(e, ERR_FORMAT, "%s:1: an agreement is a JSON object: {\"name\": …}", file);
    only_keys(&r, v, "agreement", (const char *const[]){"name", "title", "parties", "replaces", "regime", "lawful_basis", "marking", "dpo_contact", "start", "end", "review",
                                                        "shares", NULL});
    read_head(&r, v);
    read_dates(&r, v);
    ERR_TRY(read_shares(&r, v, e));
    g.definition = copy(&r, file_text);
    ERR_TRY(buf_check(ret_mistakes, "the list of mistakes", e));
    if (r.no_memory)
        return err_set(e, ERR_NO_MEMORY, "out of memory for an agreement");
    if (r.n_mistakes)
        return err_set(e, ERR_FORMAT, "%s: the agreement has %zu mistakes", file, r.n_mistakes);
    *ret = g;
    return ERR_OK;
}
