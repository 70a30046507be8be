#include "server/own_text_http.h"

#include <jansson.h>

#include "lib/error.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/own_text.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

static void texts_get(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct json_write w;
	json_t *list;

	if (!access_leads(session_get(req))) {
		request_refuse(req, ERR_FORBIDDEN,
			"settings are for a board's coordinators and managers, and "
			"administrators");
		return;
	}
	list = own_text_list(worker->words);
	jw_init(&w, http_out(req));
	jw_json(&w, list);
	jw_flush(&w);
	json_decref(list);
	http_reply(req, 200, "application/json; charset=utf-8");
}

const struct http_route own_text_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/texts",
		.access = ACCESS_STAFF,
		.handle = texts_get,
		.summary = "What the program says where the city may choose the words",
		.response = "OwnTextList" },
	{ 0 },
};
