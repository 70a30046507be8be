/*
 * Sending a part of a file:
 *
 *   tile_get          on the loop; the client may leave from here on
 *   tile_work         in a work thread: open, judge what is asked for, read it
 *   tile_on_read      on the loop: answer
 */
#include "server/tile_http.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/work.h"
#include "server/access.h"
#include "server/options.h"
#include "server/tile_range.h"
#include "server/worker.h"

#define NAME_MAX_CHARS 64
#define ENDING ".pmtiles"

struct tile_sending {
	struct http_request *req; /* NULL: the client has left */
	struct arena *arena;      /* own: the request may go before the work is done */
	const char *folder, *name, *asked, *asked_if, *known; /* headers, or NULL */
	char etag[HTTP_ETAG_SIZE];
	uint64_t size;
	struct tile_range range;
	bool is_known; /* the client has it: nothing was read */
	char *bytes;   /* read, or NULL */
	size_t n;
	struct error err;
};

static void tile_sending_free(struct tile_sending *sending)
{
	mem_free(sending->bytes);
	arena_free(sending->arena);
	mem_free(sending);
}

/* ---- in the thread ---- */

/* Another file under the same name differs in one of these. */
static void etag_make(const struct stat *st, char ret[HTTP_ETAG_SIZE])
{
	char text[96];
	int n = snprintf(text, sizeof(text), "%ju %jd %jd.%09ld", (uintmax_t)st->st_ino,
		(intmax_t)st->st_size, (intmax_t)st->st_mtim.tv_sec,
		st->st_mtim.tv_nsec);

	http_etag_of(text, (size_t)n, ret);
}

/* The name has no slash, and a link is not followed: what is served lies in the folder.
 */
static int tile_open(struct tile_sending *sending, struct stat *ret)
{
	int folder = open(sending->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = folder < 0 ? -1
			    : openat(folder, sending->name,
				      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (folder >= 0)
		close(folder);
	if (fd >= 0 && fstat(fd, ret) == 0 && S_ISREG(ret->st_mode))
		return fd;
	if (fd >= 0)
		close(fd);
	return error_set(&sending->err, ERR_NOT_FOUND, "there is no such map");
}

static int tile_read(struct tile_sending *sending, int fd, uint64_t from, uint64_t n)
{
	sending->bytes = mem_new(n > 0 ? n : 1);
	while (sending->n < n) {
		ssize_t got = pread(fd, sending->bytes + sending->n, n - sending->n,
			(off_t)(from + sending->n));

		if (got <= 0)
			return error_set(
				&sending->err, ERR_INTERNAL, "a map cannot be read");
		sending->n += (size_t)got;
	}
	return 0;
}

static void tile_part(struct tile_sending *sending, int fd)
{
	struct tile_range *range = &sending->range;

	*range = tile_range_read(
		sending->asked, sending->asked_if, sending->etag, sending->size);
	if (range->kind == TILE_RANGE_PART) {
		if (range->last - range->first >= TILE_PART_MAX)
			range->last = range->first + TILE_PART_MAX - 1;
		tile_read(sending, fd, range->first, range->last - range->first + 1);
	} else if (range->kind == TILE_RANGE_WHOLE && sending->size > TILE_PART_MAX) {
		error_set(&sending->err, ERR_INVALID,
			"ask for a part of it, by Range; it has %" PRIu64 " octets",
			sending->size);
	} else if (range->kind == TILE_RANGE_WHOLE) {
		tile_read(sending, fd, 0, sending->size);
	}
}

static void tile_work(void *arg)
{
	struct tile_sending *sending = arg;
	struct stat st;
	int fd = tile_open(sending, &st);

	if (fd < 0)
		return;
	sending->size = (uint64_t)st.st_size;
	etag_make(&st, sending->etag);
	sending->is_known = sending->known && !strcmp(sending->known, sending->etag);
	if (!sending->is_known)
		tile_part(sending, fd);
	close(fd);
}

/* ---- on the loop ---- */

static void bytes_free(const void *bytes, size_t n, void *arg)
{
	mem_free(arg);
}

static void tile_send(struct tile_sending *sending)
{
	struct http_request *req = sending->req;
	const struct tile_range *range = &sending->range;
	struct arena *arena = http_arena(req);
	int status = range->kind == TILE_RANGE_PART ? 206 : 200;
	char *bytes = steal(sending->bytes);

	http_set_header(req, "Accept-Ranges", "bytes");
	if (status == 206)
		http_set_header(req, "Content-Range",
			arena_printf(arena, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
				range->first, range->last, sending->size));
	evbuffer_add_reference(http_out(req), bytes, sending->n, bytes_free, bytes);
	http_reply(req, status, "application/vnd.pmtiles");
}

static void tile_answer(struct tile_sending *sending)
{
	struct http_request *req = sending->req;

	if (sending->err.code != ERR_NONE) {
		http_reply_error(req, &sending->err);
		return;
	}
	http_set_header(req, "Cache-Control", "public, max-age=3600");
	if (http_reply_unchanged(req, sending->etag))
		return;
	if (sending->range.kind == TILE_RANGE_OUTSIDE) {
		http_set_header(req, "Content-Range",
			arena_printf(
				http_arena(req), "bytes */%" PRIu64, sending->size));
		http_reply_problem(req, 416, "one range within the file", NULL);
		return;
	}
	tile_send(sending);
}

static void tile_on_read(void *arg)
{
	struct tile_sending *sending = arg;

	if (sending->req)
		tile_answer(sending);
	tile_sending_free(sending);
}

static void tile_on_gone(void *arg)
{
	struct tile_sending *sending = arg;

	sending->req = NULL;
}

/* Letters, digits, hyphens and underscores, and the ending: no path, and nothing
 * hidden. */
static bool name_is_fit(const char *name)
{
	size_t n = strlen(name), end = sizeof(ENDING) - 1;

	return n > end && n <= NAME_MAX_CHARS && !strcmp(name + n - end, ENDING) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789-_") == n - end;
}

static const char *header_copy(struct tile_sending *sending, const char *name)
{
	const char *value = http_header(sending->req, name);

	return value ? arena_dup(sending->arena, value) : NULL;
}

static void tile_get(struct http_request *req)
{
	struct worker *worker = http_app(req);
	const char *name = http_path_value(req, "name");
	struct tile_sending *sending;
	struct error err = { 0 };

	if (!worker->options->tiles || !name_is_fit(name)) {
		error_set(&err, ERR_NOT_FOUND, "there is no such map");
		http_reply_error(req, &err);
		return;
	}
	sending = mem_new(sizeof(*sending));
	sending->req = req;
	sending->arena = arena_new();
	sending->folder = worker->options->tiles;
	sending->name = arena_dup(sending->arena, name);
	sending->asked = header_copy(sending, "range");
	sending->asked_if = header_copy(sending, "if-range");
	sending->known = header_copy(sending, "if-none-match");
	if (work_run(worker->work, tile_work, tile_on_read, sending, &err) < 0) {
		tile_sending_free(sending);
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, tile_on_gone, sending);
}

const struct http_route tile_routes[] = {
	{ .method = HTTP_GET,
		.path = "/tiles/{name}",
		.access = ACCESS_ANYONE,
		.handle = tile_get },
	{ 0 },
};
