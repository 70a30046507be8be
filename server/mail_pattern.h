/*
 * mail_pattern - how a mail of the city's present app tells its number or its day: a
 * regular expression of which the part in brackets is what is looked for, as
 * "Ärende (\d+)". PostgreSQL matches it (synpunkt_import.found(), migrations/0102).
 *
 * Characters, ".", "^", "$", "|", sets "[…]", \d \s \w, a backslash before what is no
 * letter or digit, "*", "+", "?", "{m,n}", and one "(…)" that is not repeated. Neither
 * back references, looking around nor brackets in brackets: those are what takes time
 * that grows with the power of the text.
 */
#ifndef SYNPUNKT_SERVER_MAIL_PATTERN_H
#define SYNPUNKT_SERVER_MAIL_PATTERN_H

#define MAIL_PATTERN_MAX 200 /* code points */

/* What is wrong with it, in words; NULL: nothing. */
const char *mail_pattern_fault(const char *pattern);

#endif
