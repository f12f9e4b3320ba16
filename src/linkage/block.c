/* block.c: see block.h. Keys of few bits are packed and sorted by just those bits; wider ones are mixed to 64 bits and marked inexact. */
#include "linkage/block.h"
#include "linkage/threads.h"

#include <stdlib.h>

static enum err_code no_memory(struct err *e, size_t rows)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to block %zu records", rows);
}

#define DIGIT_BITS 11u
#define DIGITS ((size_t)1 << DIGIT_BITS)
#define WORTH_A_THREAD ((size_t)1 << 15) /* records */
#define RANGES_MOST ((size_t)8)

static size_t how_many_ranges(size_t n, unsigned threads)
{
    size_t most = n / WORTH_A_THREAD + 1;
    most = most < threads ? most : threads ? threads : 1;
    return most < RANGES_MOST ? most : RANGES_MOST;
}

/* One digit of a sort: ranges count their own entries, then each puts them where those of all digits before, and those of its digit in ranges before, leave off. */
struct digit_sort {
    struct block_entry *from, *to;
    size_t n, n_ranges;
    unsigned shift;
    size_t place[RANGES_MOST][DIGITS];
};

static enum err_code digit_count(void *ctx, size_t k, struct err *e)
{
    struct digit_sort *s = ctx;
    size_t *place = s->place[k], end = threads_part(s->n, s->n_ranges, k + 1);
    (void)e;
    memset(place, 0, sizeof s->place[k]);
    for (size_t i = threads_part(s->n, s->n_ranges, k); i < end; i++)
        place[s->from[i].key >> s->shift & (DIGITS - 1)]++;
    return ERR_OK;
}

static enum err_code digit_move(void *ctx, size_t k, struct err *e)
{
    struct digit_sort *s = ctx;
    size_t *place = s->place[k], end = threads_part(s->n, s->n_ranges, k + 1);
    (void)e;
    for (size_t i = threads_part(s->n, s->n_ranges, k); i < end; i++)
        s->to[place[s->from[i].key >> s->shift & (DIGITS - 1)]++] = s->from[i];
    return ERR_OK;
}

void block_sort(struct block_entry **entries, struct block_entry **spare, size_t n, unsigned bits, unsigned threads)
{
    struct digit_sort s = {.n = n, .n_ranges = how_many_ranges(n, threads)};
    for (s.shift = 0; s.shift < bits; s.shift += DIGIT_BITS) {
        size_t sum = 0, most = 0;
        s.from = *entries;
        s.to = *spare;
        (void)threads_each(threads, s.n_ranges, digit_count, &s, NULL); /* cannot fail */
        for (size_t d = 0; d < DIGITS; d++) {
            size_t before = sum;
            for (size_t k = 0; k < s.n_ranges; k++) {
                size_t count = s.place[k][d];
                s.place[k][d] = sum;
                sum += count;
            }
            most = sum - before > most ? sum - before : most;
        }
        if (most == n) /* all have the same digit here */
            continue;
        (void)threads_each(threads, s.n_ranges, digit_move, &s, NULL); /* cannot fail */
        *entries = s.to;
        *spare = s.from;
    }
}

/* ---- ranks ---- */

struct id_sort {
    const struct block_ids *ids;
    const struct link_table *t;
    struct block_entry *entries, *spare;
    size_t n, n_ranges;
};

static struct str id_part(const struct table_column *c, uint32_t row) { return c->codes[row] ? dictionary_value(&c->dict, c->codes[row]) : STR(""); }

/* Byte k of the id (source_dataset-__-unique_id where there are datasets), or -1 behind its end. */
static int id_byte(const struct block_ids *ids, uint32_t row, size_t k)
{
    struct str s;
    if (ids->source) {
        s = id_part(ids->source, row);
        if (k < s.n)
            return (unsigned char)s.p[k];
        k -= s.n;
        if (k < 4)
            return (unsigned char)"-__-"[k];
        k -= 4;
    }
    s = id_part(ids->id, row);
    return k < s.n ? (unsigned char)s.p[k] : -1;
}

/* Eight bytes of the id from `at` on, as a number that sorts like them; what is behind its end counts as 0 (ids have no NUL). */
static uint64_t id_word(const struct block_ids *ids, uint32_t row, size_t at)
{
    uint64_t word = 0;
    for (size_t k = at; k < at + 8; k++) {
        int byte = id_byte(ids, row, k);
        word = word << 8 | (unsigned)(byte < 0 ? 0 : byte);
    }
    return word;
}

static int ids_compare(const struct block_ids *ids, uint32_t x, uint32_t y)
{
    for (size_t k = 0;; k++) {
        int p = id_byte(ids, x, k), q = id_byte(ids, y, k);
        if (p != q)
            return p - q;
        if (p < 0)
            return 0;
    }
}

