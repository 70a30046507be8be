#include "tests/unit/test.h"

#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>

#include "lib/error.h"
#include "lib/work.h"

struct try_job {
	struct try_run *run;
	pthread_t thread;
	unsigned worked, done;
};

struct try_run {
	struct event_base *base;
	struct work_pool *pool;
	pthread_t loop;
	sem_t gate;
	unsigned left, again;
};

static void try_work(void *arg)
{
	struct try_job *job = arg;

	job->worked++;
	job->thread = pthread_self();
}

static void try_done(void *arg)
{
	struct try_job *job = arg;

	assert_int_equal(job->worked, 1);
	assert_true(pthread_equal(pthread_self(), job->run->loop));
	assert_false(pthread_equal(job->thread, job->run->loop));
	job->done++;
	job->run->left--;
	if (job->run->left == 0)
		event_base_loopbreak(job->run->base);
}

static void try_wait(void *arg)
{
	struct try_job *job = arg;

	sem_wait(&job->run->gate);
	try_work(arg);
}

static void try_init(struct try_run *run, unsigned threads, unsigned max_queue)
{
	memset(run, 0, sizeof(*run));
	run->base = event_base_new();
	run->pool = work_pool_new(run->base, threads, max_queue);
	run->loop = pthread_self();
	sem_init(&run->gate, 0, 0);
}

static void try_clear(struct try_run *run)
{
	work_pool_free(run->pool);
	event_base_free(run->base);
	sem_destroy(&run->gate);
}

static void test_work__runs_each_job_once_and_answers_on_the_loop(void **state)
{
	static struct try_job jobs[2000];
	struct try_run run;
	struct error err = { 0 };

	(void)state;
	memset(jobs, 0, sizeof(jobs));
	try_init(&run, 4, ARRAY_LEN(jobs));
	run.left = ARRAY_LEN(jobs);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i].run = &run;
		assert_int_equal(
			work_run(run.pool, try_work, try_done, &jobs[i], &err), 0);
		assert_int_equal(jobs[i].done, 0);
	}
	event_base_dispatch(run.base);
	assert_int_equal(run.left, 0);
	assert_int_equal(work_pool_busy(run.pool), 0);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		assert_int_equal(jobs[i].done, 1);
	try_clear(&run);
}

static void test_work__refuses_what_passes_the_queue(void **state)
{
	struct try_job jobs[8] = { 0 };
	struct try_run run;
	unsigned taken = 0;

	(void)state;
	try_init(&run, 1, 3);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		struct error err = { 0 };

		jobs[i].run = &run;
		if (work_run(run.pool, try_wait, try_done, &jobs[i], &err) == 0) {
			taken++;
			continue;
		}
		assert_int_equal(err.code, ERR_UNAVAILABLE);
		assert_int_equal(work_pool_busy(run.pool), taken);
	}
	/* Three wait, and a fourth if the thread has come round to one already. */
	assert_in_range(taken, 3, 4);
	run.left = taken;
	for (unsigned i = 0; i < taken; i++)
		sem_post(&run.gate);
	event_base_dispatch(run.base);
	assert_int_equal(run.left, 0);
	try_clear(&run);
}

static void test_work__free_finishes_what_was_taken(void **state)
{
	struct try_job jobs[50] = { 0 };
	struct try_run run;

	(void)state;
	try_init(&run, 2, ARRAY_LEN(jobs));
	run.left = ARRAY_LEN(jobs);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i].run = &run;
		assert_int_equal(
			work_run(run.pool, try_work, try_done, &jobs[i], NULL), 0);
	}
	try_clear(&run);
	assert_int_equal(run.left, 0);
	work_pool_free(NULL);
}

static void try_done_again(void *arg)
{
	struct try_job *job = arg;

	if (job->run->again-- > 0) {
		assert_int_equal(
			work_run(job->run->pool, try_work, try_done_again, job, NULL),
			0);
		return;
	}
	event_base_loopbreak(job->run->base);
}

static void test_work__a_done_may_ask_for_more(void **state)
{
	struct try_job job = { 0 };
	struct try_run run;

	(void)state;
	try_init(&run, 2, 1);
	job.run = &run;
	run.again = 500;
	assert_int_equal(work_run(run.pool, try_work, try_done_again, &job, NULL), 0);
	event_base_dispatch(run.base);
	assert_int_equal(job.worked, 501);
	try_clear(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_work__runs_each_job_once_and_answers_on_the_loop),
		cmocka_unit_test(test_work__refuses_what_passes_the_queue),
		cmocka_unit_test(test_work__free_finishes_what_was_taken),
		cmocka_unit_test(test_work__a_done_may_ask_for_more),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
