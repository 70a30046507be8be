#include "server/case_flow.h"

#include <string.h>

#define OPEN                                                                           \
	(CASE_RECEIVED | CASE_ASSIGNED | CASE_WAITING_COMPLAINANT |                    \
		CASE_WAITING_OTHER | CASE_AWAITING_APPROVAL | CASE_ANSWERED)

const struct case_move case_moves[CASE_ACTIONS] = {
	[CASE_CHANGE] = { .action = "change", .from = OPEN, .what = "changed" },
	[CASE_ACKNOWLEDGE] = { .action = "acknowledge",
		.from = OPEN,
		.what = "acknowledged",
		.kind = "reply",
		.outbox = "acknowledgement" },
	[CASE_ASK] = { .action = "ask",
		.from = OPEN,
		.to = "waiting-complainant",
		.what = "question",
		.kind = "reply",
		.outbox = "question" },
	[CASE_REPLY] = { .action = "reply",
		.from = OPEN,
		.to = "answered",
		.what = "replied",
		.kind = "reply",
		.outbox = "reply" },
	[CASE_NOTE] = { .action = "note",
		.from = OPEN | CASE_CLOSED,
		.what = "note",
		.kind = "note" },
	[CASE_ASSIGN] = { .action = "assign",
		.from = OPEN,
		.what = "assigned",
		.kind = "note" },
	[CASE_TRANSFER] = { .action = "transfer",
		.from = OPEN,
		.to = "received",
		.what = "transferred",
		.kind = "note" },
	[CASE_RETURN] = { .action = "return",
		.from = OPEN,
		.to = "received",
		.what = "leg-returned",
		.kind = "note" },
	[CASE_CLOSE] = { .action = "close",
		.from = OPEN,
		.to = "closed",
		.what = "closed" },
	[CASE_REOPEN] = { .action = "reopen",
		.from = CASE_CLOSED,
		.to = "received",
		.what = "reopened",
		.kind = "note" },
	[CASE_NOTIFY_DELAY] = { .action = "notify-delay",
		.from = OPEN,
		.what = "delay-notice",
		.kind = "reply",
		.outbox = "notice" },
	[CASE_INTERIM_REPLY] = { .action = "interim-reply",
		.from = OPEN,
		.what = "interim-reply",
		.kind = "reply",
		.outbox = "interim" },
	[CASE_RETRY_MAIL] = { .action = "retry-mail",
		.from = OPEN | CASE_CLOSED,
		.what = "mail-retried" },
	[CASE_WAIT] = { .action = "wait",
		.from = CASE_RECEIVED | CASE_ASSIGNED | CASE_WAITING_COMPLAINANT |
			CASE_ANSWERED,
		.to = "waiting-other",
		.what = "waiting",
		.kind = "note" },
	[CASE_RESUME] = { .action = "resume",
		.from = CASE_WAITING_COMPLAINANT | CASE_WAITING_OTHER,
		.to = "received",
		.what = "resumed",
		.kind = "note" },
	[CASE_ACCEPT] = { .action = "accept", .from = OPEN, .what = "leg-accepted" },
	[CASE_NAME_READER] = { .action = "name-reader",
		.from = OPEN | CASE_CLOSED,
		.what = "reader-named" },
	[CASE_REMOVE_READER] = { .action = "remove-reader",
		.from = OPEN | CASE_CLOSED,
		.what = "reader-removed" },
	[CASE_MARK] = { .action = "mark",
		.from = OPEN | CASE_CLOSED,
		.what = "marked" },
	[CASE_UNMARK] = { .action = "unmark",
		.from = OPEN | CASE_CLOSED,
		.what = "unmarked" },
	[CASE_APPROVE] = { .action = "approve",
		.from = CASE_AWAITING_APPROVAL,
		.to = "answered",
		.what = "replied",
		.kind = "reply",
		.outbox = "reply" },
	[CASE_REJECT_APPROVAL] = { .action = "reject-approval",
		.from = CASE_AWAITING_APPROVAL,
		.to = "received",
		.what = "approval-rejected",
		.kind = "note" },
	[CASE_WITHDRAW_APPROVAL] = { .action = "withdraw-approval",
		.from = CASE_AWAITING_APPROVAL,
		.to = "received",
		.what = "approval-withdrawn",
		.kind = "note" },
	[CASE_CONCERN] = { .action = "concern",
		.from = OPEN,
		.what = "concern-marked",
		.lifted = "concern-lifted" },
	[CASE_HOLD] = { .action = "hold",
		.from = OPEN | CASE_CLOSED,
		.what = "hold-set",
		.kind = "note" },
	[CASE_RELEASE_HOLD] = { .action = "release-hold",
		.from = OPEN | CASE_CLOSED,
		.what = "hold-released",
		.kind = "note" },
	[CASE_FLAG_THREAT] = { .action = "flag-threat",
		.from = OPEN | CASE_CLOSED,
		.what = "threat-set",
		.lifted = "threat-lifted" },
	[CASE_PROTECT] = { .action = "protect",
		.from = OPEN | CASE_CLOSED,
		.what = "protected",
		.lifted = "protection-lifted" },
	[CASE_ASK_CONSENT] = { .action = "ask-consent",
		.from = OPEN,
		.to = "waiting-complainant",
		.what = "consent-requested",
		.kind = "reply",
		.outbox = "consent" },
	[CASE_CORRECT] = { .action = "correct",
		.from = OPEN | CASE_CLOSED,
		.what = "corrected",
		.kind = "note" },
	[CASE_SPLIT] = { .action = "split", .from = OPEN, .what = "split-off" },
	[CASE_SHOW_PHOTO] = { .action = "show-photo",
		.from = OPEN | CASE_CLOSED,
		.what = "photo-shown",
		.lifted = "photo-hidden" },
	[CASE_SHOW_CASE] = { .action = "show-case",
		.from = OPEN | CASE_CLOSED,
		.what = "map-shown",
		.lifted = "map-hidden" },
	[CASE_MERGE] = { .action = "merge",
		.from = CASE_RECEIVED | CASE_ASSIGNED | CASE_WAITING_COMPLAINANT |
			CASE_WAITING_OTHER,
		.to = "closed",
		.what = "merged",
		.outbox = "merged" },
	[CASE_UNMERGE] = { .action = "unmerge",
		.from = CASE_CLOSED,
		.what = "unmerged",
		.outbox = "unmerged" },
	[CASE_MASK_PICTURE] = { .action = "mask-picture",
		.from = OPEN | CASE_CLOSED,
		.what = "picture-masked" },
	[CASE_HAND_OFF] = { .action = "hand-off",
		.from = OPEN | CASE_CLOSED,
		.what = "handed", /* and to whom */
		.kind = "note" },
	[CASE_ORDER] = { .action = "order", .from = OPEN, .what = "order-placed" },
};

