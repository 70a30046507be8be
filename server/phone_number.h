/* phone_number - could it be a telephone number? */
#ifndef SYNPUNKT_SERVER_PHONE_NUMBER_H
#define SYNPUNKT_SERVER_PHONE_NUMBER_H

#include <stdbool.h>

/* At least five digits, whatever stands between them. */
bool phone_number_is_possible(const char *phone);

#endif
