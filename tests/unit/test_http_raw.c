#include "tests/unit/test_http_raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/work.h"

#define BIG (8 * MIB)

/* ---- the routes ---- */

static void handle_plain(struct http_request *req)
{
	evbuffer_add_printf(http_out(req), "hello");
	http_reply(req, 200, "text/plain; charset=utf-8");
}

static void handle_echo(struct http_request *req)
{
	const struct http_body *body = http_body(req);
	char block[8192];
	size_t at = 0;
	ssize_t n;

	if (body->data) {
		evbuffer_add(http_out(req), body->data, body->size);
		http_reply(req, 200, "application/octet-stream");
		return;
	}
	while (at < body->size) {
		n = pread(body->fd, block, sizeof(block), (off_t)at);
		if (n <= 0)
			break;
		evbuffer_add(http_out(req), block, (size_t)n);
		at += (size_t)n;
	}
	http_reply(req, 200, "application/octet-stream");
}

static void handle_size(struct http_request *req)
{
	const struct http_body *body = http_body(req);

	evbuffer_add_printf(
		http_out(req), "%zu %s", body->size, body->data ? "memory" : "file");
	http_reply(req, 200, "text/plain");
}

static void handle_big(struct http_request *req)
{
	static char bytes[BIG];

	http_reply_static(req, bytes, sizeof(bytes), "application/octet-stream");
}

static void later_on_time(evutil_socket_t fd, short what, void *arg)
{
	struct http_request *req = arg;
	struct raw_server *s = http_app(req);

	s->answered_late++;
	evbuffer_add_printf(http_out(req), "%s", http_path_value(req, "ms"));
	http_reply(req, 200, "text/plain");
}

/* Answers after a while, and knows nothing of clients that leave. */
static void handle_later(struct http_request *req)
{
	struct raw_server *s = http_app(req);
	long ms = strtol(http_path_value(req, "ms"), NULL, 10);

	event_base_once(s->base, -1, EV_TIMEOUT, later_on_time, req,
		&(struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 });
}

static void never_gone(void *arg)
{
	struct raw_server *s = arg;

	s->gone++;
}

static void handle_never(struct http_request *req)
{
	http_on_close(req, never_gone, http_app(req));
}

static void handle_about(struct http_request *req)
{
	evbuffer_add_printf(http_out(req), "%s %llu %s %s %s",
		http_is_secure(req) ? "secure" : "open",
		(unsigned long long)http_peer_key(req),
		http_query_value(req, "q") ? http_query_value(req, "q") : "-",
		http_cookie(req, "b") ? http_cookie(req, "b") : "-", http_path(req));
	http_reply(req, 200, "text/plain");
}

static void handle_faults(struct http_request *req)
{
	struct faults faults;

	faults_init(&faults, http_arena(req));
	faults_add(&faults, "place.lat", "must be a \"number\"");
	faults_add(&faults, "text", "must not be blank");
	http_reply_faults(req, &faults);
}

/* GET /errors/{code}: the struct error of that number; "field" names one too. */
static void handle_error(struct http_request *req)
{
	struct error err = { 0 };

	error_set(&err, (enum err_code)strtol(http_path_value(req, "code"), NULL, 10),
		"secret %s", "detail");
	if (http_query_value(req, "field"))
		error_set_field(&err, http_query_value(req, "field"));
	http_reply_error(req, &err);
}

static void handle_etag(struct http_request *req)
{
	char etag[HTTP_ETAG_SIZE];

	http_etag_of("abc", 3, etag);
	http_set_header(req, "Cache-Control", "max-age=60");
	if (!http_reply_unchanged(req, etag))
		http_reply_static(req, "abc", 3, "text/css");
}

static void handle_redirect(struct http_request *req)
{
	const char *to = http_query_value(req, "to");

	http_set_header(req, "Cache-Control", "max-age=1");
	http_set_header(req, "cache-control", "max-age=2");
	http_set_header(req, "Set-Cookie", "a=1");
	http_set_header(req, "Set-Cookie", "b=2");
	http_reply_redirect(req, to ? to : "/plain");
}

static void stream_gone(void *arg)
{
	struct raw_server *s = arg;

	s->gone++;
}

static void handle_stream(struct http_request *req)
{
	http_reply_start(req, 200, "text/event-stream");
	http_reply_chunk(req, "data: 1\n\n", 9);
	http_reply_chunk(req, "data: 2\n\n", 9);
	http_reply_end(req);
}

static void handle_stream_open(struct http_request *req)
{
	http_on_close(req, stream_gone, http_app(req));
	http_reply_start(req, 200, "text/event-stream");
	http_reply_chunk(req, "data: 1\n\n", 9);
}

/* As much as is taken, then a wait for the client, eight times. */
struct flood {
	struct http_request *req;
	struct raw_server *s;
	int left;
};

