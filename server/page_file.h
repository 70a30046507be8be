/*
 * page_file - answers with a page of ours as a file, once it has been made
 * (pdf_print.h).
 */
#ifndef SYNPUNKT_SERVER_PAGE_FILE_H
#define SYNPUNKT_SERVER_PAGE_FILE_H

#include "server/pdf_print.h"

struct evbuffer;
struct http_request;

/* disposition is the header's value; it and html are the caller's. Of a PDF the style
 * sheet is pdf.css. */
void page_file_reply(struct http_request *req, enum pdf_form form,
	const char *disposition, struct evbuffer *html);

/* The page as the printer takes it, which points into html. */
void page_file_page(enum pdf_form form, struct evbuffer *html, struct pdf_page *ret);

#endif
