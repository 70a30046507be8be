#include "server/mail_reader_client.h"

#include <sys/queue.h>

#include "lib/base.h"
#include "lib/confined_client.h"

struct mail_reader_call {
	LIST_ENTRY(mail_reader_call) link;
	struct confined_call *call;
	mail_reader_done_fn *done;
	void *arg;
};

LIST_HEAD(mail_reader_calls, mail_reader_call);

struct mail_reader_client {
	struct confined_client *confined;
	struct mail_reader_calls calls;
};

bool mail_reader_may_read(enum confined_outcome outcome)
{
	return outcome == CONFINED_FAILED || outcome == CONFINED_UNANSWERED;
}

struct mail_reader_client *mail_reader_client_new(struct event_base *base, int socket)
{
	struct mail_reader_client *client = mem_new(sizeof(*client));

	LIST_INIT(&client->calls);
	client->confined = confined_client_new(
		base, &(struct confined_client_config){ .socket = socket });
	return client;
}

static void mail_reader_call_free(struct mail_reader_call *call)
{
	LIST_REMOVE(call, link);
	mem_free(call);
}

void mail_reader_client_free(struct mail_reader_client *client)
{
	if (!client)
		return;
	confined_client_free(client->confined);
	while (!LIST_EMPTY(&client->calls))
		mail_reader_call_free(LIST_FIRST(&client->calls));
	mem_free(client);
}

static void mail_reader_call_on_done(const struct confined_result *result, void *arg)
{
	struct mail_reader_call *call = arg;
	mail_reader_done_fn *done = call->done;
	void *done_arg = call->arg;
	struct mail_reader_result read = { .outcome = result->outcome,
		.json_fd = result->fds[0],
		.bytes_fd = result->fds[1] };

	mail_reader_call_free(call);
	done(&read, done_arg);
}

struct mail_reader_call *mail_reader_client_run(struct mail_reader_client *client,
	int fd, mail_reader_done_fn *done, void *arg, struct error *err)
{
	struct confined_order order = { .fd = fd };
	struct mail_reader_call *call = mem_new(sizeof(*call));

	call->done = done;
	call->arg = arg;
	LIST_INSERT_HEAD(&client->calls, call, link);
	call->call = confined_client_run(
		client->confined, &order, mail_reader_call_on_done, call, err);
	if (!call->call) {
		mail_reader_call_free(call);
		return NULL;
	}
	return call;
}

void mail_reader_client_cancel(struct mail_reader_call *call)
{
	if (!call)
		return;
	confined_client_cancel(call->call);
	mail_reader_call_free(call);
}
