/*
 * open311_write - an answer of GeoReport v2 in the format that was asked for.
 *
 * The two tell the same: JSON leaves out the outermost element, a list is an array,
 * and what is empty is null, in XML an element without content.
 *
 *   w = open311_write_new(req, OPEN311_XML);
 *   open311_list(w, "service_requests", "request");
 *   open311_item(w);
 *   open311_text(w, "service_request_id", key);
 *   open311_end(w);
 *   open311_end(w);
 *   open311_write_reply(w, 200);
 */
#ifndef SYNPUNKT_SERVER_OPEN311_WRITE_H
#define SYNPUNKT_SERVER_OPEN311_WRITE_H

#include <stdbool.h>
#include <stdint.h>

struct http_request;
struct open311_write;

enum open311_format {
	OPEN311_XML,
	OPEN311_JSON,
};

/* The writer is the request's. */
struct open311_write *open311_write_new(
	struct http_request *req, enum open311_format format);

/* A list of what is called item each; ended by open311_end(). */
void open311_list(struct open311_write *w, const char *name, const char *item);
/* The next of the list that is open, an object with members; ended likewise. */
void open311_item(struct open311_write *w);
/* The next of a list of texts. */
void open311_item_text(struct open311_write *w, const char *text);
/* An object of that name. */
void open311_object(struct open311_write *w, const char *name);
void open311_end(struct open311_write *w);

/* Members of the object that is open. NULL is empty. What XML 1.0 has no place for
 * becomes U+FFFD. */
void open311_text(struct open311_write *w, const char *name, const char *text);
void open311_bool(struct open311_write *w, const char *name, bool yes);
void open311_int(struct open311_write *w, const char *name, int64_t number);
void open311_real(struct open311_write *w, const char *name, double number);

/* Answers with what was written; all that was begun must have ended. */
void open311_write_reply(struct open311_write *w, int status);

#endif
