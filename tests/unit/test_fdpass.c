#include "tests/unit/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/fdpass.h"

static int pair_open(int ret[2])
{
	struct error err = { 0 };

	return fdpass_pair(ret, &err);
}

static void pair_close(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static void test_fdpass__carries_bytes_and_files(void **state)
{
	char room[16];
	struct fdpass_message out = {
		.bytes = (char[]){ "hello" }, .size = 5, .n_fds = 2
	};
	struct fdpass_message in = { .bytes = room, .size = sizeof(room) };
	struct error err = { 0 };
	int ends[2], pipe_fds[2];
	char c = 0;

	assert_int_equal(pair_open(ends), 0);
	assert_int_equal(fdpass_receive(ends[1], &in, &err), 0);
	assert_int_equal(pipe(pipe_fds), 0);
	out.fds[0] = pipe_fds[0];
	out.fds[1] = pipe_fds[1];
	assert_int_equal(fdpass_send(ends[0], &out, &err), 1);
	pair_close(pipe_fds);

	in.size = sizeof(room);
	assert_int_equal(fdpass_receive(ends[1], &in, &err), 1);
	assert_int_equal(in.size, 5);
	assert_memory_equal(room, "hello", 5);
	assert_int_equal(in.n_fds, 2);
	assert_true(fcntl(in.fds[0], F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(in.fds[1], "x", 1), 1);
	assert_int_equal(read(in.fds[0], &c, 1), 1);
	assert_int_equal(c, 'x');
	pair_close(in.fds);
	pair_close(ends);
}

/* The descriptors of a message that is not taken must not stay open. */
static void test_fdpass__closes_what_it_cannot_take(void **state)
{
	char room[4], c;
	struct fdpass_message out = {
		.bytes = (char[]){ "too long" }, .size = 8, .n_fds = 1
	};
	struct fdpass_message in = { .bytes = room, .size = sizeof(room) };
	struct error err = { 0 };
	int ends[2], pipe_fds[2];

	assert_int_equal(pair_open(ends), 0);
	assert_int_equal(pipe(pipe_fds), 0);
	out.fds[0] = pipe_fds[1];
	assert_int_equal(fdpass_send(ends[0], &out, &err), 1);
	close(pipe_fds[1]);
	assert_int_equal(fdpass_receive(ends[1], &in, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_int_equal(in.n_fds, 0);
	assert_int_equal(read(pipe_fds[0], &c, 1), 0); /* no writer is left */
	close(pipe_fds[0]);
	pair_close(ends);
}

static void test_fdpass__says_when_there_is_no_room_and_nobody(void **state)
{
	char byte = 'x';
	struct fdpass_message out = { .bytes = &byte, .size = 1 };
	struct error err = { 0 };
	int ends[2], i, outcome = 1;

	assert_int_equal(pair_open(ends), 0);
	for (i = 0; i < 100000 && outcome == 1; i++)
		outcome = fdpass_send(ends[0], &out, &err);
	assert_int_equal(outcome, 0);
	close(ends[1]);
	assert_int_equal(fdpass_send(ends[0], &out, &err), -1);
	assert_int_equal(err.code, ERR_UNAVAILABLE);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fdpass__carries_bytes_and_files),
		cmocka_unit_test(test_fdpass__closes_what_it_cannot_take),
		cmocka_unit_test(test_fdpass__says_when_there_is_no_room_and_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
