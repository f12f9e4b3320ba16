/* gate.h: the listening socket and the first look at every request. Private to the room. */
#ifndef HAVEN_WEB_GATE_H
#define HAVEN_WEB_GATE_H

#include "base/base.h"

/* Takes ownership of `fd`, a connection whose request's head is complete and good. */
typedef void web_gate_pass(void *ctx, int fd);

/* Accepts on listen_fd until stop_fd is readable. A head has to be complete within WEB_HEAD_SECONDS; at LIMIT_CONNECTIONS
 * that wait, the one that waits longest makes room. */
enum err_code web_gate_run(int listen_fd, int stop_fd, int port, web_gate_pass *pass, void *ctx, struct err *e);
#define WEB_HEAD_SECONDS 10

#endif
