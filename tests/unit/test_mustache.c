#include "tests/unit/test.h"

#include <stdlib.h>

#include <event2/buffer.h>
#include <jansson.h>

#include "lib/error.h"
#include "lib/mustache.h"

/* The cases of the core specification in our words; SYNPUNKT_MUSTACHE_SPEC may name
 * files of the specification itself, separated by colons. */
#define SPEC_DEFAULT TEST_DATA_DIR "/mustache_spec.json"

struct partials {
	json_t *texts;
	struct mustache *made[MUSTACHE_DEPTH_MAX + 1];
	size_t n;
};

static const struct mustache *find_partial(const char *name, void *arg)
{
	struct partials *partials = arg;
	const json_t *text = json_object_get(partials->texts, name);
	struct error err = { 0 };

	if (!text)
		return NULL;
	assert_true(partials->n < ARRAY_LEN(partials->made));
	partials->made[partials->n] = mustache_compile(
		json_string_value(text), json_string_length(text), &err);
	assert_non_null(partials->made[partials->n]);
	return partials->made[partials->n++];
}

/* Compiles and renders; the result is malloc()ed, NULL with err filled. */
static char *render(const char *template, const json_t *data, json_t *partial_texts,
	struct error *err)
{
	struct mustache *m = mustache_compile(template, strlen(template), err);
	struct partials partials = { .texts = partial_texts };
	struct evbuffer *out = evbuffer_new();
	char *text = NULL;

	if (m && mustache_render(m, data, find_partial, &partials, out, err) == 0) {
		evbuffer_add(out, "", 1);
		text = strdup((char *)evbuffer_pullup(out, -1));
	} else {
		assert_int_equal(evbuffer_get_length(out), 0);
	}
	for (size_t i = 0; i < partials.n; i++)
		mustache_free(partials.made[i]);
	mustache_free(m);
	evbuffer_free(out);
	return text;
}

static size_t run_spec_file(const char *path)
{
	json_error_t where;
	json_t *spec = json_load_file(path, 0, &where), *test;
	size_t i;

	if (!spec)
		fail_msg("%s:%d: %s", path, where.line, where.text);
	json_array_foreach(json_object_get(spec, "tests"), i, test)
	{
		struct error err = { 0 };
		const char *name = json_string_value(json_object_get(test, "name"));
		char *got = render(json_string_value(json_object_get(test, "template")),
			json_object_get(test, "data"),
			json_object_get(test, "partials"), &err);

		if (!got)
			fail_msg("%s: %s: %s", path, name, err.text);
		print_message("%s: %s\n", path, name);
		assert_string_equal(
			got, json_string_value(json_object_get(test, "expected")));
		free(got);
	}
	json_decref(spec);
	return i;
}

static void test_mustache__follows_the_specification(void **state)
{
	const char *given = getenv("SYNPUNKT_MUSTACHE_SPEC");
	char *paths = strdup(given ? given : SPEC_DEFAULT), *rest = paths, *path;
	size_t n = 0;

	(void)state;
	for (path = strsep(&rest, ":"); path; path = strsep(&rest, ":"))
		n += run_spec_file(path);
	print_message("%zu cases\n", n);
	assert_true(n > 10);
	free(paths);
}

static void test_mustache__says_what_does_not_compile(void **state)
{
	static const struct {
		const char *template, *text;
	} cases[] = {
		{ "a\n{{b", "template line 2: a tag that is not closed" },
		{ "{{", "template line 1: a tag that is not closed" },
		{ "{{{a}}", "template line 1: a tag that is not closed" },
		{ "{{! a", "template line 1: a tag that is not closed" },
		{ "{{=<% %>}}", "template line 1: a tag that is not closed" },
		{ "{{}}", "template line 1: a tag without a name" },
		{ "{{# }}", "template line 1: a tag without a name" },
		{ "{{{}}}", "template line 1: a tag without a name" },
		{ "{{a b}}", "template line 1: white space inside a name" },
		{ "{{> a\nb}}", "template line 1: white space inside a name" },
		{ "{{a..b}}", "template line 1: a dotted name with an empty part" },
		{ "{{.a}}", "template line 1: a dotted name with an empty part" },
		{ "{{#a.}}{{/a.}}",
			"template line 1: a dotted name with an empty part" },
		{ "{{$a}}{{/a}}", "template line 1: a kind of tag that is not known" },
		{ "{{<a}}{{/a}}", "template line 1: a kind of tag that is not known" },
		{ "{{>*a}}", "template line 1: a kind of tag that is not known" },
		{ "\n{{#a}}\n\n", "template line 2: a section that is not closed" },
		{ "{{#a}}\n{{/b}}",
			"template line 2: another section than the open one closed" },
		{ "{{#a}}{{^b}}{{/a}}{{/b}}",
			"template line 1: another section than the open one closed" },
		{ "{{/a}}", "template line 1: a section closed that was not opened" },
		{ "{{=a=}}", "template line 1: delimiters that cannot be" },
		{ "{{==}}", "template line 1: delimiters that cannot be" },
		{ "{{== ==}}", "template line 1: delimiters that cannot be" },
		{ "{{=12345678901234567 b=}}",
			"template line 1: delimiters that cannot be" },
		{ "{{=a b c=}}", "template line 1: more than two delimiters" },
		{ "\xff", "template is not UTF-8 text" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };

		print_message("case %zu: %s\n", i, cases[i].template);
		assert_null(mustache_compile(
			cases[i].template, strlen(cases[i].template), &err));
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.text, cases[i].text);
	}
}

