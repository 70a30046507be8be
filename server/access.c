#include "server/access.h"

#include <stddef.h>
#include <string.h>

#include "server/session.h"

/* Who does what with a case that they see and read (synpunkt.role_reads() says who).
 * Board secretaries note and warn; a provider answers for its own unit. */
static const char *const anybody[] = { "registrar", "coordinator", "case-handler",
	"manager", "board-secretary", "dispatcher", NULL };
static const char *const noters[] = { "registrar", "coordinator", "case-handler",
	"manager", "board-secretary", "dispatcher", "provider", NULL };
static const char *const sorters[] = { "registrar", "coordinator", "case-handler",
	"manager", "dispatcher", NULL };
static const char *const welcomers[] = { "registrar", "coordinator", "case-handler",
	"manager", "dispatcher", "provider", NULL };
static const char *const answerers[] = { "coordinator", "case-handler", "manager",
	"dispatcher", "provider", NULL };
static const char *const leaders[] = { "coordinator", "manager", NULL };
static const char *const handlers[] = { "coordinator", "case-handler", "manager",
	"dispatcher", NULL };
static const char *const managers[] = { "manager", NULL };

/* Whether something may be needed longer is not for each handler to say. */
static const char *const keepers[] = { "coordinator", "manager", "board-secretary",
	NULL };

/* What is handed to another authority is the board's own to say. */
static const char *const handers[] = { "registrar", "coordinator", "case-handler",
	"manager", NULL };

/* As synpunkt.taker_of(), which is asked again when it is stored. */
static const char *const takers[] = { "registrar", "coordinator", "case-handler",
	NULL };

/* Of their own operation, besides those: who leads it, and who runs it for the city. As
 * synpunkt.reporter_of(). */
static const char *const reporters[] = { "manager", "provider", NULL };

const char *const access_role_codes[] = { "registrar", "coordinator", "case-handler",
	"manager", "board-secretary", "dispatcher", "analyst",
	"data-protection-officer", "auditor", "provider", "administrator", NULL };

static const char *const *const table[CASE_ACTIONS] = {
	[CASE_CHANGE] = sorters,
	[CASE_ACKNOWLEDGE] = welcomers,
	[CASE_ASK] = answerers,
	[CASE_REPLY] = answerers,
	[CASE_NOTE] = noters,
	[CASE_ASSIGN] = sorters,
	[CASE_TRANSFER] = sorters,
	[CASE_RETURN] = sorters,
	[CASE_CLOSE] = handlers,
	[CASE_REOPEN] = handlers,
	[CASE_NOTIFY_DELAY] = handlers,
	[CASE_INTERIM_REPLY] = answerers,
	[CASE_RETRY_MAIL] = sorters,
	[CASE_WAIT] = handlers,
	[CASE_RESUME] = handlers,
	[CASE_ACCEPT] = sorters,
	[CASE_NAME_READER] = leaders,
	[CASE_REMOVE_READER] = leaders,
	[CASE_MARK] = anybody, /* a warning; to take it away is for those who handle */
	[CASE_UNMARK] = sorters,
	[CASE_APPROVE] = managers,
	[CASE_REJECT_APPROVAL] = managers,
	[CASE_WITHDRAW_APPROVAL] = handlers,
	[CASE_CONCERN] = sorters,
	[CASE_HOLD] = keepers,
	[CASE_RELEASE_HOLD] = keepers,
	[CASE_FLAG_THREAT] = sorters,
	[CASE_PROTECT] = sorters,
	[CASE_ASK_CONSENT] = sorters,
	[CASE_CORRECT] = sorters,
	[CASE_SPLIT] = sorters,
	[CASE_SHOW_PHOTO] = handlers,
	[CASE_SHOW_CASE] = handlers,
	[CASE_MERGE] = handlers,
	[CASE_UNMERGE] = handlers,
	[CASE_MASK_PICTURE] = sorters, /* as CASE_CHANGE */
	[CASE_HAND_OFF] = handers,
	[CASE_ORDER] = handlers,
};

const char *const *access_roles(enum case_action action)
{
	return table[action];
}

bool access_allows(const struct session *session, enum case_action action,
	const char *board, const char *unit)
{
	for (const char *const *role = table[action]; *role; role++) {
		if (session_has_role_for(session, *role, board, unit))
			return true;
	}
	return false;
}

/* As synpunkt.led_boards(): a unit's coordinator leads no board. */
bool access_leads(const struct session *session)
{
	for (size_t i = 0; i < session->n_roles; i++) {
		const char *role = session->roles[i].role;

		if (!strcmp(role, "administrator") ||
			(!session->roles[i].unit && (!strcmp(role, "coordinator") ||
							    !strcmp(role, "manager"))))
			return true;
	}
	return false;
}

bool access_takes_down_at(const struct session *session, const char *board)
{
	for (const char *const *role = takers; *role; role++) {
		if (session_has_role(session, *role, board))
			return true;
	}
	return false;
}

bool access_takes_down(const struct session *session)
{
	return access_takes_down_at(session, NULL);
}

bool access_reports_deviation(
	const struct session *session, const char *board, const char *unit)
{
	for (const char *const *role = reporters; *role; role++) {
		if (session_has_role_for(session, *role, board, unit))
			return true;
	}
	return access_takes_down_at(session, board);
}

bool access_reports_deviations(const struct session *session)
{
	for (const char *const *role = reporters; *role; role++) {
		if (session_has_role(session, *role, NULL))
			return true;
	}
	return access_takes_down(session);
}

static json_t *statuses_json(unsigned from)
{
	json_t *list = json_array();

	for (unsigned i = 0; case_statuses[i]; i++) {
		if (from & 1u << i)
			json_array_append_new(list, json_string(case_statuses[i]));
	}
	return list;
}

static json_t *roles_json(enum case_action action)
{
	json_t *list = json_array();

	for (const char *const *role = table[action]; *role; role++)
		json_array_append_new(list, json_string(*role));
	return list;
}

json_t *access_rule(enum case_action action)
{
	const struct case_move *move = &case_moves[action];

	return json_pack("{s:s, s:o, s:o, s:s?, s:s, s:s?, s:s?, s:s?}", "action",
		move->action, "roles", roles_json(action), "from",
		statuses_json(move->from), "to", move->to, "what", move->what, "lifted",
		move->lifted, "kind", move->kind, "outbox", move->outbox);
}

json_t *access_json(void)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < CASE_ACTIONS; i++) {
		json_array_append_new(
			list, json_pack("{s:s, s:o, s:o}", "action",
				      case_moves[i].action, "roles", roles_json(i),
				      "statuses", statuses_json(case_moves[i].from)));
	}
	return json_pack("{s:o}", "actions", list);
}
