/* Files from the form's parts to the blob store, with a real image worker. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/blob_store.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/sha256.h"
#include "lib/work.h"
#include "server/attachment.h"
#include "tests/unit/image_bench.h"

struct desk {
	struct image_bench *bench;
	struct work_pool *work;
	struct blob_store *blobs;
	struct attachment_service *service;
};

struct outcome {
	bool done;
	enum err_code code;
};

static int desk_open(void **state)
{
	struct desk *desk = mem_new(sizeof(*desk));
	struct error err = { 0 };
	void *bench = NULL;
	char path[128];

	if (image_bench_open(&bench) < 0)
		return -1;
	desk->bench = bench;
	image_bench_start(bench, &(struct image_worker_config){ 0 });
	desk->work = work_pool_new(desk->bench->base, 2, 16);
	image_bench_path_of(bench, "blobs", path);
	desk->blobs = blob_store_new(path, &err);
	desk->service = attachment_service_new(
		&(struct attachment_config){ .base = desk->bench->base,
			.work = desk->work,
			.blobs = desk->blobs,
			.images = desk->bench->client,
			.spool_dir = desk->bench->dir });
	*state = desk;
	return desk->blobs ? 0 : -1;
}

static int desk_close(void **state)
{
	struct desk *desk = *state;
	void *bench = desk->bench;

	work_pool_free(desk->work);
	attachment_service_free(desk->service);
	blob_store_free(desk->blobs);
	mem_free(desk);
	return image_bench_close(&bench);
}

/* One part, in pieces as they may come. */
static void part(
	struct attachment_set *set, const char *name, const char *bytes, size_t n)
{
	struct error err = { 0 };
	size_t at, piece;

	assert_int_equal(attachment_set_begin(set, name, &err), 0);
	for (at = 0; at < n; at += piece) {
		piece = n - at < 65536 ? n - at : 65536;
		assert_int_equal(attachment_set_data(set, bytes + at, piece, &err), 0);
	}
	assert_int_equal(attachment_set_end(set, &err), 0);
}

static void part_text(struct attachment_set *set, const char *name, const char *text)
{
	part(set, name, text, strlen(text));
}

static void part_file(struct desk *desk, struct attachment_set *set, const char *name)
{
	int fd = image_bench_file_open(desk->bench, name);
	size_t n;
	char *bytes = image_bench_bytes_of(fd, &n);

	part(set, name, bytes, n);
	mem_free(bytes);
	close(fd);
}

static void on_stored(const struct error *err, void *arg)
{
	struct outcome *outcome = arg;

	assert_false(outcome->done);
	outcome->done = true;
	outcome->code = err ? err->code : ERR_NONE;
}

static void store(
	struct desk *desk, struct attachment_set *set, struct outcome *outcome)
{
	*outcome = (struct outcome){ 0 };
	attachment_set_store(set, on_stored, outcome);
	assert_false(outcome->done);
	while (!outcome->done)
		event_base_loop(desk->bench->base, EVLOOP_ONCE);
}

/* ---- taking in ---- */

static void test_attachment__takes_files_and_leaves_empty_fields(void **state)
{
	struct desk *desk = *state;
	struct attachment_set *set = attachment_set_new(desk->service);
	const struct attachment *files;
	struct error err = { 0 };
	char hex[SHA256_HEX_SIZE];
	size_t n;

	part_text(set, "", "");
	part_text(set, NULL, "");
	part_text(set, "C:\\mapp\\brev.txt", "Hej\n");
	part_text(set, NULL, "%PDF-1.7\n");
	assert_int_equal(attachment_set_check(set, &err), 0);
	files = attachment_set_all(set, &n);
	assert_int_equal(n, 2);
	assert_string_equal(files[0].name, "brev.txt");
	assert_string_equal(files[0].type, "text/plain");
	assert_int_equal(files[0].size, 4);
	assert_null(files[0].state);
	sha256_hex("Hej\n", 4, hex);
	assert_string_equal(files[0].given_sha256, hex);
	assert_string_equal(files[1].name, "bilaga");
	assert_string_equal(files[1].type, "application/pdf");
	attachment_set_free(set);
}

static void expect_fault(struct attachment_set *set, enum err_code code,
	const char *name, const char *reason)
{
	const struct attachment_fault *faults;
	struct error err = { 0 };
	size_t n;

	assert_int_equal(attachment_set_check(set, &err), -1);
	assert_int_equal(err.code, code);
	assert_string_equal(err.field, "attachment");
	faults = attachment_set_faults(set, &n);
	assert_true(n >= 1);
	assert_string_equal(faults[0].name, name);
	assert_string_equal(faults[0].reason, reason);
	attachment_set_free(set);
}

