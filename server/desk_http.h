/* desk_http - /api/v1/desk: the queue, one case, what is done with it, and changes as
 * they happen. */
#ifndef SYNPUNKT_SERVER_DESK_HTTP_H
#define SYNPUNKT_SERVER_DESK_HTTP_H

#include <stdbool.h>

#include "lib/http.h"
#include "server/access.h"

struct db_rows;
struct session;

extern const struct http_route desk_routes[];
extern const struct http_route desk_act_routes[];

/* True: none of the caller's roles has to do with cases, which was answered with 403.
 */
bool desk_refuse_outsider(struct http_request *req);
/* True: it was answered that the password is wanted again before this (sensitive.h). */
bool desk_refuse_unconfirmed(struct http_request *req, enum case_action action);

/* What read() gave as JSON text, with the caller's actions; in the request's arena. */
const char *desk_case_text(struct http_request *req, const struct db_rows *rows);
/* Answers with it and its ETag. */
void desk_case_reply(struct http_request *req, int status, const struct db_rows *rows);

#endif
