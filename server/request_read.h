/*
 * request_read - what several addresses read of a request in the same way.
 *
 * A value that is wrong becomes a fault and is not answered here.
 */
#ifndef SYNPUNKT_SERVER_REQUEST_READ_H
#define SYNPUNKT_SERVER_REQUEST_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/error.h"

struct faults;
struct http_request;
struct json_field;

/* ?name=, or NULL when it is not there or empty. */
const char *request_value(struct http_request *req, const char *name);

/* The same for a day, YYYY-MM-DD; NULL and a fault for what is none. */
const char *request_day(
	struct http_request *req, const char *name, struct faults *faults);

/* Of a member of the body: a fault for what is no day; NULL is none. */
void request_day_judge(const char *text, const char *name, struct faults *faults);

/* The same as request_day() for degrees, from -limit to limit; 0 and a fault for what
 * are none, also when they are not there. */
double request_degrees(struct http_request *req, const char *name, double limit,
	struct faults *faults);
/* The number that a text begins with, digits with at most one point and perhaps a
 * minus; *end is what follows it, or the text where there is none. */
double request_number(const char *text, const char **end);

/* Without the city's rows, which come a moment after the start, any code is taken: the
 * session has no role at a board that is not there. */
bool request_board_known(struct http_request *req, const char *board);

/* Answers with an error of its own words. */
void request_refuse(struct http_request *req, enum err_code code, const char *why);

/* Answers where word is one of the rows' outcomes: the database's word for a change
 * that it did not do. False: it is none of them. */
struct outcome_row {
	const char *outcome;
	enum err_code code;
	const char *field, *text; /* field NULL: the whole request */
};
bool outcome_refuse(struct http_request *req, const struct outcome_row *rows, size_t n,
	const char *word);

/* What is the id of a row: digits that a bigint holds, as they came; else NULL. text
 * may be NULL. */
const char *request_id(const char *text);

/* The case whose number is in the address, as parameters of a statement. A number that
 * is none becomes 0 and 0, which no case has, so that the question can be asked all the
 * same. Belongs to the request's arena. */
struct request_case {
	const char *year, *serial;
};
struct request_case request_case(struct http_request *req);

/* The token of "Authorization: Bearer …", here a follow-up code. NULL when there is
 * none, which is answered. */
const char *request_bearer(struct http_request *req);

/* The body's JSON object into *ret, as fields say. -1 when it is none, which is
 * answered. */
int request_fields(struct http_request *req, const struct json_field *fields, void *ret,
	struct faults *faults);

#endif
