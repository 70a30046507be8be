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

/* Of one month; for pack_mask(). */
void pack_about_mask(struct pack *pack, const char *month);

/* Section J. */
void pack_section_who(struct pack_view *view);

#endif
