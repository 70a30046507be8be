#include "server/report_forms.h"

#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/page_file.h"
#include "server/report_http.h"
#include "server/report_make.h"
#include "server/report_page.h"
#include "server/request_read.h"
#include "server/session.h"
#include "server/worker.h"

/* What stands after the period. */
static const struct form {
	const char *ending;
	enum pdf_form file;
} forms[] = {
	{ ".pdf", PDF_FORM_PDF },
	{ ".docx", PDF_FORM_DOCX },
	{ ".odt", PDF_FORM_ODT },
};

static const char *query_of(struct http_request *req)
{
	const char *version = request_value(req, "version");

	return version ? arena_printf(http_arena(req), "?version=%s", version) : "";
}

static void page_on_made(struct http_request *req, json_t *report, void *arg)
{
	(void)arg;
	report_page_reply(req, report, query_of(req));
}

static void ils_on_made(struct http_request *req, json_t *report, void *arg)
{
	(void)arg;
	report_page_ils(req, report, query_of(req));
}

static void file_on_made(struct http_request *req, json_t *report, void *arg)
{
	const struct form *form = arg;
	struct evbuffer *html = evbuffer_new();
	struct error err = { 0 };
	const char *name = arena_printf(http_arena(req),
		"attachment; filename=\"rapport-%s-%s%s\"",
		http_path_value(req, "board"),
		json_string_value(json_object_get(report, "period")), form->ending);

	if (report_page_print(req, report, form->file == PDF_FORM_PDF, html, &err) < 0)
		http_reply_error(req, &err);
	else
		page_file_reply(req, form->file, name, html);
	evbuffer_free(html);
}

static void report_get(struct http_request *req)
{
	const char *period = http_path_value(req, "period");
	size_t n = strcspn(period, ".");
	struct report_wanted wanted;

	if (!period[n]) {
		if (report_asked(req, period, &wanted))
			report_make(req, &wanted, page_on_made, NULL);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (strcmp(period + n, forms[i].ending) != 0)
			continue;
		if (report_asked(req, arena_dup_n(http_arena(req), period, n), &wanted))
			report_make(req, &wanted, file_on_made, (void *)&forms[i]);
		return;
	}
	request_refuse(req, ERR_NOT_FOUND, "no such form of a report");
}

static void ils_get(struct http_request *req)
{
	struct report_wanted wanted;

	if (report_asked(req, http_path_value(req, "period"), &wanted))
		report_make(req, &wanted, ils_on_made, NULL);
}

/* ---- which there are ---- */

static void list_on_items(struct http_request *req, const json_t *items)
{
	report_page_list(req, items, http_path_value(req, "board"));
}

static void list_get(struct http_request *req)
{
	const char *board = http_path_value(req, "board");

	if (request_board_known(req, board))
		report_list(req, board, list_on_items);
	else
		request_refuse(req, ERR_NOT_FOUND, "no such board");
}

const struct http_route report_form_routes[] = {
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/rapport",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/rapport/{period}",
		.access = ACCESS_STAFF,
		.handle = report_get,
		.page = true },
	{ .method = HTTP_GET,
		.path = "/statistik/{board}/rapport/{period}/ils",
		.access = ACCESS_STAFF,
		.handle = ils_get,
		.page = true },
	{ 0 },
};
