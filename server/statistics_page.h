/*
 * statistics_page - the month in figures as pages, for staff: /statistik/ lists boards
 * and months, /statistik/{board} leads to the latest one, /statistik/{board}/{yyyy-mm}
 * is the month. The city's own figures are at /statistik/staden.
 */
#ifndef SYNPUNKT_SERVER_STATISTICS_PAGE_H
#define SYNPUNKT_SERVER_STATISTICS_PAGE_H

struct http_request;

void statistics_page_index(struct http_request *req);
void statistics_page_board(struct http_request *req);
void statistics_page_month(struct http_request *req);

#endif
