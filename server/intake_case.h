/*
 * intake_case - what a submission becomes: the decisions of intake without any I/O.
 *
 * Between the batch's two statements each submission is routed, gets its two
 * deadlines and the answer its resident will read. Strings belong to the arena given.
 */
#ifndef SYNPUNKT_SERVER_INTAKE_CASE_H
#define SYNPUNKT_SERVER_INTAKE_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/deadline.h"
#include "server/follow_code.h"
#include "server/route_rule.h"

struct arena;
struct city;
struct intake_guess;
struct submission;

/* A SHA-256 as a bytea literal, "\x…". */
#define INTAKE_HASH_SIZE (2 + 2 * 32 + 1)

struct intake_case {
	const struct submission *submission;
	/* When it is stored, in microseconds since 1970, and when it was received: the
	 * same but for a mail that waited, and for what was taken down, whose hour is
	 * not known and counts as noon.
	 * Promises run from the day that it was received. */
	int64_t registered_at, received_at;
	int32_t registered_on, received_on; /* the local days */

	/* Of a submission with a key; "" without. */
	char key_hash[INTAKE_HASH_SIZE], fingerprint[INTAKE_HASH_SIZE];

	/* From the first statement. */
	struct case_number number;
	const char *district; /* NULL: no position, or off the map */
	const char *areas;    /* "kind/code kind/code", or NULL */

	/* What it is likely to be about, where nobody chose; NULL: nothing guessed. */
	const struct intake_guess *guess;

	/* Decided. */
	bool guess_set; /* its first subject is the case's */
	struct route_outcome route;
	struct deadline deadline;
	int sensitivity;
	char code[FOLLOW_CODE_SIZE], follow_hash[FOLLOW_HASH_SIZE];
	char sealed_code[FOLLOW_SEALED_SIZE]; /* with mail_receipt, for the letter */
	const char *contact, *place, *attachments; /* JSON, or NULL */
	const char *extra; /* JSON: what submit() calls an extra */
	bool mail_receipt;
	const char *answer; /* JSON members without braces: what is promised */
};

/* Sets submission, the times, and the hashes of the key and of all that was sent,
 * attachments by their own hashes. */
void intake_case_receive(struct intake_case *ret, const struct submission *submission,
	int64_t registered_at);

/* Decides the rest; number and district are set. Never fails: what no rule takes
 * goes to the city's dispatch. */
void intake_case_decide(struct intake_case *c, const struct city *city,
	const unsigned char *secret, struct arena *arena);

/* The code that goes with an earlier answer to the same key. */
void intake_case_code(const struct submission *submission,
	const struct case_number *number, const unsigned char *secret,
	char ret[FOLLOW_CODE_SIZE]);

#endif
