/* err.c: see err.h. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    int exit_status, http_status;
} codes[] = {
#define X(name, text, exit_status, http_status) {text, exit_status, http_status},
    ERR_CODES(X)
#undef X
};

void err_clear(struct err *e)
{
    if (e) {
        e->code = ERR_OK;
        e->message[0] = e->detail[0] = '\0';
    }
}

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (!e)
        return code;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e->message, sizeof e->message, fmt, ap); /* a cut message is still a message */
    va_end(ap);
    e->detail[0] = '\0';
    e->code = code;
    return code;
}

void err_detail(struct err *e, const char *fmt, ...)
{
    if (!e)
        return;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e->detail, sizeof e->detail, fmt, ap);
    va_end(ap);
}

enum err_code err_frame(struct err *e, const char *fmt, ...)
{
    if (!e)
        return ERR_OK;
    char frame[sizeof e->message], old[sizeof e->message];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(frame, sizeof frame, fmt, ap);
    va_end(ap);
    memcpy(old, e->message, sizeof old);
    size_t n = strlen(frame);
    if (n > sizeof e->message / 2)
        n = sizeof e->message / 2; /* the innermost message matters most */
    (void)snprintf(e->message, sizeof e->message, "%.*s: %.*s", (int)n, frame,
                   (int)(sizeof e->message - n - 3), old);
    return e->code;
}

const char *err_text(enum err_code code) { return codes[code].text; }
int err_exit_status(enum err_code code) { return codes[code].exit_status; }
int err_http_status(enum err_code code) { return codes[code].http_status; }
