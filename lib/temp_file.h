/* temp_file - a file without a name: it is gone when its last descriptor is. */
#ifndef SYNPUNKT_LIB_TEMP_FILE_H
#define SYNPUNKT_LIB_TEMP_FILE_H

#include <stddef.h>

struct error;

/* A descriptor open for reading and writing, close-on-exec, mode 0600, on the disk
 * that holds dir. -1 and ERR_UNAVAILABLE when that is full, else ERR_INTERNAL. */
int temp_file_open(const char *dir, struct error *err);

/* All n bytes at the file's offset. The same errors. */
int temp_file_write(int fd, const void *bytes, size_t n, struct error *err);

#endif
