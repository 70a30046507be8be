/*
 * compare_view - the comparison in a reader's language, as a document of pack_doc.h's
 * kind: groups, boards, operating forms, month by month. The page and the file are made
 * of it.
 */
#ifndef SYNPUNKT_SERVER_COMPARE_VIEW_H
#define SYNPUNKT_SERVER_COMPARE_VIEW_H

#include <jansson.h>

struct compare;
struct compare_board;
struct page;

/* The section whose rows are boards, each with a pack of its own. */
#define COMPARE_BOARDS "compare-boards"

/* A new reference. */
json_t *compare_view(const struct page *page, const struct compare *compare);

/* Says of a board that has ended when it did, and who came after. */
void compare_ended_note(
	const struct page *page, json_t *section, const struct compare_board *board);

#endif
