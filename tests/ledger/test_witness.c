/* test_witness.c: the witness: every answer of the protocol, rollback and fork a thousand times, races, failures, epochs; and its
 * door and its client over HTTP. */
#include "faults.h"
#include "log_support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 1200

struct fixture {
    char dir[64];
    struct memory_log log, fork; /* the same to 600, then not */
    struct ledger_signer signer, witness, second;
    struct ledger_witness w;
    struct buf body, answer, note;
    int status;
};

static uint64_t fixed_time(void) { return 1700000000; }

/* A log that is the other's to `same` and its own after. */
static void fork_make(struct memory_log *m, const struct memory_log *of, uint64_t same)
{
    struct ledger_frontier f = {0};
    memory_log_make(m, of->size, "forked");
    memcpy(m->levels[0], of->levels[0], same * sizeof **m->levels);
    for (uint64_t i = 0; i < m->size; i++) {
        ledger_frontier_add(&f, &m->levels[0][i]);
        m->prefix_roots[i + 1] = ledger_frontier_root(&f);
    }
    for (unsigned l = 1; m->levels[l]; l++)
        for (uint64_t i = 0; i < m->counts[l]; i++)
            m->levels[l][i] = ledger_hash_node(&m->levels[l - 1][2 * i], &m->levels[l - 1][2 * i + 1]);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    folder_make(f->dir);
    memory_log_make(&f->log, SIZE, "entry");
    fork_make(&f->fork, &f->log, 600);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 7, &f->signer);
    signer_of("other.example", LEDGER_KEY_LOG, 8, &f->second);
    signer_of(WITNESS_NAME, LEDGER_KEY_WITNESS, 9, &f->witness);
    f->w = (struct ledger_witness){f->dir, &f->signer.key, 1, &f->witness, fixed_time};
    buf_init(&f->body, LIMIT_LEDGER_BODY_BYTES + 10);
    buf_init(&f->answer, LIMIT_LEDGER_BODY_BYTES);
    buf_init(&f->note, LIMIT_LEDGER_NOTE_BYTES);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    (void)faults_stop();
    folder_remove(f->dir);
    memory_log_free(&f->log);
    memory_log_free(&f->fork);
    buf_release(&f->body);
    buf_release(&f->answer);
    buf_release(&f->note);
    free(f);
    return 0;
}

static void body_of(struct fixture *f, struct memory_log *m, const struct ledger_signer *s, uint64_t old, uint64_t new)
{
    struct ledger_proof p = {0};
    if (old <= new)
        ok(ledger_consistency_prove(memory_log_hashes(m), old, new, &p, e));
    note_of(s, s->key.name, new, &m->prefix_roots[new], &f->note);
    buf_clear(&f->body);
    ledger_cosign_body(old, &p, buf_as_str(&f->note), &f->body);
}

static int add(struct fixture *f, struct memory_log *m, uint64_t old, uint64_t new)
{
    body_of(f, m, &f->signer, old, new);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    return f->status;
}

static int add_text(struct fixture *f, const char *text)
{
    ledger_witness_add(&f->w, str_of(text), &f->status, &f->answer);
    return f->status;
}

static void says(const struct fixture *f, const char *text)
{
    if (str_find(buf_as_str(&f->answer), str_of(text)) < 0)
        fail_msg("answer %d is \"%.*s\", not \"%s\"", f->status, STR_ARG(buf_as_str(&f->answer)), text);
}

/* ---- the protocol ---- */

static void a_log_is_followed(void **state)
{
    struct fixture *f = *state;
    static const uint64_t sizes[] = {0, 1, 1, 2, 300, 300, 777, 1200};
    uint64_t old = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct ledger_note n;
        struct str line;
        uint64_t time_s;
        assert_int_equal(add(f, &f->log, old, sizes[i]), 200);
        ok(ledger_note_parse(buf_as_str(&f->note), &n, e));
        ok(ledger_signature_check(buf_as_str(&f->answer), n.text, &f->witness.key, &line, &time_s, e));
        assert_true(time_s == 1700000000 && str_eq(line, buf_as_str(&f->answer)));
        old = sizes[i];
    }
    f->w.time_s = NULL;
    assert_int_equal(add(f, &f->log, 1200, 1200), 200); /* by the system's clock */
    assert_string_equal(ledger_witness_content_type(409), "text/x.tlog.size");
    assert_string_equal(ledger_witness_content_type(200), "text/plain; charset=utf-8");
}

