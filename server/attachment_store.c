/*
 * A set's way into the store:
 *
 *   attachment_set_store   the first picture
 *   store_on_picture       made anew or refused; the next one
 *   store_put              in a work thread: everything into the blob store
 *   store_on_put           done
 */
#include "server/attachment_private.h"

#include <sys/stat.h>

#include <event2/event.h>

#include "lib/blob_store.h"
#include "lib/work.h"
#include "server/image_client.h"

static void store_next(struct attachment_set *set);

static bool set_is_abandoned(struct attachment_set *set)
{
	set->busy = false;
	if (!set->abandoned)
		return false;
	attachment_set_end_all(set);
	return true;
}

static void store_on_put(void *arg)
{
	struct attachment_set *set = arg;

	if (!set_is_abandoned(set))
		set->done(set->err.code == ERR_NONE ? NULL : &set->err, set->arg);
}

static int put_one(struct attachment_set *set, size_t i, struct error *err)
{
	struct attachment_held *held = &set->held[i];
	struct blob_store *blobs = set->service->config.blobs;
	struct attachment *a = &set->list[i];
	int fd = held->picture_fd >= 0 ? held->picture_fd : held->fd;
	struct stat info;

	if (a->state) /* refused already */
		return 0;
	if (blob_store_put(blobs, fd, held->stored, err) < 0)
		return -1;
	if (held->thumbnail_fd >= 0 &&
		blob_store_put(blobs, held->thumbnail_fd, held->thumbnail, err) < 0)
		return -1;
	if (fstat(fd, &info) == 0)
		a->size = (uint64_t)info.st_size;
	a->state = "stored";
	a->stored_sha256 = held->stored;
	a->thumbnail_sha256 = held->thumbnail_fd >= 0 ? held->thumbnail : NULL;
	return 0;
}

static void store_put(void *arg)
{
	struct attachment_set *set = arg;

	for (size_t i = 0; i < set->n; i++)
		if (put_one(set, i, &set->err) < 0)
			return;
}

static void store_refuse(struct attachment *a, enum image_outcome outcome)
{
	a->state = "refused";
	a->refused_because = image_outcome_reason(outcome);
}

static void store_on_picture(const struct image_result *result, void *arg)
{
	struct attachment_set *set = arg;
	struct attachment_held *held = &set->held[set->at];
	struct attachment *a = &set->list[set->at];

	set->call = NULL;
	if (result->outcome == IMAGE_OK) {
		held->picture_fd = result->picture_fd;
		held->thumbnail_fd = result->thumbnail_fd;
		a->type = file_type_media(result->type);
		a->width = result->width;
		a->height = result->height;
	} else {
		store_refuse(a, result->outcome);
	}
	set->at++;
	store_next(set);
}

static void store_on_later(evutil_socket_t fd, short what, void *arg)
{
	store_on_put(arg);
}

/* The failure is told from the loop, never inside the caller's call. */
static void store_fail_later(struct attachment_set *set)
{
	set->busy = true;
	event_base_once(set->service->config.base, -1, EV_TIMEOUT, store_on_later, set,
		&(struct timeval){ 0 });
}

static void store_next(struct attachment_set *set)
{
	const struct attachment_service *service = set->service;

	while (set->at < set->n && !file_type_is_picture(set->held[set->at].type))
		set->at++;
	if (set->at < set->n) {
		const struct image_order order = { .fd = set->held[set->at].fd,
			.type = set->held[set->at].type };

		set->call = image_client_run(service->config.images, &order,
			store_on_picture, set, &set->err);
		if (!set->call)
			store_fail_later(set);
		return;
	}
	set->busy = true;
	if (work_run(service->config.work, store_put, store_on_put, set, &set->err) < 0)
		store_fail_later(set);
}

void attachment_set_store(
	struct attachment_set *set, attachment_stored_fn *done, void *arg)
{
	set->done = done;
	set->arg = arg;
	set->at = 0;
	store_next(set);
}

void attachment_set_free(struct attachment_set *set)
{
	if (!set)
		return;
	image_client_cancel(set->call);
	set->call = NULL;
	if (set->busy)
		set->abandoned = true;
	else
		attachment_set_end_all(set);
}
