/*
 * case_post - a case as JSON, or as multipart with files, becomes one: what the
 * addresses for residents and for those who take down for them have in common.
 *
 *   case_post_run          the media type decides
 *   case_post_on_json      a small body is at hand, a larger one is read off the loop
 *   case_post_on_form      multipart: the part "case" and the attachments
 *   case_post_judge        every fault at once
 *   case_post_on_stored    the attachments have their places; intake
 *   case_post_on_receipt   201, of a system's once it is noted whose it is
 */
#ifndef SYNPUNKT_SERVER_CASE_POST_H
#define SYNPUNKT_SERVER_CASE_POST_H

#include <jansson.h>

#include "lib/http.h"

struct city;
struct error;
struct faults;
struct submission;

#define CASE_JSON_MAX (256 * KIB)

struct case_post_given {
	struct http_request *req;
	const json_t *object;
	const struct city *city;
};

/* What the addresses differ in. */
struct case_post_way {
	/* Fills all of ret but key and attachments, and returns 0 if there are no
	 * faults; what it points to is in the request's arena. */
	int (*judge)(const struct case_post_given *given, struct submission *ret,
		struct faults *faults);
	/* Whether there may be one more; err says why not. NULL: always. */
	int (*admit)(struct http_request *req, struct error *err);
};

/* Handles a POST whose route takes both media types: 201 with what is promised. */
void case_post_run(struct http_request *req, const struct case_post_way *way);

#endif
