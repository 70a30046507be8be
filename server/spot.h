/*
 * spot - words in a text that somebody should look at: what may be a threat, a child in
 * need, spam, or something that the city has no say in. The lists are the city's rows
 * (migrations/0098_spot.sql): a word or several after each other, whole, or how a word
 * begins; some flag only beside a word of another list, in the same sentence.
 *
 * A flag tells what was found and decides nothing. No database; the lists do not change
 * and serve any thread.
 */
#ifndef SYNPUNKT_SERVER_SPOT_H
#define SYNPUNKT_SERVER_SPOT_H

#include <jansson.h>

struct error;
struct spot;

#define SPOT_ROWS_MAX 2000
#define SPOT_WORDS_MAX 5 /* that are told with a flag */

/* rows: [[flag, target, words, beside]], "" for none. ERR_INVALID for anything else. A
 * row beside a list that there is not flags nothing. */
struct spot *spot_new(const json_t *rows, struct error *err);
void spot_free(struct spot *spot); /* NULL is fine */

/* Adds {flag, because, words} to the list for each flag, those of most weight first.
 * because: of "wrong-recipient" the codes of the redirects, of the others the words.
 * words: as they stand in the text, in small letters. */
void spot_text(const struct spot *spot, const char *text, json_t *flags);

#endif
