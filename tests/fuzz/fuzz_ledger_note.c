/* Signed notes, keys, checkpoints and declared epochs out of any bytes. Promises: no crash; what is a note opens only by a known key;
 * a checkpoint that is read writes itself back as it was; a key's text too. */
#include "fuzz.h"

#include "ledger/log.h"

static void check_checkpoint(struct str text)
{
    struct ledger_checkpoint c;
    _cleanup_buf_ struct buf again;
    buf_init(&again, 1 << 16);
    if (ledger_checkpoint_parse(text, &c, NULL) != ERR_OK)
        return;
    must(ledger_checkpoint_format(&c, &again, NULL) == ERR_OK && str_eq(buf_as_str(&again), text));
}

static void check_key(struct str text)
{
    struct ledger_key k;
    _cleanup_buf_ struct buf again;
    buf_init(&again, 1 << 16);
    if (ledger_key_parse(text, &k, NULL) != ERR_OK)
        return;
    ledger_key_format(&k, &again);
    must(str_eq(buf_as_str(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const unsigned char seed[32] = {7};
    struct str text = {(const char *)data, n};
    struct ledger_signer s;
    struct ledger_note note, opened;
    struct ledger_epoch epoch;
    struct err e = {0};
    must(ledger_signer_make(STR("hub.example/audit"), LEDGER_KEY_LOG, seed, &s, &e) == ERR_OK);
    if (ledger_note_parse(text, &note, &e) == ERR_OK) {
        must(note.n > 0 && note.text.n < n && note.text.p[note.text.n - 1] == '\n');
        must(ledger_note_open(text, &s.key, 1, &opened, &e) == ERR_REFUSED); /* nobody guesses a signature */
        check_checkpoint(note.text);
    } else {
        must(e.message[0]);
    }
    check_checkpoint(text);
    check_key(text);
    if (ledger_epoch_parse(text, &epoch, NULL) == ERR_OK)
        must(epoch.quoted.n < n && epoch.origin.n < n);
    return 0;
}
