/* Conditions: parsing and running. Promises: an error is named and the output untouched; the interpreter ends with a value or a named error for every tree
 * that parses, and gives the same twice. The first byte chooses dialect and naming. */
#include "fuzz.h"
#include "linkage/expr.h"

static enum err_code leaf(void *ctx, const struct expr *x, struct value *ret, struct err *e)
{
    (void)ctx;
    (void)e;
    static const struct str texts[] = {{"smith", 5}, {"1990-01-31", 10}, {"[\"a\",\"b\",null]", 14}, {"12.5", 4}, {"\xC3\xA9t\xC3\xA9", 5}};
    size_t k = (x->column + x->side) % 6;
    *ret = k == 5 ? value_null : (struct value){.type = VALUE_TEXT, .text = texts[k]};
    return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_arena_ struct arena a, scratch;
    struct expr_names names = {.a = &a};
    struct expr *x = NULL;
    struct err e = {0};
    arena_init(&a, (size_t)32 << 20);
    arena_init(&scratch, LIMIT_LINK_SCRATCH_BYTES);
    if (size == 0 || size > 4096)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    enum err_code code = expr_parse(&a, text, data[0] & 1 ? DIALECT_SPARK : DIALECT_DUCKDB, data[0] & 2 ? NAMING_PREFIX : NAMING_SUFFIX, &names, &x, &e);
    must((code == ERR_OK) == (x != NULL));
    must(code == ERR_OK || (e.code == code && e.message[0]));
    struct expr_scope scope = {.leaf = leaf, .a = &scratch};
    struct value v[2] = {value_null, value_null};
    for (int i = 0; code == ERR_OK && i < 2; i++) {
        enum err_code ran = expr_eval(x, &scope, &v[i], &e);
        must(ran == ERR_OK || e.message[0]);
        if (ran != ERR_OK)
            break;
        must(i == 0 || v[0].type == v[1].type);
    }
    expr_names_release(&names);
    return 0;
}
