/*
 * suppress_brute - what a reader can find out, by trying: every cell that is hidden
 * gets every value that its mark allows, near enough to the truth, until all sums are
 * right. Shares nothing with server/suppress but the types of its header.
 */
#ifndef SYNPUNKT_TESTS_UNIT_SUPPRESS_BRUTE_H
#define SYNPUNKT_TESTS_UNIT_SUPPRESS_BRUTE_H

#include "server/suppress.h"

/* Can the cell have another value than its own? False too when that was not seen in so
 * many steps. */
bool suppress_brute_differs(const struct suppress_input *input,
	const enum suppress_mark *marks, size_t cell, size_t steps);

#endif
