/* report_private - what the makers of a report's sections share. */
#ifndef SYNPUNKT_SERVER_REPORT_PRIVATE_H
#define SYNPUNKT_SERVER_REPORT_PRIVATE_H

#include <stdbool.h>

#include <jansson.h>

#include "server/pack_doc.h"
#include "server/report_view.h"

struct report_draft {
	const struct report_source *source;
	struct pack_view view; /* of the sums; its pack is NULL while there are none */
	const char *span, *short_span, *short_before; /* "januari–april 2026" */
	json_t *section;                              /* that is being made */
	const char *text;                             /* what is suggested so far */
};

/* A sentence of report_text() at the end of the paragraph. */
void report_say(
	struct report_draft *draft, const char *key, const struct text_value *values);
/* One of its own line. */
void report_say_line(struct report_draft *draft, const char *line);

/* Of report_words.h, or else of the catalogue. */
const char *report_text(const struct report_draft *draft, const char *key);
struct arena *report_arena(const struct report_draft *draft);
const char *report_number(const struct report_draft *draft, int64_t n);

/* Of the board itself, in the period and in the one before. */
struct pack_figure report_whole(const struct report_draft *draft, const char *col);
struct pack_figure report_whole_before(
	const struct report_draft *draft, const char *col);
bool report_has_before(const struct report_draft *draft);

/* A table of the section; columns of the period, the one before and the change. */
json_t *report_table(struct report_draft *draft, const char *id, const char *head);
void report_column(
	struct report_draft *draft, json_t *table, const char *id, const char *kind);
void report_columns(struct report_draft *draft, json_t *table);
void report_cells(struct report_draft *draft, json_t *row, const char *part,
	const char *item, const char *col);
void report_cell_text(json_t *row, const char *text);
void report_note(struct report_draft *draft, const char *key);

/* Items of a list with their numbers, as words: at most so many. NULL: none is told. */
const char *report_list_words(
	struct report_draft *draft, const char *part, size_t most);

/* ---- the sections ---- */

typedef void report_section_fn(struct report_draft *draft);
report_section_fn report_told, report_changed, report_types, report_indicators,
	report_activities, report_operation, report_who, report_children, report_late,
	report_risks;

#endif
