/*
 * pack_mapped - a month as today's organisation and categories have it: the packs of a
 * board and of those that it succeeded, added up under today's codes.
 *
 * Each is masked as it was first, and a figure is shown only when all that it is made
 * of is. What is shown is therefore made of what those packs show, and tells nothing
 * that they do not. The mark of a hidden figure is made of their marks: "few" when it
 * cannot be more than 4, else "withheld", which here says nothing of its size. Medians
 * and percentiles do not add up and are left out where there are several sources; so
 * are the denominators. Areas of subjects stay as they were.
 */
#ifndef SYNPUNKT_SERVER_PACK_MAPPED_H
#define SYNPUNKT_SERVER_PACK_MAPPED_H

#include <jansson.h>

struct error;
struct pack;

/* body is the database's object (0051_mapped.sql). *ret is masked, and the caller's. -1
 * with ERR_INTERNAL if it is not one. Slow, for a work thread. */
int pack_mapped_make(json_t *body, struct pack **ret, struct error *err);

#endif
