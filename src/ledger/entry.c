/* entry.c: the canonical form of an entry, and a leaf that shows nothing of it but a length class. See entry.h. */
#include "ledger/entry.h"

#include <assert.h>
#include <sodium.h>

#define VERSION 1
#define SALT 16
#define COMMITMENT 32
#define HEAD (1 + SALT + COMMITMENT)

static_assert(COMMITMENT == crypto_generichash_BYTES, "BLAKE2b-256");

/* ---- numbers ---- */

static void put(struct buf *b, size_t n, uint64_t x)
{
    for (size_t i = n; i-- > 0;)
        (void)buf_char(b, (char)(x >> (8 * i)));
}

/* Takes n bytes off *rest as a number; a short rest gives 0 and sets *bad. */
static uint64_t take(struct str *rest, size_t n, bool *bad)
{
    uint64_t x = 0;
    *bad = *bad || rest->n < n;
    if (*bad)
        return 0;
    for (size_t i = 0; i < n; i++)
        x = x << 8 | (unsigned char)rest->p[i];
    *rest = str_slice(*rest, n, rest->n);
    return x;
}

/* ---- canonical form ---- */

/* The texts in the order of the form. */
#define TEXTS 9
static struct str *text_of(struct ledger_entry *x, size_t i)
{
    struct str *const all[TEXTS] = {&x->user, &x->agency, &x->door, &x->device, &x->what, &x->object, &x->purpose, &x->basis, &x->reason};
    return all[i];
}
static const char *const text_names[TEXTS] = {"user", "agency", "door", "device", "what", "object", "purpose", "basis", "reason"};

static size_t class_of(size_t n)
{
    for (size_t class = 256; class <= 2048; class *= 2)
        if (n <= class)
            return class;
    return (n + 4095) / 4096 * 4096;
}

static enum err_code check(struct ledger_entry *x, struct err *e)
{
    size_t bad;
    assert(x->operation > LEDGER_unknown && x->operation < LEDGER_OPERATION_N);
    assert(x->outcome >= LEDGER_ALLOWED && x->outcome <= LEDGER_NOTHING);
    if (x->n_subjects > LIMIT_LEDGER_SUBJECTS)
        return err_set(e, ERR_LIMIT, "a ledger entry is about %zu subjects, over the limit of %zu: write several", x->n_subjects, LIMIT_LEDGER_SUBJECTS);
    for (size_t i = 0; i < TEXTS; i++) {
        if (text_of(x, i)->n > LIMIT_LEDGER_TEXT_BYTES)
            return err_set(e, ERR_LIMIT, "the ledger entry's %s is over the limit of %zu bytes", text_names[i], LIMIT_LEDGER_TEXT_BYTES);
        if (!utf8_valid(*text_of(x, i), &bad))
            return err_set(e, ERR_FORMAT, "the ledger entry's %s is not UTF-8 or holds a NUL byte", text_names[i]);
    }
    return ERR_OK;
}

enum err_code ledger_entry_write(const struct ledger_entry *entry, struct buf *ret, struct err *e)
{
    struct ledger_entry x = *entry;
    size_t before = ret->n;
    ERR_TRY(check(&x, e));
    put(ret, 1, VERSION);
    put(ret, 1, (uint64_t)x.operation);
    put(ret, 1, (uint64_t)x.outcome);
    put(ret, 8, (uint64_t)(x.at_ms ? x.at_ms : now_ms()));
    put(ret, 4, x.groups);
    put(ret, 4, x.rule);
    put(ret, 8, x.n_rows);
    put(ret, 4, x.n_subjects);
    for (size_t i = 0; i < x.n_subjects; i++)
        put(ret, 8, x.subjects[i]);
    for (size_t i = 0; i < TEXTS; i++) {
        put(ret, 2, text_of(&x, i)->n);
        (void)buf_str(ret, *text_of(&x, i));
    }
    for (size_t n = class_of(ret->n - before); ret->n - before < n && buf_char(ret, '\0');)
        ;
    return buf_check(ret, "a ledger entry", e);
}

static enum err_code no_entry(struct err *e) { return err_set(e, ERR_FORMAT, "a ledger entry is not in the form that this program writes"); }

enum err_code ledger_entry_read(struct ledger_open *o, struct err *e)
{
    struct str rest = buf_as_str(&o->plain);
    struct ledger_entry x = {0};
    bool bad = false;
    bad = take(&rest, 1, &bad) != VERSION || bad;
    x.operation = (enum ledger_operation)take(&rest, 1, &bad);
    x.outcome = (enum ledger_outcome)take(&rest, 1, &bad);
    x.at_ms = (int64_t)take(&rest, 8, &bad);
    x.groups = (uint32_t)take(&rest, 4, &bad);
    x.rule = (uint32_t)take(&rest, 4, &bad);
    x.n_rows = take(&rest, 8, &bad);
    x.n_subjects = (size_t)take(&rest, 4, &bad);
    if (bad || x.operation == LEDGER_unknown || x.operation >= LEDGER_OPERATION_N || x.outcome == LEDGER_OUTCOME_UNKNOWN ||
        x.outcome > LEDGER_NOTHING || x.n_subjects > LIMIT_LEDGER_SUBJECTS)
        return no_entry(e);
    for (size_t i = 0; i < x.n_subjects; i++)
        o->subjects[i] = take(&rest, 8, &bad);
    x.subjects = o->subjects;
    for (size_t i = 0; i < TEXTS; i++) {
        size_t n = (size_t)take(&rest, 2, &bad);
        bad = bad || n > rest.n;
        if (bad)
            return no_entry(e);
        *text_of(&x, i) = str_slice(rest, 0, n);
        rest = str_slice(rest, n, rest.n);
    }
    if (o->plain.n != class_of(o->plain.n - rest.n) || !sodium_is_zero((const unsigned char *)rest.p, rest.n))
        return no_entry(e);
    o->entry = x;
    return ERR_OK;
}

