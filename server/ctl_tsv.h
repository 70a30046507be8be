/*
 * ctl_tsv - the city's plain files: UTF-8, one row a line, cells apart by tabs. Lines
 * that begin with # and empty lines are skipped; the first other line names the
 * columns, in any order. What is wrong is said with its line and column.
 */
#ifndef SYNPUNKT_SERVER_CTL_TSV_H
#define SYNPUNKT_SERVER_CTL_TSV_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct arena;
struct ctl_tsv;
struct error;

enum ctl_tsv_kind {
	CTL_TSV_TEXT,
	CTL_TSV_CODE,    /* a-z 0-9 and single hyphens */
	CTL_TSV_LIST,    /* texts apart by semicolons */
	CTL_TSV_INT,     /* 0 to 250: days */
	CTL_TSV_BOOL,    /* yes or no */
	CTL_TSV_DATE,    /* YYYY-MM-DD */
	CTL_TSV_DEGREES, /* -180 to 180 */
	CTL_TSV_GRADE,   /* 1 to 4, or S1 to S4 */
	CTL_TSV_AGE,     /* "18 months" or "2 years", as months */
	CTL_TSV_PLANE,   /* a coordinate in metres, up to 10,000,000 */
	CTL_TSV_METRES,  /* 10 to 1000: what a place is rounded to */
	CTL_TSV_MANY,    /* 1 to 10,000,000: people */
	CTL_TSV_CHOICE,
};

struct ctl_tsv_column {
	const char *name; /* NULL ends the list */
	enum ctl_tsv_kind kind;
	bool required;              /* the column must be there and filled */
	const char *const *choices; /* of CTL_TSV_CHOICE, NULL-terminated */
};

/*
 * An array of objects, one a row: each filled cell under its column's name, and "line".
 * Empty cells are left out. NULL and ERR_INVALID at the first fault; json_decref().
 */
json_t *ctl_tsv_read(struct arena *arena, const char *text,
	const struct ctl_tsv_column *columns, struct error *err);

/* The same in parts, for files of many rows: begun with what ctl_tsv_read() is given,
 * all of which lives as long as the arena. */
struct ctl_tsv *ctl_tsv_begin(
	struct arena *arena, const char *text, const struct ctl_tsv_column *columns);
/* The next rows, most at most; none at the end. NULL as above, and for a file without
 * column names. */
json_t *ctl_tsv_rows(struct ctl_tsv *tsv, size_t most, struct error *err);

#endif
