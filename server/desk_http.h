/* desk_http - /api/v1/desk: the queue, one case, what is done with it, and changes as
 * they happen. */
#ifndef SYNPUNKT_SERVER_DESK_HTTP_H
#define SYNPUNKT_SERVER_DESK_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/http.h"
#include "server/access.h"

struct db_rows;
struct desk_act;
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
/* Answers what came of a change, by the word that act() and its like have for it: the
 * case as it is now, or why not. version is the case's after it. Sets http_on_close().
 */
void desk_act_reply(struct http_request *req, const struct desk_act *what,
	const char *outcome, int64_t version);
/* True: it was answered that a change wants If-Match. ret: as desk_act's versions. */
bool desk_refuse_unseen(struct http_request *req, const char **ret);

/* Answers with it and its ETag. */
void desk_case_reply(struct http_request *req, int status, const struct db_rows *rows);

#endif
