/* image_bench - an image worker, its client and a folder of pictures, for tests. */
#ifndef SYNPUNKT_TESTS_UNIT_IMAGE_BENCH_H
#define SYNPUNKT_TESTS_UNIT_IMAGE_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <event2/event.h>

#include "server/image_client.h"
#include "server/image_worker.h"

struct image_bench {
	char dir[64];
	int ends[2]; /* worker's, client's */
	pid_t worker;
	struct event_base *base;
	struct image_client *client;
};

/* One answer. */
struct image_got {
	bool done;
	struct image_result result;
};

/* Runs a command in the folder, its output in "log"; the wait status. */
int image_bench_shell(const struct image_bench *bench, const char *fmt, ...);
void image_bench_path_of(
	const struct image_bench *bench, const char *name, char ret[128]);
int image_bench_file_open(const struct image_bench *bench, const char *name);
/* The whole file, to be given to mem_free(); the offset stays. */
char *image_bench_bytes_of(int fd, size_t *ret_n);
void image_bench_file_write(
	const struct image_bench *bench, const char *name, const char *bytes, size_t n);
/* By a clock that only goes forward. */
double image_bench_seconds(void);
/* Forks a worker with this configuration, completed; end: its wait status. */
void image_bench_worker_start(
	struct image_bench *bench, const struct image_worker_config *given);
int image_bench_worker_end(struct image_bench *bench, int sig);
/* Setup and teardown; start also forks the worker and makes loop and client. */
int image_bench_open(void **state);
void image_bench_start(
	struct image_bench *bench, const struct image_worker_config *config);
int image_bench_close(void **state);
/* One picture: begin, wait, close; or by a file's name and at once. */
void image_bench_on_done(const struct image_result *result, void *arg);
void image_bench_wait_for(struct image_bench *bench, const struct image_got *got);
void image_bench_got_close(struct image_got *got);
struct image_call *image_bench_begin(
	struct image_bench *bench, int fd, enum file_type type, struct image_got *got);
enum image_outcome image_bench_picture(struct image_bench *bench, const char *name,
	enum file_type type, struct image_got *got);

#endif
