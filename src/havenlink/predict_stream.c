/* predict_stream.c: pairs as an Arrow stream. A thread of the stream's own does the work and hands over one batch at a time; when nobody takes it, it waits, and the
 * engine's threads with it. Releasing the stream stops and joins it. */
#include "havenlink/stream.h"

#include <signal.h>
#include <stdlib.h>

struct pairs {
    struct stream s;
    havenlink_options o; /* progress is ours, which asks the caller's */
    havenlink_progress_fn tell;
    void *tell_ctx;
    struct export_batch batch; /* the worker's alone */
    pthread_t thread;
    bool started;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct ArrowArray ready; /* release NULL: none */
    bool stop, done;
    enum err_code code; /* once done */
    struct err e;
};

/* ---- the worker ---- */

static bool told_to_stop(struct pairs *p)
{
    (void)pthread_mutex_lock(&p->lock);
    bool stop = p->stop;
    (void)pthread_mutex_unlock(&p->lock);
    return stop;
}

static int progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    struct pairs *p = ctx;
    return told_to_stop(p) ? 1 : p->tell ? p->tell(p->tell_ctx, stage, done, total) : 0;
}

static enum err_code hand_over(struct pairs *p, struct err *e)
{
    struct ArrowArray x;
    ERR_TRY(export_array(&p->batch, &x, e));
    (void)pthread_mutex_lock(&p->lock);
    while (p->ready.release && !p->stop)
        (void)pthread_cond_wait(&p->changed, &p->lock);
    bool stop = p->stop;
    if (!stop)
        p->ready = x;
    (void)pthread_cond_broadcast(&p->changed);
    (void)pthread_mutex_unlock(&p->lock);
    if (!stop)
        return ERR_OK;
    x.release(&x);
    return err_set(e, ERR_STOPPED, "stopped: the stream was released");
}

static enum err_code take_pair(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct pairs *p = ctx;
    struct export_batch *b = &p->batch;
    size_t column = 0;
    bool full;
    export_double(b, column++, edge->match_weight);
    export_double(b, column++, link_probability(edge->match_weight));
    stream_id(&p->s, b, &column, edge->l);
    stream_id(&p->s, b, &column, edge->r);
    for (size_t k = 0; k < link_model_n_comparisons(p->s.m->m); k++)
        export_int8(b, column++, gammas[k]);
    export_int32(b, column++, edge->match_key);
    ERR_TRY(export_row_end(b, &full, e));
    return full ? hand_over(p, e) : ERR_OK;
}

static enum err_code work(struct pairs *p, struct err *e)
{
    struct handle_progress progress_of;
    const struct link_options o = handle_link_options(&p->o, &progress_of);
    ERR_TRY(handle_table_lock(p->s.t, p->s.m, e));
    enum err_code code = link_predict(p->s.m->m, p->s.t->t, &o, take_pair, p, NULL, e);
    if (code == ERR_OK && p->batch.rows)
        code = hand_over(p, e);
    handle_table_unlock(p->s.t);
    return code;
}

static void *thread_main(void *arg)
{
    struct pairs *p = arg;
    struct err e = {0};
    enum err_code code = work(p, &e);
    (void)pthread_mutex_lock(&p->lock);
    p->done = true;
    p->code = code;
    p->e = e;
    (void)pthread_cond_broadcast(&p->changed);
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- the reader ---- */

/* Until there is a batch or no more will come; the lock is held. */
static enum err_code await_batch(struct pairs *p, struct err *e)
{
    while (!p->ready.release && !p->done)
        (void)pthread_cond_wait(&p->changed, &p->lock);
    if (p->ready.release || p->code == ERR_OK)
        return ERR_OK;
    *e = p->e;
    return p->code;
}

static enum err_code next(struct stream *s, struct ArrowArray *ret, struct err *e)
{
    struct pairs *p = (struct pairs *)s;
    (void)pthread_mutex_lock(&p->lock);
    enum err_code code = await_batch(p, e);
    if (code == ERR_OK && p->ready.release) {
        *ret = p->ready;
        p->ready.release = NULL; /* moved */
        (void)pthread_cond_broadcast(&p->changed);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return code;
}

static void end(struct stream *s)
{
    struct pairs *p = (struct pairs *)s;
    (void)pthread_mutex_lock(&p->lock);
    p->stop = true;
    (void)pthread_cond_broadcast(&p->changed);
    (void)pthread_mutex_unlock(&p->lock);
    if (p->started)
        (void)pthread_join(p->thread, NULL);
    if (p->ready.release)
        p->ready.release(&p->ready);
    export_batch_free(&p->batch);
    (void)pthread_cond_destroy(&p->changed);
    (void)pthread_mutex_destroy(&p->lock);
    stream_release(&p->s);
    free(p);
}

/* ---- starting ---- */

static enum err_code name_fields(struct stream *s, struct err *e)
{
    stream_field(s, EXPORT_DOUBLE, "match_weight");
    stream_field(s, EXPORT_DOUBLE, "match_probability");
    stream_id_fields(s, "_l");
    stream_id_fields(s, "_r");
    for (size_t k = 0; k < link_model_n_comparisons(s->m->m); k++)
        stream_field(s, EXPORT_INT8, "gamma_%.*s", STR_ARG(link_model_comparison_name(s->m->m, k)));
    stream_field(s, EXPORT_INT32, "match_key");
    return stream_fields_check(s, e);
}

/* The host's signals are for its own threads. */
static enum err_code start_thread(struct pairs *p, struct err *e)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    p->started = pthread_create(&p->thread, NULL, thread_main, p) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return p->started ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no thread can be had for the stream");
}

static enum err_code start(struct pairs *p, const havenlink_model *m, const havenlink_table *t, struct err *e)
{
    ERR_TRY(stream_init(&p->s, m, t, link_model_n_comparisons(m->m) + 7, e));
    ERR_TRY(name_fields(&p->s, e));
    ERR_TRY(export_batch_new(p->s.fields, p->s.n_fields, &p->batch, e));
    ERR_TRY(start_thread(p, e));
    (void)pthread_mutex_lock(&p->lock);
    enum err_code code = await_batch(p, e); /* so that a model which does not fit is told at once */
    (void)pthread_mutex_unlock(&p->lock);
    return code;
}

int havenlink_predict_stream(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct ArrowArrayStream *ret, havenlink_error *e)
{
    struct err own = {0};
    struct pairs *p = NULL;
    enum err_code code = HANDLE_GIVEN(&own, m, t, ret);
    if (code == ERR_OK && !(p = calloc(1, sizeof *p)))
        code = err_set(&own, ERR_NO_MEMORY, "no memory for a stream");
    if (code == ERR_OK)
        code = handle_options(o, &p->o, &own);
    if (code != ERR_OK) {
        free(p);
        return handle_end(code, &own, e);
    }
    p->s.next = next;
    p->s.end = end;
    p->tell = p->o.progress;
    p->tell_ctx = p->o.progress_ctx;
    p->o.progress = progress;
    p->o.progress_ctx = p;
    (void)pthread_mutex_init(&p->lock, NULL); /* default attributes cannot fail on Linux */
    (void)pthread_cond_init(&p->changed, NULL);
    code = start(p, m, t, &own);
    if (code == ERR_OK)
        stream_give(&p->s, ret);
    else
        end(&p->s);
    return handle_end(code, &own, e);
}