static void test_attachment__notes_what_breaks_a_rule(void **state)
{
	struct desk *desk = *state;
	struct attachment_set *set = attachment_set_new(desk->service);
	size_t i, n;

	/* the rest of the form is still taken */
	part_text(set, "virus.jpg", "MZ\x90\x03");
	part_text(set, "bra.txt", "bra");
	attachment_set_all(set, &n);
	assert_int_equal(n, 1);
	expect_fault(set, ERR_UNSUPPORTED, "virus.jpg", "fault.attachment-type");

	set = attachment_set_new(desk->service);
	part_text(set, "tom.txt", "");
	expect_fault(set, ERR_UNSUPPORTED, "tom.txt", "fault.attachment-empty");

	set = attachment_set_new(desk->service);
	for (i = 0; i < 40; i++)
		part_text(set, "a.txt", "a");
	attachment_set_all(set, &n);
	assert_int_equal(n, ATTACHMENT_FILES_MAX);
	expect_fault(set, ERR_TOO_LARGE, "a.txt", "fault.attachment-count");
}

static void test_attachment__bounds_sizes(void **state)
{
	struct desk *desk = *state;
	char *bytes = mem_new(ATTACHMENT_SIZE_MAX + 1);
	struct attachment_set *set = attachment_set_new(desk->service);
	struct error err = { 0 };
	size_t n;

	memset(bytes, 'a', ATTACHMENT_SIZE_MAX + 1);
	part(set, "precis.txt", bytes, ATTACHMENT_SIZE_MAX);
	part(set, "igen.txt", bytes, ATTACHMENT_SIZE_MAX);
	part(set, "rest.txt", bytes, ATTACHMENT_TOTAL_MAX - 2 * ATTACHMENT_SIZE_MAX);
	assert_int_equal(attachment_set_check(set, &err), 0);
	part(set, "droppen.txt", bytes, 1);
	expect_fault(set, ERR_TOO_LARGE, "droppen.txt", "fault.attachment-total");

	/* one that is too large does not count towards the sum */
	set = attachment_set_new(desk->service);
	part(set, "stor.txt", bytes, ATTACHMENT_SIZE_MAX + 1);
	part(set, "a.txt", bytes, ATTACHMENT_SIZE_MAX);
	part(set, "b.txt", bytes, ATTACHMENT_SIZE_MAX);
	attachment_set_all(set, &n);
	assert_int_equal(n, 2);
	attachment_set_faults(set, &n);
	assert_int_equal(n, 1);
	expect_fault(set, ERR_TOO_LARGE, "stor.txt", "fault.attachment-size");
	mem_free(bytes);
}

/* ---- storing ---- */

static void make_files(struct desk *desk)
{
	assert_int_equal(
		image_bench_shell(desk->bench,
			"vips black b.v 900 600 --bands 3 && vips copy b.v a.jpg "
			"--interpretation srgb && vips copy a.jpg a.png && "
			"heif-enc a.png -o a.heic && head -c 400 a.jpg > cut.jpg"),
		0);
}

static void expect_blob(struct desk *desk, const char *sha256, uint64_t size)
{
	struct error err = { 0 };
	uint64_t stored = 0;
	int fd = -1;

	assert_non_null(sha256);
	assert_int_equal(blob_store_open(desk->blobs, sha256, &fd, &stored, &err), 0);
	if (size > 0)
		assert_int_equal(stored, size);
	close(fd);
}

