/*
 * order_page - what a contractor sees of an order by its link, without signing in: what
 * is to be done and where, and three answers: "we take it", "done", "not ours".
 */
#ifndef SYNPUNKT_SERVER_ORDER_PAGE_H
#define SYNPUNKT_SERVER_ORDER_PAGE_H

struct http_request;

#define ORDER_PAGE_ROOT "/uppdrag"
#define ORDER_PAGE_PATH ORDER_PAGE_ROOT "/{token}"
#define ORDER_PICTURE_PATH ORDER_PAGE_PATH "/bild/{n}"

void order_page_show(struct http_request *req);    /* GET */
void order_page_send(struct http_request *req);    /* POST: seen, says, words */
void order_page_picture(struct http_request *req); /* GET */

#endif
