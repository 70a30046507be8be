/*
 * The worker itself never looks into a file. Its life is: take a request when a
 * place is free, fork, wait on the process's pipe for its end or for the time limit,
 * answer. A place is one file in work.
 */
#include "lib/confined_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/confined_private.h"
#include "lib/error.h"
#include "lib/fdpass.h"
#include "lib/log.h"
#include "lib/sandbox.h"
#include "lib/temp_file.h"

#define CONFINED_AT_ONCE 2
#define CONFINED_AT_ONCE_MAX 16
#define CONFINED_LIMIT_MS 20000
#define CONFINED_LINGER_S 1

static const char *const outcomes[CONFINED_OUTCOMES] = {
	[CONFINED_UNREADABLE] = "unreadable",
	[CONFINED_TOO_LARGE] = "too-large",
	[CONFINED_CRASHED] = "crashed",
	[CONFINED_TIMED_OUT] = "timed-out",
	[CONFINED_FAILED] = "failed",
};

struct confined_worker;

/* One client's socket. */
struct confined_peer {
	struct confined_worker *worker;
	int fd;
	bool greeted; /* said hello and not bye */
	bool broken;  /* the socket failed and is asked no more */
	struct event *readable;
};

/* A place, in use while pid is not 0. */
struct confined_place {
	struct confined_worker *worker;
	pid_t pid;
	int peer_fd;
	uint64_t id;
	int made[2], pipe;
	struct event *ended; /* the pipe is at its end, or the time is up */
	struct confined_wire answer;
	size_t answered; /* bytes of it */
};

struct confined_worker {
	struct confined_worker_config config;
	struct event_base *base;
	struct confined_peer *peers;
	size_t next_peer; /* who is asked first, in turn */
	struct confined_place places[CONFINED_AT_ONCE_MAX];
	struct event *stops[2];
	struct event *linger;
	bool stopping;
};

static void confined_worker_take(struct confined_worker *worker);

/* ---- the end of a file ---- */

/* The event before its pipe: a process just forked may still hold a copy of the pipe,
 * and while it does, closing ours takes it off no epoll list. What was left there
 * would tell of an end to the next place that gets the same number. */
static void confined_place_close(struct confined_place *place)
{
	event_free(place->ended);
	close(place->made[0]);
	close(place->made[1]);
	close(place->pipe);
	place->pid = 0;
}

/* A client that does not read is gone or will give up: its answer is dropped. */
static void confined_place_answer(
	struct confined_place *place, enum confined_outcome outcome)
{
	struct fdpass_message message = { .bytes = &place->answer,
		.size = sizeof(place->answer) };

	place->answer.kind = CONFINED_WIRE_ANSWER;
	place->answer.id = place->id;
	place->answer.outcome = outcome;
	if (outcome == CONFINED_OK) {
		message.fds[0] = place->made[0];
		message.fds[1] = place->made[1];
		message.n_fds = 2;
		lseek(place->made[0], 0, SEEK_SET);
		lseek(place->made[1], 0, SEEK_SET);
	}
	if (fdpass_send(place->peer_fd, &message, NULL) != 1)
		log_event(LOG_LEVEL_WARNING, "confined_answer_dropped");
}

/* What it said counts if it said all of it; else what ended it. The kill makes sure
 * that the wait is short, also for one that closed its pipe and went on. */
static enum confined_outcome confined_place_reap(
	struct confined_place *place, bool late)
{
	int status = 0;

	kill(place->pid, SIGKILL);
	while (waitpid(place->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (late)
		return CONFINED_TIMED_OUT;
	if (place->answered == sizeof(place->answer) &&
		place->answer.outcome < CONFINED_UNANSWERED)
		return (enum confined_outcome)place->answer.outcome;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU ? CONFINED_TIMED_OUT
								  : CONFINED_CRASHED;
}

static void confined_place_finish(struct confined_place *place, bool late)
{
	struct confined_worker *worker = place->worker;
	enum confined_outcome outcome = confined_place_reap(place, late);

	if (outcome != CONFINED_OK)
		log_event(outcome == CONFINED_FAILED ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
			"confined_refused", LOG_S("outcome", outcomes[outcome]));
	confined_place_answer(place, outcome);
	confined_place_close(place);
	confined_worker_take(worker);
}

static void confined_place_on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct confined_place *place = arg;
	char *room = (char *)&place->answer + place->answered;
	size_t left = sizeof(place->answer) - place->answered;
	char more;
	ssize_t n;

	if (what & EV_TIMEOUT) {
		confined_place_finish(place, true);
		return;
	}
	n = left > 0 ? read(fd, room, left) : read(fd, &more, 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0 && left > 0)
		place->answered += (size_t)n;
	else if (n <= 0)
		confined_place_finish(place, false);
}

/* ---- the start of one ---- */

static struct confined_place *confined_worker_free_place(struct confined_worker *worker)
{
	unsigned i;

