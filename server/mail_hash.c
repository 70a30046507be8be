#include "server/mail_hash.h"

#include <stdlib.h>

#include <event2/event.h>

#include "lib/base.h"

struct mail_hash {
	struct sha256 *sha256;
	const char *bytes;
	size_t n;
	struct event *next; /* the next slice */
	mail_hash_fn *done;
	void *arg;
};

/* By the clock: an event made active by itself would be called before all others. */
static void hash_soon(struct mail_hash *hash)
{
	static const struct timeval at_once = { 0 };

	evtimer_add(hash->next, &at_once);
}

static void hash_on_next(evutil_socket_t fd, short what, void *arg)
{
	struct mail_hash *hash = arg;
	size_t slice = hash->n < MAIL_HASH_SLICE ? hash->n : MAIL_HASH_SLICE;
	unsigned char ret[SHA256_SIZE];

	sha256_update(hash->sha256, hash->bytes, slice);
	hash->bytes += slice;
	hash->n -= slice;
	if (hash->n > 0) {
		hash_soon(hash);
		return;
	}
	sha256_finish(hash->sha256, ret);
	hash->done(ret, hash->arg);
}

struct mail_hash *mail_hash_new(struct event_base *base, mail_hash_fn *done, void *arg)
{
	struct mail_hash *hash = mem_new(sizeof(*hash));

	hash->sha256 = sha256_new();
	hash->done = done;
	hash->arg = arg;
	hash->next = evtimer_new(base, hash_on_next, hash);
	if (!hash->next)
		abort();
	return hash;
}

void mail_hash_start(struct mail_hash *hash, const char *bytes, size_t n)
{
	hash->bytes = bytes;
	hash->n = n;
	hash_soon(hash);
}

void mail_hash_free(struct mail_hash *hash)
{
	if (!hash)
		return;
	event_free(hash->next);
	sha256_free(hash->sha256);
	mem_free(hash);
}
