/* Decoders, image workers and clients that die, stop and start again. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/log.h"
#include "server/image_client.h"
#include "server/image_worker.h"
#include "tests/unit/image_bench.h"

/* ---- dying ---- */

/* The worker's first child, once there is one. */
static pid_t child_of(struct image_bench *bench)
{
	char path[64], text[64];
	double end = image_bench_seconds() + 10;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)bench->worker,
		(int)bench->worker);
	while (n <= 0 && image_bench_seconds() < end) {
		event_base_loop(bench->base, EVLOOP_NONBLOCK);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	assert_true(n > 0);
	text[n] = '\0';
	return (pid_t)strtol(text, NULL, 10);
}

static void make_slow(struct image_bench *bench)
{
	assert_int_equal(
		image_bench_shell(bench,
			"vips gaussnoise s.v 2500 2500 && vips cast s.v s8.v uchar && "
			"vips copy s8.v slow.png[compression=1]"),
		0);
}

static void test_image_process__outlives_a_killed_decoder(void **state)
{
	struct image_bench *bench = *state;
	struct image_got got, small;
	int fd;

	make_slow(bench);
	assert_int_equal(image_bench_shell(bench, "vips black a.png 100 100"), 0);
	image_bench_start(bench, &(struct image_worker_config){ 0 });
	fd = image_bench_file_open(bench, "slow.png");
	image_bench_begin(bench, fd, FILE_TYPE_PNG, &got);
	kill(child_of(bench), SIGKILL);
	image_bench_wait_for(bench, &got);
	assert_int_equal(got.result.outcome, IMAGE_CRASHED);
	assert_int_equal(
		image_bench_picture(bench, "a.png", FILE_TYPE_PNG, &small), IMAGE_OK);
	image_bench_got_close(&small);
	close(fd);
}

static bool is_gone(pid_t pid)
{
	double end = image_bench_seconds() + 5;
	struct timespec nap = { 0, 10000000 };

	while (kill(pid, 0) == 0 && image_bench_seconds() < end)
		nanosleep(&nap, NULL);
	return kill(pid, 0) < 0;
}

/* The pair stays, so a new worker takes over what the dead one had and what waits. */
static void test_image_process__outlives_a_killed_worker(void **state)
{
	struct image_bench *bench = *state;
	struct image_got slow, more[5];
	int fd, small;
	size_t i;
	pid_t child;

	make_slow(bench);
	assert_int_equal(image_bench_shell(bench, "vips black a.png 100 100"), 0);
	image_bench_start(bench, &(struct image_worker_config){ .at_once = 1 });
	fd = image_bench_file_open(bench, "slow.png");
	small = image_bench_file_open(bench, "a.png");
	image_bench_begin(bench, fd, FILE_TYPE_PNG, &slow);
	for (i = 0; i < ARRAY_LEN(more); i++)
		image_bench_begin(bench, small, FILE_TYPE_PNG, &more[i]);
	child = child_of(bench);
	image_bench_worker_end(bench, SIGKILL);
	assert_true(is_gone(child)); /* a decoder does not outlive its worker */
	image_bench_worker_start(bench, &(struct image_worker_config){ 0 });
	image_bench_wait_for(bench, &slow);
	assert_int_equal(slow.result.outcome, IMAGE_OK);
	image_bench_got_close(&slow);
	for (i = 0; i < ARRAY_LEN(more); i++) {
		image_bench_wait_for(bench, &more[i]);
		assert_int_equal(more[i].result.outcome, IMAGE_OK);
		image_bench_got_close(&more[i]);
	}
	assert_int_equal(image_client_pending(bench->client), 0);
	close(small);
	close(fd);
}

/* A picture that takes the worker down each time is not tried for ever. */
static void test_image_process__gives_up_after_two_workers(void **state)
{
	struct image_bench *bench = *state;
	struct image_got slow;
	int fd;

	make_slow(bench);
	image_bench_start(bench, &(struct image_worker_config){ 0 });
	fd = image_bench_file_open(bench, "slow.png");
	image_bench_begin(bench, fd, FILE_TYPE_PNG, &slow);
	child_of(bench);
	image_bench_worker_end(bench, SIGKILL);
	image_bench_worker_start(bench, &(struct image_worker_config){ 0 });
	child_of(bench);
	image_bench_worker_end(bench, SIGKILL);
	assert_false(slow.done);
	image_bench_worker_start(bench, &(struct image_worker_config){ 0 });
	image_bench_wait_for(bench, &slow);
	assert_int_equal(slow.result.outcome, IMAGE_UNANSWERED);
	close(fd);
}

