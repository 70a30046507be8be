/*
 * recovery_codes - the ten codes of paper that come with the first second factor, of
 * whichever kind: made for a request, hashed for the database, shown once and wiped.
 */
#ifndef SYNPUNKT_SERVER_RECOVERY_CODES_H
#define SYNPUNKT_SERVER_RECOVERY_CODES_H

#include <stdbool.h>

#include "server/second_factor.h"

struct http_request;
struct json_write;

struct recovery_codes {
	char text[RECOVERY_CODES][RECOVERY_CODE_SIZE];
};

/* Their hashes as an array of the database's, in the request's arena. */
const char *recovery_codes_make(struct http_request *req, struct recovery_codes *codes);

/* "recoveryCodes": them, or none where is_new is false, for then others hold. Wipes. */
void recovery_codes_write(
	struct json_write *w, struct recovery_codes *codes, bool is_new);

void recovery_codes_wipe(struct recovery_codes *codes);

#endif
