/*
 * body_text - a request's body as one text, also when it is larger than what is kept
 * in memory and lies in a file: then it is read off the loop.
 */
#ifndef SYNPUNKT_SERVER_BODY_TEXT_H
#define SYNPUNKT_SERVER_BODY_TEXT_H

#include <stddef.h>

struct body_text;
struct error;
struct http_request;
struct work_pool;

/* Once, on the loop, never inside body_text_read(), unless freed first. bytes live
 * until body_text_free(). err: ERR_UNAVAILABLE, too much is waiting or the file cannot
 * be read back. */
typedef void body_text_fn(
	const char *bytes, size_t n, const struct error *err, void *arg);

/* For a body whose http_body()->fd is 0 or more; the route's max_body bounds it. NULL
 * and ERR_UNAVAILABLE when too much is waiting. */
struct body_text_call {
	struct work_pool *work;
	body_text_fn *done;
	void *arg;
};
struct body_text *body_text_read(
	struct http_request *req, const struct body_text_call *call, struct error *err);

/* At any time on the loop, also while it is read. NULL is fine. */
void body_text_free(struct body_text *text);

#endif
