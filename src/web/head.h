/* head.h: is this a request that every HTTP implementation reads in the same way? Private to the room. */
#ifndef HAVEN_WEB_HEAD_H
#define HAVEN_WEB_HEAD_H

#include "base/base.h"

enum web_head_state {
    WEB_HEAD_UNKNOWN,
    WEB_HEAD_MORE,    /* good so far, not complete */
    WEB_HEAD_GOOD,
    WEB_HEAD_REFUSED, /* see status and why */
};
struct web_head {
    enum web_head_state state;
    int status;      /* of the refusal: 400, 413, 414, 417, 431, 505 */
    const char *why; /* one sentence for whoever sent it */
};

/* Checks the bytes received so far. `port` is the one listened on: Host must be localhost, 127.0.0.1 or [::1] with it. Pure. */
struct web_head web_head_check(struct str bytes, int port);

#endif
