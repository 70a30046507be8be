#include "server/page_file.h"

#include <event2/buffer.h>

#include "clients/resident/embedded.h"
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/worker.h"

static const char *const types[] = {
	[PDF_FORM_PDF] = "application/pdf",
	[PDF_FORM_DOCX] = "application/vnd.openxmlformats-officedocument."
			  "wordprocessingml.document",
	[PDF_FORM_ODT] = "application/vnd.oasis.opendocument.text",
};

struct making {
	struct http_request *req; /* its arena owns this */
	enum pdf_form form;
	const char *disposition; /* for a file, and never for why there is none */
	struct pdf_job *job;
};

static void making_on_gone(void *arg)
{
	pdf_cancel(((struct making *)arg)->job);
}

static void making_on_done(
	const void *file, size_t size, const struct error *err, void *arg)
{
	struct making *making = arg;
	struct http_request *req = making->req;

	if (err) {
		http_reply_error(req, err);
		return;
	}
	http_set_header(req, "Content-Disposition", making->disposition);
	evbuffer_add(http_out(req), file, size);
	http_reply(req, 200, types[making->form]);
}

void page_file_page(enum pdf_form form, struct evbuffer *html, struct pdf_page *ret)
{
	const struct embed_file *css = embed_find(style_files, "pdf.css");

	*ret = (struct pdf_page){
		.form = form,
		.html = (const char *)evbuffer_pullup(html, -1),
		.html_size = evbuffer_get_length(html),
		.css = (const char *)css->bytes,
		.css_size = css->size,
	};
}

void page_file_reply(struct http_request *req, enum pdf_form form,
	const char *disposition, struct evbuffer *html)
{
	const struct worker *worker = http_app(req);
	struct making *making = arena_alloc(http_arena(req), sizeof(*making));
	struct pdf_page page;
	struct error err = { 0 };

	page_file_page(form, html, &page);
	making->req = req;
	making->form = form;
	making->disposition = arena_dup(http_arena(req), disposition);
	making->job = pdf_print_run(worker->pdf, &page, making_on_done, making, &err);
	if (making->job)
		http_on_close(req, making_on_gone, making);
	else
		http_reply_error(req, &err);
}
