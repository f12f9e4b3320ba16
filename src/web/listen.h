/* listen.h: from "127.0.0.1:8080" to a listening socket, loopback only. Private to the room. */
#ifndef HAVEN_WEB_LISTEN_H
#define HAVEN_WEB_LISTEN_H

#include "base/base.h"

/* Listens; *ret_fd is non-blocking and closes on exec, *ret_port is the port in fact (it may have been asked as 0), ret_url gets
 * "http://127.0.0.1:8080/". */
enum err_code web_listen(const char *listen, int *ret_fd, int *ret_port, char ret_url[64], struct err *e);

#endif
