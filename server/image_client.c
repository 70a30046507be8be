#include "server/image_client.h"

#include <stdbool.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/fdpass.h"
#include "lib/secret.h"

#define IMAGE_CLIENT_ON_SOCKET 4
#define IMAGE_CLIENT_WAITING 256
#define IMAGE_CLIENT_LIMIT_MS 60000
#define IMAGE_CLIENT_ATTEMPTS 2

struct image_call {
	TAILQ_ENTRY(image_call) link; /* in waiting or in sent */
	struct image_client *client;
	bool is_sent;
	bool is_taken; /* has left the socket, into a worker */
	unsigned attempts;
	uint64_t id;
	struct image_order order;
	struct event *timer; /* from sending on */
	image_done_fn *done;
	void *arg;
};

TAILQ_HEAD(image_calls, image_call);

struct image_client {
	struct image_client_config config;
	struct event_base *base;
	struct event *readable, *writable;
	struct image_calls waiting, sent;
	unsigned n_sent;
	size_t n_calls;
	uint64_t next_id;
};

/* ---- the life of a call ---- */

static void image_call_unlink(struct image_call *call)
{
	struct image_client *client = call->client;

	if (call->is_sent) {
		TAILQ_REMOVE(&client->sent, call, link);
		client->n_sent--;
	} else {
		TAILQ_REMOVE(&client->waiting, call, link);
	}
	evtimer_del(call->timer);
}

static void image_call_free(struct image_call *call)
{
	image_call_unlink(call);
	call->client->n_calls--;
	event_free(call->timer);
	mem_free(call);
}

static void image_client_send(struct image_client *client);

static void image_call_finish(
	struct image_call *call, const struct image_result *result)
{
	struct image_client *client = call->client;
	image_done_fn *done = call->done;
	void *arg = call->arg;

	image_call_free(call);
	/* before the callback, which may make and cancel calls */
	image_client_send(client);
	done(result, arg);
}

static void image_call_fail(struct image_call *call, enum image_outcome outcome)
{
	struct image_result result = {
		.outcome = outcome, .picture_fd = -1, .thumbnail_fd = -1
	};

	image_call_finish(call, &result);
}

static void image_call_on_timer(evutil_socket_t fd, short what, void *arg)
{
	image_call_fail(arg, IMAGE_UNANSWERED);
}

/* ---- sending ---- */

/* As fdpass_send(). */
static int image_call_send(struct image_call *call)
{
	struct image_wire wire = {
		.kind = IMAGE_WIRE_REQUEST, .id = call->id, .type = call->order.type
	};
	struct fdpass_message message = { .bytes = &wire,
		.size = sizeof(wire),
		.fds = { call->order.fd },
		.n_fds = 1 };

	return fdpass_send(call->client->config.socket, &message, NULL);
}

/* As many as may be on the socket, the oldest first. One that cannot be sent at all
 * is given up from the loop, not from here. */
