/* Shares as people type them, and codes. Promises: what is taken for a share is written and read again as the same bytes; nothing is read out of what is not one. */
#include "fuzz.h"
#include "vault/shares.h"
#include "vault/sign_in.h"

static void as_code(struct str s)
{
    char clean[LIMIT_TYPED_CHARS], text[LIMIT_TYPED_CHARS + 1];
    unsigned char bytes[10];
    int64_t step = -7;
    const struct vault_totp t = {"12345678901234567890"};
    must(vault_base32_clean(s, clean, sizeof clean) <= sizeof clean);
    if (vault_base32_take(s, bytes, sizeof bytes)) {
        vault_base32_put(VAULT_BASE32_TYPED, bytes, sizeof bytes, text);
        must(vault_base32_clean(s, clean, 16) == 16 && memcmp(clean, text, 16) == 0);
    }
    must(vault_totp_check(&t, s, 1111111111000, -1, &step) ? step >= 0 : step == -7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct str s = {(const char *)data, n};
    struct vault_share_bytes share = {0}, again = {0};
    struct vault_share text;
    must(sodium_init() >= 0);
    as_code(s);
    if (vault_share_read(s, "fuzz", &share, NULL) != ERR_OK)
        return 0;
    must(share.version == 1 && share.need >= 2 && share.need < share.total && share.total <= LIMIT_SHARES && share.number <= share.total);
    vault_share_write(&share, &text);
    must(vault_share_read(str_of(text.z), "again", &again, NULL) == ERR_OK);
    must(memcmp(&share, &again, sizeof share) == 0);
    return 0;
}
