/*
 * ctl_tyck_till - what the two halves of synpunktctl import tyck-till share:
 * ctl_tyck_till.c reads and reports, ctl_tyck_till_store.c stores.
 */
#ifndef SYNPUNKT_SERVER_CTL_TYCK_TILL_H
#define SYNPUNKT_SERVER_CTL_TYCK_TILL_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "server/tyck_till.h"

struct ctl;
struct error;

struct ctl_tyck_till {
	struct ctl *ctl;
	struct city *city;
	struct tyck_till_map map;
	struct tyck_till_row *rows;
	size_t n, room;
	json_t *faults;  /* [{line, column, reason}], the first of them */
	size_t n_faults; /* all */
	json_t *ignored; /* names of columns */
	/* What storing found: rows whose number is a case already and that say what
	 * they said, [{line, number, case}] of those that say otherwise or are disposed
	 * of. */
	long added, known;
	json_t *changed;
	bool dry_run;
};

/* All of the rows, or none; with dry_run none, but everything is done. */
int ctl_tyck_till_store(struct ctl_tyck_till *in, struct error *err);

#endif
