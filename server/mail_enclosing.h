/*
 * mail_enclosing - the files of one letter, read from the blob store and made parts of
 * it off the loop.
 *
 * Mail boxes refuse what is large, and who cannot be reached by a letter with files is
 * not reached at all: beyond MAIL_ENCLOSED_MAX together none goes along, and the letter
 * says that they are on the page.
 */
#ifndef SYNPUNKT_SERVER_MAIL_ENCLOSING_H
#define SYNPUNKT_SERVER_MAIL_ENCLOSING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base.h"

struct blob_store;
struct error;
struct evbuffer;
struct mail_enclosing;
struct work_pool;

/* As stored; base64 makes a third more of it, under the 10 MiB that even small mail
 * boxes take. */
#define MAIL_ENCLOSED_MAX (7 * MIB)

struct mail_enclosing_config {
	struct work_pool *work;
	struct blob_store *blobs;
	/* Once, on the loop, never inside mail_enclosing_new(), unless it is freed
	 * first. err: not now. */
	void (*done)(const struct error *err, void *arg);
	void *arg;
};

/* list is JSON, [{name, type, size, sha256}], as the database has it; boundary is that
 * of the letter; both copied. NULL: ERR_INVALID, ERR_UNAVAILABLE when too much waits.
 */
struct mail_enclosing *mail_enclosing_new(const struct mail_enclosing_config *config,
	const char *list, const char *boundary, struct error *err);
void mail_enclosing_free(struct mail_enclosing *enclosing); /* NULL is fine */

/* After done: the names, one a line, and the parts, each after its boundary; empty when
 * they are too large. Both the enclosing's. */
const char *mail_enclosing_names(const struct mail_enclosing *enclosing);
bool mail_enclosing_are_apart(const struct mail_enclosing *enclosing);
struct evbuffer *mail_enclosing_parts(struct mail_enclosing *enclosing);

#endif
