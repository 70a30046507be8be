#include "lib/passkey.h"

#include <stdbool.h>
#include <string.h>

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <jansson.h>
#include <sodium.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "lib/sha256.h"

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

_Static_assert(sodium_base64_ENCODED_LEN(PASSKEY_CHALLENGE_SIZE, VARIANT) ==
		       PASSKEY_CHALLENGE_TEXT,
	"a challenge's text has room");

/* In the order in which devices are asked for them. */
static const int algorithms[] = { COSE_ES256, COSE_EDDSA, COSE_RS256 };

struct bytes {
	unsigned char data[PASSKEY_TEXT_MAX];
	size_t size;
};

void passkey_challenge_print(const unsigned char challenge[PASSKEY_CHALLENGE_SIZE],
	char ret[PASSKEY_CHALLENGE_TEXT])
{
	sodium_bin2base64(ret, PASSKEY_CHALLENGE_TEXT, challenge,
		PASSKEY_CHALLENGE_SIZE, VARIANT);
}

int passkey_bytes(const char *text, unsigned char *ret, size_t max, size_t *ret_size)
{
	size_t size = strlen(text);
	const char *end;

	if (size > PASSKEY_TEXT_MAX ||
		sodium_base642bin(
			ret, max, text, size, NULL, ret_size, &end, VARIANT) != 0 ||
		*end)
		return -1;
	return 0;
}

static bool bytes_read(const char *text, struct bytes *ret)
{
	return text &&
	       passkey_bytes(text, ret->data, sizeof(ret->data), &ret->size) == 0;
}

/* 7.1, steps 7 to 10; 7.2, steps 11 to 14. */
static bool client_data_is(
	const struct bytes *data, const char *type, const struct passkey_asked *asked)
{
	char challenge[PASSKEY_CHALLENGE_TEXT];
	json_t *object = json_loadb(
		(const char *)data->data, data->size, JSON_REJECT_DUPLICATES, NULL);
	bool is;

	passkey_challenge_print(asked->challenge, challenge);
	is = json_is_object(object) &&
	     !strcmp(json_text_of(object, "type", ""), type) &&
	     !strcmp(json_text_of(object, "challenge", ""), challenge) &&
	     !strcmp(json_text_of(object, "origin", ""), asked->origin) &&
	     !json_is_true(json_object_get(object, "crossOrigin"));
	json_decref(object);
	return is;
}

/* ---- one that is made ---- */

/* Its algorithm must be known before its key can be read. NULL: none of ours. */
static fido_cred_t *cred_read(const struct bytes *data)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		fido_cred_t *cred = fido_cred_new();

		if (cred && fido_cred_set_type(cred, algorithms[i]) == FIDO_OK &&
			fido_cred_set_authdata_raw(cred, data->data, data->size) ==
				FIDO_OK)
			return cred;
		fido_cred_free(&cred);
	}
	return NULL;
}

/* 7.1, steps 13 and 14: for our host, by somebody who was there. The hash of the host
 * comes first, then the flags (6.1). */
static bool made_here(const struct bytes *data, const struct passkey_asked *asked)
{
	unsigned char host[SHA256_SIZE];

	sha256_digest(asked->host, strlen(asked->host), host);
	return data->size > SHA256_SIZE &&
	       !sodium_memcmp(data->data, host, SHA256_SIZE) &&
	       data->data[SHA256_SIZE] & 1;
}

static bool cred_take(const fido_cred_t *cred, struct passkey_made *ret)
{
	ret->id_size = fido_cred_id_len(cred);
	ret->key.size = fido_cred_pubkey_len(cred);
	if (ret->id_size == 0 || ret->id_size > sizeof(ret->id) || ret->key.size == 0 ||
		ret->key.size > sizeof(ret->key.bytes))
		return false;
	memcpy(ret->id, fido_cred_id_ptr(cred), ret->id_size);
	memcpy(ret->key.bytes, fido_cred_pubkey_ptr(cred), ret->key.size);
	ret->key.algorithm = fido_cred_type(cred);
	ret->count = fido_cred_sigcount(cred);
	return true;
}

static int refuse(struct error *err, const char *member, const char *why)
{
	error_set(err, ERR_INVALID, "%s", why);
	error_set_field(err, member);
	return -1;
}

