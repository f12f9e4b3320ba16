/* cosign.c: asking a witness over HTTP (libcurl). Nothing that it says is believed: a cosignature is stored only when it verifies
 * for the very text that was sent, and a size only serves to make the proof for the next try. */
#include "ledger/wire.h"

#include <curl/curl.h>
#include <inttypes.h>

#define TRIES 3 /* a witness that is served by several of us may move between two of them */
#define CONNECT_MS 2000L

void ledger_cosign_body(uint64_t old_size, const struct ledger_proof *proof, struct str note, struct buf *ret)
{
    (void)buf_fmt(ret, "old %" PRIu64 "\n", old_size);
    ledger_wire_put_proof(ret, proof);
    (void)buf_char(ret, '\n');
    (void)buf_str(ret, note);
}

static size_t take(char *p, size_t size, size_t n, void *to)
{
    return buf_add(to, p, size * n) ? size * n : 0; /* 0 ends the transfer */
}

static void cleanup_curl_p(CURL **c) { curl_easy_cleanup(*c); }
static void free_list_p(struct curl_slist **l) { curl_slist_free_all(*l); }

/* One POST. */
static enum err_code post(const struct ledger_peer *peer, const char *path, struct str body, long *ret_status, struct buf *ret, struct err *e)
{
    _cleanup_buf_ struct buf url;
    __attribute__((cleanup(cleanup_curl_p))) CURL *c = curl_easy_init();
    __attribute__((cleanup(free_list_p))) struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
    buf_init(&url, LIMIT_URL_BYTES);
    (void)buf_fmt(&url, "%s%s%s", peer->url, str_ends(str_of(peer->url), STR("/")) ? "" : "/", path);
    (void)buf_char(&url, '\0');
    ERR_TRY(buf_check(&url, "a witness's address", e));
    if (!c || !headers)
        return err_set(e, ERR_NO_MEMORY, "out of memory for asking the witness %s", peer->key.name);
    buf_clear(ret);
    /* These fail only for options that the library does not have, and memory; the transfer then fails. */
    (void)curl_easy_setopt(c, CURLOPT_URL, url.p);
    (void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(c, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    (void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, LIMIT_LEDGER_COSIGN_MS);
    (void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    (void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p);
    (void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(c, CURLOPT_WRITEDATA, ret);
    CURLcode code = curl_easy_perform(c);
    if (code != CURLE_OK) {
        (void)err_set(e, ret->failed ? ERR_FORMAT : ERR_IO, "the witness %s does not answer at %s", peer->key.name, peer->url);
        err_detail(e, "%s", curl_easy_strerror(code));
        return ret->failed ? ERR_FORMAT : ERR_IO;
    }
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, ret_status);
    return ERR_OK;
}

static enum err_code said_no(const struct ledger_peer *peer, long status, const struct buf *answer, struct err *e)
{
    char words[200];
    size_t n = 0;
    for (; n < answer->n && n < sizeof words && answer->p[n] >= ' ' && answer->p[n] <= '~'; n++)
        words[n] = answer->p[n];
    (void)err_set(e, ERR_REFUSED, "the witness %s refused the checkpoint with status %ld", peer->key.name, status);
    err_detail(e, "%.*s", (int)n, words);
    return ERR_REFUSED;
}

/* A 409's body: what the witness has seen. */
static enum err_code seen_size(const struct ledger_peer *peer, const struct buf *answer, uint64_t ours, uint64_t *ret, struct err *e)
{
    struct str rest = buf_as_str(answer), line;
    uint64_t seen;
    if (!ledger_wire_line(&rest, &line) || rest.n > 0 || !ledger_wire_decimal(line, &seen))
        return err_set(e, ERR_FORMAT, "the witness %s answered with a size that is none", peer->key.name);
    if (seen > ours)
        return err_set(e, ERR_REFUSED,
                       "the witness %s has seen %" PRIu64 " entries and the log has %" PRIu64 ": entries were lost; was a backup put back without a declaration?",
                       peer->key.name, seen, ours);
    *ret = seen;
    return ERR_OK;
}

static enum err_code try_once(struct ledger_peer *peer, struct ledger_hashes from, const struct ledger_checkpoint *c, struct str note,
                              long *ret_status, struct buf *answer, struct err *e)
{
    struct ledger_proof proof;
    _cleanup_buf_ struct buf body;
    buf_init(&body, LIMIT_LEDGER_BODY_BYTES);
    ERR_TRY(ledger_consistency_prove(from, peer->last_size, c->size, &proof, e));
    ledger_cosign_body(peer->last_size, &proof, note, &body);
    ERR_TRY(buf_check(&body, "a request to a witness", e));
    return post(peer, "add-checkpoint", buf_as_str(&body), ret_status, answer, e);
}

enum err_code ledger_cosign(struct ledger_peer *peer, struct ledger_hashes from, struct str note, struct buf *ret_line, struct err *e)
{
    struct ledger_note n;
    struct ledger_checkpoint c;
    struct str line;
    uint64_t time_s;
    long status = 409;
    _cleanup_buf_ struct buf answer;
    buf_init(&answer, LIMIT_LEDGER_BODY_BYTES);
    ERR_TRY(ledger_note_parse(note, &n, e));
    ERR_TRY(ledger_checkpoint_parse(n.text, &c, e));
    if (peer->last_size > c.size)
        peer->last_size = 0; /* what we knew is of another log, or we were rolled back: the witness will say */
    for (unsigned i = 0; i < TRIES && status == 409; i++) {
        ERR_TRY(try_once(peer, from, &c, note, &status, &answer, e));
        if (status == 409)
            ERR_TRY(seen_size(peer, &answer, c.size, &peer->last_size, e));
    }
    if (status != 200)
        return said_no(peer, status, &answer, e);
    ERR_TRY(ledger_signature_check(buf_as_str(&answer), n.text, &peer->key, &line, &time_s, e));
    peer->last_size = c.size;
    return buf_str(ret_line, line) ? ERR_OK : buf_check(ret_line, "a cosignature", e);
}

enum err_code ledger_cosign_declare(struct ledger_peer *peer, struct ledger_hashes from, struct str entry, struct str note, struct err *e)
{
    struct ledger_note n;
    struct ledger_checkpoint c;
    struct ledger_bundle b = {.index = 0, .checkpoint = note};
    long status = 0;
    _cleanup_buf_ struct buf extra, body, answer;
    buf_init(&extra, LIMIT_LEDGER_BUNDLE_BYTES);
    buf_init(&body, LIMIT_LEDGER_BUNDLE_BYTES);
    buf_init(&answer, LIMIT_LEDGER_BODY_BYTES);
    ERR_TRY(ledger_note_parse(note, &n, e));
    ERR_TRY(ledger_checkpoint_parse(n.text, &c, e));
    ledger_wire_put_base64(&extra, entry.p, entry.n);
    b.extra = buf_as_str(&extra);
    ERR_TRY(ledger_inclusion_prove(from, 0, c.size, &b.proof, e));
    ERR_TRY(ledger_bundle_format(&b, &body, e));
    ERR_TRY(post(peer, "declare-epoch", buf_as_str(&body), &status, &answer, e));
    if (status != 200)
        return said_no(peer, status, &answer, e);
    peer->last_size = 0;
    return ERR_OK;
}
