/* make_log.c: a log in a folder, for those who check it with other programs.
 *
 *   make_log write DIR SIZE [STEP]   extends the log in DIR to SIZE entries "entry <i>", publishing every STEP, signed by the test
 *                                    vector's keys; prints the vkeys of log and witness
 *   make_log proofs DIR              every entry's inclusion proof out of the tiles, on stdout: a byte n, then n hashes
 *   make_log check DIR               the same proofs, checked by our own verifier; prints how many
 *   make_log bundle DIR INDEX        an offline proof
 *   make_log entry DIR INDEX         an entry's bytes
 *   make_log consistency DIR OLD     hashes of the consistency proof, as proofs
 *   make_log add DIR OLD             the body of add-checkpoint for the published checkpoint */
#include "ledger/log.h"

#include <stdio.h>
#include <stdlib.h>

struct context {
    struct arena arena;
    struct ledger_tiles *tiles;
    struct ledger_signer log, witness;
    struct buf note, out;
    struct ledger_checkpoint checkpoint;
};

static void must(enum err_code code, const struct err *e)
{
    if (code != ERR_OK) {
        fprintf(stderr, "make_log: %s\n", e->message);
        exit(1);
    }
}

static enum err_code give(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    (void)context;
    return buf_fmt(ret, "entry %llu", (unsigned long long)index) ? ERR_OK : buf_check(ret, "an entry", e);
}

static void publish(struct context *c, uint64_t size)
{
    struct err e = {0};
    struct ledger_checkpoint next = {STR("hub.example/audit"), size, {{0}}, STR("")};
    struct buf text;
    buf_init(&text, 4096);
    must(ledger_tiles_extend(c->tiles, size, (struct ledger_entries){give, NULL}, &next.root, &e), &e);
    must(ledger_checkpoint_format(&next, &text, &e), &e);
    buf_clear(&c->note);
    (void)buf_str(&c->note, buf_as_str(&text));
    (void)buf_char(&c->note, '\n');
    must(ledger_note_sign(&c->log, buf_as_str(&text), 0, &c->note, &e), &e);
    must(ledger_note_sign(&c->witness, buf_as_str(&text), 1700000000, &c->note, &e), &e);
    must(ledger_tiles_publish(c->tiles, buf_as_str(&c->note), &e), &e);
    buf_release(&text);
}

static void write_log(struct context *c, uint64_t size, uint64_t step)
{
    for (uint64_t n = step; n < size; n += step)
        publish(c, n);
    publish(c, size);
    ledger_key_format(&c->log.key, &c->out);
    (void)buf_char(&c->out, '\n');
    ledger_key_format(&c->witness.key, &c->out);
    (void)buf_char(&c->out, '\n');
}

static void put_proof(const struct ledger_proof *p)
{
    (void)putchar((int)p->n);
    (void)fwrite(p->at, sizeof *p->at, p->n, stdout);
}

static void all_proofs(struct context *c, bool print)
{
    struct err e = {0};
    struct ledger_proof p;
    struct ledger_hash leaf;
    struct ledger_hashes from = ledger_tiles_hashes(c->tiles, c->checkpoint.size);
    double start = monotonic_s();
    for (uint64_t i = 0; i < c->checkpoint.size; i++) {
        must(ledger_inclusion_prove(from, i, c->checkpoint.size, &p, &e), &e);
        if (print) {
            put_proof(&p);
        } else {
            must(from.read(from.context, 0, i, &leaf, &e), &e);
            must(ledger_inclusion_check(&p, i, c->checkpoint.size, &leaf, &c->checkpoint.root, &e), &e);
        }
    }
    if (!print)
        printf("%llu inclusion proofs made and checked in %.1f s\n", (unsigned long long)c->checkpoint.size, monotonic_s() - start);
}

static void one(struct context *c, const char *what, uint64_t n)
{
    struct err e = {0};
    struct ledger_proof p;
    struct ledger_hashes from = ledger_tiles_hashes(c->tiles, c->checkpoint.size);
    if (strcmp(what, "bundle") == 0) {
        struct ledger_bundle b = {.index = n, .checkpoint = buf_as_str(&c->note)};
        must(ledger_inclusion_prove(from, n, c->checkpoint.size, &b.proof, &e), &e);
        must(ledger_bundle_format(&b, &c->out, &e), &e);
    } else if (strcmp(what, "entry") == 0) {
        must(ledger_tiles_entry(c->tiles, c->checkpoint.size, n, &c->out, &e), &e);
    } else {
        must(ledger_consistency_prove(from, n, c->checkpoint.size, &p, &e), &e);
        if (strcmp(what, "add") == 0)
            ledger_cosign_body(n, &p, buf_as_str(&c->note), &c->out);
        else
            put_proof(&p);
    }
}

int main(int argc, char **argv)
{
    struct context c = {0};
    struct err e = {0};
    unsigned char seed[32];
    int64_t numbers[2] = {0, INT64_MAX};
    if (argc < 3)
        return 2;
    for (int i = 3; i < argc && i < 5; i++)
        if (!str_to_int64(str_of(argv[i]), &numbers[i - 3]))
            return 2;
    arena_init(&c.arena, LIMIT_LEDGER_TILES_BYTES);
    buf_init(&c.note, LIMIT_LEDGER_NOTE_BYTES);
    buf_init(&c.out, (size_t)1 << 20);
    memset(seed, 7, sizeof seed);
    must(ledger_signer_make(STR("hub.example/audit"), LEDGER_KEY_LOG, seed, &c.log, &e), &e);
    memset(seed, 9, sizeof seed);
    must(ledger_signer_make(STR("witness.example/w1"), LEDGER_KEY_WITNESS, seed, &c.witness, &e), &e);
    must(ledger_tiles_open(&c.arena, argv[2], true, &c.tiles, &e), &e);
    if (strcmp(argv[1], "write") == 0) {
        write_log(&c, (uint64_t)numbers[0], (uint64_t)numbers[1]);
    } else {
        must(ledger_tiles_checkpoint(c.tiles, &c.note, &c.checkpoint, &e), &e);
        if (strcmp(argv[1], "proofs") == 0 || strcmp(argv[1], "check") == 0)
            all_proofs(&c, argv[1][0] == 'p');
        else
            one(&c, argv[1], (uint64_t)numbers[0]);
    }
    (void)fwrite(c.out.p, 1, c.out.n, stdout);
    ledger_tiles_close(c.tiles);
    buf_release(&c.note);
    buf_release(&c.out);
    arena_release(&c.arena);
    return fflush(stdout) == 0 ? 0 : 1;
}
