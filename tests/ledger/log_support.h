/* What the tests of the public log share: keys, a log in memory with its naive twin, folders that go away. */
#ifndef HAVEN_TESTS_LEDGER_LOG_SUPPORT_H
#define HAVEN_TESTS_LEDGER_LOG_SUPPORT_H

#include "ledger/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define LOG_NAME "hub.example/audit"
#define WITNESS_NAME "witness.example/w1"

/* `ok(call)`: it must succeed. `fails(call, code, text)`: with that code, and text in its message. Both use `struct err e`. */
#define ok(call)                                                                    \
    do {                                                                            \
        struct err e_ = {0}, *e = &e_;                                              \
        enum err_code code_ = (call);                                               \
        (void)e;                                                                    \
        if (code_ != ERR_OK)                                                        \
            fail_msg("%s: %s (%s)", #call, e_.message, e_.detail);                  \
    } while (0)
#define fails(call, want, text)                                                                               \
    do {                                                                                                      \
        struct err e_ = {0}, *e = &e_;                                                                        \
        enum err_code code_ = (call);                                                                         \
        (void)e;                                                                                              \
        if (code_ != (want) || !strstr(e_.message, (text)))                                                   \
            fail_msg("%s: code %d, \"%s\"; wanted %d, \"%s\"", #call, (int)code_, e_.message, (int)(want), (text)); \
    } while (0)


void signer_of(const char *name, enum ledger_key_type type, int seed_byte, struct ledger_signer *ret);

/* A log in memory: entry i is "entry <i>". Its tree is kept whole, every level, so that subtree roots come without tiles. */
struct memory_log {
    uint64_t size;
    struct ledger_hash *levels[64];
    uint64_t counts[64];
    struct ledger_hash *prefix_roots; /* of every size up to `size`, by the frontier */
};
void memory_log_make(struct memory_log *m, uint64_t size, const char *word); /* entries "<word> <i>" */
void memory_log_free(struct memory_log *m);
struct ledger_hashes memory_log_hashes(struct memory_log *m);
/* RFC 6962's own recursive words, over leaf hashes. */
struct ledger_hash naive_root(const struct ledger_hash *leaves, uint64_t n);

/* The signed checkpoint of a tree. */
void note_of(const struct ledger_signer *s, const char *origin, uint64_t size, const struct ledger_hash *root, struct buf *ret);

/* "entry <i>" for ledger_tiles_extend; the context is the word, or NULL for "entry". */
enum err_code give_entry(void *context, uint64_t index, struct buf *ret, struct err *e);
/* Extends a folder to `size` and publishes the checkpoint by `s`. */
enum err_code publish(const char *dir, uint64_t size, const char *word, const struct ledger_signer *s, const struct ledger_signer *witness,
                      struct err *e);

void folder_make(char ret[64]);
void folder_remove(const char *dir);
/* A digest of all files of a folder: names and bytes, without those that begin with a dot. */
struct ledger_hash folder_digest(const char *dir);
void file_put(const char *dir, const char *name, struct str bytes);
void file_get(const char *dir, const char *name, struct buf *ret);

#endif
