/*
 * totp - one-time codes from a telephone (RFC 6238: SHA-1, six digits, 30 seconds), by
 * liboath. The caller remembers which step was taken last and takes none twice.
 */
#ifndef SYNPUNKT_LIB_TOTP_H
#define SYNPUNKT_LIB_TOTP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define TOTP_SECRET_SIZE 20 /* as long as the hash (RFC 4226, section 4, R6) */
#define TOTP_SECRET_TEXT_SIZE 33
#define TOTP_STEP_S 30
#define TOTP_DIGITS 6

/* Base 32 of RFC 4648, which is what people type into their telephone. */
void totp_secret_print(
	const unsigned char secret[TOTP_SECRET_SIZE], char ret[TOTP_SECRET_TEXT_SIZE]);

/* Whether code, six digits, is the one of now or of a step earlier or later: clocks
 * differ, and typing takes time. *ret_step is which of the 30 seconds since 1970 it is
 * for. */
bool totp_check(const unsigned char secret[TOTP_SECRET_SIZE], const char *code,
	time_t now, int64_t *ret_step);

#endif