static int id_compare(const void *a, const void *b, void *ctx)
{
    return ids_compare(ctx, ((const struct block_entry *)a)->rank, ((const struct block_entry *)b)->rank);
}

bool block_before(const struct block_ids *ids, uint32_t a, uint32_t b)
{
    if (ids->two && ids->source->codes[a] != ids->source->codes[b])
        return ids->source->codes[a] < ids->source->codes[b];
    return ids_compare(ids, a, b) < 0;
}

static enum err_code id_words(void *ctx, size_t k, struct err *e)
{
    struct id_sort *s = ctx;
    size_t end = threads_part(s->n, s->n_ranges, k + 1);
    (void)e;
    for (size_t row = threads_part(s->n, s->n_ranges, k); row < end; row++)
        s->entries[row] = (struct block_entry){.key = id_word(s->ids, (uint32_t)row, 0), .rank = (uint32_t)row};
    return ERR_OK;
}

static enum err_code not_unique(const struct block_ids *ids, const struct link_table *t, uint32_t r, uint32_t s, struct err *e)
{
    char a[TABLE_PLACE_BYTES], b[TABLE_PLACE_BYTES];
    if (!table_row_place(t, r < s ? r : s, a) || !table_row_place(t, r < s ? s : r, b))
        return err_set(e, ERR_FORMAT, "%.*s is not unique: rows %u and %u have the same", STR_ARG(ids->id->name), (r < s ? r : s) + 1, (r < s ? s : r) + 1);
    return err_set(e, ERR_FORMAT, "%.*s is not unique: %s and %s have the same; give each record its own", STR_ARG(ids->id->name), a, b);
}

/* Entries [0, n) at x agree in the first `at` bytes of their ids. Few are compared whole, many are sorted by the next eight bytes. */
static enum err_code sort_ties(struct id_sort *s, struct block_entry *x, size_t n, size_t at, struct err *e)
{
    if (n > 64 && (x[0].key & 255) != 0) {
        struct block_entry *a = x, *b = s->spare;
        for (size_t i = 0; i < n; i++)
            x[i].key = id_word(s->ids, x[i].rank, at);
        block_sort(&a, &b, n, 64, s->t->threads);
        if (a != x)
            memcpy(x, a, n * sizeof *x);
        for (size_t i = 0, j; i < n; i = j) {
            for (j = i + 1; j < n && x[j].key == x[i].key; j++)
                ;
            if (j - i > 1)
                ERR_TRY(sort_ties(s, x + i, j - i, at + 8, e));
        }
        return ERR_OK;
    }
    struct block_ids context = *s->ids;
    qsort_r(x, n, sizeof *x, id_compare, &context);
    for (size_t k = 1; k < n; k++)
        if (id_compare(&x[k - 1], &x[k], &context) == 0)
            return not_unique(s->ids, s->t, x[k - 1].rank, x[k].rank, e);
    return ERR_OK;
}

/* Sorts by the first eight bytes, then what is equal in those. */
static enum err_code sort_ids(const struct block_ids *ids, const struct link_table *t, struct block_entry **entries, struct block_entry **spare, struct err *e)
{
    struct id_sort s = {.ids = ids, .t = t, .entries = *entries, .n = t->rows, .n_ranges = how_many_ranges(t->rows, t->threads)};
    ERR_TRY(threads_each(t->threads, s.n_ranges, id_words, &s, e));
    block_sort(entries, spare, s.n, 64, t->threads);
    struct block_entry *x = *entries;
    s.spare = *spare;
    for (size_t i = 0, j; i < s.n; i = j) {
        for (j = i + 1; j < s.n && x[j].key == x[i].key; j++)
            ;
        if (j - i > 1)
            ERR_TRY(sort_ties(&s, x + i, j - i, 8, e));
    }
    return ERR_OK;
}

enum err_code block_ids_of(const struct link_model *m, const struct link_table *t, struct block_ids *ret, struct err *e)
{
    ptrdiff_t id = link_table_column(t, m->unique_id), source = m->type == LINK_DEDUPE_ONLY ? -1 : link_source_column(m, t);
    if (id < 0)
        return err_set(e, ERR_FORMAT, "the data have no column %.*s (the model's unique_id_column_name)", STR_ARG(m->unique_id));
    if (source < 0 && m->type != LINK_DEDUPE_ONLY)
        return err_set(e, ERR_FORMAT, "the data have no column %.*s: a model that links needs several files, or that column", STR_ARG(m->source_dataset));
    *ret = (struct block_ids){.id = &t->columns[id], .source = source < 0 ? NULL : &t->columns[source]};
    ret->two = m->type == LINK_LINK_ONLY && ret->source->dict.n == 2;
    return ERR_OK;
}

