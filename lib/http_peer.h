/*
 * http_peer - who is at the other end: addresses, trusted proxies, keyed hashes.
 *
 * Only for the files of lib/http*.
 */
#ifndef SYNPUNKT_LIB_HTTP_PEER_H
#define SYNPUNKT_LIB_HTTP_PEER_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct http_peers;
struct sockaddr;

/* IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that there is one form. */
struct http_address {
	uint8_t bytes[16];
	bool local; /* a unix socket: no address */
};

/* proxies: "10.0.0.0/8", "::1", NULL-terminated, or NULL. NULL on a malformed one. */
struct http_peers *http_peers_new(
	const char *const *proxies, const uint8_t secret[32], struct error *err);
void http_peers_free(struct http_peers *peers); /* NULL is fine */

void http_address_of(const struct sockaddr *sa, struct http_address *ret);
/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80". False: neither. */
bool http_address_parse(const char *text, struct http_address *ret);

bool http_peers_trust(
	const struct http_peers *peers, const struct http_address *address);
/* Of the IPv4 address or the IPv6 /64; never 0. */
uint64_t http_peers_key(
	const struct http_peers *peers, const struct http_address *address);
/* The client behind trusted proxies: the last address of X-Forwarded-For that is not
 * one of ours. False: the header says nothing usable. */
bool http_peers_forwarded(const struct http_peers *peers, const char *forwarded_for,
	struct http_address *ret);

#endif