static void every_refusal(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(add(f, &f->log, 0, 700), 200);
    /* 400: not in form */
    assert_int_equal(add_text(f, ""), 400), says(f, "first line is not \"old\"");
    assert_int_equal(add_text(f, "old\n"), 400), says(f, "first line is not \"old\"");
    assert_int_equal(add_text(f, "old 01\n"), 400), says(f, "first line is not \"old\"");
    assert_int_equal(add_text(f, "old 1\nAAAA\n"), 400), says(f, "line 1 of the proof is no hash");
    assert_int_equal(add_text(f, "old 1\n"), 400), says(f, "does not end with an empty line");
    assert_int_equal(add_text(f, "old 1\n\nx\n"), 400), says(f, "a note is lines");
    body_of(f, &f->log, &f->signer, 0, 0);
    ledger_witness_add(&f->w, (struct str){f->body.p, f->body.n - 1}, &f->status, &f->answer);
    assert_int_equal(f->status, 400), says(f, "no line end");
    buf_clear(&f->body);
    (void)buf_z(&f->body, "old 1\n");
    for (int i = 0; i < 64; i++)
        (void)buf_z(&f->body, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 400), says(f, "more than 63 hashes");
    while (f->body.n <= LIMIT_LEDGER_BODY_BYTES)
        (void)buf_char(&f->body, 'x');
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 400), says(f, "the request has more than");
    buf_clear(&f->body);
    (void)buf_z(&f->body, "old 1\n\none\n\n");
    ok(ledger_note_sign(&f->signer, STR("one\n"), 0, &f->body, e));
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 400), says(f, "second line is no size");
    /* 404: not known */
    body_of(f, &f->log, &f->second, 0, 5);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 404), says(f, "does not know the log");
    struct ledger_signer odd;
    signer_of("h/e1", LEDGER_KEY_LOG, 7, &odd);
    body_of(f, &f->log, &odd, 0, 5);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 404), says(f, "does not know the log");
    /* 403: not signed by it */
    struct ledger_signer wrong;
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 1, &wrong);
    body_of(f, &f->log, &wrong, 700, 800);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 403), says(f, "none of the note's 1 signatures");
    body_of(f, &f->log, &f->signer, 700, 800);
    f->body.p[str_find(buf_as_str(&f->body), STR("\n800\n")) + 1] = '9';
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 403), says(f, "does not verify");
    /* 400: old above new */
    assert_int_equal(add(f, &f->log, 800, 700), 400), says(f, "the old size is larger");
    /* 409: another size, which is told */
    assert_int_equal(add(f, &f->log, 699, 800), 409);
    assert_true(str_eq(buf_as_str(&f->answer), STR("700\n")));
    /* 422: a proof that does not prove; the same size with another root */
    body_of(f, &f->log, &f->signer, 700, 800);
    f->body.p[10] = f->body.p[10] == 'A' ? 'B' : 'A';
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 422), says(f, "forked or rolled back");
    assert_int_equal(add(f, &f->fork, 700, 700), 422);
    assert_int_equal(add(f, &f->fork, 700, 1000), 422);
    /* and nothing of that was remembered */
    assert_int_equal(add(f, &f->log, 700, 800), 200);
}

static void rollback_and_fork_a_thousand_times(void **state)
{
    struct fixture *f = *state;
    unsigned rollbacks = 0, forks = 0;
    assert_int_equal(add(f, &f->log, 0, 1100), 200);
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t size = 1 + i * 7919u % 1099;
        /* An old backup goes on as if nothing were: it states what it believes, or what the witness told it. */
        int a = add(f, &f->log, size, size), b = add(f, &f->log, size / 2, size), c = add(f, &f->log, 1100, size);
        rollbacks += a == 409 && b == 409 && c == 400;
        uint64_t new = 1100 + i % 101;
        forks += add(f, &f->fork, 1100, new) == 422;
    }
    assert_int_equal(rollbacks, 1000);
    assert_int_equal(forks, 1000);
    assert_int_equal(add(f, &f->log, 1100, 1200), 200);
}

/* ---- what is remembered ---- */

/* The one file in the folder that has no dot in its name. */
static void the_name(struct fixture *f, char *ret, size_t max)
{
    DIR *d = opendir(f->dir);
    ret[0] = '\0';
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d));)
        if (!strchr(entry->d_name, '.'))
            (void)snprintf(ret, max, "%s", entry->d_name);
    (void)closedir(d);
}

static void a_damaged_memory_signs_nothing(void **state)
{
    struct fixture *f = *state;
    char name[300];
    assert_int_equal(add(f, &f->log, 0, 700), 200);
    the_name(f, name, sizeof name);
    assert_int_equal(strlen(name), 64);
    struct buf good;
    buf_init(&good, 1 << 16);
    file_get(f->dir, name, &good);
    assert_true(str_starts(buf_as_str(&good), STR("haven-witness@v1\n" LOG_NAME "\n1 700 ")));
    assert_true(str_ends(buf_as_str(&good), buf_as_str(&f->note)));
#define H "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    static const char *const bad[] = {
        "", "haven-witness@v2\n", "haven-witness@v1\n", "haven-witness@v1\nother.example\n1 0 " H "\n\n", "haven-witness@v1\n" LOG_NAME "\n",
        "haven-witness@v1\n" LOG_NAME "\n\n", "haven-witness@v1\n" LOG_NAME "\n1\n\n", "haven-witness@v1\n" LOG_NAME "\n1 0\n\n",
        "haven-witness@v1\n" LOG_NAME "\nx 0 " H "\n\n", "haven-witness@v1\n" LOG_NAME "\n1 x " H "\n\n", "haven-witness@v1\n" LOG_NAME "\n1 0 x\n\n",
        "haven-witness@v1\n" LOG_NAME "\n1 0 " H "\n1 0 " H "\n\n", "haven-witness@v1\n" LOG_NAME "\n1001 0 " H "\n\n",
        "haven-witness@v1\n" LOG_NAME "\n1 0 " H "\n",  "haven-witness@v1\n" LOG_NAME "\n1 0 " H, "haven-witness@v1\n" LOG_NAME "\n ",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        file_put(f->dir, name, str_of(bad[i]));
        if (add(f, &f->log, 0, 800) != 500)
            fail_msg("\"%s\" was taken for a memory: %d", bad[i], f->status);
        says(f, "what this witness remembers is damaged");
    }
    file_put(f->dir, name, buf_as_str(&good));
    assert_int_equal(add(f, &f->log, 700, 800), 200);
    buf_release(&good);
}

