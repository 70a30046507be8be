#include "server/mail_scan.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/clamav.h"

#define WHOLE ((size_t)-1) /* the mail itself: the place before the first file's */
#define NAMES_MAX 5        /* of what was found that are told */

struct mail_scan {
	struct mail_scan_order order;
	struct arena *arena;
	struct clamav_call *call;
	size_t at; /* what is being checked */
	int64_t until_ms;
	size_t n_names;
	json_t *withheld;
	struct mail_scan_result result;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void mail_scan_free(struct mail_scan *scan)
{
	if (!scan)
		return;
	clamav_cancel(scan->call);
	json_decref(scan->withheld);
	arena_free(scan->arena);
	mem_free(scan);
}

static void scan_finish(struct mail_scan *scan)
{
	scan->result.withheld = scan->withheld;
	scan->order.done(&scan->result, scan->order.arg);
}

/* "A, B": each once. */
static void scan_name(struct mail_scan *scan, const char *name)
{
	const char *before = scan->result.found;

	if ((before && strstr(before, name)) || scan->n_names == NAMES_MAX)
		return;
	scan->n_names++;
	scan->result.found = before ? arena_printf(scan->arena, "%s, %s", before, name)
				    : arena_dup(scan->arena, name);
}

static void scan_withhold(struct mail_scan *scan)
{
	const json_t *one = json_array_get(scan->order.attachments, scan->at);
	const char *sha256 = json_string_value(json_object_get(one, "sha256"));

	json_array_append_new(scan->withheld,
		json_string(scan->at == WHOLE || !sha256 ? "mail" : sha256));
}

static void scan_next(struct mail_scan *scan);

static void scan_on_answer(const struct clamav_result *answer, void *arg)
{
	struct mail_scan *scan = arg;

	scan->call = NULL;
	switch (answer->verdict) {
	case CLAMAV_CLEAN:
		break;
	case CLAMAV_FOUND:
		scan_name(scan, answer->name);
		scan_withhold(scan);
		break;
	case CLAMAV_TOO_LARGE:
		if (scan->at == WHOLE)
			scan->result.is_too_large = true;
		else
			scan_withhold(scan);
		break;
	case CLAMAV_AWAY:
	case CLAMAV_FAILED:
		scan->result.is_away = answer->verdict == CLAMAV_AWAY;
		scan->result.is_failed = answer->verdict == CLAMAV_FAILED;
		scan_finish(scan);
		return;
	}
	scan_next(scan);
}

/* The next file that has bytes, or the end. */
static void scan_next(struct mail_scan *scan)
{
	struct clamav_bytes bytes = { .fd = scan->order.bytes_fd };
	size_t n = json_array_size(scan->order.attachments);

	for (scan->at++; scan->at < n; scan->at++) {
		const json_t *one = json_array_get(scan->order.attachments, scan->at);
		json_int_t at = json_integer_value(json_object_get(one, "offset"));
		json_int_t size = json_integer_value(json_object_get(one, "size"));

		if (at < 0 || size <= 0)
			continue;
		bytes.at = (off_t)at;
		bytes.n = (uint64_t)size;
		break;
	}
	scan->result.is_failed = scan->at < n && now_ms() > scan->until_ms;
	if (scan->at >= n || scan->result.is_failed)
		scan_finish(scan);
	else
		scan->call =
			clamav_scan(scan->order.clamav, &bytes, scan_on_answer, scan);
}

struct mail_scan *mail_scan_begin(const struct mail_scan_order *order)
{
	struct mail_scan *scan = mem_new(sizeof(*scan));
	struct stat st = { 0 };

	fstat(order->raw_fd, &st);
	scan->order = *order;
	scan->arena = arena_new();
	scan->withheld = json_array();
	scan->until_ms = now_ms() + order->limit_ms;
	scan->at = WHOLE;
	scan->call = clamav_scan(order->clamav,
		&(struct clamav_bytes){
			.fd = order->raw_fd, .n = (uint64_t)st.st_size },
		scan_on_answer, scan);
	return scan;
}
