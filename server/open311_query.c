#include "server/open311_query.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http.h"
#include "server/open311_errors.h"
#include "server/open311_time.h"
#include "server/request_read.h"
#include "server/stamp.h"

#define DAY_S 86400
#define CORNERS 4
/* Web Mercator ends here, and with it the map that the places are of. */
#define LATITUDE_MAX 85.05
#define CODE_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

void open311_key_hash(const char *key, char ret[OPEN311_HASH_SIZE])
{
	memcpy(ret, "\\x", 2);
	sha256_hex(key, strlen(key), ret + 2);
}

/* ---- times ---- */

/* False when it is not there, or wrong, which is told. */
static bool time_read(struct http_request *req, const char *name, int64_t *ret,
	struct open311_errors *errors)
{
	const char *text = request_value(req, name);

	if (!text)
		return false;
	if (open311_time_parse(text, ret) == 0)
		return true;
	open311_wrong(errors, 400,
		"%s must be a date and time with its zone, as 2010-01-01T00:00:00Z",
		name);
	return false;
}

static const char *seconds_text(struct http_request *req, int64_t seconds)
{
	return arena_printf(http_arena(req), "%lld", (long long)seconds);
}

struct span {
	const char *from_name, *to_name;
	bool from_given, to_given;
	int64_t from, to;
};

/* What of the two is not given lies 90 days from the other; none of them, from now. */
static void span_read(
	struct http_request *req, struct span *span, struct open311_errors *errors)
{
	const int64_t most = (int64_t)OPEN311_SPAN_DAYS * DAY_S;

	span->from_given = time_read(req, span->from_name, &span->from, errors);
	span->to_given = time_read(req, span->to_name, &span->to, errors);
	if (!span->to_given)
		span->to = span->from_given ? span->from + most
					    : stamp_now() / 1000000 + 1;
	if (!span->from_given)
		span->from = span->to - most;
	if (span->from > span->to)
		open311_wrong(errors, 400, "%s must not be after %s", span->from_name,
			span->to_name);
	else if (span->to - span->from > most)
		open311_wrong(errors, 400, "%s to %s may not span more than %d days",
			span->from_name, span->to_name, OPEN311_SPAN_DAYS);
}

static void spans_read(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors)
{
	struct span came = { .from_name = "start_date", .to_name = "end_date" };
	struct span changed = {
		.from_name = "updated_after",
		.to_name = "updated_before",
	};

	span_read(req, &came, errors);
	span_read(req, &changed, errors);
	/* Who asks for what was changed lately asks for old ones, too. */
	if (changed.from_given || changed.to_given) {
		ret->changed_from = seconds_text(req, changed.from);
		ret->changed_to = seconds_text(req, changed.to);
	}
	if (came.from_given || came.to_given || !ret->changed_from) {
		ret->from = seconds_text(req, came.from);
		ret->to = seconds_text(req, came.to);
	}
}

/* ---- lists ---- */

/* "a, b" as an array's text. What no code is made of is none that there is, and needs
 * no quotes in the array. */
static const char *codes_read(
	struct http_request *req, const char *name, struct open311_errors *errors)
{
	const char *text = request_value(req, name);
	char *array, *out;
	size_t n = 0;

	if (!text)
		return NULL;
	array = out = arena_alloc(http_arena(req), 2 * strlen(text) + 4);
	*out++ = '{';
	while (*text) {
		size_t length = strcspn(text, ","), first = strspn(text, " \t\r\n");
		const char *code = text + (first < length ? first : length);
		size_t plain = strspn(code, CODE_LETTERS);

		if (!strchr(", \t\r\n", code[plain]))
			plain = 0; /* strchr() finds the end, too */
		if (plain > 0 && n++ > 0)
			*out++ = ',';
		memcpy(out, code, plain);
		out += plain;
		text += length + (text[length] == ',');
	}
	*out++ = '}';
	if (n > OPEN311_CODES_MAX)
		open311_wrong(
			errors, 400, "%s may have %d at most", name, OPEN311_CODES_MAX);
	return array;
}

/* Both together filter nothing. */
static void status_read(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors)
{
	static const struct {
		const char *said, *closed;
	} known[] = {
		{ "open", "false" },
		{ "closed", "true" },
		{ "open,closed", NULL },
		{ "closed,open", NULL },
	};
	const char *text = request_value(req, "status");

	if (!text)
		return;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!strcmp(text, known[i].said)) {
			ret->closed = known[i].closed;
			return;
		}
	}
	open311_wrong(errors, 400, "status must be open, closed or both");
}

/* ---- places ---- */

