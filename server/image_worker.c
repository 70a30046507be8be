/*
 * The worker itself never looks into a picture. Its life is: take a request when a
 * place is free, fork, wait on the process's pipe for its end or for the time limit,
 * answer. A place is one picture in work.
 */
#include "server/image_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/fdpass.h"
#include "lib/file_type.h"
#include "lib/log.h"
#include "lib/sandbox.h"
#include "lib/temp_file.h"
#include "server/image_decode.h"
#include "server/image_wire.h"

#define IMAGE_AT_ONCE 2
#define IMAGE_AT_ONCE_MAX 16
#define IMAGE_LIMIT_MS 20000
#define IMAGE_MEMORY (512 * MIB)
#define IMAGE_PIXELS_MAX 100000000
#define IMAGE_LINGER_S 1

struct image_worker;

/* One HTTP worker's socket. */
struct image_peer {
	struct image_worker *worker;
	int fd;
	bool greeted; /* said hello and not bye */
	bool broken;  /* the socket failed and is asked no more */
	struct event *readable;
};

/* A place, in use while pid is not 0. */
struct image_place {
	struct image_worker *worker;
	pid_t pid;
	int peer_fd;
	uint64_t id;
	int made, thumbnail, pipe;
	struct event *ended; /* the pipe is at its end, or the time is up */
	struct image_wire answer;
	size_t answered; /* bytes of it */
};

struct image_worker {
	struct image_worker_config config;
	struct event_base *base;
	struct image_peer *peers;
	size_t next_peer; /* who is asked first, in turn */
	struct image_place places[IMAGE_AT_ONCE_MAX];
	struct event *stops[2];
	struct event *linger;
	bool stopping;
};

static void image_worker_take(struct image_worker *worker);

/* ---- the end of a picture ---- */

static void image_place_close(struct image_place *place)
{
	close(place->made);
	close(place->thumbnail);
	close(place->pipe);
	event_free(place->ended);
	place->pid = 0;
}

/* A client that does not read is gone or will give up: its answer is dropped. */
static void image_place_answer(struct image_place *place, enum image_outcome outcome)
{
	struct fdpass_message message = { .bytes = &place->answer,
		.size = sizeof(place->answer) };

	place->answer.kind = IMAGE_WIRE_ANSWER;
	place->answer.id = place->id;
	place->answer.outcome = outcome;
	if (outcome == IMAGE_OK) {
		message.fds[0] = place->made;
		message.fds[1] = place->thumbnail;
		message.n_fds = 2;
		lseek(place->made, 0, SEEK_SET);
		lseek(place->thumbnail, 0, SEEK_SET);
	}
	if (fdpass_send(place->peer_fd, &message, NULL) != 1)
		log_event(LOG_LEVEL_WARNING, "image_answer_dropped");
}

/* What it said counts if it said all of it; else what ended it. The kill makes sure
 * that the wait is short, also for one that closed its pipe and went on. */
static enum image_outcome image_place_reap(struct image_place *place, bool late)
{
	int status = 0;

	kill(place->pid, SIGKILL);
	while (waitpid(place->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (late)
		return IMAGE_TIMED_OUT;
	if (place->answered == sizeof(place->answer) &&
		place->answer.outcome < IMAGE_UNANSWERED)
		return (enum image_outcome)place->answer.outcome;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU ? IMAGE_TIMED_OUT
								  : IMAGE_CRASHED;
}

static void image_place_finish(struct image_place *place, bool late)
{
	struct image_worker *worker = place->worker;
	enum image_outcome outcome = image_place_reap(place, late);

	if (outcome != IMAGE_OK)
		log_event(outcome == IMAGE_FAILED ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
			"image_refused",
			LOG_S("because", image_outcome_reason(outcome)),
			LOG_I("outcome", outcome));
	image_place_answer(place, outcome);
	image_place_close(place);
	image_worker_take(worker);
}

static void image_place_on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct image_place *place = arg;
	char *room = (char *)&place->answer + place->answered;
	size_t left = sizeof(place->answer) - place->answered;
	char more;
	ssize_t n;

	if (what & EV_TIMEOUT) {
		image_place_finish(place, true);
		return;
	}
	n = left > 0 ? read(fd, room, left) : read(fd, &more, 1);
	if (n < 0 && errno == EINTR)
		return;
	if (n > 0 && left > 0)
		place->answered += (size_t)n;
	else if (n <= 0)
		image_place_finish(place, false);
}

/* ---- the start of one ---- */

static struct image_place *image_worker_free_place(struct image_worker *worker)
{
	unsigned i;

