#include "server/openapi_http.h"

#include <event2/buffer.h>

#include "lib/embed.h"
#include "lib/http_server.h"
#include "server/access.h"
#include "server/embedded.h"
#include "server/worker.h"

void openapi_write(struct evbuffer *out, const struct http_route *const *tables)
{
	const struct embed_file *components =
		embed_find(server_files, "openapi_components.json");

	http_openapi_print(
		out, tables, "Synpunkt", "1.0.0", (const char *)components->bytes);
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
