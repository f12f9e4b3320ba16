/* hub.c: see hub.h. */
#include "hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void hub_open(struct test_hub *h, struct store *s, const struct test_hub *key_of)
{
    struct err e;
    *h = (struct test_hub){.s = s};
    (void)snprintf(h->folder, sizeof h->folder, "%s/haven-intake-XXXXXX", "/tmp");
    assert_non_null(mkdtemp(h->folder));
    char key[128];
    (void)snprintf(key, sizeof key, "%s/key", key_of ? key_of->folder : h->folder);
    if (!key_of)
        test_ok(vault_create(key, &e), &e);
    test_ok(vault_open(key, &h->v, &e), &e);
}

void hub_close(struct test_hub *h)
{
    char path[128];
    vault_close(h->v);
    (void)snprintf(path, sizeof path, "%s/key", h->folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/file", h->folder);
    (void)unlink(path);
    (void)rmdir(h->folder);
}

const char *hub_file(struct test_hub *h, struct str text)
{
    (void)snprintf(h->path, sizeof h->path, "%s/file", h->folder);
    FILE *f = fopen(h->path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
    return h->path;
}

static enum err_code load(struct test_hub *h, const char *feed, const char *path, struct load_counts *ret, struct err *e)
{
    struct feed *f = NULL;
    test_ok(feed_builtin(str_of(feed), &f, e), e);
    const struct load_options o = {.batch_rows = 3}; /* so that small files have several transactions */
    enum err_code code = intake_load(h->s, h->v, f, path, &o, ret, e);
    feed_free(f);
    assert_true(ret->read == ret->stored + ret->unchanged + ret->quarantined);
    return code;
}

struct load_counts hub_load(struct test_hub *h, const char *feed, struct str text)
{
    struct err e;
    struct load_counts n = {0};
    test_ok(load(h, feed, hub_file(h, text), &n, &e), &e);
    return n;
}

void hub_refuses(struct test_hub *h, const char *feed, struct str text, enum err_code code, const char *message)
{
    struct err e;
    struct load_counts n = {0};
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct feed_info *list;
    size_t before, after;
    test_ok(intake_feeds(h->s, &a, &list, &before, &e), &e);
    assert_int_equal(load(h, feed, hub_file(h, text), &n, &e), code);
    if (!strstr(e.message, message))
        fail_msg("\"%s\" does not say \"%s\"", e.message, message);
    assert_int_equal(n.read, 0);
    test_ok(intake_feeds(h->s, &a, &list, &after, &e), &e);
    assert_int_equal(before, after);
    assert_false(store_in_transaction(h->s));
}

/* ---- beliefs ---- */

struct beliefs {
    struct test_hub *h;
    struct buf *out;
    struct buf keys; /* int64_t id, uint64_t key */
};

static uint64_t key_of(const struct beliefs *b, int64_t id)
{
    for (size_t i = 0; i + 16 <= b->keys.n; i += 16)
        if (memcmp(b->keys.p + i, &id, 8) == 0) {
            uint64_t key;
            memcpy(&key, b->keys.p + i + 8, 8);
            return key;
        }
    fail_msg("a mention that is not current is spoken of");
    return 0;
}

static enum err_code tell_mention(void *ctx, const struct mention *m, struct err *e)
{
    (void)e;
    struct beliefs *b = ctx;
    assert_true(buf_add(&b->keys, &m->id, 8) && buf_add(&b->keys, &m->key, 8));
    (void)buf_fmt(b->out, "M %016llx %s %d", (unsigned long long)m->key, words_name(&words_role, m->role), m->has_identifier);
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        (void)buf_fmt(b->out, "|%.*s", STR_ARG(m->v[i]));
    (void)buf_fmt(b->out, "|%.*s|%.*s|%.*s\n", STR_ARG(m->name_as_given), STR_ARG(m->dob_as_given), STR_ARG(m->bad_identifiers));
    return ERR_OK;
}

static enum err_code tell_event(void *ctx, const struct event *ev, struct err *e)
{
    (void)e;
    struct beliefs *b = ctx;
    (void)buf_fmt(b->out, "E %016llx %s %s %s %x %lld/%d %lld/%d %lld/%d %s %lld/%d %lld/%d %x %d %d", (unsigned long long)ev->key,
                  words_name(&words_agency_kind, ev->agency), words_name(&words_event_kind, ev->kind), words_name(&words_assertion, ev->assertion), ev->flags,
                  (long long)ev->occurred.ms, ev->occurred.precision, (long long)ev->occurred_to.ms, ev->occurred_to.precision, (long long)ev->recorded.ms,
                  ev->recorded.precision, words_name(&words_order_type, ev->order), (long long)ev->from.ms, ev->from.precision, (long long)ev->to.ms,
                  ev->to.precision, ev->conditions, ev->place != 0, ev->incident != 0);
    for (size_t i = 0; i < ev->n_mentions; i++)
        (void)buf_fmt(b->out, " %016llx=%s", (unsigned long long)key_of(b, ev->mentions[i]), words_name(&words_role, ev->roles[i]));
    (void)buf_char(b->out, '\n');
    return ERR_OK;
}

static enum err_code tell_relation(void *ctx, const struct relation_stated *r, struct err *e)
{
    (void)e;
    struct beliefs *b = ctx;
    (void)buf_fmt(b->out, "R %016llx %s %016llx\n", (unsigned long long)key_of(b, r->a), words_name(&words_relation, r->relation),
                  (unsigned long long)key_of(b, r->b));
    return ERR_OK;
}

static enum err_code tell_narrative(void *ctx, int64_t row, struct str recorded_as, struct str narrative, struct err *e)
{
    (void)e;
    (void)row;
    struct beliefs *b = ctx;
    (void)buf_fmt(b->out, "N %.*s|%.*s\n", STR_ARG(recorded_as), STR_ARG(narrative));
    return ERR_OK;
}

static int by_line(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

/* Lines in order, whatever order they were told in. */
static void sort_lines(struct buf *b)
{
    size_t n = 0;
    struct str *lines = calloc(b->n + 1, sizeof *lines);
    char *copy = malloc(b->n + 1);
    assert_non_null(lines);
    assert_non_null(copy);
    memcpy(copy, b->p, b->n);
    for (struct str rest = {copy, b->n}; str_split(&rest, '\n', &lines[n]);)
        n += lines[n].n > 0;
    qsort(lines, n, sizeof *lines, by_line);
    b->n = 0;
    for (size_t i = 0; i < n; i++)
        (void)(buf_str(b, lines[i]) && buf_char(b, '\n'));
    free(lines);
    free(copy);
}

void hub_beliefs(struct test_hub *h, struct buf *ret)
{
    struct err e;
    struct beliefs b = {.h = h, .out = ret};
    buf_init(&b.keys, (size_t)1 << 24);
    test_ok(intake_each_mention(h->s, h->v, tell_mention, &b, &e), &e);
    test_ok(intake_each_event(h->s, tell_event, &b, &e), &e);
    test_ok(intake_each_relation(h->s, tell_relation, &b, &e), &e);
    test_ok(intake_each_narrative(h->s, h->v, NULL, tell_narrative, &b, &e), &e);
    buf_release(&b.keys);
    test_ok(buf_check(ret, "beliefs", &e), &e);
    if (ret->n)
        sort_lines(ret);
}
