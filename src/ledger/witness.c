/* witness.c: remembering the largest tree of each log, and signing only what contains it (C2SP tlog-witness).
 *
 * What is remembered of a log is one file of text, named by the SHA-256 of the log's origin:
 *
 *     haven-witness@v1
 *     hub.example/audit                the log, without its epoch
 *     1 1200 BASE64                    an epoch that is closed: its last size and root that were cosigned
 *     2 57 BASE64                      the last such line is the epoch that runs
 *     (an empty line)
 *     the checkpoint that was cosigned last, whole, if there is one
 *
 * and for every epoch above the first the proof that declared it, "<name>.e2". Nothing is ever taken out. The file is replaced
 * (temporary file, fsync, rename, fsync of the folder) under a lock, before the answer leaves; a file that cannot be read is a
 * reason to sign nothing. */
#include "ledger/files.h"
#include "ledger/wire.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define STATE_LINE STR("haven-witness@v1")
#define PROOF_LINES_MAX ((size_t)63)
#define KEYS_MAX ((size_t)16) /* of one log */
#define NEW_FILE ".new"

struct state {
    struct str closed; /* lines of closed epochs, in the buffer that was read */
    uint32_t epoch;
    uint64_t size;
    struct ledger_hash root;
};

/* What a request is about: the log that signed it. */
struct request {
    struct str base;
    uint32_t epoch;
    uint32_t first_epoch; /* from which this witness was told to go on */
    struct ledger_key keys[KEYS_MAX]; /* of the epoch before (declare: [n..2n)) or the one that is asked for */
    size_t n_keys;
    char name[2 * crypto_hash_sha256_BYTES + 1]; /* of the state's file */
};

static void refuse(int status, int *ret_status, struct buf *ret_body, const struct err *e)
{
    *ret_status = status;
    buf_clear(ret_body);
    (void)buf_fmt(ret_body, "%s\n", e->message);
}

/* ---- what is remembered ---- */

static bool parse_epoch_line(struct str line, struct state *s)
{
    struct str epoch, size;
    uint64_t n;
    (void)str_split(&line, ' ', &epoch); /* gives at least this */
    if (!str_split(&line, ' ', &size) || !ledger_wire_decimal(epoch, &n) || n <= s->epoch ||
        n > LIMIT_LEDGER_EPOCHS)
        return false;
    s->epoch = (uint32_t)n;
    return ledger_wire_decimal(size, &s->size) && ledger_wire_hash(line, &s->root);
}

static bool parse_state(struct str text, struct str base, struct state *ret)
{
    struct state s = {0};
    struct str line;
    if (!ledger_wire_line(&text, &line) || !str_eq(line, STATE_LINE) || !ledger_wire_line(&text, &line) || !str_eq(line, base))
        return false;
    s.closed = str_slice(text, 0, 0);
    for (struct str start = text; ledger_wire_line(&text, &line) && line.n > 0;) {
        s.closed.n = (size_t)(line.p - start.p); /* the lines before this one */
        if (!parse_epoch_line(line, &s))
            return false;
    }
    if (s.epoch == 0 || line.n > 0)
        return false;
    *ret = s;
    return true;
}

static enum err_code read_state(int folder, const struct request *q, struct buf *text, struct state *ret, struct err *e)
{
    enum err_code code = ledger_file_read(folder, q->name, LIMIT_LEDGER_STATE_BYTES, text, e);
    if (code == ERR_NOT_FOUND) {
        *ret = (struct state){.closed = STR(""), .epoch = q->first_epoch, .root = ledger_hash_empty()};
        return ERR_OK;
    }
    ERR_TRY(code);
    if (!parse_state(buf_as_str(text), q->base, ret))
        return err_set(e, ERR_FORMAT, "%s: what this witness remembers is damaged: it signs nothing for this log until that is restored", q->name);
    return ERR_OK;
}

static void put_epoch_line(struct buf *b, const struct state *s)
{
    (void)buf_fmt(b, "%" PRIu32 " %" PRIu64 " ", s->epoch, s->size);
    ledger_wire_put_base64(b, s->root.bytes, LEDGER_HASH_BYTES);
    (void)buf_char(b, '\n');
}

/* `closing`: an epoch that ends with this, or NULL. */
static enum err_code write_state(int folder, const struct request *q, const struct state *closing, const struct state *s, struct str note,
                                 struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_LEDGER_STATE_BYTES);
    (void)buf_str(&b, STATE_LINE);
    (void)buf_char(&b, '\n');
    (void)buf_str(&b, q->base);
    (void)buf_char(&b, '\n');
    (void)buf_str(&b, s->closed);
    if (closing)
        put_epoch_line(&b, closing);
    put_epoch_line(&b, s);
    (void)buf_char(&b, '\n');
    (void)buf_str(&b, note);
    ERR_TRY(buf_check(&b, "what a witness remembers of a log", e));
    ERR_TRY(ledger_file_write(folder, NEW_FILE, q->name, buf_as_str(&b), e));
    return ledger_folder_sync(folder, q->name, e);
}

/* ---- who asks ---- */

