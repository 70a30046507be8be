/* improvement_private - what reading and changing of improvement actions share; nobody
 * else includes it. */
#ifndef SYNPUNKT_SERVER_IMPROVEMENT_PRIVATE_H
#define SYNPUNKT_SERVER_IMPROVEMENT_PRIVATE_H

#include <stdbool.h>

#include "server/request_read.h"

struct db_call;
struct http_request;

/* Ceilings, as the statements take them. */
#define IMPROVEMENT_CASES_MAX "500"   /* of one action */
#define IMPROVEMENT_BOARD_MAX "2000"  /* actions of one board */
#define IMPROVEMENT_GOALS_MAX "2000"  /* told of at once */
#define IMPROVEMENT_CHANGES_MAX "200" /* told of, the latest */

struct improvement_op {
	struct http_request *req;
	struct db_call *call;
	const char *id, *session;
	struct request_case about; /* where a case is named */
	int limit;                 /* of a list */
	int status;                /* of an answer with the action */
	int told;                  /* who heard of it, -1: nobody was to */
	const char *conflict;      /* why it was not done, or NULL */
};

/* NULL: it was answered. is_one: the path names one. */
struct improvement_op *improvement_op_new(struct http_request *req, bool is_one);

void improvement_reply_missing(struct http_request *req);

/* Answers with the action that has the id: as it is, or with conflict as 409. */
void improvement_one_read(struct improvement_op *op);

#endif
