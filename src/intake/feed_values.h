/* feed_values.h: the kinds of value that a feed's definition is made of, read from JSON; private to the room.
 *
 * Every error names the file, the line and the key, and says what may stand there. */
#ifndef HAVEN_INTAKE_FEED_VALUES_H
#define HAVEN_INTAKE_FEED_VALUES_H

#include "intake/feed_int.h"

struct parser {
    struct feed *f;
    struct arena *a; /* the feed's */
    const char *file;
    struct err *e;
};
#define PARSER_NEW(p, type, count) ARENA_NEW((p)->a, type, (count) ? (count) : 1)

enum err_code parser_fail(struct parser *p, const struct json *v, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
enum err_code parser_no_memory(struct parser *p);
/* A key that is not known is an error: a misspelt key would otherwise lose data silently. */
enum err_code parser_only_keys(struct parser *p, const struct json *v, const char *where, const char *const *known);
#define ONLY_KEYS(p, v, where, ...) ERR_TRY(parser_only_keys((p), (v), (where), (const char *const[]){__VA_ARGS__, NULL}))

enum err_code parser_text(struct parser *p, const struct json *parent, const char *key, struct str *ret);
enum err_code parser_word(struct parser *p, const struct json *v, const char *key, const struct word_list *l, int *ret);
enum err_code parser_word_required(struct parser *p, const struct json *parent, const char *key, const struct word_list *l, int *ret);
enum err_code parser_column(struct parser *p, const struct json *v, const char *key, int *ret);
enum err_code parser_column_optional(struct parser *p, const struct json *parent, const char *key, int *ret);
/* A list of columns. */
enum err_code parser_columns(struct parser *p, const struct json *v, const char *key, const int **ret, size_t *ret_n);
/* A word, a rule, or a list of rules; absent: none. */
enum err_code parser_words(struct parser *p, const struct json *v, const char *key, const struct word_list *l, struct feed_words *ret);
/* A list of date styles. */
enum err_code parser_styles(struct parser *p, const struct json *v, const char *key, struct feed_time_part *part);
/* A column, {"column", "dates"}, or a list of these; absent: none. */
enum err_code parser_time(struct parser *p, const struct json *v, const char *key, const struct feed_time_part *otherwise,
                          struct feed_time *ret);

#endif
