#include "server/form_stamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"
#include "server/worker.h"

/* Half of the tag is plenty: it guards a delay of seconds, not a secret. */
#define TAG_SIZE 16

static void stamp_tag(
	const unsigned char *secret, int64_t ms, char ret[2 * TAG_SIZE + 1])
{
	const struct sha256_key key = { .bytes = secret, .size = WORKER_SECRET_SIZE };
	unsigned char tag[SHA256_SIZE];
	char said[FORM_STAMP_SIZE];

	/* The word keeps this use of the secret apart from all others. */
	snprintf(said, sizeof(said), "form-stamp\n%" PRId64, ms);
	sha256_hmac(&key, said, strlen(said), tag);
	encode_hex(tag, TAG_SIZE, ret);
}

void form_stamp_make(const unsigned char *secret, int64_t ms, char ret[FORM_STAMP_SIZE])
{
	char tag[2 * TAG_SIZE + 1];

	stamp_tag(secret, ms, tag);
	snprintf(ret, FORM_STAMP_SIZE, "%" PRId64 ".%s", ms, tag);
}

int form_stamp_read(const unsigned char *secret, const char *text, int64_t *ret_ms)
{
	char tag[2 * TAG_SIZE + 1];
	char *end;
	int64_t ms;

	if (!text || text[0] < '0' || text[0] > '9')
		return -1;
	ms = strtoll(text, &end, 10);
	if (*end != '.')
		return -1;
	stamp_tag(secret, ms, tag);
	if (!secret_equal_text(end + 1, tag))
		return -1;
	*ret_ms = ms;
	return 0;
}
