/* state.c: the ledger's one row of state, and the checkpoints that it signs. See ledger_int.h. */
#include "ledger/ledger_int.h"

#include "ledger/wire.h"
#include "sql/ledger_sql.h"

#include <assert.h>
#include <sodium.h>

void ledger_state_init(struct ledger_state *s)
{
    *s = (struct ledger_state){0};
    buf_init(&s->note, LIMIT_LEDGER_NOTE_BYTES);
}

void ledger_state_release(struct ledger_state *s) { buf_release(&s->note); }

/* ---- the row ---- */

/* Every field with its length, so that no two states give the same bytes. */
static enum err_code mac_of(const struct vault *v, const struct ledger_state *s, struct str frontier, struct vault_id *ret, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_LEDGER_NOTE_BYTES + 8192);
    (void)buf_fmt(&b, "%u %zu %zu %zu %llu %llu %d\n", s->epoch, strlen(s->origin), frontier.n, s->note.n, (unsigned long long)s->taken.segment,
                  (unsigned long long)s->taken.offset, s->turn);
    (void)buf_z(&b, s->origin);
    (void)buf_str(&b, frontier);
    (void)buf_str(&b, buf_as_str(&s->note));
    ERR_TRY(buf_check(&b, "the ledger's state", e));
    *ret = vault_blind_id(v, "ledger state", buf_as_str(&b));
    return ERR_OK;
}

static struct str frontier_bytes(const struct ledger_state *s, unsigned char bytes[LEDGER_FRONTIER_BYTES_MAX])
{
    return (struct str){(char *)bytes, ledger_frontier_write(&s->frontier, bytes)};
}

enum err_code ledger_state_save(struct store *s, const struct vault *v, const struct ledger_state *x, struct err *e)
{
    unsigned char bytes[LEDGER_FRONTIER_BYTES_MAX];
    struct vault_id mac;
    struct str frontier = frontier_bytes(x, bytes);
    assert(store_in_transaction(s));
    ERR_TRY(mac_of(v, x, frontier, &mac, e));
    return STORE_RUN(s, sql_ledger_state_put, e, V_INT(x->epoch), V_TEXT(str_of(x->origin)), V_BLOB(frontier),
                     V_INT((int64_t)x->taken.segment), V_INT((int64_t)x->taken.offset), V_INT(x->turn), V_TEXT(buf_as_str(&x->note)),
                     V_BLOB(((struct str){(char *)mac.bytes, sizeof mac.bytes})));
}

static enum err_code meddled(struct err *e)
{
    return err_set(e, ERR_REFUSED, "the ledger's state in the database was changed by another hand or belongs to another key" LEDGER_DECLARE);
}

static enum err_code row_read(const struct store_cursor *c, const struct vault *v, struct ledger_state *x, struct err *e)
{
    struct str origin = store_text(c, 1), frontier = store_text(c, 2), mac = store_text(c, 7);
    struct vault_id want;
    int64_t epoch = store_int(c, 0);
    if (epoch < 1 || epoch > (int64_t)LIMIT_LEDGER_EPOCHS || origin.n >= sizeof x->origin || ledger_frontier_read(frontier, &x->frontier, e) != ERR_OK)
        return meddled(e);
    x->epoch = (uint32_t)epoch;
    memcpy(x->origin, origin.p, origin.n);
    x->taken = (struct ledger_taken){(uint64_t)store_int(c, 3), (uint64_t)store_int(c, 4)};
    x->turn = store_int(c, 5) != 0;
    (void)buf_str(&x->note, store_text(c, 6));
    ERR_TRY(mac_of(v, x, frontier, &want, e));
    if (mac.n != sizeof want.bytes || sodium_memcmp(mac.p, want.bytes, sizeof want.bytes) != 0)
        return meddled(e);
    return ERR_OK;
}

enum err_code ledger_state_load(struct store *s, const struct vault *v, struct ledger_state *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    ERR_TRY(store_query(s, &sql_ledger_state_get, STORE_NO_VALUES, &c, e));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "the hub has no ledger yet");
    return row_read(c, v, ret, e);
}

/* ---- its checkpoint ---- */

enum err_code ledger_state_key(const struct vault *v, const struct ledger_state *state, uint32_t epoch, struct ledger_key *ret, struct err *e)
{
    unsigned char public[VAULT_PUBLIC_KEY_BYTES];
    struct ledger_key first;
    vault_sign_public(v, public);
    ERR_TRY(ledger_key_make(str_of(state->origin), LEDGER_KEY_LOG, public, &first, e));
    return ledger_key_epoch(&first, epoch, ret, e);
}

enum err_code ledger_state_sign(const struct vault *v, struct ledger_state *state, struct err *e)
{
    struct ledger_key key;
    unsigned char blob[4 + VAULT_SIGNATURE_BYTES];
    ERR_TRY(ledger_state_key(v, state, state->epoch, &key, e));
    struct ledger_checkpoint c = {.origin = str_of(key.name), .size = state->frontier.size, .root = ledger_frontier_root(&state->frontier)};
    buf_clear(&state->note);
    ERR_TRY(ledger_checkpoint_format(&c, &state->note, e));
    memcpy(blob, key.id, 4);
    vault_sign(v, buf_as_str(&state->note), blob + 4);
    (void)buf_fmt(&state->note, "\n\xe2\x80\x94 %s ", key.name);
    ledger_wire_put_base64(&state->note, blob, sizeof blob);
    (void)buf_char(&state->note, '\n');
    return buf_check(&state->note, "a signed checkpoint", e);
}

enum err_code ledger_note_check(const struct vault *v, const struct ledger_state *state, uint32_t epoch, struct str note,
                                struct ledger_checkpoint *ret, struct err *e)
{
    struct ledger_key key;
    struct ledger_note signatures;
    ERR_TRY(ledger_state_key(v, state, epoch, &key, e));
    return ledger_checkpoint_open(note, &(struct ledger_keys){.at = &key, .n = 1}, ret, &signatures, e);
}

struct vault_id ledger_destroyed_mark(const struct vault *v, int64_t leaf)
{
    char bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (char)(leaf >> (56 - 8 * i));
    return vault_blind_id(v, "ledger destroyed", (struct str){bytes, sizeof bytes});
}
