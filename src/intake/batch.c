/* batch.c: rows from text to keys, rows without keys numbered, and the transaction around it all. See batch.h. */
#include "intake/batch.h"

#include "sql/intake_sql.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define CONTENT_BYTES (LIMIT_CSV_RECORD_BYTES * 8)
#define FUTURE_MS (MS_PER_DAY) /* clocks differ and zones too: a version a day ahead is still believed */

enum err_code batch_init(struct batch *b, struct delivery *d, size_t max_rows, struct err *e)
{
    *b = (struct batch){.d = d, .cap = max_rows};
    arena_init(&b->arena, LIMIT_BATCH_MEMORY_BYTES);
    buf_init(&b->scratch, CONTENT_BYTES);
    arena_init(&b->fixed, max_rows * sizeof *b->rows + 64);
    b->rows = ARENA_NEW(&b->fixed, struct batch_row *, max_rows);
    return b->rows ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory for a batch of %zu rows", max_rows);
}

void batch_release(struct batch *b)
{
    arena_release(&b->arena);
    arena_release(&b->fixed);
    buf_release(&b->scratch);
}

bool batch_is_full(const struct batch *b) { return b->n == b->cap || b->arena.used > LIMIT_BATCH_BYTES; }

/* ---- copying ---- */

static bool copy_texts(struct arena *a, const struct str *from, size_t n, const struct str **ret)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += from[i].n;
    struct str *to = ARENA_NEW(a, struct str, n);
    char *p = arena_alloc(a, bytes);
    if (!to || !p)
        return false;
    for (size_t i = 0; i < n; i++) {
        memcpy(p, from[i].p, from[i].n);
        to[i] = (struct str){p, from[i].n};
        p += from[i].n;
    }
    *ret = to;
    return true;
}

static bool copy_ints(struct arena *a, const int *from, size_t n, const int **ret)
{
    int *to = ARENA_NEW(a, int, n);
    if (to)
        memcpy(to, from, n * sizeof *to);
    *ret = to;
    return to != NULL;
}

/* A CSV file's names and columns are the same for all its rows and outlive the batch; a JSON line's are its own. */
static bool copy_row(struct arena *a, const struct row *from, size_t n_columns, struct row *to)
{
    *to = *from;
    if (!copy_texts(a, from->values, from->n, &to->values))
        return false;
    return !from->elements || (copy_texts(a, from->names, from->n, &to->names) && copy_ints(a, from->columns, from->n, &to->columns) &&
                               copy_ints(a, from->elements, from->n, &to->elements) && copy_ints(a, from->at, n_columns, &to->at));
}

/* ---- keys ---- */

/* The values of the key's columns with U+001F between; *ret_empty: none has text. */
static bool key_text(struct arena *a, const int *columns, size_t n, const struct row *r, struct str *ret, bool *ret_empty)
{
    *ret = n ? str_trim(row_value(r, columns[0], -1)) : STR("");
    *ret_empty = ret->n == 0;
    for (size_t i = 1; i < n; i++) {
        struct str part = str_trim(row_value(r, columns[i], -1));
        *ret_empty &= part.n == 0;
        *ret = str_fmt(a, "%.*s\x1f%.*s", STR_ARG(*ret), STR_ARG(part));
        if (!ret->p)
            return false;
    }
    return true;
}

static const char *styles_text(const struct feed *f, char *space, size_t n)
{
    const struct feed_time_part *part = &f->version.parts[0];
    struct str first = part->n_styles ? part->styles[0] : STR("ISO 8601");
    (void)snprintf(space, n, "the version date (%.*s) is missing or not in the form %.*s", STR_ARG(f->columns[part->column]), STR_ARG(first));
    return space;
}

