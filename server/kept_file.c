#include "server/kept_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/encode.h"
#include "lib/secret.h"
#include "lib/sha256.h"
#include "server/attachment.h"
#include "server/worker.h"

#define NOTE_LIFE_S (24 * 60 * 60)
#define TAG_CHARS ((size_t)(SHA256_HEX_SIZE - 1))

static void note_tag(struct arena *arena, const unsigned char *secret, const char *json,
	char ret[SHA256_HEX_SIZE])
{
	const struct sha256_key key = { .bytes = secret, .size = WORKER_SECRET_SIZE };
	const char *said = arena_printf(arena, "kept-file\n%s", json);
	unsigned char tag[SHA256_SIZE];

	sha256_hmac(&key, said, strlen(said), tag);
	encode_hex(tag, SHA256_SIZE, ret);
}

/* No text is "" in a note: none of these is ever empty. */
static const char *said(const char *text)
{
	return text ? text : "";
}

static const char *meant(struct arena *arena, const char *text)
{
	return text[0] ? arena_dup(arena, text) : NULL;
}

char *kept_file_note(struct arena *arena, const unsigned char *secret,
	const struct attachment *attachment, int64_t now_s)
{
	json_t *json = json_pack("[I, s, s, I, s, s, s, s, s, i, i]",
		(json_int_t)(now_s + NOTE_LIFE_S), attachment->name, attachment->type,
		(json_int_t)attachment->size, attachment->state,
		said(attachment->given_sha256), said(attachment->stored_sha256),
		said(attachment->thumbnail_sha256), said(attachment->refused_because),
		(int)attachment->width, (int)attachment->height);
	char *text = json_dumps(json, JSON_COMPACT);
	char tag[SHA256_HEX_SIZE];
	char *note;

	assert(text);
	json_decref(json);
	note_tag(arena, secret, text, tag);
	note = arena_printf(arena, "%s%s", tag, text);
	free(text); /* style: jansson's, from its own malloc() */
	return note;
}

/* The texts are copied: they go with the JSON value otherwise. */
static int note_unpack(
	struct arena *arena, json_t *json, int64_t *ret_until, struct attachment *ret)
{
	json_int_t until, size;
	const char *text[7];
	int width, height;

	if (json_unpack(json, "[I, s, s, I, s, s, s, s, s, i, i!]", &until, &text[0],
		    &text[1], &size, &text[2], &text[3], &text[4], &text[5], &text[6],
		    &width, &height) != 0)
		return -1;
	*ret_until = until;
	*ret = (struct attachment){
		.name = arena_dup(arena, text[0]),
		.type = arena_dup(arena, text[1]),
		.size = (uint64_t)size,
		.state = arena_dup(arena, text[2]),
		.given_sha256 = meant(arena, text[3]),
		.stored_sha256 = meant(arena, text[4]),
		.thumbnail_sha256 = meant(arena, text[5]),
		.refused_because = meant(arena, text[6]),
		.width = (unsigned)width,
		.height = (unsigned)height,
	};
	return 0;
}

int kept_file_read(struct arena *arena, const unsigned char *secret, const char *note,
	int64_t now_s, struct attachment *ret)
{
	struct attachment file;
	char tag[SHA256_HEX_SIZE];
	int64_t until = 0;
	json_t *json;
	int bad;

	if (!note || strlen(note) <= TAG_CHARS)
		return -1;
	note_tag(arena, secret, note + TAG_CHARS, tag);
	if (!secret_equal(note, tag, TAG_CHARS))
		return -1;
	json = json_loads(note + TAG_CHARS, 0, NULL);
	bad = !json || note_unpack(arena, json, &until, &file) < 0;
	json_decref(json);
	if (bad || until < now_s)
		return -1;
	*ret = file;
	return 0;
}