const char *const case_statuses[] = { "received", "assigned", "waiting-complainant",
	"waiting-other", "awaiting-approval", "answered", "closed", NULL };
const char *const case_types[] = { "complaint", "suggestion", "praise", "question",
	"fault-report", "deviation", "citizen-proposal", NULL };
const char *const case_channels[] = { "web", "app", "api", "open311", "mail", "phone",
	"letter", "visit", "social-media", NULL };
const char *const case_closure_reasons[] = { "remedied", "explained", "no-action",
	"redirected", "duplicate", "withdrawn", "not-a-case", NULL };
const char *const case_transfer_grounds[] = { "no-secrecy", "consent", "osl-10-2",
	"osl-10-27", "osl-10-28", NULL };
const char *const case_parts[] = { "text", "contact", "place", "attachments",
	"originals", "messages", "notes", NULL };
const char *const case_hand_offs[] = { "lex-sarah", "lex-maria", "police",
	"other-authority", NULL };
const char *const case_quality_dimensions[] = { "treatment", "accessibility",
	"waiting-time", "information", "competence", "participation", "safety",
	"environment", "cost", "other", NULL };

unsigned case_status_of(const char *code)
{
	for (unsigned i = 0; case_statuses[i]; i++) {
		if (!strcmp(case_statuses[i], code))
			return 1u << i;
	}
	return 0;
}

bool case_flow_allows(enum case_action action, const struct case_state *state)
{
	if (state->disposed ||
		!(case_moves[action].from & case_status_of(state->status)))
		return false;
	switch (action) {
	case CASE_ACKNOWLEDGE:
		return !state->acknowledged;
	case CASE_RETURN:
	case CASE_ACCEPT:
		return state->returnable;
	case CASE_NOTIFY_DELAY:
		return !state->answered;
	case CASE_RETRY_MAIL:
		return state->mail_failed;
	case CASE_UNMARK:
		return state->marked;
	case CASE_APPROVE:
		return state->approvable;
	case CASE_RELEASE_HOLD:
		return state->held;
	case CASE_UNMERGE:
		return state->undoable;
	default:
		return true;
	}
}
