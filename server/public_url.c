#include "server/public_url.h"

#include "lib/arena.h"
#include "lib/http.h"
#include "server/options.h"
#include "server/worker.h"

const char *public_url(struct http_request *req)
{
	const struct worker *worker = http_app(req);

	if (worker->options->public_url)
		return worker->options->public_url;
	return arena_printf(http_arena(req), "%s://%s",
		http_is_secure(req) ? "https" : "http", http_header(req, "host"));
}
