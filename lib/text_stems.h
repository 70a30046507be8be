/*
 * text_stems - the Swedish stems (Snowball) of a folded text, for comparing words in
 * whatever form they stand: "gatuträden" and "gatuträd" have one stem.
 */
#ifndef SYNPUNKT_LIB_TEXT_STEMS_H
#define SYNPUNKT_LIB_TEXT_STEMS_H

struct arena;

/* Of letters and digits in lower case, one space between words, before the first and
 * after the last; in the same form. Has no state: for any thread. */
char *text_stems(struct arena *arena, const char *folded);

#endif
