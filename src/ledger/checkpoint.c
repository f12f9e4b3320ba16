/* checkpoint.c: what the log signs: origin, size, root; whom a reader believes; and epochs. */
#include "ledger/wire.h"

#include <stdio.h>

static bool origin_valid(struct str s)
{
    return s.n > 0 && s.n <= LIMIT_LEDGER_NAME_BYTES;
}

/* Whole lines, none empty: an empty one would end the text. */
static bool extension_valid(struct str s)
{
    struct str line;
    while (ledger_wire_line(&s, &line))
        if (line.n == 0)
            return false;
    return s.n == 0;
}

enum err_code ledger_checkpoint_format(const struct ledger_checkpoint *c, struct buf *ret_text, struct err *e)
{
    size_t before = ret_text->n;
    if (!origin_valid(c->origin) || c->size > LEDGER_SIZE_MAX || !extension_valid(c->extension))
        return err_set(e, ERR_FORMAT, "a checkpoint has an origin of 1 to %d bytes, a size below 2^63 and no empty line", LIMIT_LEDGER_NAME_BYTES);
    (void)buf_str(ret_text, c->origin);
    (void)buf_fmt(ret_text, "\n%llu\n", (unsigned long long)c->size);
    ledger_wire_put_base64(ret_text, c->root.bytes, LEDGER_HASH_BYTES);
    (void)buf_char(ret_text, '\n');
    (void)buf_str(ret_text, c->extension);
    ERR_TRY(buf_check(ret_text, "a checkpoint", e));
    struct ledger_checkpoint again;
    return ledger_checkpoint_parse(str_slice(buf_as_str(ret_text), before, ret_text->n), &again, e);
}

enum err_code ledger_checkpoint_parse(struct str text, struct ledger_checkpoint *ret, struct err *e)
{
    struct ledger_checkpoint c = {.origin = STR_NONE};
    struct str size, root;
    if (ledger_wire_text(text))
        (void)ledger_wire_line(&text, &c.origin); /* a text has a line */
    if (!origin_valid(c.origin))
        return err_set(e, ERR_FORMAT, "the checkpoint has no origin in its first line");
    if (!ledger_wire_line(&text, &size) || !ledger_wire_decimal(size, &c.size))
        return err_set(e, ERR_FORMAT, "the checkpoint's second line is no size: digits without a leading zero, below 2^63");
    if (!ledger_wire_line(&text, &root) || !ledger_wire_hash(root, &c.root))
        return err_set(e, ERR_FORMAT, "the checkpoint's third line is no hash in base64");
    if (!extension_valid(text))
        return err_set(e, ERR_FORMAT, "the checkpoint has an empty line");
    c.extension = text;
    *ret = c;
    return ERR_OK;
}

enum err_code ledger_checkpoint_open(struct str note, const struct ledger_keys *keys, struct ledger_checkpoint *ret,
                                     struct ledger_note *ret_note, struct err *e)
{
    struct ledger_note n;
    struct ledger_checkpoint c;
    bool signed_by_log = false;
    size_t witnesses = 0;
    ERR_TRY(ledger_note_open(note, keys->at, keys->n, &n, e));
    ERR_TRY(ledger_checkpoint_parse(n.text, &c, e));
    for (size_t i = 0; i < n.n; i++) {
        const struct ledger_key *k = n.at[i].key;
        if (k && k->type == LEDGER_KEY_WITNESS)
            witnesses++; /* a key signs once, or the note was refused */
        else if (k && str_eq(str_of(k->name), c.origin))
            signed_by_log = true;
    }
    if (!signed_by_log)
        return err_set(e, ERR_REFUSED, "the checkpoint of %.*s is not signed by a known key of that name", (int)c.origin.n, c.origin.p);
    if (witnesses < keys->witnesses)
        return err_set(e, ERR_REFUSED, "%zu of the %zu known witnesses that must have cosigned the checkpoint did", witnesses, keys->witnesses);
    *ret = c;
    *ret_note = n;
    return ERR_OK;
}

/* ---- epochs ---- */

