#include "lib/confined_client.h"

#include <stdbool.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/fdpass.h"
#include "lib/secret.h"

#define CONFINED_CLIENT_ON_SOCKET 4
#define CONFINED_CLIENT_WAITING 256
#define CONFINED_CLIENT_LIMIT_MS 60000
#define CONFINED_CLIENT_ATTEMPTS 2

struct confined_call {
	TAILQ_ENTRY(confined_call) link; /* in waiting or in sent */
	struct confined_client *client;
	bool is_sent;
	bool is_taken; /* has left the socket, into a worker */
	unsigned attempts;
	uint64_t id;
	struct confined_order order;
	struct event *timer; /* from sending on */
	confined_done_fn *done;
	void *arg;
};

TAILQ_HEAD(confined_calls, confined_call);

struct confined_client {
	struct confined_client_config config;
	struct event_base *base;
	struct event *readable, *writable;
	struct confined_calls waiting, sent;
	unsigned n_sent;
	size_t n_calls;
	uint64_t next_id;
};

/* ---- the life of a call ---- */

static void confined_call_unlink(struct confined_call *call)
{
	struct confined_client *client = call->client;

	if (call->is_sent) {
		TAILQ_REMOVE(&client->sent, call, link);
		client->n_sent--;
	} else {
		TAILQ_REMOVE(&client->waiting, call, link);
	}
	evtimer_del(call->timer);
}

static void confined_call_free(struct confined_call *call)
{
	confined_call_unlink(call);
	call->client->n_calls--;
	event_free(call->timer);
	mem_free(call);
}

static void confined_client_send(struct confined_client *client);

static void confined_call_finish(
	struct confined_call *call, const struct confined_result *result)
{
	struct confined_client *client = call->client;
	confined_done_fn *done = call->done;
	void *arg = call->arg;

	confined_call_free(call);
	/* before the callback, which may make and cancel calls */
	confined_client_send(client);
	done(result, arg);
}

static void confined_call_fail(
	struct confined_call *call, enum confined_outcome outcome)
{
	struct confined_result result = { .outcome = outcome, .fds = { -1, -1 } };

	confined_call_finish(call, &result);
}

static void confined_call_on_timer(evutil_socket_t fd, short what, void *arg)
{
	confined_call_fail(arg, CONFINED_UNANSWERED);
}

/* ---- sending ---- */

/* As fdpass_send(). */
static int confined_call_send(struct confined_call *call)
{
	struct confined_wire wire = { .kind = CONFINED_WIRE_REQUEST, .id = call->id };
	struct fdpass_message message = { .bytes = &wire,
		.size = sizeof(wire),
		.fds = { call->order.fd },
		.n_fds = 1 };

	memcpy(wire.facts, call->order.facts, sizeof(wire.facts));
	return fdpass_send(call->client->config.socket, &message, NULL);
}

/* As many as may be on the socket, the oldest first. One that cannot be sent at all
 * is given up from the loop, not from here. */
static void confined_client_send(struct confined_client *client)
{
	const struct timeval now = { 0, 0 };
	struct timeval limit = { client->config.limit_ms / 1000,
		client->config.limit_ms % 1000 * 1000 };
	struct confined_call *call;
	int outcome;

	while (client->n_sent < client->config.on_socket) {
		call = TAILQ_FIRST(&client->waiting);
		if (!call)
			return;
		outcome = confined_call_send(call);
		if (outcome == 0) {
			event_add(client->writable, NULL);
			return;
		}
		TAILQ_REMOVE(&client->waiting, call, link);
		TAILQ_INSERT_TAIL(&client->sent, call, link);
		call->is_sent = true;
		call->is_taken = false;
		call->attempts++;
		client->n_sent++;
		evtimer_add(call->timer, outcome < 0 ? &now : &limit);
	}
}

static void confined_client_on_writable(evutil_socket_t fd, short what, void *arg)
{
	confined_client_send(arg);
}

/* ---- what comes ---- */

static struct confined_call *confined_client_find(
	struct confined_client *client, uint64_t id)
{
	struct confined_call *call;

	TAILQ_FOREACH(call, &client->sent, link)
	if (call->id == id)
		break;
	return call;
}

/* A new worker: what the old one had taken is lost, what is still in the socket is
 * not. */
static void confined_client_on_hello(struct confined_client *client)
{
	const struct timeval now = { 0, 0 };
	struct confined_call *call, *before;

	call = TAILQ_LAST(&client->sent, confined_calls);
	while (call) {
		before = TAILQ_PREV(call, confined_calls, link);
		if (call->is_taken && call->attempts >= CONFINED_CLIENT_ATTEMPTS) {
			evtimer_add(call->timer, &now);
		} else if (call->is_taken) {
			confined_call_unlink(call);
			call->is_sent = false;
			TAILQ_INSERT_HEAD(&client->waiting, call, link);
		}
		call = before;
	}
	confined_client_send(client);
}

