#include "tests/unit/test.h"

#include <ctype.h>
#include <string.h>

#include <jansson.h>

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

struct differences {
	const char *language;
	int n;
};

static void on_difference(const char *key, const char *why, void *arg)
{
	struct differences *d = arg;

	print_message("%s.po: %s: %s\n", d->language, key, why);
	d->n++;
}

/* An entry that is empty is not there. */
static void test_resident_texts__every_language_has_the_same_keys(void **state)
{
	(void)state;
	struct catalogue *cat = catalogue_of_pages();
	struct differences d = { 0 };

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		d.language = catalogue_language(cat, i);
		if (strcmp(d.language, "sv") != 0)
			catalogue_compare(cat, "sv", d.language, on_difference, &d);
	}
	assert_int_equal(d.n, 0);
	catalogue_free(cat);
}

static void test_resident_texts__every_language_has_a_name(void **state)
{
	(void)state;
	struct catalogue *cat = catalogue_of_pages();

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const char *language = catalogue_language(cat, i);

		assert_string_not_equal(catalogue_about(cat, language)->name, language);
	}
	catalogue_free(cat);
}

/* Values, signs and spaces, with no word among them. */
static bool is_only_values(const char *text)
{
	int depth = 0;

	for (; *text; text++) {
		if (*text == '{' || *text == '}')
			depth += *text == '{' ? 1 : -1;
		else if (depth == 0 && (*text & 0x80 || isalpha((unsigned char)*text)))
			return false;
	}
	return true;
}

/* The letters' texts, in depth, whose words are the Swedish ones. */
static int copies_of_swedish(const char *language, json_t *swedish, json_t *own)
{
	const char *key;
	json_t *text;
	int n = 0;

	json_object_foreach(swedish, key, text)
	{
		json_t *mine = json_object_get(own, key);

		if (json_is_object(text)) {
			n += copies_of_swedish(language, text, mine);
		} else if (json_equal(text, mine) &&
			   !is_only_values(json_string_value(text))) {
			print_message("%s.po: %s\n", language, json_string_value(text));
			n++;
		}
	}
	return n;
}

/* Easy Swedish may have the same words. */
static void test_resident_texts__letters_are_translated(void **state)
{
	(void)state;
	struct catalogue *cat = catalogue_of_pages();
	json_t *swedish = json_object_get(catalogue_json(cat, "sv"), "mail");
	int n = 0;

	assert_true(json_object_size(swedish) > 0);
	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const char *language = catalogue_language(cat, i);

		if (strncmp(language, "sv", 2) != 0)
			n += copies_of_swedish(language, swedish,
				json_object_get(catalogue_json(cat, language), "mail"));
	}
	assert_int_equal(n, 0);
	catalogue_free(cat);
}

/* Each {{t.…}} of one template, or {{#t.…}}. An announcement is the city's alone. */
static int missing_keys(
	const struct catalogue *cat, const struct embed_file *file, const char *begin)
{
	const char *at = (const char *)file->bytes;
	char key[100];
	int n = 0;

	for (at = strstr(at, begin); at; at = strstr(at, begin)) {
		size_t length;

		at += strlen(begin);
		length = strcspn(at, "}");
		assert_true(length < sizeof(key));
		memcpy(key, at, length);
		key[length] = '\0';
		if (strcmp(key, "page.announcement") != 0 &&
			!catalogue_find(cat, "sv", key)) {
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
			n += missing_keys(cat, file, "{{t.") +
			     missing_keys(cat, file, "{{#t.");
	assert_int_equal(n, 0);
	catalogue_free(cat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resident_texts__templates_compile),
		cmocka_unit_test(test_resident_texts__every_language_has_the_same_keys),
		cmocka_unit_test(test_resident_texts__every_language_has_a_name),
		cmocka_unit_test(test_resident_texts__letters_are_translated),
		cmocka_unit_test(test_resident_texts__templates_name_texts_that_exist),
	};

	return cmocka_run_group_tests_name("resident_texts", tests, NULL, NULL);
}
