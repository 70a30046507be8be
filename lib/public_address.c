#include "lib/public_address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base.h"

/* IANA's special-purpose registries: what is not globally reachable. */
static const struct {
	uint32_t net, mask;
} closed_v4[] = {
	{ 0x00000000, 0xff000000 }, /* 0.0.0.0/8 */
	{ 0x0a000000, 0xff000000 }, /* 10.0.0.0/8 */
	{ 0x64400000, 0xffc00000 }, /* 100.64.0.0/10 */
	{ 0x7f000000, 0xff000000 }, /* 127.0.0.0/8 */
	{ 0xa9fe0000, 0xffff0000 }, /* 169.254.0.0/16 */
	{ 0xac100000, 0xfff00000 }, /* 172.16.0.0/12 */
	{ 0xc0000000, 0xffffff00 }, /* 192.0.0.0/24 */
	{ 0xc0a80000, 0xffff0000 }, /* 192.168.0.0/16 */
	{ 0xc6120000, 0xfffe0000 }, /* 198.18.0.0/15 */
	{ 0xe0000000, 0xe0000000 }, /* 224.0.0.0/3 */
};

static bool v4_is_public(uint32_t address)
{
	for (size_t i = 0; i < ARRAY_LEN(closed_v4); i++) {
		if ((address & closed_v4[i].mask) == closed_v4[i].net)
			return false;
	}
	return true;
}

/* 2000::/3 is all that is given out; within it, what carries an IPv4 address. */
static bool v6_is_public(const unsigned char *a)
{
	static const unsigned char documentation[] = { 0x20, 0x01, 0x0d, 0xb8 };

	if ((a[0] & 0xe0) != 0x20 || !memcmp(a, documentation, sizeof(documentation)))
		return false;
	if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
		return false;
	return !(a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0); /* Teredo */
}

bool public_address(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return v4_is_public(
			ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
	if (address->sa_family == AF_INET6)
		return v6_is_public(
			((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr);
	return false;
}
