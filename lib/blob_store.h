/*
 * blob_store - files kept under the SHA-256 of their content.
 *
 * On disk: DIR/aa/bb/<64 hexadecimal digits>, written beside (DIR/tmp), synced and
 * renamed, so a name either holds its whole content or is not there, also after a
 * loss of power. Storing what is there already changes nothing. Links are never
 * followed below DIR.
 *
 * Put, open, remove and exists are the whole store; another kind of storage can stand
 * behind them. All block on the disk: work threads only. A store may be used by
 * many threads and processes at once.
 */
#ifndef SYNPUNKT_LIB_BLOB_STORE_H
#define SYNPUNKT_LIB_BLOB_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/sha256.h"

struct arena;
struct blob_store;
struct error;

/* Makes the directory (not its parents) if it is missing, mode 0700, and removes
 * what a crash left in DIR/tmp more than a day ago. ERR_INTERNAL. */
struct blob_store *blob_store_new(const char *dir, struct error *err);
void blob_store_free(struct blob_store *store); /* NULL is fine */

/* Stores the whole content of a seekable fd, whatever its offset, which stays as
 * it is. When 0 is returned the content is durable. ERR_UNAVAILABLE when the disk
 * is full, else ERR_INTERNAL. */
int blob_store_put(
	struct blob_store *store, int fd, char ret[SHA256_HEX_SIZE], struct error *err);

/* A read-only descriptor, the caller's to close. ERR_NOT_FOUND; ERR_INVALID for a
 * text that is no hash. ret_size may be NULL. */
int blob_store_open(struct blob_store *store, const char *sha256, int *ret_fd,
	uint64_t *ret_size, struct error *err);

/* Removing what is not there is fine. */
int blob_store_remove(struct blob_store *store, const char *sha256, struct error *err);

bool blob_store_exists(struct blob_store *store, const char *sha256);

/*
 * For whoever clears away what nobody refers to. The names that begin with the byte
 * `shard` and whose content was last put before `before` (seconds since 1970): at most
 * BLOB_STORE_LIST_MAX of them, in the arena, a NULL after the last.
 */
#define BLOB_STORE_LIST_MAX 1000
struct blob_store_old {
	unsigned char shard;
	int64_t before;
};
int blob_store_list_old(struct blob_store *store, const struct blob_store_old *old,
	struct arena *arena, const char *const **ret, struct error *err);

/* Removes a name unless its content was put again since: putting makes it young. */
int blob_store_remove_old(struct blob_store *store, const char *sha256, int64_t before,
	struct error *err);

#endif