static enum err_code ids_there(const struct link_model *m, const struct link_table *t, const struct block_ids *ids, struct err *e)
{
    for (size_t r = 0; r < t->rows; r++) {
        if (ids->id->codes[r] == 0)
            return err_set(e, ERR_FORMAT, "row %zu has no %.*s", r + 1, STR_ARG(m->unique_id));
        if (ids->source && ids->source->codes[r] == 0)
            return err_set(e, ERR_FORMAT, "row %zu has no %.*s", r + 1, STR_ARG(m->source_dataset));
    }
    return ERR_OK;
}

static enum err_code order_fill(const struct link_table *t, const struct block_ids *ids, struct block_order *o, struct block_entry **a,
                                struct block_entry **b, struct err *e)
{
    o->two = ids->two;
    ERR_TRY(sort_ids(ids, t, a, b, e));
    if (o->two) { /* the first dataset's records are l, whatever their ids: stable by dataset */
        for (uint32_t i = 0; i < o->n; i++) {
            (*a)[i].key = ids->source->codes[(*a)[i].rank];
            o->first += (*a)[i].key == 1;
        }
        block_sort(a, b, o->n, 2, t->threads);
    }
    for (uint32_t i = 0; i < o->n; i++) {
        o->row[i] = (*a)[i].rank;
        if (o->source)
            o->source[i] = ids->source->codes[o->row[i]];
    }
    return ERR_OK;
}

enum err_code block_order_new(const struct link_model *m, const struct link_table *t, struct block_order *ret, struct err *e)
{
    struct block_ids ids;
    ERR_TRY(block_ids_of(m, t, &ids, e));
    ERR_TRY(ids_there(m, t, &ids, e));
    struct block_order o = {.n = (uint32_t)t->rows};
    size_t n = t->rows ? t->rows : 1;
    struct block_entry *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    o.row = malloc(n * sizeof *o.row);
    o.source = m->type == LINK_LINK_ONLY ? malloc(n * sizeof *o.source) : NULL;
    enum err_code code = ERR_OK;
    if (!a || !b || !o.row || (m->type == LINK_LINK_ONLY && !o.source))
        code = no_memory(e, t->rows);
    if (code == ERR_OK)
        code = order_fill(t, &ids, &o, &a, &b, e);
    free(a);
    free(b);
    if (code != ERR_OK)
        block_order_free(&o);
    else
        *ret = o;
    return code;
}

void block_order_free(struct block_order *o)
{
    free(o->row);
    free(o->source);
    *o = (struct block_order){0};
}

/* ---- keys ---- */

static unsigned bits_of(uint32_t n) { return n ? 32u - (unsigned)__builtin_clz(n) : 1u; }

static uint64_t mix(uint64_t h)
{
    h ^= h >> 33;
    h *= UINT64_C(0xFF51AFD7ED558CCD);
    h ^= h >> 33;
    h *= UINT64_C(0xC4CEB9FE1A85EC53);
    return h ^ h >> 33;
}

struct packing {
    const struct plan *p;
    const struct plan_conjunction *c;
    unsigned bits[LIMIT_LINK_ARGUMENTS], total;
    bool exact;
};

/* False: a key column is NULL (or, on the right side of two columns, has a value that the left never has). */
static bool pack(const struct packing *k, uint32_t row, enum expr_side side, uint64_t *ret)
{
    uint64_t key = 0;
    for (size_t i = 0; i < k->c->n_keys; i++) {
        const struct plan_key *part = &k->c->keys[i];
        uint32_t code = plan_code(&k->p->columns[side == SIDE_L ? part->l : part->r], row);
        if (code && side == SIDE_R && part->translate)
            code = part->translate[code];
        if (code == 0 || code == UINT32_MAX)
            return false;
        key = k->exact ? key << k->bits[i] | code : mix(key ^ code) + i;
    }
    *ret = key;
    return true;
}

/* A set of keys, for what is fresh. */
struct key_set {
    uint64_t *slots; /* key + 1 */
    size_t mask;
};
static bool key_set_has(const struct key_set *s, uint64_t key, bool add)
{
    uint64_t wanted = key + 1 ? key + 1 : 1;
    for (size_t i = mix(key) & s->mask;; i = (i + 1) & s->mask) {
        if (s->slots[i] == wanted)
            return true;
        if (s->slots[i] == 0) {
            if (add)
                s->slots[i] = wanted;
            return false;
        }
    }
}

