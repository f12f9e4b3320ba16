/* The whole job, file to pairs and clusters, by 1, 2 and 8 threads and in ranges of different sizes: the same bytes. The model has three rules, patterns, vetoes and a
 * rule with a largest block; the file has quoted cells, line ends in cells, empty cells. */
#include "fixture.h"
#include "linkage/read.h"

#include <unistd.h>

#define ROWS 6000u
static const char model_json[] =
    "{\"link_type\":\"dedupe_only\",\"unique_id_column_name\":\"id\",\"probability_two_random_records_match\":0.0005,\"sql_dialect\":\"duckdb\","
    "\"blocking_rules_to_generate_predictions\":[\"l.surname = r.surname and l.dob = r.dob\",\"l.first = r.first and substr(l.dob, 1, 4) = substr(r.dob, 1, 4)\","
    "{\"blocking_rule\":\"l.town = r.town and substr(l.first, 1, 1) = substr(r.first, 1, 1)\",\"haven_max_block\":40}],"
    "\"haven_veto\":[\"sex_l <> sex_r\"],\"comparisons\":["
    "{\"output_column_name\":\"first\",\"comparison_levels\":[{\"sql_condition\":\"first_l IS NULL OR first_r IS NULL\",\"is_null_level\":true},"
    "{\"sql_condition\":\"first_l = first_r\",\"m_probability\":0.8,\"u_probability\":0.02,\"tf_adjustment_column\":\"first\"},"
    "{\"sql_condition\":\"jaro_winkler_similarity(first_l, first_r) >= 0.8\",\"m_probability\":0.1,\"u_probability\":0.05},"
    "{\"sql_condition\":\"ELSE\",\"m_probability\":0.1,\"u_probability\":0.93}]},"
    "{\"output_column_name\":\"surname\",\"comparison_levels\":[{\"sql_condition\":\"surname_l IS NULL OR surname_r IS NULL\",\"is_null_level\":true},"
    "{\"sql_condition\":\"surname_l = surname_r\",\"m_probability\":0.85,\"u_probability\":0.01},"
    "{\"sql_condition\":\"levenshtein(surname_l, surname_r) <= 1\",\"m_probability\":0.1,\"u_probability\":0.02},"
    "{\"sql_condition\":\"ELSE\",\"m_probability\":0.05,\"u_probability\":0.97}]},"
    "{\"output_column_name\":\"town\",\"comparison_levels\":[{\"sql_condition\":\"regexp_extract(town_l, '^[a-z]+', 0) = regexp_extract(town_r, '^[a-z]+', 0)\","
    "\"m_probability\":0.7,\"u_probability\":0.1},{\"sql_condition\":\"ELSE\",\"m_probability\":0.3,\"u_probability\":0.9}]},"
    "{\"output_column_name\":\"dob\",\"comparison_levels\":[{\"sql_condition\":\"try_strptime(dob_l, '%Y-%m-%d') IS NULL OR try_strptime(dob_r, '%Y-%m-%d') IS NULL\","
    "\"is_null_level\":true},{\"sql_condition\":\"dob_l = dob_r\",\"m_probability\":0.9,\"u_probability\":0.001},"
    "{\"sql_condition\":\"ELSE\",\"m_probability\":0.1,\"u_probability\":0.999}]}]}";

static uint64_t next(uint64_t *state) { return (*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407)) >> 33; }

/* Persons of some names, each of them up to four times; sex, town and names slip. */
static void write_file(const char *path)
{
    static const char *const firsts[] = {"anna", "anne", "bela", "carl", "karl", "dora", "emil", "emily", "finn", "gus"};
    uint64_t state = 7;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "note,id,first,surname,sex,town,dob\n");
    for (unsigned id = 0; id < ROWS;) {
        uint64_t first = next(&state) % 10, surname = next(&state) % 60, town = next(&state) % 200, day = next(&state) % 120;
        for (uint64_t copies = 1 + next(&state) % 4; copies && id < ROWS; copies--, id++) {
            bool slip = next(&state) % 5 == 0;
            fprintf(f, "\"line %u\r\nof \"\"two\"\"\",p%u,%s,%ssur%u%s,%s,\"town%c, %u\",", id, id * 7919 % 100003, next(&state) % 20 ? firsts[(first + slip) % 10] : "",
                    surname % 3 ? "" : "van ", (unsigned)surname, next(&state) % 8 ? "" : "x", (const char *[]){"f", "f", "m", ""}[next(&state) % 4], (char)('a' + town % 26), (unsigned)town);
            fprintf(f, next(&state) % 12 ? "%u-%02u-%02u\n" : "\n", (unsigned)(1940 + day % 60), (unsigned)(1 + day % 12), (unsigned)(1 + day % 28));
        }
    }
    assert_int_equal(fclose(f), 0);
}

struct result {
    struct buf pairs, clusters;
    uint64_t compared;
    struct link_edge *edges;
    size_t n, cap;
    const struct link_table *t;
};

