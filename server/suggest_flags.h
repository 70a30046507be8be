/* suggest_flags - what in a text somebody should look at, each with its reason. */
#ifndef SYNPUNKT_SERVER_SUGGEST_FLAGS_H
#define SYNPUNKT_SERVER_SUGGEST_FLAGS_H

#include "server/suggest.h"

/* Sentences that are surely about something each: at least this probable. */
#define SUGGEST_MATTER_LEAST 0.6
#define SUGGEST_SENTENCES_MAX 100

/* [{flag, because, words}]: those of server/spot.h, then "identity-number" because of
 * how many there are, and "several-matters" because of codes of categories. Without a
 * model (NULL) not the last, without lists (NULL) none of the first. */
json_t *suggest_flags(const struct suggest *suggest, const struct spot *spot,
	const char *text, int32_t today);

/* Adds "duplicate", because of the numbers of twins, as synpunkt_desk.twins() gives
 * them, which are told with it. */
void suggest_flag_twins(json_t *flags, json_t *twins);

#endif