/* ---- the leaf ---- */

void ledger_open_init(struct ledger_open *o)
{
    o->entry = (struct ledger_entry){0};
    buf_init(&o->plain, LIMIT_LEDGER_ENTRY_BYTES);
}

void ledger_open_release(struct ledger_open *o)
{
    buf_release(&o->plain);
    sodium_memzero(o->subjects, sizeof o->subjects);
}

static struct vault_place place_of(const char *table, const char *column, const unsigned char salt[SALT])
{
    int64_t id = 0;
    for (size_t i = 0; i < 8; i++)
        id = (id & (INT64_MAX >> 8)) << 8 | salt[i];
    return (struct vault_place){table, column, id};
}
static struct vault_place row_of(int64_t leaf) { return (struct vault_place){"ledger_leaf", "wrapped", leaf}; }

static void commitment_of(const struct vault_key *k, const unsigned char salt[SALT], unsigned char ret[COMMITMENT])
{
    (void)crypto_generichash(ret, COMMITMENT, salt, SALT, k->bytes, sizeof k->bytes); /* cannot fail with these lengths */
}

int64_t ledger_subject_blind(const struct vault *v, uint64_t subject)
{
    char bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (char)(subject >> (56 - 8 * i));
    return vault_blind(v, "ledger subject", (struct str){bytes, sizeof bytes});
}

enum err_code ledger_item_make(const struct vault *v, const struct ledger_entry *entry, struct buf *ret, struct err *e)
{
    _cleanup_buf_ struct buf plain;
    _cleanup_vault_key_ struct vault_key k;
    unsigned char head[HEAD] = {VERSION}, wrapped[VAULT_WRAPPED_BYTES];
    buf_init(&plain, LIMIT_LEDGER_ENTRY_BYTES);
    ERR_TRY(ledger_entry_write(entry, &plain, e));
    randombytes_buf(head + 1, SALT);
    vault_key_new(v, place_of("ledger_item", "wrapped", head + 1), &k, wrapped);
    commitment_of(&k, head + 1, head + 1 + SALT);
    (void)buf_add(ret, wrapped, sizeof wrapped);
    put(ret, 2, entry->n_subjects);
    for (size_t i = 0; i < entry->n_subjects; i++)
        put(ret, 8, (uint64_t)ledger_subject_blind(v, entry->subjects[i]));
    (void)buf_add(ret, head, sizeof head);
    return vault_seal(&k, place_of("ledger_leaf", "entry", head + 1), buf_as_str(&plain), ret, e);
}

enum err_code ledger_item_parse(struct str item, struct ledger_item *ret, struct err *e)
{
    bool bad = false;
    struct str rest = item, wrapped = str_slice(item, 0, VAULT_WRAPPED_BYTES);
    rest = str_slice(rest, wrapped.n, rest.n);
    size_t n = 8 * (size_t)take(&rest, 2, &bad);
    if (bad || n > 8 * LIMIT_LEDGER_SUBJECTS || rest.n < n + HEAD + VAULT_SEAL_OVERHEAD || rest.n - n > LIMIT_LEDGER_ENTRY_BYTES)
        return err_set(e, ERR_FORMAT, "an entry that waits for the ledger is not in the form that this program writes");
    *ret = (struct ledger_item){wrapped, str_slice(rest, 0, n), str_slice(rest, n, rest.n)};
    return ERR_OK;
}

int64_t ledger_item_blind(const struct ledger_item *i, size_t at)
{
    bool bad = false;
    struct str rest = str_slice(i->blinds, 8 * at, i->blinds.n);
    return (int64_t)take(&rest, 8, &bad);
}

enum err_code ledger_item_key(const struct vault *v, const struct ledger_item *i, int64_t number, unsigned char ret[VAULT_WRAPPED_BYTES], struct err *e)
{
    _cleanup_vault_key_ struct vault_key k = {0};
    ERR_TRY(vault_key_unwrap(v, place_of("ledger_item", "wrapped", (const unsigned char *)i->leaf.p + 1), i->wrapped, &k, e));
    vault_wrap(v, row_of(number), &k, ret);
    return ERR_OK;
}

enum err_code ledger_leaf_open(const struct vault *v, int64_t number, struct str leaf, struct str wrapped, struct ledger_open *ret, struct err *e)
{
    _cleanup_vault_key_ struct vault_key k = {0};
    unsigned char want[COMMITMENT];
    const unsigned char *salt = (const unsigned char *)leaf.p + 1;
    if (leaf.n < HEAD || leaf.p[0] != VERSION)
        return no_entry(e);
    ERR_TRY(vault_key_unwrap(v, row_of(number), wrapped, &k, e));
    commitment_of(&k, salt, want);
    if (sodium_memcmp(want, salt + SALT, COMMITMENT) != 0)
        return err_set(e, ERR_CRYPTO, "a ledger entry's key is not the one that it was sealed with");
    buf_clear(&ret->plain);
    ERR_TRY(vault_unseal(&k, place_of("ledger_leaf", "entry", salt), str_slice(leaf, HEAD, leaf.n), &ret->plain, e));
    return ledger_entry_read(ret, e);
}
