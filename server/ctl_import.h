/* ctl_import - what an import needs to know of each kind of file. */
#ifndef SYNPUNKT_SERVER_CTL_IMPORT_H
#define SYNPUNKT_SERVER_CTL_IMPORT_H

#include <jansson.h>

#include "server/ctl_tsv.h"

struct city;
struct ctl;
struct error;

/* A column whose value names something else, which must exist. */
enum ctl_import_refers {
	CTL_IMPORT_BOARD,    /* a code, name, short name or other spelling */
	CTL_IMPORT_OWNER,    /* a board, or "district" */
	CTL_IMPORT_CATEGORY, /* a code */
	CTL_IMPORT_UNIT,     /* a code */
	CTL_IMPORT_ADDRESS,  /* of mail; nothing is looked up */
	CTL_IMPORT_COUNTED,  /* a board, a unit or a district, as the row's kind says */
	CTL_IMPORT_DISTRICT, /* a code */
};

struct ctl_import_reference {
	const char *column; /* NULL ends the list */
	enum ctl_import_refers to;
};

struct ctl_import_kind {
	const char *name; /* "units" */
	const struct ctl_tsv_column *columns;
	const struct ctl_import_reference *references;
	/* Gives the row a code or whatever else follows from its other cells. */
	void (*complete)(struct ctl *ctl, json_t *row);
	const char *key; /* column that no two rows share; NULL: none */
	/* With the rows as $1::jsonb, each with "position"; the first counts. */
	const char *statements[4];
};

extern const struct ctl_import_kind ctl_import_kinds[]; /* ended by a NULL name */

/* Of reply-templates: ctl_import_template.c. */
extern const struct ctl_tsv_column ctl_import_template_columns[];
extern const struct ctl_import_reference ctl_import_template_references[];
extern const char ctl_import_template_put[];

/* Of goals: ctl_import_goal.c. */
extern const struct ctl_tsv_column ctl_import_goal_columns[];
extern const struct ctl_import_reference ctl_import_goal_references[];
extern const char ctl_import_goal_put[];

/* Of attributes: ctl_import_attribute.c. */
extern const struct ctl_tsv_column ctl_import_attribute_columns[];
extern const struct ctl_import_reference ctl_import_attribute_references[];
extern const char ctl_import_attribute_put[], ctl_import_attribute_drop[];

/* Of contractors: ctl_import_contractor.c. */
extern const struct ctl_tsv_column ctl_import_contractor_columns[];
extern const struct ctl_import_reference ctl_import_contractor_references[];
extern const char ctl_import_contractor_put[], ctl_import_contractor_share_put[];

/* Of words that somebody should look at: ctl_import_spot.c. */
extern const struct ctl_tsv_column ctl_import_spot_columns[];
extern const char ctl_import_spot_put[], ctl_import_spot_drop[];
extern const struct ctl_tsv_column ctl_import_auto_columns[];
extern const char ctl_import_auto_put[];

/* Of examples and their words: ctl_import_example.c. */
extern const struct ctl_tsv_column ctl_import_example_columns[];
extern const struct ctl_tsv_column ctl_import_example_words_columns[];
extern const struct ctl_import_reference ctl_import_example_references[];
extern const char ctl_import_example_put[], ctl_import_example_drop[];
extern const char ctl_import_example_words_put[], ctl_import_example_words_drop[];

/* synpunktctl import areas: ctl_area.c. */
int ctl_import_areas(struct ctl *ctl, char **argv);
/* synpunktctl import places: ctl_place.c. */
int ctl_import_places(struct ctl *ctl, char **argv);
/* synpunktctl import tyck-till: ctl_tyck_till.c. */
int ctl_import_tyck_till(struct ctl *ctl, char **argv);

/* The code of the board or area that is called so: by code, name, short name or another
 * spelling. NULL if there is none. */
const char *ctl_import_board(
	struct ctl *ctl, const struct city *city, const char *called);

#endif
