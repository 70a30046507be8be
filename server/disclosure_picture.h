/*
 * disclosure_picture - the pictures of a bundle, into it: the stored one, or the copy
 * with areas covered, never the one for the other. The database says which
 * (synpunkt_disclosure.output()).
 *
 * Reads from the disk: for a thread.
 */
#ifndef SYNPUNKT_SERVER_DISCLOSURE_PICTURE_H
#define SYNPUNKT_SERVER_DISCLOSURE_PICTURE_H

#include <jansson.h>

struct blob_store;

/* Each document's picture {sha256, type} becomes a data address as text. What is of
 * another type, cannot be read or would make the bundle too large is taken away, and
 * handed out as a file of its own. */
void disclosure_pictures_read(struct blob_store *blobs, json_t *whole);

#endif
