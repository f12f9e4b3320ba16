/* Case files. Promises: an error is named and nothing is added to the output; what is judged is one line of JSON that can be read, and the same again for the same bytes. */
#include "fuzz.h"
#include "review/review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char settings[] = "{\"link_type\": \"dedupe_only\", \"unique_id_column_name\": \"unique_id\", \"probability_two_random_records_match\": 0.01, "
        "\"blocking_rules_to_generate_predictions\": [\"l.surname = r.surname\"], \"comparisons\": [{\"output_column_name\": \"surname\", \"comparison_levels\": ["
        "{\"sql_condition\": \"surname_l is null or surname_r is null\", \"is_null_level\": true}, {\"sql_condition\": \"surname_l = surname_r\", \"m_probability\": 0.9, \"u_probability\": 0.01}, "
        "{\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.99}]}]}";
    struct link_model *m = NULL;
    struct err e = {.code = ERR_OK};
    if (n > 16384)
        return 0;
    must(link_model_parse(str_of(settings), NULL, &m, &e) == ERR_OK);
    _cleanup_buf_ struct buf once, twice;
    buf_init(&once, 1 << 20);
    buf_init(&twice, 1 << 20);
    struct str text = {(const char *)data, n};
    enum err_code code = review_assess(m, text, &once, &e);
    must(code == ERR_OK ? once.n > 0 && once.p[once.n - 1] == '\n' : e.code == code && e.message[0] && once.n == 0);
    if (code == ERR_OK) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 8 << 20);
        const struct json *line;
        must(json_parse(&a, buf_as_str(&once), NULL, &line, &e) == ERR_OK && json_is(json_get(line, "stalking"), JSON_STRING));
        must(review_assess(m, text, &twice, &e) == ERR_OK && str_eq(buf_as_str(&once), buf_as_str(&twice)));
    }
    link_model_free(m);
    return 0;
}
