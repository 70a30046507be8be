#include "tests/unit/test.h"

#include "lib/embed.h"

extern const struct embed_file embed_test_files[];

static void test_embed__keeps_every_byte(void **state)
{
	const struct embed_file *file = embed_find(embed_test_files, "one.bin");

	(void)state;
	assert_non_null(file);
	assert_int_equal(file->size, 256);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(file->bytes[i], i);
	assert_int_equal(file->bytes[256], 0);
}

static void test_embed__keeps_quotes_and_line_ends(void **state)
{
	const struct embed_file *file = embed_find(embed_test_files, "b/two.txt");

	(void)state;
	assert_non_null(file);
	assert_string_equal(
		(const char *)file->bytes, "rad ett\nrad \"två\" \\n ?\?/ 0\n");
	assert_int_equal(file->size, strlen((const char *)file->bytes));
}

static void test_embed__table_is_sorted_and_has_etags(void **state)
{
	(void)state;
	assert_int_equal(embed_count(embed_test_files), 3);
	assert_string_equal(embed_test_files[0].name, "b/two.txt");
	assert_string_equal(embed_test_files[1].name, "empty.txt");
	assert_int_equal(embed_test_files[1].size, 0);
	/* The start of the SHA-256 of nothing. */
	assert_string_equal(embed_test_files[1].etag, "\"e3b0c44298fc1c14\"");
	assert_null(embed_find(embed_test_files, "three"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_embed__keeps_every_byte),
		cmocka_unit_test(test_embed__keeps_quotes_and_line_ends),
		cmocka_unit_test(test_embed__table_is_sorted_and_has_etags),
	};

	return cmocka_run_group_tests_name("embed", tests, NULL, NULL);
}
