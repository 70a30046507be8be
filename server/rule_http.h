/*
 * rule_http - /api/v1/desk/rules: versions of the routing rules. Which there are, one
 * with what is to be said of it, a new one, and which is in force when.
 *
 * Those who lead a board read them; an administrator makes and activates them, which
 * the database decides (0096_rules_desk.sql).
 */
#ifndef SYNPUNKT_SERVER_RULE_HTTP_H
#define SYNPUNKT_SERVER_RULE_HTTP_H

#include "lib/db.h"
#include "lib/http.h"
#include "server/rule_look.h"

extern const struct http_route rule_routes[];        /* read, checked, made */
extern const struct http_route rule_change_routes[]; /* in force or no more */

struct body_text;
struct json_field;

/* One call; the request's arena owns it. */
struct rule_op {
	struct http_request *req;
	struct db_call *call;
	struct rule_look *look;
	struct body_text *text;           /* a body that is read back, or NULL */
	const struct json_field *fields;  /* of the body */
	void (*then)(struct rule_op *op); /* when it is read */
	const char *version; /* digits, of the address; NULL: there is none in it */
	const char *whole;   /* what the database told of the version */
	/* of a body */
	int64_t based_on, leaves;
	const char *note, *rules, *from;
};

/* NULL: it was answered. */
struct rule_op *rule_op_new(struct http_request *req);

/* Answers by the word that the database has for it; true: it was answered. */
bool rule_refuse(struct rule_op *op, const char *outcome);

#endif
