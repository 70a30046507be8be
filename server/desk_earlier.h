/* desk_earlier - a case that the caller's boards have passed on: their own part of it.
 */
#ifndef SYNPUNKT_SERVER_DESK_EARLIER_H
#define SYNPUNKT_SERVER_DESK_EARLIER_H

struct desk_case;
struct http_request;

enum desk_earlier_why {
	DESK_EARLIER_SHOWN,    /* asked for: 200 */
	DESK_EARLIER_CONFLICT, /* what was to be done came too late: 409, as "current"
				*/
};

/* Answers, later; 404 when no board of the caller's ever held the case. */
void desk_earlier_reply(struct http_request *req, const struct desk_case *about,
	enum desk_earlier_why why);

/* One case as an answer, with its version as the ETag. */
void desk_answer_reply(
	struct http_request *req, int status, const char *version, const char *text);

#endif
