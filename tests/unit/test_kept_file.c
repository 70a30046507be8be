#include "tests/unit/test.h"

#include <string.h>

#include "lib/arena.h"
#include "server/attachment.h"
#include "server/kept_file.h"
#include "server/worker.h"

static const unsigned char secret[WORKER_SECRET_SIZE] = "one";
static const unsigned char other[WORKER_SECRET_SIZE] = "another";

#define NOW 1795318614

static const struct attachment picture = {
	.name = "å \"<lampa>\".jpg",
	.type = "image/jpeg",
	.size = 1234567,
	.state = "stored",
	.given_sha256 = "aa",
	.stored_sha256 = "bb",
	.thumbnail_sha256 = "cc",
	.width = 640,
	.height = 480,
};
static const struct attachment broken = {
	.name = "trasig.png",
	.type = "image/png",
	.size = 9,
	.state = "refused",
	.given_sha256 = "dd",
	.refused_because = "cannot-be-decoded",
};

static void same_text(const char *a, const char *b)
{
	if (!b)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void test_kept_file__reads_what_it_noted(void **state)
{
	(void)state;
	const struct attachment *files[] = { &picture, &broken };
	struct arena *arena = arena_new();

	for (size_t i = 0; i < 2; i++) {
		const char *note = kept_file_note(arena, secret, files[i], NOW);
		struct attachment got;

		assert_int_equal(
			kept_file_read(arena, secret, note, NOW + 3600, &got), 0);
		same_text(got.name, files[i]->name);
		same_text(got.type, files[i]->type);
		same_text(got.state, files[i]->state);
		same_text(got.given_sha256, files[i]->given_sha256);
		same_text(got.stored_sha256, files[i]->stored_sha256);
		same_text(got.thumbnail_sha256, files[i]->thumbnail_sha256);
		same_text(got.refused_because, files[i]->refused_because);
		assert_int_equal(got.size, files[i]->size);
		assert_int_equal(got.width, files[i]->width);
	}
	arena_free(arena);
}

static void test_kept_file__refuses_forged_and_old_notes(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	char *note = kept_file_note(arena, secret, &picture, NOW);
	char *forged = arena_dup(arena, note);
	struct attachment got;

	*strstr(forged, "bb") = 'c'; /* another file's place */
	assert_int_equal(kept_file_read(arena, secret, forged, NOW, &got), -1);
	assert_int_equal(kept_file_read(arena, other, note, NOW, &got), -1);
	assert_int_equal(kept_file_read(arena, secret, note, NOW + 90000, &got), -1);
	assert_int_equal(kept_file_read(arena, secret, "[]", NOW, &got), -1);
	assert_int_equal(kept_file_read(arena, secret, "", NOW, &got), -1);
	assert_int_equal(kept_file_read(arena, secret, NULL, NOW, &got), -1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_file__reads_what_it_noted),
		cmocka_unit_test(test_kept_file__refuses_forged_and_old_notes),
	};

	return cmocka_run_group_tests_name("kept_file", tests, NULL, NULL);
}
