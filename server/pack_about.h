/*
 * pack_about - who wrote, in a monthly pack: sex and age band of those who said, which
 * is voluntary. A split is told whole or not at all: when each of its cells has five
 * or more. "Other" is a cell of its own when it has as many, and is otherwise with
 * those of whom nothing is known; how many did answer is then not told beside it.
 */
#ifndef SYNPUNKT_SERVER_PACK_ABOUT_H
#define SYNPUNKT_SERVER_PACK_ABOUT_H

struct pack;
struct pack_view;

#define PACK_ABOUT_SPLITS 2

struct pack_about_split {
	const char *part;     /* its items: the cells, column "n" */
	const char *cells[5]; /* NULL ends them */
	const char *apart;    /* one of them that need not be told */
};
extern const struct pack_about_split pack_about_splits[PACK_ABOUT_SPLITS];

#define PACK_ABOUT "about"     /* items: the parts of the splits */
#define PACK_ABOUT_TOLD "told" /* how many stand in a split that is told */

/* Of one month; for pack_mask(). */
void pack_about_mask(struct pack *pack, const char *month);

/* Section J. */
void pack_section_who(struct pack_view *view);

#endif
