#include "lib/temp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/error.h"

static int temp_file_failed(struct error *err)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return error_set(err, ERR_UNAVAILABLE, "the disk is full");
	return error_set(err, ERR_INTERNAL, "temporary file: %s", strerror(errno));
}

/* For disks without O_TMPFILE (NFS): a name, for as long as it takes to drop it. */
static int temp_file_open_named(const char *dir)
{
	char path[4096];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/.XXXXXX", dir) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int temp_file_open(const char *dir, struct error *err)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		fd = temp_file_open_named(dir);
	return fd < 0 ? temp_file_failed(err) : fd;
}

int temp_file_write(int fd, const void *bytes, size_t n, struct error *err)
{
	const char *p = bytes;
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return temp_file_failed(err);
		p += done;
		n -= (size_t)done;
	}
	return 0;
}
