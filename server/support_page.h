/* support_page - what the link in a letter to a follower leads to: yes, write to me, or
 * no. */
#ifndef SYNPUNKT_SERVER_SUPPORT_PAGE_H
#define SYNPUNKT_SERVER_SUPPORT_PAGE_H

struct http_request;

#define SUPPORT_PAGE_PATH "/stod/{link}"

void support_page_show(struct http_request *req); /* GET */
void support_page_send(struct http_request *req); /* POST: svar, "ja" or "nej" */

#endif
