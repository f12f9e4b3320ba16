/* train.c: training to a text. */
#include "havenlink/handle.h"

#include <stdlib.h>

/* What a training gives. */
struct trained {
    struct buf json, told;
};

static void trained_start(struct trained *x)
{
    buf_init(&x->json, LIMIT_JSON_BYTES);
    buf_init(&x->told, LIMIT_JSON_BYTES);
}

static int trained_end(struct trained *x, enum err_code code, char **ret_json, char **ret_told, struct err *own, havenlink_error *e)
{
    char *json = NULL, *told = NULL;
    if (code == ERR_OK)
        code = handle_text(&x->json, &json, own);
    if (code == ERR_OK && ret_told)
        code = handle_text(&x->told, &told, own);
    if (code != ERR_OK) {
        free(json);
    } else {
        *ret_json = json;
        if (ret_told)
            *ret_told = told;
    }
    buf_release(&x->json);
    buf_release(&x->told);
    return handle_end(code, own, e);
}

static enum err_code rules_of(const char *const *given, size_t n, const char *what, struct str *ret, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (!given[i])
            return err_set(e, ERR_USAGE, "training: %s rule %zu is NULL", what, i + 1);
        ret[i] = str_of(given[i]);
    }
    return ERR_OK;
}

static enum err_code train(struct link_model *m, const havenlink_table *t, const havenlink_training *o, struct trained *x, struct err *e)
{
    struct str deterministic[LIMIT_LINK_RULES], em[LIMIT_LINK_RULES];
    struct handle_progress progress;
    ERR_TRY(rules_of(o->deterministic, o->n_deterministic, "deterministic", deterministic, e));
    ERR_TRY(rules_of(o->em, o->n_em, "EM", em, e));
    handle_progress_init(&progress, o->progress, o->progress_ctx);
    const struct link_train_options lo = {.deterministic = deterministic, .n_deterministic = o->n_deterministic, .recall = o->recall, .em = em, .n_em = o->n_em,
                                          .u_pairs = o->u_pairs, .seed = o->seed, .threads = o->threads, .progress = &progress.p};
    return link_train(m, t->t, &lo, &x->json, &x->told, e);
}

int havenlink_train(const char *settings, size_t n, const char *folder, const havenlink_table *t, const havenlink_training *o, char **ret_json, char **ret_told,
                    havenlink_error *e)
{
    struct err own = {0};
    struct trained x;
    havenlink_training options;
    havenlink_model *m = NULL;
    int parsed = havenlink_model_parse(settings, n, folder, &m, e); /* a model of this call's own: training changes it */
    if (parsed != HAVENLINK_OK)
        return parsed;
    trained_start(&x);
    enum err_code code = HANDLE_GIVEN(&own, t, ret_json);
    if (code == ERR_OK)
        code = handle_training(o, &options, &own);
    if (code == ERR_OK)
        code = handle_table_lock(t, m, &own);
    if (code == ERR_OK) {
        code = train(m->m, t, &options, &x, &own);
        handle_table_unlock(t);
    }
    havenlink_model_free(m);
    return trained_end(&x, code, ret_json, ret_told, &own, e);
}

int havenlink_train_auto(havenlink_table *t, const havenlink_training *o, char **ret_json, char **ret_told, havenlink_error *e)
{
    struct err own = {0};
    struct trained x;
    struct handle_progress progress;
    havenlink_training options;
    trained_start(&x);
    enum err_code code = HANDLE_GIVEN(&own, t, ret_json);
    if (code == ERR_OK)
        code = handle_training(o, &options, &own);
    if (code == ERR_OK)
        code = handle_table_lock_alone(t, &own);
    if (code == ERR_OK) {
        handle_progress_init(&progress, options.progress, options.progress_ctx);
        const struct link_auto_options lo = {.seed = options.seed, .threads = options.threads, .progress = &progress.p,
                                             .linked = link_table_column(t->t, STR("source_dataset")) >= 0};
        code = link_train_auto(t->t, &lo, &x.json, &x.told, &own);
        handle_table_unlock(t);
    }
    return trained_end(&x, code, ret_json, ret_told, &own, e);
}
