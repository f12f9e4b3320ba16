/* auto.c: training without asking, from a table to a model (see linkage.h and docs/linkage.md):
 *
 *   1. what the columns are            2. what is compared
 *   3. which pairs                     4. u, then prior, m and u together
 *   5. where to cut, and how clusters are made
 * Each step tells why, a line a choice. */
#include "linkage/auto.h"
#include "base/text.h"
#include "linkage/auto_em.h"
#include "linkage/train.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define U_PAIRS 1500000u
#define U_ENOUGH 1000 /* sampled pairs that make a u good enough */

void auto_tell(struct auto_plan *p, const char *what, struct str about, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)buf_fmt(p->told, "%s\t%.*s\t%s\n", what, STR_ARG(about), text);
}

/* Text in another encoding is kept byte by byte: equal values are equal, but its letters are neither small nor alike. */
static void tell_encoding(struct auto_plan *p, const struct auto_column *c)
{
    const struct dictionary *d = &p->t->columns[c->column].dict;
    size_t at, wrong = 0;
    for (uint32_t k = 1; k <= d->n; k++)
        wrong += !utf8_valid(dictionary_value(d, k), &at);
    if (wrong)
        auto_tell(p, "column", c->name, "%zu of %u values are not UTF-8, so their letters are compared as bytes: convert the file first (iconv -f WINDOWS-1252 -t UTF-8)", wrong, d->n);
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
    for (size_t i = 0; i < p->n_columns; i++)
        tell_encoding(p, &p->columns[i]);
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

/* u of every level from random pairs; vetoes have none, so they are left out. */
static enum err_code count_random(struct auto_plan *p, struct link_model *m)
{
    _cleanup_buf_ struct buf json, warnings;
    struct link_train_options o = {.seed = p->o->seed, .u_pairs = U_PAIRS, .threads = p->o->threads, .progress = p->o->progress};
    struct link_model bare = *m;
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&warnings, LIMIT_JSON_BYTES);
    bare.n_comparisons = m->veto < 0 ? m->n_comparisons : (size_t)m->veto;
    return link_train(&bare, p->t, &o, &json, &warnings, p->e);
}

/* Share of pairs with a value on both sides. */
static double both_filled(const struct auto_plan *p, const struct auto_field *f)
{
    double filled = (double)f->column->profile.filled / (double)p->t->rows;
    return filled * filled;
}

/* Sameness is rarer than a sample can show: all pairs that agree are counted, over all pairs of which both have a value. */
static enum err_code count_sameness(struct auto_plan *p, struct link_model *m, double possible)
{
    const struct auto_field *f;
    for (size_t i = 0; (f = auto_compared(p, i)) != NULL; i++) {
        struct model_level *top = &m->comparisons[i].levels[1]; /* behind the null level */
        struct link_rule_count count;
        if (top->u * U_PAIRS > U_ENOUGH)
            continue;
        struct str text = auto_condition(p, f, f->role == AUTO_ADDRESS ? auto_same_home(p) : "%x = %X", true);
        if (!text.p)
            return err_set(p->e, ERR_NO_MEMORY, "no memory to train the model");
        ERR_TRY(auto_count_rule(p, m, text, 0, &count));
        double u = (double)count.pairs / (possible * both_filled(p, f));
        top->u = u > 0.5 / possible ? u : 0.5 / possible;
    }
    return model_refresh(m, p->e);
}

static void set_up_em(const struct auto_plan *p, struct auto_em *em)
{
    static const enum auto_role roles[] = {AUTO_SURNAME, AUTO_ADDRESS, AUTO_PHONE};
    const struct auto_field *f;
    size_t c = 0;
    for (; (f = auto_compared(p, c)) != NULL; c++) {
        em->most_differ[c] = auto_most_differ(f->role);
        em->most_weak[c] = auto_most_weak(f->role);
        em->both_filled[c] = both_filled(p, f);
        em->names[c] = f->role == AUTO_GIVEN || f->role == AUTO_SURNAME || f->role == AUTO_MIDDLE;
        em->says_little[c] = f->role == AUTO_SEX || f->role == AUTO_STATE;
    }
    em->kin = auto_kin_shares(p, 0) ? (ptrdiff_t)c : -1;
    for (size_t level = 0; auto_kin_shares(p, level); level++)
        for (unsigned k = 0; k < 3; k++)
            if (auto_kin_shares(p, level) >> k & 1)
                em->shared[level][em->n_shared[level]++] = (uint8_t)auto_comparison_of(p, roles[k]);
    for (; c < em->m->n_comparisons; c++)
        em->most_differ[c] = em->most_weak[c] = 1;
}

