/*
 * intake - the one way in. Every channel ends here: a submission becomes a case,
 * with its leg, first event, content, outbox row, routing and two deadlines, in one
 * transaction.
 *
 * Submissions that arrive while a batch is on its way to the database wait and form
 * the next batch; nothing waits for a timer. A batch that the database refuses is
 * split in halves until the one bad submission stands alone.
 */
#ifndef SYNPUNKT_SERVER_INTAKE_H
#define SYNPUNKT_SERVER_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct city_holder;
struct db_pool;
struct error;
struct event_base;
struct intake;
struct intake_call;
struct submission;
struct suggest_holder;
struct work_pool;

/* What is promised to the resident. Valid during the callback only. */
struct intake_receipt {
	const char *number;         /* "2026-104233" */
	const char *follow_up_code; /* "ABCD-EFGH-JKMN" */
	const char *rest;           /* the answer's other members, as JSON text without
				     * the outer braces: "board":{…},… */
	bool replayed; /* the same key and content as an earlier submission */
};

/* Called exactly once for each intake_submit() unless cancelled, never inside it.
 * receipt is NULL on failure: ERR_CONFLICT (the key was used for something else),
 * ERR_FORBIDDEN (whoever took it down may not, any more), ERR_UNAVAILABLE (database
 * away or too much waiting), ERR_INTERNAL. */
typedef void intake_done_fn(
	const struct intake_receipt *receipt, const struct error *err, void *arg);

struct intake_config {
	struct event_base *base;
	struct db_pool *pool;        /* pipeline depth 1: a connection is a batch */
	struct city_holder *city;    /* the present snapshot of the city's rows */
	const unsigned char *secret; /* 32 bytes; follow-up codes are made of it */
	size_t max_waiting;          /* submissions; more are ERR_UNAVAILABLE */
	/* What guesses subjects, and its threads; NULL: nothing does. The work pool
	 * goes after the intake. */
	const struct suggest_holder *suggest;
	struct work_pool *work;
};

struct intake *intake_new(const struct intake_config *config);
void intake_free(struct intake *intake); /* NULL is fine; pending calls end silently */

/* The submission and all it points to must live until done or intake_cancel(). */
struct intake_call *intake_submit(struct intake *intake,
	const struct submission *submission, intake_done_fn *done, void *arg);

/* Forget a call: done will not run. A case on its way may still be stored. The
 * submission may be freed at once. NULL is fine. */
void intake_cancel(struct intake_call *call);

/* Submissions that became cases since the start, repeated ones counted once. */
uint64_t intake_stored(const struct intake *intake);

/* Submissions waiting or under way: for /metrics and a graceful stop. */
size_t intake_pending(const struct intake *intake);

#endif
