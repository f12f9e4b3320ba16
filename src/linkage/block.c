/* block.c: see block.h. Keys of few bits are packed and sorted by just those bits; wider ones are mixed to 64 bits and marked inexact. */
#include "linkage/block.h"

#include <stdlib.h>

static enum err_code no_memory(struct err *e, size_t rows)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to block %zu records", rows);
}

#define DIGIT_BITS 11u
#define DIGITS ((size_t)1 << DIGIT_BITS)

void block_sort(struct block_entry **entries, struct block_entry **spare, size_t n, unsigned bits)
{
    for (unsigned shift = 0; shift < bits; shift += DIGIT_BITS) {
        size_t place[DIGITS] = {0}, sum = 0;
        struct block_entry *from = *entries, *to = *spare;
        for (size_t i = 0; i < n; i++)
            place[from[i].key >> shift & (DIGITS - 1)]++;
        for (size_t d = 0; d < DIGITS; d++) {
            size_t count = place[d];
            place[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            to[place[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
        *entries = to;
        *spare = from;
    }
}

/* ---- ranks ---- */

struct ids {
    const struct table_column *id, *source;
    bool composite; /* source_dataset-__-unique_id */
};

static struct str id_part(const struct table_column *c, uint32_t row) { return dictionary_value(&c->dict, c->codes[row]); }

static size_t id_bytes(const struct ids *ids, uint32_t row, char *out, size_t cap)
{
    static const struct str between = {"-__-", 4};
    struct str parts[3] = {STR_NONE, STR_NONE, id_part(ids->id, row)};
    size_t n = 0;
    if (ids->composite) {
        parts[0] = id_part(ids->source, row);
        parts[1] = between;
    }
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < parts[k].n && n < cap; i++)
            out[n++] = parts[k].p[i];
    return n;
}

/* Byte k of the id, or 0 behind its end (ids have no NUL). */
static int id_byte(const struct ids *ids, uint32_t row, size_t k)
{
    struct str s;
    if (ids->composite) {
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

static int id_compare(const void *a, const void *b, void *ctx)
{
    const struct ids *ids = ctx;
    uint32_t x = ((const struct block_entry *)a)->rank, y = ((const struct block_entry *)b)->rank;
    for (size_t k = 0;; k++) {
        int p = id_byte(ids, x, k), q = id_byte(ids, y, k);
        if (p != q)
            return p - q;
        if (p < 0)
            return 0;
    }
}

/* Sorts by the first eight bytes, then what is equal in those by the whole. */
static enum err_code sort_ids(const struct ids *ids, struct block_entry **entries, struct block_entry **spare, size_t n, struct err *e)
{
    for (size_t row = 0; row < n; row++) {
        char bytes[8] = {0};
        uint64_t key = 0;
        (void)id_bytes(ids, (uint32_t)row, bytes, sizeof bytes);
        for (size_t k = 0; k < sizeof bytes; k++)
            key = key << 8 | (unsigned char)bytes[k];
        (*entries)[row] = (struct block_entry){.key = key, .rank = (uint32_t)row};
    }
    block_sort(entries, spare, n, 64);
    struct block_entry *x = *entries;
    struct ids context = *ids;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && x[j].key == x[i].key; j++)
            ;
        if (j - i == 1)
            continue;
        qsort_r(x + i, j - i, sizeof *x, id_compare, &context);
        for (size_t k = i + 1; k < j; k++)
            if (id_compare(&x[k - 1], &x[k], &context) == 0) {
                size_t r = x[k - 1].rank, s = x[k].rank;
                return err_set(e, ERR_FORMAT, "%.*s is not unique: rows %zu and %zu have the same", STR_ARG(ids->id->name), (r < s ? r : s) + 1,
                               (r < s ? s : r) + 1);
            }
    }
    return ERR_OK;
}

static enum err_code id_columns(const struct link_model *m, const struct link_table *t, struct ids *ret, struct err *e)
{
    ptrdiff_t id = link_table_column(t, m->unique_id), source = link_table_column(t, m->source_dataset);
    if (source < 0)
        source = link_table_column(t, STR("source_dataset"));
    if (id < 0)
        return err_set(e, ERR_FORMAT, "the data have no column %.*s (the model's unique_id_column_name)", STR_ARG(m->unique_id));
    if (source < 0 && m->type != LINK_DEDUPE_ONLY)
        return err_set(e, ERR_FORMAT, "the data have no column %.*s: a model that links needs several files, or that column", STR_ARG(m->source_dataset));
    *ret = (struct ids){&t->columns[id], m->type == LINK_DEDUPE_ONLY ? NULL : &t->columns[source], false};
    for (size_t r = 0; r < t->rows; r++) {
        if (ret->id->codes[r] == 0)
            return err_set(e, ERR_FORMAT, "row %zu has no %.*s", r + 1, STR_ARG(m->unique_id));
        if (ret->source && ret->source->codes[r] == 0)
            return err_set(e, ERR_FORMAT, "row %zu has no %.*s", r + 1, STR_ARG(m->source_dataset));
    }
    ret->composite = ret->source != NULL;
    return ERR_OK;
}

static enum err_code order_fill(const struct link_model *m, const struct ids *ids, struct block_order *o, struct block_entry **a,
                                struct block_entry **b, struct err *e)
{
    o->two = m->type == LINK_LINK_ONLY && ids->source->dict.n == 2;
    ERR_TRY(sort_ids(ids, a, b, o->n, e));
    if (o->two) { /* the first dataset's records are l, whatever their ids: stable by dataset */
        for (uint32_t i = 0; i < o->n; i++) {
            (*a)[i].key = ids->source->codes[(*a)[i].rank];
            o->first += (*a)[i].key == 1;
        }
        block_sort(a, b, o->n, 2);
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
    struct ids ids;
    ERR_TRY(id_columns(m, t, &ids, e));
    struct block_order o = {.n = (uint32_t)t->rows};
    size_t n = t->rows ? t->rows : 1;
    struct block_entry *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    o.row = malloc(n * sizeof *o.row);
    o.source = m->type == LINK_LINK_ONLY ? malloc(n * sizeof *o.source) : NULL;
    enum err_code code = ERR_OK;
    if (!a || !b || !o.row || (m->type == LINK_LINK_ONLY && !o.source))
        code = no_memory(e, t->rows);
    if (code == ERR_OK)
        code = order_fill(m, &ids, &o, &a, &b, e);
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

static void list_fill(const struct packing *k, const struct block_order *o, const struct key_set *wanted, bool both, struct block_list *l)
{
    uint64_t key;
    for (uint32_t role = SIDE_L; role <= SIDE_R; role++)
        for (uint32_t rank = 0; rank < o->n && (!both || role == SIDE_L); rank++)
            if (pack(k, o->row[rank], role, &key) && (!wanted || key_set_has(wanted, key, false)))
                l->entries[l->n++] = (struct block_entry){key, rank, both ? SIDE_L | SIDE_R : role};
}

/* A record whose key nobody else has is in no pair: not gathering it saves most of the gathering of rare keys. */
static void drop_alone(struct block_list *l)
{
    size_t kept = 0;
    for (size_t from = 0, end; from < l->n; from = end) {
        for (end = from + 1; end < l->n && l->entries[end].key == l->entries[from].key; end++)
            ;
        if (end - from > 1)
            memmove(l->entries + kept, l->entries + from, (end - from) * sizeof *l->entries);
        kept += end - from > 1 ? end - from : 0;
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
        block_sort(&l.entries, &spare, l.n, k.exact ? k.total : 64);
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