static void box_read(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors)
{
	const char *text = request_value(req, "bbox"), *p = text, *end;
	double at[CORNERS] = { 0 };
	size_t i = 0;

	if (!text)
		return;
	for (; i < CORNERS; i++) {
		at[i] = request_number(p, &end);
		if (end == p || *end != (i < CORNERS - 1 ? ',' : '\0'))
			break;
		p = end + 1;
	}
	if (i == CORNERS && fabs(at[0]) <= 180 && fabs(at[2]) <= 180 && at[0] < at[2] &&
		fabs(at[1]) <= LATITUDE_MAX && fabs(at[3]) <= LATITUDE_MAX &&
		at[1] < at[3])
		ret->box = arena_printf(http_arena(req), "{%s}", text);
	else
		open311_wrong(
			errors, 400, "bbox must be west,south,east,north in degrees");
}

static bool number_read(
	struct http_request *req, const char *name, double most, double *ret)
{
	const char *text = request_value(req, name), *end = "";

	*ret = text ? request_number(text, &end) : 0;
	return text && end != text && *end == '\0' && fabs(*ret) <= most;
}

static void circle_read(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors)
{
	double lat, lon, radius;

	if (!request_value(req, "lat") && !request_value(req, "long") &&
		!request_value(req, "radius"))
		return;
	if (number_read(req, "lat", LATITUDE_MAX, &lat) &&
		number_read(req, "long", 180, &lon) &&
		number_read(req, "radius", OPEN311_RADIUS_MAX, &radius) && radius > 0)
		ret->circle = arena_printf(http_arena(req), "{%s,%s,%s}",
			request_value(req, "lat"), request_value(req, "long"),
			request_value(req, "radius"));
	else
		open311_wrong(errors, 400,
			"lat, long and radius go together, in degrees and in metres "
			"up to %.0f",
			OPEN311_RADIUS_MAX);
}

/* ---- pages ---- */

static int whole_read(struct http_request *req, const char *name, int standard,
	int most, struct open311_errors *errors)
{
	const char *text = request_value(req, name);
	int value = 0;

	if (!text)
		return standard;
	for (const char *p = text; *p && value <= most; p++)
		value = *p >= '0' && *p <= '9' ? 10 * value + (*p - '0') : most + 1;
	if (value >= 1 && value <= most)
		return value;
	open311_wrong(errors, 400, "%s must be 1 to %d", name, most);
	return standard;
}

static void page_read(struct http_request *req, struct open311_query *ret, int last,
	struct open311_errors *errors)
{
	int size = whole_read(
		req, "page_size", OPEN311_PAGE_MAX, OPEN311_PAGE_MAX, errors);
	int page = whole_read(req, "page", 1, OPEN311_SKIP_MAX, errors);

	if ((int64_t)(page - 1) * size >= last) {
		open311_wrong(
			errors, 400, "pages end after %d; ask for fewer days", last);
		return;
	}
	ret->most = seconds_text(req, size);
	ret->skip = seconds_text(req, (int64_t)(page - 1) * size);
}

/* ---- all of it ---- */

void open311_query_words(struct http_request *req, struct open311_query *ret)
{
	const char *key = request_value(req, "api_key");
	const char *extensions = request_value(req, "extensions");
	char *hash;

	ret->locale = request_value(req, "locale");
	ret->extensions = extensions && !strcmp(extensions, "true");
	if (!key)
		return;
	hash = arena_alloc(http_arena(req), OPEN311_HASH_SIZE);
	open311_key_hash(key, hash);
	ret->key_hash = hash;
}

void open311_query_read(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors)
{
	*ret = (struct open311_query){ 0 };
	open311_query_words(req, ret);
	ret->keys = codes_read(req, "service_request_id", errors);
	if (ret->keys)
		return;
	ret->services = codes_read(req, "service_code", errors);
	status_read(req, ret, errors);
	spans_read(req, ret, errors);
	box_read(req, ret, errors);
	circle_read(req, ret, errors);
	page_read(req, ret, OPEN311_SKIP_MAX, errors);
}

void open311_query_read_updates(struct http_request *req, struct open311_query *ret,
	struct open311_errors *errors)
{
	struct span span = { .from_name = "start_date", .to_name = "end_date" };

	*ret = (struct open311_query){ 0 };
	open311_query_words(req, ret);
	ret->keys = codes_read(req, "service_request_id", errors);
	span_read(req, &span, errors);
	ret->from = seconds_text(req, span.from);
	ret->to = seconds_text(req, span.to);
	page_read(req, ret, OPEN311_UPDATES_MAX, errors);
}
