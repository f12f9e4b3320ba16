/* Models, and small predictions with them. Promises: an error is named and the output untouched; a model that loads runs on a table of its columns
 * with one thread and two and gives the same pairs and weights, or the same error. */
#include "fuzz.h"
#include "linkage/model.h"

struct sum {
    uint64_t n, hash;
};

static enum err_code count(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct sum *s = ctx;
    (void)e;
    (void)gammas;
    s->n++;
    s->hash = str_hash((struct str){(const char *)edge, offsetof(struct link_edge, match_key)}, s->hash);
    return ERR_OK;
}

/* Six records over the columns that the model names, the id first. */
static struct link_table *table_for(const struct link_model *m)
{
    static const struct str values[] = {{"smith", 5}, {"smyth", 5}, {"1990-01-31", 10}, {"", 0}, {"[\"a\"]", 5}, {"1", 1}};
    struct str columns[16] = {m->unique_id}, row[16];
    size_t n = 1;
    struct link_table *t = NULL;
    struct err e;
    if (m->names.n > 12)
        return NULL;
    for (size_t i = 0; i < m->names.n; i++)
        if (!str_eq(m->names.items[i], m->unique_id))
            columns[n++] = m->names.items[i];
    if (m->type != LINK_DEDUPE_ONLY && !str_eq(m->source_dataset, m->unique_id)) {
        bool there = false;
        for (size_t i = 0; i < n; i++)
            there |= str_eq(columns[i], m->source_dataset);
        if (!there)
            columns[n++] = m->source_dataset;
    }
    if (link_table_new(columns, n, (size_t)1 << 20, &t, &e) != ERR_OK)
        return NULL;
    for (size_t r = 0; r < 6; r++) {
        char id[2] = {(char)('a' + r), 0};
        row[0] = (struct str){id, 1};
        for (size_t c = 1; c < n; c++)
            row[c] = values[(r * 5 + c) % 6];
        must(link_table_add(t, row, &e) == ERR_OK);
    }
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_model *m = NULL;
    struct err e = {0};
    if (size > 16384)
        return 0;
    enum err_code code = link_model_parse((struct str){(const char *)data, size}, NULL, &m, &e);
    must((code == ERR_OK) == (m != NULL));
    must(code == ERR_OK || (e.code == code && e.message[0]));
    struct link_table *t = code == ERR_OK ? table_for(m) : NULL;
    if (t) {
        struct sum s[2] = {{0}, {0}};
        enum err_code ran[2];
        for (unsigned i = 0; i < 2; i++) {
            struct link_options o = {.threshold_weight = -1e9, .threads = i + 1};
            ran[i] = link_predict(m, t, &o, count, &s[i], NULL, &e);
            must(ran[i] == ERR_OK || e.message[0]);
        }
        must(ran[0] == ran[1] && (ran[0] != ERR_OK || (s[0].n == s[1].n && s[0].hash == s[1].hash)));
    }
    link_table_free(t);
    link_model_free(m);
    return 0;
}
