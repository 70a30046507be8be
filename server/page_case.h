/*
 * page_case - a case, as case_read() gives it, in the words of a page.
 */
#ifndef SYNPUNKT_SERVER_PAGE_CASE_H
#define SYNPUNKT_SERVER_PAGE_CASE_H

#include <jansson.h>

struct arena;
struct case_key;
struct page;

/* "case": what receipt and follow-up share. */
void page_case_add(
	struct page *page, const json_t *case_json, const struct case_key *key);
/* "track", "talk", "events", "late", "heading": for following it. */
void page_case_add_story(struct page *page, const json_t *case_json);

/* May its complainant open it again (case_reopen())? */
enum page_reopening {
	PAGE_REOPENING_NONE, /* it is open and not answered, or disposed of */
	PAGE_REOPENING_YES,
	PAGE_REOPENING_LATE,
};
enum page_reopening page_case_reopening(const json_t *case_json);

/* "/folj/2026-104233/ABCD-EFGH-JKMN"; the text is the request's. */
const char *page_case_follow_path(struct arena *arena, const struct case_key *key);

#endif
