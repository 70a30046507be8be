#include "lib/http_private.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"

/* Asking too often: long enough to mean it. */
#define BUSY_RETRY_S 60

static const struct {
	int status;
	const char *title;
} titles[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
};

/* The one place where an outcome becomes a number. */
static const int statuses[] = {
	[ERR_NONE] = 500, /* an error that says nothing is our mistake */
	[ERR_INVALID] = 400,
	[ERR_UNAUTHORIZED] = 401,
	[ERR_FORBIDDEN] = 403,
	[ERR_NOT_FOUND] = 404,
	[ERR_CONFLICT] = 409,
	[ERR_TOO_LARGE] = 413,
	[ERR_UNSUPPORTED] = 415,
	[ERR_BUSY] = 429,
	[ERR_UNAVAILABLE] = 503,
	[ERR_INTERNAL] = 500,
};

struct problem {
	int status;
	const char *detail; /* NULL: none */
	const struct error *err;
	const struct faults *faults;
	const char *members; /* JSON text of more members, or NULL */
};

const char *http_status_title(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "Status";
}

/* A 422 of one member is told in the same form as one of many. */
static void problem_params(struct json_write *w, const struct problem *problem)
{
	if (problem->faults) {
		jw_key(w, "invalidParams");
		faults_write(problem->faults, w);
	} else if (problem->err && problem->err->field[0]) {
		jw_key(w, "invalidParams");
		jw_array(w);
		jw_object(w);
		jw_key_string(w, "name", problem->err->field);
		jw_key_string(w, "reason", problem->err->text);
		jw_object_end(w);
		jw_array_end(w);
	}
}

static void problem_send(struct http_request *req, const struct problem *problem)
{
	struct json_write w;

	/* What a handler had begun to say is not the answer any more. */
	evbuffer_drain(http_out(req), evbuffer_get_length(http_out(req)));
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "type", "about:blank");
	jw_key_string(&w, "title", http_status_title(problem->status));
	jw_key_int(&w, "status", problem->status);
	if (problem->detail)
		jw_key_string(&w, "detail", problem->detail);
	problem_params(&w, problem);
	jw_key_string(&w, "correlationId", http_correlation_id(req));
	if (problem->members)
		jw_raw(&w, problem->members);
	if (req->problem)
		jw_raw(&w, req->problem);
	jw_object_end(&w);
	http_reply(req, problem->status, "application/problem+json");
}

void http_status_headers(struct http_request *req, int status)
{
	char seconds[16];

	if (status == 401 && !http_has_field(req, "WWW-Authenticate"))
		http_set_header(req, "WWW-Authenticate", "Bearer");
	if ((status != 429 && status != 503) || http_has_field(req, "Retry-After"))
		return;
	snprintf(seconds, sizeof(seconds), "%u",
		status == 429 ? BUSY_RETRY_S : req->server->config.retry_after_s);
	http_set_header(req, "Retry-After", seconds);
}

/* Where no route says what it is, the client does. */
static bool wants_page(struct http_request *req)
{
	const char *accept;

	if (!req->server->config.hooks.error_page)
		return false;
	if (req->match.route)
		return req->match.route->page;
	accept = http_header(req, "Accept");
	return accept && strstr(accept, "text/html");
}

static void problem_answer(struct http_request *req, const struct problem *problem)
{
	if (!problem->members && wants_page(req))
		req->server->config.hooks.error_page(
			req, problem->status, problem->err, problem->faults);
	else
		problem_send(req, problem);
}

static int error_status(const struct error *err)
{
	if (err->code == ERR_INVALID && err->field[0])
		return 422;
	return statuses[err->code];
}

void http_reply_error(struct http_request *req, const struct error *err)
{
	const char *detail = err->code == ERR_INTERNAL ? NULL : err->text;

	problem_answer(req, &(struct problem){
				    .status = error_status(err),
				    .detail = detail && *detail ? detail : NULL,
				    .err = err,
			    });
}

void http_reply_faults(struct http_request *req, const struct faults *faults)
{
	struct error err = { 0 };

	error_set(&err, ERR_INVALID, "something in the request is not as it must be");
	problem_answer(req, &(struct problem){
				    .status = 422,
				    .detail = err.text,
				    .err = &err,
				    .faults = faults,
			    });
}

void http_add_problem(struct http_request *req, const char *members)
{
	req->problem = req->problem ? arena_printf(http_arena(req), "%s,%s",
					      req->problem, members)
				    : members;
}

void http_reply_problem(
	struct http_request *req, int status, const char *detail, const char *members)
{
	problem_send(
		req, &(struct problem){
			     .status = status, .detail = detail, .members = members });
}

static const struct {
	int status;
	enum err_code code;
} refusals[] = {
	{ 404, ERR_NOT_FOUND },
	{ 413, ERR_TOO_LARGE },
	{ 415, ERR_UNSUPPORTED },
	{ 503, ERR_UNAVAILABLE },
};

void http_refuse(struct http_request *req, int status, const char *detail)
{
	struct problem problem = { .status = status, .detail = detail };
	enum err_code code = ERR_INVALID;
	struct error err = { 0 };

	req->what = detail;
	/* A head that was not understood is no browser's: no page for it. */
	if (req->parse.state != HTTP_PARSE_DONE) {
		problem_send(req, &problem);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (refusals[i].status == status)
			code = refusals[i].code;
	}
	error_set(&err, code, "%s", detail);
	problem.err = &err;
	problem_answer(req, &problem);
}
