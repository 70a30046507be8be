/* attachment_private - what attachment.c, attachment_store.c and attachment_reply.c
 * share; nobody else includes it. */
#ifndef SYNPUNKT_SERVER_ATTACHMENT_PRIVATE_H
#define SYNPUNKT_SERVER_ATTACHMENT_PRIVATE_H

#include "lib/error.h"
#include "lib/file_type.h"
#include "lib/sha256.h"
#include "server/attachment.h"

struct arena;
struct image_call;

struct attachment_service {
	struct attachment_config config;
	char *spool_dir;
	struct file_types *types;
};

/* What an attachment in the list is made of, beside what the outside sees. */
struct attachment_held {
	int fd; /* as sent, without a name */
	enum file_type type;
	int picture_fd, thumbnail_fd; /* made anew; -1 */
	char given[SHA256_HEX_SIZE], stored[SHA256_HEX_SIZE],
		thumbnail[SHA256_HEX_SIZE];
};

struct attachment_set {
	struct attachment_service *service;
	struct arena *arena;
	struct attachment list[ATTACHMENT_FILES_MAX];
	struct attachment_held held[ATTACHMENT_FILES_MAX];
	size_t n;
	struct attachment_fault faults[ATTACHMENT_FILES_MAX];
	size_t n_faults;
	uint64_t total; /* bytes of all */

	/* The part being taken in. */
	const char *name; /* NULL: a field that names no file */
	struct sha256 *hash;
	int fd; /* -1 until the first byte */
	uint64_t size;
	bool dropped;

	/* Storing. */
	attachment_stored_fn *done;
	void *arg;
	size_t at; /* pictures before it are done */
	struct image_call *call;
	bool busy; /* with the work pool or the loop: it has the set */
	bool abandoned;
	struct error err;
};

/* Gives back everything; nobody else has the set. */
void attachment_set_end_all(struct attachment_set *set);

#endif
