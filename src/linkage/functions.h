/* functions.h: the calls of conditions (private to linkage): texts and numbers in functions.c, lists in functions_list.c. */
#ifndef HAVEN_LINKAGE_FUNCTIONS_H
#define HAVEN_LINKAGE_FUNCTIONS_H

#include "linkage/expr.h"

enum err_code functions_call(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e);
/* Calls whose arguments include a list or a lambda. */
enum err_code functions_list_call(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e);
bool functions_takes_list(enum expr_fn fn);

/* A list of n NULLs to be filled through *ret_items. */
enum err_code functions_list_new(struct arena *a, size_t n, struct value **ret_items, struct value *ret, struct err *e);
/* DuckDB's substring: characters, 1-based, negative counts from the end, 0 is the place before the first. */
struct str functions_substring(struct str s, double from, double length);
struct value value_item(struct value list, double index, unsigned base);

/* Whether l and r are forms of one name by the model's table; false when the model has none. */
bool expr_variants_are(const struct expr_variants *v, struct str l, struct str r);

#endif
