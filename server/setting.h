/*
 * setting - the kinds of settings that are changed at the desk: which fields each has,
 * and a row as it was sent made fit for synpunkt_setting.change() (migrations/0059).
 *
 * The fields are told by the API (GET /api/v1/settings), so that a page draws its form
 * from them and none is named twice.
 */
#ifndef SYNPUNKT_SERVER_SETTING_H
#define SYNPUNKT_SERVER_SETTING_H

#include <stdbool.h>

#include <jansson.h>

struct catalogue;
struct city;
struct faults;

enum setting_value {
	SETTING_TEXT = 1,
	SETTING_CODE,     /* a-z, 0-9 and hyphens: names the row, so it is set once */
	SETTING_ADDRESS,  /* of mail; the same */
	SETTING_DAY,      /* YYYY-MM-DD */
	SETTING_NUMBER,   /* whole */
	SETTING_YES,      /* true or false */
	SETTING_LIST,     /* of texts */
	SETTING_CHOICE,   /* one of the field's codes */
	SETTING_CHOICES,  /* any of them */
	SETTING_BOARD,    /* a code, of the organisation */
	SETTING_OWNER,    /* the same, or "district" */
	SETTING_CATEGORY, /* a code */
	SETTING_UNIT,
	SETTING_DISTRICT,
	SETTING_LINK,  /* http or https; may be empty */
	SETTING_WORDS, /* a text of several lines */
};

struct setting_field {
	const char *name;   /* in JSON */
	const char *column; /* in the database */
	enum setting_value value;
	bool required;
	bool is_key;              /* names the row: set when it is made, never after */
	bool is_empty_text;       /* what is not there is "" in the table, not NULL */
	long min, max;            /* of a number, or characters of a text */
	const char *const *codes; /* of a choice */
};

/* What a row is held against. */
struct setting_known {
	const struct city *city; /* NULL: not yet read; codes are then the database's
				    to refuse */
	const struct catalogue *words; /* what the program itself says */
};

struct setting_kind {
	const char *code;
	const struct setting_field *fields; /* ends with a row without a name */
	bool addable;                       /* new rows can be made here */
	bool removable;
	/* What is wrong with a row as a whole, after its fields; or NULL. */
	void (*check)(const json_t *columns, const struct setting_known *known,
		struct faults *faults);
};

#define SETTING_TEXTS "texts"

extern const struct setting_kind setting_kinds[]; /* ends with a row without a code */

/* NULL: there is none. */
const struct setting_kind *setting_kind_find(const char *code);

/* {code, addable, removable, fields: [{name, value, required, key, min, max, codes}]}
 */
json_t *setting_kind_json(const struct setting_kind *kind);

/*
 * What was sent as "row", by column, with null for what is empty. Faults are named
 * "row.answerDays". row is an object. A new reference.
 */
json_t *setting_row(const struct setting_kind *kind, const json_t *row,
	const struct setting_known *known, struct faults *faults);

#endif
