/*
 * confined_wire - what goes between confined_client and confined_worker, and from the
 * confined process to the worker. Both ends are the same program, forked, so these
 * are plain structs; they are still checked.
 */
#ifndef SYNPUNKT_LIB_CONFINED_WIRE_H
#define SYNPUNKT_LIB_CONFINED_WIRE_H

#include <stdint.h>

enum confined_outcome {
	CONFINED_OK,
	CONFINED_UNREADABLE, /* broken, cut short, or not what it says it is */
	CONFINED_TOO_LARGE,  /* more than is taken */
	CONFINED_CRASHED,    /* the process died, or did what it may not */
	CONFINED_TIMED_OUT,
	CONFINED_FAILED,     /* ours: no disk, no process, no library */
	CONFINED_UNANSWERED, /* ours: the worker did not answer, or died of it twice */
	CONFINED_OUTCOMES,
};

enum confined_wire_kind {
	CONFINED_WIRE_HELLO = 1, /* from a worker that starts: what was taken is lost.
				  * From a client that starts: it will say bye */
	CONFINED_WIRE_BYE,       /* client to worker: nothing more will come */
	CONFINED_WIRE_TAKEN,     /* worker to client: a request has left the socket */
	CONFINED_WIRE_REQUEST,   /* with one descriptor: the file */
	CONFINED_WIRE_ANSWER,    /* with two if it went well */
};

#define CONFINED_FACTS 4

/* id is chosen by the client, from a random start so that a client that was started
 * again does not take an answer to the one before it. */
struct confined_wire {
	uint32_t kind;
	uint32_t outcome; /* answer: enum confined_outcome */
	uint64_t id;
	uint32_t facts[CONFINED_FACTS]; /* what the feature tells beside the files */
};

#endif
