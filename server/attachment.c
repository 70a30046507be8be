/* Taking in: see attachment_store.c for storing, attachment_mask.c for masking and
 * attachment_reply.c for sending. */
#include "server/attachment.h"

#include <string.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/encode.h"
#include "lib/temp_file.h"
#include "server/attachment_name.h"
#include "server/attachment_private.h"

static const char reason_type[] = "fault.attachment-type";
static const char reason_empty[] = "fault.attachment-empty";
static const char reason_size[] = "fault.attachment-size";
static const char reason_total[] = "fault.attachment-total";
static const char reason_count[] = "fault.attachment-count";

/* What a caller of the API is told. */
static const struct {
	const char *reason;
	enum err_code code;
	const char *text; /* %s is the file's name */
} rules[] = {
	{ reason_type, ERR_UNSUPPORTED, "\"%s\" is of a type that is not taken" },
	{ reason_empty, ERR_UNSUPPORTED, "\"%s\" is empty" },
	{ reason_size, ERR_TOO_LARGE, "\"%s\" is larger than 20 MiB" },
	{ reason_total, ERR_TOO_LARGE, "the files are larger than 50 MiB together" },
	{ reason_count, ERR_TOO_LARGE, "more than 10 files" },
};

struct attachment_service *attachment_service_new(
	const struct attachment_config *config)
{
	struct attachment_service *service = mem_new(sizeof(*service));

	service->config = *config;
	service->spool_dir = mem_dup(config->spool_dir);
	service->types = file_types_new();
	return service;
}

void attachment_service_free(struct attachment_service *service)
{
	if (!service)
		return;
	file_types_free(service->types);
	mem_free(service->spool_dir);
	mem_free(service);
}

struct attachment_set *attachment_set_new(struct attachment_service *service)
{
	struct attachment_set *set = mem_new(sizeof(*set));

	set->service = service;
	set->arena = arena_new();
	set->fd = -1;
	return set;
}

static void attachment_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void attachment_set_destroy(struct attachment_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		attachment_close(set->entries[i].fd);
		attachment_close(set->entries[i].made_fd);
		attachment_close(set->entries[i].thumbnail_fd);
	}
	attachment_close(set->fd);
	sha256_free(set->hash);
	arena_free(set->arena);
	mem_free(set);
}

void attachment_set_free(struct attachment_set *set)
{
	if (!set)
		return;
	attachment_set_stop(set);
	set->is_abandoned = true;
	if (!set->in_work)
		attachment_set_destroy(set);
}

/* ---- one part; in a work thread ---- */

/* Notes a broken rule and lets the rest of the part go by. */
static void attachment_set_drop(struct attachment_set *set, const char *reason)
{
	if (set->n_faults < ATTACHMENT_FAULTS_MAX)
		set->faults[set->n_faults++] =
			(struct attachment_fault){ set->name, reason };
	attachment_close(set->fd);
	set->fd = -1;
	set->total -= set->size;
	set->size = 0;
	set->is_dropped = true;
}

int attachment_set_begin(
	struct attachment_set *set, const char *filename, struct error *err)
{
	attachment_close(set->fd);
	set->fd = -1;
	set->size = 0;
	set->is_dropped = set->is_added = false;
	set->is_named = filename && filename[0] != '\0';
	set->name = attachment_name_tidy(set->arena, filename);
	return 0;
}

/* With the first byte; until then it may be a file field left empty. */
static int attachment_set_open(struct attachment_set *set, struct error *err)
{
	if (set->n == ATTACHMENT_FILES_MAX) {
		attachment_set_drop(set, reason_count);
		return 0;
	}
	set->fd = temp_file_open(set->service->spool_dir, err);
	if (set->fd < 0)
		return -1;
	sha256_free(set->hash);
	set->hash = sha256_new();
	return 0;
}

int attachment_set_data(
	struct attachment_set *set, const char *bytes, size_t n, struct error *err)
{
	if (!set->is_dropped && set->fd < 0 && n > 0 &&
		attachment_set_open(set, err) < 0)
		return -1;
	if (set->is_dropped || n == 0)
		return 0;
	set->size += n;
	set->total += n;
	if (set->size > ATTACHMENT_SIZE_MAX) {
		attachment_set_drop(set, reason_size);
		return 0;
	}
	if (set->total > ATTACHMENT_TOTAL_MAX) {
		attachment_set_drop(set, reason_total);
		return 0;
	}
	sha256_update(set->hash, bytes, n);
	return temp_file_write(set->fd, bytes, n, err);
}

static void attachment_set_add(struct attachment_set *set, enum file_type type)
{
	struct attachment_entry *entry = &set->entries[set->n];
	unsigned char digest[SHA256_SIZE];
	char *hex = arena_alloc(set->arena, SHA256_HEX_SIZE);

	sha256_finish(set->hash, digest);
	encode_hex(digest, sizeof(digest), hex);
	*entry = (struct attachment_entry){ .set = set,
		.fd = set->fd,
		.type = type,
		.made_fd = -1,
		.thumbnail_fd = -1 };
	set->files[set->n] = (struct attachment){ .name = set->name,
		.type = file_type_media(type),
		.size = set->size,
		.given_sha256 = hex };
	set->n++;
	set->is_added = true;
	set->fd = -1;
	set->size = 0;
}

int attachment_set_end(struct attachment_set *set, struct error *err)
{
	enum file_type type = FILE_TYPE_OTHER;

	if (set->is_dropped)
		return 0;
	if (set->fd < 0) {
		if (set->is_named)
			attachment_set_drop(set, reason_empty);
		return 0;
	}
	if (file_type_find(set->service->types, set->fd, &type, err) < 0)
		return -1;
	if (type == FILE_TYPE_OTHER)
		attachment_set_drop(set, reason_type);
	else
		attachment_set_add(set, type);
	return 0;
}

void attachment_set_refuse(struct attachment_set *set)
{
	if (set->is_added)
		set->entries[set->n - 1].is_withheld = true;
}

/* ---- what came of it ---- */

int attachment_set_check(const struct attachment_set *set, struct error *err)
{
	const struct attachment_fault *first = &set->faults[0];
	size_t i;

	if (set->n_faults == 0)
		return 0;
	for (i = 0; i < ARRAY_LEN(rules) - 1; i++)
		if (rules[i].reason == first->reason)
			break;
	error_set(err, rules[i].code, rules[i].text, first->name);
	return error_set_field(err, "attachment");
}

const struct attachment_fault *attachment_set_faults(
	const struct attachment_set *set, size_t *ret_n)
{
	*ret_n = set->n_faults;
	return set->faults;
}

const struct attachment *attachment_set_all(
	const struct attachment_set *set, size_t *ret_n)
{
	*ret_n = set->n;
	return set->files;
}
