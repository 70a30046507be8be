#include "server/sensitive.h"

#include "lib/error.h"
#include "lib/http.h"
#include "lib/log.h"
#include "server/session.h"

#define TEN_MINUTES 600

static const struct {
	const char *name; /* in the log */
	int valid_s;      /* how long having said it lasts */
} acts[SENSITIVE_ACTS] = {
	[SENSITIVE_TOTP_ENROL] = { "totp-enrol", TEN_MINUTES },
	[SENSITIVE_TOTP_REMOVE] = { "totp-remove", TEN_MINUTES },
	[SENSITIVE_RECOVERY_CODES] = { "recovery-codes", TEN_MINUTES },
	[SENSITIVE_OWN_PASSWORD] = { "own-password", TEN_MINUTES },
	[SENSITIVE_PASSKEYS] = { "passkeys", TEN_MINUTES },
	[SENSITIVE_END_SESSIONS] = { "end-sessions", TEN_MINUTES },
	[SENSITIVE_PERSON_REPORT] = { "person-report", TEN_MINUTES },
	[SENSITIVE_MARKING_REMOVE] = { "marking-remove", TEN_MINUTES },
	[SENSITIVE_CASE_READERS] = { "case-readers", TEN_MINUTES },
	[SENSITIVE_PEOPLE] = { "people", TEN_MINUTES },
	[SENSITIVE_REORGANISE] = { "reorganise", TEN_MINUTES },
};

bool sensitive_refuse(struct http_request *req, enum sensitive_act act)
{
	const struct session *session = session_get(req);
	struct error err = { 0 };

	if (session->confirmed_s <= acts[act].valid_s)
		return false;
	log_event(LOG_LEVEL_INFO, "confirmation_wanted", LOG_S("act", acts[act].name),
		LOG_I("user", session->user_id),
		LOG_S("correlation", http_correlation_id(req)));
	http_add_problem(req, "\"needs\":\"confirmation\"");
	error_set(&err, ERR_FORBIDDEN, "give your password again first");
	http_reply_error(req, &err);
	return true;
}
