/* The library's jobs on fake_1000: the same pairs as the engine's, by callback and by stream, with any number of threads; stopped anywhere, read in part, freed in any order:
 * nothing leaks (the sanitizer looks) and nothing hangs (the test's time limit looks). */
#include "havenlink/havenlink.h"
#include "linkage/linkage.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct setting {
    const char *data, *models; /* folders */
    havenlink_table *table;
    havenlink_model *model;
};

static char *in_folder(const char *folder, const char *name, char path[4096])
{
    (void)snprintf(path, 4096, "%s/%s", folder, name);
    return path;
}

static havenlink_table *read_table(const struct setting *s, const char *name)
{
    char path[4096];
    const char *paths[] = {in_folder(s->data, name, path)};
    havenlink_table *t = NULL;
    assert_int_equal(havenlink_table_read_csv(paths, 1, 2, &t, NULL), HAVENLINK_OK);
    return t;
}

static havenlink_model *read_model(const struct setting *s)
{
    char path[4096];
    havenlink_model *m = NULL;
    assert_int_equal(havenlink_model_read(in_folder(s->models, "examples/fake_1000.json", path), &m, NULL), HAVENLINK_OK);
    return m;
}

/* ---- pairs by callback ---- */

struct sum {
    uint64_t n, hash;
    size_t stride;
    int64_t stop_after; /* batches; -1: never */
};

static int add(void *ctx, const havenlink_edge *edges, const int8_t *gammas, size_t n)
{
    struct sum *s = ctx;
    for (size_t i = 0; i < n; i++) {
        const uint64_t ids[] = {edges[i].row_l, edges[i].row_r, edges[i].match_key};
        s->hash = str_hash((struct str){(const char *)ids, sizeof ids}, s->hash);
        s->hash = str_hash((struct str){(const char *)&edges[i].match_weight, 16}, s->hash);
        s->hash = str_hash((struct str){(const char *)gammas + i * s->stride, s->stride}, s->hash);
    }
    s->n += n;
    return s->stop_after >= 0 && s->stop_after-- == 0;
}

static struct sum pairs_of(const struct setting *s, uint32_t threads)
{
    struct sum sum = {.stride = havenlink_model_n_comparisons(s->model), .stop_after = -1};
    havenlink_options o;
    uint64_t compared = 0;
    havenlink_options_init(&o, sizeof o);
    o.threads = threads;
    assert_int_equal(havenlink_predict(s->model, s->table, &o, add, &sum, &compared, NULL), HAVENLINK_OK);
    assert_int_equal(sum.n, compared);
    return sum;
}

static void threads_do_not_show(void **state)
{
    const struct setting *s = *state;
    struct sum one = pairs_of(s, 1), eight = pairs_of(s, 8);
    assert_true(one.n > 4096);
    assert_int_equal(one.n, eight.n);
    assert_int_equal(one.hash, eight.hash);
}

static void the_taker_may_stop(void **state)
{
    const struct setting *s = *state;
    struct sum sum = {.stride = havenlink_model_n_comparisons(s->model)};
    havenlink_error e;
    assert_int_equal(havenlink_predict(s->model, s->table, NULL, add, &sum, NULL, &e), HAVENLINK_STOPPED);
    assert_int_equal(sum.n, 4096);
    assert_string_equal(e.message, "stopped by the function that takes the pairs");
}

/* ---- progress ---- */

struct watch {
    int calls, stop_at;
    bool wrong;
};

static int watch(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    struct watch *w = ctx;
    w->wrong |= !stage || (total && done > total);
    return w->calls++ == w->stop_at;
}

static void progress_is_told_and_asked(void **state)
{
    const struct setting *s = *state;
    struct watch w = {.stop_at = -1};
    havenlink_options o;
    havenlink_options_init(&o, sizeof o);
    o.threads = 3;
    o.progress = watch;
    o.progress_ctx = &w;
    struct sum sum = {.stop_after = -1};
    assert_int_equal(havenlink_predict(s->model, s->table, &o, add, &sum, NULL, NULL), HAVENLINK_OK);
    assert_true(w.calls > 0 && !w.wrong);
    for (int all = w.calls, at = 0; at < all; at++) {
        havenlink_error e;
        w = (struct watch){.stop_at = at};
        assert_int_equal(havenlink_predict(s->model, s->table, &o, add, &sum, NULL, &e), HAVENLINK_STOPPED);
        assert_string_equal(e.message, "stopped before all pairs were compared");
    }
}