static void every_call_fails_once(void **state)
{
    struct fixture *f = *state;
    unsigned failed = 0;
    uint64_t size = 0;
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) { /* until no call was left to fail */
        body_of(f, &f->log, &f->signer, size, size + 1);
        faults_start(FAULT_FAIL, at);
        ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
        count = faults_stop();
        assert_int_equal(f->status, at < count ? 500 : 200);
        failed += at < count;
        /* Remembered or not: never behind what was signed. A failed sync after the rename leaves the new size. */
        int again = add(f, &f->log, size, size + 1);
        assert_true(again == 200 || again == 409);
        size++;
    }
    assert_true(failed >= 8);
    f->w.dir = "/nowhere/at/all";
    assert_int_equal(add(f, &f->log, 0, 1), 500), says(f, "the folder cannot be made");
}

static void memory_runs_out(void **state)
{
    struct fixture *f = *state;
    struct ledger_peer peer = {.url = "http://127.0.0.1:1", .key = f->witness.key};
    uint64_t size = 0;
    unsigned failed = 0;
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) {
        body_of(f, &f->log, &f->signer, size, size + 1);
        faults_start(FAULT_MEMORY, at);
        ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
        count = faults_stop();
        failed += f->status != 200;
        assert_true(at < count ? f->status >= 400 : f->status == 200);
        int again = add(f, &f->log, size, size + 1);
        assert_true(again == 200 || again == 409);
        size++;
    }
    assert_true(failed >= 3);
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) { /* nobody listens: ERR_IO is the best that can be */
        faults_start(FAULT_MEMORY, at);
        enum err_code code = ledger_cosign(&peer, memory_log_hashes(&f->log), buf_as_str(&f->note), &f->answer, NULL);
        count = faults_stop();
        assert_int_equal(code, at < count ? ERR_NO_MEMORY : ERR_IO);
    }
}

/* ---- races ---- */

struct racer {
    struct fixture *f;
    struct memory_log *m;
    atomic_uint *signed_log, *signed_fork, *others;
    unsigned seed;
};

static void *race(void *argument)
{
    struct racer *r = argument;
    struct buf body, answer, note;
    int status;
    buf_init(&body, LIMIT_LEDGER_BODY_BYTES);
    buf_init(&answer, LIMIT_LEDGER_BODY_BYTES);
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    uint64_t old = 600;
    for (unsigned i = 0; i < 60; i++) {
        struct ledger_proof p;
        uint64_t new = 601 + (r->seed * 131 + i * 37) % 600;
        if (new < old)
            new = old;
        ok(ledger_consistency_prove(memory_log_hashes(r->m), old, new, &p, e));
        note_of(&r->f->signer, LOG_NAME, new, &r->m->prefix_roots[new], &note);
        buf_clear(&body);
        ledger_cosign_body(old, &p, buf_as_str(&note), &body);
        ledger_witness_add(&r->f->w, buf_as_str(&body), &status, &answer);
        if (status == 200) {
            atomic_fetch_add(r->m == &r->f->log ? r->signed_log : r->signed_fork, 1);
            old = new;
        } else if (status == 409) {
            int64_t seen;
            assert_true(str_to_int64(str_trim(buf_as_str(&answer)), &seen));
            old = (uint64_t)seen;
        } else {
            assert_int_equal(status, 422);
            atomic_fetch_add(r->others, 1);
        }
    }
    buf_release(&body);
    buf_release(&answer);
    buf_release(&note);
    return NULL;
}

