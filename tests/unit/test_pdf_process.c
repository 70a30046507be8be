/* Several pages, and an end before the end: of jobs, processes and askers. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/pdf_bench.h"

/* ---- several, and an end before the end ---- */

/* Our first child, once there is one that became Python. */
static pid_t child_find(void)
{
	double end = pdf_bench_seconds() + PDF_BENCH_PATIENCE_S;
	char path[64], text[64];
	struct timespec nap = { 0, 10000000 };
	ssize_t n = 0;
	pid_t pid = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	while (pdf_bench_seconds() < end) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		text[n > 0 ? n : 0] = '\0';
		pid = (pid_t)strtol(text, NULL, 10);
		snprintf(text, sizeof(text), "/proc/%d/comm", (int)pid);
		fd = open(text, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, text, sizeof(text));
		close(fd);
		if (n >= 7 && !memcmp(text, "python3", 7))
			return pid;
		nanosleep(&nap, NULL);
	}
	fail_msg("no child");
	return 0;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	unsigned *ticks = arg;

	++*ticks;
}

static void test_pdf_process__leaves_the_loop_free(void **state)
{
	const struct timeval often = { 0, 10000 };
	struct pdf_bench *bench = *state;
	unsigned ticks = 0;
	struct event *tick = event_new(bench->base, -1, EV_PERSIST, on_tick, &ticks);
	struct pdf_got got;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	event_add(tick, &often);
	pdf_bench_make(bench, pdf_bench_html, pdf_bench_css, &got);
	assert_int_equal(got.code, ERR_NONE);
	/* Python alone takes half a second to start */
	assert_true(ticks > 20);
	event_free(tick);
	pdf_got_close(&got);
}

static void test_pdf_process__makes_one_after_the_other(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_page page = { .html = "", .css = "" };
	struct pdf_got got[2] = { { 0 } };
	struct error err = { 0 };
	unsigned order = 0;

	got[0].order = got[1].order = &order;
	pdf_bench_start(bench, &(struct pdf_print_config){ .max_waiting = 1 });
	pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &got[0]);
	pdf_bench_begin(bench, pdf_bench_html, "", &got[1]);
	assert_null(pdf_print_run(bench->print, &page, pdf_bench_on_done, NULL, &err));
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	pdf_bench_wait(bench, &got[1]);
	assert_int_equal(got[0].place, 1);
	assert_int_equal(got[1].place, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(got[i].code, ERR_NONE);
		pdf_got_close(&got[i]);
	}
}

static void test_pdf_process__forgets_whom_it_is_told_to(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_got made = { 0 }, waits = { 0 }, last = { 0 };
	struct pdf_job *first, *second;
	pid_t pid;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	first = pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &made);
	second = pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &waits);
	pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &last);
	pid = child_find();
	pdf_cancel(first);
	pdf_cancel(second);
	pdf_cancel(NULL);
	pdf_bench_wait(bench, &last);
	assert_int_equal(last.code, ERR_NONE);
	assert_int_equal(made.times + waits.times, 0);
	assert_int_equal(kill(pid, 0), -1);
	pdf_got_close(&last);
}

static void test_pdf_process__outlives_a_killed_process(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_got killed = { 0 }, next = { 0 };

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &killed);
	pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &next);
	kill(child_find(), SIGKILL);
	pdf_bench_wait(bench, &killed);
	assert_int_equal(killed.code, ERR_UNAVAILABLE);
	pdf_bench_wait(bench, &next);
	assert_int_equal(next.code, ERR_NONE);
	pdf_got_close(&next);
}

static void test_pdf_process__ends_its_process_with_itself(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_got made = { 0 }, waits = { 0 };
	pid_t pid;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &made);
	pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &waits);
	pid = child_find();
	pdf_print_free(steal(bench->print));
	assert_int_equal(kill(pid, 0), -1);
	event_base_loop(bench->base, EVLOOP_NONBLOCK);
	assert_int_equal(made.times + waits.times, 0);
}

/* Of a server that is killed. */
static void test_pdf_process__leaves_no_process_of_a_killed_asker(void **state)
{
	struct pdf_bench *bench = *state;
	struct timespec nap = { 0, 10000000 };
	double end = pdf_bench_seconds() + PDF_BENCH_PATIENCE_S;
	struct pdf_got got = { 0 };
	pid_t asker, pid = 0;
	int pipe_fds[2];

	assert_int_equal(pipe(pipe_fds), 0);
	asker = fork();
	if (asker == 0) {
		event_reinit(bench->base);
		pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
		pdf_bench_begin(bench, pdf_bench_html, pdf_bench_css, &got);
		pid = child_find();
		if (write(pipe_fds[1], &pid, sizeof(pid)) < 0)
			_exit(1);
		pause();
	}
	assert_int_equal(read(pipe_fds[0], &pid, sizeof(pid)), sizeof(pid));
	kill(asker, SIGKILL);
	assert_int_equal(waitpid(asker, NULL, 0), asker);
	while (kill(pid, 0) == 0 && pdf_bench_seconds() < end)
		nanosleep(&nap, NULL);
	assert_int_equal(kill(pid, 0), -1);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pdf_process__leaves_the_loop_free,
			pdf_bench_open, pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_process__makes_one_after_the_other, pdf_bench_open,
			pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_process__forgets_whom_it_is_told_to, pdf_bench_open,
			pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_process__outlives_a_killed_process, pdf_bench_open,
			pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_process__ends_its_process_with_itself, pdf_bench_open,
			pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_process__leaves_no_process_of_a_killed_asker,
			pdf_bench_open, pdf_bench_close),
	};

	return cmocka_run_group_tests_name("pdf_process", tests, NULL, NULL);
}
