#include "lib/jwt.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_fields.h"

/* Bytes of an RSA modulus: NIST's least, and what keeps a check short. */
#define MODULUS_LEAST 256
#define MODULUS_MOST 1024

/* A signature counts when the key is of the algorithm's own kind: else a public key
 * could be taken for the secret of another. */
static const struct algorithm {
	const char *name, *kty, *crv;
} algorithms[] = {
	{ "RS256", "RSA", NULL },
	{ "RS384", "RSA", NULL },
	{ "RS512", "RSA", NULL },
	{ "PS256", "RSA", NULL },
	{ "PS384", "RSA", NULL },
	{ "PS512", "RSA", NULL },
	{ "ES256", "EC", "P-256" },
	{ "ES384", "EC", "P-384" },
	{ "ES512", "EC", "P-521" },
};

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* José tells what it does not like on standard error, where our log is. */
/* style: parameters, the type is José's. */
static void on_jose_error(void *misc, const char *file, int line, uint64_t err,
	const char *fmt, va_list ap)
{
}

static jose_cfg_t *quiet(void)
{
	jose_cfg_t *cfg = jose_cfg();

	if (cfg)
		jose_cfg_set_err_func(cfg, on_jose_error, NULL);
	return cfg;
}

static const struct algorithm *algorithm_find(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (strlen(algorithms[i].name) == n &&
			!strncmp(algorithms[i].name, name, n))
			return &algorithms[i];
	}
	return NULL;
}

/* ---- taking apart ---- */

static json_t *part_json(const json_t *part, struct error *err)
{
	size_t n = jose_b64_dec(part, NULL, 0);
	scoped_free char *bytes = NULL;
	json_t *ret;

	if (n == SIZE_MAX) {
		error_set(err, ERR_INVALID, "a part is not base64url");
		return NULL;
	}
	bytes = mem_new(n + 1);
	if (jose_b64_dec(part, bytes, n) != n) {
		error_set(err, ERR_INVALID, "a part is not base64url");
		return NULL;
	}
	if (json_body_parse(bytes, n, &ret, err) < 0)
		return NULL;
	if (json_is_object(ret))
		return ret;
	json_decref(ret);
	error_set(err, ERR_INVALID, "a part is not an object");
	return NULL;
}

