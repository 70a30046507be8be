/*
 * voluntary_page - the two voluntary questions on the receipt, sex and age, and what is
 * said when they are answered. What is answered becomes a sum, apart from the case
 * (migrations/0081_about.sql).
 */
#ifndef SYNPUNKT_SERVER_VOLUNTARY_PAGE_H
#define SYNPUNKT_SERVER_VOLUNTARY_PAGE_H

#include <jansson.h>

struct case_key;
struct http_request;
struct page;

#define VOLUNTARY_PATH "/kvitto/{number}/{code}/fragor"

/* "voluntary" of the page's data: the questions, that they are answered, or false. */
void voluntary_page_add(
	struct page *page, const json_t *case_json, const struct case_key *key);

/* POST: sex, age; 303 back to the receipt, whatever has come of it. */
void voluntary_page_send(struct http_request *req);

#endif
