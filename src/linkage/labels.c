/* labels.c: pairs whose truth somebody has said, from a CSV in Splink's form. Ids are looked up in a list of rows sorted by id and dataset, so that a file of
 * millions of labels takes as long as sorting. An error names file and line, never a value. */
#include "linkage/model.h"

#include <stdio.h>
#include <stdlib.h>

struct finder {
    const struct link_table *t;
    size_t id;
    ptrdiff_t source;  /* -1: no datasets */
    uint32_t *sorted;  /* rows */
};

static struct str source_of(const struct finder *f, uint32_t row) { return f->source < 0 ? STR_NONE : link_table_value(f->t, row, (size_t)f->source); }

static int by_id(const void *a, const void *b, void *ctx)
{
    const struct finder *f = ctx;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int c = str_cmp(link_table_value(f->t, x, f->id), link_table_value(f->t, y, f->id));
    return c ? c : str_cmp(source_of(f, x), source_of(f, y));
}

static enum err_code finder_new(const struct link_model *m, const struct link_table *t, struct finder *ret, struct err *e)
{
    ptrdiff_t id = link_table_column(t, m->unique_id);
    *ret = (struct finder){.t = t, .id = (size_t)id, .source = -1};
    if (id < 0)
        return err_set(e, ERR_FORMAT, "the data have no column %.*s (the model's unique_id_column_name)", STR_ARG(m->unique_id));
    if (m->type != LINK_DEDUPE_ONLY)
        ret->source = link_source_column(m, t);
    ret->sorted = malloc((t->rows + 1) * sizeof *ret->sorted);
    if (!ret->sorted)
        return err_set(e, ERR_NO_MEMORY, "no memory to look up %zu records", t->rows);
    for (uint32_t row = 0; row < t->rows; row++)
        ret->sorted[row] = row;
    qsort_r(ret->sorted, t->rows, sizeof *ret->sorted, by_id, ret);
    return ERR_OK;
}

/* Rows of the id, and of the dataset when one is given: *ret is the first of them; gives how many there are, up to two. */
static int find(const struct finder *f, struct str id, struct str source, uint32_t *ret)
{
    size_t low = 0, high = f->t->rows;
    int n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t row = f->sorted[middle];
        int c = str_cmp(link_table_value(f->t, row, f->id), id);
        if (c == 0 && source.n)
            c = str_cmp(source_of(f, row), source);
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < f->t->rows && n < 2; low++, n++) {
        uint32_t row = f->sorted[low];
        if (!str_eq(link_table_value(f->t, row, f->id), id) || (source.n && !str_eq(source_of(f, row), source)))
            break;
        if (n == 0)
            *ret = row;
    }
    return n;
}

/* ---- the file ---- */

enum { ID_L, ID_R, SCORE, SOURCE_L, SOURCE_R, N_FIELDS };

struct reading {
    const char *path;
    struct finder find;
    char names[N_FIELDS][128];
    ptrdiff_t at[N_FIELDS]; /* -1: not there */
    struct link_labels labels;
    size_t cap;
};

static enum err_code read_header(struct reading *r, const struct csv_record *h, const struct link_model *m, struct err *e)
{
    static const char *const endings[N_FIELDS] = {"_l", "_r", "", "_l", "_r"};
    const struct str stems[N_FIELDS] = {m->unique_id, m->unique_id, STR("clerical_match_score"), m->source_dataset, m->source_dataset};
    if (h->problem != ERR_OK)
        return err_set(e, ERR_FORMAT, "%s:1: %s", r->path, h->why);
    for (int k = 0; k < N_FIELDS; k++)
        (void)snprintf(r->names[k], sizeof r->names[k], "%.*s%s", STR_ARG(str_slice(stems[k], 0, 100)), endings[k]);
    for (int k = 0; k < N_FIELDS; k++) {
        r->at[k] = -1;
        for (size_t i = 0; i < h->n && r->at[k] < 0; i++)
            if (str_eq(h->fields[i], str_of(r->names[k])))
                r->at[k] = (ptrdiff_t)i;
        if (r->at[k] < 0 && k <= SCORE)
            return err_set(e, ERR_FORMAT, "%s has no column %s: labels need %s, %s and %s (1: one person, 0: two)", r->path, r->names[k], r->names[ID_L], r->names[ID_R], r->names[SCORE]);
    }
    if (r->find.source < 0)
        r->at[SOURCE_L] = r->at[SOURCE_R] = -1;
    return ERR_OK;
}

static struct str field(const struct reading *r, const struct csv_record *c, int which)
{
    return r->at[which] >= 0 && (size_t)r->at[which] < c->n ? c->fields[r->at[which]] : STR_NONE;
}