static void test_mustache__refuses_sections_too_deep(void **state)
{
	char text[(MUSTACHE_DEPTH_MAX + 1) * 6 + 1] = "";
	struct error err = { 0 };
	struct mustache *m;

	(void)state;
	for (size_t i = 0; i < MUSTACHE_DEPTH_MAX; i++)
		memcpy(text + i * 6, "{{#a}}", 6);
	assert_null(mustache_compile(text, strlen(text), &err));
	assert_string_equal(err.text, "template line 1: a section that is not closed");
	err = (struct error){ 0 };
	memcpy(text + (size_t)MUSTACHE_DEPTH_MAX * 6, "{{#a}}", 6);
	m = mustache_compile(text, sizeof(text) - 1, &err);
	assert_null(m);
	assert_string_equal(
		err.text, "template line 1: sections too deep inside each other");
}

static void test_mustache__limits_end_a_rendering_without_output(void **state)
{
	static const struct {
		const char *template, *data, *partials, *text;
	} cases[] = {
		/* A partial in itself. */
		{ "x{{>p}}", "{}", "{\"p\": \"y{{>p}}\"}",
			"sections and partials over 64 deep" },
		/* Output that grows by powers. */
		{ "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}0123456789{{/l}}{{/l}}{{/l}}{{/l}}"
		  "{{/l}}{{/l}}",
			"{\"l\": [1,2,3,4,5,6,7,8,9,10]}", "{}",
			"rendered text over 8388608 bytes" },
		/* The same with nothing to print. */
		{ "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}"
		  "{{/l}}{{/l}}{{/l}}",
			"{\"l\": [1,2,3,4,5,6,7,8,9,10]}", "{}",
			"rendering takes too many steps" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };
		json_t *data = json_loads(cases[i].data, 0, NULL),
		       *partials = json_loads(cases[i].partials, 0, NULL);
		char *got;

		got = render(cases[i].template, data, partials, &err);
		assert_null(got);
		assert_int_equal(err.code, ERR_TOO_LARGE);
		assert_string_equal(err.text, cases[i].text);
		json_decref(data);
		json_decref(partials);
	}
}

static void test_mustache__long_values_pass_whole(void **state)
{
	size_t n = 100000;
	char *value = malloc(n + 1), *got;
	struct error err = { 0 };
	json_t *data;

	(void)state;
	memset(value, '<', n);
	value[n] = '\0';
	data = json_pack("{s:s}", "v", value);
	got = render("{{v}}", data, NULL, &err);
	assert_int_equal(strlen(got), 4 * n);
	free(got);
	json_decref(data);
	free(value);
}

static const char *mark(const char *name, void *arg)
{
	size_t *n = arg;

	(*n)++;
	return name[0] == 'q' ? "" : "?";
}

static void test_mustache_fill__is_plain_text_and_marks_what_is_missing(void **state)
{
	static const struct {
		const char *template, *data, *text;
		size_t missing;
	} cases[] = {
		{ "Hej {{a}}!", "{\"a\": \"Eva & Bo <3\"}", "Hej Eva & Bo <3!", 0 },
		{ "Hej {{a}}!", "{}", "Hej ?!", 1 },
		{ "{{a}}{{q}}{{a}}", "{\"a\": null, \"q\": \"\"}", "??", 3 },
		{ "{{#a}}Hej {{a}}{{/a}}{{^a}}Hej{{/a}}", "{}", "Hej", 0 },
		{ "{{#a}}Hej {{a}}{{/a}}", "{\"a\": \"Eva\"}", "Hej Eva", 0 },
		{ "{{n}} {{yes}}{{>p}}", "{\"n\": 0, \"yes\": true}", "0 true", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };
		json_t *data = json_loads(cases[i].data, 0, NULL);
		struct mustache *m = mustache_compile(
			cases[i].template, strlen(cases[i].template), &err);
		struct evbuffer *out = evbuffer_new();
		size_t missing = 0;

		assert_int_equal(mustache_fill(m, data, mark, &missing, out, &err), 0);
		evbuffer_add(out, "", 1);
		assert_string_equal(
			(const char *)evbuffer_pullup(out, -1), cases[i].text);
		assert_int_equal(missing, cases[i].missing);
		evbuffer_free(out);
		mustache_free(m);
		json_decref(data);
	}
}

static void gather(const char *name, void *arg)
{
	char *names = arg;

	names[strlen(names)] = name[0];
}

static void test_mustache_names__tells_values_sections_and_partials(void **state)
{
	struct error err = { 0 };
	const char *text = "x {{a}} {{#b}}{{{c}}}{{/b}} {{^d}}{{/d}} {{>e}} {{! f }}";
	struct mustache *m = mustache_compile(text, strlen(text), &err);
	char names[20] = "";

	(void)state;
	mustache_names(m, gather, names);
	assert_string_equal(names, "abcde");
	mustache_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mustache__follows_the_specification),
		cmocka_unit_test(test_mustache__says_what_does_not_compile),
		cmocka_unit_test(test_mustache__refuses_sections_too_deep),
		cmocka_unit_test(test_mustache__limits_end_a_rendering_without_output),
		cmocka_unit_test(test_mustache__long_values_pass_whole),
		cmocka_unit_test(
			test_mustache_fill__is_plain_text_and_marks_what_is_missing),
		cmocka_unit_test(
			test_mustache_names__tells_values_sections_and_partials),
	};

	return cmocka_run_group_tests_name("mustache", tests, NULL, NULL);
}
