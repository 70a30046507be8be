#include "server/openapi_http.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/embed.h"
#include "lib/http_server.h"
#include "server/access.h"
#include "server/embedded.h"
#include "server/worker.h"

#define TEXT_PREFIX "text:"

static void texts_fill(json_t *value, const struct catalogue *catalogue)
{
	const char *name, *text;
	json_t *member;
	size_t i;

	json_array_foreach(value, i, member) texts_fill(member, catalogue);
	json_object_foreach(value, name, member)
	{
		text = json_string_value(member);
		if (text && !strcmp(name, "description") &&
			!strncmp(text, TEXT_PREFIX, strlen(TEXT_PREFIX)))
			json_string_set(member, catalogue_text(catalogue, "sv",
							text + strlen(TEXT_PREFIX)));
		else
			texts_fill(member, catalogue);
	}
}

static const struct http_openapi_key keys[] = {
	{ ACCESS_STAFF, "session", "csrf" },
	{ ACCESS_CODE, "followCode", NULL },
	{ ACCESS_CLIENT, "apiKey", NULL },
	{ 0 },
};

void openapi_write(struct evbuffer *out, const struct http_route *const *tables,
	const struct catalogue *catalogue)
{
	const struct embed_file *file =
		embed_find(server_files, "openapi_components.json");
	json_t *components = json_loadb((const char *)file->bytes, file->size, 0, NULL);
	char *text;

	texts_fill(components, catalogue);
	text = json_dumps(components, JSON_COMPACT);
	http_openapi_print(out, tables,
		&(struct http_openapi){ .title = "Synpunkt",
			.version = "1.0.0",
			.description =
				"Complaints and suggestions to a city: submitted, "
				"followed, handled and counted",
			.prefix = "/api/v1/",
			.anyone = ACCESS_ANYONE,
			.components_json = text,
			.keys = keys });
	mem_free(text);
	json_decref(components);
}

static void openapi_get(struct http_request *req)
{
	struct worker *worker = http_app(req);

	http_reply_static(req, evbuffer_pullup(worker->openapi, -1),
		evbuffer_get_length(worker->openapi),
		"application/json; charset=utf-8");
}

const struct http_route openapi_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/openapi.json",
		.access = ACCESS_ANYONE,
		.handle = openapi_get },
	{ 0 },
};
