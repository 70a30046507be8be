/*
 * open311_errors - what is wrong with a call of GeoReport v2, told at once, as an array
 * of code and description. The first code is the answer's status.
 *
 * 404 is something that is not known, 403 a key that is missing, wrong or may not; all
 * else that a caller did is 400. A caller who asks too often is told 429, and what is
 * our own trouble 503 or 500.
 */
#ifndef SYNPUNKT_SERVER_OPEN311_ERRORS_H
#define SYNPUNKT_SERVER_OPEN311_ERRORS_H

#include <stddef.h>

#include "server/open311_write.h"

struct error;
struct fault;
struct faults;

#define OPEN311_ERRORS_MAX 20 /* more are not told */

struct open311_errors {
	struct http_request *req;
	enum open311_format format;
	struct {
		int code;
		const char *text;
	} all[OPEN311_ERRORS_MAX];
	size_t n;
};

void open311_errors_init(struct open311_errors *errors, struct http_request *req,
	enum open311_format format);

void open311_wrong(struct open311_errors *errors, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Answers with all of them. There is one at least. */
void open311_refuse(const struct open311_errors *errors);

/* One alone, answered. */
void open311_refuse_one(struct http_request *req, enum open311_format format, int code,
	const char *text);
void open311_refuse_error(
	struct http_request *req, enum open311_format format, const struct error *err);

#endif
