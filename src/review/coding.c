/* coding.c: behaviours of every current event: read where the present phrase list has coded the row before, coded anew where not.
 *
 * What a structured field states is never kept: it costs nothing to read again. What texts state is kept as codes (review_coding), so that narratives are opened once a list. */
#include "review/update.h"

#include "sql/review_sql.h"

#include <stdlib.h>

struct by_row { /* events in order of their row */
    int64_t row;
    uint32_t event;
};

struct coder {
    const struct phrases *phrases;
    struct by_row *rows;
    size_t n;
    uint8_t *done; /* by position in rows */
    struct coding *codings; /* by event */
    const struct event *events;
    struct store_bulk *bulk;
    struct arena scratch;
    struct progress *progress;
    uint64_t n_done;
};

static int by_row_id(const void *l, const void *r)
{
    const struct by_row *x = l, *y = r;
    return x->row < y->row ? -1 : x->row > y->row;
}

static ptrdiff_t find(const struct coder *c, int64_t row)
{
    size_t lo = 0, hi = c->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->rows[mid].row < row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < c->n && c->rows[lo].row == row ? (ptrdiff_t)lo : -1;
}

static bool coding_take(struct str coded, int64_t stated, struct coding *to)
{
    if (coded.n > sizeof to->v || coded.n % sizeof *to->v)
        return false;
    if (coded.n)
        memcpy(to->v, coded.p, coded.n);
    to->n = coded.n / sizeof *to->v;
    to->stated = (uint16_t)stated;
    return true;
}

enum err_code coding_read(struct store *s, const struct event *ev, struct coding *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    *ret = (struct coding){.n = 0};
    ERR_TRY(STORE_QUERY(s, sql_review_coding_of, &c, e, V_INT(ev->row)));
    ERR_TRY(store_step(c, &row, e));
    if (row)
        (void)coding_take(store_text(c, 1), store_int(c, 0), ret); /* of another form: as if not coded */
    code_structured(ev, ret);
    return ERR_OK;
}

static enum err_code read_kept(struct store *s, struct coder *c, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *cursor = NULL;
    ERR_TRY(store_query(s, &sql_review_coding_each, STORE_NO_VALUES, &cursor, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(cursor, &row, e));
        if (!row)
            return ERR_OK;
        ptrdiff_t at = find(c, store_int(cursor, 0));
        struct str coded = store_text(cursor, 3);
        if (at < 0 || store_int(cursor, 1) != phrases_version(c->phrases) || !coding_take(coded, store_int(cursor, 2), &c->codings[c->rows[at].event]))
            continue;
        c->done[at] = 1;
    }
}

static bool want(void *ctx, int64_t row)
{
    const struct coder *c = ctx;
    ptrdiff_t at = find(c, row);
    return at >= 0 && !c->done[at];
}

static enum err_code code_row(void *ctx, int64_t row, struct str recorded_as, struct str narrative, struct err *e)
{
    struct coder *c = ctx;
    (void)recorded_as; /* its kind is a structured field already */
    ptrdiff_t at = find(c, row);
    if (at < 0)
        return ERR_OK;
    uint32_t event = c->rows[at].event;
    struct coding *to = &c->codings[event];
    phrases_code(c->phrases, narrative, c->events[event].assertion, &c->scratch, to);
    c->done[at] = 1;
    if (c->progress && (++c->n_done & 1023) == 0)
        progress_to(c->progress, c->n_done);
    return store_bulk_add(c->bulk, (const struct store_value[]){V_INT(row), V_INT(phrases_version(c->phrases)), V_INT(to->stated),
                                                               V_BLOB(((struct str){(const char *)to->v, to->n * sizeof *to->v}))}, e);
}

static bool all_done(const struct coder *c) { return memchr(c->done, 0, c->n) == NULL; }

static enum err_code code_new(struct store *s, const struct vault *v, struct coder *c, struct err *e)
{
    const bool own = !store_in_transaction(s); /* else the caller's */
    if (own)
        ERR_TRY(store_begin(s, e));
    enum err_code code = store_bulk_begin(s, &sql_review_coding_put, &c->bulk, e);
    if (code == ERR_OK) {
        code = intake_each_narrative(s, v, want, code_row, c, e);
        if (code == ERR_OK)
            code = store_bulk_end(c->bulk, e);
        else
            store_bulk_drop(&c->bulk);
    }
    if (!own)
        return code;
    if (code == ERR_OK)
        return store_commit(s, e);
    store_rollback(s);
    return code;
}

enum err_code facts_code(struct store *s, const struct vault *v, struct review_facts *f, struct progress *p, struct arena *a, struct err *e)
{
    struct phrases *phrases;
    struct coder c = {.n = f->n, .events = f->events, .progress = p};
    c.rows = ARENA_NEW(a, struct by_row, f->n + 1);
    c.done = ARENA_NEW(a, uint8_t, f->n + 1);
    c.codings = ARENA_NEW(a, struct coding, f->n + 1);
    if (!c.rows || !c.done || !c.codings)
        return err_set(e, ERR_LIMIT, "the events to review do not fit into the memory set aside for them");
    for (uint32_t i = 0; i < f->n; i++)
        c.rows[i] = (struct by_row){f->events[i].row, i};
    qsort(c.rows, c.n, sizeof *c.rows, by_row_id);
    ERR_TRY(phrases_new(STR_NONE, &phrases, e));
    c.phrases = phrases;
    arena_init(&c.scratch, (size_t)8 << 20);
    enum err_code code = read_kept(s, &c, e);
    if (code == ERR_OK && c.n && !all_done(&c))
        code = code_new(s, v, &c, e);
    arena_release(&c.scratch);
    phrases_free(phrases);
    for (uint32_t i = 0; i < f->n; i++)
        code_structured(&f->events[i], &c.codings[i]);
    f->codings = c.codings;
    return code;
}
