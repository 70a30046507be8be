/*
 * image_client - an HTTP worker's end of the socket to the image worker.
 *
 * Belongs to one event_base and its thread.
 */
#ifndef SYNPUNKT_SERVER_IMAGE_CLIENT_H
#define SYNPUNKT_SERVER_IMAGE_CLIENT_H

#include <stddef.h>

#include "lib/confined_client.h"
#include "lib/file_type.h"
#include "server/image_wire.h"

struct error;
struct event_base;
struct image_call;
struct image_client;

/* Valid during the callback. The descriptors are the callee's to close when outcome
 * is IMAGE_OK, else -1; both are at offset 0. */
struct image_result {
	enum image_outcome outcome;
	enum file_type type; /* of what is in picture_fd */
	unsigned width, height;
	/* Empty where areas were asked for and one of them is not within the picture.
	 */
	int picture_fd, thumbnail_fd;
};

/* Exactly once unless cancelled, never inside image_client_run(). A call whose
 * worker died is sent once more; after that it is IMAGE_UNANSWERED. */
typedef void image_done_fn(const struct image_result *result, void *arg);

struct image_client *image_client_new(
	struct event_base *base, const struct confined_client_config *config);
/* Calls under way end silently. NULL is fine. */
void image_client_free(struct image_client *client);

/* A picture to send. The descriptor is read from its start, whatever its offset; it
 * must stay open and unchanged until done or cancel, and stays the caller's. */
struct image_order {
	int fd;
	enum file_type type; /* a picture's */
	/* IMAGE_FACT_AREAS: IMAGE_AREAS_MAX at most. With any the picture is one that
	 * was made here. */
	uint32_t areas;
};

/* NULL and ERR_UNAVAILABLE when too many wait. */
struct image_call *image_client_run(struct image_client *client,
	const struct image_order *order, image_done_fn *done, void *arg,
	struct error *err);
/* Forget a call: done will not run. NULL is fine. */
void image_client_cancel(struct image_call *call);

/* Calls that wait or are under way, for /metrics. */
size_t image_client_pending(const struct image_client *client);

#endif