/* Why the row cannot be stored, or NULL; fills the keys. */
static const char *find_keys(struct batch *b, struct batch_row *r, char *space, size_t n)
{
    const struct delivery *d = b->d;
    const struct feed *f = d->feed;
    struct str record, row, given;
    struct instant version;
    bool no_record, no_row;
    if (!key_text(&b->arena, f->record_key, f->n_record_key, &r->row, &record, &no_record) ||
        !key_text(&b->arena, f->row_key, f->n_row_key, &r->row, &row, &no_row))
        return "the row's key is too long";
    r->keyless = no_record && f->keyless_content;
    if (no_record && !r->keyless) {
        (void)snprintf(space, n, "the record key (%.*s) is empty", STR_ARG(f->columns[f->record_key[0]]));
        return space;
    }
    r->has_named = !r->keyless;
    r->named = record_ident(d->vault, f->name, record);
    if (facts_persons_most(f, &r->row) > LIMIT_ROW_PERSONS) {
        (void)snprintf(space, n, "the row names more than the limit of %d persons", LIMIT_ROW_PERSONS);
        return space;
    }
    map_time(f, &f->version, &r->row, -1, civil_of_day((int32_t)(d->started_ms / MS_PER_DAY)).year, &version, &given);
    if (version.precision == PRECISION_UNKNOWN)
        return styles_text(f, space, n);
    if (version.ms > d->started_ms + FUTURE_MS) {
        (void)snprintf(space, n, "the version date (%.*s) is in the future", STR_ARG(f->columns[f->version.parts[0].column]));
        return space;
    }
    r->version_ms = version.ms;
    r->year = civil_of_day(instant_day(version)).year;
    r->row_key = row_key_hash(d->vault, row);
    r->ident = r->keyless ? r->content : r->named;
    return NULL;
}

static int64_t hash_of(const struct vault_id *id)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | id->bytes[i];
    return (int64_t)(v >> 1);
}

/* ---- adding ---- */

static enum err_code no_room(struct err *e)
{
    return err_set(e, ERR_LIMIT, "a batch is over its limit of %zu bytes; load with fewer rows a transaction", LIMIT_BATCH_MEMORY_BYTES);
}

static enum err_code add_bad(struct batch *b, struct batch_row *r, const char *why, struct err *e)
{
    r->fate = FATE_QUARANTINED;
    r->why = str_z(&b->arena, str_of(why));
    r->raw = str_dup(&b->arena, r->raw);
    if (!r->why || !r->raw.p)
        return no_room(e);
    r->content = r->ident = vault_blind_id(b->d->vault, "quarantine", r->raw);
    return ERR_OK;
}

enum err_code batch_add(struct batch *b, const struct source_row *from, const size_t *order, struct err *e)
{
    char space[240];
    assert(b->n < b->cap);
    struct batch_row *r = ARENA_NEW(&b->arena, struct batch_row, 1);
    if (!r)
        return no_room(e);
    b->rows[b->n++] = r;
    r->first_line = from->first_line;
    r->last_line = from->last_line;
    r->raw = from->raw;
    if (from->why)
        return add_bad(b, r, from->why, e);
    buf_clear(&b->scratch);
    pack_content(&from->row, order, &b->scratch);
    ERR_TRY(buf_check(&b->scratch, "a row", e));
    r->content = vault_blind_id(b->d->vault, "content", buf_as_str(&b->scratch));
    r->content_hash = hash_of(&r->content);
    r->row = from->row;
    const char *why = find_keys(b, r, space, sizeof space);
    if (why)
        return add_bad(b, r, why, e);
    return copy_row(&b->arena, &from->row, b->d->feed->n_columns, &r->row) ? ERR_OK : no_room(e);
}

/* ---- occurrences: rows without a key, and bad rows, numbered within the delivery ---- */

static int by_content(const void *a, const void *b)
{
    const struct batch_row *x = *(struct batch_row *const *)a, *y = *(struct batch_row *const *)b;
    return memcmp(x->content.bytes, y->content.bytes, sizeof x->content.bytes);
}

