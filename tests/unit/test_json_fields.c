#include "tests/unit/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"

struct note {
	const char *text, *kind, *email;
	double lat;
	bool has_lat, has_place, urgent;
	int reply;
	int64_t count;
	struct json_strings tags;
};

static const char *const kinds[] = { "praise", "question", NULL };

static const struct json_field fields[] = {
	{ .path = "text",
		.kind = JSON_FIELD_STRING,
		.required = true,
		.not_blank = true,
		.line_ends = true,
		.max = 5,
		.offset = offsetof(struct note, text) },
	{ .path = "kind",
		.kind = JSON_FIELD_STRING,
		.one_of = kinds,
		.offset = offsetof(struct note, kind) },
	{ .path = "place",
		.kind = JSON_FIELD_OBJECT,
		.offset = offsetof(struct note, has_place) },
	{ .path = "place.lat",
		.kind = JSON_FIELD_NUMBER,
		.required = true,
		.min = -90,
		.max = 90,
		.offset = offsetof(struct note, lat),
		.given = offsetof(struct note, has_lat) },
	{ .path = "a.b.email",
		.kind = JSON_FIELD_STRING,
		.min = 3,
		.max = 10,
		.offset = offsetof(struct note, email) },
	{ .path = "urgent",
		.kind = JSON_FIELD_BOOL,
		.offset = offsetof(struct note, urgent) },
	{ .path = "reply",
		.kind = JSON_FIELD_MAYBE,
		.offset = offsetof(struct note, reply) },
	{ .path = "count",
		.kind = JSON_FIELD_INTEGER,
		.min = 1,
		.max = INFINITY,
		.offset = offsetof(struct note, count) },
	{ .path = "tags",
		.kind = JSON_FIELD_STRINGS,
		.min = 1,
		.max = 3,
		.max_items = 2,
		.offset = offsetof(struct note, tags) },
	{ 0 },
};

/* All faults as "name: reason;" in the arena. */
static const char *read_note(struct arena *arena, const char *text, struct note *ret)
{
	struct error err = { 0 };
	struct faults faults;
	json_t *json = NULL;
	const char *all = "";

	faults_init(&faults, arena);
	*ret = (struct note){ 0 };
	if (json_body_parse(text, strlen(text), &json, &err) < 0)
		fail_msg("%s", err.text);
	json_fields_read(json, fields, ret, &faults);
	json_decref(json);
	for (const struct fault *f = faults.first; f; f = f->next)
		all = arena_printf(arena, "%s%s: %s;", all, f->name, f->reason);
	return all;
}

static void test_json_fields__fills_the_struct(void **state)
{
	struct arena *arena = arena_new();
	struct note note;

	(void)state;
	assert_string_equal(
		read_note(arena,
			"{\"text\": \"a\\r\\nå\\r\", \"kind\": \"praise\", \"place\": "
			"{\"lat\": 59}, \"a\": {\"b\": {\"email\": \"x@y\"}}, \"urgent\": "
			"true, \"reply\": false, \"count\": 3.0, \"tags\": [\"x\", "
			"\"åäö\"], \"other\": {\"text\": 1}}",
			&note),
		"");
	assert_string_equal(note.text, "a\nå\n");
	assert_string_equal(note.kind, "praise");
	assert_string_equal(note.email, "x@y");
	assert_true(note.has_place && note.has_lat && note.urgent);
	assert_true(note.lat == 59);
	assert_int_equal(note.reply, 0);
	assert_int_equal(note.count, 3);
	assert_int_equal(note.tags.n, 2);
	assert_string_equal(note.tags.items[1], "åäö");
	arena_free(arena);
}

static void test_json_fields__null_is_absent(void **state)
{
	struct arena *arena = arena_new();
	struct note note;

	(void)state;
	assert_string_equal(
		read_note(arena,
			"{\"text\": \"a\", \"kind\": null, \"place\": null, \"a\": "
			"{\"b\": null}, \"reply\": null, \"count\": null, \"tags\": null}",
			&note),
		"");
	assert_null(note.kind);
	assert_false(note.has_place || note.has_lat);
	assert_int_equal(note.reply, -1);
	assert_int_equal(note.tags.n, 0);
	arena_free(arena);
}