/* Eight at once, four for the log and four for its fork: whichever is first wins, and no signature for the other follows. */
static void two_logs_race(void **state)
{
    struct fixture *f = *state;
    atomic_uint signed_log = 0, signed_fork = 0, others = 0;
    pthread_t threads[8];
    struct racer racers[8];
    assert_int_equal(add(f, &f->log, 0, 600), 200);
    for (unsigned i = 0; i < 8; i++) {
        racers[i] = (struct racer){f, i % 2 ? &f->log : &f->fork, &signed_log, &signed_fork, &others, i};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (unsigned i = 0; i < 8; i++)
        (void)pthread_join(threads[i], NULL);
    assert_true((signed_log == 0) != (signed_fork == 0));
    assert_true(others > 0);
}

/* Processes too: each asks for the same step; one is first. */
static void processes_race(void **state)
{
    struct fixture *f = *state;
    unsigned won = 0;
    assert_int_equal(add(f, &f->log, 0, 600), 200);
    pid_t children[8];
    for (unsigned i = 0; i < 8; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(add(f, i % 2 ? &f->log : &f->fork, 600, 700 + i) == 200);
    }
    for (unsigned i = 0; i < 8; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        won += (unsigned)WEXITSTATUS(status);
    }
    assert_int_equal(won, 1);
}

/* ---- epochs ---- */

/* The declaration of epoch `epoch` of a log whose entry 0 quotes `quoted`, and 4 more entries; f->body gets the request. */
static void declare_body(struct fixture *f, uint32_t epoch, struct str quoted, const struct ledger_signer *with, uint64_t index)
{
    struct ledger_key k;
    struct ledger_signer s = *with;
    struct memory_log m;
    struct buf entry, note;
    struct ledger_bundle b = {.index = index};
    buf_init(&entry, LIMIT_LEDGER_ENTRY_BYTES);
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    ok(ledger_key_epoch(&with->key, epoch, &k, e));
    s.key = k;
    ok(ledger_epoch_format(&(struct ledger_epoch){str_of(k.name), quoted}, &entry, e));
    memory_log_make(&m, 5, "new");
    m.levels[0][0] = ledger_hash_leaf(buf_as_str(&entry));
    const struct ledger_hash root = naive_root(m.levels[0], 5);
    m.levels[1][0] = ledger_hash_node(&m.levels[0][0], &m.levels[0][1]);
    m.levels[2][0] = ledger_hash_node(&m.levels[1][0], &m.levels[1][1]);
    ok(ledger_inclusion_prove(memory_log_hashes(&m), 0, 5, &b.proof, e));
    note_of(&s, k.name, 5, &root, &note);
    size_t length = sodium_base64_encoded_len(entry.n, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(length);
    assert_non_null(text);
    b.extra = str_of(sodium_bin2base64(text, length, (unsigned char *)entry.p, entry.n, sodium_base64_VARIANT_ORIGINAL));
    b.checkpoint = buf_as_str(&note);
    buf_clear(&f->body);
    ok(ledger_bundle_format(&b, &f->body, e));
    free(text);
    buf_release(&entry);
    buf_release(&note);
    memory_log_free(&m);
}

static int declare(struct fixture *f)
{
    ledger_witness_declare(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    return f->status;
}

/* A checkpoint of an epoch: its own log of that many entries. */
static int add_epoch(struct fixture *f, uint32_t epoch, uint64_t old, uint64_t new)
{
    struct ledger_signer s = f->signer;
    ok(ledger_key_epoch(&f->signer.key, epoch, &s.key, e));
    body_of(f, &f->log, &s, old, new);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    return f->status;
}

static void an_epoch_is_declared(void **state)
{
    struct fixture *f = *state;
    char name[300], declared[400];
    struct buf last, seen;
    buf_init(&last, 4096);
    buf_init(&seen, 65536);
    assert_int_equal(add(f, &f->log, 0, 700), 200);
    (void)buf_str(&last, buf_as_str(&f->note));
    /* Undeclared, the new epoch is nobody's. */
    assert_int_equal(add_epoch(f, 2, 0, 5), 404), says(f, "epoch 2 of the log was not declared; epoch 1 runs");
    declare_body(f, 2, buf_as_str(&last), &f->signer, 0);
    assert_int_equal(declare(f), 200);
    assert_int_equal(f->answer.n, 0);
    the_name(f, name, sizeof name);
    (void)snprintf(declared, sizeof declared, "%s.e2", name);
    file_get(f->dir, declared, &seen);
    assert_true(str_eq(buf_as_str(&seen), buf_as_str(&f->body)));
    /* Now the old epoch is closed for ever, and the new one starts at nothing. */
    assert_int_equal(add(f, &f->log, 700, 800), 404), says(f, "epoch 1 of the log is closed; epoch 2 runs");
    assert_int_equal(add_epoch(f, 2, 3, 5), 409), says(f, "0\n");
    assert_int_equal(add_epoch(f, 2, 0, 5), 200);
    assert_int_equal(add_epoch(f, 2, 5, 9), 200);
    declare_body(f, 2, buf_as_str(&last), &f->signer, 0);
    assert_int_equal(declare(f), 404), says(f, "epoch 2 does not follow epoch 2");
    file_get(f->dir, name, &seen);
    assert_true(str_find(buf_as_str(&seen), STR("\n1 700 ")) > 0 && str_find(buf_as_str(&seen), STR("\n2 9 ")) > 0);
    /* A third: it quotes the second. */
    struct buf second;
    buf_init(&second, 4096);
    (void)buf_str(&second, buf_as_str(&f->note));
    assert_int_equal(add_epoch(f, 2, 9, 9), 200);
    declare_body(f, 3, buf_as_str(&f->note), &f->signer, 0);
    assert_int_equal(declare(f), 200);
    assert_int_equal(add_epoch(f, 3, 0, 2), 200);
    assert_int_equal(add_epoch(f, 2, 9, 10), 404);
    file_get(f->dir, name, &seen);
    assert_true(str_find(buf_as_str(&seen), STR("\n1 700 ")) > 0 && str_find(buf_as_str(&seen), STR("\n2 9 ")) > 0 &&
                str_find(buf_as_str(&seen), STR("\n3 2 ")) > 0);
    buf_release(&last);
    buf_release(&seen);
    buf_release(&second);
}

static void a_witness_that_comes_later(void **state)
{
    struct fixture *f = *state;
    struct ledger_key logs[20];
    struct ledger_signer odd;
    signer_of("h/e1", LEDGER_KEY_LOG, 7, &odd); /* no origin: never any log's */
    logs[0] = odd.key;
    ok(ledger_key_epoch(&f->signer.key, 3, &logs[1], e));
    ok(ledger_key_epoch(&f->signer.key, 3, &logs[2], e));
    f->w.logs = logs;
    f->w.n_logs = 3;
    assert_int_equal(add_epoch(f, 2, 0, 5), 404), says(f, "epoch 2 of the log is closed; epoch 3 runs");
    assert_int_equal(add_epoch(f, 3, 0, 5), 200);
    /* More keys of one log than are looked at: the first sixteen count. */
    for (unsigned i = 3; i < 20; i++) {
        signer_of(LOG_NAME, LEDGER_KEY_LOG, 100 + (int)i, &odd);
        logs[i] = odd.key;
    }
    f->w.n_logs = 20;
    assert_int_equal(add_epoch(f, 1, 0, 5), 404);
    body_of(f, &f->log, &odd, 0, 5);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &f->answer);
    assert_int_equal(f->status, 403);
}

/* The hub signed more than this witness saw, and owns up to it. */
static void a_break_that_quotes_more(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(add(f, &f->log, 0, 700), 200);
    note_of(&f->signer, LOG_NAME, 900, &f->log.prefix_roots[900], &f->note);
    declare_body(f, 2, buf_as_str(&f->note), &f->signer, 0);
    assert_int_equal(declare(f), 200);
    assert_int_equal(add_epoch(f, 2, 0, 5), 200);
}

static void declarations_that_are_none(void **state)
{
    struct fixture *f = *state;
    struct buf last, other;
    struct ledger_signer wrong;
    buf_init(&last, 4096);
    buf_init(&other, 4096);
    assert_int_equal(add(f, &f->log, 0, 700), 200);
    (void)buf_str(&last, buf_as_str(&f->note));
    /* 400 */
    buf_clear(&f->body);
    assert_int_equal(declare(f), 400), says(f, "no offline proof");
    declare_body(f, 2, buf_as_str(&last), &f->signer, 1);
    assert_int_equal(declare(f), 400), says(f, "an epoch is declared by entry 0");
    struct ledger_bundle b;
    declare_body(f, 2, buf_as_str(&last), &f->signer, 0);
    ok(ledger_bundle_parse(buf_as_str(&f->body), &b, e));
    buf_clear(&other);
    b.extra = STR_NONE;
    ok(ledger_bundle_format(&b, &other, e));
    ledger_witness_declare(&f->w, buf_as_str(&other), &f->status, &f->answer);
    assert_int_equal(f->status, 400), says(f, "an epoch is declared by entry 0");
    b.extra = STR("AAAA");
    buf_clear(&other);
    ok(ledger_bundle_format(&b, &other, e));
    ledger_witness_declare(&f->w, buf_as_str(&other), &f->status, &f->answer);
    assert_int_equal(f->status, 400), says(f, "the entry declares no epoch");
    /* 404 */
    note_of(&f->second, "other.example", 9, &f->log.prefix_roots[9], &f->note);
    declare_body(f, 2, buf_as_str(&f->note), &f->second, 0);
    assert_int_equal(declare(f), 404), says(f, "does not know the log");
    struct ledger_signer e2 = f->signer;
    ok(ledger_key_epoch(&f->signer.key, 2, &e2.key, e));
    note_of(&e2, e2.key.name, 9, &f->log.prefix_roots[9], &f->note);
    declare_body(f, 3, buf_as_str(&f->note), &f->signer, 0);
    assert_int_equal(declare(f), 404), says(f, "epoch 3 does not follow epoch 1, which runs");
    /* 403: the new checkpoint, then the quoted one, by another key */
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 1, &wrong);
    declare_body(f, 2, buf_as_str(&last), &wrong, 0);
    assert_int_equal(declare(f), 403), says(f, "none of the note's 1 signatures");
    note_of(&wrong, LOG_NAME, 700, &f->log.prefix_roots[700], &f->note);
    declare_body(f, 2, buf_as_str(&f->note), &f->signer, 0);
    assert_int_equal(declare(f), 403), says(f, "none of the note's 1 signatures");
    /* 422: not in the tree; the quoted size with another root */
    declare_body(f, 2, buf_as_str(&last), &f->signer, 0);
    ptrdiff_t at = str_find(buf_as_str(&f->body), STR("index 0\n")) + 8;
    f->body.p[at] = f->body.p[at] == 'A' ? 'B' : 'A';
    assert_int_equal(declare(f), 422), says(f, "does not lead from entry 0");
    note_of(&f->signer, LOG_NAME, 700, &f->fork.prefix_roots[700], &f->note);
    declare_body(f, 2, buf_as_str(&f->note), &f->signer, 0);
    assert_int_equal(declare(f), 422), says(f, "has another root");
    /* 409: it does not own up to all that was signed */
    note_of(&f->signer, LOG_NAME, 699, &f->log.prefix_roots[699], &f->note);
    declare_body(f, 2, buf_as_str(&f->note), &f->signer, 0);
    assert_int_equal(declare(f), 409), says(f, "700\n");
    /* 500, at every call; and the epoch that ran still runs or has ended, never something between */
    unsigned failed = 0;
    declare_body(f, 2, buf_as_str(&last), &f->signer, 0);
    for (unsigned i = 0, count = 1; count > (i ? i - 1 : 0); i++) {
        faults_start(FAULT_FAIL, i);
        int status = declare(f);
        count = faults_stop();
        failed += status == 500;
        if (status == 404)
            break; /* the call before failed after the commit */
        assert_int_equal(status, i < count ? 500 : 200);
    }
    assert_true(failed >= 10);
    assert_int_equal(add(f, &f->log, 700, 701), 404);
    f->w.dir = "/nowhere/at/all";
    declare_body(f, 2, buf_as_str(&last), &f->signer, 0);
    assert_int_equal(declare(f), 500), says(f, "the folder cannot be made");
    /* More than the entry may have. */
    f->w.dir = f->dir;
    buf_release(&last);
    buf_release(&other);
}

/* ---- signing that fails ---- */

static void a_name_of_the_longest(void **state)
{
    struct fixture *f = *state;
    struct buf small;
    buf_init(&small, 20); /* the answer does not fit: said, not cut */
    body_of(f, &f->log, &f->signer, 0, 5);
    ledger_witness_add(&f->w, buf_as_str(&f->body), &f->status, &small);
    assert_int_equal(f->status, 500);
    buf_release(&small);
}

/* ---- over HTTP ---- */

static void tell_pipe(void *context, const char *url)
{
    const int *fd = context;
    const struct iovec piece = {(void *)(uintptr_t)url, strlen(url) + 1};
    if (writev(*fd, &piece, 1) < 0) /* not write: that one may be made to fail */
        abort();
}

/* The witness in a process of its own. */
static pid_t start_server(struct fixture *f, const char *listen, char ret_url[128])
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        exit(ledger_witness_serve(&f->w, listen, tell_pipe, &pipe_fds[1], NULL) == ERR_OK ? 0 : 1);
    (void)close(pipe_fds[1]);
    assert_true(read(pipe_fds[0], ret_url, 128) > 0);
    (void)close(pipe_fds[0]);
    return child;
}

