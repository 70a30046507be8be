#include "server/oidc_judge.h"

#include <math.h>
#include <string.h>

#include <sodium.h>

#include "lib/base.h"
#include "lib/secret.h"
#include "lib/sha256.h"

#define RANDOM_BYTES 32
#define LOGOUT_EVENT "http://schemas.openid.net/event/backchannel-logout"
#define PATH_MAX_BYTES 300

static void base64url(
	const unsigned char bytes[RANDOM_BYTES], char ret[OIDC_RANDOM_SIZE])
{
	sodium_bin2base64(ret, OIDC_RANDOM_SIZE, bytes, RANDOM_BYTES,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void oidc_random(char ret[OIDC_RANDOM_SIZE])
{
	unsigned char bytes[RANDOM_BYTES];

	secret_random(bytes, sizeof(bytes));
	base64url(bytes, ret);
	secret_wipe(bytes, sizeof(bytes));
}

void oidc_challenge(const char *verifier, char ret[OIDC_RANDOM_SIZE])
{
	unsigned char hash[SHA256_SIZE];

	sha256_digest(verifier, strlen(verifier), hash);
	base64url(hash, ret);
}

/* ---- claims ---- */

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool says(const json_t *object, const char *name, const char *wanted)
{
	const char *text = text_of(object, name);

	return text && !strcmp(text, wanted);
}

/* A text that can be kept: not empty, not long, no U+0000 in it. */
static bool is_name(const json_t *value)
{
	size_t n = json_string_length(value);

	return json_is_string(value) && n > 0 && n <= OIDC_TEXT_MAX &&
	       strlen(json_string_value(value)) == n;
}

/* Seconds since 1970, as a number that can be compared; false: it is none. */
static bool time_read(const json_t *claims, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(claims, name);
	double number = json_number_value(value);

	if (!json_is_number(value) || !isfinite(number) || number < 0 || number > 1e11)
		return false;
	*ret = (int64_t)number;
	return true;
}

/* We alone, or we among others and the one that it was made for. */
static bool audience_is(const json_t *claims, const char *client_id)
{
	const json_t *aud = json_object_get(claims, "aud"), *one;
	bool is_there = false;
	size_t i;

	if (json_is_string(aud))
		return !strcmp(json_string_value(aud), client_id);
	json_array_foreach(aud, i, one)
	{
		if (!json_is_string(one))
			return false;
		is_there = is_there || !strcmp(json_string_value(one), client_id);
	}
	return is_there &&
	       (json_array_size(aud) == 1 || says(claims, "azp", client_id));
}

static const char *common_judge(
	const json_t *claims, const struct oidc_expected *expected, bool needs_end)
{
	int64_t made, begins, ends;

	if (!says(claims, "iss", expected->issuer))
		return "iss";
	if (!audience_is(claims, expected->client_id))
		return "aud";
	if (!time_read(claims, "iat", &made) || made > expected->now + OIDC_SKEW_S ||
		made < expected->now - OIDC_LOGIN_S - OIDC_SKEW_S)
		return "iat";
	if (json_object_get(claims, "nbf") &&
		(!time_read(claims, "nbf", &begins) ||
			begins > expected->now + OIDC_SKEW_S))
		return "nbf";
	if (!json_object_get(claims, "exp"))
		return needs_end ? "exp" : NULL;
	if (!time_read(claims, "exp", &ends) || ends <= expected->now - OIDC_SKEW_S)
		return "exp";
	return NULL;
}

const char *oidc_id_token_judge(
	const json_t *claims, const struct oidc_expected *expected)
{
	const char *wrong = common_judge(claims, expected, true);
	const char *nonce = text_of(claims, "nonce");
	int64_t at;

	if (wrong)
		return wrong;
	if (json_object_get(claims, "azp") && !says(claims, "azp", expected->client_id))
		return "azp";
	if (!nonce || !secret_equal_text(nonce, expected->nonce))
		return "nonce";
	if (!is_name(json_object_get(claims, "sub")))
		return "sub";
	if (json_object_get(claims, "sid") && !is_name(json_object_get(claims, "sid")))
		return "sid";
	if (expected->signed_in_after &&
		(!time_read(claims, "auth_time", &at) ||
			at < expected->signed_in_after - OIDC_SKEW_S))
		return "auth_time";
	return NULL;
}

/* exp came with the final text of the standard; what is older does not send it. */
const char *oidc_logout_token_judge(
	const json_t *claims, const struct oidc_expected *expected)
{
	const char *wrong = common_judge(claims, expected, false);
	const json_t *sub = json_object_get(claims, "sub");
	const json_t *sid = json_object_get(claims, "sid");

	if (wrong)
		return wrong;
	if (!json_is_object(
		    json_object_get(json_object_get(claims, "events"), LOGOUT_EVENT)))
		return "events";
	/* Else an ID token could be handed in as one. */
	if (json_object_get(claims, "nonce"))
		return "nonce";
	if (!is_name(json_object_get(claims, "jti")))
		return "jti";
	if (sub && !is_name(sub))
		return "sub";
	if (sid && !is_name(sid))
		return "sid";
	return sub || sid ? NULL : "sub";
}

static bool is_among(const char *values, const json_t *value)
{
	const char *text = json_string_value(value);

	while (text && *values) {
		size_t n = strcspn(values, " ");

		if (n > 0 && strlen(text) == n && !strncmp(values, text, n))
			return true;
		values += n + (values[n] == ' ');
	}
	return false;
}

bool oidc_has_factor(const json_t *claims, const char *acr, const char *amr)
{
	const json_t *one;
	size_t i;

	if (acr && is_among(acr, json_object_get(claims, "acr")))
		return true;
	json_array_foreach(json_object_get(claims, "amr"), i, one)
	{
		if (amr && is_among(amr, one))
			return true;
	}
	return false;
}

static void group_add(json_t *list, const json_t *value)
{
	const char *text = json_string_value(value);

	if (text && strlen(text) == json_string_length(value) &&
		strlen(text) <= OIDC_GROUP_MAX)
		json_array_append_new(list, json_string(text));
}

json_t *oidc_groups(const json_t *claims, const char *claim)
{
	const json_t *value = json_object_get(claims, claim), *one;
	json_t *list;
	size_t i;

	if (json_array_size(value) > OIDC_GROUPS_MAX)
		return NULL;
	list = json_array();
	group_add(list, value);
	json_array_foreach(value, i, one)
	{
		group_add(list, one);
	}
	return list;
}

/* ---- the provider's document ---- */

bool oidc_url_is_fair(const char *url, bool allows_http)
{
	const char *host;

	if (!url || strlen(url) > OIDC_URL_MAX)
		return false;
	for (const char *p = url; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == '#' || *p == '"' || *p == '\\')
			return false;
	if (!strncmp(url, "https://", 8))
		host = url + 8;
	else if (allows_http && !strncmp(url, "http://", 7))
		host = url + 7;
	else
		return false;
	return host[strcspn(host, "/?")] != '?' && strcspn(host, "/") > 0 &&
	       strcspn(host, "@") >= strcspn(host, "/");
}

static bool lists(const json_t *document, const char *name, const char *wanted)
{
	const json_t *list = json_object_get(document, name), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (json_is_string(one) && !strcmp(json_string_value(one), wanted))
			return true;
	}
	return false;
}

const char *oidc_document_judge(
	const json_t *document, const char *issuer, bool allows_http)
{
	static const char *const urls[] = { "authorization_endpoint", "token_endpoint",
		"jwks_uri" };
	const json_t *end = json_object_get(document, "end_session_endpoint");

	if (!says(document, "issuer", issuer))
		return "issuer";
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		if (!oidc_url_is_fair(text_of(document, urls[i]), allows_http))
			return urls[i];
	if (end && !oidc_url_is_fair(json_string_value(end), allows_http))
		return "end_session_endpoint";
	if (!lists(document, "response_types_supported", "code"))
		return "response_types_supported";
	/* What is not listed is not known; what is listed without ours will not do. */
	if (json_object_get(document, "code_challenge_methods_supported") &&
		!lists(document, "code_challenge_methods_supported", "S256"))
		return "code_challenge_methods_supported";
	if (json_object_get(document, "token_endpoint_auth_methods_supported") &&
		!lists(document, "token_endpoint_auth_methods_supported",
			"private_key_jwt"))
		return "token_endpoint_auth_methods_supported";
	return NULL;
}

/* ---- where to go afterwards ---- */

/* Only the desk and the other pages of staff are gone to; "//" and "\" would lead to
 * another host. */
const char *oidc_path(const char *wish)
{
	static const char *const ours[] = { "/desk/", "/diarium/", "/statistik/",
		"/affischer/", "/loggar/" };
	static const char home[] = "/desk/";

	if (!wish || strlen(wish) > PATH_MAX_BYTES)
		return home;
	for (const char *p = wish; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == '\\' || (*p == '/' && p[1] == '/'))
			return home;
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (!strncmp(wish, ours[i], strlen(ours[i])))
			return wish;
	return home;
}
