/*
 * Every name below the directory is opened relative to it and without following
 * links, so that whoever can write there still cannot point us elsewhere.
 */
#include "lib/blob_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/secret.h"

#define BLOB_STORE_STALE_S (24 * 60 * 60)
#define BLOB_STORE_OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define BLOB_STORE_TEMP_SIZE 33
#define BLOB_STORE_COPY_SIZE (64 * KIB)

struct blob_store {
	int root, temp; /* directories */
};

static int blob_store_failed(struct error *err)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return error_set(err, ERR_UNAVAILABLE, "the disk is full");
	return error_set(err, ERR_INTERNAL, "blob store: %s", strerror(errno));
}

/* Temporary names are random; one that has stood for a day is nobody's. */
static void blob_store_sweep(int temp)
{
	time_t oldest = time(NULL) - BLOB_STORE_STALE_S;
	int fd = openat(temp, ".", BLOB_STORE_OPEN_DIR);
	struct dirent *entry;
	struct stat st;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (entry = readdir(dir); entry; entry = readdir(dir)) {
		if (fstatat(temp, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode) && st.st_mtime < oldest)
			unlinkat(temp, entry->d_name, 0);
	}
	closedir(dir);
}

/* A directory in another, made if need be. A new one's entry is synced, or a crash
 * could lose it with all that was stored in it meanwhile. */
static int blob_store_enter(int parent, const char *name)
{
	int fd = openat(parent, name, BLOB_STORE_OPEN_DIR);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
		return -1;
	if (fsync(parent) < 0)
		return -1;
	return openat(parent, name, BLOB_STORE_OPEN_DIR);
}

struct blob_store *blob_store_new(const char *dir, struct error *err)
{
	struct blob_store *store;
	int root, temp;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		blob_store_failed(err);
		return NULL;
	}
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	temp = root < 0 ? -1 : blob_store_enter(root, "tmp");
	if (temp < 0) {
		blob_store_failed(err);
		if (root >= 0)
			close(root);
		return NULL;
	}
	blob_store_sweep(temp);
	store = mem_new(sizeof(*store));
	store->root = root;
	store->temp = temp;
	return store;
}

void blob_store_free(struct blob_store *store)
{
	if (!store)
		return;
	close(store->temp);
	close(store->root);
	mem_free(store);
}

/* ---- putting ---- */

static int blob_store_write(int to, const char *bytes, size_t n)
{
	ssize_t done = write(to, bytes, n);

	/* a regular file takes all, or there is no room for the rest */
	if (done >= 0 && (size_t)done < n)
		errno = ENOSPC;
	return done == (ssize_t)n ? 0 : -1;
}

/* The whole content of `from` into `to`, hashed on the way. pread() leaves the
 * offset alone: another thread may be reading the same file. */
static int blob_store_copy(int from, int to, char ret[SHA256_HEX_SIZE])
{
	scoped_free char *buffer = mem_new(BLOB_STORE_COPY_SIZE);
	unsigned char digest[SHA256_SIZE];
	struct sha256 *hash = sha256_new();
	off_t at = 0;
	ssize_t n;

	do {
		n = pread(from, buffer, BLOB_STORE_COPY_SIZE, at);
		if (n <= 0)
			continue;
		sha256_update(hash, buffer, (size_t)n);
		at += n;
		if (blob_store_write(to, buffer, (size_t)n) < 0) {
			n = -1;
			break;
		}
	} while (n > 0 || (n < 0 && errno == EINTR));
	sha256_finish(hash, digest);
	sha256_free(hash);
	encode_hex(digest, sizeof(digest), ret);
	return n < 0 ? -1 : 0;
}

/* The directory of a hash: made (store) or only entered. */
static int blob_store_shard(struct blob_store *store, const char *sha256, bool make)
{
	char outer[3] = { sha256[0], sha256[1], '\0' };
	char inner[3] = { sha256[2], sha256[3], '\0' };
	scoped_fd int first = make ? blob_store_enter(store->root, outer)
				   : openat(store->root, outer, BLOB_STORE_OPEN_DIR);

	if (first < 0)
		return -1;
	return make ? blob_store_enter(first, inner)
		    : openat(first, inner, BLOB_STORE_OPEN_DIR);
}

/* Renaming over the same content is harmless, and the sync that follows is needed
 * even then: whoever renamed first may not have come to it. The lock keeps
 * blob_store_remove_old() from looking at the old file and removing the new one. */
static int blob_store_publish(
	struct blob_store *store, const char *temp, const char *sha256)
{
	scoped_fd int dir = blob_store_shard(store, sha256, true);

	if (dir < 0 || flock(dir, LOCK_SH) < 0 ||
		renameat(store->temp, temp, dir, sha256) < 0)
		return -1;
	return fsync(dir);
}

