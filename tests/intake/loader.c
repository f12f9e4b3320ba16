/* loader.c: loads one file into a hub, for tests that stop it in the middle and for measuring.
 *
 * usage: loader DB FEED FILE [ROWS-A-TRANSACTION]      makes DB and DB.key when they are not there
 *        loader DB --scan                              every scan, timed */
#include "support/permit.h"
#include "intake/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct tally {
    uint64_t n, hash;
};

static enum err_code see_mention(void *ctx, const struct mention *m, struct err *e)
{
    (void)e;
    struct tally *t = ctx;
    t->n++;
    t->hash = str_hash(m->v[LINK_PERSON_surname], t->hash ^ m->key);
    return ERR_OK;
}
static enum err_code see_event(void *ctx, const struct event *ev, struct err *e)
{
    (void)e;
    struct tally *t = ctx;
    t->n++;
    t->hash ^= ev->key;
    return ERR_OK;
}
static enum err_code see_relation(void *ctx, const struct relation_stated *r, struct err *e)
{
    (void)e;
    struct tally *t = ctx;
    t->n++;
    t->hash += (uint64_t)r->a;
    return ERR_OK;
}
static enum err_code see_narrative(void *ctx, int64_t row, struct str recorded_as, struct str narrative, struct err *e)
{
    (void)e;
    struct tally *t = ctx;
    t->n++;
    t->hash += (uint64_t)row + recorded_as.n + narrative.n;
    return ERR_OK;
}

static enum err_code scan(struct store *s, const struct vault *v, struct err *e)
{
    struct tally t = {0};
    double at = monotonic_s();
    ERR_TRY(intake_each_mention(s, v, see_mention, &t, e));
    printf("mentions %llu in %.2f s\n", (unsigned long long)t.n, monotonic_s() - at);
    t.n = 0;
    at = monotonic_s();
    ERR_TRY(intake_each_event(s, see_event, &t, e));
    printf("events %llu in %.2f s\n", (unsigned long long)t.n, monotonic_s() - at);
    t.n = 0;
    at = monotonic_s();
    ERR_TRY(intake_each_relation(s, see_relation, &t, e));
    printf("relations %llu in %.2f s\n", (unsigned long long)t.n, monotonic_s() - at);
    t.n = 0;
    at = monotonic_s();
    ERR_TRY(intake_each_narrative(s, v, NULL, see_narrative, &t, e));
    printf("narratives %llu in %.2f s\n", (unsigned long long)t.n, monotonic_s() - at);
    return ERR_OK;
}

static enum err_code load(struct store *s, const struct vault *v, const char *feed, const char *file, const char *rows, struct err *e)
{
    struct feed *f;
    struct load_counts c = {0};
    const struct load_options o = {.batch_rows = rows ? strtoull(rows, NULL, 10) : 0};
    ERR_TRY(feed_builtin(str_of(feed), &f, e));
    double at = monotonic_s();
    enum err_code code = intake_load(s, v, f, file, &o, &c, e);
    double took = monotonic_s() - at;
    feed_free(f);
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    printf("read %llu, stored %llu, unchanged %llu, quarantined %llu\n", (unsigned long long)c.read, (unsigned long long)c.stored,
           (unsigned long long)c.unchanged, (unsigned long long)c.quarantined);
    fprintf(stderr, "%.2f s, %.0f rows/s, peak %ld MB, cpu %.2f s\n", took, (double)c.read / took, u.ru_maxrss / 1024,
            (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct err e;
    struct store *s = NULL;
    struct vault *v = NULL;
    char key[4096];
    (void)snprintf(key, sizeof key, "%s.key", argv[1]);
    enum err_code code = access(key, F_OK) == 0 ? ERR_OK : vault_create(key, &e);
    if (code == ERR_OK)
        code = vault_open(key, &v, &e);
    if (code == ERR_OK)
        code = access(argv[1], F_OK) == 0 ? store_open(argv[1], &s, &e) : store_create(argv[1], &s, &e);
    if (code == ERR_OK)
        code = permit_all(s, &e);
    if (code == ERR_OK)
        code = strcmp(argv[2], "--scan") == 0 ? scan(s, v, &e) : load(s, v, argv[2], argc > 3 ? argv[3] : "", argc > 4 ? argv[4] : NULL, &e);
    if (code != ERR_OK)
        fprintf(stderr, "%s%s%s\n", e.message, e.detail[0] ? " -- " : "", e.detail);
    store_close(s);
    vault_close(v);
    return err_exit_status(code);
}