/* Finds the log of an origin; its keys are made for the epoch `back` epochs before the origin's. False: not known. */
static bool find_log(const struct ledger_witness *w, struct str origin, uint32_t back, struct request *ret)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    struct str base;
    uint32_t first;
    ret->n_keys = 0;
    if (!ledger_origin_split(origin, &ret->base, &ret->epoch))
        return false;
    assert(ret->epoch > back);
    for (size_t i = 0; i < w->n_logs && ret->n_keys < KEYS_MAX; i++) {
        if (!ledger_origin_split(str_of(w->logs[i].name), &base, &first) || !str_eq(base, ret->base))
            continue;
        ret->first_epoch = first;
        /* Cannot fail: the name is the origin, or shorter. */
        enum err_code code = ledger_key_epoch(&w->logs[i], ret->epoch - back, &ret->keys[ret->n_keys++], NULL);
        assert(code == ERR_OK);
    }
    (void)crypto_hash_sha256(digest, (const unsigned char *)ret->base.p, ret->base.n);
    (void)sodium_bin2hex(ret->name, sizeof ret->name, digest, sizeof digest);
    return ret->n_keys > 0;
}

static uint64_t now_s(const struct ledger_witness *w)
{
    return w->time_s ? w->time_s() : (uint64_t)time(NULL);
}

/* ---- add-checkpoint ---- */

struct add {
    uint64_t old;
    struct ledger_proof proof;
    struct str note;
    struct ledger_note form;
    struct ledger_checkpoint checkpoint;
};

static enum err_code parse_add(struct str body, struct add *ret, struct err *e)
{
    struct str line = STR_NONE;
    if (body.n > LIMIT_LEDGER_BODY_BYTES)
        return err_set(e, ERR_LIMIT, "the request has more than %zu bytes", LIMIT_LEDGER_BODY_BYTES);
    if (!ledger_wire_line(&body, &line) || !ledger_wire_prefix(&line, STR("old ")) || !ledger_wire_decimal(line, &ret->old))
        return err_set(e, ERR_FORMAT, "the request's first line is not \"old\" and a size");
    ERR_TRY(ledger_wire_proof(&body, PROOF_LINES_MAX, &ret->proof, e));
    ERR_TRY(ledger_note_parse(body, &ret->form, e));
    ERR_TRY(ledger_checkpoint_parse(ret->form.text, &ret->checkpoint, e));
    ret->note = body;
    return ERR_OK;
}

/* Under the lock: compares with what is remembered, and remembers. 0: agreed; else the status. */
static int remember(int folder, const struct request *q, const struct add *a, uint64_t *ret_seen, struct err *e)
{
    _cleanup_buf_ struct buf text;
    struct state s;
    buf_init(&text, LIMIT_LEDGER_STATE_BYTES);
    if (read_state(folder, q, &text, &s, e) != ERR_OK)
        return 500;
    if (q->epoch != s.epoch) {
        (void)err_set(e, ERR_NOT_FOUND, q->epoch < s.epoch ? "epoch %u of the log is closed; epoch %u runs" : "epoch %u of the log was not declared; epoch %u runs",
                      q->epoch, s.epoch);
        return 404;
    }
    if (a->old != s.size) {
        *ret_seen = s.size;
        return 409;
    }
    if (ledger_consistency_check(&a->proof, s.size, &s.root, a->checkpoint.size, &a->checkpoint.root, e) != ERR_OK)
        return 422;
    s.size = a->checkpoint.size;
    s.root = a->checkpoint.root;
    return write_state(folder, q, NULL, &s, a->note, e) == ERR_OK ? 0 : 500;
}

/* The steps and their order are C2SP's. */
void ledger_witness_add(const struct ledger_witness *w, struct str body, int *ret_status, struct buf *ret_body)
{
    struct err e;
    struct add a;
    struct request q;
    struct ledger_checkpoint c;
    uint64_t seen = 0;
    _cleanup_ledger_fd_ int folder = -1, lock = -1;
    /* 1. The request is in form. */
    if (parse_add(body, &a, &e) != ERR_OK) {
        refuse(400, ret_status, ret_body, &e);
        return;
    }
    /* 2. The log is known. */
    if (!find_log(w, a.checkpoint.origin, 0, &q)) {
        (void)err_set(&e, ERR_NOT_FOUND, "this witness does not know the log");
        refuse(404, ret_status, ret_body, &e);
        return;
    }
    /* 3. The log signed it. */
    if (ledger_checkpoint_open(a.note, &(struct ledger_keys){q.keys, q.n_keys, 0}, &c, &a.form, &e) != ERR_OK) {
        refuse(403, ret_status, ret_body, &e);
        return;
    }
    /* 4. It does not claim to be older than what it follows. */
    if (a.old > c.size) {
        (void)err_set(&e, ERR_USAGE, "the old size is larger than the checkpoint's");
        refuse(400, ret_status, ret_body, &e);
        return;
    }
    /* 5. It follows what this witness signed last; remembered before anybody is told. */
    int status = 500;
    if (ledger_folder_open(w->dir, true, &folder, &e) == ERR_OK && ledger_folder_lock(folder, true, &lock, &e) == ERR_OK)
        status = remember(folder, &q, &a, &seen, &e);
    buf_clear(ret_body);
    *ret_status = status ? status : 200;
    if (status == 409)
        (void)buf_fmt(ret_body, "%" PRIu64 "\n", seen);
    else if (status != 0)
        refuse(status, ret_status, ret_body, &e);
    /* 6. The cosignature. */
    else if (ledger_note_sign(w->signer, a.form.text, now_s(w), ret_body, &e) != ERR_OK)
        refuse(500, ret_status, ret_body, &e);
}

