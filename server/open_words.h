/*
 * open_words - what the open data say of themselves: in Swedish, as the city's rows
 * are, whatever language the page is in.
 */
#ifndef SYNPUNKT_SERVER_OPEN_WORDS_H
#define SYNPUNKT_SERVER_OPEN_WORDS_H

#define OPEN_VERSION "1.0"
#define OPEN_LICENCE "http://creativecommons.org/publicdomain/zero/1.0/"

struct open_word {
	const char *code, *name, *text; /* code NULL ends a list */
	const char *unit;               /* of a measure: "count", "percent", "days" */
};

extern const struct open_word open_measures[];
extern const struct open_word open_dimensions[];

#endif