static enum err_code fresh_keys(const struct packing *k, const struct link_table *t, const uint8_t *fresh, struct key_set *ret, struct err *e)
{
    size_t n = 0, size = 64;
    uint64_t key;
    for (size_t r = 0; r < t->rows; r++)
        n += fresh[r] != 0;
    while (size < n * 4)
        size *= 2;
    *ret = (struct key_set){calloc(size, sizeof *ret->slots), size - 1};
    if (!ret->slots)
        return no_memory(e, t->rows);
    for (uint32_t r = 0; r < t->rows; r++) {
        if (!fresh[r])
            continue;
        if (pack(k, r, SIDE_L, &key))
            (void)key_set_has(ret, key, true);
        if (pack(k, r, SIDE_R, &key))
            (void)key_set_has(ret, key, true);
    }
    return ERR_OK;
}

static bool symmetric(const struct plan_conjunction *c)
{
    for (size_t i = 0; i < c->n_keys; i++)
        if (c->keys[i].l != c->keys[i].r)
            return false;
    return true;
}

/* Ranges of ranks fill their own part of the room, then the parts are moved together. */
struct list_fill {
    const struct packing *k;
    const struct block_order *o;
    const struct key_set *wanted; /* NULL: every key */
    bool both;
    uint32_t role;
    struct block_entry *entries;
    size_t n_ranges, filled[RANGES_MOST];
};

static enum err_code fill_range(void *ctx, size_t r, struct err *e)
{
    struct list_fill *f = ctx;
    size_t from = threads_part(f->o->n, f->n_ranges, r), to = threads_part(f->o->n, f->n_ranges, r + 1), n = from;
    uint64_t key;
    (void)e;
    for (size_t rank = from; rank < to; rank++)
        if (pack(f->k, f->o->row[rank], f->role, &key) && (!f->wanted || key_set_has(f->wanted, key, false)))
            f->entries[n++] = (struct block_entry){key, (uint32_t)rank, f->both ? SIDE_L | SIDE_R : f->role};
    f->filled[r] = n - from;
    return ERR_OK;
}

static void list_fill(const struct packing *k, const struct block_order *o, const struct key_set *wanted, bool both, struct block_list *l)
{
    unsigned threads = k->p->table->threads;
    struct list_fill f = {.k = k, .o = o, .wanted = wanted, .both = both, .n_ranges = how_many_ranges(o->n, threads)};
    for (f.role = SIDE_L; f.role <= (both ? SIDE_L : SIDE_R); f.role++) {
        f.entries = l->entries + l->n;
        (void)threads_each(threads, f.n_ranges, fill_range, &f, NULL); /* cannot fail */
        size_t n = 0;
        for (size_t r = 0; r < f.n_ranges; r++) {
            memmove(f.entries + n, f.entries + threads_part(o->n, f.n_ranges, r), f.filled[r] * sizeof *f.entries);
            n += f.filled[r];
        }
        l->n += n;
    }
}

/* A record whose key nobody else has is in no pair: not gathering it saves most of the gathering of rare keys. */
static void drop_alone(struct block_list *l)
{
    size_t kept = 0;
    for (size_t from = 0, end; from < l->n; from = end) {
        for (end = from + 1; end < l->n && l->entries[end].key == l->entries[from].key; end++)
            ;
        for (size_t i = from; end - from > 1 && i < end; i++) /* nearly always two or three: a call would cost more */
            l->entries[kept++] = l->entries[i];
    }
    l->n = kept;
}

enum err_code block_list_new(const struct plan *p, const struct block_order *o, const struct plan_conjunction *c, const uint8_t *fresh,
                             struct block_list *ret, struct err *e)
{
    struct packing k = {.p = p, .c = c};
    struct key_set wanted = {0};
    bool both = symmetric(c);
    for (size_t i = 0; i < c->n_keys; i++)
        k.total += k.bits[i] = bits_of(p->columns[c->keys[i].l].n);
    k.exact = k.total <= 64;
    size_t room = (size_t)o->n * (both ? 1 : 2) + 1;
    struct block_list l = {malloc(room * sizeof *l.entries), 0, k.exact};
    struct block_entry *spare = malloc(room * sizeof *spare);
    enum err_code code = l.entries && spare ? ERR_OK : no_memory(e, o->n);
    if (code == ERR_OK && fresh)
        code = fresh_keys(&k, p->table, fresh, &wanted, e);
    if (code == ERR_OK) {
        list_fill(&k, o, fresh ? &wanted : NULL, both, &l);
        block_sort(&l.entries, &spare, l.n, k.exact ? k.total : 64, p->table->threads);
        drop_alone(&l);
        *ret = l;
    } else {
        free(l.entries);
    }
    free(spare);
    free(wanted.slots);
    return code;
}

void block_list_free(struct block_list *l)
{
    free(l->entries);
    *l = (struct block_list){0};
}
