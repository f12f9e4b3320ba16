/* Key files. Promises: what is taken for one makes sense, and written as version 2 it gives the same keys. */
#include "fuzz.h"
#include "vault/keeping.h"
#include "vault/vault_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct vault v = {0}, again = {0};
    struct vault_key_text text = {0};
    must(sodium_init() >= 0);
    if (!vault_file_parse((struct str){(const char *)data, n}, &v))
        return 0;
    must(v.version == 1 || v.version == 2);
    must(v.n_seals >= 1 && v.n_seals <= VAULT_SEALS && v.seal[0].generation >= 1);
    must(v.n_seals == 1 || v.seal[1].generation < v.seal[0].generation);
    vault_file_format(&v, &text);
    must(vault_file_parse((struct str){text.p, text.n}, &again) && again.version == 2);
    must(vault_same_keys(&v, &again));
    must(v.version == 1 || str_eq_nocase((struct str){(const char *)data, n}, (struct str){text.p, text.n}));
    return 0;
}
