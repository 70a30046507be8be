#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/embed.h"
#include "lib/error.h"
#include "lib/fault.h"

#define PO_FILE(name_, text_)                                                          \
	{                                                                              \
		.name = (name_), .bytes = (const unsigned char *)(text_),              \
		.size = sizeof(text_) - 1                                              \
	}

static const struct embed_file files[] = {
	PO_FILE("texts/en.po",
		"msgid \"form.title\"\nmsgstr \"Complain\"\n"
		"#, fuzzy\nmsgid \"form.max\"\nmsgstr \"At most {max}\"\n"
		"msgid \"form.days\"\nmsgstr \"{n} days\"\n"
		"msgid \"only.en\"\nmsgstr \"English\"\n"),
	PO_FILE("texts/fi.po", "msgid \"form.title\"\nmsgstr \"\"\n"),
	PO_FILE("texts/fit.po", ""),
	PO_FILE("texts/readme.txt", "msgid"),
	PO_FILE("texts/se.po", "msgid \"form.title\"\nmsgstr \"Váidal\"\n"),
	PO_FILE("texts/sv-x-easy.po", "msgid \"form.title\"\nmsgstr \"Klaga här\"\n"),
	PO_FILE("texts/sv.po",
		"msgid \"\"\nmsgstr \"Language: sv\\n\"\n"
		"msgid \"form.title\"\nmsgstr \"Lämna synpunkt\"\n"
		"msgid \"form.max\"\nmsgstr \"Högst {max}\"\n"
		"msgid \"form.days\"\nmsgstr \"{n} dagar, {n}\"\n"
		"msgid \"form.send.now\"\nmsgstr \"Skicka\"\n"
		"msgid \"fault.too-long\"\nmsgstr \"Högst {max} tecken\"\n"
		"msgid \"fault.required\"\nmsgstr \"Fyll i detta\"\n"),
	{ 0 },
};

static int set_up(void **state)
{
	struct catalogue *cat = catalogue_new("sv");
	struct error err = { 0 };

	assert_int_equal(catalogue_add_files(cat, files, &err), 0);
	assert_int_equal(catalogue_finish(cat, &err), 0);
	*state = cat;
	return 0;
}

static int tear_down(void **state)
{
	catalogue_free(*state);
	return 0;
}

static void test_catalogue__falls_back_key_by_key(void **state)
{
	static const struct {
		const char *language, *key, *want;
	} cases[] = {
		{ "sv", "form.title", "Lämna synpunkt" },
		{ "en", "form.title", "Complain" },
		{ "EN", "form.title", "Complain" },
		{ "en", "form.send.now", "Skicka" },
		{ "fi", "form.title", "Lämna synpunkt" },
		{ "sv-x-easy", "form.title", "Klaga här" },
		{ "sv-x-easy", "form.max", "Högst {max}" },
		{ "xx", "form.title", "Lämna synpunkt" },
		{ NULL, "form.title", "Lämna synpunkt" },
		{ "sv", "only.en", "only.en" },
		{ "en", "only.en", "English" },
		{ "sv", "form", "form" },
		{ "sv", "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu\n", i);
		assert_string_equal(
			catalogue_text(*state, cases[i].language, cases[i].key),
			cases[i].want);
	}
	assert_null(catalogue_find(*state, "sv", "only.en"));
}

static const char *tree_text(
	const struct catalogue *cat, const char *language, const char *a, const char *b)
{
	return json_string_value(
		json_object_get(json_object_get(catalogue_json(cat, language), a), b));
}

static void test_catalogue__gives_nested_texts(void **state)
{
	assert_string_equal(tree_text(*state, "en", "form", "title"), "Complain");
	assert_string_equal(
		tree_text(*state, "fit", "form", "title"), "Lämna synpunkt");
	assert_string_equal(tree_text(*state, "xx", "form", "title"), "Lämna synpunkt");
	assert_null(tree_text(*state, "sv", "only", "en"));
	assert_string_equal(
		json_string_value(json_object_get(
			json_object_get(
				json_object_get(catalogue_json(*state, "se"), "form"),
				"send"),
			"now")),
		"Skicka");
}

