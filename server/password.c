#include "server/password.h"

#include <sodium.h>

#include "lib/encode.h"
#include "lib/secret.h"

void password_make(char ret[PASSWORD_TEXT_SIZE])
{
	unsigned char bytes[(PASSWORD_CHARS * 5 + 7) / 8];

	secret_random(bytes, sizeof(bytes));
	encode_base32(bytes, PASSWORD_CHARS, PASSWORD_GROUP, ret);
	sodium_memzero(bytes, sizeof(bytes));
}
