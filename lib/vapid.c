#include "lib/vapid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"

#define POINT_BYTES 65 /* 4, x, y */
#define NUMBER_BYTES 32
#define SIGNATURE_DER_MAX 80
#define PEM_NONE "" /* a key with a password is not one that a server can read */

struct vapid {
	EVP_PKEY *key;
	char public[VAPID_PUBLIC_SIZE];
};

static char *base64url(struct arena *arena, const void *bytes, size_t n)
{
	size_t size =
		sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(arena, size);

	return sodium_bin2base64(
		text, size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* ---- the key ---- */

static EVP_PKEY *key_read(const char *path)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key;

	if (!file)
		return NULL;
	key = PEM_read_PrivateKey(file, NULL, NULL, (void *)(uintptr_t)PEM_NONE);
	fclose(file);
	return key;
}

static int public_write(EVP_PKEY *key, char ret[VAPID_PUBLIC_SIZE])
{
	unsigned char point[POINT_BYTES];
	char group[20] = "";
	size_t n = 0;

	if (!EVP_PKEY_is_a(key, "EC") ||
		!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) ||
		strcmp(group, "prime256v1") != 0 ||
		!EVP_PKEY_get_octet_string_param(
			key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n) ||
		n != POINT_BYTES || point[0] != POINT_CONVERSION_UNCOMPRESSED)
		return -1;
	sodium_bin2base64(ret, VAPID_PUBLIC_SIZE, point, n,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return 0;
}

struct vapid *vapid_new(const char *path, struct error *err)
{
	EVP_PKEY *key = key_read(path);
	struct vapid *vapid;

	if (!key) {
		error_set(err, ERR_INVALID,
			"no private key in PEM can be read in \"%s\"", path);
		return NULL;
	}
	vapid = mem_new(sizeof(*vapid));
	vapid->key = key;
	if (public_write(key, vapid->public) < 0) {
		error_set(err, ERR_INVALID,
			"the key in \"%s\" is not on the curve P-256", path);
		vapid_free(vapid);
		return NULL;
	}
	return vapid;
}

void vapid_free(struct vapid *vapid)
{
	if (!vapid)
		return;
	EVP_PKEY_free(vapid->key);
	mem_free(vapid);
}

const char *vapid_public(const struct vapid *vapid)
{
	return vapid->public;
}

/* ---- the token ---- */

/* OpenSSL signs in DER; a token has the two numbers side by side (RFC 7518, 3.4). */
static int signature_flatten(
	const unsigned char *der, size_t n, unsigned char ret[2 * NUMBER_BYTES])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	const BIGNUM *r, *s;
	int rc = -1;

	if (!sig)
		return -1;
	ECDSA_SIG_get0(sig, &r, &s);
	if (BN_bn2binpad(r, ret, NUMBER_BYTES) == NUMBER_BYTES &&
		BN_bn2binpad(s, ret + NUMBER_BYTES, NUMBER_BYTES) == NUMBER_BYTES)
		rc = 0;
	ECDSA_SIG_free(sig);
	return rc;
}

static int sign(const struct vapid *vapid, const char *text,
	unsigned char ret[2 * NUMBER_BYTES])
{
	unsigned char der[SIGNATURE_DER_MAX];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t n = sizeof(der);
	int rc = -1;

	if (context &&
		EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, vapid->key) ==
			1 &&
		EVP_DigestSign(context, der, &n, (const unsigned char *)text,
			strlen(text)) == 1)
		rc = signature_flatten(der, n, ret);
	EVP_MD_CTX_free(context);
	return rc;
}

/* "header.claims", in base64url. */
static const char *token_body(struct arena *arena, const struct vapid_claim *claim)
{
	static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
	json_t *json = json_pack("{s:s, s:I, s:s}", "aud", claim->audience, "exp",
		(json_int_t)claim->expires, "sub", claim->subject);
	char *claims = json ? json_dumps(json, JSON_COMPACT) : NULL;
	const char *body = NULL;

	if (claims)
		body = arena_printf(arena, "%s.%s",
			base64url(arena, header, sizeof(header) - 1),
			base64url(arena, claims, strlen(claims)));
	free(claims); /* style: jansson's, from its own malloc() */
	json_decref(json);
	return body;
}

const char *vapid_authorization(struct arena *arena, const struct vapid *vapid,
	const struct vapid_claim *claim, struct error *err)
{
	const char *body = token_body(arena, claim);
	unsigned char signature[2 * NUMBER_BYTES];

	if (!body || sign(vapid, body, signature) < 0) {
		error_set(err, ERR_INTERNAL, "a push token could not be signed");
		return NULL;
	}
	return arena_printf(arena, "vapid t=%s.%s, k=%s", body,
		base64url(arena, signature, sizeof(signature)), vapid->public);
}
