#include "server/mail_enclosing.h"

#include <unistd.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/blob_store.h"
#include "lib/error.h"
#include "lib/mail_enclose.h"
#include "lib/work.h"
#include "server/attachment_name.h"

struct mail_enclosing {
	struct mail_enclosing_config config;
	struct arena *arena; /* the work thread's until it is done */
	json_t *list;
	const char *boundary, *names;
	struct evbuffer *parts;
	bool are_apart, in_work, is_abandoned;
	struct error err;
};

static const char *member(const json_t *file, const char *name)
{
	return json_string_value(json_object_get(file, name));
}

/* ---- in the work thread ---- */

static int enclose(struct mail_enclosing *enclosing, const json_t *file)
{
	const char *type = member(file, "type");
	scoped_fd int fd = -1;

	if (blob_store_open(enclosing->config.blobs, member(file, "sha256"), &fd, NULL,
		    &enclosing->err) < 0)
		return -1;
	evbuffer_add_printf(enclosing->parts, "--%s\r\n", enclosing->boundary);
	return mail_enclose(enclosing->parts,
		&(struct mail_enclosure){ .fd = fd,
			.type = type,
			.name = attachment_name_saved(
				enclosing->arena, member(file, "name"), type) },
		&enclosing->err);
}

static void enclosing_work(void *arg)
{
	struct mail_enclosing *enclosing = arg;
	const json_t *file;
	size_t i;

	json_array_foreach(enclosing->list, i, file)
	{
		if (!enclosing->are_apart && enclose(enclosing, file) < 0)
			return;
	}
}

/* ---- on the loop ---- */

static void enclosing_end(struct mail_enclosing *enclosing)
{
	json_decref(enclosing->list);
	evbuffer_free(enclosing->parts);
	arena_free(enclosing->arena);
	mem_free(enclosing);
}

static void enclosing_on_worked(void *arg)
{
	struct mail_enclosing *enclosing = arg;

	enclosing->in_work = false;
	if (enclosing->is_abandoned)
		enclosing_end(enclosing);
	else
		enclosing->config.done(
			enclosing->err.code == ERR_NONE ? NULL : &enclosing->err,
			enclosing->config.arg);
}

/* False: it is not what the database writes. */
static bool enclosing_look(struct mail_enclosing *enclosing)
{
	json_int_t total = 0;
	const json_t *file;
	size_t i;

	enclosing->names = "";
	json_array_foreach(enclosing->list, i, file)
	{
		if (!member(file, "name") || !member(file, "type") ||
			!member(file, "sha256"))
			return false;
		total += json_integer_value(json_object_get(file, "size"));
		enclosing->names = arena_printf(enclosing->arena, "%s%s- %s",
			enclosing->names, i ? "\n" : "", member(file, "name"));
	}
	enclosing->are_apart = total > (json_int_t)MAIL_ENCLOSED_MAX;
	return i > 0;
}

struct mail_enclosing *mail_enclosing_new(const struct mail_enclosing_config *config,
	const char *list, const char *boundary, struct error *err)
{
	struct mail_enclosing *enclosing = mem_new(sizeof(*enclosing));
	bool failed;

	enclosing->config = *config;
	enclosing->arena = arena_new();
	enclosing->boundary = arena_dup(enclosing->arena, boundary);
	enclosing->parts = evbuffer_new();
	enclosing->list = json_loads(list, 0, NULL);
	failed = !enclosing_look(enclosing);
	if (failed)
		error_set(err, ERR_INVALID, "the files of a letter are none");
	else
		failed = work_run(config->work, enclosing_work, enclosing_on_worked,
				 enclosing, err) < 0;
	if (failed) {
		enclosing_end(enclosing);
		return NULL;
	}
	enclosing->in_work = true;
	return enclosing;
}

void mail_enclosing_free(struct mail_enclosing *enclosing)
{
	if (!enclosing)
		return;
	if (enclosing->in_work)
		enclosing->is_abandoned = true;
	else
		enclosing_end(enclosing);
}

const char *mail_enclosing_names(const struct mail_enclosing *enclosing)
{
	return enclosing->names;
}

bool mail_enclosing_are_apart(const struct mail_enclosing *enclosing)
{
	return enclosing->are_apart;
}

struct evbuffer *mail_enclosing_parts(struct mail_enclosing *enclosing)
{
	return enclosing->parts;
}
