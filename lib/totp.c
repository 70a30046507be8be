#include "lib/totp.h"

#include <stdlib.h>
#include <string.h>

#include <oath.h>

#include "lib/base.h"
#include "lib/secret.h"

#define DRIFT_STEPS 1

void totp_secret_print(
	const unsigned char secret[TOTP_SECRET_SIZE], char ret[TOTP_SECRET_TEXT_SIZE])
{
	char *text = NULL;
	size_t n = 0;

	if (oath_base32_encode((const char *)secret, TOTP_SECRET_SIZE, &text, &n) !=
			OATH_OK ||
		n != TOTP_SECRET_TEXT_SIZE - 1) /* no memory: as in mem_new() */
		abort();
	memcpy(ret, text, n);
	ret[n] = '\0';
	secret_wipe(text, n);
	mem_free(text);
}

bool totp_check(const unsigned char secret[TOTP_SECRET_SIZE], const char *code,
	time_t now, int64_t *ret_step)
{
	uint64_t step = 0;

	if (strspn(code, "0123456789") != TOTP_DIGITS || code[TOTP_DIGITS])
		return false;
	if (oath_totp_validate3((const char *)secret, TOTP_SECRET_SIZE, now,
		    TOTP_STEP_S, 0, DRIFT_STEPS, NULL, &step, code) < 0)
		return false;
	*ret_step = (int64_t)step;
	return true;
}
