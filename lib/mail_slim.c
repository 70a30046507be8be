/*
 * HTML made small before libxml2 sees it: pictures within attributes (data:) are left
 * out, and of a tag with very many attributes the rest is, since libxml2 compares each
 * with all. Nothing of it would be read.
 */
#include "lib/mail_private.h"

#include <string.h>

#include "lib/base.h"

#define MAIL_SLIM_VALUE 2000 /* bytes of an attribute's value */
#define MAIL_SLIM_WORDS 100  /* attributes of a tag, or what may be one */

struct mail_slim {
	struct mail_buffer *out;
	bool in_tag;
	char quote;    /* that closes the value; 0 outside of one */
	size_t length; /* of the value so far */
	size_t words;
};

static bool mail_slim_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
}

/* One byte within a tag; false if it is left out. */
static bool mail_slim_tag(struct mail_slim *slim, char c)
{
	if (slim->quote) {
		if (c != slim->quote)
			return slim->words <= MAIL_SLIM_WORDS &&
			       ++slim->length <= MAIL_SLIM_VALUE;
		slim->quote = 0;
	} else if (c == '>') {
		slim->in_tag = false;
		return true;
	} else if (c == '"' || c == '\'') {
		slim->quote = c;
		slim->length = 0;
	} else if (strchr(" \t\n/", c)) {
		slim->words++;
	}
	return slim->words <= MAIL_SLIM_WORDS;
}

void mail_slim(const char *html, size_t n, struct mail_buffer *out)
{
	struct mail_slim slim = { .out = out };
	size_t i;

	for (i = 0; i < n && !out->cut; i++) {
		if (slim.in_tag && !mail_slim_tag(&slim, html[i]))
			continue;
		if (!slim.in_tag && html[i] == '<' && i + 1 < n &&
			mail_slim_is_letter(html[i + 1])) {
			slim.in_tag = true;
			slim.words = 0;
		}
		mail_buffer_add(out, html + i, 1);
	}
}
