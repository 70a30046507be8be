#include "lib/curl_loop.h"

#include <event2/event.h>

#include "lib/base.h"
#include "lib/error.h"

struct curl_loop {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;
	curl_loop_done_fn *done;
};

static void loop_collect(struct curl_loop *loop)
{
	CURLMsg *message;
	int left;

	for (;;) {
		message = curl_multi_info_read(loop->multi, &left);
		if (!message)
			return;
		if (message->msg == CURLMSG_DONE)
			loop->done(message->easy_handle, message->data.result);
	}
}

static void on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
	struct curl_loop *loop = arg;
	int flags = 0, running;

	if (what & EV_READ)
		flags |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(loop->multi, fd, flags, &running);
	loop_collect(loop);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct curl_loop *loop = arg;
	int running;

	curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	loop_collect(loop);
}

/* per_socket is the event that waits for this socket, NULL at first. */
static int on_socket_wanted(
	CURL *easy, curl_socket_t fd, int what, void *arg, void *per_socket)
{
	struct curl_loop *loop = arg;
	struct event *event = per_socket;
	short flags = EV_PERSIST;

	if (event)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		flags |= what & CURL_POLL_IN ? EV_READ : 0;
		flags |= what & CURL_POLL_OUT ? EV_WRITE : 0;
		event = event_new(loop->base, fd, flags, on_socket_ready, loop);
		event_add(event, NULL);
	}
	curl_multi_assign(loop->multi, fd, event);
	return 0;
}

static int on_timer_wanted(CURLM *multi, long ms, void *arg)
{
	struct curl_loop *loop = arg;
	struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	if (ms < 0)
		event_del(loop->timer);
	else
		event_add(loop->timer, &wait);
	return 0;
}

int curl_loop_check(struct error *err)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	if (!(curl->features & CURL_VERSION_ASYNCHDNS))
		return error_set(
			err, ERR_INVALID, "this libcurl looks up names on the spot");
	return 0;
}

struct curl_loop *curl_loop_new(
	struct event_base *base, long connections, curl_loop_done_fn *done)
{
	struct curl_loop *loop;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	loop = mem_new(sizeof(*loop));
	loop->base = base;
	loop->done = done;
	loop->timer = evtimer_new(base, on_timer, loop);
	loop->multi = curl_multi_init();
	curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
	curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
	curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
	curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
	curl_multi_setopt(loop->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
	return loop;
}

void curl_loop_free(struct curl_loop *loop)
{
	if (!loop)
		return;
	curl_multi_cleanup(loop->multi);
	event_free(loop->timer);
	mem_free(loop);
	curl_global_cleanup();
}

void curl_loop_add(struct curl_loop *loop, CURL *easy)
{
	curl_multi_add_handle(loop->multi, easy);
}

void curl_loop_remove(struct curl_loop *loop, CURL *easy)
{
	curl_multi_remove_handle(loop->multi, easy);
}
