/* attachment_private - for the files of attachment only. */
#ifndef SYNPUNKT_SERVER_ATTACHMENT_PRIVATE_H
#define SYNPUNKT_SERVER_ATTACHMENT_PRIVATE_H

#include <stdbool.h>

#include "lib/arena.h"
#include "lib/clamav.h"
#include "lib/error.h"
#include "lib/file_type.h"
#include "lib/sha256.h"
#include "server/attachment.h"
#include "server/attachment_scan.h"
#include "server/image_client.h"

#define ATTACHMENT_FAULTS_MAX 20 /* more are not told */

struct event;

struct attachment_service {
	struct attachment_config config;
	char *spool_dir;
	struct file_types *types;
};

/* What struct attachment does not show: one for each, at the same place. */
struct attachment_entry {
	struct attachment_set *set;
	int fd;           /* as sent, without a name */
	bool is_withheld; /* it is not to be stored */
	enum file_type type;
	struct image_call *call; /* under way in the image worker, or NULL */
	int made_fd, thumbnail_fd;
	enum file_type made_type; /* what the image worker says it made */
	enum image_outcome outcome;
	unsigned width, height;
	struct clamav_call *scan; /* under way, or NULL */
	enum clamav_verdict verdict;
	/* set in the work thread that stores */
	uint64_t stored_size;
	char stored_sha256[SHA256_HEX_SIZE], thumbnail_sha256[SHA256_HEX_SIZE];
};

struct attachment_set {
	struct attachment_service *service;
	struct arena *arena;
	struct attachment files[ATTACHMENT_FILES_MAX];
	struct attachment_entry entries[ATTACHMENT_FILES_MAX];
	size_t n;
	uint64_t total; /* bytes of the files taken and of the one under way */
	struct attachment_fault faults[ATTACHMENT_FAULTS_MAX];
	size_t n_faults;

	/* The part under way, between begin and end. */
	bool is_dropped, is_added;
	const char *name;
	bool is_named;
	int fd; /* -1 until the first byte */
	uint64_t size;
	struct sha256 *hash;

	/* Storing. */
	attachment_stored_fn *done;
	void *arg;
	struct event *soon; /* for what must not happen inside attachment_set_store() */
	size_t in_images;   /* calls under way */
	attachment_scanned_fn *scanned;
	size_t in_scan;    /* calls under way */
	bool in_work;      /* a work thread has the set */
	bool is_abandoned; /* to be freed when the work thread gives it back */
	struct error err;
};

/* What came back from the image worker; its descriptors are the entry's from here on.
 */
void attachment_entry_take(
	struct attachment_entry *entry, const struct image_result *result);

/* In a work thread: what the image worker made of the entry, if it is what it says it
 * is, goes to the blob store; else the outcome is IMAGE_FAILED. */
int attachment_entry_put(struct attachment_service *service,
	struct attachment_entry *entry, struct error *err);

void attachment_set_destroy(struct attachment_set *set);
/* Ends what attachment_set_store() started, but for a work thread. */
void attachment_set_stop(struct attachment_set *set);

#endif
