/*
 * mail_case_store - the statements by which mail_flow takes a mail and ends it
 * (migrations/0027_mail_case.sql).
 */
#ifndef SYNPUNKT_SERVER_MAIL_CASE_STORE_H
#define SYNPUNKT_SERVER_MAIL_CASE_STORE_H

#include <stdbool.h>

#include <jansson.h>

#include "lib/db.h"

struct arena;
struct metrics;
struct case_number;
struct error;
struct event_base;
struct options;

enum mail_claim_column {
	MAIL_CLAIM_ID,
	MAIL_CLAIM_ATTEMPT,
	MAIL_CLAIM_FROM, /* of the envelope */
	MAIL_CLAIM_BOARD,
	MAIL_CLAIM_UNIT,
	MAIL_CLAIM_TOKEN,
	MAIL_CLAIM_RECEIVED_AT, /* microseconds since 1970 */
	MAIL_CLAIM_MAILBOX,
};

/* Of the letter of ours that it answers, always one row; year and serial 0 for none,
 * and for a letter to a follower of a case. */
enum mail_look_column {
	MAIL_LOOK_YEAR,
	MAIL_LOOK_SERIAL,
	MAIL_LOOK_IS_PARTY,
	MAIL_LOOK_LETTER,
	MAIL_LOOK_MAY_ANSWER,
	MAIL_LOOK_STORED_YEAR, /* of the case that an attempt before has made */
	MAIL_LOOK_STORED_SERIAL,
	MAIL_LOOK_IS_DISCLOSURE,
};

/* What a mail of the present app tells, as synpunkt_import.mailed() says. */
enum mail_import_column {
	MAIL_IMPORT_OUTCOME,
	MAIL_IMPORT_DAY, /* or NULL */
	MAIL_IMPORT_YEAR,
	MAIL_IMPORT_SERIAL,
};

/* An attempt at a delivery, and as what it was read. */
struct mail_case_mail {
	struct db_pool *pool;
	struct arena *arena;
	const char *id, *attempt;
	const char *class, *because;
	const json_t *json; /* NULL: it cannot be read */
};

/* What is told on the case: number NULL is none. */
struct mail_case_end {
	const struct case_number *number;
	const char *what, *codes; /* an event on it, or NULL */
	const char *letter;       /* of ours that bounced for good, or NULL */
	const char *answered;     /* whom a receipt went to, or NULL */
};

/* What a robot says of a letter that handed documents out. */
struct mail_case_robot {
	const char *letter;
	bool came_back; /* for good */
};

struct mail_case_pool {
	struct event_base *base;
	const struct options *options;
};

/* One connection as user, patient enough for large letters. */
struct db_pool *mail_case_store_pool(const struct mail_case_pool *given,
	const char *user, const char *name, struct error *err);

/* The oldest that is due; no row: none is. */
struct db_call *mail_case_store_claim(
	struct db_pool *pool, db_done_fn *done, void *arg);

/* Its bytes, in hexadecimal digits, and what was withheld from it when the desk let it
 * go on, or NULL; no row: somebody else has the mail. */
struct db_call *mail_case_store_raw(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg);

/* Tells metrics how long mail has waited. They must outlive the pool. */
void mail_case_store_measure(struct db_pool *pool, struct metrics *metrics);

struct db_call *mail_case_store_look(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg);

/* No row: somebody else has the mail. */
struct db_call *mail_case_store_import(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg);

/* One text: "added", "stale" (somebody else has the mail), or why not. */
struct db_call *mail_case_store_add(const struct mail_case_mail *mail,
	const struct case_number *number, db_done_fn *done, void *arg);

struct db_call *mail_case_store_settle(const struct mail_case_mail *mail,
	const struct mail_case_end *end, db_done_fn *done, void *arg);

/* Of a robot's mail about a letter that handed documents out nothing is kept. */
struct db_call *mail_case_store_forget(const struct mail_case_mail *mail,
	const struct mail_case_robot *robot, db_done_fn *done, void *arg);

#endif