static enum err_code room(struct reading *r, struct err *e)
{
    if (r->labels.n < r->cap)
        return ERR_OK;
    if (r->labels.n == LIMIT_LINK_LABELS)
        return err_set(e, ERR_LIMIT, "%s has more than %zu labels", r->path, LIMIT_LINK_LABELS);
    size_t cap = r->cap ? 2 * r->cap : 1024;
    struct link_cannot *pairs = realloc(r->labels.pairs, cap * sizeof *pairs);
    if (pairs)
        r->labels.pairs = pairs;
    double *score = realloc(r->labels.score, cap * sizeof *score);
    if (score)
        r->labels.score = score;
    if (!pairs || !score)
        return err_set(e, ERR_NO_MEMORY, "no memory for more than %zu labels", r->labels.n);
    r->cap = cap;
    return ERR_OK;
}

static enum err_code read_end(const struct reading *r, const struct csv_record *c, int id, int source, uint32_t *ret, struct err *e)
{
    struct str value = field(r, c, id);
    int n = value.n ? find(&r->find, value, field(r, c, source), ret) : 0;
    if (n == 0)
        return err_set(e, ERR_NOT_FOUND, "%s:%llu: no record of the data has this %s%s", r->path, (unsigned long long)c->first_line, r->names[id],
                       r->at[source] >= 0 ? " in this dataset" : "");
    if (n > 1)
        return err_set(e, ERR_FORMAT, "%s:%llu: records of several datasets have this %s: add columns %s and %s", r->path, (unsigned long long)c->first_line, r->names[id],
                       r->names[SOURCE_L], r->names[SOURCE_R]);
    return ERR_OK;
}

static enum err_code read_label(struct reading *r, const struct csv_record *c, struct err *e)
{
    struct link_cannot pair = {0, 0};
    double score;
    if (c->problem != ERR_OK)
        return err_set(e, ERR_FORMAT, "%s:%llu: %s", r->path, (unsigned long long)c->first_line, c->why);
    ERR_TRY(read_end(r, c, ID_L, SOURCE_L, &pair.l, e));
    ERR_TRY(read_end(r, c, ID_R, SOURCE_R, &pair.r, e));
    if (pair.l == pair.r)
        return err_set(e, ERR_FORMAT, "%s:%llu: a record is paired with itself", r->path, (unsigned long long)c->first_line);
    if (!str_to_double(field(r, c, SCORE), &score) || !(score >= 0 && score <= 1))
        return err_set(e, ERR_FORMAT, "%s:%llu: %s is not a number from 0 (two persons) to 1 (one person)", r->path, (unsigned long long)c->first_line, r->names[SCORE]);
    ERR_TRY(room(r, e));
    r->labels.pairs[r->labels.n] = pair;
    r->labels.score[r->labels.n++] = score;
    return ERR_OK;
}

static enum err_code read_all(struct reading *r, const struct link_model *m, struct csv_file *f, struct err *e)
{
    struct csv_record c;
    bool more;
    ERR_TRY(csv_read(f, &c, &more, e));
    if (!more)
        return err_set(e, ERR_FORMAT, "%s is empty", r->path);
    ERR_TRY(read_header(r, &c, m, e));
    for (;;) {
        ERR_TRY(csv_read(f, &c, &more, e));
        if (!more)
            return ERR_OK;
        ERR_TRY(read_label(r, &c, e));
    }
}

enum err_code link_labels_read(const char *path, const struct link_model *m, const struct link_table *t, struct link_labels *ret, struct err *e)
{
    struct reading r = {.path = path};
    struct csv_file *f = NULL;
    ERR_TRY(csv_open(path, ',', NULL, &f, e));
    enum err_code code = finder_new(m, t, &r.find, e);
    if (code == ERR_OK)
        code = read_all(&r, m, f, e);
    csv_close(f);
    free(r.find.sorted);
    if (code == ERR_OK)
        *ret = r.labels;
    else
        link_labels_free(&r.labels);
    return code;
}

void link_labels_free(struct link_labels *l)
{
    free(l->pairs);
    free(l->score);
    *l = (struct link_labels){0};
}

enum err_code link_accuracy_of_scores(const struct link_model *m, const struct link_table *t, const struct link_labels *labels, double least, struct link_accuracy *ret, struct err *e)
{
    bool *is_match = malloc((labels->n + 1) * sizeof *is_match);
    if (!is_match)
        return err_set(e, ERR_NO_MEMORY, "no memory for %zu labelled pairs", labels->n);
    for (size_t i = 0; i < labels->n; i++)
        is_match[i] = labels->score[i] >= least;
    enum err_code code = link_accuracy_of_pairs(m, t, labels->pairs, is_match, labels->n, ret, e);
    free(is_match);
    return code;
}
