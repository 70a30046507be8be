/*
 * deviation - what staff report of their own operation (avvikelse): nobody complains
 * and nobody waits for an answer. It is taken down like anything else, with members of
 * its own, and becomes one text with a labelled line for each.
 *
 *   {"deviation": {"occurredOn", "action", "affected", "statutory"}}
 *
 * It goes to the board of its unit, whatever the city's rules say: it is that board's
 * own, and its managers are told of it (synpunkt_desk.digest_body()).
 */
#ifndef SYNPUNKT_SERVER_DEVIATION_H
#define SYNPUNKT_SERVER_DEVIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct city;
struct city_unit;
struct faults;
struct json_write;
struct session;
struct submission;
struct submission_draft;

struct deviation {
	const char *text; /* what happened; CRLF became LF */
	const char *occurred_on;
	const char *action;    /* what was done at once */
	const char *affected;  /* in general words */
	const char *statutory; /* code: whether it may be lex Sarah or lex Maria */
	bool is_there;
	const struct city_unit *unit;
};

/* Who reports and when: what a deviation is held against. */
struct deviation_case {
	const json_t *object;
	const struct session *session;
	const struct city *city;
	int32_t today;
};

bool deviation_is(const struct submission_draft *draft);

/* Reads the members and judges what belongs to a deviation and what does not. Of
 * another type there must be none of them. */
void deviation_judge(const struct deviation_case *c,
	const struct submission_draft *draft, struct deviation *ret,
	struct faults *faults);

/* Makes it what is stored; of a deviation without faults. The text goes to the arena.
 */
struct arena;
void deviation_apply(
	const struct deviation *deviation, struct arena *arena, struct submission *ret);

/* [{code, name, board}] that the session may report of. */
void deviation_units_write(const struct deviation_case *c, struct json_write *w);

#endif
