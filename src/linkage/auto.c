/* auto.c: training without asking, from a table to a model (see linkage.h and docs/linkage.md):
 *
 *   1. what the columns are            2. what is compared
 *   3. which pairs                     4. u, then prior, m and u together
 *   5. where to cut, and how clusters are made
 * Each step tells why, a line a choice. */
#include "linkage/auto.h"
#include "linkage/auto_em.h"
#include "linkage/train.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void auto_tell(struct auto_plan *p, const char *what, struct str about, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)buf_fmt(p->told, "%s\t%.*s\t%s\n", what, STR_ARG(about), text);
}

static enum err_code look_at_columns(struct auto_plan *p)
{
    p->n_columns = p->t->n_columns;
    p->columns = ARENA_NEW(p->a, struct auto_column, p->n_columns);
    if (!p->columns)
        return err_set(p->e, ERR_NO_MEMORY, "no memory to look at the columns");
    for (size_t i = 0; i < p->n_columns; i++)
        p->columns[i] = (struct auto_column){.column = i, .name = p->t->columns[i].name};
    ERR_TRY(auto_profile_all(p));
    ERR_TRY(auto_columns_decide(p));
    return auto_fields_make(p);
}

/* ---- 4. ---- */

static enum err_code parse_settings(struct auto_plan *p, struct link_model **ret)
{
    _cleanup_buf_ struct buf json;
    buf_init(&json, LIMIT_JSON_BYTES);
    ERR_TRY(auto_settings_write(p, &json));
    return link_model_parse(buf_as_str(&json), NULL, ret, p->e);
}

static enum err_code estimate(struct auto_plan *p, struct link_model *m, struct auto_em *em)
{
    _cleanup_buf_ struct buf json, warnings;
    struct link_train_options o = {.seed = p->o->seed, .threads = p->o->threads, .progress = p->o->progress};
    double n = (double)p->t->rows, most = fmin(n, 4472);
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&warnings, LIMIT_JSON_BYTES);
    ERR_TRY(link_train(m, p->t, &o, &json, &warnings, p->e)); /* u alone */
    em->m = m;
    em->rows = n;
    em->possible = n * (n - 1) / 2;
    em->sampled = most * (most - 1) / 2;
    ERR_TRY(auto_em_run(em, p->t, p->o, p->e));
    auto_tell(p, "training", STR("prior"), "%.3g: about %.0f matching pairs among %.0f possible; %llu pairs compared, %llu vetoed, %u rounds", em->prior, em->matches, em->possible,
              (unsigned long long)em->pairs, (unsigned long long)em->vetoed, em->iterations);
    return ERR_OK;
}

/* ---- 5. ---- */

static enum err_code finish(struct auto_plan *p, struct link_model *m, struct auto_em *em, struct buf *ret_json)
{
    m->threshold_weight = auto_threshold(p, em);
    return train_write(m, ret_json, p->e);
}

static enum err_code train(struct auto_plan *p, struct link_table *t, struct buf *ret_json)
{
    struct link_model *m = NULL;
    struct auto_em *em = calloc(1, sizeof *em);
    if (!em)
        return err_set(p->e, ERR_NO_MEMORY, "no memory to train the model");
    enum err_code code = look_at_columns(p);
    if (code == ERR_OK && p->number_rows)
        code = link_table_number_rows(t, p->id, p->e);
    if (code == ERR_OK)
        code = auto_block_choose(p);
    if (code == ERR_OK)
        code = parse_settings(p, &m);
    if (code == ERR_OK)
        code = estimate(p, m, em);
    if (code == ERR_OK)
        code = finish(p, m, em, ret_json);
    auto_em_free(em);
    link_model_free(m);
    return code;
}

enum err_code link_train_auto(struct link_table *t, const struct link_auto_options *o, struct buf *ret_json, struct buf *ret_told, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct auto_plan p = {.a = &a, .t = t, .o = o, .told = ret_told, .e = e, .linked = o->linked};
    arena_init(&a, LIMIT_LINK_MODEL_BYTES);
    if (t->rows < 10)
        return err_set(e, ERR_FORMAT, "%zu records are too few to learn from: at least 10 are needed", t->rows);
    return train(&p, t, ret_json);
}
