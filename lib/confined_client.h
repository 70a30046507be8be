/*
 * confined_client - the asking end of a socket to a confined_worker.
 *
 * Belongs to one event_base and its thread. Few requests are on the socket at a
 * time, so that one asker cannot fill the worker's day; the others wait here.
 */
#ifndef SYNPUNKT_LIB_CONFINED_CLIENT_H
#define SYNPUNKT_LIB_CONFINED_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/confined_wire.h"

struct error;
struct event_base;
struct confined_call;
struct confined_client;

struct confined_client_config {
	int socket;         /* the client's end; stays the caller's */
	unsigned on_socket; /* requests sent and not answered; 0: 4 */
	size_t max_waiting; /* calls in all; 0: 256 */
	unsigned limit_ms;  /* from sending to the answer; 0: 60,000 */
};

/* Valid during the callback. The descriptors are the callee's to close when outcome
 * is CONFINED_OK, else -1; both are at offset 0. */
struct confined_result {
	enum confined_outcome outcome;
	uint32_t facts[CONFINED_FACTS];
	int fds[2];
};

/* Exactly once unless cancelled, never inside confined_client_run(). A call whose
 * worker died is sent once more; after that it is CONFINED_UNANSWERED. */
typedef void confined_done_fn(const struct confined_result *result, void *arg);

struct confined_client *confined_client_new(
	struct event_base *base, const struct confined_client_config *config);
/* Calls under way end silently. NULL is fine. */
void confined_client_free(struct confined_client *client);

/* A file to send. The descriptor is read from its start, whatever its offset; it
 * must stay open and unchanged until done or cancel, and stays the caller's. */
struct confined_order {
	int fd;
	uint32_t facts[CONFINED_FACTS];
};

/* NULL and ERR_UNAVAILABLE when too many wait. */
struct confined_call *confined_client_run(struct confined_client *client,
	const struct confined_order *order, confined_done_fn *done, void *arg,
	struct error *err);
/* Forget a call: done will not run. NULL is fine. */
void confined_client_cancel(struct confined_call *call);

/* Calls that wait or are under way, for /metrics. */
size_t confined_client_pending(const struct confined_client *client);

#endif
