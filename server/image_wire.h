/*
 * image_wire - what goes between image_client and image_worker, and from the
 * confined process to the worker. Both ends are the same program, forked, so these
 * are plain structs; they are still checked.
 */
#ifndef SYNPUNKT_SERVER_IMAGE_WIRE_H
#define SYNPUNKT_SERVER_IMAGE_WIRE_H

#include <stdint.h>

enum image_outcome {
	IMAGE_OK,
	IMAGE_UNDECODABLE, /* broken, cut short, or not what it says it is */
	IMAGE_TOO_LARGE,   /* more pixels than are taken */
	IMAGE_CRASHED,     /* the decoder died, or did what it may not */
	IMAGE_TIMED_OUT,
	IMAGE_FAILED,     /* ours: no disk, no process, no library */
	IMAGE_UNANSWERED, /* ours: the image worker did not answer */
	IMAGE_OUTCOMES,
};

/* "cannot-be-decoded": what is kept with a refused picture; NULL for IMAGE_OK. */
const char *image_outcome_reason(enum image_outcome outcome);

enum image_wire_kind {
	IMAGE_WIRE_HELLO = 1, /* from a worker that starts: what was taken is lost.
			       * From a client that starts: it will say bye */
	IMAGE_WIRE_BYE,       /* client to worker: nothing more will come */
	IMAGE_WIRE_TAKEN,     /* worker to client: a request has left the socket */
	IMAGE_WIRE_REQUEST,   /* with one descriptor: the picture */
	IMAGE_WIRE_ANSWER,    /* with two if it went well: picture, thumbnail */
};

/* id is chosen by the client, from a random start so that a client that was started
 * again does not take an answer to the one before it. */
struct image_wire {
	uint32_t kind;
	uint32_t outcome; /* answer: enum image_outcome */
	uint64_t id;
	uint32_t type; /* enum file_type: of the picture sent, of the one made */
	uint32_t width, height;
	uint32_t spare;
};

#endif