	for (i = 0; i < worker->config.at_once; i++)
		if (worker->places[i].pid == 0)
			return &worker->places[i];
	return NULL;
}

static void image_place_start(struct image_place *place,
	const struct image_wire *request, int picture, int write_end)
{
	const struct image_worker_config *config = &place->worker->config;
	struct image_decode order = { .picture = picture,
		.made = place->made,
		.thumbnail = place->thumbnail,
		.answer = write_end,
		.type = (enum file_type)request->type,
		.memory = config->memory,
		.pixels_max = config->pixels_max,
		.cpu_seconds = config->limit_ms / 1000 + 1,
		.parent = getpid() };
	sigset_t none;

	place->pid = fork();
	if (place->pid != 0)
		return;
	/* the loop's handlers write to the loop's pipe */
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	image_decode_run(&order);
}

/* Takes a place for the request: two files, a pipe and a process. -1: none was to be
 * had, and nothing is left open. */
static int image_place_open(
	struct image_place *place, const struct image_wire *request, int picture)
{
	struct image_worker *worker = place->worker;
	struct timeval limit = { worker->config.limit_ms / 1000,
		worker->config.limit_ms % 1000 * 1000 };
	scoped_fd int made = temp_file_open(worker->config.spool_dir, NULL);
	scoped_fd int thumbnail = temp_file_open(worker->config.spool_dir, NULL);
	scoped_fd int read_end = -1, write_end = -1;
	int ends[2];

	if (made < 0 || thumbnail < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	read_end = ends[0];
	write_end = ends[1];
	place->made = made;
	place->thumbnail = thumbnail;
	image_place_start(place, request, picture, write_end);
	if (place->pid < 0) {
		place->pid = 0;
		return -1;
	}
	place->pipe = read_end;
	place->id = request->id;
	place->answered = 0;
	place->answer = (struct image_wire){ 0 };
	place->ended = event_new(worker->base, read_end, EV_READ | EV_PERSIST,
		image_place_on_ended, place);
	event_add(place->ended, &limit);
	made = thumbnail = read_end = -1;
	return 0;
}

static void image_worker_begin(struct image_worker *worker, struct image_peer *peer,
	const struct image_wire *request, int picture)
{
	struct image_place *place = image_worker_free_place(worker);
	struct image_wire answer = { .kind = IMAGE_WIRE_TAKEN, .id = request->id };
	struct fdpass_message message = { .bytes = &answer, .size = sizeof(answer) };

	/* said at once: from here on it is lost if this process dies */
	fdpass_send(peer->fd, &message, NULL);
	place->peer_fd = peer->fd;
	if (file_type_is_picture((enum file_type)request->type) &&
		image_place_open(place, request, picture) == 0)
		return;
	log_event(LOG_LEVEL_ERROR, "image_not_started", LOG_I("errno", errno));
	answer.kind = IMAGE_WIRE_ANSWER;
	answer.outcome = IMAGE_FAILED;
	fdpass_send(peer->fd, &message, NULL);
}

/* ---- requests ---- */

/* True if there was a message, which may have filled a place. */
static bool image_peer_receive(struct image_peer *peer)
{
	struct image_wire wire = { 0 };
	struct fdpass_message message = { .bytes = &wire, .size = sizeof(wire) };
	struct error err = { 0 };
	int got = peer->broken ? 0 : fdpass_receive(peer->fd, &message, &err);

	if (got < 0) {
		log_event(LOG_LEVEL_ERROR, "image_socket_failed",
			LOG_S("text", err.text));
		peer->broken = true;
		peer->greeted = false;
		return false;
	}
	if (got == 0)
		return false;
	if (message.size == sizeof(wire) && wire.kind == IMAGE_WIRE_REQUEST &&
		message.n_fds == 1)
		image_worker_begin(peer->worker, peer, &wire, message.fds[0]);
	else if (message.size == sizeof(wire) && wire.kind <= IMAGE_WIRE_BYE)
		peer->greeted = wire.kind == IMAGE_WIRE_HELLO;
	while (message.n_fds > 0)
		close(message.fds[--message.n_fds]);
	return true;
}

static bool image_worker_is_wanted(const struct image_worker *worker)
{
	size_t i;

	for (i = 0; i < worker->config.n_sockets; i++)
		if (worker->peers[i].greeted)
			return true;
	for (i = 0; i < worker->config.at_once; i++)
		if (worker->places[i].pid != 0)
			return true;
	return false;
}

/* From each socket in turn while places are free; without one, nothing is read, so
 * that what waits stays in the sockets and their clients feel it. */
static void image_worker_take(struct image_worker *worker)
{
	size_t n = worker->config.n_sockets, silent = 0, i;

	while (image_worker_free_place(worker) && silent < n) {
		struct image_peer *peer = &worker->peers[worker->next_peer++ % n];

		silent = image_peer_receive(peer) ? 0 : silent + 1;
	}
	for (i = 0; i < n; i++) {
		if (image_worker_free_place(worker) && !worker->peers[i].broken)
			event_add(worker->peers[i].readable, NULL);
		else
			event_del(worker->peers[i].readable);
	}
	if (worker->stopping && !image_worker_is_wanted(worker))
		event_base_loopbreak(worker->base);
}

static void image_peer_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct image_worker *worker = arg;
	struct timeval linger = { IMAGE_LINGER_S, 0 };

