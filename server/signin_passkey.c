#include "server/signin_passkey.h"

#include <inttypes.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/passkey_origin.h"
#include "server/public_url.h"

struct signin_passkey {
	unsigned char id[PASSKEY_ID_MAX];
	size_t id_size;
	char *client_data, *authenticator_data, *signature;
	char *origin, *host;
	unsigned char challenge[PASSKEY_CHALLENGE_SIZE];
	int64_t row; /* 0: nothing to judge by */
	struct passkey_key key;
	uint32_t count;
	bool is_right;
};

struct signin_passkey *signin_passkey_new(
	struct http_request *req, const struct signin_passkey_given *given)
{
	struct passkey_asked asked = { 0 };
	struct signin_passkey *passkey = mem_new(sizeof(*passkey));

	if (passkey_origin(http_arena(req), public_url(req), &asked) < 0 ||
		passkey_bytes(given->id, passkey->id, sizeof(passkey->id),
			&passkey->id_size) < 0) {
		mem_free(passkey);
		return NULL;
	}
	passkey->client_data = mem_dup(given->answer.client_data);
	passkey->authenticator_data = mem_dup(given->answer.authenticator_data);
	passkey->signature = mem_dup(given->answer.signature);
	passkey->origin = mem_dup(asked.origin);
	passkey->host = mem_dup(asked.host);
	return passkey;
}

void signin_passkey_free(struct signin_passkey *passkey)
{
	if (!passkey)
		return;
	mem_free(passkey->client_data);
	mem_free(passkey->authenticator_data);
	mem_free(passkey->signature);
	mem_free(passkey->origin);
	mem_free(passkey->host);
	mem_free(passkey);
}

const char *signin_passkey_id(const struct signin_passkey *passkey, struct arena *arena)
{
	char *hex = arena_alloc(arena, 2 * passkey->id_size + 1);

	encode_hex(passkey->id, passkey->id_size, hex);
	return hex;
}

void signin_passkey_take(struct signin_passkey *passkey, const struct db_rows *rows)
{
	const char *key;

	if (db_rows_count(rows) == 0)
		return;
	key = db_rows_text(rows, 0, 1);
	passkey->key.size = strlen(key) / 2;
	if (passkey->key.size > sizeof(passkey->key.bytes) ||
		encode_hex_parse(key, passkey->key.bytes, passkey->key.size) < 0 ||
		encode_hex_parse(db_rows_text(rows, 0, 3), passkey->challenge,
			sizeof(passkey->challenge)) < 0)
		return;
	passkey->key.algorithm = (int)db_rows_int64(rows, 0, 2);
	passkey->row = db_rows_int64(rows, 0, 0);
}

void signin_passkey_check(struct signin_passkey *passkey)
{
	struct error err = { 0 };

	passkey->is_right =
		passkey->row != 0 &&
		passkey_prove(&(struct passkey_asked){ .origin = passkey->origin,
				      .host = passkey->host,
				      .challenge = passkey->challenge },
			&passkey->key,
			&(struct passkey_answer){ .client_data = passkey->client_data,
				.authenticator_data = passkey->authenticator_data,
				.signature = passkey->signature },
			&passkey->count, &err) == 0;
}

bool signin_passkey_is_right(const struct signin_passkey *passkey)
{
	return passkey && passkey->is_right;
}

const char *signin_passkey_json(
	const struct signin_passkey *passkey, struct arena *arena)
{
	char challenge[2 * PASSKEY_CHALLENGE_SIZE + 1];

	encode_hex(passkey->challenge, sizeof(passkey->challenge), challenge);
	return arena_printf(arena,
		"{\"id\":%" PRId64 ",\"count\":%" PRIu32 ",\"challenge\":\"%s\"}",
		passkey->row, passkey->count, challenge);
}
