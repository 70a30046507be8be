/* template_private - what reading and writing of templates share; nobody else includes
 * it. */
#ifndef SYNPUNKT_SERVER_TEMPLATE_PRIVATE_H
#define SYNPUNKT_SERVER_TEMPLATE_PRIVATE_H

#include <stdbool.h>

struct db_call;
struct http_request;

struct template_op {
	struct http_request *req;
	struct db_call *call;
	const char *id, *session;
	int limit;            /* of a list */
	int status;           /* of an answer with the template */
	const char *conflict; /* why it was not done, or NULL */
};

/* NULL: it was answered. is_one: the path names one. */
struct template_op *template_op_new(struct http_request *req, bool is_one);

void template_reply_missing(struct http_request *req);

/* Answers with the template that has the id: as it is, or with conflict as 409. */
void template_one_read(struct template_op *op);

#endif
