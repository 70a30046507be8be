#include "server/xlsx_file.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/utf8.h"

/* Where the library makes its files, one for each part of the workbook: in memory. It
 * goes on to TMPDIR and /tmp where this is not there. */
#define PARTS_DIR "/dev/shm"

/* The library of Debian 12 writes to a file by its name alone: one in memory has one.
 */
int xlsx_file_begin(struct xlsx_file *file, struct error *err)
{
	char path[40];
	lxw_workbook_options options = { .tmpdir = (char *)PARTS_DIR };

	file->fd = memfd_create("xlsx", MFD_CLOEXEC);
	if (file->fd < 0)
		return error_set(err, ERR_INTERNAL, "no file in memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	file->workbook = workbook_new_opt(path, &options);
	if (file->workbook)
		return 0;
	close(file->fd);
	return error_set(err, ERR_INTERNAL, "no workbook");
}

void xlsx_file_clear(struct xlsx_file *file)
{
	lxw_workbook_free(file->workbook);
	close(file->fd);
}

/* The library asks gmtime() and rand(), which have one state for all threads: one at a
 * time. */
static lxw_error workbook_end(struct xlsx_file *file)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	lxw_error code;

	pthread_mutex_lock(&lock);
	code = workbook_close(steal(file->workbook));
	pthread_mutex_unlock(&lock);
	return code;
}

int xlsx_file_end(struct xlsx_file *file, void **ret, size_t *size, struct error *err)
{
	lxw_error code = workbook_end(file);
	scoped_free char *bytes = NULL;
	size_t done = 0;
	struct stat st;
	ssize_t n = 1;

	if (code != LXW_NO_ERROR)
		return error_set(
			err, ERR_INTERNAL, "the workbook: %s", lxw_strerror(code));
	if (fstat(file->fd, &st) < 0)
		return error_set(err, ERR_INTERNAL, "the workbook's file");
	if (st.st_size > XLSX_FILE_BYTES_MAX)
		return error_set(err, ERR_TOO_LARGE, "%lld bytes, the most is %d",
			(long long)st.st_size, XLSX_FILE_BYTES_MAX);
	bytes = mem_new((size_t)st.st_size + 1);
	while (done < (size_t)st.st_size && n > 0) {
		n = pread(
			file->fd, bytes + done, (size_t)st.st_size - done, (off_t)done);
		done += n > 0 ? (size_t)n : 0;
	}
	if (done == 0 || done < (size_t)st.st_size)
		return error_set(
			err, ERR_INTERNAL, "the workbook could not be read back");
	*ret = steal(bytes);
	*size = done;
	return 0;
}

/* ---- texts ---- */

static bool is_writable(uint32_t point)
{
	return point == '\n' ||
	       (point >= 0x20 && point != 0x7f && point != 0xfffe && point != 0xffff);
}

const char *xlsx_file_clean(struct arena *arena, const char *text)
{
	char *copy = arena_dup(arena, text);
	size_t n = strlen(copy), length;
	uint32_t point;

	for (size_t i = 0; i < n; i += length) {
		length = utf8_decode(copy + i, n - i, &point);
		if (length == 0)
			length = 1;
		if (!is_writable(point))
			memset(copy + i, ' ', length);
	}
	return copy;
}
