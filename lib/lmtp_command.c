#include "lib/lmtp_command.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/utf8.h"

/* ---- what bytes may be where ---- */

enum {
	BYTE_ATOM = 1 << 0,    /* atext and the dot, of a local part */
	BYTE_DOMAIN = 1 << 1,  /* letters, digits, hyphen, dot, and the underscore */
	BYTE_LITERAL = 1 << 2, /* within [ ] */
	BYTE_VALUE = 1 << 3,   /* of a parameter */
	BYTE_NAME = 1 << 4,    /* of a parameter's name */
};

static unsigned byte_class(unsigned char c)
{
	unsigned class = 0;

	if (c >= 0x80)
		return BYTE_ATOM | BYTE_DOMAIN;
	if (isalnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c))
		class |= BYTE_ATOM;
	if (isalnum(c) || c == '-' || c == '.' || c == '_')
		class |= BYTE_DOMAIN;
	if (isalnum(c) || c == '-' || c == '.' || c == ':')
		class |= BYTE_LITERAL;
	if (c > ' ' && c != '=' && c != 0x7f)
		class |= BYTE_VALUE;
	if (isalnum(c) || c == '-')
		class |= BYTE_NAME;
	return c ? class : 0;
}

/* How many bytes from the start are of the class. */
static size_t span(const char *text, size_t n, unsigned class)
{
	size_t i = 0;

	while (i < n && byte_class((unsigned char)text[i]) & class)
		i++;
	return i;
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* ---- addresses ---- */

/* "a \"quoted\" part"; 0 when it does not end. */
static size_t quoted_length(const char *text, size_t n)
{
	size_t i = 1;

	while (i < n && text[i] != '"')
		i += text[i] == '\\' ? 2 : 1;
	return i < n ? i + 1 : 0;
}

/* Dots are taken wherever they stand: there are mailboxes like that, and their owners'
 * letters are not to be lost. */
static size_t local_length(const char *text, size_t n)
{
	return n > 0 && text[0] == '"' ? quoted_length(text, n)
				       : span(text, n, BYTE_ATOM);
}

static bool domain_is_fine(const char *text, size_t n)
{
	if (n > 2 && text[0] == '[' && text[n - 1] == ']')
		return span(text + 1, n - 2, BYTE_LITERAL) == n - 2;
	return n > 0 && span(text, n, BYTE_DOMAIN) == n && text[0] != '.' &&
	       text[0] != '-' && !memmem(text, n, "..", 2);
}

/* What stands between the brackets. A domain may be missing: <postmaster> is right,
 * and a machine may write in its own name. */
static bool address_is_fine(const char *text, size_t n)
{
	size_t local = local_length(text, n);

	if (local == 0 || local > LMTP_LOCAL_MAX || !utf8_is_valid(text, n))
		return false;
	if (local == n)
		return true;
	n -= local + 1;
	return text[local] == '@' && n <= LMTP_DOMAIN_MAX &&
	       domain_is_fine(text + local + 1, n);
}

/* "<address>" at the start of text: its length with brackets, 0 if it is none. */
static size_t path_read(const char *text, size_t n, struct lmtp_command *ret)
{
	const char *close;
	size_t local, end;

	if (n < 2 || text[0] != '<')
		return 0;
	/* A ">" may stand in quotes. */
	local = local_length(text + 1, n - 1);
	close = memchr(text + 1 + local, '>', n - 1 - local);
	end = close ? (size_t)(close - text) : 0;
	if (!close || end - 1 > LMTP_ADDRESS_MAX)
		return 0;
	if (end > 1 && !address_is_fine(text + 1, end - 1))
		return 0;
	memcpy(ret->address, text + 1, end - 1);
	ret->address[end - 1] = '\0';
	ret->is_ascii = true;
	for (size_t i = 1; i < end; i++) {
		if (text[i] & 0x80)
			ret->is_ascii = false;
	}
	return end + 1;
}

/* ---- parameters ---- */

static bool size_take(const char *value, size_t n, struct lmtp_command *ret)
{
	if (n == 0 || n > 20)
		return false;
	ret->size = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)value[i]))
			return false;
		if (ret->size > (UINT64_MAX - 9) / 10)
			ret->size = UINT64_MAX;
		else
			ret->size = ret->size * 10 + (uint64_t)(value[i] - '0');
	}
	return true;
}

static bool body_take(const char *value, size_t n, struct lmtp_command *ret)
{
	ret->eight_bit = n == 8 && strncasecmp(value, "8BITMIME", n) == 0;
	return ret->eight_bit || (n == 4 && strncasecmp(value, "7BIT", n) == 0);
}

static bool utf8_take(const char *value, size_t n, struct lmtp_command *ret)
{
	ret->utf8 = true;
	return value == NULL;
}

/* The value is NULL where there is no "=". */
static const struct {
	const char *name;
	bool (*take)(const char *value, size_t n, struct lmtp_command *ret);
} mail_parameters[] = {
	{ "SIZE", size_take },
	{ "BODY", body_take },
	{ "SMTPUTF8", utf8_take },
};

static const char unknown_parameter[] = "555 5.5.4 a parameter that is not known here";
static const char wrong_parameter[] = "501 5.5.4 a parameter is wrong";

