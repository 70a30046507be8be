/*
 * rehearse - past cases decided again: by the rules in force and by others.
 *
 * A case is a row of synpunkt_rehearse.past(), what routing had when it came. It is
 * asked where it would go if it came on one day, today or the day on which the others
 * are to begin: a board or a category that is no more stands for its successor, and
 * rules that begin or have ended by then do. Only the season is that of the day on
 * which the case did come. A subject is set by itself as it would be (route_guess.h),
 * where one was suggested when the case came: no text is guessed at anew.
 *
 * Pure and without locks; whoever works beside the loop gives it rows of its own.
 */
#ifndef SYNPUNKT_SERVER_REHEARSE_H
#define SYNPUNKT_SERVER_REHEARSE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "server/rehearse_sum.h"
#include "server/rule_set.h"

struct arena;
struct city;
struct error;

#define REHEARSE_CASES_MAX 500000
#define REHEARSE_CHUNK 2000 /* rows asked for at a time: some megabytes */

/* In the order of past(). */
enum rehearse_column {
	REHEARSE_ID,
	REHEARSE_YEAR,
	REHEARSE_TYPE,
	REHEARSE_CATEGORY,
	REHEARSE_IS_CHOSEN,
	REHEARSE_RULE,
	REHEARSE_DISTRICT,
	REHEARSE_UNIT,
	REHEARSE_CHANNEL,
	REHEARSE_MAILBOX,
	REHEARSE_ADDRESSED,
	REHEARSE_LANGUAGE,
	REHEARSE_RECEIVED_ON,
	REHEARSE_FROM_CHILD,
	REHEARSE_BODY,
	REHEARSE_AREAS, /* as areas_at() has them; NULL where nobody asks */
	/* The subject that was suggested when it came, and how sure it was, in per
	 * cent; NULL: none was. */
	REHEARSE_GUESS,
	REHEARSE_PERCENT,
	REHEARSE_COLUMNS,
};

struct rehearse {
	const struct city *city; /* outlives it */
	int32_t day;             /* as if the cases came on it */
	const struct rule_set
		*before;        /* in force that day; NULL: none, or unreadable */
	int64_t version_before; /* 0: none */
	/* From how many per cent on a subject is set by itself that day; 0: never. Set
	 * by whoever has it, after rehearse_init(). */
	int set_from;
	struct rule_set then;
	struct rehearse_sum sum;
	int64_t below; /* the case that was decided last */
	struct arena *arena;
};

/* Memory is the arena's. */
void rehearse_init(struct rehearse *rehearse, const struct city *city, int32_t day,
	struct arena *arena);
/* The others, n bytes of JSON. ERR_INVALID names the first fault in them. */
int rehearse_rules(
	struct rehearse *rehearse, const char *rules, size_t n, struct error *err);

/* Does any rule ask where a place lies, but for the district? */
bool rehearse_asks_areas(const struct rehearse *rehearse);

/* The row's texts, NULL where the column is. They need not outlive the call. */
void rehearse_case(
	struct rehearse *rehearse, const char *const row[static REHEARSE_COLUMNS]);

/* When there are no more cases. {cases, elsewhere, otherwise, failed, versionBefore,
 * moves: [{from, to, n}], load: [{board, name, now, then}]} */
json_t *rehearse_result(struct rehearse *rehearse);
/* [{move, id, year, category, rule, ruleBefore}], after rehearse_result(). */
json_t *rehearse_samples(const struct rehearse *rehearse);

#endif
