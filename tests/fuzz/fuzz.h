/* fuzz - what every fuzz target includes: libFuzzer's entry point. */
#ifndef SYNPUNKT_TESTS_FUZZ_FUZZ_H
#define SYNPUNKT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* 0 always; a fault ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
