/*
 * statistics_page - the ways to a board's months as pages: /statistik/, the boards and
 * their months, and /statistik/{board}, which leads to the latest. The months
 * themselves are pack_http.h's.
 */
#ifndef SYNPUNKT_SERVER_STATISTICS_PAGE_H
#define SYNPUNKT_SERVER_STATISTICS_PAGE_H

struct arena;
struct http_request;
struct page;

#define STATISTICS_ROOT "/statistik/"

void statistics_page_index(struct http_request *req);
void statistics_page_board(struct http_request *req);

/* ---- for the months ---- */

/* The board of the path, STATISTICS_CITY for the city; NULL for one that is not known.
 */
const char *statistics_page_board_code(struct http_request *req);
/* What stands in the path for it. */
const char *statistics_page_code(const char *board);
const char *statistics_page_board_name(const struct page *page, const char *board);
/* month begins with "YYYY-MM". */
const char *statistics_page_href(
	struct http_request *req, const char *board, const char *month);
/* Where the city's boards are beside each other. */
const char *statistics_page_comparison(struct http_request *req, const char *month);
/* The first day of today's. */
const char *statistics_page_month_now(struct arena *arena);

#endif