	if (worker->stopping)
		event_add(worker->linger, &linger);
	image_worker_take(worker);
}

/* ---- start and end ---- */

static void image_worker_on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct image_worker *worker = arg;
	struct timeval linger = { IMAGE_LINGER_S, 0 };

	worker->stopping = true;
	event_add(worker->linger, &linger);
	image_worker_take(worker);
}

static void image_worker_on_linger(evutil_socket_t fd, short what, void *arg)
{
	struct image_worker *worker = arg;

	event_base_loopbreak(worker->base);
}

static void image_worker_greet(struct image_worker *worker)
{
	struct image_wire hello = { .kind = IMAGE_WIRE_HELLO };
	struct fdpass_message message = { .bytes = &hello, .size = sizeof(hello) };
	size_t i;

	for (i = 0; i < worker->config.n_sockets; i++)
		fdpass_send(worker->peers[i].fd, &message, NULL);
}

static void image_worker_init(
	struct image_worker *worker, const struct image_worker_config *given)
{
	struct image_worker_config *config = &worker->config;
	size_t i;

	*config = *given;
	config->at_once = config->at_once ? config->at_once : IMAGE_AT_ONCE;
	if (config->at_once > IMAGE_AT_ONCE_MAX)
		config->at_once = IMAGE_AT_ONCE_MAX;
	config->limit_ms = config->limit_ms ? config->limit_ms : IMAGE_LIMIT_MS;
	config->memory = config->memory ? config->memory : IMAGE_MEMORY;
	config->pixels_max = config->pixels_max ? config->pixels_max : IMAGE_PIXELS_MAX;
	worker->base = event_base_new();
	worker->peers = mem_new(config->n_sockets * sizeof(*worker->peers) + 1);
	for (i = 0; i < IMAGE_AT_ONCE_MAX; i++)
		worker->places[i].worker = worker;
	for (i = 0; i < config->n_sockets; i++) {
		worker->peers[i].worker = worker;
		worker->peers[i].fd = config->sockets[i];
		worker->peers[i].readable = event_new(worker->base, config->sockets[i],
			EV_READ | EV_PERSIST, image_peer_on_readable, worker);
	}
	worker->stops[0] =
		evsignal_new(worker->base, SIGTERM, image_worker_on_stop, worker);
	worker->stops[1] =
		evsignal_new(worker->base, SIGINT, image_worker_on_stop, worker);
	worker->linger = evtimer_new(worker->base, image_worker_on_linger, worker);
	for (i = 0; i < ARRAY_LEN(worker->stops); i++)
		event_add(worker->stops[i], NULL);
}

static void image_worker_clear(struct image_worker *worker)
{
	size_t i;

	for (i = 0; i < worker->config.at_once; i++) {
		if (worker->places[i].pid == 0)
			continue;
		image_place_reap(&worker->places[i], true);
		image_place_close(&worker->places[i]);
	}
	for (i = 0; i < worker->config.n_sockets; i++)
		event_free(worker->peers[i].readable);
	for (i = 0; i < ARRAY_LEN(worker->stops); i++)
		event_free(worker->stops[i]);
	event_free(worker->linger);
	mem_free(worker->peers);
	event_base_free(worker->base);
}

int image_worker_run(const struct image_worker_config *config)
{
	struct image_worker *worker = mem_new(sizeof(*worker));
	bool isolated = sandbox_isolate() == 0;

	image_worker_init(worker, config);
	log_event(LOG_LEVEL_INFO, "image_worker_started", LOG_I("network", !isolated));
	image_worker_greet(worker);
	image_worker_take(worker);
	event_base_dispatch(worker->base);
	image_worker_clear(worker);
	mem_free(worker);
	return 0;
}
