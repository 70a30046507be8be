/* question_limit - how many questions a minute a network may ask of what anybody may
 * ask. */
#ifndef SYNPUNKT_SERVER_QUESTION_LIMIT_H
#define SYNPUNKT_SERVER_QUESTION_LIMIT_H

struct http_request;

/* Of what: a name of its own for each count. -1: too many, which is answered with
 * Retry-After. */
int question_limit_take(
	struct http_request *req, const char *what, unsigned per_minute);

#endif
