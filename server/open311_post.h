/*
 * open311_post - a POST of GeoReport v2: who sends it, and what it asks to be done.
 *
 *   open311_post_begin     the body is read off the loop
 *   post_on_form           whose key is it?
 *   post_on_client         may it; then the way goes on
 *   open311_post_admit     of the hour's there are some left
 *   open311_post_end       after the answer, or when the client has left
 */
#ifndef SYNPUNKT_SERVER_OPEN311_POST_H
#define SYNPUNKT_SERVER_OPEN311_POST_H

#include <stdbool.h>

#include "server/api_client.h"
#include "server/open311_errors.h"
#include "server/open311_form.h"
#include "server/submission.h"

struct db_call;
struct form_body;
struct intake_call;
struct open311_post;
struct worker;

#define OPEN311_DESCRIPTION_MAX 4000 /* code points, CRLF counted as one */

/* What is sent: a request, or an update to one. */
struct open311_way {
	const char *scope; /* that the key must have */
	void (*run)(struct open311_post *op);
};

struct open311_post {
	struct http_request *req;
	struct worker *worker;
	enum open311_format format;
	bool test; /* nothing is stored */
	const struct open311_way *way;
	struct open311_form form;
	struct api_client client;
	struct open311_errors errors;
	struct db_call *call;       /* in flight, or NULL */
	struct intake_call *intake; /* likewise */
	struct submission submission;
};

extern const struct open311_way open311_request_way, open311_update_way;

void open311_post_begin(struct http_request *req, enum open311_format format, bool test,
	const struct open311_way *way);
/* -1 when there are none left, which is answered; op is gone then. */
int open311_post_admit(struct open311_post *op);
/* The reporter's words as sent; NULL: none. A fault when there are too many. */
const char *open311_post_description(struct open311_post *op);
/* Frees op. The request is answered. */
void open311_post_end(struct open311_post *op);
/* Answers with an error, or with all of op's, and ends it. */
void open311_post_fail(struct open311_post *op, const struct error *err);
void open311_post_refuse(struct open311_post *op);
/* An id that nothing has: what the test endpoint answers. The request's. */
const char *open311_post_made_up(struct open311_post *op);

#endif