static const char *parameter_take(const char *text, size_t n, struct lmtp_command *ret)
{
	size_t name = span(text, n, BYTE_NAME);
	const char *value = name < n && text[name] == '=' ? text + name + 1 : NULL;
	size_t length = value ? n - name - 1 : 0;

	if (name == 0 || (name < n && !value) ||
		span(value ? value : "", length, BYTE_VALUE) != length)
		return wrong_parameter;
	for (size_t i = 0; i < ARRAY_LEN(mail_parameters); i++) {
		const char *known = mail_parameters[i].name;

		if (strlen(known) != name || strncasecmp(text, known, name) != 0)
			continue;
		if (ret->present & 1u << i)
			return wrong_parameter;
		ret->present |= 1u << i;
		return mail_parameters[i].take(value, length, ret) ? NULL
								   : wrong_parameter;
	}
	return unknown_parameter;
}

/* Each with one space or more before it. */
static const char *parameters_read(const char *text, size_t n, struct lmtp_command *ret)
{
	const char *refusal = NULL;

	while (n > 0 && !refusal) {
		size_t spaces = 0, length = 0;

		while (spaces < n && text[spaces] == ' ')
			spaces++;
		if (spaces == 0)
			return wrong_parameter;
		while (spaces + length < n && text[spaces + length] != ' ')
			length++;
		refusal = parameter_take(text + spaces, length, ret);
		text += spaces + length;
		n -= spaces + length;
	}
	return refusal;
}

/* ---- what follows a verb ---- */

/* "FROM:<…> …" or "TO:<…>": the rest after the path. */
static bool path_take(
	const char **text, size_t *n, const char *word, struct lmtp_command *ret)
{
	size_t length = strlen(word), path;

	if (*n < length || strncasecmp(*text, word, length) != 0)
		return false;
	path = path_read(*text + length, *n - length, ret);
	*text += length + path;
	*n -= length + path;
	return path > 0;
}

static const char *mail_read(const char *rest, size_t n, struct lmtp_command *ret)
{
	if (!path_take(&rest, &n, "FROM:", ret))
		return "501 5.1.7 expected MAIL FROM:<address>";
	return parameters_read(rest, n, ret);
}

static const char *rcpt_read(const char *rest, size_t n, struct lmtp_command *ret)
{
	if (!path_take(&rest, &n, "TO:", ret) || !ret->address[0])
		return "501 5.1.3 expected RCPT TO:<address>";
	return n > 0 ? unknown_parameter : NULL;
}

/* A domain or an address literal. */
static const char *lhlo_read(const char *rest, size_t n, struct lmtp_command *ret)
{
	return domain_is_fine(rest, n) ? NULL : "501 5.5.4 expected LHLO domain";
}

static const char *nothing_read(const char *rest, size_t n, struct lmtp_command *ret)
{
	return n > 0 ? "501 5.5.4 no argument is expected" : NULL;
}

static const char *anything_read(const char *rest, size_t n, struct lmtp_command *ret)
{
	return NULL;
}

static const char *something_read(const char *rest, size_t n, struct lmtp_command *ret)
{
	return n == 0 ? "501 5.5.4 an argument is missing" : NULL;
}

static const struct {
	const char *word;
	enum lmtp_verb verb;
	const char *(*read)(const char *rest, size_t n, struct lmtp_command *ret);
} verbs[] = {
	{ "LHLO", LMTP_LHLO, lhlo_read },
	{ "MAIL", LMTP_MAIL, mail_read },
	{ "RCPT", LMTP_RCPT, rcpt_read },
	{ "DATA", LMTP_DATA, nothing_read },
	{ "RSET", LMTP_RSET, nothing_read },
	{ "NOOP", LMTP_NOOP, anything_read },
	{ "VRFY", LMTP_VRFY, something_read },
	{ "QUIT", LMTP_QUIT, nothing_read },
};

/* What others say, with the answer. RFC 2033 section 4.1: HELO and EHLO get 500. */
static const struct {
	const char *word, *answer;
} foreign[] = {
	{ "HELO", "500 5.5.1 this is LMTP, say LHLO" },
	{ "EHLO", "500 5.5.1 this is LMTP, say LHLO" },
	{ "AUTH", "502 5.5.1 not offered" },
	{ "BDAT", "502 5.5.1 not offered" },
	{ "ETRN", "502 5.5.1 not offered" },
	{ "EXPN", "502 5.5.1 not offered" },
	{ "HELP", "502 5.5.1 not offered" },
	{ "STARTTLS", "502 5.5.1 not offered" },
	{ "TURN", "502 5.5.1 not offered" },
};

static bool is_word(const char *line, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(line, word, n) == 0;
}

/* "GET / HTTP/1.1", or the first byte of TLS: a browser on this machine, talked into
 * sending its form here, must not get to a line that it chose. */
static bool is_stranger(const char *line, size_t n)
{
	if (memmem(line, n, " HTTP/", 6))
		return true;
	for (size_t i = 0; i < n; i++) {
		if (is_control(line[i]) && line[i] != '\t')
			return true;
	}
	return false;
}

const char *lmtp_command_read(const char *line, size_t n, struct lmtp_command *ret)
{
	size_t length;

	memset(ret, 0, sizeof(*ret));
	if (is_stranger(line, n)) {
		ret->verb = LMTP_STRANGER;
		return "500 5.5.2 this is LMTP and takes nothing else";
	}
	/* RFC 5321 section 4.1.1 wants white space at the end to be borne. */
	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	length = span(line, n, BYTE_NAME);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (!is_word(line, length, verbs[i].word))
			continue;
		ret->verb = verbs[i].verb;
		if (length < n && line[length] != ' ')
			break;
		length += length < n;
		return verbs[i].read(line + length, n - length, ret);
	}
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (is_word(line, length, foreign[i].word))
			return foreign[i].answer;
	}
	return "500 5.5.2 not a command";
}
