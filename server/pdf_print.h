/*
 * pdf_print - has a page of ours made into a tagged PDF by WeasyPrint, or into a
 * document to write on in (DOCX, ODT) by pandoc.
 *
 * synpunktctl, which stands beside the server, becomes Python or pandoc for each page
 * (ctl_pdf.c, pdf_print.py), confined: it takes nothing of ours along, fetches nothing,
 * and what it needs of memory goes with it when it ends. Nothing runs when nobody asks.
 * The page and what comes back are files in memory, so nobody waits for anybody.
 *
 * The page says <title> and <html lang>; both go into the PDF. Headings, lists, tables
 * with scope, caption and spans, and lang are tagged; aria-hidden and a picture without
 * alt or aria-label are decoration. Pictures are JPEG, PNG or WebP and stand in the
 * page, as data addresses in base64. Links are words. The same page gives the same
 * bytes.
 *
 * The style sheet is one for paper. WeasyPrint 57 knows neither grid nor clip-path, and
 * fill only as an attribute of a shape. What is only to be listened to is hidden by
 * position: absolute with clip: rect(0 0 0 0). Text must not be in a group of its own,
 * as opacity makes one: such a page is not made.
 *
 * Of a page that becomes a document pandoc takes headings, paragraphs, lists, tables
 * with a caption and a head, and the widths of <col>; no style sheet. It loses (2.17)
 * the heads of rows in ODT, so those are cells.
 *
 * Belongs to one event_base and its thread.
 */
#ifndef SYNPUNKT_SERVER_PDF_PRINT_H
#define SYNPUNKT_SERVER_PDF_PRINT_H

#include <stddef.h>

struct error;
struct event_base;
struct pdf_job;
struct pdf_print;

/* Zero or NULL stands for the value behind it. */
struct pdf_print_config {
	const char *tool;   /* synpunktctl; beside the running program */
	size_t max_waiting; /* 8, besides the one that is made */
	unsigned limit_ms;  /* for one page, from its start; 60,000 */
	size_t bytes_max;   /* of a PDF, 32 MiB */
};

enum pdf_form {
	PDF_FORM_PDF,
	PDF_FORM_DOCX,
	PDF_FORM_ODT,
};

/* Both in UTF-8, and complete: what they refer to is left out. */
struct pdf_page {
	enum pdf_form form;
	const char *html;
	size_t html_size;
	const char *css;
	size_t css_size;
};

/* Exactly once unless cancelled, never inside pdf_print_run(). pdf is valid during the
 * callback; or it is NULL and err is set: ERR_TOO_LARGE when the page needs more than
 * there is, else ERR_UNAVAILABLE, the reason being in the log. */
typedef void pdf_done_fn(
	const void *pdf, size_t size, const struct error *err, void *arg);

struct pdf_print *pdf_print_new(
	struct event_base *base, const struct pdf_print_config *config);
/* Jobs under way end silently, their processes at once. NULL is fine. */
void pdf_print_free(struct pdf_print *print);

/* The page is copied. NULL and err: ERR_UNAVAILABLE when too many wait, ERR_TOO_LARGE
 * when the page is above 24 MiB. */
struct pdf_job *pdf_print_run(struct pdf_print *print, const struct pdf_page *page,
	pdf_done_fn *done, void *arg, struct error *err);
/* Forget a job: done will not run, its process is ended. NULL is fine. */
void pdf_cancel(struct pdf_job *job);

#endif
