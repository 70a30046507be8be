/* disclosure_private - what reading and changing of disclosures share; nobody else
 * includes it. */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_PRIVATE_H
#define SYNPUNKT_SERVER_DISCLOSURE_PRIVATE_H

#include <stdbool.h>

#include "server/request_read.h"

struct db_call;
struct db_rows;
struct error;
struct http_request;

#define DISCLOSURE_CASES_MAX 500 /* of one */
#define DISCLOSURE_CASES_TEXT "500"
#define DISCLOSURE_MAIL_TEXT "7"    /* MAIL_ENCLOSED_MAX, in MiB */
#define DISCLOSURE_YEAR_MAX "20000" /* of a board and a year */

struct disclosure_op {
	struct http_request *req;
	struct db_call *call;
	const char *id, *session;
	struct request_case about; /* where a case is named */
	int limit;                 /* of a list */
	int status;                /* of an answer with the disclosure */
	const char *adding; /* what adding cases came to, as JSON; NULL: none were */
};

/* NULL: it was answered. is_one: the path names one. */
struct disclosure_op *disclosure_op_new(struct http_request *req, bool is_one);

void disclosure_reply_missing(struct http_request *req);

/* The op's call ends with its request, as since disclosure_op_new(). */
void disclosure_op_watch(struct disclosure_op *op);

/* Answers with one of the database's words, or of the server's own: why not. The
 * problem has it as its outcome. False: it is none of them. */
bool disclosure_refuse(struct disclosure_op *op, const char *outcome);

/* True: the database's word is that a change was not done, or it failed; which is
 * answered. */
bool disclosure_was_refused(
	struct disclosure_op *op, const struct db_rows *rows, const struct error *err);

/* Answers with the disclosure that has the id. */
void disclosure_one_read(struct disclosure_op *op);
/* With the documents of the case. */
void disclosure_case_read(struct disclosure_op *op);

#endif
