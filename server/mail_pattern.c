#include "server/mail_pattern.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define REPEATS_MAX 20    /* in one pattern */
#define REPEATED_MAX 100L /* of "{m,n}" */
#define DIGITS "0123456789"

struct scan {
	const char *at;
	int groups, repeats;
	bool in_group;
	bool may_repeat; /* what was read last */
	const char *fault;
};

static void fail(struct scan *s, const char *fault)
{
	if (!s->fault)
		s->fault = fault;
}

static void escape_take(struct scan *s)
{
	unsigned char next = (unsigned char)s->at[1];

	if (next == '\0' || (!strchr("dsw", next) && !ispunct(next)))
		fail(s, "after a backslash there is d, s, w or a sign");
	s->at += next == '\0' ? 1 : 2;
}

static void set_take(struct scan *s)
{
	const char *first;

	s->at += 1 + (s->at[1] == '^');
	first = s->at;
	while (*s->at && *s->at != ']' && !s->fault) {
		if (*s->at == '[')
			fail(s, "there is a set in a set: write \\[ for the sign");
		else if (*s->at == '\\')
			escape_take(s);
		else
			s->at++;
	}
	if (*s->at != ']' || s->at == first)
		fail(s, "a set is not ended, or is empty");
	else
		s->at++;
}

/* "{m}", "{m,}" or "{m,n}". */
static void times_take(struct scan *s)
{
	const char *p = s->at + 1;
	size_t n = strspn(p, DIGITS), m;
	long least, most;

	least = most = n > 0 && n <= 3 ? strtol(p, NULL, 10) : REPEATED_MAX + 1;
	p += n;
	if (*p == ',') {
		m = strspn(++p, DIGITS);
		if (m > 3)
			most = REPEATED_MAX + 1;
		else if (m > 0)
			most = strtol(p, NULL, 10);
		p += m;
	}
	if (*p != '}' || least > most || most > REPEATED_MAX)
		fail(s, "how often something comes is {m,n}, at most 100");
	s->at = *p == '}' ? p + 1 : p;
}

static void repeat_take(struct scan *s)
{
	if (!s->may_repeat)
		fail(s, "there is nothing that could be repeated before *, +, ? or {");
	if (++s->repeats > REPEATS_MAX)
		fail(s, "too much is repeated");
	if (*s->at == '{')
		times_take(s);
	else
		s->at++;
	if (*s->at == '?') /* as few as possible */
		s->at++;
	s->may_repeat = false;
}

static void bracket_take(struct scan *s)
{
	bool opens = *s->at == '(';

	if (opens == s->in_group)
		fail(s, opens ? "there are brackets in brackets"
			      : "a bracket ends that did not begin");
	s->groups += opens;
	s->in_group = opens;
	s->may_repeat = false;
	s->at++;
}

static void sign_take(struct scan *s)
{
	s->may_repeat = !strchr("^$|", *s->at);
	if ((unsigned char)*s->at < ' ')
		fail(s, "there is a character that cannot be shown");
	s->at++;
}

static void atom_take(struct scan *s)
{
	if (*s->at == '[')
		set_take(s);
	else
		escape_take(s);
	s->may_repeat = true;
}

static void part_take(struct scan *s)
{
	if (strchr("()", *s->at))
		bracket_take(s);
	else if (strchr("*+?{", *s->at))
		repeat_take(s);
	else if (strchr("[\\", *s->at))
		atom_take(s);
	else
		sign_take(s);
}

const char *mail_pattern_fault(const char *pattern)
{
	struct scan s = { .at = pattern };

	while (*s.at && !s.fault)
		part_take(&s);
	if (s.groups != 1 || s.in_group)
		fail(&s, "what is looked for stands in one pair of brackets: "
			 "Ärende (\\d+)");
	return s.fault;
}
