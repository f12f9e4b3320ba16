/* load.c: one file from start to end: the whole-file checks on the first batch, then batch after batch.
 *
 * Nothing is written before the first batch has been read and judged: a file is refused, with nothing changed, when
 *   1. source_open() refuses it (not readable, not the feed's format, columns missing or doubled),
 *   2. it has no rows,
 *   3. it is JSON lines and no line of the first batch is a JSON object,
 *   4. its character set is another: of the first batch more than one row in ten (and at least two) is not in the feed's, or the feed's
 *      character set has single bytes and all rows (at least two) with other than ASCII are well-formed UTF-8.
 * A single row in a wrong character set is quarantined. */
#include "intake/batch.h"

#define BATCH_ROWS 20000

/* What the first batch shows of the whole file. */
struct judgement {
    uint64_t rows, bad, bad_charset, first_bad_charset; /* the last: a line number */
    uint64_t beyond_ascii, as_utf8, first_as_utf8;
    const char *why; /* of the first bad row */
    uint64_t first_bad;
};

static bool beyond_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return true;
    return false;
}

static void judge_row(struct judgement *j, const struct source_row *r)
{
    size_t at;
    j->rows++;
    if (r->why && j->bad++ == 0)
        j->first_bad = r->first_line;
    if (r->charset_problem && j->bad_charset++ == 0)
        j->first_bad_charset = r->first_line;
    if (!beyond_ascii(r->raw))
        return;
    j->beyond_ascii++;
    if (utf8_valid(r->raw, &at) && j->as_utf8++ == 0)
        j->first_as_utf8 = r->first_line;
}

static enum err_code judge_file(const struct judgement *j, const struct feed *f, const char *path, struct err *e)
{
    if (j->rows == 0)
        return err_set(e, ERR_FORMAT, f->format == FEED_CSV ? "%s: has a header but no rows" : "%s: has no rows", path);
    if (j->bad_charset >= 2 && j->bad_charset * 10 > j->rows)
        return err_set(e, ERR_FORMAT, "%s:%llu: is not in the character set that feed %.*s states; ask the agency which one it is, or save it again", path,
                       (unsigned long long)j->first_bad_charset, STR_ARG(f->name));
    if (f->charset != CHARSET_UTF8 && j->as_utf8 >= 2 && j->as_utf8 == j->beyond_ascii)
        return err_set(e, ERR_FORMAT, "%s:%llu: is in UTF-8, not in the single-byte character set that feed %.*s states; save it again, or change the feed", path,
                       (unsigned long long)j->first_as_utf8, STR_ARG(f->name));
    if (f->format == FEED_JSONL && j->bad == j->rows && j->rows >= 2)
        return err_set(e, ERR_FORMAT, "%s:%llu: no line is a JSON object that feed %.*s can read; is it the right file?", path, (unsigned long long)j->first_bad,
                       STR_ARG(f->name));
    return ERR_OK;
}

struct loader {
    struct source *source;
    struct batch batch;
    struct delivery delivery;
    const struct load_options *o;
};

/* One transaction, and whoever waits is told. */
static enum err_code commit(struct loader *l, bool with_end, struct err *e)
{
    ERR_TRY(batch_commit(&l->batch, with_end, e));
    if (l->o && l->o->progress)
        progress_to(l->o->progress, source_bytes_read(l->source));
    if (l->o && l->o->committed)
        l->o->committed(l->o->ctx, &l->delivery.counts);
    return ERR_OK;
}

/* Reads until the batch is full or the file ends. */
static enum err_code fill(struct loader *l, struct judgement *j, bool *ret_more, struct err *e)
{
    while (!batch_is_full(&l->batch)) {
        struct source_row r;
        ERR_TRY(source_next(l->source, &r, ret_more, e));
        if (!*ret_more)
            return ERR_OK;
        if (j)
            judge_row(j, &r);
        ERR_TRY(batch_add(&l->batch, &r, source_order(l->source), e));
    }
    return ERR_OK;
}

static enum err_code load_all(struct loader *l, const char *path, struct err *e)
{
    struct judgement j = {0};
    bool more = true;
    ERR_TRY(fill(l, &j, &more, e));
    ERR_TRY(judge_file(&j, l->delivery.feed, path, e));
    ERR_TRY(store_begin(l->delivery.store, e));
    enum err_code code = delivery_begin(&l->delivery, source_layout(l->source), e);
    if (code != ERR_OK) {
        store_rollback(l->delivery.store);
        return code;
    }
    ERR_TRY(commit(l, !more, e));
    while (more) {
        ERR_TRY(fill(l, NULL, &more, e));
        ERR_TRY(commit(l, !more, e));
    }
    return ERR_OK;
}

enum err_code intake_load(struct store *s, const struct vault *v, const struct feed *f, const char *path, const struct load_options *o,
                          struct load_counts *ret, struct err *e)
{
    struct loader l = {.o = o, .delivery = {.store = s, .vault = v, .feed = f, .started_ms = now_ms(), .newest_ms = INT64_MIN, .full_at = -INT64_MAX}};
    uint64_t rows = o && o->batch_rows ? o->batch_rows : BATCH_ROWS;
    if (rows > LIMIT_BATCH_ROWS)
        return err_set(e, ERR_USAGE, "a transaction has at most %llu rows", (unsigned long long)LIMIT_BATCH_ROWS);
    ERR_TRY(source_open(f, path, &l.source, e));
    if (o && o->progress)
        progress_start(o->progress, "Reading", source_bytes_total(l.source));
    enum err_code code = batch_init(&l.batch, &l.delivery, (size_t)rows, e);
    if (code == ERR_OK)
        code = load_all(&l, path, e);
    if (o && o->progress)
        progress_end(o->progress);
    batch_release(&l.batch);
    source_close(l.source);
    *ret = l.delivery.counts; /* also when it broke off: what was committed stands */
    return code;
}
