/* tool_path - where synpunktctl is, which the server runs for what costs memory or
 * needs libraries of its own: beside the program that runs. */
#ifndef SYNPUNKT_SERVER_TOOL_PATH_H
#define SYNPUNKT_SERVER_TOOL_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define TOOL_NAME "synpunktctl"

/* False if that cannot be told or is longer than size. */
bool tool_path(char *ret, size_t size) __attribute__((nonnull));

#endif
