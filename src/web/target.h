/* target.h: from a request's target to a struct req, and to its route. Private to the room. */
#ifndef HAVEN_WEB_TARGET_H
#define HAVEN_WEB_TARGET_H

#include "web/web.h"

/* Fills path and params from "/review/C1?page=2". ERR_FORMAT: a bad escape, an encoded or doubled slash, a . or .. segment, control
 * characters, not UTF-8; ERR_LIMIT: more than LIMIT_PARAMS fields. */
enum err_code web_target_parse(struct str target, struct req *ret, struct err *e);

/* The route of r->path and r->method (HEAD is GET). NULL when there is none; then *ret_other_method tells whether the path has
 * one for another method. The route's {names} go before r->params. */
const struct web_route *web_route_find(const struct web_route *routes, size_t n, struct req *r, bool *ret_other_method);

#endif
