/*
 * split_case - what the further matters of a letter become: cases as intake decides
 * them (intake_case.h), by the city's rules and by the day that the letter came.
 * Without any I/O.
 *
 * A case is as sensitive as the letter was, where that was sensitive; it has the
 * complainant, the language, the channel and the time of receipt of it, and of place
 * and files what was chosen.
 */
#ifndef SYNPUNKT_SERVER_SPLIT_CASE_H
#define SYNPUNKT_SERVER_SPLIT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "server/intake_case.h"
#include "server/split_parts.h"
#include "server/submission.h"

struct arena;
struct faults;
struct json_write;

struct split_query {
	const struct split_parts *parts;
	/* split_source()'s, of 0064_split.sql, and "areas", as areas_at() has them. */
	const json_t *source;
	const struct city *city;
	const unsigned char *secret; /* as intake's */
	const int64_t *serials; /* one for each part; NULL: a preview, in which neither
				 * board nor ground is asked for */
};

/* Strings belong to the arena, or to the city as those of struct route_outcome do. */
struct split_cases {
	struct intake_case items[SPLIT_PARTS_MAX];
	struct submission submissions[SPLIT_PARTS_MAX];
	struct attachment files[SPLIT_PARTS_MAX][ATTACHMENT_FILES_MAX];
	bool contact[SPLIT_PARTS_MAX];   /* the new case's board sees who wrote */
	bool elsewhere[SPLIT_PARTS_MAX]; /* it is not the letter's board */
	size_t n;
};

/* Decides all parts. Faults: a board that is not the one that the preview named, no
 * ground for another board, a file that the letter does not have. */
void split_cases_decide(const struct split_query *query, struct arena *arena,
	struct split_cases *ret, struct faults *faults);

/* The members that tell of one, in an object that is open: where it goes and why, and
 * its dates. */
void split_case_write(const struct split_cases *cases, size_t i,
	const struct city *city, struct json_write *w);

#endif
