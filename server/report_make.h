/*
 * report_make - a report for the session of a request: the database is asked, the sums
 * and their marks are made in a thread, the document on the loop.
 */
#ifndef SYNPUNKT_SERVER_REPORT_MAKE_H
#define SYNPUNKT_SERVER_REPORT_MAKE_H

#include <stdbool.h>

#include <jansson.h>

#include "server/report.h"

struct http_request;

struct report_wanted {
	const char
		*board; /* a code; it, and the version, live as long as the request */
	struct report_period period;
	const char *version; /* digits; NULL: the latest */
};

/* Once, on the loop, unless the client has left or it was refused, which is answered.
 * report is the callee's while it runs; nothing else is left of the making. */
typedef void report_made_fn(struct http_request *req, json_t *report, void *arg);

/* arg lives as long as the request. Sets http_on_close(). */
void report_make(struct http_request *req, const struct report_wanted *wanted,
	report_made_fn *made, void *arg);

/* {board} and ?version= of the address, and a period. False: it was answered. */
bool report_asked(
	struct http_request *req, const char *period, struct report_wanted *ret);

#endif
