/*
 * satisfaction_page - the two questions after an answer, each in five steps, and what
 * is said when they are answered; and the way there from the page of a case.
 */
#ifndef SYNPUNKT_SERVER_SATISFACTION_PAGE_H
#define SYNPUNKT_SERVER_SATISFACTION_PAGE_H

struct http_request;

#define SATISFACTION_PAGE_PATH "/tyck/{token}"
#define SATISFACTION_CASE_PATH "/folj/{number}/{code}/tyck"

void satisfaction_page_show(struct http_request *req); /* GET */
void satisfaction_page_send(struct http_request *req); /* POST: ease, clarity */

/* POST: 303 to the questions, by a token of its own. */
void satisfaction_page_from_case(struct http_request *req);

#endif
