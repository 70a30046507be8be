#include "server/open311_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "server/access.h"
#include "server/attachment.h"
#include "server/open311_errors.h"
#include "server/open311_post.h"
#include "server/open311_read.h"

typedef void open311_get_fn(
	struct http_request *req, enum open311_format format, const char *id);

static const struct {
	const char *kind; /* "services.json"; of one: "services/CODE.json" */
	open311_get_fn *all, *one;
	const struct open311_way *post;
} resources[] = {
	{ "services", open311_services, open311_definition, NULL },
	{ "requests", open311_requests, open311_request, &open311_request_way },
	{ "tokens", NULL, open311_token, NULL },
	{ "servicerequestupdates", open311_updates, NULL, &open311_update_way },
};

/* "requests.json" in its two parts; false: no format that there is. */
static bool file_split(struct http_request *req, const char **ret_name,
	enum open311_format *ret_format)
{
	const char *file = http_path_value(req, "file"), *dot = strrchr(file, '.');

	*ret_format = OPEN311_XML;
	if (!dot || (strcmp(dot, ".xml") != 0 && strcmp(dot, ".json") != 0))
		return false;
	if (!strcmp(dot, ".json"))
		*ret_format = OPEN311_JSON;
	*ret_name = arena_dup_n(http_arena(req), file, (size_t)(dot - file));
	return true;
}

static void refuse(struct http_request *req, enum open311_format format)
{
	open311_refuse_one(req, format, 404, "there is nothing at this address");
}

static size_t resource_of(const char *kind)
{
	size_t i = 0;

	while (i < ARRAY_LEN(resources) && strcmp(resources[i].kind, kind) != 0)
		i++;
	return i;
}

static void discovery_get(struct http_request *req)
{
	enum open311_format format;
	const char *name;

	if (file_split(req, &name, &format) && !strcmp(name, "discovery"))
		open311_discovery(req, format, NULL);
	else
		refuse(req, format);
}

static void all_get(struct http_request *req)
{
	enum open311_format format;
	const char *name;
	size_t i = ARRAY_LEN(resources);

	if (file_split(req, &name, &format))
		i = resource_of(name);
	if (i < ARRAY_LEN(resources) && resources[i].all)
		resources[i].all(req, format, NULL);
	else
		refuse(req, format);
}

static void one_get(struct http_request *req)
{
	enum open311_format format;
	const char *id;
	size_t i = ARRAY_LEN(resources);

	if (file_split(req, &id, &format))
		i = resource_of(http_path_value(req, "kind"));
	if (i < ARRAY_LEN(resources) && resources[i].one)
		resources[i].one(req, format, id);
	else
		refuse(req, format);
}

static void post(struct http_request *req, bool test)
{
	enum open311_format format;
	const char *name;
	size_t i = ARRAY_LEN(resources);

	if (file_split(req, &name, &format))
		i = resource_of(name);
	if (i < ARRAY_LEN(resources) && resources[i].post)
		open311_post_begin(req, format, test, resources[i].post);
	else
		refuse(req, format);
}

static void production_post(struct http_request *req)
{
	post(req, false);
}

static void test_post(struct http_request *req)
{
	post(req, true);
}

/* What a browser asks before a page of somebody else's may read. Sending needs a key,
 * which no page should have. */
static void preflight(struct http_request *req, const char *allow)
{
	http_set_header(req, "Access-Control-Allow-Origin", "*");
	http_set_header(req, "Access-Control-Allow-Methods", "GET, HEAD");
	http_set_header(req, "Access-Control-Max-Age", "86400");
	http_set_header(req, "Allow", allow);
	http_reply(req, 204, NULL);
}

static void options_read(struct http_request *req)
{
	preflight(req, "GET, HEAD, OPTIONS");
}

static void options_post(struct http_request *req)
{
	preflight(req, "GET, HEAD, POST, OPTIONS");
}

const struct http_route open311_routes[] = {
	{ .method = HTTP_GET,
		.path = "/open311/{file}",
		.access = ACCESS_ANYONE,
		.handle = discovery_get },
	{ .method = HTTP_GET,
		.path = "/open311/v2/{file}",
		.access = ACCESS_ANYONE,
		.handle = all_get },
	{ .method = HTTP_POST,
		.path = "/open311/v2/{file}",
		.access = ACCESS_ANYONE,
		.max_body = ATTACHMENT_BODY_MAX,
		.takes_cut = true,
		.handle = production_post },
	{ .method = HTTP_GET,
		.path = "/open311/v2/{kind}/{file}",
		.access = ACCESS_ANYONE,
		.handle = one_get },
	{ .method = HTTP_GET,
		.path = "/open311/test/v2/{file}",
		.access = ACCESS_ANYONE,
		.handle = all_get },
	{ .method = HTTP_POST,
		.path = "/open311/test/v2/{file}",
		.access = ACCESS_ANYONE,
		.max_body = ATTACHMENT_BODY_MAX,
		.takes_cut = true,
		.handle = test_post },
	{ .method = HTTP_GET,
		.path = "/open311/test/v2/{kind}/{file}",
		.access = ACCESS_ANYONE,
		.handle = one_get },
	{ .method = HTTP_OPTIONS,
		.path = "/open311/{file}",
		.access = ACCESS_ANYONE,
		.handle = options_read },
	{ .method = HTTP_OPTIONS,
		.path = "/open311/v2/{file}",
		.access = ACCESS_ANYONE,
		.handle = options_post },
	{ .method = HTTP_OPTIONS,
		.path = "/open311/v2/{kind}/{file}",
		.access = ACCESS_ANYONE,
		.handle = options_read },
	{ .method = HTTP_OPTIONS,
		.path = "/open311/test/v2/{file}",
		.access = ACCESS_ANYONE,
		.handle = options_post },
	{ .method = HTTP_OPTIONS,
		.path = "/open311/test/v2/{kind}/{file}",
		.access = ACCESS_ANYONE,
		.handle = options_read },
	{ 0 },
};
