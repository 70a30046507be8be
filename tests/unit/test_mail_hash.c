#include "tests/unit/test.h"

#include <stdbool.h>

#include <event2/event.h>

#include "server/mail_hash.h"

#define SLICES 8
#define SIZE (SLICES * MAIL_HASH_SLICE)

struct run {
	struct event_base *base;
	struct event *other;
	struct mail_hash *hash;
	unsigned char got[SHA256_SIZE];
	bool is_done;
	int turns; /* of the other, until the hash was done */
};

static int run_open(void **state)
{
	struct run *run = mem_new(sizeof(*run));

	run->base = event_base_new();
	*state = run;
	return 0;
}

static int run_close(void **state)
{
	struct run *run = *state;

	mail_hash_free(run->hash);
	if (run->other)
		event_free(run->other);
	event_base_free(run->base);
	mem_free(run);
	return 0;
}

static void on_done(const unsigned char hash[SHA256_SIZE], void *arg)
{
	struct run *run = arg;

	memcpy(run->got, hash, SHA256_SIZE);
	run->is_done = true;
	mail_hash_free(run->hash);
	run->hash = NULL;
}

static void on_other(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval at_once = { 0 };
	struct run *run = arg;

	run->turns++;
	if (!run->is_done)
		evtimer_add(run->other, &at_once);
}

static void hash_of(struct run *run, const char *bytes, size_t n)
{
	run->hash = mail_hash_new(run->base, on_done, run);
	mail_hash_start(run->hash, bytes, n);
	assert_false(run->is_done);
}

static void test_mail_hash__is_that_of_all_the_bytes(void **state)
{
	static const size_t sizes[] = { 0, 1, MAIL_HASH_SLICE - 1, MAIL_HASH_SLICE,
		MAIL_HASH_SLICE + 1, SIZE };
	char *bytes = mem_new(SIZE);
	struct run *run = *state;
	unsigned char want[SHA256_SIZE];

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 31);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		run->is_done = false;
		hash_of(run, bytes, sizes[i]);
		event_base_dispatch(run->base);
		assert_true(run->is_done);
		sha256_digest(bytes, sizes[i], want);
		assert_memory_equal(run->got, want, SHA256_SIZE);
	}
	mem_free(bytes);
}

static void test_mail_hash__leaves_the_others_their_turn_between_slices(void **state)
{
	char *bytes = mem_new(SIZE);
	struct run *run = *state;

	run->other = evtimer_new(run->base, on_other, run);
	hash_of(run, bytes, SIZE);
	on_other(-1, 0, run);
	event_base_dispatch(run->base);
	assert_true(run->turns >= SLICES);
	mem_free(bytes);
}

static void test_mail_hash__is_not_told_of_what_was_freed(void **state)
{
	char *bytes = mem_new(SIZE);
	struct run *run = *state;

	hash_of(run, bytes, SIZE);
	event_base_loop(run->base, EVLOOP_ONCE);
	mail_hash_free(run->hash);
	run->hash = NULL;
	event_base_dispatch(run->base);
	assert_false(run->is_done);
	mem_free(bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_mail_hash__is_that_of_all_the_bytes, run_open, run_close),
		cmocka_unit_test_setup_teardown(
			test_mail_hash__leaves_the_others_their_turn_between_slices,
			run_open, run_close),
		cmocka_unit_test_setup_teardown(
			test_mail_hash__is_not_told_of_what_was_freed, run_open,
			run_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
