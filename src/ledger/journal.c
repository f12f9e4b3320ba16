/* journal.c: appending to the journal from any thread; threads that come at once share one write and one fdatasync. See journal.h.
 *
 * Who finds nobody writing becomes the leader: it takes all that wait (itself among them), writes their frames with one call, syncs, and tells
 * them. The others sleep until theirs is done, or one of them leads the next batch. */
#include "ledger/journal.h"

#include <errno.h>
#include <unistd.h>

/* 0, or why not all of it was written. */
static int write_whole(int fd, const char *p, size_t n, uint64_t offset)
{
    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(fd, p + done, n - done, (off_t)(offset + done));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? errno : ENOSPC;
        done += (size_t)wrote;
    }
    return 0;
}

/* The next segment takes over; the one before stays as it is, whole, until it is taken and forgotten. */
static enum err_code next_segment(struct ledger_journal *j, struct err *e)
{
    int fd;
    ERR_TRY(ledger_segment_make(j, j->segment + 1, &fd, e));
    (void)close(j->fd); /* synced */
    j->fd = fd;
    j->segment++;
    j->end = LEDGER_SEGMENT_HEADER;
    return ERR_OK;
}

/* 1. A full segment makes room. 2. One write at the end. What is written in part is cut off again; no space is no lasting harm.
 * 3. One sync. When that fails, the system may have thrown the pages away and call the next sync a success: never again. */
static enum err_code write_batch(struct ledger_journal *j, struct err *e)
{
    int cause = write_whole(j->fd, j->batch.p, j->batch.n, j->end);
    if (cause != 0) {
        j->dead = (cause != ENOSPC && cause != EDQUOT) || ftruncate(j->fd, (off_t)j->end) != 0;
        return err_set(e, ERR_IO, "the ledger's journal cannot be written, so nothing is shown: %s", strerror(cause));
    }
    if (fdatasync(j->fd) != 0) {
        j->dead = true;
        return err_set(e, ERR_IO, "the ledger's journal cannot be synced, so nothing is shown any more: %s; start again when the disk is well", strerror(errno));
    }
    return ERR_OK;
}

/* Frames for as many of the waiting as fit one batch; the rest goes back. Only the leader calls it, without the mutex. */
static enum err_code lead(struct ledger_journal *j, struct ledger_waiter *all, struct ledger_waiter **ret_rest, struct err *e)
{
    *ret_rest = NULL;
    if (j->end >= LIMIT_LEDGER_SEGMENT_BYTES)
        ERR_TRY(next_segment(j, e));
    buf_clear(&j->batch);
    for (; all && j->batch.n < LIMIT_LEDGER_BATCH_BYTES; all = all->next)
        ledger_frame_write(j, j->end + j->batch.n, all->payload, &j->batch);
    *ret_rest = all;
    ERR_TRY(buf_check(&j->batch, "a batch of ledger entries", e));
    return write_batch(j, e);
}

static enum err_code dead_error(struct err *e)
{
    return err_set(e, ERR_IO, "the ledger's journal failed before, so nothing is shown any more: start again when the disk is well");
}

/* Called with the mutex held, given back while the disk works. */
static void lead_one_batch(struct ledger_journal *j)
{
    struct ledger_waiter *all = j->waiting, *rest = NULL;
    struct err e = {0};
    j->waiting = NULL;
    j->last = &j->waiting;
    j->busy = true;
    (void)pthread_mutex_unlock(&j->mutex);
    enum err_code code = j->dead ? dead_error(&e) : lead(j, all, &rest, &e);
    (void)pthread_mutex_lock(&j->mutex);
    if (code == ERR_OK)
        j->end += j->batch.n;
    buf_clear(&j->batch);
    j->batch.failed = j->batch.no_memory = false; /* memory may be there the next time */
    j->busy = false;
    for (struct ledger_waiter *w = all, *next; w && w != rest; w = next) {
        next = w->next; /* w is its thread's, and gone once it is done */
        w->err = e;
        w->done = true;
    }
    if (rest) { /* before those who came meanwhile */
        struct ledger_waiter **end = &rest;
        while (*end)
            end = &(*end)->next;
        *end = j->waiting;
        if (!j->waiting)
            j->last = end;
        j->waiting = rest;
    }
    (void)pthread_cond_broadcast(&j->done);
}

enum err_code ledger_journal_append(struct ledger_journal *j, struct str payload, struct err *e)
{
    struct ledger_waiter me = {.payload = payload};
    if (payload.n > LIMIT_LEDGER_FRAME_BYTES)
        return err_set(e, ERR_LIMIT, "a ledger entry of %zu bytes is over the limit of %zu", payload.n, LIMIT_LEDGER_FRAME_BYTES);
    (void)pthread_mutex_lock(&j->mutex);
    *j->last = &me;
    j->last = &me.next;
    while (!me.done) {
        if (j->busy)
            (void)pthread_cond_wait(&j->done, &j->mutex);
        else
            lead_one_batch(j);
    }
    (void)pthread_mutex_unlock(&j->mutex);
    if (me.err.code != ERR_OK && e)
        *e = me.err;
    return me.err.code;
}

struct ledger_taken ledger_journal_end(struct ledger_journal *j)
{
    (void)pthread_mutex_lock(&j->mutex);
    while (j->busy) /* the leader changes segment and end without the mutex */
        (void)pthread_cond_wait(&j->done, &j->mutex);
    struct ledger_taken at = {j->segment, j->end};
    (void)pthread_mutex_unlock(&j->mutex);
    return at;
}

enum err_code ledger_journal_turn(struct ledger_journal *j, struct err *e)
{
    (void)pthread_mutex_lock(&j->mutex);
    while (j->busy)
        (void)pthread_cond_wait(&j->done, &j->mutex);
    enum err_code code = j->dead ? dead_error(e) : next_segment(j, e);
    (void)pthread_mutex_unlock(&j->mutex);
    return code;
}
