/*
 * open_data - what is published of a frozen month, made of the packs of all boards:
 * figures that each of those shows, without what is sensitive, and without what would
 * tell a hidden number of any board, of the months of the same period that are
 * published already, or, with the results of that period (migrations/0050_results.sql),
 * of this one.
 *
 * A hidden number is not marked as few or as one that would tell another: a reader
 * knows only that it is hidden. Pure.
 */
#ifndef SYNPUNKT_SERVER_OPEN_DATA_H
#define SYNPUNKT_SERVER_OPEN_DATA_H

#include <jansson.h>

struct error;

/* In the code of what a case has none of: a subject, a district. */
#define OPEN_NONE "none"

/* Shares and medians are of so many at least, as in the results of a district. */
#define OPEN_LEAST 10

/* input is what synpunkt_open.next() gave. *ret is what synpunkt_open.put() takes, the
 * caller's: [[board, part, code, measure, n, of or null, hidden]]. -1 with ERR_INTERNAL
 * for what cannot be read. Slow, for a work thread. */
int open_data_make(const json_t *input, json_t **ret, struct error *err);

#endif
