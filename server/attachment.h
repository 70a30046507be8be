/*
 * attachment - files that come with a submission: taken in, judged, stored, sent.
 *
 *   attachment_set_new       on the loop, one for each submission
 *   attachment_set_begin     in a work thread, from the form-data callbacks of the
 *   attachment_set_data      parts named "attachment": to a file without a name,
 *   attachment_set_end       hashed on the way; the type is found by content
 *   attachment_set_check     did any of them break a rule?
 *   attachment_set_store     on the loop: pictures through the image worker, then
 *                            everything into the blob store, off the loop
 *   attachment_set_scan      is there a virus in one (attachment_scan.h)?
 *   attachment_set_free      at any time on the loop, also while storing
 *   attachment_mask          a copy of a stored picture with areas covered
 *
 * A set is used by one thread at a time: whoever reads the form in a work thread
 * has the set until that work's done(). After attachment_set_free() nothing more is
 * called; what is under way is dropped when it comes back.
 *
 * A picture that cannot be decoded is "refused" and the case goes on. What was
 * stored for a case that then was not is left in the blob store under its hash and
 * does no harm: the same file sent again finds its place taken.
 */
#ifndef SYNPUNKT_SERVER_ATTACHMENT_H
#define SYNPUNKT_SERVER_ATTACHMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base.h"

struct attachment_masking;
struct attachment_service;
struct attachment_set;
struct blob_store;
struct clamav;
struct error;
struct event_base;
struct faults;
struct http_request;
struct image_area;
struct image_client;
struct metrics;
struct work_pool;

#define ATTACHMENT_FILES_MAX 10
#define ATTACHMENT_SIZE_MAX (20 * MIB)
#define ATTACHMENT_TOTAL_MAX (50 * MIB)
#define ATTACHMENT_NAME_MAX 100 /* code points */

/* The request's ceiling (http_route.max_body): all files, the other fields, and the
 * lines between them. */
#define ATTACHMENT_BODY_MAX (ATTACHMENT_TOTAL_MAX + 1 * MIB)

/* One file. Texts live as long as the set. Before attachment_set_store() is done,
 * state is NULL, and type and size are as sent. */
struct attachment {
	const char *name;          /* for display: no path, no control characters */
	const char *type;          /* media type by content: of what is stored, or of
				    * what was refused */
	uint64_t size;             /* bytes, of the same */
	const char *state;         /* "stored", "checking" (job_check.h), "refused" */
	const char *given_sha256;  /* of what was sent, hexadecimal */
	const char *stored_sha256; /* its place in the blob store; NULL: refused */
	const char *thumbnail_sha256; /* NULL: not a picture, or refused */
	const char *refused_because;  /* code, "cannot-be-decoded", "withheld"; NULL:
					 stored */
	unsigned width, height;       /* of a stored picture */
};

/* ---- the service: one for each HTTP worker ---- */

struct attachment_config {
	struct event_base *base;
	struct work_pool *work;
	struct blob_store *blobs;
	struct image_client *images;
	const char *spool_dir; /* for files under way; copied */
	struct clamav *clamav; /* what is stored waits for its check; NULL: for none */
	struct metrics *metrics; /* of attachment_scan.h; may be NULL */
};

struct attachment_service *attachment_service_new(
	const struct attachment_config *config);
/* The state that a file has once its bytes are in the blob store. */
const char *attachment_service_state(const struct attachment_service *service);
/* After the work pool: no work of it may be left. NULL is fine. */
void attachment_service_free(struct attachment_service *service);

/* ---- taking in ---- */

struct attachment_set *attachment_set_new(struct attachment_service *service);
void attachment_set_free(struct attachment_set *set); /* NULL is fine */

/*
 * One part: begin, any number of data, end. filename is the part's; NULL is fine.
 * A part without a name and without a byte is a file field left empty and is
 * forgotten.
 *
 * A file that breaks a rule (count, size, type) is not an error here: it is dropped
 * and noted, so that the rest of the form can still be read and shown again. -1 is
 * ERR_UNAVAILABLE (disk full) or ERR_INTERNAL; the set is then only to be freed.
 */
int attachment_set_begin(
	struct attachment_set *set, const char *filename, struct error *err);
int attachment_set_data(
	struct attachment_set *set, const char *bytes, size_t n, struct error *err);
int attachment_set_end(struct attachment_set *set, struct error *err);

/* The file that attachment_set_end() has just taken, if it has, is refused: not stored.
 */
void attachment_set_refuse(struct attachment_set *set);

/* -1 with ERR_TOO_LARGE (413) or ERR_UNSUPPORTED (415) if a file broke a rule; the
 * text names the first, the field is "attachment". */
int attachment_set_check(const struct attachment_set *set, struct error *err);

/* All broken rules, for a page. reason is a message key: "fault.attachment-type",
 * "fault.attachment-empty", "fault.attachment-size", "fault.attachment-total",
 * "fault.attachment-count". */
struct attachment_fault {
	const char *name; /* of the file, for display */
	const char *reason;
};
const struct attachment_fault *attachment_set_faults(
	const struct attachment_set *set, size_t *ret_n);

/* The files taken, in the order sent: one array, for struct submission. */
const struct attachment *attachment_set_all(
	const struct attachment_set *set, size_t *ret_n);

/* ---- storing ---- */

/* err NULL: every attachment has its final state. Otherwise nothing of the set may
 * be used for a case: ERR_UNAVAILABLE (too much waiting, disk full), ERR_INTERNAL. */
typedef void attachment_stored_fn(const struct error *err, void *arg);

/* done runs once, never inside this call, unless the set is freed first; it may
 * free the set. Once for each set. Stores the files that were taken, also when
 * others of the same form broke a rule. */
void attachment_set_store(
	struct attachment_set *set, attachment_stored_fn *done, void *arg);

/* ---- masking ---- */

struct attachment_mask {
	const char *sha256; /* a picture's in the blob store */
	const struct image_area *areas;
	size_t n_areas; /* IMAGE_AREAS_MAX at most */
};

/* Texts are valid during the callback. */
struct attachment_masked {
	const char *type;
	uint64_t size; /* bytes */
	const char *sha256, *thumbnail_sha256;
};

/* err NULL: the copy is in the blob store. ERR_INVALID, the field "areas": one of them
 * is not within the picture. Else ERR_NOT_FOUND, ERR_UNAVAILABLE, ERR_INTERNAL. */
typedef void attachment_masked_fn(
	const struct attachment_masked *masked, const struct error *err, void *arg);

/* Everything is copied. done runs once, never inside this call, unless it is cancelled.
 * NULL and ERR_UNAVAILABLE when too much waits. */
struct attachment_masking *attachment_mask(struct attachment_service *service,
	const struct attachment_mask *mask, attachment_masked_fn *done, void *arg,
	struct error *err);
void attachment_mask_cancel(struct attachment_masking *masking); /* NULL is fine */

/* ---- sending ---- */

struct attachment_file {
	const char *sha256; /* in the blob store: the file's or its thumbnail's */
	const char *type;
	const char *name;
};

/*
 * Answers the request with a stored file; texts are copied. Pictures are shown,
 * everything else is saved (Content-Disposition), nothing in it may run or load
 * (Content-Security-Policy: sandbox). The file is opened in a work thread; its bytes
 * go from the disk to the socket without passing through memory of ours. Sets
 * http_on_close(). 404 if the store has no such file.
 */
void attachment_reply(struct http_request *req, struct attachment_service *service,
	const struct attachment_file *file);

#endif