static void stop_server(pid_t child)
{
    int status;
    (void)kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void asked_over_http(void **state)
{
    struct fixture *f = *state;
    static const char *const addresses[] = {"127.0.0.1:0", "[::1]:0"};
    struct ledger_signer s2 = f->signer;
    ok(ledger_key_epoch(&f->signer.key, 2, &s2.key, e));
    for (size_t i = 0; i < 2; i++) {
        char url[128];
        folder_remove(f->dir);
        pid_t child = start_server(f, addresses[i], url);
        struct ledger_peer peer = {.url = url, .key = f->witness.key};
        struct ledger_hashes from = memory_log_hashes(&f->log);
        if (i == 1)
            url[strlen(url) - 1] = '\0'; /* with and without a last slash */
        for (uint64_t size = 100; size <= 1200; size += 100) {
            buf_clear(&f->answer);
            note_of(&f->signer, LOG_NAME, size, &f->log.prefix_roots[size], &f->note);
            if (size == 500)
                peer.last_size = 3; /* it forgot: the witness tells it */
            ok(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e));
            assert_true(peer.last_size == size && str_starts(buf_as_str(&f->answer), STR("\xe2\x80\x94 " WITNESS_NAME " ")));
        }
        struct buf small;
        buf_init(&small, 20);
        fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &small, e), ERR_LIMIT, "a cosignature");
        buf_release(&small);
        note_of(&f->signer, LOG_NAME, 900, &f->log.prefix_roots[900], &f->note);
        fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e), ERR_REFUSED, "has seen 1200 entries and the log has 900");
        note_of(&f->signer, LOG_NAME, 1200, &f->fork.prefix_roots[1200], &f->note);
        fails(ledger_cosign(&peer, memory_log_hashes(&f->fork), buf_as_str(&f->note), &f->answer, e), ERR_REFUSED, "refused the checkpoint with status 422");
        note_of(&f->signer, LOG_NAME, 1200, &f->log.prefix_roots[1200], &f->note);
        struct buf quoted, entry;
        buf_init(&quoted, 4096);
        buf_init(&entry, 8192);
        (void)buf_str(&quoted, buf_as_str(&f->note));
        ok(ledger_epoch_format(&(struct ledger_epoch){str_of(s2.key.name), buf_as_str(&quoted)}, &entry, e));
        struct memory_log one;
        memory_log_make(&one, 1, "x");
        one.levels[0][0] = ledger_hash_leaf(buf_as_str(&entry));
        note_of(&s2, s2.key.name, 1, &one.levels[0][0], &f->note);
        ok(ledger_cosign_declare(&peer, memory_log_hashes(&one), buf_as_str(&entry), buf_as_str(&f->note), e));
        ok(ledger_cosign(&peer, memory_log_hashes(&one), buf_as_str(&f->note), &f->answer, e));
        fails(ledger_cosign_declare(&peer, memory_log_hashes(&one), buf_as_str(&entry), buf_as_str(&f->note), e), ERR_REFUSED, "status 404");
        memory_log_free(&one);
        buf_release(&quoted);
        buf_release(&entry);
        stop_server(child);
        fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e), ERR_IO, "does not answer at http");
    }
}

