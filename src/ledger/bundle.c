/* bundle.c: the offline proof that one entry is in the log, as one file (c2sp.org/tlog-proof@v1):
 *
 *     c2sp.org/tlog-proof@v1
 *     extra BASE64                     may be missing; nothing signs it
 *     index I
 *     BASE64 …                         the proof of inclusion, a hash a line
 *     (an empty line)
 *     the signed checkpoint            to the end of the file
 */
#include "ledger/wire.h"

#define FIRST_TEXT "c2sp.org/tlog-proof@v1"
#define FIRST STR(FIRST_TEXT)

enum err_code ledger_bundle_format(const struct ledger_bundle *b, struct buf *ret, struct err *e)
{
    size_t before = ret->n;
    (void)buf_str(ret, FIRST);
    if (b->extra.n > 0) {
        (void)buf_z(ret, "\nextra ");
        (void)buf_str(ret, b->extra);
    }
    (void)buf_fmt(ret, "\nindex %llu\n", (unsigned long long)b->index);
    ledger_wire_put_proof(ret, &b->proof);
    (void)buf_char(ret, '\n');
    (void)buf_str(ret, b->checkpoint);
    ERR_TRY(buf_check(ret, "an offline proof", e));
    struct ledger_bundle again;
    return ledger_bundle_parse(str_slice(buf_as_str(ret), before, ret->n), &again, e);
}

static enum err_code parse_extra(struct str extra, struct err *e)
{
    unsigned char bytes[LIMIT_LEDGER_ENTRY_BYTES];
    size_t n;
    if (!ledger_wire_base64(extra, bytes, sizeof bytes, &n))
        return err_set(e, ERR_FORMAT, "the offline proof's extra data is no base64 of at most %zu bytes", sizeof bytes);
    return ERR_OK;
}

enum err_code ledger_bundle_parse(struct str text, struct ledger_bundle *ret, struct err *e)
{
    struct ledger_bundle b = {.extra = STR_NONE};
    struct ledger_note n;
    struct str line = STR_NONE;
    if (text.n > LIMIT_LEDGER_BUNDLE_BYTES)
        return err_set(e, ERR_LIMIT, "the offline proof has more than %zu bytes", LIMIT_LEDGER_BUNDLE_BYTES);
    if (!ledger_wire_line(&text, &line) || !str_eq(line, FIRST))
        return err_set(e, ERR_FORMAT, "the file does not begin with \"" FIRST_TEXT "\": it is no offline proof");
    bool more = ledger_wire_line(&text, &line);
    if (more && ledger_wire_prefix(&line, STR("extra "))) {
        ERR_TRY(parse_extra(line, e));
        b.extra = line;
        more = ledger_wire_line(&text, &line);
    }
    if (!more || !ledger_wire_prefix(&line, STR("index ")) || !ledger_wire_decimal(line, &b.index))
        return err_set(e, ERR_FORMAT, "the offline proof has no line \"index\" with a number");
    ERR_TRY(ledger_wire_proof(&text, LEDGER_PROOF_MAX, &b.proof, e));
    ERR_TRY(ledger_note_parse(text, &n, e));
    b.checkpoint = text;
    *ret = b;
    return ERR_OK;
}

enum err_code ledger_bundle_check(struct str text, struct str entry, const struct ledger_keys *keys, struct ledger_bundle *ret,
                                  struct ledger_checkpoint *ret_checkpoint, struct err *e)
{
    struct ledger_bundle b;
    struct ledger_checkpoint c;
    struct ledger_note n;
    struct ledger_hash leaf = ledger_hash_leaf(entry);
    ERR_TRY(ledger_bundle_parse(text, &b, e));
    ERR_TRY(ledger_checkpoint_open(b.checkpoint, keys, &c, &n, e));
    ERR_TRY(ledger_inclusion_check(&b.proof, b.index, c.size, &leaf, &c.root, e));
    *ret = b;
    *ret_checkpoint = c;
    return ERR_OK;
}
