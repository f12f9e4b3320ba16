/* Phrase lists and the texts they are laid on: a list, a NUL, a narrative. Without a NUL all of it is a narrative for the program's own list. Promises: a list that is refused is named;
 * a coding holds each behaviour at most once by one phrase of the list, and the same comes of the same text. */
#include "fuzz.h"
#include "review/phrases.h"

static void must_hold(const struct phrases *p, const struct coding *c)
{
    must(c->n <= LIMIT_CODED);
    for (size_t i = 0; i < c->n; i++) {
        must(c->v[i].behaviour > BEHAVIOUR_unknown && c->v[i].behaviour < BEHAVIOUR_N);
        must(c->v[i].phrase >= 0 && (size_t)c->v[i].phrase < phrases_count(p));
        must(coding_has(c, c->v[i].behaviour));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct phrases *p = NULL;
    struct err e = {.code = ERR_OK};
    if (n == 0 || n > 16384)
        return 0;
    const uint8_t *nul = memchr(data, 0, n);
    size_t list = nul ? (size_t)(nul - data) : 0, from = nul ? list + 1 : 0;
    enum err_code code = phrases_new(nul ? (struct str){(const char *)data, list} : STR_NONE, &p, &e);
    if (code != ERR_OK) {
        must(nul && e.code == code && e.message[0]); /* the program's own list is good */
        return 0;
    }
    struct coding once = {0}, twice = {0};
    _cleanup_arena_ struct arena scratch;
    arena_init(&scratch, 8 << 20);
    struct str text = {(const char *)data + from, n - from};
    phrases_code(p, text, ASSERTION_fact, &scratch, &once);
    phrases_code(p, text, ASSERTION_fact, &scratch, &twice);
    must_hold(p, &once);
    must(once.n == twice.n && once.stated == twice.stated && memcmp(once.v, twice.v, once.n * sizeof *once.v) == 0);
    phrases_free(p);
    return 0;
}