static void test_image_process__forgets_and_bounds_calls(void **state)
{
	struct image_bench *bench = *state;
	struct image_call *calls[8];
	struct image_got got[8];
	struct error err = { 0 };
	struct image_order order;
	size_t i;
	int fd;

	assert_int_equal(image_bench_shell(bench, "vips black a.png 100 100"), 0);
	image_bench_start(bench, &(struct image_worker_config){ 0 });
	fd = image_bench_file_open(bench, "a.png");
	for (i = 0; i < ARRAY_LEN(calls); i++)
		calls[i] = image_bench_begin(bench, fd, FILE_TYPE_PNG, &got[i]);
	order = (struct image_order){ fd, FILE_TYPE_PNG };
	assert_null(image_client_run(
		bench->client, &order, image_bench_on_done, &got[0], &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	for (i = 0; i < ARRAY_LEN(calls) - 1; i++)
		image_client_cancel(calls[i]);
	image_client_cancel(NULL);
	assert_int_equal(image_client_pending(bench->client), 1);
	image_bench_wait_for(bench, &got[7]);
	assert_int_equal(got[7].result.outcome, IMAGE_OK);
	image_bench_got_close(&got[7]);
	for (i = 0; i < ARRAY_LEN(calls) - 1; i++)
		assert_false(got[i].done);
	close(fd);
}

/* Places end and begin again while others have just been forked, which hold what the
 * ended ones had open until they have closed it: none may take another's end for its
 * own. */
static void test_image_process__tells_no_end_of_another_file(void **state)
{
	struct image_bench *bench = *state;
	struct image_got got[8];
	size_t i, turn;
	int fd;

	assert_int_equal(image_bench_shell(bench, "vips black a.png 8 8"), 0);
	image_bench_start(bench, &(struct image_worker_config){ .at_once = 8 });
	fd = image_bench_file_open(bench, "a.png");
	for (i = 0; i < ARRAY_LEN(got); i++)
		image_bench_begin(bench, fd, FILE_TYPE_PNG, &got[i]);
	for (turn = 0; turn < 120; turn++) {
		i = turn % ARRAY_LEN(got);
		image_bench_wait_for(bench, &got[i]);
		assert_int_equal(got[i].result.outcome, IMAGE_OK);
		image_bench_got_close(&got[i]);
		image_bench_begin(bench, fd, FILE_TYPE_PNG, &got[i]);
	}
	for (i = 0; i < ARRAY_LEN(got); i++) {
		image_bench_wait_for(bench, &got[i]);
		assert_int_equal(got[i].result.outcome, IMAGE_OK);
		image_bench_got_close(&got[i]);
	}
	close(fd);
}

/* The HTTP workers get the same signal and may still have pictures to come. */
static void test_image_process__stops_after_its_clients(void **state)
{
	struct image_bench *bench = *state;
	struct timespec nap = { 0, 300000000 };
	struct image_got got;
	double start;
	int status;

	assert_int_equal(image_bench_shell(bench, "vips black a.png 100 100"), 0);
	image_bench_start(bench, &(struct image_worker_config){ 0 });
	assert_int_equal(
		image_bench_picture(bench, "a.png", FILE_TYPE_PNG, &got), IMAGE_OK);
	image_bench_got_close(&got);
	kill(bench->worker, SIGTERM);
	nanosleep(&nap, NULL);
	assert_int_equal(
		image_bench_picture(bench, "a.png", FILE_TYPE_PNG, &got), IMAGE_OK);
	image_bench_got_close(&got);
	start = image_bench_seconds();
	image_client_free(bench->client);
	event_base_free(bench->base);
	bench->base = NULL;
	assert_int_equal(waitpid(bench->worker, &status, 0), bench->worker);
	assert_int_equal(status, 0);
	assert_true(image_bench_seconds() - start < 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_image_process__outlives_a_killed_decoder, image_bench_open,
			image_bench_close),
		cmocka_unit_test_setup_teardown(
			test_image_process__outlives_a_killed_worker, image_bench_open,
			image_bench_close),
		cmocka_unit_test_setup_teardown(
			test_image_process__gives_up_after_two_workers,
			image_bench_open, image_bench_close),
		cmocka_unit_test_setup_teardown(
			test_image_process__tells_no_end_of_another_file,
			image_bench_open, image_bench_close),
		cmocka_unit_test_setup_teardown(
			test_image_process__forgets_and_bounds_calls, image_bench_open,
			image_bench_close),
		cmocka_unit_test_setup_teardown(
			test_image_process__stops_after_its_clients, image_bench_open,
			image_bench_close),
	};

	cmocka_set_test_filter(getenv("TEST_FILTER"));
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
