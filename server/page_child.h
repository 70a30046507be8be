/*
 * page_child - a page as a child reads it, or somebody beside a child who must not.
 *
 * Its texts are those under "child." in the catalogue where there is one, else the
 * ordinary ones. It shows who helps at once, and a way out of it, at both ends. Nothing
 * of it is kept: no cookie is set, and page_may_be_kept() is not for it.
 */
#ifndef SYNPUNKT_SERVER_PAGE_CHILD_H
#define SYNPUNKT_SERVER_PAGE_CHILD_H

#include <jansson.h>

struct page;

#define PAGE_CHILD_PATH "/lamna/barn"

/* The texts of a language, with those under "child." over them. A new reference. */
json_t *page_child_texts(json_t *texts);

/* Right after page_init(). */
void page_for_child(struct page *page);

#endif
