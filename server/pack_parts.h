/*
 * pack_parts - parts of a pack that are made of its other parts: roll-ups and classes.
 * They are figures like the others, get marks like them, and are never frozen twice.
 */
#ifndef SYNPUNKT_SERVER_PACK_PARTS_H
#define SYNPUNKT_SERVER_PACK_PARTS_H

#include <stdbool.h>
#include <stddef.h>

struct pack;

#define PACK_AREA "area"             /* received, by the area of the subject */
#define PACK_COMPLAINTS "complaints" /* received, subject by "complaint", "other" */
#define PACK_COMPLAINT_TOTALS "complaint-totals"
#define PACK_BUCKET "bucket"             /* open, by working days since receipt */
#define PACK_HANDLING_BIN "handling-bin" /* closed, by working days, in classes */
#define PACK_ANSWER_BIN "answer-bin"
#define PACK_HAND_OFF "hand-off" /* cases, by whom they were handed to */
#define PACK_GUESS                                                                     \
	"guess"         /* closed cases with a suggested subject, and the right ones */
#define PACK_HISTORY 12 /* months before that are told of */

/* The classes of working days: the first day of each; the last is open. */
extern const int pack_bins[];
#define PACK_BINS 7
extern const char *const pack_buckets[];
#define PACK_BUCKETS 5

/* Of a subject's code; "" for none. */
const char *pack_area(const struct pack *pack, const char *category);

/* The board's own totals are shown whatever their size; how many are children is not
 * one of them. */
bool pack_is_own_total(const char *part, const char *col);

/* Before pack_mask() marks them, which does it. */
void pack_parts_make(struct pack *pack);

#endif
