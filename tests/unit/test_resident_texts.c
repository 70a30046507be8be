#include "tests/unit/test.h"

#include <string.h>

#include "clients/resident/embedded.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/template_set.h"

static struct catalogue *catalogue_of_pages(void)
{
	struct catalogue *cat = catalogue_new("sv");
	struct error err = { 0 };

	assert_int_equal(catalogue_add_files(cat, resident_files, &err), 0);
	assert_int_equal(catalogue_finish(cat, &err), 0);
	return cat;
}

static void test_resident_texts__templates_compile(void **state)
{
	(void)state;
	struct error err = { 0 };
	struct template_set *set = template_set_new(resident_files, &err);

	print_message("%s\n", err.text);
	assert_non_null(set);
	template_set_free(set);
}

static void on_difference(const char *key, const char *why, void *arg)
{
	int *n = arg;

	print_message("%s: %s\n", key, why);
	*n += 1;
}

static void test_resident_texts__swedish_and_english_have_the_same_keys(void **state)
{
	(void)state;
	struct catalogue *cat = catalogue_of_pages();
	int n = 0;

	catalogue_compare(cat, "sv", "en", on_difference, &n);
	assert_int_equal(n, 0);
	catalogue_free(cat);
}

/* Each {{t.…}} of one template. */
static int missing_keys(const struct catalogue *cat, const struct embed_file *file)
{
	const char *at = (const char *)file->bytes;
	char key[100];
	int n = 0;

	for (at = strstr(at, "{{t."); at; at = strstr(at, "{{t.")) {
		size_t length;

		at += strlen("{{t.");
		length = strcspn(at, "}");
		assert_true(length < sizeof(key));
		memcpy(key, at, length);
		key[length] = '\0';
		if (!catalogue_find(cat, "sv", key)) {
			print_message("%s: no text \"%s\"\n", file->name, key);
			n++;
		}
	}
	return n;
}

static void test_resident_texts__templates_name_texts_that_exist(void **state)
{
	(void)state;
	struct catalogue *cat = catalogue_of_pages();
	int n = 0;

	for (const struct embed_file *file = resident_files; file->name; file++)
		if (strstr(file->name, ".mustache"))
			n += missing_keys(cat, file);
	assert_int_equal(n, 0);
	catalogue_free(cat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resident_texts__templates_compile),
		cmocka_unit_test(
			test_resident_texts__swedish_and_english_have_the_same_keys),
		cmocka_unit_test(test_resident_texts__templates_name_texts_that_exist),
	};

	return cmocka_run_group_tests_name("resident_texts", tests, NULL, NULL);
}