static enum err_code estimate(struct auto_plan *p, struct link_model *m, struct auto_em *em)
{
    const struct auto_field *f;
    double n = (double)p->t->rows;
    em->m = m;
    em->rows = n;
    em->possible = n * (n - 1) / 2;
    ERR_TRY(count_random(p, m));
    ERR_TRY(count_sameness(p, m, em->possible));
    set_up_em(p, em);
    ERR_TRY(auto_em_run(em, p->t, p->o, p->e));
    for (size_t c = 0; (f = auto_compared(p, c)) != NULL; c++)
        if (em->held[c])
            auto_tell(p, "training", f->name, "more of the matches differed than people do: at most %.0f%% may differ wholly, %.0f%% be weakly alike", 100 * em->most_differ[c], 100 * em->most_weak[c]);
    if (em->held_namesakes)
        auto_tell(p, "training", STR("matches"), "more of them had nothing in common but names than people have: at most 30%% may");
    for (size_t l = 0; em->kin >= 0 && em->n_shared[l]; l++)
        auto_tell(p, "training", m->comparisons[em->kin].levels[l].label, "%.1f bits taken back: others than true pairs share it too", -log2(em->em_m[em->kin][l] / em->em_u[em->kin][l]));
    auto_tell(p, "training", STR("prior"), "%.3g: about %.0f matching pairs among %.0f possible; %llu pairs compared, %llu vetoed, %u rounds", em->prior, em->matches, em->possible,
              (unsigned long long)em->pairs, (unsigned long long)em->vetoed, em->iterations);
    if (em->matches < 1)
        auto_tell(p, "training", STR("matches"), "hardly any two records seem to be of one person: the weights are guesses, and few or no records will be joined");
    return ERR_OK;
}

/* Twins are a small part of brothers and sisters. Where people of one surname and home whose given names differ nearly all have one date of birth, they are no twins but one person whose given name
 * was mistaken, and the veto on them would only lose true pairs. */
static bool has_no_families(struct auto_plan *p, const struct auto_em *em)
{
    ptrdiff_t given = auto_comparison_of(p, AUTO_GIVEN), surname = auto_comparison_of(p, AUTO_SURNAME), dob = auto_comparison_of(p, AUTO_DOB);
    ptrdiff_t address = auto_comparison_of(p, AUTO_ADDRESS), phone = auto_comparison_of(p, AUTO_PHONE);
    double families, twins;
    if (given < 0 || surname < 0 || dob < 0 || (address < 0 && phone < 0))
        return false;
    auto_em_families(em, (size_t)given, (size_t)surname, (size_t)dob, (size_t)(address >= 0 ? address : phone), &families, &twins);
    bool none = families < twins / 4;
    auto_tell(p, "families", STR("veto"), "%.0f pairs share surname and home but neither given name nor date of birth, %.0f the date of birth: %s", families, twins,
              none ? "no families here, two given names of one surname are not vetoed" : "two given names of one surname are vetoed");
    return none;
}

/* ---- 5. ---- */

static enum err_code finish(struct auto_plan *p, struct link_model *m, struct auto_em *em, struct buf *ret_json)
{
    auto_link_type(p, m, em);
    ERR_TRY(model_refresh(m, p->e));
    m->threshold_weight = auto_threshold(p, em);
    if (!p->linked)
        auto_tell(p, "clusters", STR("haven_cluster_method"), "ordered: strongest pairs first, vetoes kept, a record claimed by two who may not come together left to neither");
    return train_write(m, ret_json, p->e);
}

/* With other vetoes: all estimates anew. */
static enum err_code again(struct auto_plan *p, struct link_model **m, struct auto_em **em)
{
    link_model_free(*m);
    *m = NULL;
    auto_em_free(*em);
    *em = calloc(1, sizeof **em);
    if (!*em)
        return err_set(p->e, ERR_NO_MEMORY, "no memory to train the model");
    ERR_TRY(parse_settings(p, m));
    return estimate(p, *m, *em);
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
    if (code == ERR_OK && has_no_families(p, em)) {
        p->no_families = true;
        code = again(p, &m, &em);
    }
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
        return err_set(e, ERR_FORMAT, "%zu records are too few to learn from: at least 10 are needed; use a model that stands (haven link cluster --model)", t->rows);
    return train(&p, t, ret_json);
}
