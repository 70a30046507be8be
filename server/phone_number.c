#include "server/phone_number.h"

#include <stddef.h>

#define DIGITS_LEAST 5

bool phone_number_is_possible(const char *phone)
{
	size_t digits = 0;

	for (; *phone; phone++)
		digits += *phone >= '0' && *phone <= '9';
	return digits >= DIGITS_LEAST;
}