static void flood_on(void *arg)
{
	static const char block[16384];
	struct flood *flood = arg;

	while (flood->left-- > 0) {
		if (http_reply_chunk(flood->req, block, sizeof(block)))
			continue;
		flood->s->stream_waits++;
		return;
	}
	http_reply_end(flood->req);
}

static void handle_stream_flood(struct http_request *req)
{
	struct flood *flood = arena_alloc(http_arena(req), sizeof(*flood));

	*flood = (struct flood){ req, http_app(req), 1000 };
	http_on_close(req, stream_gone, flood->s);
	http_reply_start(req, 200, "application/octet-stream");
	http_reply_on_drained(req, flood_on, flood);
	flood_on(flood);
}

static void tail_on(void *arg)
{
	static const char block[16384];
	struct http_request *req = arg;

	while (http_reply_chunk(req, block, sizeof(block)))
		;
	http_reply_end(req);
}

/* Fills what there is twice, and ends at once after the second time. */
static void handle_stream_tail(struct http_request *req)
{
	static const char block[16384];

	http_reply_start(req, 200, "application/octet-stream");
	http_reply_on_drained(req, tail_on, req);
	while (http_reply_chunk(req, block, sizeof(block)))
		;
}

/* Never waits, whatever it is told. */
static void handle_stream_rude(struct http_request *req)
{
	static const char block[16384];

	http_on_close(req, stream_gone, http_app(req));
	http_reply_start(req, 200, "application/octet-stream");
	for (int i = 0; i < 1000; i++)
		http_reply_chunk(req, block, sizeof(block));
}

static const char *const only_json[] = { "application/json", NULL };

#define ROUTE(m, p, f, ...)                                                            \
	{                                                                              \
		.method = (m), .path = (p), .access = 1, .handle = (f), __VA_ARGS__    \
	}

static const struct http_route routes[] = {
	ROUTE(HTTP_GET, "/plain", handle_plain),
	ROUTE(HTTP_POST, "/echo", handle_echo, .max_body = 64 * MIB),
	ROUTE(HTTP_POST, "/size", handle_size, .max_body = 64 * MIB),
	ROUTE(HTTP_POST, "/small", handle_size, .max_body = 10),
	ROUTE(HTTP_POST, "/json", handle_size, .max_body = 1000, .media = only_json),
	ROUTE(HTTP_GET, "/big", handle_big),
	ROUTE(HTTP_GET, "/later/{ms}", handle_later),
	ROUTE(HTTP_POST, "/later/{ms}", handle_later, .max_body = 1000),
	ROUTE(HTTP_GET, "/never", handle_never),
	ROUTE(HTTP_GET, "/about", handle_about),
	ROUTE(HTTP_GET, "/about/{x}", handle_about),
	ROUTE(HTTP_GET, "/faults", handle_faults),
	ROUTE(HTTP_GET, "/errors/{code}", handle_error),
	ROUTE(HTTP_GET, "/etag", handle_etag),
	ROUTE(HTTP_GET, "/redirect", handle_redirect),
	ROUTE(HTTP_GET, "/page/{code}", handle_error, .page = true),
	ROUTE(HTTP_GET, "/stream", handle_stream),
	ROUTE(HTTP_GET, "/stream/open", handle_stream_open),
	ROUTE(HTTP_GET, "/stream/flood", handle_stream_flood),
	ROUTE(HTTP_GET, "/stream/rude", handle_stream_rude),
	ROUTE(HTTP_GET, "/stream/tail", handle_stream_tail),
	{ .method = HTTP_POST,
		.path = "/denied",
		.access = 2,
		.max_body = 100,
		.handle = handle_plain },
	{ .method = HTTP_POST,
		.path = "/later-granted",
		.access = 4,
		.max_body = 100,
		.handle = handle_size },
	{ .method = HTTP_GET,
		.path = "/later-denied",
		.access = 8,
		.handle = handle_plain },
	{ 0 },
};

/* ---- the hooks ---- */

static void settle_on_time(evutil_socket_t fd, short what, void *arg)
{
	struct http_request *req = arg;
	struct error err = { 0 };

	error_set(&err, ERR_FORBIDDEN, "not you");
	http_access_settle(req, http_route(req)->access == 8 ? &err : NULL);
}

static enum http_access hook_access(struct http_request *req, struct error *err)
{
	struct raw_server *s = http_app(req);

	if (http_route(req)->access == 1)
		return HTTP_ACCESS_GRANTED;
	if (http_route(req)->access == 2) {
		error_set(err, ERR_UNAUTHORIZED, "who are you");
		return HTTP_ACCESS_REFUSED;
	}
	event_base_once(s->base, -1, EV_TIMEOUT, settle_on_time, req,
		&(struct timeval){ .tv_usec = 20000 });
	return HTTP_ACCESS_LATER;
}

