/* pack.c: see pack.h. */
#include "intake/pack.h"

#include "sql/intake_sql.h"

#define PACK_VERSION 1

/* Appends stick in buf.failed: the caller looks once, when sealing. */
static void put_number(struct buf *b, uint64_t v)
{
    if (v < 0x80) {
        (void)buf_char(b, (char)v);
        return;
    }
    char bytes[10];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        bytes[n++] = (char)(v | 0x80);
    bytes[n++] = (char)v;
    (void)buf_add(b, bytes, n);
}

static void put_text(struct buf *b, struct str s)
{
    if (s.n < 0x80 && b->cap - b->n > s.n) { /* nearly always: short, and there is room */
        b->p[b->n] = (char)s.n;
        if (s.n)
            memcpy(b->p + b->n + 1, s.p, s.n);
        b->n += s.n + 1;
        return;
    }
    put_number(b, s.n);
    (void)buf_str(b, s);
}

static bool take_number(struct str *from, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < from->n && i < 10; i++) {
        v |= (uint64_t)(from->p[i] & 0x7f) << (7 * i);
        if (!(from->p[i] & 0x80)) {
            *from = str_slice(*from, i + 1, from->n);
            *ret = v;
            return true;
        }
    }
    return false;
}

static bool take_text(struct str *from, struct str *ret)
{
    uint64_t n;
    if (!take_number(from, &n) || n > from->n)
        return false;
    *ret = str_slice(*from, 0, n);
    *from = str_slice(*from, n, from->n);
    return true;
}

static enum err_code not_packed(const char *what, struct err *e)
{
    return err_set(e, ERR_STORE, "%s is not in the form that this program writes; was it written by a newer one?", what);
}

/* ---- mentions ---- */

void pack_mention(const struct mention *m, struct buf *to)
{
    (void)buf_char(to, PACK_VERSION);
    put_number(to, LINK_PERSON_N);
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        if (i != LINK_PERSON_unique_id)
            put_text(to, m->v[i]);
    put_text(to, m->name_as_given);
    put_text(to, m->address_as_given);
    put_text(to, m->phone_as_given);
    put_text(to, m->email_as_given);
    put_text(to, m->dob_as_given);
    put_text(to, m->bad_identifiers);
}

enum err_code unpack_mention(struct str packed, struct mention *m, struct err *e)
{
    if (packed.n == 0 || packed.p[0] != PACK_VERSION)
        return not_packed("a mention", e);
    struct str rest = str_slice(packed, 1, packed.n);
    uint64_t columns; /* fewer when it was written before the model got its newest: those are empty then */
    bool good = take_number(&rest, &columns) && columns <= LINK_PERSON_N;
    for (size_t i = 0; i < LINK_PERSON_N; i++) {
        m->v[i] = STR("");
        if (i != LINK_PERSON_unique_id && i < columns)
            good = good && take_text(&rest, &m->v[i]);
    }
    good = good && take_text(&rest, &m->name_as_given) && take_text(&rest, &m->address_as_given) && take_text(&rest, &m->phone_as_given) &&
           take_text(&rest, &m->email_as_given) && take_text(&rest, &m->dob_as_given) && take_text(&rest, &m->bad_identifiers);
    return good ? ERR_OK : not_packed("a mention", e);
}

/* ---- rows ---- */

static uint64_t place_of(const struct row *r, int column)
{
    return column < 0 || r->at[column] < 0 ? 0 : (uint64_t)r->at[column] + 1;
}

void pack_row(const struct feed *f, const struct row *r, bool names_inside, struct buf *to)
{
    uint64_t source = 0;
    for (size_t i = 0; i < f->n_record_key && source == 0; i++)
        source = row_value(r, f->record_key[i], -1).n ? place_of(r, f->record_key[i]) : 0;
    (void)buf_char(to, PACK_VERSION);
    (void)buf_char(to, (char)f->assertion);
    put_number(to, source);
    put_number(to, place_of(r, f->recorded_as));
    put_number(to, place_of(r, f->narrative));
    put_number(to, place_of(r, f->opinion));
    for (size_t i = 0; i < r->n; i++) {
        if (r->values[i].n == 0 && !names_inside)
            continue; /* with names inside, position is order: none may be left out */
        if (names_inside)
            put_text(to, r->names[i]);
        else
            put_number(to, i);
        put_text(to, r->values[i]);
    }
}

