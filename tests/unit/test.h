/* test - what every unit test includes, in the order cmocka wants. */
#ifndef SYNPUNKT_TESTS_UNIT_TEST_H
#define SYNPUNKT_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base.h"

#endif
