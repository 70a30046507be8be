/*
 * A copy of a stored picture with areas covered:
 *
 *   attachment_mask             on the loop
 *   attachment_masking_copy     in a work thread: the picture to a file of its own, and
 *                               the areas after it
 *   attachment_masking_on_copy  on the loop: the file goes to the image worker
 *   attachment_masking_on_made  on the loop: hands what came back to a work thread
 *   attachment_masking_put      in the thread: into the blob store
 *   attachment_masking_on_put   on the loop: done
 */
#include "server/attachment.h"

#include <string.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/temp_file.h"
#include "lib/work.h"
#include "server/attachment_private.h"

#define MASKING_READ_SIZE (64 * KIB)

struct attachment_masking {
	struct attachment_service *service;
	struct arena *arena;
	attachment_masked_fn *done;
	void *arg;
	const char *sha256;
	struct image_area areas[IMAGE_AREAS_MAX];
	size_t n_areas;
	struct attachment_entry entry; /* without a set */
	bool in_work;                  /* a work thread has it */
	bool is_cancelled;             /* to be freed when the thread gives it back */
	struct error err;
};

static void masking_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void masking_free(struct attachment_masking *masking)
{
	masking_close(masking->entry.fd);
	masking_close(masking->entry.made_fd);
	masking_close(masking->entry.thumbnail_fd);
	arena_free(masking->arena);
	mem_free(masking);
}

static void masking_finish(struct attachment_masking *masking)
{
	const struct attachment_entry *entry = &masking->entry;
	struct attachment_masked made = { .type = file_type_media(entry->made_type),
		.size = entry->stored_size,
		.sha256 = entry->stored_sha256,
		.thumbnail_sha256 = entry->thumbnail_sha256 };

	if (masking->err.code == ERR_NONE)
		masking->done(&made, NULL, masking->arg);
	else
		masking->done(NULL, &masking->err, masking->arg);
	masking_free(masking);
}

/* What a work thread gives back: true while it is still wanted and went well. */
static bool masking_goes_on(struct attachment_masking *masking)
{
	masking->in_work = false;
	if (masking->is_cancelled)
		masking_free(masking);
	else if (masking->err.code != ERR_NONE)
		masking_finish(masking);
	else
		return true;
	return false;
}

static int masking_work(struct attachment_masking *masking, work_fn *work,
	work_fn *done, struct error *err)
{
	if (work_run(masking->service->config.work, work, done, masking, err) < 0)
		return -1;
	masking->in_work = true;
	return 0;
}

/* ---- the copy, into the store ---- */

static void attachment_masking_put(void *arg)
{
	struct attachment_masking *masking = arg;
	struct attachment_entry *entry = &masking->entry;

	if (attachment_entry_put(masking->service, entry, &masking->err) == 0 &&
		entry->outcome != IMAGE_OK)
		error_set(&masking->err, ERR_INTERNAL, "the picture was not masked");
}

static void attachment_masking_on_put(void *arg)
{
	struct attachment_masking *masking = arg;

	if (masking_goes_on(masking))
		masking_finish(masking);
}

/* ---- the image worker ---- */

static bool masking_fits(const struct attachment_masking *masking)
{
	for (size_t i = 0; i < masking->n_areas; i++) {
		if (!image_area_fits(&masking->areas[i], masking->entry.width,
			    masking->entry.height))
			return false;
	}
	return true;
}

static void masking_judge(struct attachment_masking *masking)
{
	const struct attachment_entry *entry = &masking->entry;
	struct error *err = &masking->err;

	if (entry->outcome == IMAGE_OK && !masking_fits(masking)) {
		error_set(err, ERR_INVALID,
			"must lie within the picture, which is %u by %u pixels",
			entry->width, entry->height);
		error_set_field(err, "areas");
	} else if (entry->outcome == IMAGE_TIMED_OUT ||
		   entry->outcome == IMAGE_UNANSWERED) {
		error_set(err, ERR_UNAVAILABLE, "the picture took too long; try again");
	} else if (entry->outcome != IMAGE_OK) {
		error_set(err, ERR_INTERNAL, "a stored picture cannot be read");
	}
}

static void attachment_masking_on_made(const struct image_result *result, void *arg)
{
	struct attachment_masking *masking = arg;
	struct attachment_entry *entry = &masking->entry;

	attachment_entry_take(entry, result);
	masking_judge(masking);
	if (masking->err.code != ERR_NONE ||
		masking_work(masking, attachment_masking_put, attachment_masking_on_put,
			&masking->err) < 0)
		masking_finish(masking);
}

static void attachment_masking_on_copy(void *arg)
{
	struct attachment_masking *masking = arg;
	struct attachment_entry *entry = &masking->entry;
	struct image_order order = { .fd = entry->fd,
		.type = entry->type,
		.areas = (uint32_t)masking->n_areas };

	if (!masking_goes_on(masking))
		return;
	entry->call = image_client_run(masking->service->config.images, &order,
		attachment_masking_on_made, masking, &masking->err);
	if (!entry->call)
		masking_finish(masking);
}

/* ---- the picture, out of the store ---- */

static int masking_append(int from, int to, struct error *err)
{
	scoped_free char *buffer = mem_new(MASKING_READ_SIZE);
	ssize_t n = 1;

	for (off_t at = 0; n > 0; at += n) {
		n = pread(from, buffer, MASKING_READ_SIZE, at);
		if (n < 0)
			return error_set(
				err, ERR_INTERNAL, "a stored file cannot be read");
		if (temp_file_write(to, buffer, (size_t)n, err) < 0)
			return -1;
	}
	return 0;
}

static void attachment_masking_copy(void *arg)
{
	struct attachment_masking *masking = arg;
	struct attachment_service *service = masking->service;
	scoped_fd int stored = -1;
	struct error *err = &masking->err;

	if (blob_store_open(
		    service->config.blobs, masking->sha256, &stored, NULL, err) < 0 ||
		file_type_find(service->types, stored, &masking->entry.type, err) < 0)
		return;
	if (!file_type_is_picture(masking->entry.type)) {
		error_set(err, ERR_INTERNAL, "a stored picture is none");
		return;
	}
	masking->entry.fd = temp_file_open(service->spool_dir, err);
	if (masking->entry.fd < 0 || masking_append(stored, masking->entry.fd, err) < 0)
		return;
	temp_file_write(masking->entry.fd, masking->areas,
		masking->n_areas * sizeof(masking->areas[0]), err);
}

struct attachment_masking *attachment_mask(struct attachment_service *service,
	const struct attachment_mask *mask, attachment_masked_fn *done, void *arg,
	struct error *err)
{
	struct attachment_masking *masking = mem_new(sizeof(*masking));

	masking->service = service;
	masking->arena = arena_new();
	masking->done = done;
	masking->arg = arg;
	masking->sha256 = arena_dup(masking->arena, mask->sha256);
	masking->n_areas = mask->n_areas;
	memcpy(masking->areas, mask->areas, mask->n_areas * sizeof(mask->areas[0]));
	masking->entry = (struct attachment_entry){
		.fd = -1, .made_fd = -1, .thumbnail_fd = -1
	};
	if (masking_work(masking, attachment_masking_copy, attachment_masking_on_copy,
		    err) < 0) {
		masking_free(masking);
		return NULL;
	}
	return masking;
}

void attachment_mask_cancel(struct attachment_masking *masking)
{
	if (!masking)
		return;
	image_client_cancel(steal(masking->entry.call));
	masking->is_cancelled = true;
	if (!masking->in_work)
		masking_free(masking);
}