static void test_catalogue__fills_values_and_faults(void **state)
{
	struct arena *arena = arena_new();
	struct faults f;

	assert_string_equal(catalogue_format(arena, *state, "en", "form.days",
				    TEXT_VALUES({ "n", "10" })),
		"10 days");
	assert_string_equal(catalogue_format(arena, *state, "sv", "form.days",
				    TEXT_VALUES({ "n", "2" })),
		"2 dagar, 2");
	faults_init(&f, arena);
	faults_add_key(&f, "text", "fault.too-long", TEXT_VALUES({ "max", "10" }));
	faults_add(&f, "text", "some words");
	assert_string_equal(
		catalogue_fault(arena, *state, "en", f.first), "Högst 10 tecken");
	assert_string_equal(catalogue_fault(arena, *state, "sv", f.last), "some words");
	arena_free(arena);
}

static void test_catalogue__chooses_a_language(void **state)
{
	static const struct {
		const char *asked, *header, *want;
	} cases[] = {
		{ NULL, NULL, "sv" },
		{ "", "", "sv" },
		{ "en", NULL, "en" },
		{ "EN", "sv", "en" },
		{ "en-GB", NULL, "en" },
		{ "sv-x-easy", NULL, "sv-x-easy" },
		{ "SV-X-Easy", NULL, "sv-x-easy" },
		{ "sv-x-other", "en", "sv" },
		{ "de", "en", "en" },
		{ "../../etc", "en", "en" },
		{ "a-very-long-tag-that-goes-on-and-on-and-on-for-ever", "fi", "fi" },
		{ NULL, "en", "en" },
		{ NULL, "en-US,en;q=0.9,sv;q=0.8", "en" },
		{ NULL, "sv-SE,sv;q=0.9,en;q=0.8", "sv" },
		{ NULL, "en;q=0.5, fi;q=0.7", "fi" },
		{ NULL, "en;q=0.7, fi;q=0.7", "en" },
		{ NULL, "de, fr;q=0.9, se;q=0.1", "se" },
		{ NULL, "de, fr", "sv" },
		{ NULL, "fit", "fit" },
		{ NULL, "fi-FI", "fi" },
		{ NULL, "filipino", "sv" },
		{ NULL, "*", "sv" },
		{ NULL, "de, *;q=0.5", "sv" },
		{ NULL, "en;q=0.2, *;q=0.5", "sv" },
		{ NULL, "sv;q=0, *", "en" },
		{ NULL, "sv;q=0.000, en;q=0.001", "en" },
		{ NULL, "en;q=0", "sv" },
		{ NULL, "sv;q=0", "sv" },
		{ NULL, "en;q=0, en", "sv" },
		{ NULL, "  en\t;\tq=1.000 ,sv", "en" },
		{ NULL, "en;Q=0.9,sv;q=0.8", "en" },
		/* What does not parse is passed over. */
		{ NULL, "en;q=2,fi;q=0.1", "fi" },
		{ NULL, "en;q=1.5,fi", "fi" },
		{ NULL, "en;q=0.1234,fi;q=0.01", "fi" },
		{ NULL, "en;q=,fi", "fi" },
		{ NULL, "en;q,fi", "fi" },
		{ NULL, "en;x=1,fi", "fi" },
		{ NULL, "en;q=1;q=1,fi", "fi" },
		{ NULL, ",,;;,=,fi", "fi" },
		{ NULL, "-,--,-x,x-,fi", "fi" },
		{ NULL, "en fi", "sv" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu: %s\n", i, cases[i].header);
		assert_string_equal(
			catalogue_choose(*state, cases[i].asked, cases[i].header),
			cases[i].want);
	}
}

static void print_difference(const char *key, const char *why, void *arg)
{
	fprintf(arg, "%s %s;", key, why);
}

static void test_catalogue__tells_how_languages_differ(void **state)
{
	struct catalogue_state measured;
	char *got;
	size_t n;
	FILE *out = open_memstream(&got, &n);

	assert_int_equal(
		catalogue_compare(*state, "sv", "en", print_difference, out), 4);
	fclose(out);
	assert_string_equal(got,
		"fault.required missing in en;fault.too-long missing in en;"
		"form.send.now missing in en;only.en missing in sv;");
	free(got);
	catalogue_measure(*state, "en", &measured);
	assert_int_equal(measured.texts, 4);
	assert_int_equal(measured.missing, 3);
	assert_int_equal(measured.unreviewed, 1);
	catalogue_measure(*state, "fi", &measured);
	assert_int_equal(measured.texts, 0);
	assert_int_equal(measured.missing, 6);
}

static void test_catalogue__compares_placeholders(void **state)
{
	static const struct {
		const char *sv, *en;
		bool same;
	} cases[] = {
		{ "a", "b", true },
		{ "{n} av {max}", "{max}: {n}", true },
		{ "{n}", "{n} and {n}", true },
		{ "{n}", "n", false },
		{ "n", "{n}", false },
		{ "{n}", "{m}", false },
		{ "{ not one } {}", "none", true },
		{ "{{n}", "{n}", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct catalogue *cat = catalogue_new("sv");
		struct error err = { 0 };
		char po[200];

		print_message("case %zu\n", i);
		snprintf(po, sizeof(po), "msgid \"k\"\nmsgstr \"%s\"", cases[i].sv);
		assert_int_equal(catalogue_add(cat, "sv", po, strlen(po), &err), 0);
		snprintf(po, sizeof(po), "msgid \"k\"\nmsgstr \"%s\"", cases[i].en);
		assert_int_equal(catalogue_add(cat, "en", po, strlen(po), &err), 0);
		assert_int_equal(catalogue_finish(cat, &err), 0);
		assert_int_equal(catalogue_compare(cat, "sv", "en", NULL, NULL),
			cases[i].same ? 0 : 1);
		catalogue_free(cat);
	}
}

static void test_catalogue__tells_what_a_language_says_of_itself(void **state)
{
	static const char ar[] = "msgid \"\"\nmsgstr \"Language: ar\\n\"\n"
				 "\"X-Name: العربية\\n\"\n\"X-Direction: rtl\\n\"\n"
				 "\"X-Reviewed: no\\n\"\n";
	static const char en[] =
		"msgid \"\"\nmsgstr \"X-Named: no\\nX-Reviewed: yes\"\n";
	struct catalogue *cat = catalogue_new("sv");
	const struct catalogue_about *about;

	(void)state;
	assert_int_equal(catalogue_add(cat, "ar", ar, sizeof(ar) - 1, NULL), 0);
	assert_int_equal(catalogue_add(cat, "en", en, sizeof(en) - 1, NULL), 0);
	assert_int_equal(catalogue_add(cat, "sv", "", 0, NULL), 0);
	assert_int_equal(catalogue_finish(cat, NULL), 0);

	about = catalogue_about(cat, "ar");
	assert_string_equal(about->name, "العربية");
	assert_true(about->right_to_left && about->unreviewed);
	about = catalogue_about(cat, "en");
	assert_string_equal(about->name, "en");
	assert_false(about->right_to_left || about->unreviewed);
	assert_ptr_equal(catalogue_about(cat, "xx"), catalogue_about(cat, "sv"));
	catalogue_free(cat);
}

/* "2026-104233" after Arabic words would else be shown as "104233-2026". */
static void test_catalogue__keeps_values_whole_among_right_to_left_words(void **state)
{
	static const char ar[] = "msgid \"\"\nmsgstr \"X-Direction: rtl\\n\"\n"
				 "msgid \"n\"\nmsgstr \"رقم {n}\"\n";
	static const char sv[] = "msgid \"n\"\nmsgstr \"Nummer {n}\"\n";
	struct catalogue *cat = catalogue_new("sv");
	struct arena *arena = arena_new();
	const struct text_value *values = TEXT_VALUES({ "n", "2026-104233" });

	(void)state;
	assert_int_equal(catalogue_add(cat, "ar", ar, sizeof(ar) - 1, NULL), 0);
	assert_int_equal(catalogue_add(cat, "sv", sv, sizeof(sv) - 1, NULL), 0);
	assert_int_equal(catalogue_finish(cat, NULL), 0);
	assert_string_equal(catalogue_format(arena, cat, "ar", "n", values),
		"رقم \u20682026-104233\u2069");
	assert_string_equal(
		catalogue_format(arena, cat, "sv", "n", values), "Nummer 2026-104233");
	assert_string_equal(catalogue_fill(arena, cat, "ar", "{n}", NULL), "{n}");
	assert_string_equal(
		catalogue_fill(arena, cat, "ar", "{n}", TEXT_VALUES({ "n", NULL })),
		"{n}");
	arena_free(arena);
	catalogue_free(cat);
}

static void test_catalogue__refuses_broken_files(void **state)
{
	static const struct {
		const char *language, *po, *text;
	} cases[] = {
		{ "sv", "msgid \"a b\"\nmsgstr \"x\"",
			"sv.po: line 1: \"a b\" is not a dotted key" },
		{ "sv", "\nmsgid \"a..b\"\nmsgstr \"x\"",
			"sv.po: line 2: \"a..b\" is not a dotted key" },
		{ "sv", "msgid \"a.\"\nmsgstr \"x\"",
			"sv.po: line 1: \"a.\" is not a dotted key" },
		{ "sv", "msgid \"a\"\nmsgstr \"x\"\nmsgid \"a\"\nmsgstr \"y\"",
			"sv.po: \"a\" is there twice" },
		{ "sv", "msgid \"a\"\nmsgstr \"x\"\nmsgid \"a.b\"\nmsgstr \"y\"",
			"sv.po: \"a.b\" is both a text and the start of others" },
		{ "sv",
			"msgid \"a.b\"\nmsgstr \"x\"\nmsgid \"a.b.c\"\nmsgstr \"y\"\n"
			"msgid \"a-\"\nmsgstr \"z\"",
			"sv.po: \"a.b.c\" is both a text and the start of others" },
		{ "en", "", "no texts in the base language \"sv\"" },
		{ "", "", "\"\" is no language tag, or there twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct catalogue *cat = catalogue_new("sv");
		struct error err = { 0 };
		const char *po = cases[i].po;

		print_message("case %zu\n", i);
		if (catalogue_add(cat, cases[i].language, po, strlen(po), &err) == 0)
			assert_int_equal(catalogue_finish(cat, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.text, cases[i].text);
		catalogue_free(cat);
	}
}

static void test_catalogue_with__says_other_words_in_their_language_alone(void **state)
{
	static const struct catalogue_own first[] = {
		{ "sv", "form.title", "Säg till", false },
		{ "sv", "page.news", "Ett.\n\n\nTvå.", true },
		{ "de", "form.title", "Sagen", false },
	};
	const struct catalogue *cat = *state;
	struct catalogue *with = catalogue_with(cat, first, ARRAY_LEN(first));
	struct catalogue *again = catalogue_with(with,
		&(struct catalogue_own){ "sv", "form.title", "Berätta", false }, 1);
	const json_t *news = json_object_get(
		json_object_get(catalogue_json(again, "sv"), "page"), "news");

	assert_string_equal(catalogue_text(with, "sv", "form.title"), "Säg till");
	assert_string_equal(catalogue_text(with, "fi", "form.title"), "Lämna synpunkt");
	assert_string_equal(catalogue_text(with, "sv", "form.max"), "Högst {max}");
	assert_string_equal(catalogue_text(again, "sv", "form.title"), "Berätta");
	assert_string_equal(catalogue_text(cat, "sv", "form.title"), "Lämna synpunkt");
	assert_null(catalogue_find(again, "en", "page.news"));
	assert_null(json_object_get(catalogue_json(cat, "sv"), "page"));
	assert_int_equal(json_array_size(news), 2);
	assert_string_equal(json_string_value(json_array_get(news, 1)), "Två.");
	catalogue_free(again);
	catalogue_free(with);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_catalogue__falls_back_key_by_key),
		cmocka_unit_test(test_catalogue__gives_nested_texts),
		cmocka_unit_test(test_catalogue__fills_values_and_faults),
		cmocka_unit_test(test_catalogue__chooses_a_language),
		cmocka_unit_test(test_catalogue__tells_how_languages_differ),
		cmocka_unit_test(test_catalogue__compares_placeholders),
		cmocka_unit_test(test_catalogue__tells_what_a_language_says_of_itself),
		cmocka_unit_test(
			test_catalogue__keeps_values_whole_among_right_to_left_words),
		cmocka_unit_test(test_catalogue__refuses_broken_files),
		cmocka_unit_test(
			test_catalogue_with__says_other_words_in_their_language_alone),
	};

	return cmocka_run_group_tests_name("catalogue", tests, set_up, tear_down);
}