static void confined_client_on_taken(struct confined_client *client, uint64_t id)
{
	struct confined_call *call = confined_client_find(client, id);

	if (call)
		call->is_taken = true;
}

/* Takes the descriptors. */
static void confined_client_on_answer(struct confined_client *client,
	const struct confined_wire *wire, const struct fdpass_message *message)
{
	struct confined_call *call = confined_client_find(client, wire->id);
	bool whole = wire->outcome == CONFINED_OK && message->n_fds == 2;
	struct confined_result result = { .outcome = CONFINED_OK,
		.fds = { message->fds[0], message->fds[1] } };
	size_t i;

	memcpy(result.facts, wire->facts, sizeof(result.facts));
	if (call && whole) {
		confined_call_finish(call, &result);
		return;
	}
	for (i = 0; i < message->n_fds; i++)
		close(message->fds[i]);
	if (call)
		confined_call_fail(call,
			wire->outcome > CONFINED_OK && wire->outcome < CONFINED_OUTCOMES
				? (enum confined_outcome)wire->outcome
				: CONFINED_FAILED);
}

/* One message a turn of the loop: the callback may free what a second would need,
 * and libevent calls again while there are more. */
static void confined_client_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct confined_client *client = arg;
	struct confined_wire wire = { 0 };
	struct fdpass_message message = { .bytes = &wire, .size = sizeof(wire) };
	int got = fdpass_receive(fd, &message, NULL);

	if (got < 0) {
		/* the timers end what is under way */
		event_del(client->readable);
		return;
	}
	if (got == 0)
		return;
	if (message.size == sizeof(wire) && wire.kind == CONFINED_WIRE_ANSWER) {
		confined_client_on_answer(client, &wire, &message);
		return;
	}
	while (message.n_fds > 0)
		close(message.fds[--message.n_fds]);
	if (message.size == sizeof(wire) && wire.kind == CONFINED_WIRE_HELLO)
		confined_client_on_hello(client);
	else if (message.size == sizeof(wire) && wire.kind == CONFINED_WIRE_TAKEN)
		confined_client_on_taken(client, wire.id);
}

/* ---- for the caller ---- */

static void confined_client_say(
	struct confined_client *client, enum confined_wire_kind kind)
{
	struct confined_wire wire = { .kind = kind };
	struct fdpass_message message = { .bytes = &wire, .size = sizeof(wire) };

	fdpass_send(client->config.socket, &message, NULL);
}

struct confined_client *confined_client_new(
	struct event_base *base, const struct confined_client_config *config)
{
	struct confined_client *client = mem_new(sizeof(*client));
	struct confined_client_config *own = &client->config;

	*own = *config;
	own->on_socket = own->on_socket ? own->on_socket : CONFINED_CLIENT_ON_SOCKET;
	own->max_waiting =
		own->max_waiting ? own->max_waiting : CONFINED_CLIENT_WAITING;
	own->limit_ms = own->limit_ms ? own->limit_ms : CONFINED_CLIENT_LIMIT_MS;
	client->base = base;
	TAILQ_INIT(&client->waiting);
	TAILQ_INIT(&client->sent);
	secret_random(&client->next_id, sizeof(client->next_id));
	client->readable = event_new(base, own->socket, EV_READ | EV_PERSIST,
		confined_client_on_readable, client);
	client->writable = event_new(
		base, own->socket, EV_WRITE, confined_client_on_writable, client);
	event_add(client->readable, NULL);
	confined_client_say(client, CONFINED_WIRE_HELLO);
	return client;
}

void confined_client_free(struct confined_client *client)
{
	if (!client)
		return;
	while (!TAILQ_EMPTY(&client->waiting))
		confined_call_free(TAILQ_FIRST(&client->waiting));
	while (!TAILQ_EMPTY(&client->sent))
		confined_call_free(TAILQ_FIRST(&client->sent));
	confined_client_say(client, CONFINED_WIRE_BYE);
	event_free(client->readable);
	event_free(client->writable);
	mem_free(client);
}

struct confined_call *confined_client_run(struct confined_client *client,
	const struct confined_order *order, confined_done_fn *done, void *arg,
	struct error *err)
{
	struct confined_call *call;

	if (client->n_calls >= client->config.max_waiting) {
		error_set(err, ERR_UNAVAILABLE, "too much waits for its turn");
		return NULL;
	}
	call = mem_new(sizeof(*call));
	call->client = client;
	call->order = *order;
	call->id = client->next_id++;
	call->done = done;
	call->arg = arg;
	call->timer = evtimer_new(client->base, confined_call_on_timer, call);
	TAILQ_INSERT_TAIL(&client->waiting, call, link);
	client->n_calls++;
	confined_client_send(client);
	return call;
}

void confined_client_cancel(struct confined_call *call)
{
	struct confined_client *client;

	if (!call)
		return;
	client = call->client;
	confined_call_free(call);
	confined_client_send(client);
}

size_t confined_client_pending(const struct confined_client *client)
{
	return client->n_calls;
}
