/*
 * report_page - a report as report_view() has it, as pages: to read, to paste into
 * ILS-webb part by part, for paper, and for pandoc. Swedish but for the frame around
 * it.
 */
#ifndef SYNPUNKT_SERVER_REPORT_PAGE_H
#define SYNPUNKT_SERVER_REPORT_PAGE_H

#include <stdbool.h>

#include <jansson.h>

struct error;
struct evbuffer;
struct http_request;

/* These answer. query: "?version=3", or "". */
void report_page_reply(
	struct http_request *req, const json_t *report, const char *query);
void report_page_ils(struct http_request *req, const json_t *report, const char *query);
/* items: of synpunkt_period.list_for(), named. */
void report_page_list(struct http_request *req, const json_t *items, const char *board);

/* Complete without any other file; for_paper: with heads of rows and classes for
 * pdf.css.
 */
int report_page_print(struct http_request *req, const json_t *report, bool for_paper,
	struct evbuffer *out, struct error *err);

/* The sections of a document with what the template asks for. A new reference. */
json_t *report_page_sections(const json_t *report);

/* "/statistik/BOARD/rapport" */
const char *report_page_root(struct http_request *req, const char *board);

#endif
