/* desk_act_body - what was asked for, from the body of a request that changes a case.
 */
#ifndef SYNPUNKT_SERVER_DESK_ACT_BODY_H
#define SYNPUNKT_SERVER_DESK_ACT_BODY_H

#include <stddef.h>

#include "server/case_flow.h"

struct http_request;

/* The JSON object that synpunkt_desk.act() takes as change, the request's; an empty
 * body is an empty object. NULL: something was wrong with it, and the request has been
 * answered. */
const char *desk_act_body_read(
	struct http_request *req, enum case_action action, const char *bytes, size_t n);

#endif
