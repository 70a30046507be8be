/*
 * Storing a set:
 *
 *   attachment_set_store          on the loop: pictures go to the image worker
 *   attachment_entry_on_made      on the loop, once for each picture
 *   attachment_set_put            on the loop: hands the set to a work thread
 *   attachment_set_work           in the thread: all into the blob store
 *   attachment_set_on_put         on the loop: final states, done
 */
#include "server/attachment.h"

#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/work.h"
#include "server/attachment_private.h"

static const char state_stored[] = "stored";
static const char state_checking[] = "checking";
static const char state_refused[] = "refused";

/* ---- in the work thread ---- */

/* What the confined process made must be what it said: it looked at a stranger's
 * bytes, and its word is not taken for what residents and staff will be sent. */
static void attachment_entry_judge(
	struct attachment_service *service, struct attachment_entry *entry)
{
	enum file_type made = FILE_TYPE_OTHER, small = FILE_TYPE_OTHER;

	if (!file_type_is_picture(entry->type) || entry->outcome != IMAGE_OK)
		return;
	file_type_find(service->types, entry->made_fd, &made, NULL);
	file_type_find(service->types, entry->thumbnail_fd, &small, NULL);
	if (made != entry->made_type || small != FILE_TYPE_JPEG)
		entry->outcome = IMAGE_FAILED;
}

int attachment_entry_put(struct attachment_service *service,
	struct attachment_entry *entry, struct error *err)
{
	struct blob_store *blobs = service->config.blobs;
	bool is_picture = file_type_is_picture(entry->type);
	int fd = is_picture ? entry->made_fd : entry->fd;
	struct stat st;

	if (entry->is_withheld)
		return 0;
	attachment_entry_judge(service, entry);
	if (entry->outcome != IMAGE_OK)
		return 0;
	if (fstat(fd, &st) < 0)
		return error_set(err, ERR_INTERNAL, "a file under way cannot be read");
	entry->stored_size = (uint64_t)st.st_size;
	if (blob_store_put(blobs, fd, entry->stored_sha256, err) < 0)
		return -1;
	if (!is_picture)
		return 0;
	return blob_store_put(blobs, entry->thumbnail_fd, entry->thumbnail_sha256, err);
}

static void attachment_set_work(void *arg)
{
	struct attachment_set *set = arg;
	size_t i;

	for (i = 0; i < set->n; i++)
		if (attachment_entry_put(set->service, &set->entries[i], &set->err) < 0)
			return;
}

/* ---- on the loop ---- */

const char *attachment_service_state(const struct attachment_service *service)
{
	return service->config.clamav ? state_checking : state_stored;
}

static void attachment_set_settle(struct attachment_set *set, size_t i)
{
	struct attachment_entry *entry = &set->entries[i];
	struct attachment *file = &set->files[i];

	if (entry->is_withheld || entry->outcome != IMAGE_OK) {
		file->state = state_refused;
		file->refused_because = entry->is_withheld
						? "withheld"
						: image_outcome_reason(entry->outcome);
		return;
	}
	file->state = attachment_service_state(entry->set->service);
	file->size = entry->stored_size;
	file->stored_sha256 = entry->stored_sha256;
	if (!file_type_is_picture(entry->type))
		return;
	file->type = file_type_media(entry->made_type);
	file->thumbnail_sha256 = entry->thumbnail_sha256;
	file->width = entry->width;
	file->height = entry->height;
}

static void attachment_set_finish(struct attachment_set *set)
{
	size_t i;

	if (set->err.code == ERR_NONE)
		for (i = 0; i < set->n; i++)
			attachment_set_settle(set, i);
	set->done(set->err.code == ERR_NONE ? NULL : &set->err, set->arg);
}

static void attachment_set_on_put(void *arg)
{
	struct attachment_set *set = arg;

	set->in_work = false;
	if (set->is_abandoned)
		attachment_set_destroy(set);
	else
		attachment_set_finish(set);
}

/* All pictures are back. */
static void attachment_set_put(struct attachment_set *set)
{
	if (set->err.code == ERR_NONE && set->n > 0 &&
		work_run(set->service->config.work, attachment_set_work,
			attachment_set_on_put, set, &set->err) == 0) {
		set->in_work = true;
		return;
	}
	attachment_set_finish(set);
}

void attachment_entry_take(
	struct attachment_entry *entry, const struct image_result *result)
{
	entry->call = NULL;
	entry->outcome = result->outcome;
	entry->made_type = result->type;
	entry->made_fd = result->picture_fd;
	entry->thumbnail_fd = result->thumbnail_fd;
	entry->width = result->width;
	entry->height = result->height;
}

static void attachment_entry_on_made(const struct image_result *result, void *arg)
{
	struct attachment_entry *entry = arg;
	struct attachment_set *set = entry->set;

	attachment_entry_take(entry, result);
	set->in_images--;
	if (set->in_images == 0)
		attachment_set_put(set);
}

static void attachment_set_on_soon(evutil_socket_t fd, short what, void *arg)
{
	attachment_set_put(arg);
}

void attachment_set_store(
	struct attachment_set *set, attachment_stored_fn *done, void *arg)
{
	struct image_client *images = set->service->config.images;
	const struct timeval now = { 0, 0 };
	size_t i;

	set->done = done;
	set->arg = arg;
	for (i = 0; i < set->n && set->err.code == ERR_NONE; i++) {
		struct attachment_entry *entry = &set->entries[i];
		struct image_order order = { entry->fd, entry->type };

		if (!file_type_is_picture(entry->type) || entry->is_withheld)
			continue;
		entry->call = image_client_run(
			images, &order, attachment_entry_on_made, entry, &set->err);
		if (entry->call)
			set->in_images++;
	}
	/* too many wait: those that got in are of no use alone */
	if (set->err.code != ERR_NONE)
		attachment_set_stop(set);
	if (set->in_images > 0)
		return;
	set->soon = evtimer_new(set->service->config.base, attachment_set_on_soon, set);
	evtimer_add(set->soon, &now);
}

void attachment_set_stop(struct attachment_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		image_client_cancel(steal(set->entries[i].call));
		clamav_cancel(steal(set->entries[i].scan));
	}
	set->in_images = set->in_scan = 0;
	if (set->soon)
		event_free(steal(set->soon));
}
