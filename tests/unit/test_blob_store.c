#include "tests/unit/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/blob_store.h"
#include "lib/error.h"
#include "lib/temp_file.h"

#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

struct place {
	char dir[64];
	struct blob_store *store;
};

static int place_open(void **state)
{
	struct place *place = mem_new(sizeof(*place));
	struct error err = { 0 };

	snprintf(place->dir, sizeof(place->dir), "/tmp/test_blob_store.XXXXXX");
	if (!mkdtemp(place->dir))
		return -1;
	place->store = blob_store_new(place->dir, &err);
	*state = place;
	return place->store ? 0 : -1;
}

static int remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int place_close(void **state)
{
	struct place *place = *state;

	blob_store_free(place->store);
	nftw(place->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mem_free(place);
	return 0;
}

static int file_of(const char *text)
{
	struct error err = { 0 };
	int fd = temp_file_open("/tmp", &err);

	assert_true(fd >= 0);
	assert_int_equal(temp_file_write(fd, text, strlen(text), &err), 0);
	return fd;
}

static size_t count_in(const char *dir, const char *name)
{
	char path[256];
	struct dirent *entry;
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	d = opendir(path);
	assert_non_null(d);
	for (entry = readdir(d); entry; entry = readdir(d))
		n += entry->d_name[0] != '.';
	closedir(d);
	return n;
}

static void test_blob_store__keeps_content_under_its_hash(void **state)
{
	struct place *place = *state;
	struct error err = { 0 };
	char name[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE], bytes[16];
	int fd = file_of("hello"), got = -1;
	uint64_t size = 0;

	assert_int_equal(lseek(fd, 3, SEEK_SET), 3);
	assert_int_equal(blob_store_put(place->store, fd, name, &err), 0);
	assert_string_equal(name, HELLO);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 3);
	assert_int_equal(blob_store_put(place->store, fd, again, &err), 0);
	assert_string_equal(again, HELLO);
	assert_int_equal(count_in(place->dir, "2c/f2"), 1);
	assert_int_equal(count_in(place->dir, "tmp"), 0);

	assert_true(blob_store_exists(place->store, HELLO));
	assert_int_equal(blob_store_open(place->store, HELLO, &got, &size, &err), 0);
	assert_int_equal(size, 5);
	assert_int_equal(read(got, bytes, sizeof(bytes)), 5);
	assert_memory_equal(bytes, "hello", 5);
	assert_int_equal(write(got, "x", 1), -1);

	assert_int_equal(blob_store_remove(place->store, HELLO, &err), 0);
	assert_int_equal(blob_store_remove(place->store, HELLO, &err), 0);
	assert_false(blob_store_exists(place->store, HELLO));
	assert_int_equal(blob_store_open(place->store, HELLO, &got, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	close(got);
	close(fd);
}

static void test_blob_store__takes_no_other_names(void **state)
{
	static const char *const names[] = { "", "../../etc/passwd", "2cf24dba",
		"2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824",
		HELLO "0", "/etc/passwd", NULL };
	struct place *place = *state;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		struct error err = { 0 }, err2 = { 0 };

		assert_int_equal(
			blob_store_open(place->store, names[i], &fd, NULL, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_int_equal(blob_store_remove(place->store, names[i], &err2), -1);
		assert_false(blob_store_exists(place->store, names[i]));
	}
}

/* Whoever can write below the directory cannot make us read or write elsewhere. */
static void test_blob_store__follows_no_links(void **state)
{
	struct place *place = *state;
	struct error err = { 0 }, err2 = { 0 };
	char path[256], name[SHA256_HEX_SIZE];
	int fd = file_of("hello"), got;

	assert_int_equal(blob_store_put(place->store, fd, name, &err), 0);
	snprintf(path, sizeof(path), "%s/2c/f2/%s", place->dir, HELLO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_false(blob_store_exists(place->store, HELLO));
	assert_int_equal(blob_store_open(place->store, HELLO, &got, NULL, &err), -1);
	/* storing puts the file where the link was */
	assert_int_equal(blob_store_put(place->store, fd, name, &err2), 0);
	assert_true(blob_store_exists(place->store, HELLO));

	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/2c/f2", place->dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_int_equal(blob_store_put(place->store, fd, name, &err2), -1);
	assert_int_equal(err2.code, ERR_INTERNAL);
	assert_int_equal(count_in(place->dir, "tmp"), 0);
	close(fd);
}

static void test_blob_store__sweeps_what_a_crash_left(void **state)
{
	struct place *place = *state;
	struct error err = { 0 };
	struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	char path[256];

	snprintf(path, sizeof(path), "%s/tmp/new", place->dir);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	snprintf(path, sizeof(path), "%s/tmp/old", place->dir);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	blob_store_free(place->store);
	place->store = blob_store_new(place->dir, &err);
	assert_non_null(place->store);
	assert_int_equal(count_in(place->dir, "tmp"), 1);
}

static void *put_many(void *arg)
{
	struct place *place = arg;
	char text[32], name[SHA256_HEX_SIZE];
	struct error err = { 0 };
	intptr_t failed = 0;
	int i, fd;

	for (i = 0; i < 50; i++) {
		snprintf(text, sizeof(text), "file %d", i);
		fd = file_of(text);
		failed += blob_store_put(place->store, fd, name, &err) < 0 ||
			  !blob_store_exists(place->store, name);
		close(fd);
	}
	return (void *)failed;
}

static void test_blob_store__is_used_by_many_threads(void **state)
{
	pthread_t threads[4];
	void *failed;
	size_t i;

	for (i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, put_many, *state), 0);
	for (i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_blob_store__keeps_content_under_its_hash, place_open,
			place_close),
		cmocka_unit_test_setup_teardown(
			test_blob_store__takes_no_other_names, place_open, place_close),
		cmocka_unit_test_setup_teardown(
			test_blob_store__follows_no_links, place_open, place_close),
		cmocka_unit_test_setup_teardown(
			test_blob_store__sweeps_what_a_crash_left, place_open,
			place_close),
		cmocka_unit_test_setup_teardown(
			test_blob_store__is_used_by_many_threads, place_open,
			place_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
