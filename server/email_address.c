#include "server/email_address.h"

#include <string.h>

#define ADDRESS_MAX 254 /* octets; RFC 5321 4.5.3.1.3 less the brackets */
#define LOCAL_MAX 64    /* RFC 5321 4.5.3.1.1 */
#define LABEL_MAX 63    /* RFC 1035 2.3.4 */

/* RFC 5322 atext, and anything beyond ASCII (RFC 6531). */
static bool is_local_byte(unsigned char c)
{
	return c >= 0x80 || (c > ' ' && c < 0x7f && !strchr("()<>[]:;@\\,\"", c));
}

static bool is_domain_byte(unsigned char c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

static size_t part_length(const char *text, size_t n, bool (*allowed)(unsigned char c))
{
	size_t i = 0;

	while (i < n && text[i] != '.' && allowed((unsigned char)text[i]))
		i++;
	return i;
}

/* Parts between dots: none empty, each of allowed bytes; how many, or 0 if wrong. */
static size_t dotted_parts(
	const char *text, size_t n, bool (*allowed)(unsigned char c), size_t part_max)
{
	size_t parts = 0, length;

	for (size_t i = 0; i <= n; i += length + 1, parts++) {
		length = part_length(text + i, n - i, allowed);
		if (length == 0 || length > part_max)
			return 0;
		if (i + length < n && text[i + length] != '.')
			return 0;
	}
	return parts;
}

bool email_address_is_possible(const char *address)
{
	size_t n = strlen(address);
	const char *at = strrchr(address, '@'), *domain;

	if (!at || n > ADDRESS_MAX || at - address > LOCAL_MAX)
		return false;
	domain = at + 1;
	/* A hyphen may not begin or end a label. */
	if (domain[0] == '-' || address[n - 1] == '-' || strstr(domain, ".-") ||
		strstr(domain, "-."))
		return false;
	return dotted_parts(
		       address, (size_t)(at - address), is_local_byte, LOCAL_MAX) &&
	       dotted_parts(domain, strlen(domain), is_domain_byte, LABEL_MAX) >= 2;
}
