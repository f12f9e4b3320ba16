/* The JSON parser. Promises: an error is named, with the output untouched; what is accepted, written and read again,
 * is written the same; every text in it is UTF-8 without NUL. */
#include "fuzz.h"

static void write_value(struct json_out *o, const struct json *v)
{
    size_t bad;
    char key[5000];
    switch (v->type) {
    case JSON_STRING:
        must(utf8_valid(v->text, &bad));
        jo_str(o, v->text);
        break;
    case JSON_NUMBER:
        jo_double(o, v->number);
        break;
    case JSON_BOOL:
        jo_bool(o, v->boolean);
        break;
    case JSON_ARRAY:
        jo_array(o);
        JSON_EACH(item, v)
            write_value(o, item);
        jo_end_array(o);
        break;
    case JSON_OBJECT:
        jo_object(o);
        JSON_EACH(item, v) {
            must(item->key.n < sizeof key && utf8_valid(item->key, &bad));
            memcpy(key, item->key.p, item->key.n);
            key[item->key.n] = '\0';
            jo_key(o, key);
            must(json_get(v, key) == item);
            write_value(o, item);
        }
        jo_end_object(o);
        break;
    default:
        jo_null(o);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 4096)
        return 0;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 8 << 20);
    const struct json *v = NULL, *again = NULL;
    struct err e = {.code = ERR_OK};
    if (json_parse(&a, (struct str){(const char *)data, n}, NULL, &v, &e) != ERR_OK) {
        must(e.code != ERR_OK && e.message[0] && !v);
        return 0;
    }
    _cleanup_buf_ struct buf once, twice;
    buf_init(&once, 1 << 20);
    buf_init(&twice, 1 << 20);
    struct json_out o;
    jo_init(&o, &once, n % 3);
    write_value(&o, v);
    must(!once.failed && json_parse(&a, buf_as_str(&once), NULL, &again, &e) == ERR_OK);
    jo_init(&o, &twice, n % 3);
    write_value(&o, again);
    must(str_eq(buf_as_str(&once), buf_as_str(&twice)));
    return 0;
}
