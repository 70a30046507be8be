#include "tests/unit/image_bench.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/fdpass.h"
#include "tests/unit/test.h"

/* ---- tools ---- */

int image_bench_shell(const struct image_bench *bench, const char *fmt, ...)
{
	char command[4096], whole[4200];
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, whole, NULL };
	va_list args;
	int status;
	pid_t pid;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "cd %s && { %s; } >>log 2>&1", bench->dir,
		command);
	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0)
		return -1;
	waitpid(pid, &status, 0);
	return status;
}

void image_bench_path_of(
	const struct image_bench *bench, const char *name, char ret[128])
{
	snprintf(ret, 128, "%s/%s", bench->dir, name);
}

int image_bench_file_open(const struct image_bench *bench, const char *name)
{
	char path[128];
	int fd;

	image_bench_path_of(bench, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s was not made", name);
	return fd;
}

/* The whole of a file, by its descriptor or by name. */
char *image_bench_bytes_of(int fd, size_t *ret_n)
{
	struct stat st;
	char *bytes;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = mem_new((size_t)st.st_size + 1);
	assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	*ret_n = (size_t)st.st_size;
	return bytes;
}

void image_bench_file_write(
	const struct image_bench *bench, const char *name, const char *bytes, size_t n)
{
	char path[128];
	int fd;

	image_bench_path_of(bench, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

double image_bench_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- the worker ---- */

void image_bench_worker_start(
	struct image_bench *bench, const struct image_worker_config *given)
{
	struct image_worker_config config = *given;

	config.sockets = &bench->ends[0];
	config.n_sockets = 1;
	config.spool_dir = bench->dir;
	bench->worker = fork();
	if (bench->worker == 0)
		_exit(image_worker_run(&config));
	assert_true(bench->worker > 0);
}

int image_bench_worker_end(struct image_bench *bench, int sig)
{
	int status = 0;

	kill(bench->worker, sig);
	assert_int_equal(waitpid(bench->worker, &status, 0), bench->worker);
	return status;
}

int image_bench_open(void **state)
{
	struct image_bench *bench = mem_new(sizeof(*bench));
	struct error err = { 0 };

	snprintf(bench->dir, sizeof(bench->dir), "/tmp/test_image.XXXXXX");
	if (!mkdtemp(bench->dir) || fdpass_pair(bench->ends, &err) < 0)
		return -1;
	*state = bench;
	return 0;
}

void image_bench_start(
	struct image_bench *bench, const struct image_worker_config *config)
{
	image_bench_worker_start(bench, config);
	bench->base = event_base_new();
	bench->client = image_client_new(
		bench->base, &(struct confined_client_config){ .socket = bench->ends[1],
				     .max_waiting = 8,
				     .limit_ms = 60000 });
}

static int remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

int image_bench_close(void **state)
{
	struct image_bench *bench = *state;
	int status = 0;

	if (bench->base) {
		image_client_free(bench->client);
		event_base_free(bench->base);
		status = image_bench_worker_end(bench, SIGTERM);
	}
	close(bench->ends[0]);
	close(bench->ends[1]);
	if (!getenv("TEST_KEEP"))
		nftw(bench->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mem_free(bench);
	/* so early that it did not listen for it yet */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)
		return 0;
	return status;
}

void image_bench_on_done(const struct image_result *result, void *arg)
{
	struct image_got *got = arg;

	assert_false(got->done);
	got->done = true;
	got->result = *result;
}

void image_bench_wait_for(struct image_bench *bench, const struct image_got *got)
{
	while (!got->done)
		event_base_loop(bench->base, EVLOOP_ONCE);
}

void image_bench_got_close(struct image_got *got)
{
	if (got->result.picture_fd >= 0)
		close(got->result.picture_fd);
	if (got->result.thumbnail_fd >= 0)
		close(got->result.thumbnail_fd);
}

struct image_call *image_bench_begin(
	struct image_bench *bench, int fd, enum file_type type, struct image_got *got)
{
	struct image_order order = { fd, type };
	struct error err = { 0 };
	struct image_call *call;

	*got = (struct image_got){ .result = { .picture_fd = -1, .thumbnail_fd = -1 } };
	call = image_client_run(bench->client, &order, image_bench_on_done, got, &err);
	assert_non_null(call);
	assert_false(got->done); /* never inside */
	return call;
}

enum image_outcome image_bench_picture(struct image_bench *bench, const char *name,
	enum file_type type, struct image_got *got)
{
	int fd = image_bench_file_open(bench, name);

	image_bench_begin(bench, fd, type, got);
	image_bench_wait_for(bench, got);
	close(fd);
	return got->result.outcome;
}
