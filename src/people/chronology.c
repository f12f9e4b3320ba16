/* chronology.c: what happened with a person, in date order, every line with its source.
 * A record that came as several rows (one for each of its people) tells one thing once: lines of one record with the same kind and time are one. */
#include "people/people.h"

#include <stdlib.h>

struct gather {
    const int64_t *mentions; /* ascending */
    size_t n;
    struct buf lines; /* struct found */
};
struct found {
    struct chronology_line line;
    int64_t record;
};

static int id_cmp(const void *l, const void *r)
{
    const int64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

/* The role that says most: roles stand in words.h from those that matter most. */
static enum role role_in(const struct gather *g, const struct event *ev)
{
    enum role best = ROLE_unknown;
    for (size_t i = 0; i < ev->n_mentions; i++)
        if (bsearch(&ev->mentions[i], g->mentions, g->n, sizeof *g->mentions, id_cmp) &&
            (best == ROLE_unknown || (ev->roles[i] != ROLE_unknown && ev->roles[i] < best)))
            best = ev->roles[i] == ROLE_unknown ? ROLE_other : ev->roles[i];
    return best;
}

static enum err_code take_event(void *ctx, const struct event *ev, struct err *e)
{
    struct gather *g = ctx;
    enum role role = role_in(g, ev);
    if (role == ROLE_unknown)
        return ERR_OK;
    struct found f = {{.when = ev->occurred.precision ? ev->occurred : ev->recorded, .recorded = ev->recorded, .row = ev->row,
        .event_key = ev->key, .kind = ev->kind, .role = role}, ev->record};
    (void)buf_add(&g->lines, &f, sizeof f);
    return buf_check(&g->lines, "the chronology", e);
}

static int same_telling(const struct found *x, const struct found *y)
{
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    if (x->line.kind != y->line.kind)
        return (int)x->line.kind - (int)y->line.kind;
    if (x->line.when.ms != y->line.when.ms)
        return x->line.when.ms < y->line.when.ms ? -1 : 1;
    return (int)x->line.when.precision - (int)y->line.when.precision;
}

static int telling_cmp(const void *l, const void *r)
{
    const struct found *x = l, *y = r;
    int same = same_telling(x, y);
    return same ? same : x->line.event_key < y->line.event_key ? -1 : x->line.event_key > y->line.event_key;
}

static int date_cmp(const void *l, const void *r)
{
    const struct chronology_line *x = l, *y = r;
    if (!x->when.precision != !y->when.precision)
        return x->when.precision ? -1 : 1; /* what has no date at all comes last */
    if (x->when.ms != y->when.ms)
        return x->when.ms < y->when.ms ? -1 : 1;
    return x->event_key < y->event_key ? -1 : x->event_key > y->event_key;
}

/* Lines of which no more may be known than that their agency holds something are left out: the person's page says whom to ask. */
static enum err_code open_texts(struct store *s, const struct vault *v, struct chronology_line *lines, size_t *n, struct arena *a, struct err *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        struct row_text text;
        enum err_code code = intake_row_text(s, v, lines[i].row, a, &text, e);
        if (code == ERR_NOT_FOUND || (code == ERR_OK && text.shown.grade == 0))
            continue;
        ERR_TRY(code);
        lines[kept] = lines[i];
        lines[kept++].text = text;
    }
    *n = kept;
    return ERR_OK;
}

static enum err_code finish(struct store *s, const struct vault *v, struct gather *g, struct arena *a, struct chronology_line **ret,
                            size_t *ret_n, struct err *e)
{
    struct found *f = (void *)g->lines.p;
    size_t n = g->lines.n / sizeof *f, kept = 0;
    struct chronology_line *lines = ARENA_NEW(a, struct chronology_line, n);
    if (!lines)
        return err_set(e, ERR_LIMIT, "the chronology does not fit into the memory set aside for it");
    if (n)
        qsort(f, n, sizeof *f, telling_cmp);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || same_telling(&f[i - 1], &f[i]) != 0)
            lines[kept++] = f[i].line;
    if (kept)
        qsort(lines, kept, sizeof *lines, date_cmp);
    ERR_TRY(open_texts(s, v, lines, &kept, a, e));
    *ret = lines;
    *ret_n = kept;
    return ERR_OK;
}

enum err_code people_chronology(struct store *s, const struct vault *v, const int64_t *mentions, size_t n, struct arena *a,
                                struct chronology_line **ret, size_t *ret_n, struct err *e)
{
    struct gather g = {.n = n};
    int64_t *sorted = ARENA_NEW(a, int64_t, n);
    if (!sorted)
        return err_set(e, ERR_LIMIT, "the chronology does not fit into the memory set aside for it");
    if (n) {
        memcpy(sorted, mentions, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, id_cmp);
    }
    g.mentions = sorted;
    buf_init(&g.lines, LIMIT_PEOPLE_LINES * sizeof(struct found));
    enum err_code code = n ? intake_each_event_of(s, mentions, n, take_event, &g, e) : ERR_OK;
    if (code == ERR_OK)
        code = finish(s, v, &g, a, ret, ret_n, e);
    buf_release(&g.lines);
    return code;
}
