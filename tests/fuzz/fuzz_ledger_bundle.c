/* Offline proofs out of any bytes, and the bodies that a witness is sent. Promises: no crash; a bundle that is read writes itself back
 * as it was; none proves an entry under a key that did not sign; the witness answers every body with a status and a text, and signs
 * none of these. */
#include "fuzz.h"

#include "ledger/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const unsigned char seed[32] = {7};
    struct str text = {(const char *)data, n};
    struct ledger_signer log, signer;
    struct ledger_bundle b;
    struct ledger_checkpoint c;
    int status = 0;
    _cleanup_buf_ struct buf again;
    buf_init(&again, LIMIT_LEDGER_BUNDLE_BYTES);
    must(ledger_signer_make(STR("hub.example/audit"), LEDGER_KEY_LOG, seed, &log, NULL) == ERR_OK);
    must(ledger_signer_make(STR("witness.example/w1"), LEDGER_KEY_WITNESS, seed, &signer, NULL) == ERR_OK);
    const struct ledger_keys keys = {&log.key, 1, 0};
    if (ledger_bundle_parse(text, &b, NULL) == ERR_OK) {
        must(ledger_bundle_format(&b, &again, NULL) == ERR_OK && str_eq(buf_as_str(&again), text));
        must(ledger_bundle_check(text, STR("entry"), &keys, &b, &c, NULL) != ERR_OK);
    }
    const struct ledger_witness w = {"/nowhere/at/all", &log.key, 1, &signer, NULL};
    ledger_witness_add(&w, text, &status, &again);
    must(status >= 400 && status < 500 && again.n > 0);
    ledger_witness_declare(&w, text, &status, &again);
    must(status >= 400 && status < 500 && again.n > 0);
    return 0;
}