static json_t *jws_of(const char *text)
{
	const char *first = strchr(text, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;

	if (!second || strchr(second + 1, '.'))
		return NULL;
	return json_pack("{s:s%, s:s%, s:s}", "protected", text, (size_t)(first - text),
		"payload", first + 1, (size_t)(second - first - 1), "signature",
		second + 1);
}

int jwt_parse(const char *text, struct jwt *ret, struct error *err)
{
	struct jwt jwt = { 0 };

	if (strlen(text) > JWT_SIZE_MAX)
		return error_set(err, ERR_INVALID, "the token is too long");
	jwt.jws = jws_of(text);
	if (!jwt.jws)
		return error_set(err, ERR_INVALID, "it is not three parts");
	jwt.header = part_json(json_object_get(jwt.jws, "protected"), err);
	if (jwt.header)
		jwt.claims = part_json(json_object_get(jwt.jws, "payload"), err);
	if (!jwt.claims) {
		jwt_clear(&jwt);
		return -1;
	}
	*ret = jwt;
	return 0;
}

void jwt_clear(struct jwt *jwt)
{
	json_decref(jwt->jws);
	json_decref(jwt->header);
	json_decref(jwt->claims);
	*jwt = (struct jwt){ 0 };
}

/* ---- checking ---- */

static bool is_allowed(const char *name, const char *allowed)
{
	size_t n = strlen(name);

	while (*allowed) {
		size_t length = strcspn(allowed, " ");

		if (length == n && !strncmp(allowed, name, n))
			return true;
		allowed += length + (allowed[length] == ' ');
	}
	return false;
}

bool jwt_algorithms_are_known(const char *names)
{
	if (!*names)
		return false;
	while (*names) {
		size_t n = strcspn(names, " ");

		if (!algorithm_find(names, n))
			return false;
		names += n + (names[n] == ' ');
	}
	return true;
}

static bool modulus_is_fair(const json_t *key)
{
	size_t n = jose_b64_dec(json_object_get(key, "n"), NULL, 0);
	size_t e = jose_b64_dec(json_object_get(key, "e"), NULL, 0);

	return n >= MODULUS_LEAST && n <= MODULUS_MOST && e > 0 && e <= 8;
}

static bool key_is_for(const json_t *key, const struct algorithm *algorithm)
{
	const char *kty = text_of(key, "kty"), *alg = text_of(key, "alg");
	const char *use = text_of(key, "use"), *crv = text_of(key, "crv");

	if (!kty || strcmp(kty, algorithm->kty) != 0)
		return false;
	if ((alg && strcmp(alg, algorithm->name) != 0) ||
		(use && strcmp(use, "sig") != 0))
		return false;
	if (algorithm->crv)
		return crv && !strcmp(crv, algorithm->crv);
	return modulus_is_fair(key);
}

static bool key_has_signed(const json_t *key, const struct jwt *jwt)
{
	jose_cfg_auto_t *cfg = quiet();

	return cfg && jose_jws_ver(cfg, jwt->jws, NULL, key, false);
}

/* A token need not name its key: then each that fits is tried. */
enum jwt_verdict jwt_verify(
	const struct jwt *jwt, const json_t *keys, const char *allowed)
{
	const char *alg = text_of(jwt->header, "alg"),
		   *kid = text_of(jwt->header, "kid");
	const struct algorithm *algorithm;
	const json_t *list = json_object_get(keys, "keys"), *key;
	enum jwt_verdict verdict = JWT_NO_KEY;
	size_t i;

	algorithm = alg ? algorithm_find(alg, strlen(alg)) : NULL;
	/* An extension that must be understood (RFC 7515, 4.1.11): we know none. */
	if (!algorithm || !is_allowed(alg, allowed) ||
		json_object_get(jwt->header, "crit") ||
		(json_object_get(jwt->header, "kid") && !kid))
		return JWT_WRONG;
	json_array_foreach(list, i, key)
	{
		const char *id = text_of(key, "kid");

		if (i >= JWT_KEYS_MAX)
			break;
		if (kid && (!id || strcmp(id, kid) != 0))
			continue;
		if (!key_is_for(key, algorithm))
			continue;
		if (key_has_signed(key, jwt))
			return JWT_RIGHT;
		verdict = JWT_WRONG;
	}
	/* Without a name none was said to be the one: a newer set may have it. */
	return kid ? verdict : JWT_NO_KEY;
}

/* ---- our own ---- */

char *jwt_sign(const json_t *claims, const json_t *key)
{
	jose_cfg_auto_t *cfg = quiet();
	json_t *jws = json_pack("{s:o}", "payload", jose_b64_enc_dump(claims));
	json_t *head = json_pack("{s:{s:s?, s:s?, s:s}}", "protected", "alg",
		text_of(key, "alg"), "kid", text_of(key, "kid"), "typ", "JWT");
	char *ret = NULL;

	if (cfg && jws && head && jose_jws_sig(cfg, jws, head, key)) {
		const char *parts[] = { text_of(jws, "protected"),
			text_of(jws, "payload"), text_of(jws, "signature") };
		size_t size =
			strlen(parts[0]) + strlen(parts[1]) + strlen(parts[2]) + 3;

		ret = mem_new(size);
		snprintf(ret, size, "%s.%s.%s", parts[0], parts[1], parts[2]);
	}
	json_decref(jws);
	json_decref(head);
	return ret;
}

json_t *jwt_key_make(const char *name, struct error *err)
{
	jose_cfg_auto_t *cfg = quiet();
	const struct algorithm *algorithm = algorithm_find(name, strlen(name));
	json_t *key;

	if (!algorithm) {
		error_set(
			err, ERR_INVALID, "\"%.20s\" is no algorithm for a key", name);
		return NULL;
	}
	key = algorithm->crv
		      ? json_pack("{s:s, s:s}", "alg", name, "crv", algorithm->crv)
		      : json_pack("{s:s, s:i}", "alg", name, "bits", 3072);
	if (!algorithm->crv)
		json_object_set_new(key, "kty", json_string("RSA"));
	if (!cfg || !jose_jwk_gen(cfg, key)) {
		json_decref(key);
		error_set(err, ERR_INTERNAL, "no key could be made");
		return NULL;
	}
	json_object_set_new(key, "kid", jose_jwk_thp(cfg, key, "S256"));
	json_object_set_new(key, "use", json_string("sig"));
	return key;
}

bool jwt_key_is_private(const json_t *key)
{
	const char *alg = text_of(key, "alg");
	const struct algorithm *algorithm =
		alg ? algorithm_find(alg, strlen(alg)) : NULL;

	return algorithm && text_of(key, "kid") && text_of(key, "d") &&
	       key_is_for(key, algorithm);
}

/* What is shown is listed, so that nothing private can be forgotten. */
static json_t *key_public(const json_t *key)
{
	static const char *const shown[] = { "kty", "kid", "alg", "use", "n", "e",
		"crv", "x", "y" };
	json_t *copy = json_object();

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		json_t *value = json_object_get(key, shown[i]);

		if (value)
			json_object_set(copy, shown[i], value);
	}
	return copy;
}

json_t *jwt_keys_public(const json_t *keys)
{
	json_t *list = json_array();
	const json_t *key;
	size_t i;

	json_array_foreach(json_object_get(keys, "keys"), i, key)
	{
		json_array_append_new(list, key_public(key));
	}
	return json_pack("{s:o}", "keys", list);
}