static void image_client_send(struct image_client *client)
{
	const struct timeval now = { 0, 0 };
	struct timeval limit = { client->config.limit_ms / 1000,
		client->config.limit_ms % 1000 * 1000 };
	struct image_call *call;
	int outcome;

	while (client->n_sent < client->config.on_socket) {
		call = TAILQ_FIRST(&client->waiting);
		if (!call)
			return;
		outcome = image_call_send(call);
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

static void image_client_on_writable(evutil_socket_t fd, short what, void *arg)
{
	image_client_send(arg);
}

/* ---- what comes ---- */

static struct image_call *image_client_find(struct image_client *client, uint64_t id)
{
	struct image_call *call;

	TAILQ_FOREACH(call, &client->sent, link)
	if (call->id == id)
		break;
	return call;
}

/* A new worker: what the old one had taken is lost, what is still in the socket is
 * not. */
static void image_client_on_hello(struct image_client *client)
{
	const struct timeval now = { 0, 0 };
	struct image_call *call, *before;

	call = TAILQ_LAST(&client->sent, image_calls);
	while (call) {
		before = TAILQ_PREV(call, image_calls, link);
		if (call->is_taken && call->attempts >= IMAGE_CLIENT_ATTEMPTS) {
			evtimer_add(call->timer, &now);
		} else if (call->is_taken) {
			image_call_unlink(call);
			call->is_sent = false;
			TAILQ_INSERT_HEAD(&client->waiting, call, link);
		}
		call = before;
	}
	image_client_send(client);
}

static void image_client_on_taken(struct image_client *client, uint64_t id)
{
	struct image_call *call = image_client_find(client, id);

	if (call)
		call->is_taken = true;
}

/* Takes the descriptors. */
static void image_client_on_answer(struct image_client *client,
	const struct image_wire *wire, const struct fdpass_message *message)
{
	struct image_call *call = image_client_find(client, wire->id);
	bool whole = wire->outcome == IMAGE_OK && message->n_fds == 2 &&
		     file_type_is_picture((enum file_type)wire->type);
	struct image_result result = { .outcome = IMAGE_OK,
		.type = (enum file_type)wire->type,
		.width = wire->width,
		.height = wire->height,
		.picture_fd = message->fds[0],
		.thumbnail_fd = message->fds[1] };
	size_t i;

	if (call && whole) {
		image_call_finish(call, &result);
		return;
	}
	for (i = 0; i < message->n_fds; i++)
		close(message->fds[i]);
	if (call)
		image_call_fail(
			call, wire->outcome > IMAGE_OK && wire->outcome < IMAGE_OUTCOMES
				      ? (enum image_outcome)wire->outcome
				      : IMAGE_FAILED);
}

/* One message a turn of the loop: the callback may free what a second would need,
 * and libevent calls again while there are more. */
static void image_client_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct image_client *client = arg;
	struct image_wire wire = { 0 };
	struct fdpass_message message = { .bytes = &wire, .size = sizeof(wire) };
	int got = fdpass_receive(fd, &message, NULL);

	if (got < 0) {
		/* the timers end what is under way */
		event_del(client->readable);
		return;
	}
	if (got == 0)
		return;
	if (message.size == sizeof(wire) && wire.kind == IMAGE_WIRE_ANSWER) {
		image_client_on_answer(client, &wire, &message);
		return;
	}
	while (message.n_fds > 0)
		close(message.fds[--message.n_fds]);
	if (message.size == sizeof(wire) && wire.kind == IMAGE_WIRE_HELLO)
		image_client_on_hello(client);
	else if (message.size == sizeof(wire) && wire.kind == IMAGE_WIRE_TAKEN)
		image_client_on_taken(client, wire.id);
}

/* ---- for the caller ---- */

static void image_client_say(struct image_client *client, enum image_wire_kind kind)
{
	struct image_wire wire = { .kind = kind };
	struct fdpass_message message = { .bytes = &wire, .size = sizeof(wire) };

	fdpass_send(client->config.socket, &message, NULL);
}

struct image_client *image_client_new(
	struct event_base *base, const struct image_client_config *config)
{
	struct image_client *client = mem_new(sizeof(*client));
	struct image_client_config *own = &client->config;

	*own = *config;
	own->on_socket = own->on_socket ? own->on_socket : IMAGE_CLIENT_ON_SOCKET;
	own->max_waiting = own->max_waiting ? own->max_waiting : IMAGE_CLIENT_WAITING;
	own->limit_ms = own->limit_ms ? own->limit_ms : IMAGE_CLIENT_LIMIT_MS;
	client->base = base;
	TAILQ_INIT(&client->waiting);
	TAILQ_INIT(&client->sent);
	secret_random(&client->next_id, sizeof(client->next_id));
	client->readable = event_new(base, own->socket, EV_READ | EV_PERSIST,
		image_client_on_readable, client);
	client->writable = event_new(
		base, own->socket, EV_WRITE, image_client_on_writable, client);
	event_add(client->readable, NULL);
	image_client_say(client, IMAGE_WIRE_HELLO);
	return client;
}

void image_client_free(struct image_client *client)
{
	if (!client)
		return;
	while (!TAILQ_EMPTY(&client->waiting))
		image_call_free(TAILQ_FIRST(&client->waiting));
	while (!TAILQ_EMPTY(&client->sent))
		image_call_free(TAILQ_FIRST(&client->sent));
	image_client_say(client, IMAGE_WIRE_BYE);
	event_free(client->readable);
	event_free(client->writable);
	mem_free(client);
}

struct image_call *image_client_run(struct image_client *client,
	const struct image_order *order, image_done_fn *done, void *arg,
	struct error *err)
{
	struct image_call *call;

	if (client->n_calls >= client->config.max_waiting) {
		error_set(err, ERR_UNAVAILABLE, "too many pictures wait");
		return NULL;
	}
	call = mem_new(sizeof(*call));
	call->client = client;
	call->order = *order;
	call->id = client->next_id++;
	call->done = done;
	call->arg = arg;
	call->timer = evtimer_new(client->base, image_call_on_timer, call);
	TAILQ_INSERT_TAIL(&client->waiting, call, link);
	client->n_calls++;
	image_client_send(client);
	return call;
}

void image_client_cancel(struct image_call *call)
{
	struct image_client *client;

	if (!call)
		return;
	client = call->client;
	image_call_free(call);
	image_client_send(client);
}

size_t image_client_pending(const struct image_client *client)
{
	return client->n_calls;
}
