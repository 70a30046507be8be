/* suggest_flags - what in a text somebody should look at, each with its reason. */
#ifndef SYNPUNKT_SERVER_SUGGEST_FLAGS_H
#define SYNPUNKT_SERVER_SUGGEST_FLAGS_H

#include "server/suggest.h"

/* Sentences that are surely about something each: at least this probable. */
#define SUGGEST_MATTER_LEAST 0.6
#define SUGGEST_SENTENCES_MAX 100

/* [{flag, because}]; because is a text for people, or codes of categories. */
json_t *suggest_flags(const struct suggest *suggest, struct text_features *features,
	const char *text, int32_t today);

#endif
