#include "lib/form_private.h"

#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/error.h"

/* The header lines of one part of multipart/form-data (RFC 7578, 4). */

#define BLANKS " \t"

/* RFC 9110, 5.6.2. */
static const char token_bytes[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static char *trim(char *text)
{
	size_t n;

	text += strspn(text, BLANKS);
	n = strlen(text);
	while (n > 0 && strchr(BLANKS, text[n - 1]))
		n--;
	text[n] = '\0';
	return text;
}

char *form_value_first(char *text, char **ret_params)
{
	char *end = strchr(text, ';');

	if (end)
		*end++ = '\0';
	*ret_params = end;
	return trim(text);
}

/* A quoted string (RFC 9110, 5.6.4) whose quote is already behind. Only \" and \\ are
 * escapes: some clients send a Windows path as it is. NULL if it does not end; *end is
 * what follows it. */
static char *quoted_read(char *text, char **end)
{
	char *from = text, *to = text;

	for (; *from != '"'; from++) {
		if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
			from++;
		if (*from == '\0')
			return NULL;
		*to++ = *from;
	}
	*end = from + 1;
	*to = '\0';
	return text;
}

/* The end of a parameter: a ; or the end of the text. */
static int param_end(char **params, char *text)
{
	text += strspn(text, BLANKS);
	if (*text != ';' && *text != '\0')
		return -1;
	*params = *text == ';' ? text + 1 : NULL;
	return 1;
}

int form_param_next(char **params, struct form_param *ret)
{
	char *text = *params, *end;
	size_t n;
	int result;

	if (!text)
		return 0;
	ret->name = text + strspn(text, BLANKS);
	n = strspn(ret->name, token_bytes);
	if (n == 0 || ret->name[n] != '=')
		return -1;
	ret->name[n] = '\0';
	ret->value = ret->name + n + 1;
	if (*ret->value == '"') {
		ret->value = quoted_read(ret->value + 1, &end);
		return ret->value ? param_end(params, end) : -1;
	}
	n = strcspn(ret->value, BLANKS ";\"");
	result = n > 0 ? param_end(params, ret->value + n) : -1;
	ret->value[n] = '\0';
	return result;
}

/* Browsers send a quote in a name as %22, and no other byte so but CR and LF (HTML
 * standard, "multipart form data"). Those two stay as they are: no control character
 * comes in this way. */
static void unescape_quotes(char *text)
{
	char *to = text;

	while (*text) {
		bool quote = strncmp(text, "%22", 3) == 0;

		*to++ = quote ? '"' : *text;
		text += quote ? 3 : 1;
	}
	*to = '\0';
}

static char *last_part(char *path)
{
	char *c = path + strlen(path);

	while (c > path && c[-1] != '/' && c[-1] != '\\')
		c--;
	return c;
}

static int disposition_parse(char *value, struct form_part *ret, struct error *err)
{
	struct form_param param;
	const char **target;
	char *params;
	int found;

	if (strcasecmp(form_value_first(value, &params), "form-data") != 0)
		return form_fail(err, "a part is not form-data");
	for (found = form_param_next(&params, &param); found > 0;
		found = form_param_next(&params, &param)) {
		if (strcasecmp(param.name, "name") == 0)
			target = &ret->name;
		else if (strcasecmp(param.name, "filename") == 0)
			target = &ret->filename;
		else
			continue;
		if (*target)
			return form_fail(err, "a part has two names");
		unescape_quotes(param.value);
		*target =
			target == &ret->filename ? last_part(param.value) : param.value;
	}
	return found < 0 ? form_fail(err, "a part's disposition is broken") : 0;
}

/* Deprecated and never sent by browsers (RFC 7578, 4.7): what changes nothing is let
 * through, what would have to be decoded is not. */
static int encoding_check(const char *value, struct error *err)
{
	static const char *const plain[] = { "7bit", "8bit", "binary" };

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (strcasecmp(value, plain[i]) == 0)
			return 0;
	}
	return form_fail(err, "a part has a transfer encoding");
}

static int header_use(
	const char *name, char *value, struct form_part *ret, struct error *err)
{
	if (strcasecmp(name, "Content-Disposition") == 0)
		return ret->name ? form_fail(err, "a part has two dispositions")
				 : disposition_parse(value, ret, err);
	if (strcasecmp(name, "Content-Type") == 0) {
		if (ret->content_type)
			return form_fail(err, "a part has two content types");
		ret->content_type = value;
	}
	if (strcasecmp(name, "Content-Transfer-Encoding") == 0)
		return encoding_check(value, err);
	return 0;
}

int form_header_parse(char *header, struct form_part *ret, struct error *err)
{
	struct form_part part = { 0 };
	char *line, *end;
	size_t n;

	for (line = header; *line != '\r'; line = end + 2) {
		end = strchr(line, '\r');
		n = strspn(line, token_bytes);
		if (n == 0 || line[n] != ':')
			return form_fail(err, "a part's header line is broken");
		line[n] = '\0';
		*end = '\0';
		if (header_use(line, trim(line + n + 1), &part, err) < 0)
			return -1;
	}
	*ret = part;
	return 0;
}
