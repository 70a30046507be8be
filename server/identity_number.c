#include "server/identity_number.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"

#define IDENTITY_TAIL 4          /* digits after the separator */
#define IDENTITY_COORDINATION 60 /* added to the day */
#define IDENTITY_CONTEXT 40      /* bytes before a number that may explain it */

/* What stands between date and last four. */
enum identity_mark {
	IDENTITY_NOTHING,
	IDENTITY_SPACE,
	IDENTITY_HYPHEN,
	IDENTITY_PLUS, /* a hundred years old or more */
};

struct identity_text {
	const char *p;
	size_t n;
	unsigned today;
};

/* A number as it stands in the text. */
struct identity_candidate {
	size_t start, end;
	enum identity_mark mark;
	unsigned n_date; /* 6 or 8 */
	char digits[12]; /* the date's and the last four, as numbers 0 to 9 */
};

static const struct {
	const char *text;
	enum identity_mark mark;
} marks[] = {
	/* the longer ones first */
	{ " - ", IDENTITY_HYPHEN },
	{ " – ", IDENTITY_HYPHEN },
	{ "-", IDENTITY_HYPHEN },
	{ "+", IDENTITY_PLUS },
	{ "‐", IDENTITY_HYPHEN },
	{ "‑", IDENTITY_HYPHEN },
	{ "–", IDENTITY_HYPHEN },
	{ "—", IDENTITY_HYPHEN },
	{ "−", IDENTITY_HYPHEN },
	{ " ", IDENTITY_SPACE },
	{ "\u00a0", IDENTITY_SPACE },
};

static bool identity_digit_at(const struct identity_text *text, size_t at)
{
	return at < text->n && text->p[at] >= '0' && text->p[at] <= '9';
}

static bool identity_letter_at(const struct identity_text *text, size_t at)
{
	unsigned char c = at < text->n ? (unsigned char)text->p[at] : ' ';

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t identity_digits_at(const struct identity_text *text, size_t at)
{
	size_t n = 0;

	while (identity_digit_at(text, at + n))
		n++;
	return n;
}

/* ---- what is written ---- */

static size_t identity_mark_read(
	const struct identity_text *text, size_t at, enum identity_mark *ret)
{
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(marks); i++) {
		n = strlen(marks[i].text);
		if (at + n <= text->n && memcmp(text->p + at, marks[i].text, n) == 0) {
			*ret = marks[i].mark;
			return n;
		}
	}
	return 0;
}

static void identity_copy(
	const struct identity_text *text, size_t at, size_t n, char *ret)
{
	size_t i;

	for (i = 0; i < n; i++)
		ret[i] = (char)(text->p[at + i] - '0');
}

/* A run of 10 or 12 digits, or of 6 or 8 with a mark and four more behind. */
static bool identity_candidate_read(
	const struct identity_text *text, size_t at, struct identity_candidate *ret)
{
	size_t n = identity_digits_at(text, at), tail = at + n;

	ret->start = at;
	ret->mark = IDENTITY_NOTHING;
	if (n == 10 || n == 12) {
		ret->n_date = (unsigned)n - IDENTITY_TAIL;
		ret->end = at + n;
		identity_copy(text, at, n, ret->digits);
		return true;
	}
	if (n != 6 && n != 8)
		return false;
	tail += identity_mark_read(text, tail, &ret->mark);
	if (ret->mark == IDENTITY_NOTHING ||
		identity_digits_at(text, tail) != IDENTITY_TAIL)
		return false;
	ret->n_date = (unsigned)n;
	ret->end = tail + IDENTITY_TAIL;
	identity_copy(text, at, n, ret->digits);
	identity_copy(text, tail, IDENTITY_TAIL, ret->digits + n);
	return true;
}

/* ---- what stands around it ---- */

/* A mark that belongs to a longer number: "2026-104233", "08-508 00 000". */
static bool identity_is_joint(char c, bool strong)
{
	return strchr(strong ? "-+./" : "-+./ ", c) != NULL && c != '\0';
}

/* With a hyphen or plus inside, a number says what it is; without one, being among
 * other digits or letters says that it is something else. */
