#include "server/image_client.h"

#include <sys/queue.h>
#include <unistd.h>

#include "lib/base.h"
#include "server/image_wire.h"

struct image_call {
	LIST_ENTRY(image_call) link;
	struct confined_call *call;
	image_done_fn *done;
	void *arg;
};

LIST_HEAD(image_calls, image_call);

struct image_client {
	struct confined_client *confined;
	struct image_calls calls;
};

struct image_client *image_client_new(
	struct event_base *base, const struct confined_client_config *config)
{
	struct image_client *client = mem_new(sizeof(*client));

	LIST_INIT(&client->calls);
	client->confined = confined_client_new(base, config);
	return client;
}

static void image_call_free(struct image_call *call)
{
	LIST_REMOVE(call, link);
	mem_free(call);
}

void image_client_free(struct image_client *client)
{
	if (!client)
		return;
	confined_client_free(client->confined);
	while (!LIST_EMPTY(&client->calls))
		image_call_free(LIST_FIRST(&client->calls));
	mem_free(client);
}

/* A type that is no picture's is no answer. */
static void image_call_on_done(const struct confined_result *result, void *arg)
{
	struct image_call *call = arg;
	image_done_fn *done = call->done;
	void *done_arg = call->arg;
	struct image_result made = { .outcome = (enum image_outcome)result->outcome,
		.type = (enum file_type)result->facts[IMAGE_FACT_TYPE],
		.width = result->facts[IMAGE_FACT_WIDTH],
		.height = result->facts[IMAGE_FACT_HEIGHT],
		.picture_fd = result->fds[0],
		.thumbnail_fd = result->fds[1] };

	if (made.outcome == IMAGE_OK && !file_type_is_picture(made.type)) {
		close(made.picture_fd);
		close(made.thumbnail_fd);
		made = (struct image_result){
			.outcome = IMAGE_FAILED, .picture_fd = -1, .thumbnail_fd = -1
		};
	}
	image_call_free(call);
	done(&made, done_arg);
}

struct image_call *image_client_run(struct image_client *client,
	const struct image_order *order, image_done_fn *done, void *arg,
	struct error *err)
{
	struct confined_order file = { .fd = order->fd,
		.facts = { [IMAGE_FACT_TYPE] = order->type,
			[IMAGE_FACT_AREAS] = order->areas } };
	struct image_call *call = mem_new(sizeof(*call));

	call->done = done;
	call->arg = arg;
	LIST_INSERT_HEAD(&client->calls, call, link);
	call->call = confined_client_run(
		client->confined, &file, image_call_on_done, call, err);
	if (!call->call) {
		image_call_free(call);
		return NULL;
	}
	return call;
}

void image_client_cancel(struct image_call *call)
{
	if (!call)
		return;
	confined_client_cancel(call->call);
	image_call_free(call);
}

size_t image_client_pending(const struct image_client *client)
{
	return confined_client_pending(client->confined);
}
