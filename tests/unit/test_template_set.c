#include "tests/unit/test.h"

#include <event2/buffer.h>

#include "lib/embed.h"
#include "lib/error.h"
#include "lib/template_set.h"

#define FILE_OF(name_, text_)                                                          \
	{                                                                              \
		.name = (name_), .bytes = (const unsigned char *)(text_),              \
		.size = sizeof(text_) - 1                                              \
	}

static void test_template_set__finds_templates_and_partials(void **state)
{
	static const struct embed_file files[] = {
		FILE_OF("page-wide.mustache", "wide"),
		FILE_OF("page.mustache", "<{{>part/head}}>{{a}}"),
		FILE_OF("part/head.mustache", "head {{a}}"),
		FILE_OF("style.css", "{{"),
		{ 0 },
	};
	struct error err = { 0 };
	struct template_set *set = template_set_new(files, &err);
	struct evbuffer *out = evbuffer_new();
	json_t *data = json_pack("{s:s}", "a", "&");

	(void)state;
	assert_non_null(set);
	assert_true(template_set_has(set, "page-wide"));
	assert_false(template_set_has(set, "style.css"));
	assert_int_equal(template_set_render(set, "page", data, out, &err), 0);
	assert_int_equal(template_set_render(set, "page-wide", data, out, &err), 0);
	evbuffer_add(out, "", 1);
	assert_string_equal((char *)evbuffer_pullup(out, -1), "<head &amp;>&amp;wide");
	assert_int_equal(template_set_render(set, "other", data, out, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	json_decref(data);
	evbuffer_free(out);
	template_set_free(set);
}

static void test_template_set__refuses_what_would_fail_on_a_page(void **state)
{
	static const struct {
		struct embed_file files[3];
		const char *text;
	} cases[] = {
		{ { FILE_OF("a.mustache", "\n{{#b}}") },
			"a.mustache: template line 2: a section that is not closed" },
		{ { FILE_OF("a.mustache", "{{>a}}"), FILE_OF("b.mustache", "{{>c}}") },
			"b.mustache: no template \"c\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = { 0 };

		assert_null(template_set_new(cases[i].files, &err));
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_template_set__finds_templates_and_partials),
		cmocka_unit_test(test_template_set__refuses_what_would_fail_on_a_page),
	};

	return cmocka_run_group_tests_name("template_set", tests, NULL, NULL);
}
