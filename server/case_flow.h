/*
 * case_flow - what can be done with a case, from which status, and where it leads.
 *
 * Pure: the table is all there is to know. The database's act() is given a row of it
 * and applies it to the case as it then is; the desk is told what it allows now.
 */
#ifndef SYNPUNKT_SERVER_CASE_FLOW_H
#define SYNPUNKT_SERVER_CASE_FLOW_H

#include <stdbool.h>
#include <stddef.h>

enum case_action {
	CASE_CHANGE,      /* category, type, sensitivity, quality dimension */
	CASE_ACKNOWLEDGE, /* once */
	CASE_ASK,         /* a question to the complainant */
	CASE_REPLY,
	CASE_NOTE, /* for colleagues only */
	CASE_ASSIGN,
	CASE_TRANSFER, /* to another board */
	CASE_RETURN,   /* a transfer that was not taken, to its sender */
	CASE_CLOSE,
	CASE_REOPEN,
	CASE_NOTIFY_DELAY,  /* that the answer will be late; moves no date */
	CASE_INTERIM_REPLY, /* a part of an answer; what is promised stands */
	CASE_RETRY_MAIL,    /* send again, or let be, what could not be sent */
	CASE_WAIT,          /* for somebody who is not the complainant */
	CASE_RESUME,        /* whoever it waited for */
	CASE_ACCEPT,        /* a transfer; anything else done with it says so too */
	CASE_NAME_READER,   /* who may read it whatever their role */
	CASE_REMOVE_READER,
	CASE_MARK, /* as perhaps secret: the case, or one document of it */
	CASE_UNMARK,

	CASE_APPROVE,           /* a reply that waits goes as it was written */
	CASE_REJECT_APPROVAL,   /* back to whoever wrote it, with words */
	CASE_WITHDRAW_APPROVAL, /* whoever wrote it thinks again */
	CASE_CONCERN,           /* a colleague is concerned by it, or no longer */
	CASE_FLAG_THREAT,       /* masked until one chooses to read, or no longer */
	CASE_PROTECT,           /* whose address must not be seen, or may be again */

	CASE_HOLD, /* it must not be disposed of meanwhile */
	CASE_RELEASE_HOLD,
	CASE_ASK_CONSENT, /* whether it may go to another board */
	CASE_CORRECT,     /* contact and place, where they were wrong */
	CASE_SPLIT,       /* into a case for each of several matters (desk_split.h) */

	CASE_SHOW_PHOTO, /* to anybody while the case is public, or no longer */
	CASE_SHOW_CASE,  /* on the public map, or no longer */

	CASE_MERGE, /* into another that tells the same, whose answer it gets */
	CASE_UNMERGE,

	CASE_MASK_PICTURE, /* a copy with parts covered */
	CASE_HAND_OFF,     /* to lex Sarah, lex Maria, the police: that it was done */
	CASE_ORDER,        /* work of a contractor, and what is done about it */
	CASE_ACTIONS,
};

enum case_status {
	CASE_RECEIVED = 1 << 0,
	CASE_ASSIGNED = 1 << 1,
	CASE_WAITING_COMPLAINANT = 1 << 2,
	CASE_WAITING_OTHER = 1 << 3,
	CASE_AWAITING_APPROVAL = 1 << 4,
	CASE_ANSWERED = 1 << 5,
	CASE_CLOSED = 1 << 6,
};

struct case_move {
	const char *action;
	unsigned from;      /* statuses */
	const char *to;     /* NULL: the status stays, or act() knows better */
	const char *what;   /* the event's kind */
	const char *lifted; /* and of the opposite, where that is asked for */
	const char *kind; /* what its words are kept as: "reply", "note"; NULL: none */
	const char *outbox; /* the mail that goes out, or NULL */
};

extern const struct case_move case_moves[CASE_ACTIONS];

/* 0 for a word that is no status. */
unsigned case_status_of(const char *code);
/* The codes of the statuses, NULL-terminated; the first is bit 0. */
extern const char *const case_statuses[];
extern const char *const case_types[];
extern const char *const case_channels[];
extern const char *const case_closure_reasons[];
extern const char *const case_transfer_grounds[];
/* What a sender chooses among; category and type always go along. */
extern const char *const case_parts[];
extern const char *const case_hand_offs[];
extern const char *const case_quality_dimensions[];

struct case_state {
	const char *status;
	bool acknowledged;
	bool answered;    /* once; it may have gone on after it */
	bool returnable;  /* came by a transfer that nobody has taken yet */
	bool mail_failed; /* a letter could not be sent, and nobody has seen to it */
	bool marked;      /* it or a document of it, as perhaps secret */
	bool approvable;  /* a draft waits that somebody else has written */
	bool held;        /* somebody keeps it from being disposed of */
	bool undoable;    /* merged into another, not long ago */
	bool disposed;    /* nothing can be done with it any more */
};

bool case_flow_allows(enum case_action action, const struct case_state *state);

#endif
