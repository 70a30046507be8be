/* city_valid - from when to when something of the city is valid. */
#ifndef SYNPUNKT_SERVER_CITY_VALID_H
#define SYNPUNKT_SERVER_CITY_VALID_H

#include <stdint.h>

/* Both ends included; DAY_NONE is open. */
struct city_valid {
	int32_t from, to;
};

#endif
