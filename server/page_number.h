/*
 * page_number - numbers as people read them, in the page's language. What they give
 * lives as long as the request.
 */
#ifndef SYNPUNKT_SERVER_PAGE_NUMBER_H
#define SYNPUNKT_SERVER_PAGE_NUMBER_H

#include <stdint.h>

struct page;

#define PAGE_NUMBER_NONE "–" /* there is nothing to tell */

/* Thousands apart: "12 345" with a space that does not break, "12,345" in English. */
const char *page_number(const struct page *page, int64_t n);

/* "+12", "−3", "0". */
const char *page_number_signed(const struct page *page, int64_t n);

/* "75 %", rounded half up; PAGE_NUMBER_NONE of 0. */
const char *page_share(const struct page *page, int64_t part, int64_t whole);

/* "+8 %" from before to now; PAGE_NUMBER_NONE where there was nothing before. */
const char *page_share_change(const struct page *page, int64_t now, int64_t before);

#endif
