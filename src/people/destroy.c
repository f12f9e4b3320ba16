/* destroy.c: one person's keys, destroyed: of the mentions, of the rows that describe nobody else, of the reasons of decisions about them.
 *
 * Order: everything in one transaction; before it commits, the list beside the key file gets a line a mention, so that an old backup put back later can be
 * brought to the same state (people_destroy_again). A kill between the two leaves lines of what still stands: doing it again ends it. */
#include "people/update.h"
#include "people/why.h"
#include "vault/keeping.h"

#include "sql/people_sql.h"

#include <stdio.h>
#include <stdlib.h>

#define AGAIN STR("destroyed again from the list beside the key file")

/* ---- within the transaction ---- */

/* A mention's present membership becomes a past one; its former person's id leads nowhere when nobody is left. */
static enum err_code membership_end(struct store *s, int64_t mention, int64_t now, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    int64_t id, left;
    ERR_TRY(STORE_QUERY(s, sql_people_membership_of, &c, e, V_INT(mention)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return ERR_OK; /* a former version, or not linked yet */
    const int64_t key = store_int(c, 0), person = store_int(c, 1), from = store_int(c, 2);
    ERR_TRY(store_reserve_ids(s, "person_mention_past", 1, &id, e));
    ERR_TRY(STORE_RUN(s, sql_people_past_insert, e, V_INT(id), V_INT(mention), V_INT(key), V_INT(person), V_INT(from), V_INT(now)));
    ERR_TRY(STORE_RUN(s, sql_people_now_delete, e, V_INT(mention)));
    ERR_TRY(STORE_RUN(s, sql_people_decision_destroy, e, V_INT(key), V_BLOB(STR(""))));
    ERR_TRY(store_query_int(s, &sql_people_left, (const struct store_value[]){V_INT(person)}, &left, e));
    return left ? ERR_OK : STORE_RUN(s, sql_people_redirect_set, e, V_INT(person), V_NULL, V_INT(now));
}

static enum err_code note(struct store *s, const struct vault *v, uint64_t person, const struct people_destruction *d, int64_t *ret_id, struct err *e)
{
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_buf_ struct buf sealed;
    int64_t id;
    buf_init(&sealed, LIMIT_PEOPLE_WHY_BYTES + VAULT_SEAL_OVERHEAD);
    ERR_TRY(store_reserve_ids(s, DESTRUCTION_TABLE, 1, &id, e));
    ERR_TRY(why_seal(v, DESTRUCTION_TABLE, id, d->why, wrapped, &sealed, e));
    *ret_id = id;
    return STORE_RUN(s, sql_people_destruction_insert, e, V_INT(id), V_INT((int64_t)person), V_INT(d->at_ms), V_TEXT(d->by), V_INT((int64_t)d->mentions),
                     V_INT((int64_t)d->rows), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})), V_BLOB(buf_as_str(&sealed)));
}

struct act {
    struct store *s;
    const struct vault *v;
    const char *list_path;
    uint64_t person;
    struct arena *a;
    struct people_destruction d;
    struct buf gone; /* struct intake_destroyed */
};

static enum err_code destroy_rows(struct act *x, const int64_t *mentions, size_t n, struct err *e)
{
    ERR_TRY(intake_destroy(x->s, mentions, n, x->d.at_ms, &x->gone, &x->d.rows, e));
    x->d.mentions = x->gone.n / sizeof(struct intake_destroyed);
    for (size_t i = 0; i < n; i++)
        ERR_TRY(membership_end(x->s, mentions[i], x->d.at_ms, e));
    return note(x->s, x->v, x->person, &x->d, &x->d.id, e);
}

/* ---- the list ---- */

static enum err_code list_add(struct act *x, struct err *e)
{
    const struct intake_destroyed *g = (const void *)x->gone.p;
    const size_t n = x->gone.n / sizeof *g;
    struct str *lines = ARENA_NEW(x->a, struct str, n);
    for (size_t i = 0; lines && i < n; i++) {
        lines[i] = str_fmt(x->a, "1 %016llx %016llx %016llx %lld", (unsigned long long)x->person, (unsigned long long)g[i].mention_key,
                           (unsigned long long)g[i].content, (long long)x->d.at_ms);
        if (!lines[i].p)
            lines = NULL;
    }
    if (!lines)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the list of what was destroyed");
    return vault_list_append(x->v, x->list_path, lines, n, e);
}

static bool list_line(struct str line, struct intake_destroyed *ret)
{
    struct str version, person, key, content;
    uint64_t k, c;
    if (!str_split(&line, ' ', &version) || !str_eq(version, STR("1")) || !str_split(&line, ' ', &person) || !str_split(&line, ' ', &key) ||
        !str_split(&line, ' ', &content) || !mention_key_parse(key, &k) || !mention_key_parse(content, &c))
        return false;
    *ret = (struct intake_destroyed){k, (int64_t)c};
    return true;
}

static enum err_code list_load(const struct vault *v, const char *path, struct arena *a, struct buf *ret, struct err *e)
{
    _cleanup_buf_ struct buf lines;
    buf_init(&lines, LIMIT_LIST_BYTES);
    ERR_TRY(vault_list_read(v, path, a, &lines, e));
    const struct str *line = (const void *)lines.p;
    for (size_t i = 0; i < lines.n / sizeof *line; i++) {
        struct intake_destroyed d;
        if (!list_line(line[i], &d))
            return err_set(e, ERR_FORMAT, "%s:%zu: is not a line that this program writes; was it written by a newer one?", path, i + 1);
        (void)buf_add(ret, &d, sizeof d);
    }
    if (ret->n)
        qsort(ret->p, ret->n / sizeof(struct intake_destroyed), sizeof(struct intake_destroyed), intake_destroyed_cmp);
    return buf_check(ret, "the list of what was destroyed", e);
}

