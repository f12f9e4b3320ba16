/* closed.c: what review kept of a closed record, forgotten: codings of its rows, and former cases that it alone had raised (docs/closed.md; people/closed.c has the order). */
#include "review/review.h"

#include "sql/review_sql.h"

#include <assert.h>

enum err_code review_close_begin(struct store *s, int64_t *ret_past_before, struct err *e)
{
    return store_query_int(s, &sql_review_past_last, STORE_NO_VALUES, ret_past_before, e);
}

enum err_code review_close_end(struct store *s, int64_t record, const struct people_closing *people, int64_t past_before, struct err *e)
{
    assert(store_in_transaction(s));
    ERR_TRY(STORE_RUN(s, sql_review_forget_codings, e, V_INT(record)));
    ERR_TRY(store_run(s, &sql_review_forget_past, STORE_NO_VALUES, NULL, e));
    for (size_t i = 0; i < people->n_persons; i++)
        ERR_TRY(STORE_RUN(s, sql_review_forget_past_of, e, V_INT((int64_t)people->persons[i]), V_INT(past_before)));
    return ERR_OK;
}