static void test_attachment__stores_pictures_anew_and_others_as_sent(void **state)
{
	struct desk *desk = *state;
	struct attachment_set *set = attachment_set_new(desk->service);
	const struct attachment *files;
	struct outcome outcome;
	size_t n, i;

	make_files(desk);
	part_file(desk, set, "a.jpg");
	part_file(desk, set, "a.heic");
	part_text(set, "brev.txt", "Hej\n");
	part_file(desk, set, "cut.jpg");
	store(desk, set, &outcome);
	assert_int_equal(outcome.code, ERR_NONE);
	files = attachment_set_all(set, &n);
	assert_int_equal(n, 4);
	for (i = 0; i < 2; i++) {
		if (files[i].refused_because)
			fail_msg("%s: %s", files[i].name, files[i].refused_because);
		assert_string_equal(files[i].state, "stored");
		assert_string_equal(files[i].type, "image/jpeg");
		assert_string_not_equal(files[i].stored_sha256, files[i].given_sha256);
		assert_int_equal(files[i].width, 900);
		assert_int_equal(files[i].height, 600);
		expect_blob(desk, files[i].stored_sha256, files[i].size);
		expect_blob(desk, files[i].thumbnail_sha256, 0);
		/* nothing of what was sent stays */
		assert_false(blob_store_exists(desk->blobs, files[i].given_sha256));
	}
	assert_string_equal(files[2].state, "stored");
	assert_string_equal(files[2].stored_sha256, files[2].given_sha256);
	assert_null(files[2].thumbnail_sha256);
	expect_blob(desk, files[2].stored_sha256, 4);
	assert_string_equal(files[3].state, "refused");
	assert_string_equal(files[3].refused_because, "cannot-be-decoded");
	assert_string_equal(files[3].type, "image/jpeg");
	assert_null(files[3].stored_sha256);
	assert_false(blob_store_exists(desk->blobs, files[3].given_sha256));
	attachment_set_free(set);
}

static void test_attachment__has_nothing_to_store(void **state)
{
	struct desk *desk = *state;
	struct attachment_set *set = attachment_set_new(desk->service);
	struct outcome outcome;

	store(desk, set, &outcome);
	assert_int_equal(outcome.code, ERR_NONE);
	attachment_set_free(set);
}

/* Nine pictures where the client takes eight: none is kept, the case is not made, and
 * the resident may try again. */
static void test_attachment__is_unavailable_when_too_many_wait(void **state)
{
	struct desk *desk = *state;
	struct attachment_set *set = attachment_set_new(desk->service);
	struct outcome outcome;
	size_t i;

	make_files(desk);
	for (i = 0; i < 9; i++)
		part_file(desk, set, "a.png");
	store(desk, set, &outcome);
	assert_int_equal(outcome.code, ERR_UNAVAILABLE);
	assert_int_equal(image_client_pending(desk->bench->client), 0);
	attachment_set_free(set);
}

/* The client leaves: before storing, while pictures are made, while a work thread has
 * the set, and when all is done. Sanitizers watch. */
static void test_attachment__can_be_left_at_any_time(void **state)
{
	struct desk *desk = *state;
	struct outcome outcome = { 0 };
	struct attachment_set *set;
	size_t turns, i;

	make_files(desk);
	attachment_set_free(NULL);
	for (turns = 0; turns < 12; turns++) {
		set = attachment_set_new(desk->service);
		part_file(desk, set, "a.png");
		part_text(set, "brev.txt", "Hej\n");
		if (turns % 2 == 0)
			part_file(desk, set, "a.jpg");
		attachment_set_store(set, on_stored, &outcome);
		for (i = 0; i < turns && !outcome.done; i++)
			event_base_loop(desk->bench->base, EVLOOP_ONCE);
		attachment_set_free(set);
		outcome.done = false;
	}
	/* only texts: the work thread has it at once */
	set = attachment_set_new(desk->service);
	part_text(set, "brev.txt", "Hej\n");
	attachment_set_store(set, on_stored, &outcome);
	event_base_loop(desk->bench->base, EVLOOP_ONCE);
	attachment_set_free(set);
	while (work_pool_busy(desk->work) > 0 ||
		image_client_pending(desk->bench->client))
		event_base_loop(desk->bench->base, EVLOOP_ONCE);
	assert_false(outcome.done);
}

/* Half a part and away. */
static void test_attachment__can_be_left_while_taking_in(void **state)
{
	struct desk *desk = *state;
	struct attachment_set *set = attachment_set_new(desk->service);
	struct error err = { 0 };

	assert_int_equal(attachment_set_begin(set, "a.txt", &err), 0);
	assert_int_equal(attachment_set_data(set, "abc", 3, &err), 0);
	attachment_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_attachment__takes_files_and_leaves_empty_fields, desk_open,
			desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__notes_what_breaks_a_rule, desk_open,
			desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__bounds_sizes, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__stores_pictures_anew_and_others_as_sent,
			desk_open, desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__has_nothing_to_store, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__is_unavailable_when_too_many_wait, desk_open,
			desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__can_be_left_at_any_time, desk_open,
			desk_close),
		cmocka_unit_test_setup_teardown(
			test_attachment__can_be_left_while_taking_in, desk_open,
			desk_close),
	};

	cmocka_set_test_filter(getenv("TEST_FILTER"));
	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