static bool identity_stands_alone(
	const struct identity_text *text, const struct identity_candidate *c)
{
	bool strong = c->mark == IDENTITY_HYPHEN || c->mark == IDENTITY_PLUS;

	if (c->start >= 2 && identity_is_joint(text->p[c->start - 1], strong) &&
		identity_digit_at(text, c->start - 2))
		return false;
	if (c->start >= 1 && text->p[c->start - 1] == '+')
		return false; /* "+46…" */
	if (c->end < text->n && identity_is_joint(text->p[c->end], strong) &&
		identity_digit_at(text, c->end + 1))
		return false;
	if (identity_letter_at(text, c->end))
		return false;
	return strong || c->start == 0 || !identity_letter_at(text, c->start - 1);
}

/* Does a word that announces a number begin here, n bytes before it? */
static bool identity_is_word(const char *p, size_t n)
{
	static const char *const words[] = { "person", "pnr", "p-nr", "samordning",
		"född", "identit", "ssn" };
	size_t i, size;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		size = strlen(words[i]);
		if (size <= n && strncasecmp(p, words[i], size) == 0)
			return true;
	}
	return false;
}

static bool identity_is_announced(
	const struct identity_text *text, const struct identity_candidate *c)
{
	size_t at = c->start > IDENTITY_CONTEXT ? c->start - IDENTITY_CONTEXT : 0;

	for (; at < c->start; at++)
		if (identity_is_word(text->p + at, c->start - at))
			return true;
	return false;
}

/* "0701234567" is a telephone number unless somebody says otherwise, though a few
 * are also the number of a person born in 2007. */
static bool identity_is_phone(
	const struct identity_text *text, const struct identity_candidate *c)
{
	return c->mark != IDENTITY_HYPHEN && c->mark != IDENTITY_PLUS &&
	       c->n_date == 6 && c->digits[0] == 0 && !identity_is_announced(text, c);
}

/* ---- what it says ---- */

static unsigned identity_number_of(const char *digits, size_t n)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < n; i++)
		value = value * 10 + (unsigned)digits[i];
	return value;
}

static bool identity_is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool identity_is_date(unsigned date)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	unsigned year = date / 10000, month = date / 100 % 100, day = date % 100;
	unsigned last;

	if (year < 1800 || month < 1 || month > 12)
		return false;
	last = days[month - 1] + (month == 2 && identity_is_leap(year));
	return day >= 1 && day <= last;
}

/* The day of birth as YYYYMMDD. Six digits leave the century open: the latest that
 * is not in the future, and a plus means one before that. */
static unsigned identity_birth(const struct identity_candidate *c, unsigned today)
{
	unsigned date = identity_number_of(c->digits, c->n_date);

	if (date % 100 > IDENTITY_COORDINATION)
		date -= IDENTITY_COORDINATION;
	if (c->n_date == 8)
		return date;
	date += today / 1000000 * 1000000;
	if (date > today)
		date -= 1000000;
	return c->mark == IDENTITY_PLUS ? date - 1000000 : date;
}

/* Luhn (ISO/IEC 7812-1) over the last ten digits, the check digit among them. */
static bool identity_is_checked(const struct identity_candidate *c)
{
	const char *digits = c->digits + c->n_date - 6;
	unsigned sum = 0, i, value;

	for (i = 0; i < 10; i++) {
		value = (unsigned)digits[i] * (i % 2 == 0 ? 2 : 1);
		sum += value / 10 + value % 10;
	}
	return sum % 10 == 0;
}

static bool identity_is_number(
	const struct identity_text *text, const struct identity_candidate *c)
{
	unsigned birth = identity_birth(c, text->today);

	return birth <= text->today && identity_is_date(birth) &&
	       identity_is_checked(c) && identity_stands_alone(text, c) &&
	       !identity_is_phone(text, c);
}

size_t identity_number_find(const char *text, size_t n, unsigned today,
	struct identity_number *ret, size_t room)
{
	struct identity_text all = { text, n, today };
	struct identity_candidate candidate;
	size_t found = 0, at = 0;

	while (at < n) {
		if (!identity_digit_at(&all, at)) {
			at++;
			continue;
		}
		if (!identity_candidate_read(&all, at, &candidate) ||
			!identity_is_number(&all, &candidate)) {
			at += identity_digits_at(&all, at);
			continue;
		}
		if (found < room)
			ret[found] = (struct identity_number){ candidate.start,
				candidate.end - candidate.start };
		found++;
		at = candidate.end;
	}
	return found;
}
