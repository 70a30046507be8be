#include "server/mail_known.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/lmtp_command.h"
#include "lib/secret.h"

/* An address has one place; of two that want it the later one has it. */
#define PLACES 256

struct mail_known {
	unsigned char key[SECRET_HASH_KEY_SIZE];
	struct {
		char *address; /* NULL: none */
		int64_t until_s;
	} places[PLACES];
};

struct mail_known *mail_known_new(void)
{
	struct mail_known *known = mem_new(sizeof(*known));

	secret_random(known->key, sizeof(known->key));
	return known;
}

void mail_known_free(struct mail_known *known)
{
	if (!known)
		return;
	for (size_t i = 0; i < PLACES; i++)
		mem_free(known->places[i].address);
	mem_free(known);
}

static size_t place_of(const struct mail_known *known, const char *address)
{
	char lower[LMTP_ADDRESS_MAX];
	size_t n = 0;

	for (; address[n] && n < sizeof(lower); n++)
		lower[n] = (char)tolower((unsigned char)address[n]);
	return secret_hash64(known->key, lower, n) % PLACES;
}

bool mail_known_has(const struct mail_known *known, const char *address, int64_t now_s)
{
	size_t i = place_of(known, address);

	return known->places[i].address && now_s < known->places[i].until_s &&
	       strcasecmp(known->places[i].address, address) == 0;
}

void mail_known_add(struct mail_known *known, const char *address, int64_t now_s)
{
	size_t i = place_of(known, address);

	mem_free(known->places[i].address);
	known->places[i].address = mem_dup(address);
	known->places[i].until_s = now_s + MAIL_KNOWN_S;
}
