/* answer.h: a request that passed the gate gets its page. Private to the room. */
#ifndef HAVEN_WEB_ANSWER_H
#define HAVEN_WEB_ANSWER_H

#include "web/web.h"

#include <microhttpd.h>

/* What the polling thread works with. */
struct web_answerer {
    const struct web_options *options;
    struct arena arena; /* of the request at hand; wiped after it */
};

/* On every reply, the gate's refusals too. */
struct web_header { const char *name, *value; };
extern const struct web_header web_headers[];
extern const size_t web_n_headers;

/* Callbacks of libmicrohttpd; cls is a struct web_answerer. */
void *web_answer_target(void *cls, const char *target, struct MHD_Connection *c);
enum MHD_Result web_answer(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                           const char *upload, size_t *upload_n, void **con_cls);
void web_answer_done(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why);
/* Paths are decoded once, by target.c. */
size_t web_answer_no_unescape(void *cls, struct MHD_Connection *c, char *text);

#endif
