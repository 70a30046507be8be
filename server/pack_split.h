/*
 * pack_split - the columns that tables of the monthly pack and of the comparison share:
 * a month beside the same month last year, in time and how long it took, month by
 * month, per thousand. For those who make the document, with pack_view.h.
 */
#ifndef SYNPUNKT_SERVER_PACK_SPLIT_H
#define SYNPUNKT_SERVER_PACK_SPLIT_H

#include <stdbool.h>

#include <jansson.h>

struct pack_figure;
struct pack_view;

#define PACK_YEAR 12

/* What a table has besides. */
enum pack_split {
	PACK_SPLIT_STOCKS = 1, /* open and overdue */
	PACK_SPLIT_ACKNOWLEDGED = 2,
};

/* The same month a year before: its name, its column and its cells. */
const char *pack_last_year_title(const struct pack_view *view);
void pack_column_last_year(const struct pack_view *view, json_t *table);
void pack_cell_before(const struct pack_view *view, json_t *row, const char *part,
	const char *item, const char *col);
void pack_cell_step(const struct pack_view *view, json_t *row, const char *part,
	const char *item, const char *col);

/* Thirteen months; a cell of one is none where nothing is known yet. */
void pack_month_columns(const struct pack_view *view, json_t *table, const char *kind);
void pack_month_cells(const struct pack_view *view, json_t *row, const char *part,
	const char *item, const char *col);
/* Of the board itself: col as a share of of. */
void pack_month_shares(
	const struct pack_view *view, json_t *row, const char *col, const char *of);

/* with: of enum pack_split. */
void pack_split_columns(const struct pack_view *view, json_t *table, unsigned with);
void pack_split_cells(const struct pack_view *view, json_t *row, const char *part,
	const char *item, unsigned with);

/* kind: "board", "unit", "district". */
bool pack_has_rate(const struct pack_view *view, const char *kind, const char *code);
void pack_cell_rate_of(const struct pack_view *view, json_t *row, const char *kind,
	const char *code, struct pack_figure received);

#endif
