#include "server/push_host.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
#define DIGITS "0123456789"
#define PORT_DIGITS 5
#define STANDARD_PORT "443"

/* One of the list: name and port point into it. */
struct host {
	const char *name, *port;
	size_t name_length, port_length;
	bool below; /* every host whose name ends in ".name" */
};

/* False at the end. */
static bool host_next(const char **at, struct host *ret)
{
	const char *text = *at + strspn(*at, " ");
	size_t n = strcspn(text, " ");
	const char *colon = memchr(text, ':', n);

	*at = text + n;
	*ret = (struct host){ .name = text,
		.name_length = colon ? (size_t)(colon - text) : n,
		.port = colon ? colon + 1 : STANDARD_PORT,
		.port_length = colon ? n - (size_t)(colon + 1 - text)
				     : strlen(STANDARD_PORT) };
	ret->below = n > 2 && text[0] == '*' && text[1] == '.';
	if (ret->below) {
		ret->name += 2;
		ret->name_length -= 2;
	}
	return n > 0;
}

/* "*." alone, or before a name of one label ("*.com"), would let in far too many. */
static bool host_is_good(const struct host *host)
{
	const char *dot = memchr(host->name, '.', host->name_length);

	return host->name_length > 0 &&
	       strspn(host->name, NAME_CHARS) >= host->name_length &&
	       host->name[0] != '.' && (!host->below || dot) && host->port_length > 0 &&
	       host->port_length <= PORT_DIGITS &&
	       strspn(host->port, DIGITS) >= host->port_length;
}

int push_hosts_check(const char *hosts, struct error *err)
{
	const char *at = hosts;
	struct host host;
	size_t count = 0;

	while (host_next(&at, &host)) {
		if (!host_is_good(&host))
			return error_set(err, ERR_INVALID,
				"SYNPUNKT_PUSH_HOSTS: expected names as push.example or "
				"*.push.example, not \"%.*s\"",
				(int)host.name_length, host.name);
		if (++count > PUSH_HOSTS_MAX)
			return error_set(err, ERR_INVALID,
				"SYNPUNKT_PUSH_HOSTS: at most %d names",
				PUSH_HOSTS_MAX);
	}
	return 0;
}

static bool host_matches(const struct host *host, const char *name, const char *port)
{
	size_t n = strlen(name), more;

	if (strlen(port) != host->port_length ||
		strncmp(port, host->port, host->port_length) != 0)
		return false;
	if (n < host->name_length)
		return false;
	more = n - host->name_length;
	if (strncasecmp(name + more, host->name, host->name_length) != 0)
		return false;
	return host->below ? more > 1 && name[more - 1] == '.' : more == 0;
}

static bool is_listed(const char *hosts, const char *name, const char *port)
{
	struct host host;

	while (host_next(&hosts, &host))
		if (host_matches(&host, name, port))
			return true;
	return false;
}

/* NULL when it is not there. */
static const char *part(
	struct arena *arena, CURLU *url, CURLUPart which, unsigned flags)
{
	const char *ret = NULL;
	char *text = NULL;

	if (curl_url_get(url, which, &text, flags) == CURLUE_OK)
		ret = arena_dup(arena, text);
	curl_free(text);
	return ret;
}

static const char *origin_of(struct arena *arena, const char *hosts, CURLU *url)
{
	const char *scheme = part(arena, url, CURLUPART_SCHEME, 0);
	const char *host = part(arena, url, CURLUPART_HOST, 0);
	const char *port = part(arena, url, CURLUPART_PORT, CURLU_DEFAULT_PORT);

	if (!scheme || strcmp(scheme, "https") != 0 || !host || !port ||
		part(arena, url, CURLUPART_USER, 0) ||
		part(arena, url, CURLUPART_PASSWORD, 0) ||
		part(arena, url, CURLUPART_FRAGMENT, 0) ||
		!is_listed(hosts, host, port))
		return NULL;
	if (!strcmp(port, STANDARD_PORT))
		return arena_printf(arena, "https://%s", host);
	return arena_printf(arena, "https://%s:%s", host, port);
}

const char *push_origin(struct arena *arena, const char *hosts, const char *endpoint)
{
	const char *origin = NULL;
	CURLU *url;

	if (!hosts || strlen(endpoint) > PUSH_ENDPOINT_MAX)
		return NULL;
	for (const char *p = endpoint; *p; p++)
		if (*p <= ' ' || *p > '~')
			return NULL;
	/* By the parser of whoever will send: what it takes for the host is the host.
	 */
	url = curl_url();
	if (url && curl_url_set(url, CURLUPART_URL, endpoint, 0) == CURLUE_OK)
		origin = origin_of(arena, hosts, url);
	curl_url_cleanup(url);
	return origin;
}
