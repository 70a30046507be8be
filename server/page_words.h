/*
 * page_words - dates, instants and sizes as people read them, in the page's language.
 * Each result has {iso, text}, for <time datetime>; instants are shown in local time.
 */
#ifndef SYNPUNKT_SERVER_PAGE_WORDS_H
#define SYNPUNKT_SERVER_PAGE_WORDS_H

#include <stdint.h>

#include <jansson.h>

struct catalogue;
struct error;
struct page;

/* The texts of every page and letter, in all languages; catalogue_free(). */
struct catalogue *page_words_load(struct error *err);

/* "2026-12-04" is "fredag 4 december 2026". JSON null for what is no day. A new
 * reference, as below. */
json_t *page_words_day(const struct page *page, const char *iso);

/* "2026-11-22T03:36:54.123Z" is "22 november 2026 kl. 04.36". */
json_t *page_words_instant(const struct page *page, const char *stamp);

/* The local day of an instant as we print it; -1 for what is none. */
int32_t page_words_local_day(const char *stamp);

/* "1,2 MB". */
const char *page_words_size(const struct page *page, uint64_t bytes);

#endif
