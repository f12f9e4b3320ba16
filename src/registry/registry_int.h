/* registry_int.h: what the files of this room share: lists gathered from rows, sealed reasons, names. */
#ifndef HAVEN_REGISTRY_REGISTRY_INT_H
#define HAVEN_REGISTRY_REGISTRY_INT_H

#include "registry/registry.h"
#include "sql/registry_sql.h"

/* Moves a list that was gathered in `b` to the arena; `what` for the error. The buffer is released either way. */
enum err_code registry_list(struct buf *b, struct arena *a, size_t size, const char *what, void *ret, size_t *ret_n, struct err *e);
#define REGISTRY_LIST(b, a, what, ret, ret_n, e) registry_list((b), (a), sizeof **(ret), (what), (ret), (ret_n), (e))
/* Copies a text column; ERR_NO_MEMORY when the arena is full. */
enum err_code registry_text(const struct store_cursor *c, size_t column, struct arena *a, struct str *ret, struct err *e);

/* Keeps words that may name anybody, sealed under a key of their own; gives the row's id. Inside a transaction. */
enum err_code registry_reason_put(struct store *s, const struct vault *v, struct str words, int64_t *ret_id, struct err *e);
/* Copies them to the arena. */
enum err_code registry_reason_get(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct str *ret, struct err *e);

/* The name of an account or agreement: 1 to LIMIT_REGISTRY_NAME_BYTES small letters, digits, dots and hyphens, not at either end. `what`: "a user". */
enum err_code registry_name_check(struct str name, const char *what, struct err *e);
/* A line of text that is kept: not empty, valid UTF-8, no line ends, within LIMIT_REGISTRY_TEXT_BYTES. */
enum err_code registry_line_check(struct str text, const char *what, struct err *e);

/* setup.c: the demonstration users. */
enum err_code registry_demo_find(struct store *s, struct str name, struct arena *a, struct registry_user *ret, bool *ret_found, struct err *e);
static inline bool registry_is_demo(const struct registry_user *u) { return u->id < 0; }

/* sharing.c: as registry_sharings, by agreements alone, also while the hub is being set up. */
enum err_code registry_sharings_agreed(struct store *s, int64_t agency, enum access_purpose purpose, int64_t now_ms, struct arena *a, struct access_sharing **ret, size_t *ret_n,
                                       struct err *e);

/* relations.c: the row alone, for glass.c too. */
enum err_code registry_relation_insert(struct store *s, const struct registry_relation *r, int64_t now_ms, int64_t *ret_id, struct err *e);

/* sessions.c */
enum err_code registry_session_open(struct store *s, const struct vault *v, int64_t user, struct str device, int64_t step_up_until_ms, int64_t now_ms, struct vault_token *ret,
                                    int64_t *ret_id, struct err *e);
enum err_code registry_sessions_end(struct store *s, int64_t user, const char *why, int64_t now_ms, struct err *e);

#endif
