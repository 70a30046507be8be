#include "lib/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "lib/error.h"

#define ADDRESS_HOST_MAX 64

static int address_fail(struct error *err)
{
	return error_set(err, ERR_INVALID,
		"expected numeric HOST:PORT, [IPv6]:PORT or unix:PATH");
}

static int address_unix(const char *path, struct address *ret, struct error *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(un.sun_path))
		return error_set(err, ERR_INVALID,
			"expected a socket path of 1 to %zu bytes",
			sizeof(un.sun_path) - 1);
	memcpy(un.sun_path, path, n + 1);
	memset(ret, 0, sizeof(*ret));
	memcpy(&ret->sockaddr, &un, sizeof(un));
	ret->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
	return 0;
}

/* Digits only, 0 to 65535; -1 otherwise. */
static int port_parse(const char *text)
{
	size_t n = strlen(text);
	unsigned long port;

	if (n == 0 || n > 5 || strspn(text, "0123456789") != n)
		return -1;
	port = strtoul(text, NULL, 10);
	return port <= UINT16_MAX ? (int)port : -1;
}

/* The host without brackets goes to host; the port is returned, or -1. */
static int address_split(const char *text, char host[ADDRESS_HOST_MAX])
{
	const char *colon = strrchr(text, ':');
	size_t n;

	if (!colon)
		return -1;
	n = (size_t)(colon - text);
	if (text[0] == '[') {
		if (n < 2 || text[n - 1] != ']')
			return -1;
		text++;
		n -= 2;
	}
	if (n >= ADDRESS_HOST_MAX)
		return -1;
	memcpy(host, text, n);
	host[n] = '\0';
	return port_parse(colon + 1);
}

int address_parse(const char *text, struct address *ret, struct error *err)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	char host[ADDRESS_HOST_MAX];
	int port;

	if (strncmp(text, "unix:", 5) == 0)
		return address_unix(text + 5, ret, err);
	port = address_split(text, host);
	if (port < 0)
		return address_fail(err);
	in.sin_port = in6.sin6_port = htons((uint16_t)port);
	if (text[0] == '[' && inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		memset(ret, 0, sizeof(*ret));
		memcpy(&ret->sockaddr, &in6, sizeof(in6));
		ret->size = sizeof(in6);
		return 0;
	}
	if (text[0] != '[' && inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memset(ret, 0, sizeof(*ret));
		memcpy(&ret->sockaddr, &in, sizeof(in));
		ret->size = sizeof(in);
		return 0;
	}
	return address_fail(err);
}

bool address_is_local(const struct address *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	switch (address->sockaddr.ss_family) {
	case AF_UNIX:
		return true;
	case AF_INET:
		memcpy(&in, &address->sockaddr, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		memcpy(&in6, &address->sockaddr, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	default:
		return false;
	}
}