/* ---- streams ---- */

static struct ArrowArrayStream stream_of(const struct setting *s, uint32_t threads)
{
    struct ArrowArrayStream stream;
    havenlink_options o;
    havenlink_options_init(&o, sizeof o);
    o.threads = threads;
    assert_int_equal(havenlink_predict_stream(s->model, s->table, &o, &stream, NULL), HAVENLINK_OK);
    return stream;
}

static void a_stream_has_splinks_names(void **state)
{
    struct ArrowArrayStream stream = stream_of(*state, 1);
    struct ArrowSchema schema, name;
    static const char *const names[] = {"match_weight", "match_probability", "unique_id_l", "unique_id_r", "gamma_first_name_surname", "gamma_dob", "gamma_city", "gamma_email", "match_key"};
    static const char *const formats[] = {"g", "g", "u", "u", "c", "c", "c", "c", "i"};
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_string_equal(schema.format, "+s");
    assert_int_equal(schema.n_children, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_string_equal(schema.children[i]->name, names[i]);
        assert_string_equal(schema.children[i]->format, formats[i]);
    }
    name = *schema.children[2]; /* moved out, it outlives its parent and the stream */
    schema.children[2]->release = NULL;
    schema.release(&schema);
    assert_null(schema.release);
    stream.release(&stream);
    assert_null(stream.release);
    assert_string_equal(name.name, "unique_id_l");
    name.release(&name);
    assert_null(name.release);
}

static void a_stream_gives_the_engines_pairs(void **state)
{
    const struct setting *s = *state;
    struct sum want = pairs_of(s, 1);
    for (uint32_t threads = 1; threads <= 4; threads += 3) {
        struct ArrowArrayStream stream = stream_of(s, threads);
        struct ArrowArray batch, weights;
        uint64_t n = 0;
        while (assert_int_equal(stream.get_next(&stream, &batch), 0), batch.release) {
            assert_true(batch.length > 0 && batch.length <= 65536 && batch.null_count == 0);
            n += (uint64_t)batch.length;
            weights = *batch.children[0];
            batch.children[0]->release = NULL;
            batch.release(&batch);
            assert_false(isnan(((const double *)weights.buffers[1])[weights.length - 1])); /* lives on */
            weights.release(&weights);
        }
        assert_int_equal(stream.get_next(&stream, &batch), 0); /* the end stays the end */
        assert_null(batch.release);
        assert_int_equal(n, want.n);
        stream.release(&stream);
    }
}

static void handles_may_go_first(void **state)
{
    struct setting s = *(struct setting *)*state;
    struct ArrowArray batch;
    s.table = read_table(&s, "fake_1000.csv");
    s.model = read_model(&s);
    struct ArrowArrayStream stream = stream_of(&s, 2);
    havenlink_table_free(s.table);
    havenlink_model_free(s.model);
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    stream.release(&stream);
    assert_true(batch.length > 0);
    batch.release(&batch);
}

/* Many columns in one block: more batches than a stream keeps, so that its thread waits. */
static havenlink_table *people_in_one_town(size_t n)
{
    const struct str columns[] = {STR("unique_id"), STR("town"), STR("name")};
    char path[] = "/tmp/havenlink-XXXXXX.csv", *one = path;
    int fd = mkstemps(path, 4);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    assert_non_null(f);
    fprintf(f, "%s,%s,%s\n", columns[0].p, columns[1].p, columns[2].p);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%zu,Ouse,n%zu\n", i, i % 7);
    assert_int_equal(fclose(f), 0);
    havenlink_table *t = NULL;
    assert_int_equal(havenlink_table_read_csv((const char *const *)&one, 1, 1, &t, NULL), HAVENLINK_OK);
    assert_int_equal(remove(path), 0);
    return t;
}

static const char town_model[] =
    "{\"link_type\": \"dedupe_only\", \"sql_dialect\": \"duckdb\", \"probability_two_random_records_match\": 0.01, \"blocking_rules_to_generate_predictions\": [\"l.town = r.town\"],"
    " \"comparisons\": [{\"output_column_name\": \"name\", \"comparison_levels\": [{\"sql_condition\": \"\\\"name_l\\\" IS NULL OR \\\"name_r\\\" IS NULL\", \"is_null_level\": true},"
    " {\"sql_condition\": \"\\\"name_l\\\" = \\\"name_r\\\"\", \"m_probability\": 0.9, \"u_probability\": 0.1}, {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.9}]}]}";

