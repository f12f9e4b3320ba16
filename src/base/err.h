/* err.h: one error type for the whole product.
 *
 * A function that can fail returns `enum err_code` (0 is success) and takes a
 * caller-owned `struct err *` as its last parameter. The struct holds a message for
 * the user (what was wrong, where, what to do) and a detail for the operator's log.
 * Nothing is allocated on the failure path, outputs are untouched on failure, and a
 * person's data never reaches an error text: messages name columns, lines and limits,
 * not values. */
#ifndef HAVEN_BASE_ERR_H
#define HAVEN_BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

/* X(name, text, exit status, HTTP status): the single table of codes. Exit statuses are
 * those of the command contract: 1 findings, 2 wrong use, 3 environment, 4 refused, 130 stopped by Ctrl-C. */
#define ERR_CODES(X)                                         \
    X(OK, "ok", 0, 200)                                      \
    X(FINDINGS, "done, with findings", 1, 200)               \
    X(NOT_FOUND, "not found", 1, 404)                        \
    X(USAGE, "wrong use", 2, 400)                            \
    X(FORMAT, "the input is not in the expected form", 2, 400) \
    X(LIMIT, "a limit was exceeded", 2, 413)                 \
    X(UNSUPPORTED, "not supported", 2, 400)                  \
    X(CONFLICT, "in conflict with what is stored", 2, 409)   \
    X(IO, "input or output failed", 3, 500)                  \
    X(NO_MEMORY, "out of memory", 3, 503)                    \
    X(STORE, "the store failed", 3, 500)                     \
    X(CRYPTO, "sealing or opening failed", 3, 500)           \
    X(REFUSED, "refused", 4, 403)                            \
    X(STOPPED, "stopped, as asked", 130, 503)

enum err_code {
#define X(name, text, exit_status, http_status) ERR_##name,
    ERR_CODES(X)
#undef X
};

struct err {
    enum err_code code;
    char message[512]; /* for the user: one line, no personal data */
    char detail[512];  /* for the operator's log: the cause beneath, no personal data */
};

/* Clears `e` to ERR_OK. */
void err_clear(struct err *e);

/* Sets code and message (cut at its buffer), clears the detail, returns `code`. `e` may be NULL. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the cause beneath an error already set. */
void err_detail(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "where: " before the message of an error already set, as a frame is left. Returns e->code. */
enum err_code err_frame(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *err_text(enum err_code code);
int err_exit_status(enum err_code code);
int err_http_status(enum err_code code);

/* `ERR_TRY(f(..., e));` returns the code at once when f fails. */
#define ERR_TRY(call)                         \
    do {                                      \
        enum err_code err_try_code_ = (call); \
        if (err_try_code_ != ERR_OK)          \
            return err_try_code_;             \
    } while (0)

#endif
