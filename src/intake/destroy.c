/* destroy.c: the keys of mentions, overwritten. What they sealed cannot be opened by anybody any more, in this database and in every backup made later.
 * Every version of a mention goes, and a row's own text when the row describes nobody else; the row itself (kinds, times, flags) stays, because it is others' evidence too. */
#include "intake/pack.h"

#include "sql/intake_sql.h"

#include <stdlib.h>

#define NOTHING V_BLOB(STR(""))

struct doomed {
    int64_t id;
    struct intake_destroyed named;
};

int intake_destroyed_cmp(const void *l, const void *r)
{
    const struct intake_destroyed *x = l, *y = r;
    if (x->mention_key != y->mention_key)
        return x->mention_key < y->mention_key ? -1 : 1;
    return x->content < y->content ? -1 : x->content > y->content;
}

static int id_cmp(const void *l, const void *r)
{
    const struct doomed *x = l, *y = r;
    return x->id < y->id ? -1 : x->id > y->id;
}

static enum err_code take_versions(struct store *s, int64_t mention, struct buf *doomed, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(s, sql_intake_destroy_versions, &c, e, V_INT(mention)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return buf_check(doomed, "the mentions to destroy", e);
        struct doomed d = {store_int(c, 0), {(uint64_t)store_int(c, 1), store_int(c, 2)}};
        (void)buf_add(doomed, &d, sizeof d);
    }
}

static enum err_code take_listed(struct store *s, const struct intake_destroyed *list, size_t n, struct buf *doomed, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(store_query(s, &sql_intake_destroy_each, STORE_NO_VALUES, &c, e));
    for (bool row = true; n;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        struct doomed d = {store_int(c, 0), {(uint64_t)store_int(c, 1), store_int(c, 2)}};
        if (bsearch(&d.named, list, n, sizeof *list, intake_destroyed_cmp))
            (void)buf_add(doomed, &d, sizeof d);
    }
    return buf_check(doomed, "the mentions to destroy", e);
}

/* 1. The mentions. 2. Rows that now describe nobody. 3. Look-ups. `v` is sorted by id, so the mentions of a row stand together. */
static enum err_code destroy(struct store *s, const struct doomed *v, size_t n, int64_t at_ms, uint64_t *ret_rows, struct err *e)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < n; i++) {
        ERR_TRY(STORE_RUN(s, sql_intake_destroy_mention, e, V_INT(v[i].id), NOTHING));
        ERR_TRY(STORE_RUN(s, sql_intake_destroy_note, e, V_INT(v[i].id), V_INT((int64_t)v[i].named.mention_key), V_INT(v[i].named.content), V_INT(at_ms)));
    }
    for (size_t i = 0; i < n; i++) {
        int64_t changed = 0;
        if (i && v[i].id / SLOTS_PER_ROW == v[i - 1].id / SLOTS_PER_ROW)
            continue;
        ERR_TRY(store_run(s, &sql_intake_destroy_text, (const struct store_value[]){V_INT(v[i].id / SLOTS_PER_ROW), NOTHING}, &changed, e));
        if (changed)
            ERR_TRY(STORE_RUN(s, sql_intake_destroy_row, e, V_INT(v[i].id / SLOTS_PER_ROW)));
        rows += (uint64_t)changed;
    }
    if (n)
        ERR_TRY(store_run(s, &sql_intake_destroy_finds, STORE_NO_VALUES, NULL, e));
    *ret_rows = rows;
    return ERR_OK;
}

enum err_code intake_destroy(struct store *s, const int64_t *mentions, size_t n, int64_t at_ms, struct buf *ret, uint64_t *ret_rows, struct err *e)
{
    _cleanup_buf_ struct buf doomed;
    buf_init(&doomed, LIMIT_RECORD_MENTIONS * sizeof(struct doomed));
    for (size_t i = 0; i < n; i++)
        ERR_TRY(take_versions(s, mentions[i], &doomed, e));
    struct doomed *v = (void *)doomed.p;
    size_t all = doomed.n / sizeof *v, kept = 0;
    if (all)
        qsort(v, all, sizeof *v, id_cmp);
    for (size_t i = 0; i < all; i++) /* two current rows may name two versions of one mention */
        if (i == 0 || v[i].id != v[i - 1].id)
            v[kept++] = v[i];
    ERR_TRY(destroy(s, v, kept, at_ms, ret_rows, e));
    for (size_t i = 0; i < kept; i++)
        (void)buf_add(ret, &v[i].named, sizeof v[i].named);
    return buf_check(ret, "the destroyed mentions", e);
}

enum err_code intake_destroy_listed(struct store *s, const struct intake_destroyed *list, size_t n, int64_t at_ms, struct buf *ret_ids, uint64_t *ret_rows, struct err *e)
{
    _cleanup_buf_ struct buf doomed;
    buf_init(&doomed, LIMIT_PEOPLE_MENTIONS * sizeof(struct doomed));
    ERR_TRY(take_listed(s, list, n, &doomed, e));
    const struct doomed *v = (const void *)doomed.p;
    const size_t all = doomed.n / sizeof *v;
    ERR_TRY(destroy(s, v, all, at_ms, ret_rows, e));
    for (size_t i = 0; i < all; i++)
        (void)buf_add(ret_ids, &v[i].id, sizeof v[i].id);
    return buf_check(ret_ids, "the destroyed mentions", e);
}

enum err_code intake_destroyed_here(struct store *s, const struct intake_destroyed *list, size_t n, uint64_t *ret, struct err *e)
{
    _cleanup_buf_ struct buf doomed;
    buf_init(&doomed, LIMIT_PEOPLE_MENTIONS * sizeof(struct doomed));
    ERR_TRY(take_listed(s, list, n, &doomed, e));
    *ret = doomed.n / sizeof(struct doomed);
    return ERR_OK;
}