static void test_json_fields__tells_all_faults_by_path(void **state)
{
	static const struct {
		const char *json, *faults;
	} cases[] = {
		{ "{}", "text: is missing;" },
		{ "{\"text\": null}", "text: is missing;" },
		{ "[]", ": must be an object;" },
		{ "3", ": must be an object;" },
		{ "{\"text\": 1, \"kind\": \"x\", \"place\": [], \"a\": {\"b\": 1}, "
		  "\"urgent\": \"ja\", \"reply\": 0, \"count\": 1.5, \"tags\": {}}",
			"text: must be a text;kind: must be one of praise, question;"
			"place: must be an object;a.b: must be an object;"
			"urgent: must be true or false;reply: must be true or false;"
			"count: must be a whole number;tags: must be a list;" },
		{ "{\"text\": \"\"}",
			"text: must hold something other than white space;" },
		{ "{\"text\": \" \\u00a0\\n\"}",
			"text: must hold something other than white space;" },
		{ "{\"text\": \"a\\u0000b\"}",
			"text: must not hold the character U+0000;" },
		{ "{\"text\": \"ååååå\"}", "" },
		{ "{\"text\": \"å\\r\\nååå\"}", "" },
		{ "{\"text\": \"😀😀😀😀😀\"}", "" },
		{ "{\"text\": \"åååååå\"}", "text: must be at most 5 characters;" },
		{ "{\"text\": \"a\", \"place\": {}}", "place.lat: is missing;" },
		{ "{\"text\": \"a\", \"place\": {\"lat\": \"59\"}}",
			"place.lat: must be a number;" },
		{ "{\"text\": \"a\", \"place\": {\"lat\": 90.5}}",
			"place.lat: must be between -90 and 90;" },
		{ "{\"text\": \"a\", \"a\": {\"b\": {\"email\": \"xy\"}}}",
			"a.b.email: must be at least 3 characters;" },
		{ "{\"text\": \"a\", \"count\": 0}", "count: must be 1 or more;" },
		{ "{\"text\": \"a\", \"count\": 1e17}",
			"count: must be a whole number;" },
		{ "{\"text\": \"a\", \"tags\": [\"a\", 1]}",
			"tags[1]: must be a text;" },
		{ "{\"text\": \"a\", \"tags\": [\"abcd\", \"\"]}",
			"tags[0]: must be at most 3 characters;"
			"tags[1]: must be at least 1 characters;" },
		{ "{\"text\": \"a\", \"tags\": [1, 2, 3]}",
			"tags: must be at most 2;" },
	};
	struct arena *arena = arena_new();
	struct note note;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("case %zu: %s\n", i, cases[i].json);
		assert_string_equal(
			read_note(arena, cases[i].json, &note), cases[i].faults);
	}
	assert_int_equal(note.tags.n, 0);
	arena_free(arena);
}

static void test_json_body__says_what_is_no_json(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "", "not valid JSON: it ends too early (line 1, column 0)" },
		{ "{", "not valid JSON: it ends too early (line 1, column 1)" },
		{ "{\"hemlig\": 1,}", "not valid JSON (line 1, column 14)" },
		{ "{} {}", "not valid JSON (line 1, column 4)" },
		{ "nul", "not valid JSON (line 1, column 3)" },
		{ "\xef\xbb\xbf{}", "not valid JSON (line 1, column 1)" },
		{ "{\"a\": \"\xff\"}", "not UTF-8 (line 1, column 7)" },
		{ "{\"a\": \"\xed\xa0\x80\"}", "not UTF-8 (line 1, column 7)" },
		{ "{\"a\": \"\\ud800\"}", NULL },
		{ "{\"a\": 1, \"a\": 1}",
			"a member name is repeated (line 1, column 12)" },
		{ "{\"a\\u0000\": 1}", NULL },
		{ "[1e999]", "a number that is too large (line 1, column 6)" },
		{ "[99999999999999999999]", NULL },
		{ "{\"a\": 'x'}", NULL },
		{ "{\"a\": 01}", NULL },
		{ "{\"a\": NaN}", NULL },
		{ "// c\n{}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };
		json_t *json = NULL;

		assert_int_equal(json_body_parse(cases[i].json, strlen(cases[i].json),
					 &json, &err),
			-1);
		print_message("case %zu: %s\n", i, err.text);
		assert_null(json);
		assert_int_equal(err.code, ERR_INVALID);
		assert_null(strstr(err.text, "hemlig"));
		if (cases[i].text)
			assert_string_equal(err.text, cases[i].text);
	}
}

static void test_json_body__has_ceilings(void **state)
{
	static char text[JSON_BODY_MAX + 2];
	struct error err = { 0 };
	json_t *json = NULL;

	(void)state;
	memset(text, '[', JSON_BODY_DEPTH_MAX);
	memset(text + JSON_BODY_DEPTH_MAX, ']', JSON_BODY_DEPTH_MAX);
	assert_int_equal(json_body_parse(text, strlen(text), &json, &err), 0);
	json_decref(json);
	memset(text, '[', 5000);
	assert_int_equal(json_body_parse(text, strlen(text), &json, &err), -1);
	assert_string_equal(err.text, "JSON with objects or lists over 32 deep");
	/* Brackets inside of strings do not count, whatever is escaped. */
	snprintf(text, 200, "[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"]");
	err = (struct error){ 0 };
	assert_int_equal(json_body_parse(text, strlen(text), &json, &err), 0);
	json_decref(json);
	memset(text, ' ', JSON_BODY_MAX + 1);
	assert_int_equal(json_body_parse(text, JSON_BODY_MAX + 1, &json, &err), -1);
	assert_int_equal(err.code, ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_fields__fills_the_struct),
		cmocka_unit_test(test_json_fields__null_is_absent),
		cmocka_unit_test(test_json_fields__tells_all_faults_by_path),
		cmocka_unit_test(test_json_body__says_what_is_no_json),
		cmocka_unit_test(test_json_body__has_ceilings),
	};

	return cmocka_run_group_tests_name("json_fields", tests, NULL, NULL);
}
