#include "server/frame_origin.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/error.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define PORT_DIGITS 5

static const char *const this_machine[] = { "localhost", "127.0.0.1" };

/* Labels of letters, digits and hyphens, by dots; none is empty. */
static bool is_host(const char *host, size_t n)
{
	size_t label = 0;

	for (size_t i = 0; i < n; i++) {
		if (host[i] == '.' ? label == 0
				   : !memchr(LETTERS DIGITS "-", host[i],
					     sizeof(LETTERS DIGITS "-") - 1))
			return false;
		label = host[i] == '.' ? 0 : label + 1;
	}
	return label > 0;
}

/* "" or ":8443". */
static bool is_port(const char *port, size_t n)
{
	if (n == 0)
		return true;
	return port[0] == ':' && n > 1 && n <= 1 + PORT_DIGITS && port[1] != '0' &&
	       strspn(port + 1, DIGITS) >= n - 1;
}

static bool is_this_machine(const char *host, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(this_machine); i++)
		if (strlen(this_machine[i]) == n &&
			!strncasecmp(host, this_machine[i], n))
			return true;
	return false;
}

static bool is_origin(const char *text, size_t n)
{
	bool secure = n > 8 && !strncmp(text, "https://", 8);
	size_t scheme = secure ? 8 : 7;
	const char *host = text + scheme, *colon;
	size_t length;

	if (!secure && (n <= 7 || strncmp(text, "http://", 7) != 0))
		return false;
	colon = memchr(host, ':', n - scheme);
	length = colon ? (size_t)(colon - host) : n - scheme;
	return is_host(host, length) && (secure || is_this_machine(host, length)) &&
	       is_port(host + length, n - scheme - length);
}

int frame_origins_check(const char *text, struct error *err)
{
	size_t count = 0;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t n = strcspn(text, " ");

		if (!is_origin(text, n))
			return error_set(err, ERR_INVALID,
				"SYNPUNKT_FRAME_ANCESTORS: expected origins as "
				"https://stad.example, not \"%.*s\"",
				(int)(n < 100 ? n : 100), text);
		if (++count > FRAME_ORIGINS_MAX)
			return error_set(err, ERR_INVALID,
				"SYNPUNKT_FRAME_ANCESTORS: at most %d origins",
				FRAME_ORIGINS_MAX);
		text += n;
	}
	return 0;
}