static enum err_code keep(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct result *r = ctx;
    (void)e;
    (void)buf_fmt(&r->pairs, "%.17g,%.*s,%.*s,%d%d%d%d%d,%u\n", edge->match_weight, STR_ARG(link_table_value(r->t, edge->l, 0)),
                  STR_ARG(link_table_value(r->t, edge->r, 0)), gammas[0], gammas[1], gammas[2], gammas[3], gammas[4], edge->match_key);
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 1024;
        r->edges = realloc(r->edges, r->cap * sizeof *r->edges);
        assert_non_null(r->edges);
    }
    r->edges[r->n++] = *edge;
    return ERR_OK;
}

static struct result job(const struct link_model *m, const char *path, unsigned threads, size_t chunk_bytes)
{
    const struct read_shape shape = {.threads = threads, .chunk_bytes = chunk_bytes};
    const struct link_options o = {.threshold_weight = -8, .threads = threads};
    const struct link_cluster_options co = {.method = LINK_CLUSTER_ORDERED, .threshold_weight = 7, .model = m};
    struct link_read_options ro;
    struct link_table *t = NULL;
    struct result r = {0};
    struct err e = {0};
    struct arena a;
    size_t skipped;
    arena_init(&a, 1 << 20);
    buf_init(&r.pairs, (size_t)1 << 30);
    buf_init(&r.clusters, (size_t)1 << 24);
    assert_int_equal(link_read_options_of(m, STR_NONE, &a, &ro, &e), ERR_OK);
    assert_int_equal(read_files(&path, 1, &ro, &shape, &t, &e), ERR_OK);
    r.t = t;
    assert_int_equal(link_table_rows(t), ROWS);
    assert_int_equal(link_table_column(t, STR("note")), -1);
    assert_int_equal(link_table_column(t, STR("id")), 0);
    assert_int_equal(link_predict(m, t, &o, keep, &r, &r.compared, &e), ERR_OK);
    uint32_t *cluster = malloc(ROWS * sizeof *cluster);
    assert_non_null(cluster);
    assert_int_equal(link_cluster_vetoed(t, r.edges, r.n, &co, cluster, &skipped, &e), ERR_OK);
    for (uint32_t row = 0; row < ROWS; row++)
        (void)buf_fmt(&r.clusters, "%.*s,%.*s\n", STR_ARG(link_table_value(t, cluster[row], 0)), STR_ARG(link_table_value(t, row, 0)));
    free(cluster);
    link_table_free(t);
    arena_release(&a);
    assert_false(r.pairs.failed || r.clusters.failed);
    return r;
}

static void result_free(struct result *r)
{
    free(r->edges);
    buf_release(&r->pairs);
    buf_release(&r->clusters);
}

static void any_number_of_threads(void **state)
{
    static const struct {
        unsigned threads;
        size_t chunk_bytes;
    } shapes[] = {{1, 4096}, {2, 0}, {2, 70001}, {8, 0}, {8, 1000}, {8, 30000}};
    const char *path = *state;
    struct link_model *m = fixture_model(model_json);
    struct result one = job(m, path, 1, SIZE_MAX);
    print_message("# %zu edges of %llu pairs\n", one.n, (unsigned long long)one.compared);
    assert_true(one.n > 5000 && one.compared > 30000);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct result r = job(m, path, shapes[i].threads, shapes[i].chunk_bytes);
        assert_int_equal(r.compared, one.compared);
        assert_true(str_eq(buf_as_str(&r.pairs), buf_as_str(&one.pairs)));
        assert_true(str_eq(buf_as_str(&r.clusters), buf_as_str(&one.clusters)));
        result_free(&r);
    }
    result_free(&one);
    link_model_free(m);
}

/* Else the test above would say nothing of them. */
static void vetoes_matter_here(void **state)
{
    struct link_model *m = fixture_model(model_json);
    const char *path = *state;
    struct link_table *t;
    struct err e = {0};
    assert_int_equal(link_table_read(&path, 1, &t, &e), ERR_OK);
    struct link_cannot *vetoes;
    size_t n, skipped;
    struct result again = {.t = t};
    buf_init(&again.pairs, (size_t)1 << 30);
    assert_int_equal(link_predict(m, t, &(struct link_options){.threshold_weight = 7, .threads = 2}, keep, &again, NULL, &e), ERR_OK);
    assert_int_equal(link_vetoes(m, t, again.edges, again.n, 7, &vetoes, &n, &skipped, &e), ERR_OK);
    print_message("# %zu vetoes, %zu edges, %zu components skipped\n", n, again.n, skipped);
    assert_true(n > 100);
    free(vetoes);
    result_free(&again);
    link_table_free(t);
    link_model_free(m);
}

int main(void)
{
    static char path[] = "/tmp/haven-test-threads-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0)
        return 1;
    write_file(path);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(any_number_of_threads, path),
        cmocka_unit_test_prestate(vetoes_matter_here, path),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests_name("threads", tests, NULL, NULL);
    (void)unlink(path);
    return failed;
}
