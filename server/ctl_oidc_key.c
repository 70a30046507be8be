/*
 * synpunktctl oidc key FILE - a private key by which the server proves to a provider
 * who it is, in a JWK set that only its owner can read. --rotate puts a new one first
 * and keeps the one that was, so that the provider finds both until it has read the new
 * one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/jwt.h"
#include "server/ctl_oidc.h"

#define KEYS_KEPT 2

struct keys_file {
	const char *path, *next; /* where it is written first */
	const struct stat *old;  /* whose place it takes; NULL: there must be none */
};

static int keys_fail(const char *path, struct error *err)
{
	return error_set(err, ERR_INTERNAL, "cannot write \"%.120s\": %s", path,
		strerror(errno));
}

/* Whole on the disk before it has the name. Whoever could read the one that was can
 * read this one: the server's user, as the operator has set it. */
static int next_write(const struct keys_file *file, const char *text, struct error *err)
{
	scoped_fd int fd = -1;
	size_t n = strlen(text);

	/* Left behind by one that was stopped; O_EXCL follows no link. */
	unlink(file->next);
	fd = open(file->next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		return keys_fail(file->next, err);
	if (file->old && (fchown(fd, file->old->st_uid, file->old->st_gid) < 0 ||
				 fchmod(fd, file->old->st_mode & 07777) < 0))
		return keys_fail(file->next, err);
	return fsync(fd) == 0 ? 0 : keys_fail(file->next, err);
}

/* In one step: a server that starts meanwhile reads the one or the other, whole. */
static int next_put(const struct keys_file *file, struct error *err)
{
	if (file->old)
		return rename(file->next, file->path) == 0 ? 0
							   : keys_fail(file->path, err);
	if (link(file->next, file->path) < 0)
		return keys_fail(file->path, err);
	unlink(file->next);
	return 0;
}

static int keys_write(struct ctl *ctl, const char *path, bool rotate, const char *text,
	struct error *err)
{
	struct stat old;
	const struct keys_file file = { .path = path,
		.next = arena_printf(ctl->arena, "%s.new", path),
		.old = rotate ? &old : NULL };

	if (rotate && stat(path, &old) < 0)
		return keys_fail(path, err);
	if (next_write(&file, text, err) == 0 && next_put(&file, err) == 0)
		return 0;
	unlink(file.next);
	return -1;
}

static int keys_make(struct ctl *ctl, const char *path, const char *algorithm,
	bool rotate, struct error *err)
{
	json_t *keys =
		rotate ? json_load_file(path, 0, NULL) : json_pack("{s:[]}", "keys");
	json_t *list = json_object_get(keys, "keys"), *key;
	const char *text;

	if (!json_is_array(list)) {
		json_decref(keys);
		return error_set(
			err, ERR_INVALID, "no JWK set can be read in \"%.120s\"", path);
	}
	key = jwt_key_make(algorithm, err);
	if (!key) {
		json_decref(keys);
		return -1;
	}
	json_array_insert_new(list, 0, key);
	while (json_array_size(list) > KEYS_KEPT)
		json_array_remove(list, KEYS_KEPT);
	text = json_text(ctl->arena, keys);
	return keys_write(ctl, path, rotate, text, err);
}

int ctl_oidc_key(struct ctl *ctl, char **argv)
{
	const char *algorithm = "RS256", *path;
	bool rotate = false;
	const struct ctl_option options[] = { { "--algorithm", &algorithm, NULL },
		{ "--rotate", NULL, &rotate }, { 0 } };
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, &path, 1);

	if (rc != 0)
		return rc;
	if (keys_make(ctl, path, algorithm, rotate, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	if (ctl->json)
		ctl_print_json(json_pack("{s:s}", "file", path));
	return CTL_DONE;
}
