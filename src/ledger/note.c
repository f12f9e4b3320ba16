/* note.c: C2SP signed notes: a text that people can read, and lines that say who signed it.
 *
 *     text, with its line end          what is signed
 *     (an empty line)                  the last one of the note
 *     — name base64                    key ID (4 bytes) || signature, one line a signature
 *
 * A log's signature is Ed25519 over the text; a witness's is Ed25519 over "cosignature/v1\ntime T\n" and the text, with T in the
 * blob before the signature. */
#include "ledger/wire.h"

#include <assert.h>
#include <sodium.h>

#define DASH STR("\xe2\x80\x94 ")
#define BLOB_LOG ((size_t)4 + 64)
#define BLOB_WITNESS ((size_t)4 + 8 + 64)

static_assert(crypto_sign_BYTES == 64, "Ed25519");

/* What a witness's key signs; a log's signs the text alone. */
static void put_signed(enum ledger_key_type type, uint64_t time_s, struct str text, struct buf *ret)
{
    if (type == LEDGER_KEY_WITNESS)
        (void)buf_fmt(ret, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
    (void)buf_str(ret, text);
}

/* ---- signing ---- */

enum err_code ledger_note_sign(const struct ledger_signer *s, struct str text, uint64_t time_s, struct buf *ret, struct err *e)
{
    _cleanup_buf_ struct buf message;
    buf_init(&message, LIMIT_LEDGER_NOTE_BYTES);
    if (!ledger_wire_text(text))
        return err_set(e, ERR_FORMAT, "a note's text is whole lines of UTF-8 without control characters");
    put_signed(s->key.type, time_s, text, &message);
    ERR_TRY(buf_check(&message, "a note", e));
    unsigned char blob[BLOB_WITNESS];
    size_t n = sizeof s->key.id;
    memcpy(blob, s->key.id, n);
    for (unsigned i = 0; s->key.type == LEDGER_KEY_WITNESS && i < 8; i++)
        blob[n++] = (unsigned char)(time_s >> (56 - 8 * i));
    (void)crypto_sign_detached(blob + n, NULL, (const unsigned char *)message.p, message.n, s->secret); /* never fails */
    (void)buf_str(ret, DASH);
    (void)buf_fmt(ret, "%s ", s->key.name);
    ledger_wire_put_base64(ret, blob, n + 64);
    (void)buf_char(ret, '\n');
    return buf_check(ret, "a signed note", e);
}

/* ---- reading ---- */

/* One signature line: its form, and its blob for whoever knows the key. */
static bool parse_signature(struct str line, struct ledger_signature *ret, unsigned char ret_blob[LIMIT_LEDGER_SIGNATURE_BYTES],
                            size_t *ret_n)
{
    if (!ledger_wire_prefix(&line, DASH))
        return false;
    (void)str_split(&line, ' ', &ret->name); /* without a blank all is name, and the signature missing */
    if (!ledger_name_valid(ret->name) || !ledger_wire_base64(line, ret_blob, LIMIT_LEDGER_SIGNATURE_BYTES, ret_n) || *ret_n < 5)
        return false;
    memcpy(ret->id, ret_blob, 4);
    return true;
}

static bool is_by(const struct ledger_signature *s, const struct ledger_key *k)
{
    return memcmp(s->id, k->id, 4) == 0 && str_eq(s->name, str_of(k->name));
}

static bool verifies(const struct ledger_key *k, const unsigned char *blob, size_t n, struct str text, uint64_t *ret_time_s)
{
    _cleanup_buf_ struct buf message;
    uint64_t time_s = 0;
    buf_init(&message, LIMIT_LEDGER_NOTE_BYTES + 64);
    if (n != (k->type == LEDGER_KEY_WITNESS ? BLOB_WITNESS : BLOB_LOG))
        return false;
    for (size_t i = 4; i < n - 64; i++)
        time_s = time_s << 8 | blob[i];
    put_signed(k->type, time_s, text, &message);
    if (message.failed ||
        crypto_sign_verify_detached(blob + n - 64, (const unsigned char *)message.p, message.n, k->public) != 0)
        return false;
    *ret_time_s = time_s;
    return true;
}

static enum err_code wrong_signature(const struct ledger_signature *s, struct err *e)
{
    return err_set(e, ERR_REFUSED, "the signature of %.*s does not verify: the text was changed, or it is another's", (int)s->name.n, s->name.p);
}

/* The signature lines, checked for `keys` when there are any. */
static enum err_code parse_signatures(struct str lines, const struct ledger_key *keys, size_t n_keys, struct ledger_note *note,
                                      struct err *e)
{
    unsigned char blob[LIMIT_LEDGER_SIGNATURE_BYTES];
    struct str line;
    for (size_t n = 0; ledger_wire_line(&lines, &line); note->n++) {
        if (note->n == LIMIT_LEDGER_SIGNATURES)
            return err_set(e, ERR_LIMIT, "the note has more than %zu signatures", LIMIT_LEDGER_SIGNATURES);
        struct ledger_signature *s = &note->at[note->n];
        *s = (struct ledger_signature){.line = {line.p, line.n + 1}};
        if (!parse_signature(line, s, blob, &n))
            return err_set(e, ERR_FORMAT, "signature line %zu of the note is not \"\xe2\x80\x94 NAME BASE64\"", note->n + 1);
        for (size_t k = 0; k < n_keys; k++)
            if (is_by(s, &keys[k]))
                s->key = &keys[k];
        if (s->key && !verifies(s->key, blob, n, note->text, &s->time_s))
            return wrong_signature(s, e);
        for (size_t i = 0; s->key && i < note->n; i++)
            if (note->at[i].key == s->key)
                return err_set(e, ERR_REFUSED, "%s signed the note twice", s->key->name);
    }
    if (lines.n > 0)
        return err_set(e, ERR_FORMAT, "the note's last line has no line end");
    return ERR_OK;
}

/* The last empty line parts text and signatures: they begin after "\n\n". */
static bool split_note(struct str note, struct str *ret_text, struct str *ret_lines)
{
    for (size_t i = note.n; i-- > 1;) {
        if (note.p[i] == '\n' && note.p[i - 1] == '\n') {
            *ret_text = str_slice(note, 0, i);
            *ret_lines = str_slice(note, i + 1, note.n);
            return ret_lines->n > 0;
        }
    }
    return false;
}

static enum err_code read_note(struct str note, const struct ledger_key *keys, size_t n_keys, struct ledger_note *ret, struct err *e)
{
    struct str lines;
    ret->n = 0;
    if (note.n > LIMIT_LEDGER_NOTE_BYTES)
        return err_set(e, ERR_LIMIT, "the note has more than %zu bytes", LIMIT_LEDGER_NOTE_BYTES);
    if (!split_note(note, &ret->text, &lines) || !ledger_wire_text(ret->text))
        return err_set(e, ERR_FORMAT, "a note is lines of UTF-8, an empty line, and signature lines");
    return parse_signatures(lines, keys, n_keys, ret, e);
}

enum err_code ledger_note_parse(struct str note, struct ledger_note *ret, struct err *e)
{
    struct ledger_note n;
    ERR_TRY(read_note(note, NULL, 0, &n, e));
    *ret = n;
    return ERR_OK;
}

enum err_code ledger_note_open(struct str note, const struct ledger_key *keys, size_t n_keys, struct ledger_note *ret, struct err *e)
{
    struct ledger_note n;
    ERR_TRY(read_note(note, keys, n_keys, &n, e));
    for (size_t i = 0; i < n.n; i++) {
        if (n.at[i].key) {
            *ret = n;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_REFUSED, "none of the note's %zu signatures is by a known key", n.n);
}

enum err_code ledger_signature_check(struct str lines, struct str text, const struct ledger_key *key, struct str *ret_line,
                                     uint64_t *ret_time_s, struct err *e)
{
    struct ledger_note n;
    n.n = 0;
    n.text = text;
    ERR_TRY(parse_signatures(lines, key, 1, &n, e));
    for (size_t i = 0; i < n.n; i++) {
        if (n.at[i].key) {
            *ret_line = n.at[i].line;
            *ret_time_s = n.at[i].time_s;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_REFUSED, "there is no signature by %s", key->name);
}
