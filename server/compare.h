/*
 * compare - the city's boards and companies in a month, beside each other: of each a
 * pack of what migrations/0052_comparison.sql has of it, and of each kind of
 * organisation the sum. Nothing is counted: what is here stands in the packs.
 *
 * Operating forms are told of the whole city only, and hide what would tell a number
 * that a board's pack, or the city's, hides (compare_mask()). A board's totals are
 * shown in its pack and so here.
 *
 * Belongs to one thread at a time.
 */
#ifndef SYNPUNKT_SERVER_COMPARE_H
#define SYNPUNKT_SERVER_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct error;
struct pack;

/* In the order in which they are told of. */
enum compare_kind {
	COMPARE_BOARD,
	COMPARE_DISTRICT_BOARD,
	COMPARE_ADMINISTRATION,
	COMPARE_COMPANY,
	COMPARE_DISPATCH,
	COMPARE_KINDS,
};

struct compare_board {
	const char *code, *name;
	enum compare_kind kind;
	const char *ended, *successor; /* its last day, or NULL; who has its tasks */
	struct pack *pack;
};

struct compare {
	json_t *body; /* the texts are its */
	struct pack *city;
	struct compare_board *boards; /* by kind, then in the order of lists */
	size_t n_boards;
	/* The sum of a kind's boards; NULL where there is none. A case that several
	 * have had counts at each. */
	struct pack *kinds[COMPARE_KINDS];
};

/* "board", "district-board", …: of texts and of ids. */
const char *compare_kind_code(enum compare_kind kind);

/* The members that are there of a kind. */
size_t compare_kind_size(const struct compare *compare, enum compare_kind kind);

/* body is the database's object, kept by a reference. *ret is masked, and the caller's.
 * -1 with ERR_INTERNAL if it is not one. Slow, for a work thread. */
int compare_make(json_t *body, struct compare **ret, struct error *err);
void compare_free(struct compare *compare); /* NULL is fine */

/* ---- for compare_make and type_compare ---- */

/* A part and its measures that the city's figures are told of beside the boards'. */
struct compare_list {
	const char *part;
	const char *const *cols; /* NULL ends them */
};
int compare_mask(
	struct compare *compare, const struct compare_list *list, struct error *err);

#endif
