/* ctl_disposal - what the parts of synpunktctl disposal share. */
#ifndef SYNPUNKT_SERVER_CTL_DISPOSAL_H
#define SYNPUNKT_SERVER_CTL_DISPOSAL_H

#include <stdbool.h>

#include <jansson.h>

struct ctl;
struct error;

struct disposal {
	struct ctl *ctl;
	const char *by, *rule, *as_of, *case_number, *board, *reason, *until;
	bool yes;
	const char *store, *certificates; /* folders */
};

/* Fills in the two folders. */
int disposal_folders(struct disposal *run, struct error *err);

/* What a run on a day (NULL: today) would do, one object a rule; json_decref(). */
json_t *disposal_plan(struct disposal *run, const char *as_of, struct error *err);
void disposal_plan_print(const json_t *plan);

/* The whole of "run"; an exit code. */
int disposal_run(struct disposal *run);

/* Sees to the files of what was taken: gone, shared with another case, or so young that
 * somebody may be sending the same in just now, which leaves it to a later run. */
int disposal_files(struct disposal *run, struct error *err);

/* Writes a file for each run that has ended and has none; appends what they say to
 * list. */
int disposal_certify(struct disposal *run, json_t *list, struct error *err);

#endif