static int connect_to(const char *url)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(strrchr(url, ':') + 1)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* Sends text, gives the answer's first line and body. */
static void raw(const char *url, const char *text, size_t zeros, char *ret, size_t max)
{
    int fd = connect_to(url);
    static char piece[65536];
    size_t n = 0;
    ssize_t got;
    assert_true(send(fd, text, strlen(text), MSG_NOSIGNAL) > 0);
    for (; zeros > 0; zeros -= zeros > sizeof piece ? sizeof piece : zeros)
        if (send(fd, piece, zeros > sizeof piece ? sizeof piece : zeros, MSG_NOSIGNAL) < 0)
            break;
    while (n < max - 1 && (got = recv(fd, ret + n, max - 1 - n, 0)) > 0)
        n += (size_t)got;
    ret[n] = '\0';
    (void)close(fd);
}

static void the_door(void **state)
{
    struct fixture *f = *state;
    char url[128], answer[4096];
    pid_t child = start_server(f, "127.0.0.1:0", url);
    url[strlen(url) - 1] = '\0';
    raw(url, "GET /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0, answer, sizeof answer);
    assert_true(strstr(answer, " 405 ") && strstr(answer, "use POST"));
    raw(url, "POST /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0, answer, sizeof answer);
    assert_true(strstr(answer, " 404 ") && strstr(answer, "there is only /add-checkpoint"));
    raw(url, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0, answer, sizeof answer);
    assert_true(strstr(answer, " 400 ") && strstr(answer, "text/plain; charset=utf-8"));
    raw(url, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 270000\r\n\r\n", 270000, answer, sizeof answer);
    assert_true(strstr(answer, " 413 ") && strstr(answer, "too large"));
    raw(url, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nold 0\n", 0, answer, sizeof answer);
    assert_true(strstr(answer, " 400 "));
    int other = connect_to(url); /* waits while others are answered */
    assert_true(send(other, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\nold", 65, MSG_NOSIGNAL) > 0);
    int half = connect_to(url); /* goes away in the middle: its place is free again */
    assert_true(send(half, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\nold", 65, MSG_NOSIGNAL) > 0);
    (void)close(half);
    raw(url, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0, answer, sizeof answer);
    assert_true(strstr(answer, " 400 "));
    struct ledger_witness *w = &f->w;
    char taken[128];
    (void)snprintf(taken, sizeof taken, "%s", url + strlen("http://"));
    fails(ledger_witness_serve(w, taken, tell_pipe, NULL, e), ERR_IO, "cannot listen on 127.0.0.1");
    (void)close(other);
    stop_server(child);
    static const char *const bad[] = {"", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "localhost:1", "[::1:1", "[x]:1", ":80",
                                      "[0000000000000000000000000000000000000000000000000000000000000000000000000]:1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_witness_serve(w, bad[i], tell_pipe, NULL, e), ERR_USAGE, "a numeric address and a port");
}

/* Every call fails once; few descriptors: it says so and ends, or it serves. */
static void a_door_that_does_not_open(void **state)
{
    struct fixture *f = *state;
    char url[128], answer[4096];
    struct err e = {0};
    unsigned served = 0, failed = 0;
    for (unsigned i = 0; i < 24; i++) {
        int pipe_fds[2], status;
        assert_int_equal(pipe(pipe_fds), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            const struct rlimit few = {i, i};
            if (i >= 12)
                faults_start(FAULT_FAIL, i - 12);
            else if (setrlimit(RLIMIT_NOFILE, &few) != 0)
                abort();
            enum err_code code = ledger_witness_serve(&f->w, "127.0.0.1:0", tell_pipe, &pipe_fds[1], &e);
            exit(code == ERR_OK ? 0 : code == ERR_IO && e.message[0] ? 1 : 2);
        }
        (void)close(pipe_fds[1]);
        if (read(pipe_fds[0], url, sizeof url) > 0) {
            url[strlen(url) - 1] = '\0';
            answer[0] = '\0';
            if (i >= 12) /* with too few descriptors nobody is let in */
                raw(url, "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nold 0\n", 0, answer, sizeof answer);
            served += strstr(answer, " 400 ") != NULL;
            (void)kill(child, SIGTERM);
        }
        (void)close(pipe_fds[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
            fail_msg("case %u ended with %d", i, status);
        failed += WEXITSTATUS(status) == 1;
    }
    assert_true(served > 3 && failed > 3);
}

/* Answers one connection after the other with the next of some texts. */
struct canned { int fd; const char *const *answers; size_t n; };
static void *serve_canned(void *argument)
{
    struct canned *c = argument;
    char in[8192];
    for (size_t i = 0; i < c->n; i++) {
        int fd = accept(c->fd, NULL, NULL);
        size_t n = 0;
        for (ssize_t got; (got = recv(fd, in + n, sizeof in - 1 - n, 0)) > 0;) { /* until the note's last line is there */
            n += (size_t)got;
            in[n] = '\0';
            if (n > 4 && strstr(in, "\r\n\r\n") && strcmp(in + n - 2, "=\n") == 0)
                break;
        }
        (void)send(fd, c->answers[i], strlen(c->answers[i]), MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        (void)close(fd);
    }
    return NULL;
}

static void answers_that_are_not_believed(void **state)
{
    struct fixture *f = *state;
#define HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n"
    static const struct { const char *answers[4]; enum err_code code; const char *why; } cases[] = {
        {{HEAD("200 OK")}, ERR_REFUSED, "there is no signature by witness.example/w1"},
        {{HEAD("200 OK") "nonsense\n"}, ERR_FORMAT, "signature line 1"},
        {{HEAD("200 OK") "\xe2\x80\x94 witness.example/w1 "
          "JLXZ/gAAAABlU/EAuskre9wW0l3YdMk3SQAkyjUuKOLW3ZPvOghMtF1pvkOvD9Kunwed2n+oHbPnpQk4zK5dlj1m7FF+OBUU19pjBQ==\n"}, ERR_REFUSED, "does not verify"},
        {{HEAD("409 Conflict") "x\n"}, ERR_FORMAT, "a size that is none"},
        {{HEAD("409 Conflict") "5"}, ERR_FORMAT, "a size that is none"},
        {{HEAD("409 Conflict") "5\n6\n"}, ERR_FORMAT, "a size that is none"},
        {{HEAD("409 Conflict") "5\n", HEAD("409 Conflict") "6\n", HEAD("409 Conflict") "7\n"}, ERR_REFUSED, "with status 409"},
        {{HEAD("500 Oh") "caf\xc3\xa9"}, ERR_REFUSED, "with status 500"},
        {{HEAD("500 Oh") "a\x7f"}, ERR_REFUSED, "with status 500"},
        {{HEAD("500 Oh") "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                         "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"},
         ERR_REFUSED, "with status 500"},
        {{HEAD("500 Oh") "why\x1b[31m\n"}, ERR_REFUSED, "with status 500"},
        {{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n"}, ERR_REFUSED, "with status 302"},
        {{"nonsense"}, ERR_IO, "does not answer at"},
    };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 8) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    struct ledger_hashes from = memory_log_hashes(&f->log);
    note_of(&f->signer, LOG_NAME, 900, &f->log.prefix_roots[900], &f->note);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ledger_peer peer = {.url = url, .key = f->witness.key, .last_size = i % 2 ? 10 : 1000};
        struct canned c = {fd, cases[i].answers, 0};
        pthread_t thread;
        while (c.n < 4 && cases[i].answers[c.n])
            c.n++;
        assert_int_equal(pthread_create(&thread, NULL, serve_canned, &c), 0);
        buf_clear(&f->answer);
        fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e), cases[i].code, cases[i].why);
        assert_int_equal(f->answer.n, 0);
        (void)pthread_join(thread, NULL);
    }
    /* More than a witness may say. */
    char *flood = malloc(LIMIT_LEDGER_BODY_BYTES + 200);
    assert_non_null(flood);
    (void)snprintf(flood, 200, HEAD("200 OK"));
    size_t head = strlen(flood);
    memset(flood + head, 'x', LIMIT_LEDGER_BODY_BYTES + 1);
    flood[head + LIMIT_LEDGER_BODY_BYTES + 1] = '\0';
    const char *const answers[] = {flood};
    struct canned c = {fd, answers, 1};
    struct ledger_peer peer = {.url = url, .key = f->witness.key};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, serve_canned, &c), 0);
    fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e), ERR_FORMAT, "does not answer at");
    (void)pthread_join(thread, NULL);
    free(flood);
    (void)close(fd);
    /* What is not even sent. */
    fails(ledger_cosign(&peer, from, STR("x"), &f->answer, e), ERR_FORMAT, "a note is lines");
    fails(ledger_cosign_declare(&peer, from, STR("x"), STR("x"), e), ERR_FORMAT, "a note is lines");
    buf_clear(&f->body);
    (void)buf_z(&f->body, "one\n\n");
    ok(ledger_note_sign(&f->signer, STR("one\n"), 0, &f->body, e));
    fails(ledger_cosign(&peer, from, buf_as_str(&f->body), &f->answer, e), ERR_FORMAT, "second line is no size");
    fails(ledger_cosign_declare(&peer, from, STR("x"), buf_as_str(&f->body), e), ERR_FORMAT, "second line is no size");
    peer.last_size = 1;
    note_of(&f->signer, LOG_NAME, 5000, &f->log.prefix_roots[5], &f->body);
    fails(ledger_cosign(&peer, from, buf_as_str(&f->body), &f->answer, e), ERR_NOT_FOUND, "a subtree that is not there");
    note_of(&f->signer, LOG_NAME, 0, &f->log.prefix_roots[0], &f->body);
    fails(ledger_cosign_declare(&peer, from, STR("x"), buf_as_str(&f->body), e), ERR_NOT_FOUND, "entry 0 is not in a log of 0");
    fails(ledger_cosign_declare(&peer, from, STR("x"), buf_as_str(&f->note), e), ERR_IO, "does not answer at");
    buf_clear(&f->answer);
    while (f->answer.n <= LIMIT_LEDGER_ENTRY_BYTES)
        (void)buf_char(&f->answer, 'x');
    fails(ledger_cosign_declare(&peer, from, buf_as_str(&f->answer), buf_as_str(&f->note), e), ERR_FORMAT, "extra data is no base64");
    for (unsigned call = 0; call < 2; call++) {
        faults_start(FAULT_FAIL, call);
        fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e), ERR_NO_MEMORY, "out of memory for asking");
        (void)faults_stop();
    }
    char long_url[5000];
    memset(long_url, 'u', sizeof long_url - 1);
    long_url[sizeof long_url - 1] = '\0';
    peer.url = long_url;
    peer.last_size = 0;
    fails(ledger_cosign(&peer, from, buf_as_str(&f->note), &f->answer, e), ERR_LIMIT, "a witness's address");
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    (void)signal(SIGPIPE, SIG_IGN);
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_log_is_followed), T(every_refusal), T(rollback_and_fork_a_thousand_times), T(a_damaged_memory_signs_nothing), T(every_call_fails_once), T(memory_runs_out),
        T(two_logs_race), T(processes_race), T(an_epoch_is_declared), T(a_witness_that_comes_later), T(a_break_that_quotes_more), T(declarations_that_are_none),
        T(a_name_of_the_longest), T(asked_over_http), T(the_door), T(a_door_that_does_not_open), T(answers_that_are_not_believed),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
