#include "server/pack_forms.h"

#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/work.h"
#include "server/json_reply.h"
#include "server/pack.h"
#include "server/pack_csv.h"
#include "server/pack_page.h"
#include "server/pack_view.h"
#include "server/pack_xlsx.h"
#include "server/page.h"
#include "server/page_file.h"
#include "server/page_staff.h"
#include "server/pdf_print.h"
#include "server/statistics_page.h"
#include "server/worker.h"
#include "server/xlsx_file.h"

/* "statistik-trafiknamnden-2026-10.csv": for a file, and never for why there is none.
 */
struct file_name {
	char text[128];
};

static void name_print(
	struct file_name *ret, const struct pack_around *around, const char *ending)
{
	snprintf(ret->text, sizeof(ret->text),
		"attachment; filename=\"statistik-%s-%.7s%s.%s\"",
		statistics_page_code(around->board), around->month,
		around->is_mapped ? "-som-idag" : "", ending);
}

static void name_set(struct http_request *req, const struct file_name *name)
{
	http_set_header(req, "Content-Disposition", name->text);
}

static void csv_reply(
	struct http_request *req, const json_t *doc, const struct pack_around *around)
{
	struct file_name name;

	name_print(&name, around, "csv");
	name_set(req, &name);
	pack_csv(doc, http_out(req));
	http_reply(req, 200, "text/csv; charset=utf-8");
}

/* ---- the workbook ---- */

struct workbook {
	struct http_request *req; /* NULL: the client has left */
	struct file_name name;
	json_t *doc;
	struct pack_xlsx_words words;
	void *bytes;
	size_t size;
	struct error err;
};

static void workbook_abandon(void *arg)
{
	((struct workbook *)arg)->req = NULL;
}

static void workbook_free(struct workbook *book)
{
	json_decref(book->doc);
	mem_free(book->bytes);
	mem_free(book);
}

static void workbook_work(void *arg)
{
	struct workbook *book = arg;

	pack_xlsx(book->doc, &book->words, &book->bytes, &book->size, &book->err);
}

static void workbook_done(void *arg)
{
	struct workbook *book = arg;

	if (book->req && book->err.code != ERR_NONE) {
		http_reply_error(book->req, &book->err);
	} else if (book->req) {
		name_set(book->req, &book->name);
		evbuffer_add(http_out(book->req), book->bytes, book->size);
		http_reply(book->req, 200, XLSX_FILE_TYPE);
	}
	workbook_free(book);
}

/* The document goes to the thread whole: nothing else has it then. */
static void workbook_reply(
	struct page *page, json_t *doc, const struct pack_around *around)
{
	struct http_request *req = page->req;
	const struct worker *worker = http_app(req);
	struct workbook *book = mem_new(sizeof(*book));
	struct error err = { 0 };

	json_decref(steal(page->data));
	book->req = req;
	name_print(&book->name, around, "xlsx");
	book->doc = json_deep_copy(doc);
	pack_xlsx_words_read(page->catalogue, page->language, &book->words);
	if (work_run(worker->work, workbook_work, workbook_done, book, &err) < 0) {
		workbook_free(book);
		http_reply_error(req, &err);
		return;
	}
	http_on_close(req, workbook_abandon, book);
}

/* ---- PDF ---- */

static void pdf_reply(
	struct page *page, const json_t *doc, const struct pack_around *around)
{
	struct http_request *req = page->req;
	struct evbuffer *html = evbuffer_new();
	struct file_name name;
	struct error err = { 0 };

	name_print(&name, around, "pdf");
	if (pack_page_print(page, doc, html, &err) < 0)
		http_reply_error(req, &err);
	else
		page_file_reply(req, PDF_FORM_PDF, name.text, html);
	evbuffer_free(html);
}

void pack_forms_reply(struct http_request *req, enum pack_form form,
	const struct pack *pack, const struct pack_around *around)
{
	struct page page;
	json_t *doc;

	page_staff_init(&page, req, STATISTICS_ROOT);
	doc = pack_view(&page, pack, statistics_page_board_name(&page, around->board));
	switch (form) {
	case PACK_PAGE:
		pack_page_reply(&page, doc, around);
		break;
	case PACK_PDF:
		pdf_reply(&page, doc, around);
		break;
	case PACK_XLSX:
		workbook_reply(&page, doc, around);
		break;
	case PACK_JSON:
		json_decref(steal(page.data));
		json_reply(req, 200, doc);
		break;
	case PACK_CSV:
		json_decref(steal(page.data));
		csv_reply(req, doc, around);
		break;
	}
	json_decref(doc);
}