int passkey_make(const struct passkey_asked *asked, const struct passkey_answer *answer,
	struct passkey_made *ret, struct error *err)
{
	struct bytes client, data;
	fido_cred_t *cred;
	bool is_whole;

	if (!bytes_read(answer->client_data, &client) ||
		!client_data_is(&client, "webauthn.create", asked))
		return refuse(err, "clientData", "is no answer to what was asked");
	if (!bytes_read(answer->authenticator_data, &data) || !made_here(&data, asked))
		return refuse(err, "authenticatorData",
			"is for another address, or nobody was there");
	cred = cred_read(&data);
	is_whole = cred && cred_take(cred, ret);
	fido_cred_free(&cred);
	return is_whole ? 0
			: refuse(err, "authenticatorData",
				  "has no key that can be used");
}

/* ---- one that signs ---- */

static int assert_verify_es256(
	const fido_assert_t *assertion, const struct passkey_key *key)
{
	es256_pk_t *pk = es256_pk_new();
	int failed = !pk || es256_pk_from_ptr(pk, key->bytes, key->size) != FIDO_OK ||
		     fido_assert_verify(assertion, 0, COSE_ES256, pk) != FIDO_OK;

	es256_pk_free(&pk);
	return failed;
}

static int assert_verify_eddsa(
	const fido_assert_t *assertion, const struct passkey_key *key)
{
	eddsa_pk_t *pk = eddsa_pk_new();
	int failed = !pk || eddsa_pk_from_ptr(pk, key->bytes, key->size) != FIDO_OK ||
		     fido_assert_verify(assertion, 0, COSE_EDDSA, pk) != FIDO_OK;

	eddsa_pk_free(&pk);
	return failed;
}

static int assert_verify_rs256(
	const fido_assert_t *assertion, const struct passkey_key *key)
{
	rs256_pk_t *pk = rs256_pk_new();
	int failed = !pk || rs256_pk_from_ptr(pk, key->bytes, key->size) != FIDO_OK ||
		     fido_assert_verify(assertion, 0, COSE_RS256, pk) != FIDO_OK;

	rs256_pk_free(&pk);
	return failed;
}

static int assert_verify(const fido_assert_t *assertion, const struct passkey_key *key)
{
	switch (key->algorithm) {
	case COSE_ES256:
		return assert_verify_es256(assertion, key);
	case COSE_EDDSA:
		return assert_verify_eddsa(assertion, key);
	case COSE_RS256:
		return assert_verify_rs256(assertion, key);
	default:
		return -1;
	}
}

/* What libfido2 compares: host, presence and signature (7.2, steps 15, 16 and 20). */
static bool assert_fill(fido_assert_t *assertion, const struct passkey_asked *asked,
	const struct bytes *client, const struct passkey_answer *answer)
{
	unsigned char hash[SHA256_SIZE];
	struct bytes data, signature;

	sha256_digest(client->data, client->size, hash);
	return bytes_read(answer->authenticator_data, &data) &&
	       bytes_read(answer->signature, &signature) &&
	       fido_assert_set_rp(assertion, asked->host) == FIDO_OK &&
	       fido_assert_set_clientdata_hash(assertion, hash, sizeof(hash)) ==
		       FIDO_OK &&
	       fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_count(assertion, 1) == FIDO_OK &&
	       fido_assert_set_authdata_raw(assertion, 0, data.data, data.size) ==
		       FIDO_OK &&
	       fido_assert_set_sig(assertion, 0, signature.data, signature.size) ==
		       FIDO_OK;
}

int passkey_prove(const struct passkey_asked *asked, const struct passkey_key *key,
	const struct passkey_answer *answer, uint32_t *ret_count, struct error *err)
{
	fido_assert_t *assertion;
	struct bytes client;
	bool is_right;

	if (!bytes_read(answer->client_data, &client) ||
		!client_data_is(&client, "webauthn.get", asked))
		return error_set(err, ERR_UNAUTHORIZED,
			"the browser's data are not an answer to what was asked");
	assertion = fido_assert_new();
	is_right = assertion && assert_fill(assertion, asked, &client, answer) &&
		   assert_verify(assertion, key) == 0;
	*ret_count = is_right ? fido_assert_sigcount(assertion, 0) : 0;
	fido_assert_free(&assertion);
	return is_right ? 0
			: error_set(err, ERR_UNAUTHORIZED, "the passkey does not hold");
}
