/*
 * page_city - what pages show of the city's rows: subjects, promises, and what belongs
 * elsewhere. Until the first snapshot is there the lists are empty and the pages still
 * work.
 */
#ifndef SYNPUNKT_SERVER_PAGE_CITY_H
#define SYNPUNKT_SERVER_PAGE_CITY_H

#include <jansson.h>

struct page;

/* For every page: "elsewhere", [{title, text, href, link}]. */
void page_city_add(struct page *page);

/* "helplines": [{name, text, phone, call, link, site}]; call is for href. */
void page_city_add_helplines(struct page *page);

/* "answer_promise" and "answer_promise_long": from the shortest to the longest of what
 * is promised today. */
void page_city_add_promise(struct page *page);

/* [{name, categories: [{code, name, selected, acknowledge, answer}]}]. A new
 * reference. */
json_t *page_city_areas(const struct page *page, const char *selected);

/* In the page's language; a text for "not chosen" when code is NULL. */
const char *page_city_category(const struct page *page, const char *code);
/* Of the areas of subjects; code itself if nobody has it. */
const char *page_city_area(const struct page *page, const char *code);

#endif