/* ---- declare-epoch ---- */

struct declare {
    struct ledger_bundle bundle;
    struct ledger_checkpoint quoted;
    struct ledger_epoch epoch;
};

/* The declaration, in form and proved: entry 0 of a tree that the log signed under its new name. */
static int check_declare(const struct ledger_witness *w, struct str body, unsigned char *entry, struct declare *d, struct request *ret_q,
                         struct err *e)
{
    struct ledger_note n;
    struct ledger_checkpoint c;
    struct request now;
    size_t entry_n;
    /* 1. In form. */
    if (ledger_bundle_parse(body, &d->bundle, e) != ERR_OK)
        return 400;
    if (!ledger_wire_base64(d->bundle.extra, entry, LIMIT_LEDGER_ENTRY_BYTES, &entry_n) || d->bundle.index != 0) {
        (void)err_set(e, ERR_FORMAT, "an epoch is declared by entry 0, with the entry as extra data");
        return 400;
    }
    struct str text = {(const char *)entry, entry_n};
    if (ledger_epoch_parse(text, &d->epoch, e) != ERR_OK)
        return 400;
    /* 2. Of a log that is known. */
    if (!find_log(w, d->epoch.origin, 0, &now)) {
        (void)err_set(e, ERR_NOT_FOUND, "this witness does not know the log");
        return 404;
    }
    (void)find_log(w, d->epoch.origin, 1, ret_q); /* known, as before */
    /* 3. Both checkpoints signed by it, each under its own epoch's name (so the one that holds the declaration is the declared
     * epoch's). */
    if (ledger_bundle_check(body, text, &(struct ledger_keys){now.keys, now.n_keys, 0}, &d->bundle, &c, e) != ERR_OK)
        return e->code == ERR_REFUSED ? 403 : 422;
    return ledger_checkpoint_open(d->epoch.quoted, &(struct ledger_keys){ret_q->keys, ret_q->n_keys, 0}, &d->quoted, &n, e) == ERR_OK ? 0 : 403;
}

/* Under the lock. The quoted checkpoint owns up to all that this witness signed; then the epoch ends for ever. */
static int close_epoch(int folder, const struct request *q, const struct declare *d, struct str body, uint64_t *ret_seen, struct err *e)
{
    _cleanup_buf_ struct buf text;
    struct state s;
    char name[sizeof q->name + 16];
    buf_init(&text, LIMIT_LEDGER_STATE_BYTES);
    if (read_state(folder, q, &text, &s, e) != ERR_OK)
        return 500;
    if (q->epoch != s.epoch + 1) {
        (void)err_set(e, ERR_NOT_FOUND, "epoch %u does not follow epoch %u, which runs", q->epoch, s.epoch);
        return 404;
    }
    if (d->quoted.size < s.size) {
        *ret_seen = s.size;
        return 409;
    }
    if (d->quoted.size == s.size && !ledger_hash_eq(&d->quoted.root, &s.root)) {
        (void)err_set(e, ERR_FINDINGS, "the checkpoint that is quoted has another root than the one of its size that this witness signed");
        return 422;
    }
    (void)snprintf(name, sizeof name, "%s.e%u", q->name, q->epoch);
    const struct state next = {s.closed, q->epoch, 0, ledger_hash_empty()};
    if (ledger_file_write(folder, NEW_FILE, name, body, e) != ERR_OK || write_state(folder, q, &s, &next, STR(""), e) != ERR_OK)
        return 500;
    return 0;
}

void ledger_witness_declare(const struct ledger_witness *w, struct str body, int *ret_status, struct buf *ret_body)
{
    struct err e;
    struct declare d;
    struct request q;
    uint64_t seen = 0;
    unsigned char entry[LIMIT_LEDGER_ENTRY_BYTES];
    _cleanup_ledger_fd_ int folder = -1, lock = -1;
    int status = check_declare(w, body, entry, &d, &q, &e);
    if (status == 0) {
        status = 500;
        if (ledger_folder_open(w->dir, true, &folder, &e) == ERR_OK && ledger_folder_lock(folder, true, &lock, &e) == ERR_OK)
            status = close_epoch(folder, &q, &d, body, &seen, &e);
    }
    buf_clear(ret_body);
    *ret_status = status ? status : 200;
    if (status == 409)
        (void)buf_fmt(ret_body, "%" PRIu64 "\n", seen);
    else if (status != 0)
        refuse(status, ret_status, ret_body, &e);
}

const char *ledger_witness_content_type(int status)
{
    return status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8";
}
