/* show.c: one person as the agencies describe them: every value with how many mentions say so, the most stated first. Nothing is merged or guessed. */
#include "people/people.h"

#include "sql/people_sql.h"

#include <stdlib.h>

struct said { /* one value of one kind */
    struct str value;
    uint32_t times;
};
struct kind_of_value { /* what is said of one kind: struct said */
    struct buf said;
};
enum { K_NAME, K_DOB, K_PHONE, K_EMAIL, K_ADDRESS, K_IDENTIFIER, K_AGENCY, K_ASK, K_N };

struct gather {
    struct arena *a;
    struct kind_of_value kinds[K_N];
    const struct feed_info *feeds;
    size_t n_feeds;
};

static const struct {
    enum link_person_column column;
    const char *label;
} identifiers[] = {
    {LINK_PERSON_nhs_number, "NHS"}, {LINK_PERSON_pnc_id, "PNC"}, {LINK_PERSON_cro_number, "CRO"}, {LINK_PERSON_noms_number, "prison number"},
    {LINK_PERSON_crn, "probation CRN"}, {LINK_PERSON_nino, "National Insurance"}, {LINK_PERSON_upn, "pupil number"},
};

static void say(struct gather *g, int kind, struct str value)
{
    struct buf *b = &g->kinds[kind].said;
    struct said *v = (void *)b->p;
    if (!value.n)
        return;
    for (size_t i = 0; i < b->n / sizeof *v; i++)
        if (str_eq_nocase(v[i].value, value)) {
            v[i].times++;
            if (str_cmp(value, v[i].value) < 0) /* of two spellings in different case always the same one is shown */
                v[i].value = value;
            return;
        }
    struct said s = {value, 1};
    (void)buf_add(b, &s, sizeof s);
}

static void say_mention(struct gather *g, const struct mention *m)
{
    say(g, K_NAME, m->name_as_given);
    say(g, K_DOB, m->v[LINK_PERSON_dob].n ? m->v[LINK_PERSON_dob] : m->dob_as_given);
    say(g, K_PHONE, m->v[LINK_PERSON_phone].n ? m->v[LINK_PERSON_phone] : m->phone_as_given);
    say(g, K_EMAIL, m->v[LINK_PERSON_email].n ? m->v[LINK_PERSON_email] : m->email_as_given);
    say(g, K_ADDRESS, m->address_as_given.n ? m->address_as_given : m->v[LINK_PERSON_postcode]);
    for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++)
        if (m->v[identifiers[i].column].n)
            say(g, K_IDENTIFIER, str_fmt(g->a, "%s %.*s", identifiers[i].label, STR_ARG(m->v[identifiers[i].column])));
    for (size_t i = 0; i < g->n_feeds; i++)
        if (g->feeds[i].index == m->feed)
            say(g, m->shown.grade < INTAKE_GRADE_SUMMARY ? K_ASK : K_AGENCY, g->feeds[i].agency);
}

static int said_cmp(const void *l, const void *r)
{
    const struct said *x = l, *y = r;
    if (x->times != y->times)
        return x->times > y->times ? -1 : 1;
    return str_cmp(x->value, y->value);
}

static struct str best(const struct gather *g, int kind)
{
    const struct said *v = (const void *)g->kinds[kind].said.p;
    return g->kinds[kind].said.n ? v[0].value : STR("");
}

/* "A (3), B (1)", from the `from`-th; counts only where there are several values. */
static struct str joined(struct gather *g, int kind, size_t from)
{
    const struct said *v = (const void *)g->kinds[kind].said.p;
    size_t n = g->kinds[kind].said.n / sizeof *v;
    _cleanup_buf_ struct buf out;
    buf_init(&out, LIMIT_FIELD_BYTES);
    for (size_t i = from; i < n && !out.failed; i++) {
        if (i > from)
            (void)buf_z(&out, "; ");
        (void)buf_str(&out, v[i].value);
        if (n > 1)
            (void)buf_fmt(&out, " (%u)", v[i].times);
    }
    return str_dup(g->a, buf_as_str(&out));
}

/* `ids`: all mentions; *ret_n of them are left, those of which something may be known. */
static enum err_code gather_all(struct store *s, const struct vault *v, int64_t *ids, size_t *ret_n, struct gather *g, struct err *e)
{
    const size_t n = *ret_n;
    size_t known = 0;
    struct feed_info *feeds;
    ERR_TRY(intake_feeds(s, g->a, &feeds, &g->n_feeds, e));
    g->feeds = feeds;
    for (size_t i = 0; i < n; i++) {
        struct mention m;
        enum err_code code = intake_mention(s, v, ids[i], g->a, &m, e);
        if (code == ERR_NOT_FOUND)
            continue; /* of a record of which nothing may be known: not counted either */
        ERR_TRY(code);
        say_mention(g, &m);
        ids[known++] = ids[i];
    }
    *ret_n = known;
    for (int k = 0; k < K_N; k++) {
        struct buf *b = &g->kinds[k].said;
        ERR_TRY(buf_check(b, "what is said of a person", e));
        if (b->n)
            qsort(b->p, b->n / sizeof(struct said), sizeof(struct said), said_cmp);
    }
    return ERR_OK;
}

enum err_code people_key_known(struct store *s, const struct vault *v, struct str id, bool *ret, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    struct mention m;
    uint64_t key;
    int64_t mention;
    arena_init(&scratch, LIMIT_REQUEST_BYTES);
    *ret = true;
    if (!mention_key_parse(id, &key))
        return ERR_OK;
    enum err_code code = store_query_int(s, &sql_people_mention_of_key, (const struct store_value[]){V_INT((int64_t)key)}, &mention, e);
    if (code == ERR_OK)
        code = intake_mention(s, v, mention, &scratch, &m, e);
    *ret = code == ERR_OK;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code people_show(struct store *s, const struct vault *v, struct str person_id, struct arena *a, struct person_view *ret, struct err *e)
{
    struct person_view view = {0};
    uint64_t person;
    int64_t *ids;
    bool known;
    ERR_TRY(people_resolve(s, person_id, &person, &view.redirected, e));
    ERR_TRY(people_key_known(s, v, person_id, &known, e));
    if (!known)
        return err_set(e, ERR_NOT_FOUND, "no such person");
    ERR_TRY(people_members(s, person, a, &ids, &view.n_mentions, e));
    view.id = person_id_of_key(person);
    view.mentions = ids;
    struct gather g = {.a = a};
    for (int k = 0; k < K_N; k++)
        buf_init(&g.kinds[k].said, LIMIT_PEOPLE_TEXT_BYTES);
    enum err_code code = gather_all(s, v, ids, &view.n_mentions, &g, e);
    if (code == ERR_OK && view.n_mentions == 0)
        code = err_set(e, ERR_NOT_FOUND, "no such person"); /* known only to agencies of whose records nothing may be known */
    if (code == ERR_OK) {
        view.name = best(&g, K_NAME);
        view.other_names = joined(&g, K_NAME, 1);
        view.dob = joined(&g, K_DOB, 0);
        view.phones = joined(&g, K_PHONE, 0);
        view.emails = joined(&g, K_EMAIL, 0);
        view.addresses = joined(&g, K_ADDRESS, 0);
        view.identifiers = joined(&g, K_IDENTIFIER, 0);
        view.agencies = joined(&g, K_AGENCY, 0);
        view.ask = joined(&g, K_ASK, 0);
        *ret = view;
    }
    for (int k = 0; k < K_N; k++)
        buf_release(&g.kinds[k].said);
    return code;
}
