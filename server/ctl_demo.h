/*
 * ctl_demo - what the two halves of synpunktctl demo-cases share: ctl_demo.c makes the
 * cases up and takes them in, ctl_demo_life.c lets staff handle them.
 */
#ifndef SYNPUNKT_SERVER_CTL_DEMO_H
#define SYNPUNKT_SERVER_CTL_DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct city;
struct ctl;
struct error;

enum demo_part {
	DEMO_CASE,
	DEMO_PLACE,
	DEMO_ENDING,
	DEMO_NAME,
	DEMO_ACKNOWLEDGEMENT,
	DEMO_NOTE,
	DEMO_MOVE,
	DEMO_PARTS,
};

struct demo {
	struct ctl *ctl;
	long count, months;
	uint64_t state; /* of the generator */
	int64_t now;
	json_t *texts[DEMO_PARTS];
	json_t *staff; /* {user, name, role, board}; empty: nobody handles anything */
	struct city *city;
	/* As taken in: serial, year, at, board, district, wants, … and answer, reason,
	 * question, message of the row that it was made of. */
	json_t *cases;
};

uint64_t demo_random(struct demo *demo, uint64_t below);
const char *demo_text(const json_t *row, const char *column);
/* One of a part's texts; "" when it has none. */
const char *demo_pick(struct demo *demo, enum demo_part part);
/* The row of staff that has one of the roles (NULL: any) at the board; NULL. */
const json_t *demo_staff_find(
	const struct demo *demo, const char *board, const char *const *roles);

/* Reads the accounts that demonstration staff have. */
int demo_staff_read(struct demo *demo, const char *path, struct error *err);
/* In the caller's transaction: every case is handled, as far as now, by the same
 * functions as at the desk, and what they wrote is set to the time when it happened. */
int demo_live(struct demo *demo, struct error *err);

#endif