bool ledger_origin_split(struct str origin, struct str *ret_base, uint32_t *ret_epoch)
{
    uint64_t epoch = 1;
    size_t cut = origin.n; /* behind the last slash */
    while (cut > 0 && origin.p[cut - 1] != '/')
        cut--;
    struct str base = origin, tail = str_slice(origin, cut, origin.n);
    if (cut > 0 && ledger_wire_prefix(&tail, STR("e")) && ledger_wire_decimal(tail, &epoch)) {
        if (epoch < 2 || epoch > LIMIT_LEDGER_EPOCHS)
            return false;
        base = str_slice(origin, 0, cut - 1);
    }
    if (!origin_valid(base))
        return false;
    *ret_base = base;
    *ret_epoch = (uint32_t)epoch;
    return true;
}

void ledger_origin_format(struct str base, uint32_t epoch, struct buf *ret)
{
    (void)buf_str(ret, base);
    if (epoch > 1)
        (void)buf_fmt(ret, "/e%u", epoch);
}

enum err_code ledger_key_epoch(const struct ledger_key *k, uint32_t epoch, struct ledger_key *ret, struct err *e)
{
    struct str base;
    uint32_t old;
    char name[LIMIT_LEDGER_NAME_BYTES + 16];
    if (!ledger_origin_split(str_of(k->name), &base, &old) || epoch < 1 || epoch > LIMIT_LEDGER_EPOCHS)
        return err_set(e, ERR_FORMAT, "%s has no epoch %u: they go from 1 to %u", k->name, epoch, LIMIT_LEDGER_EPOCHS);
    int n = snprintf(name, sizeof name, "%.*s", (int)base.n, base.p); /* no buf: a witness finds its keys without memory */
    if (epoch > 1)
        n += snprintf(name + n, sizeof name - (size_t)n, "/e%u", epoch);
    return ledger_key_make((struct str){name, (size_t)n}, k->type, k->public, ret, e);
}

#define EPOCH_TEXT "haven-epoch@v1"
#define EPOCH_LINE STR(EPOCH_TEXT)

enum err_code ledger_epoch_format(const struct ledger_epoch *d, struct buf *ret_entry, struct err *e)
{
    size_t before = ret_entry->n;
    (void)buf_str(ret_entry, EPOCH_LINE);
    (void)buf_char(ret_entry, '\n');
    (void)buf_str(ret_entry, d->origin);
    (void)buf_z(ret_entry, "\n\n");
    (void)buf_str(ret_entry, d->quoted);
    ERR_TRY(buf_check(ret_entry, "an epoch's first entry", e));
    struct ledger_epoch again;
    return ledger_epoch_parse(str_slice(buf_as_str(ret_entry), before, ret_entry->n), &again, e);
}

/* 1. its own line; 2. the new origin, of an epoch above 1; 3. an empty line; 4. a note in form whose checkpoint is of the same
 * log, one epoch before. Signatures are for the reader to check, who has the keys. */
enum err_code ledger_epoch_parse(struct str entry, struct ledger_epoch *ret, struct err *e)
{
    struct ledger_epoch d;
    struct ledger_note n;
    struct ledger_checkpoint c;
    struct str line, base, old_base;
    uint32_t epoch, old;
    if (entry.n > LIMIT_LEDGER_ENTRY_BYTES || !ledger_wire_line(&entry, &line) || !str_eq(line, EPOCH_LINE))
        return err_set(e, ERR_FORMAT, "the entry declares no epoch: it does not begin with \"" EPOCH_TEXT "\"");
    if (!ledger_wire_line(&entry, &d.origin) || !ledger_origin_split(d.origin, &base, &epoch) || epoch < 2)
        return err_set(e, ERR_FORMAT, "the declared epoch's origin does not end in /e and a number from 2 to %u", LIMIT_LEDGER_EPOCHS);
    if (!ledger_wire_line(&entry, &line) || line.n > 0)
        return err_set(e, ERR_FORMAT, "the declaration of an epoch has no empty line after its origin");
    ERR_TRY(ledger_note_parse(entry, &n, e));
    ERR_TRY(ledger_checkpoint_parse(n.text, &c, e));
    if (!ledger_origin_split(c.origin, &old_base, &old) || !str_eq(base, old_base) || old + 1 != epoch)
        return err_set(e, ERR_FORMAT, "the checkpoint that is quoted is not of the epoch before %.*s", (int)d.origin.n, d.origin.p);
    d.quoted = entry;
    *ret = d;
    return ERR_OK;
}