static void a_stream_may_be_left_anywhere(void **state)
{
    struct setting s = *(struct setting *)*state;
    s.table = people_in_one_town(1000); /* 499,500 pairs, 8 batches */
    assert_int_equal(havenlink_model_parse(town_model, sizeof town_model - 1, NULL, &s.model, NULL), HAVENLINK_OK);
    for (int read = 0; read < 9; read++)
        for (uint32_t threads = 1; threads <= 4; threads += 3) {
            struct ArrowArrayStream stream = stream_of(&s, threads);
            uint64_t n = 0;
            for (int i = 0; i < read; i++) {
                struct ArrowArray batch;
                assert_int_equal(stream.get_next(&stream, &batch), 0);
                if (!batch.release)
                    break;
                n += (uint64_t)batch.length;
                batch.release(&batch);
            }
            assert_int_equal(n, read < 8 ? (uint64_t)read * 65536 : 499500);
            stream.release(&stream);
        }
    havenlink_table_free(s.table);
    havenlink_model_free(s.model);
}

static void a_stopped_stream_says_so(void **state)
{
    const struct setting *s = *state;
    struct watch w = {.stop_at = 0};
    havenlink_options o;
    havenlink_error e;
    struct ArrowArrayStream stream;
    havenlink_options_init(&o, sizeof o);
    o.progress = watch;
    o.progress_ctx = &w;
    assert_int_equal(havenlink_predict_stream(s->model, s->table, &o, &stream, &e), HAVENLINK_STOPPED); /* before the first batch */
    assert_int_equal(w.calls, 1);
}

/* ---- one table, several users ---- */

static void *predict_beside(void *arg)
{
    struct sum *sum = malloc(sizeof *sum);
    *sum = pairs_of(arg, 2);
    return sum;
}

static void one_table_serves_several_threads(void **state)
{
    struct sum want = pairs_of(*state, 1), *got;
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, predict_beside, *state), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], (void **)&got), 0);
        assert_int_equal(got->hash, want.hash);
        free(got);
    }
}

static void training_auto_waits_for_nobody(void **state)
{
    struct setting s = *(struct setting *)*state;
    havenlink_error e;
    char *json = NULL;
    s.table = people_in_one_town(1000);
    assert_int_equal(havenlink_model_parse(town_model, sizeof town_model - 1, NULL, &s.model, NULL), HAVENLINK_OK);
    struct ArrowArrayStream stream = stream_of(&s, 1); /* its thread holds the table */
    assert_int_equal(havenlink_train_auto(s.table, NULL, &json, NULL, &e), HAVENLINK_CONFLICT);
    assert_null(json);
    stream.release(&stream);
    havenlink_table_free(s.table);
    havenlink_model_free(s.model);
}

/* ---- clusters, training, explanations ---- */

static void clusters_have_a_row_a_record(void **state)
{
    const struct setting *s = *state;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;
    havenlink_options o;
    havenlink_options_init(&o, sizeof o);
    o.threshold_weight = 1;
    assert_int_equal(havenlink_cluster_stream(s->model, s->table, &o, &stream, NULL), HAVENLINK_OK);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_string_equal(schema.children[0]->name, "cluster_id");
    assert_string_equal(schema.children[1]->name, "unique_id");
    schema.release(&schema);
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    assert_int_equal(batch.length, 1000);
    batch.release(&batch);
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    assert_null(batch.release);
    stream.release(&stream);
}

