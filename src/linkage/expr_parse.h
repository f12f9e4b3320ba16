/* expr_parse.h: the parser of conditions between its files (private to expr_*.c): tokens, nodes, calls, primaries, operators.
 * All of them stop at the first error, which shows the place; memory is the arena's. */
#ifndef HAVEN_LINKAGE_EXPR_PARSE_H
#define HAVEN_LINKAGE_EXPR_PARSE_H

#include "linkage/expr.h"

enum token_type { TOKEN_END, TOKEN_NAME, TOKEN_QUOTED, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_SIGN };

struct token {
    enum token_type type;
    struct str text; /* as written; QUOTED and TEXT: without quotes, doubled ones still doubled */
    uint32_t at;
};

struct parser {
    struct arena *a;
    struct str text;
    size_t pos;
    struct token now;
    enum expr_dialect dialect;
    enum expr_naming naming;
    struct expr_names *names;
    struct str params[LIMIT_LINK_LAMBDAS];
    size_t n_params;
    unsigned depth, operators;
    struct err *e;
};

#define FAIL(p, code, at, ...) expr_error((p)->e, code, (p)->text, at, __VA_ARGS__)

/* ---- expr_token.c ---- */

/* Reads the next token into p->now. */
enum err_code expr_token_next(struct parser *p);
bool expr_at_sign(const struct parser *p, const char *sign);
bool expr_at_word(const struct parser *p, const char *word);
enum err_code expr_take_sign(struct parser *p, const char *sign);
enum err_code expr_take_word(struct parser *p, const char *word);
/* Doubled quotes single. */
enum err_code expr_unquote(struct parser *p, struct token t, char quote, struct str *ret);
/* What a text token stands for, by dialect. */
enum err_code expr_text_of(struct parser *p, struct token t, struct str *ret);

/* ---- expr_node.c ---- */

enum err_code expr_node_new(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, size_t n, struct expr **ret);
/* Sides and free parameters of a node follow from its children: called once they are set. */
struct expr *expr_node_close(struct expr *x);
enum err_code expr_node_two(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, struct expr *l, struct expr *r, struct expr **ret);
enum err_code expr_node_one(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, struct expr *l, struct expr **ret);
enum err_code expr_node_literal(struct parser *p, struct value v, uint32_t at, struct expr **ret);
/* Refuses what cannot be true or false. */
enum err_code expr_want_bool(struct parser *p, const struct expr *x);
/* A parameter of a lambda, or a column of a side. */
enum err_code expr_name_resolve(struct parser *p, struct str name, uint32_t at, struct expr **ret);

/* ---- expr_call.c ---- */

enum err_code expr_parse_type(struct parser *p, enum value_type *ret);
enum err_code expr_node_cast(struct parser *p, struct expr *x, enum value_type type, bool try_cast, uint32_t at, struct expr **ret);
enum err_code expr_parse_cast(struct parser *p, bool try_cast, uint32_t at, struct expr **ret);
/* From the bracket on; at most LIMIT_LINK_ARGUMENTS. */
enum err_code expr_parse_arguments(struct parser *p, struct expr **args, size_t *n);
bool expr_is_literal_text(const struct expr *x);
enum err_code expr_call_prepare(struct parser *p, struct expr *x);
/* A call that the text does not have. */
enum err_code expr_call_two(struct parser *p, enum expr_fn fn, enum value_type type, struct expr *l, struct expr *r, struct expr **ret);
enum err_code expr_parse_call(struct parser *p, struct str name, uint32_t at, struct expr **ret);

/* ---- expr_primary.c ---- */

/* Those who walk the tree do so by recursion, so its operators are limited. */
enum err_code expr_count_operator(struct parser *p);
enum err_code expr_parse_word(struct parser *p, struct expr **ret);
enum err_code expr_parse_postfix(struct parser *p, struct expr **ret);

/* ---- expr_parse.c ---- */

enum err_code expr_parse_or(struct parser *p, struct expr **ret);

#endif
