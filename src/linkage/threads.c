/* threads.c: see threads.h. */
#include "linkage/threads.h"

#include <pthread.h>

#define THREADS_MOST 256u

struct shared {
    threads_item *work;
    void *ctx;
    size_t n;
    pthread_mutex_t lock; /* of all below */
    size_t next, failed_item;
    struct err failure;
};

static bool take(struct shared *s, size_t *ret)
{
    (void)pthread_mutex_lock(&s->lock);
    bool more = s->next < s->n && s->failure.code == ERR_OK;
    *ret = s->next;
    s->next += more;
    (void)pthread_mutex_unlock(&s->lock);
    return more;
}

static void keep_failure(struct shared *s, size_t item, const struct err *e)
{
    (void)pthread_mutex_lock(&s->lock);
    if (s->failure.code == ERR_OK || item < s->failed_item) {
        s->failure = *e;
        s->failed_item = item;
    }
    (void)pthread_mutex_unlock(&s->lock);
}

static void *work_off(void *arg)
{
    struct shared *s = arg;
    size_t item;
    while (take(s, &item)) {
        struct err e = {0};
        enum err_code code = s->work(s->ctx, item, &e);
        if (code == ERR_OK)
            continue;
        e.code = code;
        keep_failure(s, item, &e);
    }
    return NULL;
}

enum err_code threads_each(unsigned threads, size_t n, threads_item *work, void *ctx, struct err *e)
{
    struct shared s = {.work = work, .ctx = ctx, .n = n};
    pthread_t ids[THREADS_MOST];
    unsigned started = 0;
    if (threads > THREADS_MOST)
        threads = THREADS_MOST;
    (void)pthread_mutex_init(&s.lock, NULL); /* default attributes cannot fail on Linux */
    while (started + 1 < threads && started + 1 < n && pthread_create(&ids[started], NULL, work_off, &s) == 0)
        started++;
    (void)work_off(&s);
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(ids[i], NULL);
    (void)pthread_mutex_destroy(&s.lock);
    if (s.failure.code != ERR_OK && e)
        *e = s.failure;
    return s.failure.code;
}
