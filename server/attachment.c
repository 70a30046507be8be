#include "server/attachment_private.h"

#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/encode.h"
#include "lib/temp_file.h"
#include "lib/utf8.h"

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

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void attachment_set_end_all(struct attachment_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		close_fd(&set->held[i].fd);
		close_fd(&set->held[i].picture_fd);
		close_fd(&set->held[i].thumbnail_fd);
	}
	close_fd(&set->fd);
	sha256_free(set->hash);
	arena_free(set->arena);
	mem_free(set);
}

/* ---- taking in: in a work thread ---- */

/* U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows, so that
 * "gpj.exe" can be made to look like a picture. */
static bool shows_as_written(uint32_t point)
{
	return point >= 0x20 && !(point >= 0x7f && point < 0xa0) &&
	       !(point >= 0x202a && point <= 0x202e) &&
	       !(point >= 0x2066 && point <= 0x2069) && point != '/' && point != '\\';
}

static const char *display_name(struct arena *arena, const char *given)
{
	size_t n = strlen(given), used = 0, points = 0, length;
	char *name = arena_alloc(arena, n + 1);
	uint32_t point;

	for (size_t i = 0; i < n && points < ATTACHMENT_NAME_MAX; i += length) {
		length = utf8_decode(given + i, n - i, &point);
		if (length == 0)
			break;
		if (!shows_as_written(point))
			continue;
		memcpy(name + used, given + i, length);
		used += length;
		points++;
	}
	return used > 0 && !utf8_is_blank(name, used) ? name : "bilaga";
}

/* Noted, and the rest of the part passed over. */
static void attachment_drop(struct attachment_set *set, const char *reason)
{
	set->dropped = true;
	close_fd(&set->fd);
	if (set->n_faults == ATTACHMENT_FILES_MAX)
		return;
	set->faults[set->n_faults++] =
		(struct attachment_fault){ .name = set->name ? set->name : "bilaga",
			.reason = reason };
}

int attachment_set_begin(
	struct attachment_set *set, const char *filename, struct error *err)
{
	set->name = filename && filename[0] ? display_name(set->arena, filename) : NULL;
	set->size = 0;
	set->dropped = false;
	return 0;
}

/* The first byte makes it a file. */
static int attachment_open(struct attachment_set *set, struct error *err)
{
	if (set->n == ATTACHMENT_FILES_MAX) {
		attachment_drop(set, "fault.attachment-count");
		return 0;
	}
	if (!set->hash)
		set->hash = sha256_new();
	set->fd = temp_file_open(set->service->spool_dir, err);
	return set->fd < 0 ? -1 : 0;
}

int attachment_set_data(
	struct attachment_set *set, const char *bytes, size_t n, struct error *err)
{
	if (set->fd < 0 && !set->dropped && attachment_open(set, err) < 0)
		return -1;
	if (set->dropped)
		return 0;
	set->size += n;
	set->total += n;
	if (set->size > ATTACHMENT_SIZE_MAX) {
		attachment_drop(set, "fault.attachment-size");
		return 0;
	}
	if (set->total > ATTACHMENT_TOTAL_MAX) {
		attachment_drop(set, "fault.attachment-total");
		return 0;
	}
	sha256_update(set->hash, bytes, n);
	return temp_file_write(set->fd, bytes, n, err);
}

static void attachment_keep(struct attachment_set *set, enum file_type type)
{
	struct attachment *a = &set->list[set->n];
	struct attachment_held *held = &set->held[set->n];
	unsigned char digest[SHA256_SIZE];

	sha256_finish(set->hash, digest);
	encode_hex(digest, sizeof(digest), held->given);
	held->fd = set->fd;
	held->type = type;
	held->picture_fd = held->thumbnail_fd = -1;
	*a = (struct attachment){
		.name = set->name ? set->name : "bilaga",
		.type = file_type_media(type),
		.size = set->size,
		.given_sha256 = held->given,
	};
	set->fd = -1;
	set->n++;
}

int attachment_set_end(struct attachment_set *set, struct error *err)
{
	enum file_type type;

	if (!set->dropped && set->size == 0) {
		if (set->name)
			attachment_drop(set, "fault.attachment-empty");
		return 0;
	}
	if (set->dropped) {
		if (set->hash) {
			/* What was hashed of it is not to run into the next. */
			sha256_free(set->hash);
			set->hash = NULL;
		}
		return 0;
	}
	if (file_type_find(set->service->types, set->fd, &type, err) < 0)
		return -1;
	if (type != FILE_TYPE_OTHER) {
		attachment_keep(set, type);
		return 0;
	}
	attachment_drop(set, "fault.attachment-type");
	sha256_free(set->hash);
	set->hash = NULL;
	return 0;
}

/* ---- judging ---- */

static const struct {
	const char *reason;
	enum err_code code;
	const char *text;
} rules[] = {
	{ "fault.attachment-type", ERR_UNSUPPORTED,
		"\"%.80s\" is of a type that is not taken: send JPEG, PNG, WebP, HEIC, PDF, "
		"plain text, DOCX or ODT" },
	{ "fault.attachment-empty", ERR_UNSUPPORTED, "\"%.80s\" is empty" },
	{ "fault.attachment-size", ERR_TOO_LARGE, "\"%.80s\" is larger than 20 MiB" },
	{ "fault.attachment-total", ERR_TOO_LARGE,
		"with \"%.80s\" the files are larger than 50 MiB together" },
	{ "fault.attachment-count", ERR_TOO_LARGE,
		"\"%.80s\" is one file too many: ten are taken" },
};

int attachment_set_check(const struct attachment_set *set, struct error *err)
{
	const struct attachment_fault *first = &set->faults[0];
	size_t i = 0;

	if (set->n_faults == 0)
		return 0;
	while (strcmp(rules[i].reason, first->reason) != 0)
		i++;
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
	return set->list;
}