static void explain_and_blocking_are_json(void **state)
{
    const struct setting *s = *state;
    size_t l, r;
    char *json;
    const struct json *j;
    struct arena a;
    arena_init(&a, 1 << 20);
    assert_int_equal(havenlink_find(s->model, s->table, NULL, "1", &l, NULL), HAVENLINK_OK);
    assert_int_equal(havenlink_find(s->model, s->table, NULL, "2", &r, NULL), HAVENLINK_OK);
    assert_int_equal(havenlink_explain(s->model, s->table, l, r, &json, NULL), HAVENLINK_OK);
    assert_int_equal(json_parse(&a, str_of(json), NULL, &j, NULL), ERR_OK);
    assert_true(fabs(json_get(j, "match_weight")->number - 13.142533118437816) < 1e-9);
    assert_int_equal(json_get(j, "comparisons")->n, 4);
    havenlink_text_free(json);
    assert_int_equal(havenlink_blocking(s->model, s->table, NULL, &json, NULL), HAVENLINK_OK);
    assert_int_equal(json_parse(&a, str_of(json), NULL, &j, NULL), ERR_OK);
    double pairs = 0;
    JSON_EACH(rule, j)
        pairs += json_get(rule, "pairs")->number;
    assert_int_equal((uint64_t)pairs, pairs_of(s, 1).n);
    havenlink_text_free(json);
    arena_release(&a);
    assert_int_equal(havenlink_find(s->model, s->table, NULL, "nobody", &l, NULL), HAVENLINK_NOT_FOUND);
    assert_int_equal(havenlink_find(s->model, s->table, "d", "1", &l, NULL), HAVENLINK_USAGE);
    assert_int_equal(havenlink_explain(s->model, s->table, 3, 3, &json, NULL), HAVENLINK_USAGE);
}

static void what_is_trained_loads(void **state)
{
    const struct setting *s = *state;
    havenlink_training o;
    havenlink_model *m;
    char path[4096], settings[65536], *json = NULL, *told = NULL;
    FILE *f = fopen(in_folder(s->models, "examples/fake_1000.json", path), "rb");
    assert_non_null(f);
    size_t n = fread(settings, 1, sizeof settings, f);
    (void)fclose(f);
    havenlink_training_init(&o, sizeof o);
    o.em = (const char *const[]){"l.dob = r.dob"};
    o.n_em = 1;
    o.u_pairs = 10000;
    assert_int_equal(havenlink_train(settings, n, NULL, s->table, &o, &json, &told, NULL), HAVENLINK_OK);
    assert_int_equal(havenlink_model_parse(json, strlen(json), NULL, &m, NULL), HAVENLINK_OK);
    havenlink_model_free(m);
    havenlink_text_free(json);
    havenlink_text_free(told);
    havenlink_table *t = read_table(s, "febrl1.csv");
    assert_int_equal(havenlink_train_auto(t, NULL, &json, &told, NULL), HAVENLINK_OK);
    assert_non_null(strstr(told, "threshold"));
    assert_int_equal(havenlink_model_parse(json, strlen(json), NULL, &m, NULL), HAVENLINK_OK);
    havenlink_model_free(m);
    havenlink_text_free(json);
    havenlink_text_free(told);
    struct watch w = {.stop_at = 0};
    o.progress = watch;
    o.progress_ctx = &w;
    json = NULL;
    assert_int_equal(havenlink_train_auto(t, &o, &json, NULL, NULL), HAVENLINK_STOPPED);
    assert_null(json);
    havenlink_table_free(t);
}

static void a_training_may_be_stopped_at_every_step(void **state)
{
    const struct setting *s = *state;
    static const char settings[] = "{\"link_type\": \"dedupe_only\", \"comparisons\": [{\"output_column_name\": \"surname\", \"comparison_levels\": ["
                                   "{\"sql_condition\": \"surname_l = surname_r\"}, {\"sql_condition\": \"ELSE\"}]}]}";
    struct watch w = {.stop_at = -1};
    char *json = NULL, *told = NULL;
    havenlink_training o;
    havenlink_training_init(&o, sizeof o);
    o.deterministic = (const char *const[]){"l.email = r.email"};
    o.n_deterministic = 1;
    o.em = (const char *const[]){"l.dob = r.dob", "l.first_name = r.first_name"};
    o.n_em = 2;
    o.threads = 2;
    o.progress = watch;
    o.progress_ctx = &w;
    assert_int_equal(havenlink_train(settings, sizeof settings - 1, NULL, s->table, &o, &json, &told, NULL), HAVENLINK_OK);
    havenlink_text_free(json);
    havenlink_text_free(told);
    assert_true(w.calls >= 3 && !w.wrong);
    json = told = NULL;
    for (int all = w.calls, at = 0; at < all; at++) {
        w = (struct watch){.stop_at = at};
        assert_int_equal(havenlink_train(settings, sizeof settings - 1, NULL, s->table, &o, &json, &told, NULL), HAVENLINK_STOPPED);
        assert_true(!json && !told && w.calls == at + 1);
    }
}

