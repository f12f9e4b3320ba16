/* Character sets and folding. The first byte chooses the set. Promises: what is decoded is UTF-8, a failure leaves the
 * buffer as it was, folding is stable and gives UTF-8. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const enum charset sets[] = {CHARSET_UTF8, CHARSET_WINDOWS_1252, CHARSET_ISO_8859_1, CHARSET_UTF16LE, CHARSET_UTF16BE};
    if (n == 0 || n > 4096)
        return 0;
    _cleanup_buf_ struct buf b;
    _cleanup_arena_ struct arena a;
    struct err e;
    size_t bad;
    buf_init(&b, 1 << 16);
    arena_init(&a, 4 << 20);
    if (charset_decode(sets[data[0] % 5], (struct str){(const char *)data + 1, n - 1}, &b, &e) != ERR_OK) {
        must(b.n == 0);
        return 0;
    }
    must(utf8_valid(buf_as_str(&b), &bad));
    struct str once = text_fold(&a, buf_as_str(&b));
    must(once.p && utf8_valid(once, &bad));
    struct str twice = text_fold(&a, once);
    must(str_eq(once, twice));
    struct str alnum = text_fold_alnum(&a, buf_as_str(&b));
    must(alnum.p && utf8_valid(alnum, &bad) && alnum.n <= once.n);
    return 0;
}