static void hook_error_page(struct http_request *req, int status,
	const struct error *err, const struct faults *faults)
{
	evbuffer_add_printf(http_out(req), "<p>page %d", status);
	http_reply(req, status, "text/html; charset=utf-8");
}

static void hook_log(const struct http_log *entry, void *app)
{
	struct raw_server *s = app;

	snprintf(s->last_log, sizeof(s->last_log), "%s %s %d %s", entry->method,
		entry->route, entry->status, entry->correlation_id);
	s->last_status = entry->status;
	s->logs++;
}

static int hook_admit(uint64_t key, void *app)
{
	struct raw_server *s = app;

	if (s->admit_limit && s->admitted >= s->admit_limit)
		return HTTP_REFUSED;
	s->admitted++;
	return 0;
}

static void hook_release(int ticket, void *app)
{
	struct raw_server *s = app;

	s->admitted--;
}

/* ---- the thread ---- */

struct command {
	void (*run)(struct raw_server *s);
	sem_t done;
};

static void on_command(evutil_socket_t fd, short what, void *arg)
{
	struct command *command;

	if (read(fd, &command, sizeof(command)) != sizeof(command))
		abort();
	command->run(arg);
	sem_post(&command->done);
}

void raw_on_loop(struct raw_server *s, void (*run)(struct raw_server *s))
{
	struct command command = { .run = run }, *p = &command;

	sem_init(&command.done, 0, 0);
	if (write(s->commands[1], &p, sizeof(p)) != sizeof(p))
		abort();
	sem_wait(&command.done);
	sem_destroy(&command.done);
}

static void *run_loop(void *arg)
{
	struct raw_server *s = arg;

	event_base_loop(s->base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

static int listener(int *ret_port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t n = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_return_code(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), errno);
	assert_return_code(listen(fd, 128), errno);
	getsockname(fd, (struct sockaddr *)&sa, &n);
	*ret_port = ntohs(sa.sin_port);
	return fd;
}

void raw_config(struct raw_server *s, struct http_config *config)
{
	*s = (struct raw_server){ 0 };
	snprintf(s->spool_dir, sizeof(s->spool_dir), "/tmp/http-test-XXXXXX");
	assert_non_null(mkdtemp(s->spool_dir));
	http_config_init(config);
	config->headers_ms = 400;
	config->body_ms = 400;
	config->idle_ms = 600;
	config->send_ms = 400;
	config->linger_ms = 300;
	config->gone_ms = 100;
	config->spool_dir = s->spool_dir;
	config->hooks = (struct http_hooks){
		.access = hook_access,
		.error_page = hook_error_page,
		.log = hook_log,
		.admit = hook_admit,
		.release = hook_release,
	};
}

void raw_start(struct raw_server *s, const struct http_config *config)
{
	static const struct http_route *const tables[] = { routes, NULL };
	struct error err = { 0 };

	s->base = event_base_new();
	s->work = work_pool_new(s->base, 2, 4);
	s->http = http_server_new(s->base, s->work, config, tables, s, &err);
	if (!s->http)
		fail_msg("%s", err.text);
	assert_int_equal(http_server_listen(s->http, listener(&s->port), &err), 0);
	assert_int_equal(pipe(s->commands), 0);
	event_add(
		event_new(s->base, s->commands[0], EV_READ | EV_PERSIST, on_command, s),
		NULL);
	assert_int_equal(pthread_create(&s->thread, NULL, run_loop, s), 0);
}

static void stop_now(struct raw_server *s)
{
	event_base_loopbreak(s->base);
}

static int free_event(const struct event_base *base, const struct event *ev, void *arg)
{
	struct raw_server *s = arg;

	if (event_get_fd(ev) != s->commands[0])
		return 0;
	event_free((struct event *)ev);
	return 1;
}

void raw_stop(struct raw_server *s)
{
	raw_on_loop(s, stop_now);
	pthread_join(s->thread, NULL);
	http_server_free(s->http);
	work_pool_free(s->work);
	event_base_foreach_event(s->base, free_event, s);
	event_base_free(s->base);
	close(s->commands[0]);
	close(s->commands[1]);
	/* Empty: no spool has a name. */
	assert_return_code(rmdir(s->spool_dir), errno);
}

static struct http_stats stats_copy; /* style: global */

static void copy_stats(struct raw_server *s)
{
	http_server_stats(s->http, &stats_copy);
}

void raw_stats(struct raw_server *s, struct http_stats *ret)
{
	raw_on_loop(s, copy_stats);
	*ret = stats_copy;
}

bool raw_becomes(_Atomic int *counter, int value)
{
	for (int i = 0; i < 400 && *counter != value; i++)
		usleep(5000);
	return *counter == value;
}