/* ---- what is wrong is told ---- */

static void a_model_that_does_not_fit_is_told_at_once(void **state)
{
    const struct setting *s = *state;
    struct ArrowArrayStream stream = {0};
    havenlink_model *m;
    havenlink_error e;
    assert_int_equal(havenlink_model_person(&m, &e), HAVENLINK_OK);
    assert_true(havenlink_model_threshold(m) == 20);
    assert_non_null(havenlink_model_comparison(m, 0));
    assert_null(havenlink_model_comparison(m, 1000));
    assert_int_equal(havenlink_predict_stream(m, s->table, NULL, &stream, &e), HAVENLINK_FORMAT);
    assert_non_null(strstr(e.message, "column"));
    assert_null(stream.release);
    assert_int_equal(havenlink_cluster_stream(m, s->table, NULL, &stream, NULL), HAVENLINK_FORMAT);
    havenlink_model_free(m);
    assert_int_equal(havenlink_model_parse("{", 1, NULL, &m, &e), HAVENLINK_FORMAT);
    assert_int_equal(havenlink_model_read("/nowhere/model.json", &m, &e), HAVENLINK_IO);
    assert_int_equal(havenlink_predict(NULL, s->table, NULL, add, NULL, NULL, &e), HAVENLINK_USAGE);
    assert_string_equal(e.message, "havenlink_predict: an argument that must be given is NULL");
    for (int code = HAVENLINK_OK; code <= HAVENLINK_INTERNAL; code++)
        assert_true(strlen(havenlink_code_text(code)) > 1);
}

static void options_may_be_of_another_age(void **state)
{
    const struct setting *s = *state;
    struct {
        havenlink_options o;
        uint64_t later;
    } newer;
    struct sum sum = {.stop_after = -1};
    havenlink_error e;
    havenlink_options_init(&newer.o, sizeof newer);
    assert_int_equal(havenlink_predict(s->model, s->table, &newer.o, add, &sum, NULL, &e), HAVENLINK_OK);
    newer.later = 1;
    assert_int_equal(havenlink_predict(s->model, s->table, &newer.o, add, &sum, NULL, &e), HAVENLINK_UNSUPPORTED);
    newer.o.size = 8;
    assert_int_equal(havenlink_predict(s->model, s->table, &newer.o, add, &sum, NULL, &e), HAVENLINK_USAGE);
    havenlink_options_init(&newer.o, sizeof newer.o);
    newer.o.method = 4;
    assert_int_equal(havenlink_predict(s->model, s->table, &newer.o, add, &sum, NULL, &e), HAVENLINK_USAGE);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct setting s = {argv[1], argv[2], NULL, NULL};
    s.table = read_table(&s, "fake_1000.csv");
    s.model = read_model(&s);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(threads_do_not_show, &s),
        cmocka_unit_test_prestate(the_taker_may_stop, &s),
        cmocka_unit_test_prestate(progress_is_told_and_asked, &s),
        cmocka_unit_test_prestate(a_stream_has_splinks_names, &s),
        cmocka_unit_test_prestate(a_stream_gives_the_engines_pairs, &s),
        cmocka_unit_test_prestate(handles_may_go_first, &s),
        cmocka_unit_test_prestate(a_stream_may_be_left_anywhere, &s),
        cmocka_unit_test_prestate(a_stopped_stream_says_so, &s),
        cmocka_unit_test_prestate(one_table_serves_several_threads, &s),
        cmocka_unit_test_prestate(training_auto_waits_for_nobody, &s),
        cmocka_unit_test_prestate(clusters_have_a_row_a_record, &s),
        cmocka_unit_test_prestate(explain_and_blocking_are_json, &s),
        cmocka_unit_test_prestate(what_is_trained_loads, &s),
        cmocka_unit_test_prestate(a_training_may_be_stopped_at_every_step, &s),
        cmocka_unit_test_prestate(a_model_that_does_not_fit_is_told_at_once, &s),
        cmocka_unit_test_prestate(options_may_be_of_another_age, &s),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests_name("havenlink", tests, NULL, NULL);
    havenlink_table_free(s.table);
    havenlink_model_free(s.model);
    return failed;
}
