/* Sharing agreements. Promises: a refusal has a message and every mistake its line; what is accepted has parties, dates in order, ceilings that can be, and reads the same again. */
#include "fuzz.h"
#include "registry/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf mistakes;
    struct registry_agreement g, again;
    struct err e = {0};
    struct str text = {(const char *)data, size};
    arena_init(&a, LIMIT_REQUEST_BYTES);
    buf_init(&mistakes, (size_t)1 << 20);
    if (registry_agreement_read(text, "agreement.json", &a, &g, &mistakes, &e) != ERR_OK) {
        must(e.message[0] != '\0');
        must(mistakes.n == 0 || (str_starts(buf_as_str(&mistakes), STR("agreement.json:")) && mistakes.p[mistakes.n - 1] == '\n'));
        return 0;
    }
    must(mistakes.n == 0 && g.name.n > 0 && g.n_parties >= 2 && g.from_ms < g.to_ms && g.review_ms >= g.from_ms && g.review_ms < g.to_ms);
    for (size_t i = 0; i < g.n_shares; i++)
        must(g.shares[i].ceiling >= 0 && g.shares[i].ceiling <= 3 && g.shares[i].from.n && (g.shares[i].to.n > 0) == (g.shares[i].to_kind == AGENCY_unknown));
    must(registry_agreement_read(g.definition, "agreement.json", &a, &again, &mistakes, &e) == ERR_OK && again.n_shares == g.n_shares);
    return 0;
}
