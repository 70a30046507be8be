/*
 * page - one HTML page of the residents: language, texts, frame, rendering.
 *
 *   struct page page;
 *   page_init(&page, req, NULL);
 *   page_title(&page, "find.title");
 *   json_object_set_new(page.data, "find", …);
 *   page_reply(&page, 200, "find");
 *
 * The templates and texts are in clients/resident; every template gets the frame's
 * data (lang, dir, t, announced, nav, languages, aids, assets, elsewhere) and what the
 * handler adds.
 */
#ifndef SYNPUNKT_SERVER_PAGE_H
#define SYNPUNKT_SERVER_PAGE_H

#include <stdbool.h>

#include <jansson.h>

#include "lib/text_format.h"

struct catalogue;
struct error;
struct evbuffer;
struct faults;
struct http_request;
struct worker;

enum page_voice {
	PAGE_FOR_ALL,
	PAGE_FOR_CHILD, /* page_child.h: texts under "child." win over the others */
};

struct page {
	struct http_request *req;
	struct worker *worker;
	const struct catalogue *catalogue;
	const char *language;
	enum page_voice voice;
	bool remember; /* ?lang= is kept in a cookie */
	json_t *data;
};

/* The language is asked for by, in this order: `asked` (a form's own, may be NULL),
 * ?lang=, which is then remembered in a cookie, the cookie, Accept-Language. */
void page_init(struct page *page, struct http_request *req, const char *asked);

/* A page that is no answer itself, in a catalogue of the caller's: no header is set,
 * and the caller lets go of data. catalogue must be there as long. */
void page_make(struct page *page, struct http_request *req,
	const struct catalogue *catalogue, const char *language);

const char *page_text(const struct page *page, const char *key);
/* NULL when no language has the key. */
const char *page_find(const struct page *page, const char *key);
/* The texts live as long as the request. */
char *page_format(
	const struct page *page, const char *key, const struct text_value *values);

/* The same for a text at hand. */
char *page_fill(
	const struct page *page, const char *text, const struct text_value *values);

void page_title(struct page *page, const char *key);
/* Not in Swedish: what the city's rows say is then marked as Swedish. */
bool page_is_foreign(const struct page *page);
/* Kept by the browser for the way back, so that what was typed is still there; all
 * else is no-store. */
void page_may_be_kept(struct page *page);

/* A token of the address, as it was made. Who pastes a link brings along the blanks and
 * line ends of a letter, which count for nothing and may stand in no header. */
const char *page_token(struct http_request *req, const char *name, size_t chars);

/* Renders and answers, and lets go of data. The last act of a handler. */
void page_reply(struct page *page, int status, const char *name);

/* What page_reply() would answer, into a buffer: for pages that become something else.
 * Lets go of data too. */
int page_render(
	struct page *page, const char *name, struct evbuffer *out, struct error *err);

/* The hook of struct http_hooks. */
void page_error(struct http_request *req, int status, const struct error *err,
	const struct faults *faults);

#endif
