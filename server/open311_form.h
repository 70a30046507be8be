/*
 * open311_form - what a POST of GeoReport v2 sends, argument by argument.
 *
 * The fields of the body; the key and a few words about the answer may stand in the
 * query instead. White space around a value is no part of it, as of a client that ends
 * its values with CRLF; an argument that is empty then is not there.
 */
#ifndef SYNPUNKT_SERVER_OPEN311_FORM_H
#define SYNPUNKT_SERVER_OPEN311_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct form_body;
struct form_part;
struct http_request;
struct open311_errors;

struct open311_form {
	struct http_request *req;
	struct form_body *body;
};

/* NULL: not there. The request's. */
const char *open311_form_value(const struct open311_form *form, const char *name);
/* As sent, but for a value that is nothing but white space. */
const char *open311_form_words(const struct open311_form *form, const char *name);

/* One value for each argument: faults for those that come twice. */
void open311_form_check(const struct open311_form *form, struct open311_errors *errors);

/* What was given for "attribute[code]", one or several of "attribute[code][]". */
struct open311_given {
	const char *code;
	const char *value; /* "": empty */
	bool used;         /* whoever asks for it has seen it */
};
/* In the order sent. *ret_n: how many. */
struct open311_given *open311_form_attributes(
	const struct open311_form *form, size_t *ret_n);

/* Parts that are files: those with a file's name but for the arguments. */
bool open311_form_is_file(const struct form_part *part);

#endif
