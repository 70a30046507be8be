/*
 * register_page - the register of a board as pages for staff: /diarium/ leads to one's
 * own boards, /diarium/{board} is the register of a year, fit to show to anybody and to
 * print, and /diarium/{board}/csv the same entries as a file.
 */
#ifndef SYNPUNKT_SERVER_REGISTER_PAGE_H
#define SYNPUNKT_SERVER_REGISTER_PAGE_H

struct http_request;

void register_page_index(struct http_request *req);
void register_page_board(struct http_request *req);
void register_page_csv(struct http_request *req);

#endif
