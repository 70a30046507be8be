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
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/jwt.h"
#include "server/ctl_oidc.h"

#define KEYS_KEPT 2

static int keys_write(const char *path, int flags, const char *text, struct error *err)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	size_t n = strlen(text);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n || fsync(fd) < 0)
		return error_set(err, ERR_INTERNAL, "cannot write \"%.120s\": %s", path,
			strerror(errno));
	return 0;
}

/* The new file takes the old one's place in one step: a server that starts meanwhile
 * reads the one or the other. */
static int keys_replace(
	struct ctl *ctl, const char *path, const char *text, struct error *err)
{
	const char *next = arena_printf(ctl->arena, "%s.new", path);

	if (keys_write(next, O_TRUNC, text, err) < 0)
		return -1;
	if (rename(next, path) == 0)
		return 0;
	return error_set(err, ERR_INTERNAL, "cannot write \"%.120s\": %s", path,
		strerror(errno));
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
	return rotate ? keys_replace(ctl, path, text, err)
		      : keys_write(path, O_EXCL, text, err);
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
