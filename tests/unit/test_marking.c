#include "tests/unit/test.h"

#include "server/marking.h"

static void test_marking__takes_documents_and_sections_as_they_are_named(void **state)
{
	static const char *const documents[] = { "text", "message-4", "reply-12",
		"note-999999999", "attachment-1" };
	static const char *const sections[] = { "OSL 26:1", "OSL 21:7", "OSL 39:3",
		"OSL 10:27", "OSL 10:14a" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		print_message("input %zu: \"%s\"\n", i, documents[i]);
		assert_true(marking_document_is_possible(documents[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		print_message("input %zu: \"%s\"\n", i, sections[i]);
		assert_true(marking_section_is_possible(sections[i]));
	}
}

static void test_marking__refuses_other_words(void **state)
{
	static const char *const documents[] = { "", "case", "Text", "text-1",
		"message", "message-", "message-0", "message-04", "message-4 ",
		"message-1234567890", "contact-1", "note--1", "attachment-1x" };
	static const char *const sections[] = { "", "26:1", "OSL", "OSL 26", "OSL26:1",
		"osl 26:1", "OSL  26:1", "OSL 026:1", "OSL 26:0", "OSL 261:1",
		"OSL 26:1aa", "OSL 26:1 ", "OSL 26:A", "OSL 26.1", "BrB 26:1",
		"Anna Ek" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		print_message("input %zu: \"%s\"\n", i, documents[i]);
		assert_false(marking_document_is_possible(documents[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		print_message("input %zu: \"%s\"\n", i, sections[i]);
		assert_false(marking_section_is_possible(sections[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_marking__takes_documents_and_sections_as_they_are_named),
		cmocka_unit_test(test_marking__refuses_other_words),
	};

	return cmocka_run_group_tests_name("marking", tests, NULL, NULL);
}