	for (i = 0; i < worker->config.at_once; i++)
		if (worker->places[i].pid == 0)
			return &worker->places[i];
	return NULL;
}

static void confined_place_start(struct confined_place *place,
	const struct confined_wire *request, int file, int write_end)
{
	const struct confined_worker_config *config = &place->worker->config;
	struct confined_start start = {
		.job = { .file = file,
			.made = { place->made[0], place->made[1] },
			.cpu_seconds = config->limit_ms / 1000 + 1 },
		.work = config->work,
		.arg = config->arg,
		.answer = write_end,
		.parent = getpid()
	};
	sigset_t none;

	memcpy(start.job.facts, request->facts, sizeof(start.job.facts));
	place->pid = fork();
	if (place->pid != 0)
		return;
	/* the loop's handlers write to the loop's pipe */
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	confined_process_run(&start);
}

static int confined_result_open(const struct confined_worker *worker)
{
	if (worker->config.spool_dir)
		return temp_file_open(worker->config.spool_dir, NULL);
	return memfd_create("result", MFD_CLOEXEC);
}

/* Takes a place for the request: two files, a pipe and a process. -1: none was to be
 * had, and nothing is left open. */
static int confined_place_open(
	struct confined_place *place, const struct confined_wire *request, int file)
{
	struct confined_worker *worker = place->worker;
	struct timeval limit = { worker->config.limit_ms / 1000,
		worker->config.limit_ms % 1000 * 1000 };
	scoped_fd int first = confined_result_open(worker);
	scoped_fd int second = confined_result_open(worker);
	scoped_fd int read_end = -1, write_end = -1;
	int ends[2];

	if (first < 0 || second < 0 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	read_end = ends[0];
	write_end = ends[1];
	place->made[0] = first;
	place->made[1] = second;
	confined_place_start(place, request, file, write_end);
	if (place->pid < 0) {
		place->pid = 0;
		return -1;
	}
	place->pipe = read_end;
	place->id = request->id;
	place->answered = 0;
	place->answer = (struct confined_wire){ 0 };
	place->ended = event_new(worker->base, read_end, EV_READ | EV_PERSIST,
		confined_place_on_ended, place);
	event_add(place->ended, &limit);
	first = second = read_end = -1;
	return 0;
}

static void confined_worker_begin(struct confined_worker *worker,
	struct confined_peer *peer, const struct confined_wire *request, int file)
{
	struct confined_place *place = confined_worker_free_place(worker);
	struct confined_wire answer = { .kind = CONFINED_WIRE_TAKEN,
		.id = request->id };
	struct fdpass_message message = { .bytes = &answer, .size = sizeof(answer) };

	/* said at once: from here on it is lost if this process dies */
	fdpass_send(peer->fd, &message, NULL);
	place->peer_fd = peer->fd;
	if ((!worker->config.accepts || worker->config.accepts(request->facts)) &&
		confined_place_open(place, request, file) == 0)
		return;
	log_event(LOG_LEVEL_ERROR, "confined_not_started", LOG_I("errno", errno));
	answer.kind = CONFINED_WIRE_ANSWER;
	answer.outcome = CONFINED_FAILED;
	fdpass_send(peer->fd, &message, NULL);
}

/* ---- requests ---- */

/* True if there was a message, which may have filled a place. */
static bool confined_peer_receive(struct confined_peer *peer)
{
	struct confined_wire wire = { 0 };
	struct fdpass_message message = { .bytes = &wire, .size = sizeof(wire) };
	struct error err = { 0 };
	int got = peer->broken ? 0 : fdpass_receive(peer->fd, &message, &err);

	if (got < 0) {
		log_event(LOG_LEVEL_ERROR, "confined_socket_failed",
			LOG_S("text", err.text));
		peer->broken = true;
		peer->greeted = false;
		return false;
	}
	if (got == 0)
		return false;
	if (message.size == sizeof(wire) && wire.kind == CONFINED_WIRE_REQUEST &&
		message.n_fds == 1)
		confined_worker_begin(peer->worker, peer, &wire, message.fds[0]);
	else if (message.size == sizeof(wire) && wire.kind <= CONFINED_WIRE_BYE)
		peer->greeted = wire.kind == CONFINED_WIRE_HELLO;
	while (message.n_fds > 0)
		close(message.fds[--message.n_fds]);
	return true;
}

static bool confined_worker_is_wanted(const struct confined_worker *worker)
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
static void confined_worker_take(struct confined_worker *worker)
{
	size_t n = worker->config.n_sockets, silent = 0, i;

	while (confined_worker_free_place(worker) && silent < n) {
		struct confined_peer *peer = &worker->peers[worker->next_peer++ % n];

		silent = confined_peer_receive(peer) ? 0 : silent + 1;
	}
	for (i = 0; i < n; i++) {
		if (confined_worker_free_place(worker) && !worker->peers[i].broken)
			event_add(worker->peers[i].readable, NULL);
		else
			event_del(worker->peers[i].readable);
	}
	if (worker->stopping && !confined_worker_is_wanted(worker))
		event_base_loopbreak(worker->base);
}

static void confined_peer_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct confined_worker *worker = arg;
	struct timeval linger = { CONFINED_LINGER_S, 0 };

