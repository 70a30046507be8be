/*
 * What an LMTP client sends: each line as a command, all of it as a letter, and the
 * letter's header for what it is known by. The first byte says in what pieces the
 * letter comes; whatever it says, the outcome must be that of a plain reading of the
 * whole.
 */
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lmtp_command.h"
#include "lib/lmtp_data.h"
#include "lib/utf8.h"
#include "server/mail_key.h"

struct outcome {
	char *bytes;
	size_t n, used;
	bool ended, bare_lf;
};

static void check(bool fine)
{
	if (!fine)
		abort();
}

static void take(const char *bytes, size_t n, void *arg)
{
	struct outcome *o = arg;

	memcpy(o->bytes + o->n, bytes, n);
	o->n += n;
}

static void outcome_init(struct outcome *o, size_t room)
{
	*o = (struct outcome){ .bytes = malloc(room + 1) };
	check(o->bytes != NULL);
}

/* By the definition: lines end with CRLF, a dot alone ends, another dot in front goes.
 * What may still become the end is kept back. */
static bool dot_waits(const char *bytes, size_t n)
{
	return n == 1 || (n == 2 && bytes[1] == '\r');
}

static bool ends_line(const char *bytes, size_t i)
{
	return bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r';
}

static void read_plainly(const char *bytes, size_t n, struct outcome *o)
{
	bool begins = true;

	o->used = n;
	for (size_t i = 0; i < n; i++) {
		bool dot = begins && bytes[i] == '.';

		if (dot && n - i >= 3 && memcmp(bytes + i, ".\r\n", 3) == 0) {
			o->ended = true;
			o->used = i + 3;
			return;
		}
		if (dot && dot_waits(bytes + i, n - i))
			return;
		begins = ends_line(bytes, i);
		o->bare_lf |= bytes[i] == '\n' && !begins;
		if (!dot)
			o->bytes[o->n++] = bytes[i];
	}
}

static void read_in_pieces(const char *bytes, size_t n, size_t piece, struct outcome *o)
{
	struct lmtp_data data;

	lmtp_data_init(&data);
	while (o->used < n && data.state != LMTP_DATA_ENDED) {
		size_t some = n - o->used < piece ? n - o->used : piece, used;
		char *copy = malloc(some); /* a read past its end is seen */

		check(copy != NULL);
		memcpy(copy, bytes + o->used, some);
		used = lmtp_data_feed(&data, copy, some, take, o);
		check(used == some || data.state == LMTP_DATA_ENDED);
		o->used += used;
		free(copy);
	}
	o->ended = data.state == LMTP_DATA_ENDED;
	o->bare_lf = data.bare_lf;
}

static void try_letter(const char *bytes, size_t n, size_t piece)
{
	struct outcome plain, pieces;

	outcome_init(&plain, n);
	outcome_init(&pieces, n);
	read_plainly(bytes, n, &plain);
	read_in_pieces(bytes, n, piece, &pieces);
	check(plain.used == pieces.used && plain.ended == pieces.ended);
	check(plain.bare_lf == pieces.bare_lf && plain.n == pieces.n);
	check(memcmp(plain.bytes, pieces.bytes, plain.n) == 0);
	free(plain.bytes);
	free(pieces.bytes);
}

static void try_command(const char *line, size_t n)
{
	struct lmtp_command command;
	char *copy = malloc(n + !n);
	const char *refusal;

	check(copy != NULL);
	memcpy(copy, line, n);
	refusal = lmtp_command_read(copy, n, &command);
	free(copy);
	if (refusal) {
		check(refusal[0] == '5' && strlen(refusal) > 10 && refusal[3] == ' ');
		return;
	}
	check(command.verb < LMTP_STRANGER);
	check(strlen(command.address) <= LMTP_ADDRESS_MAX);
	check(utf8_is_text(command.address, strlen(command.address)));
	check(command.verb != LMTP_RCPT || command.address[0]);
	check(!strpbrk(command.address, "\r\n"));
}

static void try_commands(const char *bytes, size_t n)
{
	while (n > 0) {
		const char *lf = memchr(bytes, '\n', n);
		size_t length = lf ? (size_t)(lf - bytes) : n;

		try_command(bytes, length > LMTP_LINE_MAX ? LMTP_LINE_MAX : length);
		if (length > 0 && bytes[length - 1] == '\r')
			try_command(bytes, length - 1 > LMTP_LINE_MAX ? LMTP_LINE_MAX
								      : length - 1);
		bytes += lf ? length + 1 : length;
		n -= lf ? length + 1 : length;
	}
}

static void try_key(const char *bytes, size_t n)
{
	struct mail_key_head head;
	unsigned char body[SHA256_SIZE] = { 0 }, key[SHA256_SIZE];

	mail_key_scan(bytes, n, &head);
	check(head.body_at <= n && strlen(head.message_id) <= MAIL_KEY_ID_MAX);
	check(utf8_is_text(head.message_id, strlen(head.message_id)));
	mail_key_make(bytes, &head, body, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;

	if (size == 0)
		return 0;
	try_letter(bytes, size - 1, (size_t)data[0] % 64 + 1);
	try_commands(bytes, size - 1);
	try_key(bytes, size - 1);
	return 0;
}
