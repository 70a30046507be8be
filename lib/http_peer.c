#include "lib/http_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/secret.h"

#define NETS_MAX 64

struct net {
	struct http_address address;
	unsigned bits; /* of 128 */
};

struct http_peers {
	unsigned char key[SECRET_HASH_KEY_SIZE];
	size_t n;
	struct net nets[NETS_MAX];
};

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const struct http_address *address)
{
	return memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static void address_from_v4(const void *v4, struct http_address *ret)
{
	*ret = (struct http_address){ 0 };
	memcpy(ret->bytes, mapped_prefix, sizeof(mapped_prefix));
	memcpy(ret->bytes + 12, v4, 4);
}

void http_address_of(const struct sockaddr *sa, struct http_address *ret)
{
	*ret = (struct http_address){ 0 };
	if (sa->sa_family == AF_INET)
		address_from_v4(&((const struct sockaddr_in *)sa)->sin_addr, ret);
	else if (sa->sa_family == AF_INET6)
		memcpy(ret->bytes, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	else
		ret->local = true;
}

static bool parse_bare(const char *text, struct http_address *ret)
{
	struct http_address address = { 0 };
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		address_from_v4(&v4, ret);
		return true;
	}
	if (inet_pton(AF_INET6, text, address.bytes) != 1)
		return false;
	*ret = address;
	return true;
}

bool http_address_parse(const char *text, struct http_address *ret)
{
	char bare[64];
	const char *end = NULL;

	if (*text == '[') {
		text++;
		end = strchr(text, ']');
		if (!end)
			return false;
	} else {
		/* One colon is a port, more are an IPv6 address. */
		end = strchr(text, ':');
		if (!end || strchr(end + 1, ':'))
			end = text + strlen(text);
	}
	if ((size_t)(end - text) >= sizeof(bare))
		return false;
	memcpy(bare, text, (size_t)(end - text));
	bare[end - text] = '\0';
	return parse_bare(bare, ret);
}

static int net_parse(const char *text, struct net *ret, struct error *err)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	unsigned long bits, most;
	char address[64], *end = NULL;
	struct net net;

	if (n >= sizeof(address))
		return error_set(err, ERR_INVALID, "\"%s\" is not a network", text);
	memcpy(address, text, n);
	address[n] = '\0';
	if (!parse_bare(address, &net.address))
		return error_set(err, ERR_INVALID, "\"%s\" is not a network", text);
	most = is_mapped(&net.address) && !strchr(address, ':') ? 32 : 128;
	bits = most;
	if (slash) {
		if (slash[1] < '0' || slash[1] > '9')
			return error_set(
				err, ERR_INVALID, "\"%s\" is not a network", text);
		bits = strtoul(slash + 1, &end, 10);
		if (*end != '\0' || bits > most)
			return error_set(
				err, ERR_INVALID, "\"%s\" is not a network", text);
	}
	net.bits = (unsigned)(bits + 128 - most);
	*ret = net;
	return 0;
}

struct http_peers *http_peers_new(
	const char *const *proxies, const uint8_t secret[32], struct error *err)
{
	struct http_peers *peers = mem_new(sizeof(*peers));
	static const unsigned char purpose[] = "http peer";

	/* Cannot fail: the lengths are constants within its limits. */
	crypto_generichash(
		peers->key, sizeof(peers->key), purpose, sizeof(purpose), secret, 32);
	for (; proxies && *proxies; proxies++) {
		if (peers->n == NETS_MAX) {
			error_set(err, ERR_INVALID, "more than %d trusted networks",
				NETS_MAX);
			http_peers_free(peers);
			return NULL;
		}
		if (net_parse(*proxies, &peers->nets[peers->n], err) < 0) {
			http_peers_free(peers);
			return NULL;
		}
		peers->n++;
	}
	return peers;
}

void http_peers_free(struct http_peers *peers)
{
	mem_free(peers);
}

static bool net_has(const struct net *net, const struct http_address *address)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;
	unsigned mask = 0xffu << (8 - rest) & 0xff;

	if (memcmp(net->address.bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       ((net->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

bool http_peers_trust(
	const struct http_peers *peers, const struct http_address *address)
{
	if (address->local)
		return true;
	for (size_t i = 0; i < peers->n; i++) {
		if (net_has(&peers->nets[i], address))
			return true;
	}
	return false;
}

uint64_t http_peers_key(
	const struct http_peers *peers, const struct http_address *address)
{
	/* A household or a phone has a whole /64 to choose addresses from. */
	return secret_hash64(peers->key, address->bytes, is_mapped(address) ? 16 : 8);
}

bool http_peers_forwarded(const struct http_peers *peers, const char *forwarded_for,
	struct http_address *ret)
{
	const char *end = forwarded_for + strlen(forwarded_for), *start;
	struct http_address address;
	bool found = false;
	char text[64];
	size_t n;

	/* From the right: each proxy has added whom it saw. What stands left of the
	 * first stranger is the stranger's own claim. */
	for (;; end = start - 1) {
		for (start = end; start > forwarded_for && start[-1] != ','; start--)
			;
		while (start < end && (*start == ' ' || *start == '\t'))
			start++;
		n = (size_t)(end - start);
		while (n > 0 && (start[n - 1] == ' ' || start[n - 1] == '\t'))
			n--;
		if (n >= sizeof(text))
			return found;
		memcpy(text, start, n);
		text[n] = '\0';
		if (!http_address_parse(text, &address))
			return found;
		*ret = address;
		found = true;
		while (start > forwarded_for && start[-1] != ',')
			start--;
		if (start == forwarded_for || !http_peers_trust(peers, &address))
			return true;
	}
}