/* ---- the two doors ---- */

static enum err_code act(struct act *x, struct err *e)
{
    int64_t *mentions;
    size_t n;
    ERR_TRY(people_members(x->s, x->person, x->a, &mentions, &n, e));
    ERR_TRY(store_begin(x->s, e));
    enum err_code code = destroy_rows(x, mentions, n, e);
    if (code == ERR_OK)
        code = list_add(x, e);
    if (code == ERR_OK)
        code = store_commit(x->s, e);
    if (code != ERR_OK && store_in_transaction(x->s))
        store_rollback(x->s); /* the list is left as it is: whether a commit that failed is there shows when the store is opened again */
    return code;
}

enum err_code people_destroy_keys(struct store *s, const struct vault *v, const char *list_path, struct str person, struct str by, struct str why,
                                  struct people_destruction *ret, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    struct act x = {.s = s, .v = v, .list_path = list_path, .a = &scratch, .d = {.at_ms = now_ms(), .by = by, .why = why}};
    arena_init(&scratch, LIMIT_REQUEST_BYTES);
    if (!str_trim(why).n || !str_trim(by).n)
        return err_set(e, ERR_USAGE, "destroying keys needs a reason and the name of who decides");
    if (why.n > LIMIT_PEOPLE_WHY_BYTES)
        return err_set(e, ERR_LIMIT, "the reason is longer than %zu bytes", LIMIT_PEOPLE_WHY_BYTES);
    ERR_TRY(people_resolve(s, person, &x.person, NULL, e));
    x.d.person = person_id_of_key(x.person);
    buf_init(&x.gone, LIMIT_RECORD_MENTIONS * sizeof(struct intake_destroyed));
    enum err_code code = act(&x, e);
    buf_release(&x.gone);
    if (code == ERR_OK)
        *ret = x.d;
    return code;
}

static enum err_code again(struct store *s, const struct vault *v, const struct buf *list, struct people_destruction *d, struct err *e)
{
    _cleanup_buf_ struct buf ids;
    buf_init(&ids, LIMIT_PEOPLE_MENTIONS * sizeof(int64_t));
    ERR_TRY(intake_destroy_listed(s, (const void *)list->p, d->entries, d->at_ms, &ids, &d->rows, e));
    const int64_t *id = (const void *)ids.p;
    d->mentions = ids.n / sizeof *id;
    for (size_t i = 0; i < d->mentions; i++)
        ERR_TRY(membership_end(s, id[i], d->at_ms, e));
    return d->mentions ? note(s, v, 0, d, &d->id, e) : ERR_OK;
}

enum err_code people_destroy_again(struct store *s, const struct vault *v, const char *list_path, struct people_destruction *ret, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    _cleanup_buf_ struct buf list;
    struct people_destruction d = {.at_ms = now_ms(), .by = STR("haven"), .why = AGAIN};
    arena_init(&scratch, LIMIT_LIST_BYTES);
    buf_init(&list, LIMIT_LIST_BYTES);
    ERR_TRY(list_load(v, list_path, &scratch, &list, e));
    d.entries = list.n / sizeof(struct intake_destroyed);
    ERR_TRY(store_begin(s, e));
    enum err_code code = again(s, v, &list, &d, e);
    if (code == ERR_OK)
        code = store_commit(s, e);
    if (code != ERR_OK && store_in_transaction(s))
        store_rollback(s);
    if (code == ERR_OK)
        *ret = d;
    return code;
}

/* ---- looking ---- */

enum err_code people_destroyed_here(struct store *s, const struct vault *v, const char *list_path, uint64_t *ret, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    _cleanup_buf_ struct buf list;
    arena_init(&scratch, LIMIT_LIST_BYTES);
    buf_init(&list, LIMIT_LIST_BYTES);
    ERR_TRY(list_load(v, list_path, &scratch, &list, e));
    return intake_destroyed_here(s, (const void *)list.p, list.n / sizeof(struct intake_destroyed), ret, e);
}

enum err_code people_destructions(struct store *s, const struct vault *v, bool with_reasons, struct arena *a, struct people_destruction **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_PEOPLE_DECISIONS * sizeof **ret);
    ERR_TRY(store_query(s, with_reasons ? &sql_people_destruction_list_why : &sql_people_destruction_list, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        struct people_destruction d = {.id = store_int(c, 0), .at_ms = store_int(c, 2), .by = str_dup(a, store_text(c, 3)),
                                       .mentions = (uint64_t)store_int(c, 4), .rows = (uint64_t)store_int(c, 5)};
        if (store_int(c, 1))
            d.person = person_id_of_key((uint64_t)store_int(c, 1));
        if (with_reasons && store_int(c, 8) & ACCESS_GROUP(narrative))
            ERR_TRY(why_open(v, DESTRUCTION_TABLE, d.id, store_text(c, 6), store_text(c, 7), a, &d.why, e));
        (void)buf_add(&list, &d, sizeof d);
    }
    ERR_TRY(buf_check(&list, "the list of destructions", e));
    *ret_n = list.n / sizeof **ret;
    *ret = ARENA_NEW(a, struct people_destruction, *ret_n);
    if (*ret && list.n)
        memcpy(*ret, list.p, list.n);
    return *ret ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory for the list of destructions");
}
