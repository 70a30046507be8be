/* access - who may call a route, and who may do what with a case. A route without any
 * bit is refused at start-up. */
#ifndef SYNPUNKT_SERVER_ACCESS_H
#define SYNPUNKT_SERVER_ACCESS_H

#include <stdbool.h>

#include <jansson.h>

#include "server/case_flow.h"

struct session;

enum access {
	ACCESS_ANYONE = 1 << 0, /* no credentials asked for */
	ACCESS_CODE = 1 << 1,   /* number and follow-up code; the handler checks them */
	ACCESS_OPERATOR = 1 << 2,   /* served on the operations address only */
	ACCESS_STAFF = 1 << 3,      /* a session; session.h, before the body is read */
	ACCESS_CLIENT = 1 << 5,     /* a system's key; with ANYONE: if it has one */
	ACCESS_UNENROLLED = 1 << 4, /* with STAFF: also before the second factor that a
				       role asks for is there */
};

/* Any one of these roles, at the board that holds the case. NULL-terminated. */
const char *const *access_roles(enum case_action action);

/* unit is the case's, or NULL. */
bool access_allows(const struct session *session, enum case_action action,
	const char *board, const char *unit);

/* Of every role that there is, as the table staff_role has them. NULL-terminated. */
extern const char *const access_role_codes[];

/* Has to do with settings and accounts; which of them the database decides. */
bool access_leads(const struct session *session);

/* Takes down what came by telephone, letter or visit, whichever board it is for. */
bool access_takes_down(const struct session *session);
bool access_takes_down_at(const struct session *session, const char *board);

/* Reports a deviation of a unit: whoever takes down at its board, leads there, or is
 * its provider. */
bool access_reports_deviation(
	const struct session *session, const char *board, const char *unit);
bool access_reports_deviations(const struct session *session); /* of some unit */

/* The whole table: {"actions": [{"action", "roles": […], "statuses": […]}]}. */
json_t *access_json(void);
/* A row of both tables, as synpunkt_desk.act() reads it. The caller's. */
json_t *access_rule(enum case_action action);

#endif