static enum err_code occurrences_known(struct batch *b, const struct batch_row *r, int64_t *ret, struct err *e)
{
    *ret = 0;
    enum err_code code = store_query_int(b->d->store, &sql_intake_occurrence_find,
                                         (const struct store_value[]){V_INT(b->d->id), V_BLOB(((struct str){(const char *)r->content.bytes, 16}))}, ret, e);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static struct vault_id numbered(const struct batch *b, const struct batch_row *r, int64_t number)
{
    char bytes[16 + 8];
    memcpy(bytes, r->content.bytes, 16);
    for (int i = 0; i < 8; i++)
        bytes[16 + i] = (char)((uint64_t)number >> (8 * i));
    struct str feed = b->d->feed->name;
    char text[24 + 256];
    size_t n = feed.n < 256 ? feed.n : 256;
    memcpy(text, bytes, 24);
    memcpy(text + 24, feed.p, n);
    return vault_blind_id(b->d->vault, r->keyless ? "record-keyless" : "quarantine-row", (struct str){text, 24 + n});
}

static enum err_code number_occurrences(struct batch *b, struct err *e)
{
    struct batch_row **list = ARENA_NEW(&b->arena, struct batch_row *, b->n ? b->n : 1);
    if (!list)
        return no_room(e);
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->rows[i]->keyless || b->rows[i]->fate == FATE_QUARANTINED)
            list[n++] = b->rows[i];
    qsort(list, n, sizeof *list, by_content);
    for (size_t i = 0; i < n;) {
        int64_t number;
        ERR_TRY(occurrences_known(b, list[i], &number, e));
        size_t end = i;
        for (; end < n && by_content(&list[end], &list[i]) == 0; end++)
            list[end]->ident = numbered(b, list[end], ++number);
        struct str content = {(const char *)list[i]->content.bytes, 16};
        ERR_TRY(STORE_RUN(b->d->store, sql_intake_occurrence_put, e, V_INT(b->d->id), V_BLOB(content), V_INT(number)));
        i = end;
    }
    return ERR_OK;
}

/* ---- commit ---- */

static struct load_counts count(const struct batch *b)
{
    struct load_counts c = {.read = b->n};
    for (size_t i = 0; i < b->n; i++) {
        c.stored += b->rows[i]->fate == FATE_STORED;
        c.unchanged += b->rows[i]->fate == FATE_UNCHANGED;
        c.quarantined += b->rows[i]->fate == FATE_QUARANTINED;
    }
    assert(c.read == c.stored + c.unchanged + c.quarantined);
    return c;
}

static enum err_code commit_parts(struct batch *b, bool with_end, struct load_counts *ret, struct err *e)
{
    struct batch_plan plan;
    buf_init(&plan.changes, LIMIT_BATCH_MEMORY_BYTES);
    buf_init(&plan.records, LIMIT_BATCH_MEMORY_BYTES);
    buf_init(&plan.closed, LIMIT_BATCH_MEMORY_BYTES);
    enum err_code code = number_occurrences(b, e);
    if (code == ERR_OK)
        code = versions_plan(b, &plan, e);
    if (code == ERR_OK)
        code = batch_insert(b, &plan, e);
    buf_release(&plan.changes);
    buf_release(&plan.records);
    buf_release(&plan.closed);
    ERR_TRY(code);
    *ret = count(b);
    ERR_TRY(delivery_count(b->d, ret, e));
    return with_end ? delivery_end(b->d, e) : ERR_OK;
}

enum err_code batch_commit(struct batch *b, bool with_end, struct err *e)
{
    struct load_counts c;
    if (!store_in_transaction(b->d->store))
        ERR_TRY(store_begin(b->d->store, e));
    enum err_code code = commit_parts(b, with_end, &c, e);
    if (code == ERR_OK)
        code = store_commit(b->d->store, e);
    if (code != ERR_OK) {
        store_rollback(b->d->store);
        return code;
    }
    b->d->counts.read += c.read;
    b->d->counts.stored += c.stored;
    b->d->counts.unchanged += c.unchanged;
    b->d->counts.quarantined += c.quarantined;
    b->n = 0;
    arena_reset(&b->arena);
    return ERR_OK;
}
