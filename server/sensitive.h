/*
 * sensitive - acts for which a colleague says once more who they are: with the
 * password, and a code where they have a second factor, not longer than ten minutes
 *ago.
 *
 * The handler of such an act begins with one line:
 *
 *	if (sensitive_refuse(req, SENSITIVE_MARKING_REMOVE))
 *		return;
 *
 * True: it was answered, 403 with "needs": "confirmation". That is all there is to do:
 * the desk asks in a dialogue over the page (POST
 * /api/v1/sessions/current/confirmation) and then sends the same call again, so that
 * what was typed is not lost. A new act is a row of the table in sensitive.c. Only for
 * routes with ACCESS_STAFF; signing in counts as having said it.
 */
#ifndef SYNPUNKT_SERVER_SENSITIVE_H
#define SYNPUNKT_SERVER_SENSITIVE_H

#include <stdbool.h>

struct http_request;

enum sensitive_act {
	SENSITIVE_TOTP_ENROL, /* else a desk left open is enough to take an account over
			       */
	SENSITIVE_TOTP_REMOVE,
	SENSITIVE_RECOVERY_CODES,
	SENSITIVE_OWN_PASSWORD,
	SENSITIVE_PASSKEYS,
	SENSITIVE_END_SESSIONS,  /* one's other ones */
	SENSITIVE_PERSON_REPORT, /* what is held on a person (GDPR art. 15) */
	SENSITIVE_MARKING_REMOVE,
	SENSITIVE_CASE_READERS, /* naming who may read a case whatever their role */
	SENSITIVE_PEOPLE,       /* accounts and roles */
	SENSITIVE_REORGANISE,
	SENSITIVE_ACTS,
};

bool sensitive_refuse(struct http_request *req, enum sensitive_act act);

#endif
