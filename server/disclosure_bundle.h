/*
 * disclosure_bundle - the files that a disclosure is mailed as: the documents as a PDF,
 * the compilation, and what stands in no PDF. Made once, and put in the blob store:
 * each attempt of the letter sends the same bytes.
 *
 * Blocks on the disk: for a thread.
 */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_BUNDLE_H
#define SYNPUNKT_SERVER_DISCLOSURE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct blob_store;
struct disclosure_print;
struct error;
struct evbuffer;

struct disclosure_bundle {
	const struct disclosure_print *print;
	struct blob_store *blobs;
	bool with_table;
	struct evbuffer *page;  /* the PDF, before it is printed */
	struct evbuffer *table; /* empty without one */
	json_t *files;          /* [{name, type, size, sha256}] */
	const char *reference;
};

/* whole is what synpunkt_disclosure.mail_output() made; it is changed. The page, the
 * table, and of files those that are in neither. */
int disclosure_bundle_make(
	struct disclosure_bundle *bundle, json_t *whole, struct error *err);

/* The PDF and the table, first among the files. */
int disclosure_bundle_store(struct disclosure_bundle *bundle, const void *pdf,
	size_t size, struct error *err);

/* Of the files, in bytes. */
size_t disclosure_bundle_size(const struct disclosure_bundle *bundle);

#endif
