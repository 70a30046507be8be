/*
 * case_watch - what a case wants attention for, and how many working days are left.
 * Pure: the case's days and the city's in, codes out. What is counted and listed in the
 * database (migrations/0012_watch.sql) is by the same conditions.
 */
#ifndef SYNPUNKT_SERVER_CASE_WATCH_H
#define SYNPUNKT_SERVER_CASE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct working_day_exceptions;

enum case_attention {
	CASE_NEAR_DUE = 1 << 0, /* few working days are left, or none but today */
	CASE_OVERDUE = 1 << 1,
	CASE_UNACKNOWLEDGED = 1 << 2, /* and the day for it has passed */
	CASE_MAIL_FAILED = 1 << 3,
	CASE_WANTS_APPROVAL = 1 << 4, /* an answer that a manager has to let go */
};

/* By bit, NULL-terminated: "near-due", "overdue", "acknowledge", "mail-failed",
 * "approval". */
extern const char *const case_attention_codes[];
/* By which the queue is asked for: those, and what a rule has said. */
extern const char *const case_attention_filters[];

struct case_watched {
	int32_t acknowledge_by, answer_by;
	int32_t waiting_since; /* the clock stands still on this day; or DAY_NONE */
	bool acknowledged, answered, closed, wants_reply, mail_failed;
	bool awaits_approval;
};

/* Working days from today (of a clock that stands still: from where it does) up to the
 * last day for the answer: 0 is today, below 0 is overdue. False when it has been
 * answered or closed: nothing is left to count. */
bool case_watch_days_left(const struct case_watched *c, int32_t today,
	const struct working_day_exceptions *exceptions, int *ret);

/* Bits of enum case_attention. near_days is the setting. */
unsigned case_watch_attention(const struct case_watched *c, int32_t today,
	const struct working_day_exceptions *exceptions, int near_days);

/* "07:30": minutes after midnight, or -1 for what is no time of day. */
int case_watch_time_parse(const char *text);

#endif