	if (worker->stopping)
		event_add(worker->linger, &linger);
	confined_worker_take(worker);
}

/* ---- start and end ---- */

static void confined_worker_on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct confined_worker *worker = arg;
	struct timeval linger = { CONFINED_LINGER_S, 0 };

	worker->stopping = true;
	event_add(worker->linger, &linger);
	confined_worker_take(worker);
}

static void confined_worker_on_linger(evutil_socket_t fd, short what, void *arg)
{
	struct confined_worker *worker = arg;

	event_base_loopbreak(worker->base);
}

static void confined_worker_greet(struct confined_worker *worker)
{
	struct confined_wire hello = { .kind = CONFINED_WIRE_HELLO };
	struct fdpass_message message = { .bytes = &hello, .size = sizeof(hello) };
	size_t i;

	for (i = 0; i < worker->config.n_sockets; i++)
		fdpass_send(worker->peers[i].fd, &message, NULL);
}

static void confined_worker_init(
	struct confined_worker *worker, const struct confined_worker_config *given)
{
	struct confined_worker_config *config = &worker->config;
	size_t i;

	*config = *given;
	config->at_once = config->at_once ? config->at_once : CONFINED_AT_ONCE;
	if (config->at_once > CONFINED_AT_ONCE_MAX)
		config->at_once = CONFINED_AT_ONCE_MAX;
	config->limit_ms = config->limit_ms ? config->limit_ms : CONFINED_LIMIT_MS;
	worker->base = event_base_new();
	worker->peers = mem_new(config->n_sockets * sizeof(*worker->peers) + 1);
	for (i = 0; i < CONFINED_AT_ONCE_MAX; i++)
		worker->places[i].worker = worker;
	for (i = 0; i < config->n_sockets; i++) {
		worker->peers[i].worker = worker;
		worker->peers[i].fd = config->sockets[i];
		worker->peers[i].readable = event_new(worker->base, config->sockets[i],
			EV_READ | EV_PERSIST, confined_peer_on_readable, worker);
	}
	worker->stops[0] =
		evsignal_new(worker->base, SIGTERM, confined_worker_on_stop, worker);
	worker->stops[1] =
		evsignal_new(worker->base, SIGINT, confined_worker_on_stop, worker);
	worker->linger = evtimer_new(worker->base, confined_worker_on_linger, worker);
	for (i = 0; i < ARRAY_LEN(worker->stops); i++)
		event_add(worker->stops[i], NULL);
}

static void confined_worker_clear(struct confined_worker *worker)
{
	size_t i;

	for (i = 0; i < worker->config.at_once; i++) {
		if (worker->places[i].pid == 0)
			continue;
		confined_place_reap(&worker->places[i], true);
		confined_place_close(&worker->places[i]);
	}
	for (i = 0; i < worker->config.n_sockets; i++)
		event_free(worker->peers[i].readable);
	for (i = 0; i < ARRAY_LEN(worker->stops); i++)
		event_free(worker->stops[i]);
	event_free(worker->linger);
	mem_free(worker->peers);
	event_base_free(worker->base);
}

int confined_worker_run(const struct confined_worker_config *config)
{
	struct confined_worker *worker = mem_new(sizeof(*worker));
	bool isolated = sandbox_isolate() == 0;

	confined_worker_init(worker, config);
	log_event(
		LOG_LEVEL_INFO, "confined_worker_started", LOG_I("network", !isolated));
	confined_worker_greet(worker);
	confined_worker_take(worker);
	event_base_dispatch(worker->base);
	confined_worker_clear(worker);
	mem_free(worker);
	return 0;
}