int blob_store_put(
	struct blob_store *store, int fd, char ret[SHA256_HEX_SIZE], struct error *err)
{
	unsigned char random[(BLOB_STORE_TEMP_SIZE - 1) / 2];
	char temp[BLOB_STORE_TEMP_SIZE], name[SHA256_HEX_SIZE];
	scoped_fd int to = -1;

	secret_random(random, sizeof(random));
	encode_hex(random, sizeof(random), temp);
	to = openat(store->temp, temp,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return blob_store_failed(err);
	if (blob_store_copy(fd, to, name) < 0 || fsync(to) < 0 ||
		blob_store_publish(store, temp, name) < 0) {
		blob_store_failed(err);
		unlinkat(store->temp, temp, 0);
		return -1;
	}
	memcpy(ret, name, sizeof(name));
	return 0;
}

/* ---- the others ---- */

static bool blob_store_is_name(const char *sha256)
{
	return sha256 && strlen(sha256) == SHA256_HEX_SIZE - 1 &&
	       strspn(sha256, "0123456789abcdef") == SHA256_HEX_SIZE - 1;
}

int blob_store_open(struct blob_store *store, const char *sha256, int *ret_fd,
	uint64_t *ret_size, struct error *err)
{
	scoped_fd int dir = -1, fd = -1;
	struct stat st;

	if (!blob_store_is_name(sha256))
		return error_set(err, ERR_INVALID, "not the name of a stored file");
	dir = blob_store_shard(store, sha256, false);
	if (dir >= 0)
		fd = openat(
			dir, sha256, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERR_NOT_FOUND, "no such stored file");
	if (fd < 0 || fstat(fd, &st) < 0)
		return blob_store_failed(err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INTERNAL, "blob store: not a file");
	if (ret_size)
		*ret_size = (uint64_t)st.st_size;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int blob_store_remove(struct blob_store *store, const char *sha256, struct error *err)
{
	scoped_fd int dir = -1;

	if (!blob_store_is_name(sha256))
		return error_set(err, ERR_INVALID, "not the name of a stored file");
	dir = blob_store_shard(store, sha256, false);
	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0 || (unlinkat(dir, sha256, 0) < 0 && errno != ENOENT) ||
		fsync(dir) < 0)
		return blob_store_failed(err);
	return 0;
}

bool blob_store_exists(struct blob_store *store, const char *sha256)
{
	scoped_fd int dir = -1;
	struct stat st;

	if (!blob_store_is_name(sha256))
		return false;
	dir = blob_store_shard(store, sha256, false);
	return dir >= 0 && fstatat(dir, sha256, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

/* ---- clearing away ---- */

struct blob_list {
	struct arena *arena;
	const char **names;
	size_t n;
	int64_t before;
};

static bool blob_is_old(int dir, const char *name, int64_t before)
{
	struct stat st;

	return blob_store_is_name(name) &&
	       fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_mtime < before;
}

static void list_add(int dir, const char *name, struct blob_list *list)
{
	if (list->n < BLOB_STORE_LIST_MAX && blob_is_old(dir, name, list->before))
		list->names[list->n++] = arena_dup(list->arena, name);
}

/* Tells each name in the directory, which is closed, but "." and "..". */
static void blob_store_walk(int fd,
	void (*tell)(int dir, const char *name, struct blob_list *list),
	struct blob_list *list)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (entry = readdir(dir); entry; entry = readdir(dir))
		if (entry->d_name[0] != '.')
			tell(fd, entry->d_name, list);
	closedir(dir);
}

static void list_inner(int dir, const char *name, struct blob_list *list)
{
	blob_store_walk(openat(dir, name, BLOB_STORE_OPEN_DIR), list_add, list);
}

int blob_store_list_old(struct blob_store *store, const struct blob_store_old *old,
	struct arena *arena, const char *const **ret, struct error *err)
{
	struct blob_list list = { .arena = arena, .before = old->before };
	char outer[3];
	int fd;

	list.names = arena_array(arena, BLOB_STORE_LIST_MAX + 1, sizeof(*list.names));
	encode_hex(&old->shard, 1, outer);
	fd = openat(store->root, outer, BLOB_STORE_OPEN_DIR);
	if (fd < 0 && errno != ENOENT)
		return blob_store_failed(err);
	blob_store_walk(fd, list_inner, &list);
	*ret = list.names;
	return 0;
}

int blob_store_remove_old(
	struct blob_store *store, const char *sha256, int64_t before, struct error *err)
{
	scoped_fd int dir = -1;

	if (!blob_store_is_name(sha256))
		return error_set(err, ERR_INVALID, "not the name of a stored file");
	dir = blob_store_shard(store, sha256, false);
	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0 || flock(dir, LOCK_EX) < 0)
		return blob_store_failed(err);
	if (blob_is_old(dir, sha256, before) && unlinkat(dir, sha256, 0) < 0)
		return blob_store_failed(err);
	return 0;
}
