/* journal.h: the file of reads: a frame is on disk before its append returns. Private to the room.
 *
 * DIR/journal/NNNNNN are segments, numbered upwards: a header, then frames. A frame is sealed by those who make it; here it is bytes.
 *
 *     segment   "haven-journal 1\n"  number (8, little-endian)  MAC (16)                                     40 bytes
 *     frame     "HVf1"  payload's length (4)  `synced` (8)  MAC (16) over segment, offset and all the rest     32 bytes, then the payload
 *
 * Every MAC is BLAKE2b-128 keyed by the vault, so that frames cannot be made, moved or copied without its key. `synced` says how
 * much of the segment was known to be on disk when the frame was written. That tells a torn tail from damage: what comes before a `synced`
 * that a whole frame states was acknowledged, and must be whole.
 *
 * Promises. An append that returns ERR_OK is on disk. Threads that append at once share one write and one fdatasync. When fdatasync fails,
 * nothing is known of the file: the journal is closed for this process. When there is no space the append fails, and a later one may
 * succeed; there is no reserve. A segment goes only after `forget`, which is called when the database has its entries. */
#ifndef HAVEN_LEDGER_JOURNAL_H
#define HAVEN_LEDGER_JOURNAL_H

#include "vault/vault.h"

#include <pthread.h>

/* A place in the journal: everything before it was taken by the sequencer. */
struct ledger_taken {
    uint64_t segment, offset;
};
#define LEDGER_SEGMENT_HEADER 40
#define LEDGER_FRAME_HEADER 32

struct ledger_waiter {
    struct str payload;
    bool done;
    struct err err;
    struct ledger_waiter *next;
};

struct ledger_journal {
    int folder; /* -1: not open */
    int fd;     /* of the last segment */
    uint64_t segment, first; /* the last one; the first that is still there */
    struct ledger_taken start; /* where the frames begin that nobody took; with `lost` not always the place that was asked for */
    uint64_t end;            /* bytes of the last segment that are whole and on disk */
    bool busy;               /* somebody writes a batch */
    bool dead;               /* nothing is appended any more */
    struct ledger_waiter *waiting, **last;
    struct buf batch;
    struct vault_key key;
    pthread_mutex_t mutex;
    pthread_cond_t done;
};

/* Makes DIR/journal and the segment; harmless when both are there. */
enum err_code ledger_journal_create(const char *dir, const struct vault *v, uint64_t segment, struct err *e);
/* Opens from `at` on: what is before it is not looked at. Cuts a torn tail off. ERR_REFUSED when acknowledged frames are missing or
 * damaged; with `lost` (a declared restore) segments that are not there are passed over, and damaged ones are kept as NNNNNN.damaged while what
 * is whole of them before the damage goes on. */
enum err_code ledger_journal_open(struct ledger_journal *ret, const char *dir, const struct vault *v, struct ledger_taken at,
                                  bool lost, struct err *e);
void ledger_journal_close(struct ledger_journal *j);

/* Any thread. */
enum err_code ledger_journal_append(struct ledger_journal *j, struct str payload, struct err *e);
/* How far it goes now. Any thread. */
struct ledger_taken ledger_journal_end(struct ledger_journal *j);
/* Begins a new segment; the old one goes when it is taken. Any thread. */
enum err_code ledger_journal_turn(struct ledger_journal *j, struct err *e);

/* The payloads from `from` up to `to`, at most `most` of them; *ret_at: behind the last one. One thread at a time. */
typedef enum err_code ledger_frame_sink(void *context, struct str payload, struct err *e);
enum err_code ledger_journal_each(struct ledger_journal *j, struct ledger_taken from, struct ledger_taken to, size_t most,
                                  ledger_frame_sink *sink, void *context, struct ledger_taken *ret_at, struct err *e);
/* Overwrites and removes the segments before `at`. */
enum err_code ledger_journal_forget(struct ledger_journal *j, struct ledger_taken at, struct err *e);

/* ---- within (journal_file.c) ---- */

/* A frame as it stands in `bytes`, which begin at `base` of segment `segment`; false: none, or not whole. */
struct ledger_frame {
    struct str payload;
    uint64_t synced;
    size_t size; /* with its header */
};
bool ledger_frame_read(const struct ledger_journal *j, uint64_t segment, struct str bytes, uint64_t base, size_t at,
                       struct ledger_frame *ret);
/* Appends the frame that will stand at `offset`. */
void ledger_frame_write(const struct ledger_journal *j, uint64_t offset, struct str payload, struct buf *ret);
enum err_code ledger_segment_make(struct ledger_journal *j, uint64_t segment, int *ret_fd, struct err *e);
/* Reads segment `segment` from `from` to its end, or to `to`. */
enum err_code ledger_segment_read(struct ledger_journal *j, uint64_t segment, uint64_t from, uint64_t to, struct buf *ret, struct err *e);

#endif
