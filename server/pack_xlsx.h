/*
 * pack_xlsx - the pack of a board's month as a workbook of Excel's: an overview, a
 * sheet for each section and one of the definitions, with charts that draw the cells.
 *
 * What is withheld stands as its text and is a gap in the charts, never a number. What
 * came as text is text in the cell too, also when it begins as a formula does. Tables
 * have their rows of totals last. The same pack gives the same bytes.
 */
#ifndef SYNPUNKT_SERVER_PACK_XLSX_H
#define SYNPUNKT_SERVER_PACK_XLSX_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct catalogue;
struct error;

/* Ceilings: what is over them is refused, never cut. */
#define PACK_XLSX_SECTIONS_MAX 40
#define PACK_XLSX_TABLES_MAX 40 /* of a section */
#define PACK_XLSX_COLUMNS_MAX 60
#define PACK_XLSX_ROWS_MAX 2000    /* of a table */
#define PACK_XLSX_CELLS_MAX 200000 /* of all tables */
#define PACK_XLSX_NOTES_MAX 40     /* of a section */
#define PACK_XLSX_DEFINITIONS_MAX 500
#define PACK_XLSX_CORRECTIONS_MAX 500
#define PACK_XLSX_CHANGES_MAX 5000 /* of all corrections */
#define PACK_XLSX_TEXT_MAX 8000    /* characters of one text */

/* Rows that a chart of lines draws; a note under it says so when there are more. */
#define PACK_XLSX_LINES_MAX 10

/* What is not in the pack, in the reader's language. */
struct pack_xlsx_words {
	bool right_to_left;
	const char *overview;    /* the first sheet's name */
	const char *definitions; /* the last one's */
	const char *term;
	const char *meaning;
	const char *contents;
	const char *back; /* the link from a sheet to the first */
	const char *hash;
	const char *marks; /* the heading over the next three */
	const char *few;
	const char *withheld;
	const char *none;
	const char *corrections;
	const char *uncorrected; /* of a frozen month */
	const char *when;
	const char *reason;
	const char *figure;
	const char *before;
	const char *now;
	const char *part;  /* heading over a share's count: "{name}, antal" */
	const char *whole; /* and over what it is a share of */
	const char *month; /* the axes of the charts */
	const char *number;
	const char *share;
	const char *days;
	const char *first; /* "Diagrammet visar de {n} första raderna." */
	const char *alt;   /* "{title}: {column}. …", read out in place of a chart */
};

/* The catalogue must live as long as the words do. */
void pack_xlsx_words_read(
	const struct catalogue *cat, const char *language, struct pack_xlsx_words *ret);

/*
 * Blocks for as long as some files in memory (or in the directory of temporary ones)
 * take: for a thread beside the loop. Several threads may call it at once. *ret has
 * *size bytes and is for mem_free(). ERR_TOO_LARGE over a ceiling, ERR_INVALID for
 * what is no pack, else ERR_INTERNAL.
 */
int pack_xlsx(const json_t *doc, const struct pack_xlsx_words *words, void **ret,
	size_t *size, struct error *err);

#endif
