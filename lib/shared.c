#include "lib/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/error.h"

void *shared_map(size_t size, struct error *err)
{
	void *p = mmap(
		NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		return p;
	error_set(err, ERR_INTERNAL, "no %zu bytes of shared memory: %s", size,
		strerror(errno));
	return NULL;
}

void shared_unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}
