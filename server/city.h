/*
 * city - what a server holds of the city: boards, units, categories, districts, rules,
 * promises. One immutable snapshot of the rows, as they were at one moment.
 *
 * It is read as one JSON text from synpunkt.city_snapshot(), by the worker on the loop
 * (city_holder.h) and by synpunktctl; tests write the same JSON by hand. Rows of all
 * times are held and asked with a day, so a snapshot does not age at midnight.
 *
 * Everything found in a snapshot lives as long as the snapshot. Two owners exist: the
 * holder, and an operation that needs the same city after the loop has turned.
 */
#ifndef SYNPUNKT_SERVER_CITY_H
#define SYNPUNKT_SERVER_CITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/city_valid.h"
#include "server/rule_set.h"
#include "server/working_day.h"

struct arena;
struct error;

/* Where a case goes that nothing else takes. The migration puts the row in. */
#define CITY_DISPATCH "dispatch"
/* In a category's owner: the board of the district that the place lies in. */
#define CITY_OWNER_DISTRICT "district"

enum city_board_kind {
	CITY_BOARD,          /* kommunstyrelsen and the facknämnder */
	CITY_DISTRICT_BOARD, /* stadsdelsnämnd */
	CITY_COMPANY,        /* bolagsstyrelse */
	CITY_ADMINISTRATION, /* förvaltning: takes no cases itself */
	CITY_DISPATCH_BOARD, /* the city's own dispatch */
};

struct city_board {
	const char *code, *name, *short_name;
	enum city_board_kind kind;
	const char *parent;         /* code or NULL */
	const char *district;       /* area code: of a district board, else NULL */
	const char *successor;      /* code or NULL */
	const char *const *aliases; /* NULL-terminated */
	struct city_valid valid;
};

struct city_category {
	const char *code, *name;
	const char *area, *area_name; /* of the fifteen areas: code and name */
	const char *owner;            /* a board's code or CITY_OWNER_DISTRICT */
	const char *successor;
	const char *const *synonyms; /* NULL-terminated */
	int sensitivity;             /* 1 open to 4 high */
	bool statutory_acknowledgement;
	bool needs_triage; /* a person must look at it within one working day */
	struct city_valid valid;
};

struct city_unit {
	const char *code, *name, *kind, *board;
	const char *district;       /* code or NULL */
	const char *operating_form; /* in-house contracted choice-system independent */
	const char *address;        /* or NULL */
	const char *successor;
	bool has_point;
	double lat, lon;
	struct city_valid valid;
};

struct city_district {
	const char *code, *name;
	struct city_valid valid;
};

/* NULL matches any. A day count below 0 is not said by this row. */
struct city_policy {
	int64_t id;
	const char *board, *category, *type;
	const char *because; /* or NULL */
	int acknowledge_days, answer_days;
	/* The statuses in which the clock of the answer stands still. */
	bool stops_for_complainant, stops_for_other;
	struct city_valid valid;
};

/* One version of the rules, from the day that it is in force. */
struct city_rules {
	int64_t version;
	int32_t from; /* DAY_NONE: always was */
	struct rule_set set;
	bool is_unreadable; /* no rule of it can be followed */
};

/* Somebody whom rules give cases to, with one role; a row for each role. */
struct city_handler {
	const char *username, *board;
	const char *unit; /* NULL: the whole board */
	struct city_valid valid;
};

struct city_redirect {
	const char *code, *link; /* link may be "" */
	struct city_valid valid;
};

struct city_helpline {
	const char *code, *name;
	const char *phone, *link; /* one of them may be "" */
	struct city_valid valid;
};

/* Lists are in the order that the city has given them: boards and categories as shown,
 * units by name, versions of the rules by the day that they begin: that of today and
 * those to come. All but version may be empty. */
struct city {
	int64_t version;
	const struct city_board *boards;
	const struct city_category *categories;
	const struct city_unit *units;
	const struct city_district *districts;
	const struct city_policy *policies;
	const struct city_rules *rules;
	const struct city_handler *handlers;
	const struct city_redirect *redirects;
	const struct city_helpline *helplines;
	size_t n_boards, n_categories, n_units, n_districts, n_policies, n_rules,
		n_handlers, n_redirects, n_helplines;
	struct working_day_exceptions exceptions;
};

/* Reads what synpunkt.city_snapshot() gave. ERR_INVALID names the first fault. */
struct city *city_parse(const char *json, size_t n, struct error *err);
struct city *city_ref(const struct city *city);
void city_unref(const struct city *city); /* NULL is fine */

/* By code; NULL if there is none. Also what is no longer valid, or not yet. code may
 * be NULL. */
const struct city_board *city_board_find(const struct city *city, const char *code);
const struct city_category *city_category_find(
	const struct city *city, const char *code);
const struct city_unit *city_unit_find(const struct city *city, const char *code);
const struct city_district *city_district_find(
	const struct city *city, const char *code);

/* A unit valid on day by its code, or by that of one that it succeeds, or, without
 * regard to case, by its name; else NULL. */
const struct city_unit *city_unit_find_said(
	const struct city *city, const char *said, int32_t day);

/* The board or category itself, or the successor that is valid on day; NULL if there is
 * none. */
const struct city_board *city_board_on(
	const struct city *city, const char *code, int32_t day);
const struct city_category *city_category_on(
	const struct city *city, const char *code, int32_t day);
const struct city_board *city_district_board_on(
	const struct city *city, const char *district, int32_t day);

/* For showing: the name, or code itself if nobody has it. */
const char *city_board_name(const struct city *city, const char *code);
const char *city_category_name(const struct city *city, const char *code);

/* The rules in force on the day; of a day before any of them, the first. NULL if there
 * are none at all. */
const struct city_rules *city_rules_on(const struct city *city, int32_t day);

/* A row that is valid, whoever it is for; NULL if there is none by that number. */
const struct city_policy *city_policy_find(const struct city *city, int64_t id);

/* Is the row of that username, valid on the day, and of the board (NULL: of any)? */
bool city_handler_is(const struct city_handler *handler, const char *username,
	const char *board, int32_t day);

/* Has username on day a role by which cases of the board are handled, and of the unit
 * (or of none: NULL)? */
bool city_handles_on(const struct city *city, const char *username, const char *board,
	const char *unit, int32_t day);

bool city_valid_on(const struct city_valid *valid, int32_t day);

/*
 * Text made fit for comparing words: letters in lower case (Latin-1, with a, o and u
 * composed with the accents that some keyboards send apart), digits kept, everything
 * else one space, one space before the first word and after the last. " p tillstånd ".
 */
char *city_text_fold(struct arena *arena, const char *text);

/* The code of a name: lower case without the word "AB", å ä as a, ö as o, other
 * accents dropped, anything else a hyphen. "" if nothing is left. */
char *city_code_of(struct arena *arena, const char *name);

#endif
