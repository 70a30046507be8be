/*
 * A mail's files:
 *
 *   mail_files_take      on the loop
 *   files_work           in a work thread: each, from its place among the bytes
 *   files_on_read        on the loop: to be stored
 *   files_on_stored      done
 */
#include "server/mail_files.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/temp_file.h"
#include "lib/work.h"
#include "server/attachment.h"
#include "server/image_client.h"

#define READ_SIZE (64 * KIB)
#define WORK_QUEUE_MAX 16

struct mail_files_service {
	struct work_pool *work;
	struct blob_store *blobs;
	struct image_client *images;
	struct attachment_service *attachments;
};

struct mail_files {
	struct mail_files_service *service;
	struct mail_files_order order;
	json_t *attachments, *withheld; /* copies of its own: the thread reads them */
	int fd;
	struct attachment_set *set;
	bool in_work, is_abandoned;
	struct error err;
};

static void files_destroy(struct mail_files *files)
{
	attachment_set_free(files->set);
	json_decref(files->attachments);
	json_decref(files->withheld);
	if (files->fd >= 0)
		close(files->fd);
	mem_free(files);
}

int mail_files_raw(const char *hex, struct error *err)
{
	size_t n = strlen(hex) / 2;
	scoped_free char *bytes = mem_new(n + 1);
	scoped_fd int fd = memfd_create("mail", MFD_CLOEXEC);
	int ret;

	if (fd < 0 || encode_hex_parse(hex, bytes, n) < 0)
		return error_set(err, ERR_UNAVAILABLE, "no room for a mail");
	if (temp_file_write(fd, bytes, n, err) < 0)
		return -1;
	ret = fd;
	fd = -1;
	return ret;
}

/* ---- in the work thread ---- */

static int file_copy(struct mail_files *files, off_t at, size_t left, struct error *err)
{
	scoped_free char *buffer = mem_new(READ_SIZE);

	while (left > 0) {
		ssize_t n = pread(
			files->fd, buffer, left < READ_SIZE ? left : READ_SIZE, at);

		if (n <= 0)
			return error_set(err, ERR_INTERNAL,
				"the bytes of a mail's file are not there");
		if (attachment_set_data(files->set, buffer, (size_t)n, err) < 0)
			return -1;
		at += n;
		left -= (size_t)n;
	}
	return 0;
}

static bool is_withheld(const struct mail_files *files, const char *sha256)
{
	size_t i;
	json_t *one;

	json_array_foreach(files->withheld, i,
		one) if (sha256 && !strcmp(json_string_value(one), sha256)) return true;
	return false;
}

static int file_take(struct mail_files *files, const json_t *one, struct error *err)
{
	json_int_t at = json_integer_value(json_object_get(one, "offset"));
	json_int_t size = json_integer_value(json_object_get(one, "size"));
	const char *name = json_string_value(json_object_get(one, "name"));

	if (at < 0 || size <= 0)
		return 0;
	if (attachment_set_begin(files->set, name, err) < 0 ||
		file_copy(files, (off_t)at, (size_t)size, err) < 0)
		return -1;
	if (attachment_set_end(files->set, err) < 0)
		return -1;
	if (is_withheld(files, json_string_value(json_object_get(one, "sha256"))))
		attachment_set_refuse(files->set);
	return 0;
}

static void files_work(void *arg)
{
	struct mail_files *files = arg;
	size_t i;
	json_t *one;

	json_array_foreach(files->attachments, i,
		one) if (file_take(files, one, &files->err) < 0) return;
}

/* ---- on the loop ---- */

static void files_on_stored(const struct error *err, void *arg)
{
	struct mail_files *files = arg;
	const struct attachment *all = NULL;
	size_t n = 0;

	if (!err)
		all = attachment_set_all(files->set, &n);
	files->order.done(all, n, err, files->order.arg);
}

static void files_on_read(void *arg)
{
	struct mail_files *files = arg;

	files->in_work = false;
	if (files->is_abandoned)
		files_destroy(files);
	else if (files->err.code != ERR_NONE)
		files->order.done(NULL, 0, &files->err, files->order.arg);
	else
		attachment_set_store(files->set, files_on_stored, files);
}

struct mail_files *mail_files_take(struct mail_files_service *service,
	const struct mail_files_order *order, struct error *err)
{
	struct mail_files *files = mem_new(sizeof(*files));

	files->service = service;
	files->order = *order;
	files->attachments = json_deep_copy(order->attachments);
	files->withheld = json_deep_copy(order->withheld);
	files->fd = dup(order->bytes_fd);
	files->set = attachment_set_new(service->attachments);
	if (work_run(service->work, files_work, files_on_read, files, err) < 0) {
		files_destroy(files);
		return NULL;
	}
	files->in_work = true;
	return files;
}

void mail_files_free(struct mail_files *files)
{
	if (files && files->in_work)
		files->is_abandoned = true;
	else if (files)
		files_destroy(files);
}

/* ---- the service ---- */

struct mail_files_service *mail_files_service_new(
	const struct mail_files_config *config, struct error *err)
{
	struct mail_files_service *service = mem_new(sizeof(*service));
	struct arena *arena = arena_new();

	service->work = work_pool_new(config->base, 1, WORK_QUEUE_MAX);
	service->blobs = blob_store_new(
		arena_printf(arena, "%s/attachments", config->state), err);
	service->images = image_client_new(config->base,
		&(struct confined_client_config){ .socket = config->image_fd });
	if (service->blobs)
		service->attachments = attachment_service_new(&(
			struct attachment_config){ .base = config->base,
			.work = service->work,
			.blobs = service->blobs,
			.images = service->images,
			.spool_dir = arena_printf(arena, "%s/spool", config->state) });
	arena_free(arena);
	if (service->attachments)
		return service;
	mail_files_service_free(service);
	return NULL;
}

void mail_files_service_free(struct mail_files_service *service)
{
	if (!service)
		return;
	work_pool_free(service->work);
	attachment_service_free(service->attachments);
	image_client_free(service->images);
	blob_store_free(service->blobs);
	mem_free(service);
}
