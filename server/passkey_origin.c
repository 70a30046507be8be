#include "server/passkey_origin.h"

#include <ctype.h>
#include <string.h>

#include "lib/arena.h"

static char *lower(struct arena *arena, const char *text, size_t n)
{
	char *copy = arena_dup_n(arena, text, n);

	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

int passkey_origin(struct arena *arena, const char *url, struct passkey_asked *ret)
{
	const char *host = strstr(url, "://");
	size_t n;

	if (!host)
		return -1;
	host += strlen("://");
	n = strcspn(host, ":/");
	if (n == 0 || host[0] == '[' || strspn(host, "0123456789.") >= n)
		return -1;
	ret->host = lower(arena, host, n);
	ret->origin = lower(arena, url, (size_t)(host - url) + strcspn(host, "/"));
	return 0;
}

json_t *passkey_asked_json(const struct passkey_asked *asked, const char *credentials)
{
	char challenge[PASSKEY_CHALLENGE_TEXT];

	passkey_challenge_print(asked->challenge, challenge);
	return json_pack("{s:s, s:s, s:o}", "challenge", challenge, "host", asked->host,
		"credentials", json_loads(credentials, 0, NULL));
}
