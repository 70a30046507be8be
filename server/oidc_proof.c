#include "server/oidc_proof.h"

#include <time.h>

#include "lib/base.h"
#include "lib/error.h"

#define ASSERTION_S 60

/* What the claims say counts when the signature is right, and not before. */
static const char *judge(const json_t *claims, const struct oidc_proof *proof)
{
	if (proof->verdict == JWT_NO_KEY)
		return "key";
	if (proof->verdict == JWT_WRONG)
		return "signature";
	return proof->is_logout ? oidc_logout_token_judge(claims, &proof->expected)
				: oidc_id_token_judge(claims, &proof->expected);
}

void oidc_proof_run(struct oidc_proof *proof)
{
	json_t *keys = json_loads(proof->keys, 0, NULL);
	struct error err = { 0 };
	struct jwt jwt = { 0 };

	proof->verdict = JWT_WRONG;
	proof->wrong = "form";
	if (keys && jwt_parse(proof->token, &jwt, &err) == 0) {
		proof->verdict = jwt_verify(&jwt, keys, proof->algorithms);
		proof->wrong = judge(jwt.claims, proof);
		if (!proof->wrong)
			proof->claims = json_incref(jwt.claims);
		jwt_clear(&jwt);
	}
	json_decref(keys);
}

void oidc_assertion_run(struct oidc_assertion *assertion)
{
	json_int_t now = (json_int_t)time(NULL);
	char id[OIDC_RANDOM_SIZE];
	json_t *claims;

	oidc_random(id);
	claims = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss",
		assertion->client_id, "sub", assertion->client_id, "aud",
		assertion->issuer, "jti", id, "iat", now, "exp", now + ASSERTION_S);
	assertion->text = jwt_sign(claims, assertion->key);
	json_decref(claims);
}
