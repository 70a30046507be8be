#include "tests/unit/test.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include <event2/buffer.h>

#include "lib/json_write.h"
#include "lib/utf8.h"

/* What was written so far, as a string that ends with out. */
static const char *written(struct evbuffer *out)
{
	evbuffer_add(out, "", 1);
	return (const char *)evbuffer_pullup(out, -1);
}

static void test_json_write__puts_commas_where_they_belong(void **state)
{
	struct evbuffer *out = evbuffer_new();
	struct json_write w;

	(void)state;
	jw_init(&w, out);
	jw_object(&w);
	jw_key_string(&w, "a", "x");
	jw_key(&w, "b");
	jw_array(&w);
	jw_int(&w, -1);
	jw_object(&w);
	jw_object_end(&w);
	jw_array(&w);
	jw_array_end(&w);
	jw_null(&w);
	jw_array_end(&w);
	jw_raw(&w, "");
	jw_raw(&w, "\"c\":1,\"d\":2");
	jw_key_raw(&w, "e", "[3]");
	jw_key_bool(&w, "f", true);
	jw_key_null(&w, "g");
	jw_key_double(&w, "h", 59.3293);
	jw_key_string(&w, "i", NULL);
	jw_object_end(&w);
	assert_string_equal(written(out),
		"{\"a\":\"x\",\"b\":[-1,{},[],null],\"c\":1,\"d\":2,\"e\":[3],\"f\":true,"
		"\"g\":null,\"h\":59.3293,\"i\":null}");
	evbuffer_free(out);
}

static void test_json_write__values_in_a_row_are_apart(void **state)
{
	struct evbuffer *out = evbuffer_new();
	struct json_write w;

	(void)state;
	jw_init(&w, out);
	jw_int(&w, 1);
	evbuffer_add(out, "\n", 1);
	jw_int(&w, 2);
	assert_string_equal(written(out), "1\n2");
	evbuffer_free(out);
}

static void test_json_write__members_go_into_an_object(void **state)
{
	struct evbuffer *out = evbuffer_new();
	struct json_write w;

	(void)state;
	jw_init_members(&w, out);
	jw_key_int(&w, "a", INT64_MIN);
	jw_key_int(&w, "b", INT64_MAX);
	jw_flush(&w);
	assert_string_equal(
		written(out), "\"a\":-9223372036854775808,\"b\":9223372036854775807");
	evbuffer_free(out);
}

static void test_json_write__escapes(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "\"\"" },
		{ "åäö €😀", "\"åäö €😀\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "\b\t\n\f\r\x01\x1f\x7f", "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"" },
		{ "a\xff"
		  "b",
			"\"a\xef\xbf\xbd"
			"b\"" },
		{ "\xc3", "\"\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct evbuffer *out = evbuffer_new();
		struct json_write w;

		print_message("case %zu\n", i);
		jw_init(&w, out);
		jw_string(&w, cases[i].text);
		assert_string_equal(written(out), cases[i].want);
		evbuffer_free(out);
	}
}

static void test_json_write__null_byte_is_escaped(void **state)
{
	struct evbuffer *out = evbuffer_new();
	struct json_write w;

	(void)state;
	jw_init(&w, out);
	jw_string_n(&w, "a\0b", 3);
	assert_string_equal(written(out), "\"a\\u0000b\"");
	evbuffer_free(out);
}

/* Any bytes at any place around the end of the buffer read back as valid JSON. */
static void test_json_write__survives_any_bytes_at_any_length(void **state)
{
	char bytes[3 * JSON_WRITE_BUFFER];

	(void)state;
	for (size_t n = JSON_WRITE_BUFFER - 20; n < sizeof(bytes); n += 37) {
		struct evbuffer *out = evbuffer_new();
		struct json_write w;
		json_t *json;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)(1 + (i * 7919 + n) % 255);
		jw_init(&w, out);
		jw_array(&w);
		jw_string_n(&w, bytes, n);
		jw_array_end(&w);
		json = json_loads(written(out), 0, NULL);
		assert_non_null(json);
		json_decref(json);
		evbuffer_free(out);
	}
}

static void test_json_write__doubles_read_back_the_same(void **state)
{
	static const struct {
		double number;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ -0.5, "-0.5" },
		{ 0.1, "0.1" },
		{ 18.0686, "18.0686" },
		{ 1e300, "1e+300" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ NAN, "null" },
		{ INFINITY, "null" },
		{ -INFINITY, "null" },
	};
	char text[JSON_DOUBLE_MAX];
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct evbuffer *out = evbuffer_new();
		struct json_write w;

		jw_init(&w, out);
		jw_double(&w, cases[i].number);
		assert_string_equal(written(out), cases[i].want);
		evbuffer_free(out);
	}
	for (size_t i = 0; i < 20000; i++) {
		double number;
		size_t n;

		seed = seed * 6364136223846793005U + 1442695040888963407U;
		memcpy(&number, &seed, sizeof(number));
		if (!isfinite(number))
			continue;
		n = json_double_print(number, text);
		assert_int_equal(n, strlen(text));
		assert_true(strtod(text, NULL) == number);
	}
}

static void test_json_write__takes_jansson_values(void **state)
{
	struct evbuffer *out = evbuffer_new();
	json_t *value = json_pack("{s:[i,s,n]}", "a", 1, "å");
	struct json_write w;

	(void)state;
	jw_init(&w, out);
	jw_array(&w);
	jw_json(&w, NULL);
	jw_json(&w, value);
	jw_array_end(&w);
	assert_string_equal(written(out), "[null,{\"a\":[1,\"å\",null]}]");
	json_decref(value);
	evbuffer_free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_write__puts_commas_where_they_belong),
		cmocka_unit_test(test_json_write__values_in_a_row_are_apart),
		cmocka_unit_test(test_json_write__members_go_into_an_object),
		cmocka_unit_test(test_json_write__escapes),
		cmocka_unit_test(test_json_write__null_byte_is_escaped),
		cmocka_unit_test(test_json_write__survives_any_bytes_at_any_length),
		cmocka_unit_test(test_json_write__doubles_read_back_the_same),
		cmocka_unit_test(test_json_write__takes_jansson_values),
	};

	return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