enum err_code unpack_row(struct str packed, bool names_inside, struct packed_row *p, struct err *e)
{
    if (packed.n < 2 || packed.p[0] != PACK_VERSION)
        return not_packed("a row's text", e);
    *p = (struct packed_row){.assertion = (enum assertion)packed.p[1], .rest = str_slice(packed, 2, packed.n), .names_inside = names_inside};
    bool good = take_number(&p->rest, &p->source_id) && take_number(&p->rest, &p->recorded_as) && take_number(&p->rest, &p->narrative) &&
                take_number(&p->rest, &p->opinion);
    return good ? ERR_OK : not_packed("a row's text", e);
}

enum err_code unpack_value(struct packed_row *p, bool *ret_more, uint64_t *ret_position, struct str *ret_name, struct str *ret_value, struct err *e)
{
    *ret_more = p->rest.n > 0;
    if (!*ret_more)
        return ERR_OK;
    *ret_name = STR("");
    *ret_position = p->ordinal++;
    bool good = p->names_inside ? take_text(&p->rest, ret_name) : take_number(&p->rest, ret_position);
    return good && take_text(&p->rest, ret_value) ? ERR_OK : not_packed("a row's text", e);
}

void pack_content(const struct row *r, const size_t *order, struct buf *to)
{
    for (size_t i = 0; i < r->n; i++) {
        size_t at = order[i];
        if (r->values[at].n == 0)
            continue;
        put_text(to, r->names[at]);
        put_text(to, r->values[at]);
    }
}

/* ---- sealing ---- */

enum err_code seal_value(const struct vault *v, const char *table, int64_t id, struct str plain, unsigned char wrapped[VAULT_WRAPPED_BYTES],
                         struct buf *sealed, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key;
    vault_key_new(v, (struct vault_place){table, "wrapped", id}, &key, wrapped);
    buf_clear(sealed);
    return vault_seal(&key, (struct vault_place){table, "sealed", id}, plain, sealed, e);
}

enum err_code unseal_value(const struct vault *v, const char *table, int64_t id, struct str wrapped, struct str sealed, struct buf *ret, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key;
    ERR_TRY(vault_key_unwrap(v, (struct vault_place){table, "wrapped", id}, wrapped, &key, e));
    return vault_unseal(&key, (struct vault_place){table, "sealed", id}, sealed, ret, e);
}

const struct vault_wrapped_column intake_wrapped[] = {
    {"mention", "wrapped", &sql_intake_wrapped_mention_count, &sql_intake_wrapped_mention_batch, &sql_intake_wrapped_mention_put},
    {"row_text", "wrapped", &sql_intake_wrapped_row_text_count, &sql_intake_wrapped_row_text_batch, &sql_intake_wrapped_row_text_put},
    {"quarantine", "wrapped", &sql_intake_wrapped_quarantine_count, &sql_intake_wrapped_quarantine_batch, &sql_intake_wrapped_quarantine_put},
    {0},
};

/* ---- keys by rule ---- */

struct vault_id record_ident(const struct vault *v, struct str feed, struct str record_key)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, SIZE_MAX / 2);
    (void)buf_str(&b, feed);
    (void)buf_char(&b, '\0');
    (void)buf_str(&b, record_key);
    return vault_blind_id(v, "record", buf_as_str(&b));
}

int64_t row_key_hash(const struct vault *v, struct str row_key) { return vault_blind(v, "row", row_key); }

static uint64_t key_of(const struct vault *v, const char *kind, const struct vault_id *record, int64_t row_key, int slot)
{
    char bytes[16 + 8 + 1];
    memcpy(bytes, record->bytes, 16);
    for (int i = 0; i < 8; i++)
        bytes[16 + i] = (char)((uint64_t)row_key >> (8 * i));
    bytes[24] = (char)slot;
    uint64_t key = (uint64_t)vault_blind(v, kind, (struct str){bytes, sizeof bytes});
    return key ? key : 1;
}

uint64_t mention_key_of(const struct vault *v, const struct vault_id *record, int64_t row_key, int slot)
{
    return key_of(v, "mention", record, row_key, slot);
}

uint64_t event_key_of(const struct vault *v, const struct vault_id *record, int64_t row_key, bool of_record)
{
    return key_of(v, "event", record, of_record ? 0 : row_key, of_record);
}

uint64_t intake_mention_key(const struct vault *v, struct str feed, struct str record_key, struct str row_key, int slot)
{
    struct vault_id record = record_ident(v, feed, record_key);
    return mention_key_of(v, &record, row_key_hash(v, row_key), slot);
}
