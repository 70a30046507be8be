#include "lib/work.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/error.h"

struct work_job {
	struct work_job *next;
	work_fn *work, *done;
	void *arg;
};

struct work_list {
	struct work_job *first, **end;
};

/* The lock guards waiting, queued, ended, ending. The loop alone counts busy. */
struct work_pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct work_list waiting;
	struct work_list ended; /* worked, done() not run yet */
	unsigned queued;
	bool ending;

	struct event *finished;
	int signal_fd; /* eventfd: `ended` is no longer empty */
	unsigned max_queue, busy;
	unsigned n_threads;
	pthread_t threads[];
};

static void list_init(struct work_list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void list_add(struct work_list *list, struct work_job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
}

static struct work_job *list_take(struct work_list *list)
{
	struct work_job *job = list->first;

	if (!job)
		return NULL;
	list->first = job->next;
	if (!list->first)
		list->end = &list->first;
	return job;
}

/* NULL: the pool ends. */
static struct work_job *work_next(struct work_pool *pool)
{
	struct work_job *job;

	while (!pool->waiting.first && !pool->ending)
		pthread_cond_wait(&pool->wake, &pool->lock);
	job = list_take(&pool->waiting);
	if (job)
		pool->queued--;
	return job;
}

static void *work_thread(void *arg)
{
	struct work_pool *pool = arg;
	struct work_job *job;

	/* The loop goes first: one who waits for long work has time, the others are
	 * many. Ignoring a failure, which only makes them wait longer. On Linux this is
	 * the thread's alone. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
	pthread_mutex_lock(&pool->lock);
	for (job = work_next(pool); job; job = work_next(pool)) {
		bool first;

		pthread_mutex_unlock(&pool->lock);
		job->work(job->arg);
		pthread_mutex_lock(&pool->lock);
		first = !pool->ended.first;
		list_add(&pool->ended, job);
		/* The loop takes the whole list at once, so one signal is enough. */
		if (first)
			eventfd_write(pool->signal_fd, 1);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static void work_finish_ended(struct work_pool *pool)
{
	struct work_list ended;
	struct work_job *job;

	pthread_mutex_lock(&pool->lock);
	ended = pool->ended;
	if (!ended.first)
		list_init(&ended);
	list_init(&pool->ended);
	pthread_mutex_unlock(&pool->lock);

	for (job = list_take(&ended); job; job = list_take(&ended)) {
		pool->busy--;
		if (job->done)
			job->done(job->arg);
		mem_free(job);
	}
}

static void work_on_finished(evutil_socket_t fd, short what, void *arg)
{
	eventfd_t n;

	eventfd_read(fd, &n);
	work_finish_ended(arg);
}

/* Signals are for the loop's thread. */
static void work_start_threads(struct work_pool *pool, unsigned threads)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (; pool->n_threads < threads; pool->n_threads++) {
		if (pthread_create(&pool->threads[pool->n_threads], NULL, work_thread,
			    pool) != 0)
			abort(); /* a process that cannot have its few threads */
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct work_pool *work_pool_new(
	struct event_base *base, unsigned threads, unsigned max_queue)
{
	struct work_pool *pool =
		mem_new(sizeof(*pool) + threads * sizeof(pool->threads[0]));

	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	list_init(&pool->waiting);
	list_init(&pool->ended);
	pool->max_queue = max_queue;
	pool->signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->signal_fd < 0)
		abort();
	pool->finished = event_new(
		base, pool->signal_fd, EV_READ | EV_PERSIST, work_on_finished, pool);
	if (!pool->finished || event_add(pool->finished, NULL) < 0)
		abort();
	work_start_threads(pool, threads);
	return pool;
}

void work_pool_free(struct work_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->ending = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->n_threads; i++)
		pthread_join(pool->threads[i], NULL);
	work_finish_ended(pool);

	event_free(pool->finished);
	close(pool->signal_fd);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	mem_free(pool);
}

int work_run(struct work_pool *pool, work_fn *work, work_fn *done, void *arg,
	struct error *err)
{
	struct work_job *job;
	bool full;

	pthread_mutex_lock(&pool->lock);
	full = pool->ending || pool->queued >= pool->max_queue;
	if (!full) {
		job = mem_new(sizeof(*job));
		job->work = work;
		job->done = done;
		job->arg = arg;
		list_add(&pool->waiting, job);
		pool->queued++;
		pthread_cond_signal(&pool->wake);
	}
	pthread_mutex_unlock(&pool->lock);
	if (full)
		return error_set(err, ERR_UNAVAILABLE, "too much is being worked on");
	pool->busy++;
	return 0;
}

unsigned work_pool_busy(const struct work_pool *pool)
{
	return pool->busy;
}
