/*
 * disclosure_page - a disclosure as a page to print and as rows of a table. They are
 * documents of the board's, in Swedish whoever makes them. Pure, for a thread.
 *
 * whole is what synpunkt_disclosure.output() made, for a page with its pictures read
 * (disclosure_picture.h).
 */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_PAGE_H
#define SYNPUNKT_SERVER_DISCLOSURE_PAGE_H

#include <stdbool.h>

#include <jansson.h>

struct arena;
struct catalogue;
struct error;
struct evbuffer;
struct template_set;

/* The arena is the caller's alone; nobody changes the rest. */
struct disclosure_print {
	struct arena *arena;
	const struct catalogue *catalogue;
	const struct template_set *templates;
};

int disclosure_page_print(const struct disclosure_print *print, const json_t *whole,
	struct evbuffer *out, struct error *err);

/* The compilation: a row for each case. Cells are texts, and none is NULL. */
#define DISCLOSURE_COLUMNS 10
extern const char *const disclosure_columns[DISCLOSURE_COLUMNS];
void disclosure_page_row(const struct disclosure_print *print, const json_t *whole,
	const json_t *item, const char *ret[DISCLOSURE_COLUMNS]);
/* "Utlämnande av allmänna handlingar, U2026-1". */
const char *disclosure_page_title(
	const struct disclosure_print *print, const json_t *whole);
/* Nobody has decided on it. */
bool disclosure_page_is_draft(const json_t *whole);

/* Lines of CSV, one for each case. */
void disclosure_page_table(const struct disclosure_print *print, const json_t *whole,
	struct evbuffer *out);

/* The same of the register, one for each disclosure. */
void disclosure_page_register(const struct disclosure_print *print, const json_t *items,
	struct evbuffer *out);

#endif
