/*
 * identity_number - finds Swedish personal identity numbers in a text (personnummer,
 * 18 § folkbokföringslagen, and samordningsnummer, whose day is 61 to 91).
 *
 * Found: YYYYMMDD or YYMMDD, then "-", "+", a dash, one space or nothing, then four
 * digits, when the date exists, is not in the future, and the check digit (Luhn over
 * the last ten) is right. Not within a longer run of digits or of digit groups, so
 * that phone numbers, case numbers and OCR lines are left alone.
 *
 * Pure: no clock, no memory.
 */
#ifndef SYNPUNKT_SERVER_IDENTITY_NUMBER_H
#define SYNPUNKT_SERVER_IDENTITY_NUMBER_H

#include <stddef.h>

struct identity_number {
	size_t start, length; /* bytes in the text */
};

/*
 * Looks through n bytes of UTF-8 and returns how many there are; the first `room`
 * of them are written to ret, in order. today is the local date as YYYYMMDD
 * (20261122): a number born after it is none.
 */
size_t identity_number_find(const char *text, size_t n, unsigned today,
	struct identity_number *ret, size_t room);

#endif
