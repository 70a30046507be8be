/*
 * tyck_till - rows of the city's present app, Tyck till, before they become cases: what
 * their columns and words are called, and what is wrong with them. No I/O.
 *
 * What that app's files look like is not public. Names that anybody would expect are
 * known; all others are said by a mapping file.
 */
#ifndef SYNPUNKT_SERVER_TYCK_TILL_H
#define SYNPUNKT_SERVER_TYCK_TILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "lib/sha256.h"
#include "server/ctl_tsv.h"
#include "server/submission.h"

struct arena;
struct city;
struct ctl_csv;
struct error;
struct faults;

#define TYCK_TILL_NUMBER_MAX 64 /* code points */

/* What a mapping file says of a category's word that is none of ours. */
#define TYCK_TILL_NONE "-"

enum tyck_till_field {
	TYCK_TILL_NUMBER,
	TYCK_TILL_RECEIVED,
	TYCK_TILL_TIME,
	TYCK_TILL_TEXT,
	TYCK_TILL_CATEGORY,
	TYCK_TILL_TYPE,
	TYCK_TILL_CHANNEL,
	TYCK_TILL_ADDRESS,
	TYCK_TILL_LAT,
	TYCK_TILL_LON,
	TYCK_TILL_TM_N,
	TYCK_TILL_TM_E,
	TYCK_TILL_18_N,
	TYCK_TILL_18_E,
	TYCK_TILL_NAME,
	TYCK_TILL_EMAIL,
	TYCK_TILL_PHONE,
	TYCK_TILL_STATUS,
	TYCK_TILL_REASON,
	TYCK_TILL_ACKNOWLEDGED,
	TYCK_TILL_ANSWERED,
	TYCK_TILL_ANSWER,
	TYCK_TILL_CLOSED,
	TYCK_TILL_FIELDS,
};

/* What words stand for, beside those that anybody would expect. */
struct tyck_till_map {
	struct arena *arena;
	const struct city *city;
	json_t *rows; /* of the mapping file: kind, from, to; NULL: none */
	int32_t today;
	json_t *known; /* words that were looked up before */
	/* The file's columns: which each field is in; -1 none. */
	int at[TYCK_TILL_FIELDS];
	const char *called[TYCK_TILL_FIELDS];
};

/* One row, judged. Strings are the file's or the arena's. */
struct tyck_till_row {
	size_t line;
	const char *number;
	struct submission submission; /* channel and received_at too; no point */
	int epsg;                     /* 0: no place on the map */
	double east, north;
	int32_t acknowledged_on, answered_on, closed_on; /* DAY_NONE: not */
	const char *answer; /* NULL: its words are not known */
	const char *reason; /* of a closing */
	char fingerprint[SHA256_HEX_SIZE];
};

/* The mapping file's, for ctl_tsv_read(). */
extern const struct ctl_tsv_column tyck_till_map_columns[];

/* Checks the mapping file's rows against what there is. ERR_INVALID with the line. */
int tyck_till_map_check(const struct tyck_till_map *map, struct error *err);

/* Finds the fields in the header. ERR_INVALID when one that there must be is not there,
 * or is there twice. ret_ignored gets the names of columns that nobody knows. */
int tyck_till_map_header(struct tyck_till_map *map, const struct ctl_csv *header,
	json_t *ret_ignored, struct error *err);

/* The code that a word stands for; NULL: none. kind: "status", "reason", … */
const char *tyck_till_map_word(
	struct tyck_till_map *map, const char *kind, const char *word);
/* A category's word: false if nobody knows it; ret_code NULL: none. */
bool tyck_till_map_category(
	struct tyck_till_map *map, const char *word, const char **ret_code);

/* What a field of a row says, or NULL. */
const char *tyck_till_cell(const struct tyck_till_map *map, const struct ctl_csv *row,
	enum tyck_till_field field);

/* A day that is over, "2026-11-29", and whatever follows it. Returns what is wrong, or
 * NULL and fills ret. */
const char *tyck_till_day(
	const char *said, int32_t today, int32_t *ret, const char **ret_rest);
/* The moment, in microseconds since 1970: "14:05" of the day, with a zone or the city's
 * own; NULL: noon, as of what is taken down. Returns what is wrong, or NULL. */
const char *tyck_till_moment(int32_t day, const char *time, int64_t *ret);
/* Both in one text; 0: it is none. */
int64_t tyck_till_instant(const char *said, int32_t today);

/* Judges a row: every fault at once, named by the column. 0, or -1. */
int tyck_till_judge(struct tyck_till_map *map, const struct ctl_csv *csv,
	struct tyck_till_row *ret, struct faults *faults);

#endif
