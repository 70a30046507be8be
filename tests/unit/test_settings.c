#include "tests/unit/test.h"

#include <event2/buffer.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/settings.h"

struct target {
	const char *http, *name, *key, *folder, *link;
	int64_t workers, body;
	bool loud;
	int format;
};

static const char *const formats[] = { "text", "json", NULL };

#define OFFSET(member) offsetof(struct target, member)

static const struct settings_row rows[] = {
	{ .name = "TRY_HTTP",
		.kind = SETTINGS_ADDRESS,
		.standard = "127.0.0.1:8080",
		.help = "where to listen",
		.offset = OFFSET(http) },
	{ .name = "TRY_NAME",
		.kind = SETTINGS_TEXT,
		.min = 2,
		.max = 10,
		.standard = "",
		.help = "a name",
		.offset = OFFSET(name) },
	{ .name = "TRY_KEY",
		.kind = SETTINGS_TEXT,
		.standard = "",
		.secret = true,
		.help = "a key",
		.offset = OFFSET(key) },
	{ .name = "TRY_FOLDER",
		.kind = SETTINGS_PATH,
		.help = "where files go",
		.offset = OFFSET(folder) },
	{ .name = "TRY_WORKERS",
		.kind = SETTINGS_INT,
		.min = 1,
		.max = 64,
		.standard = "2",
		.help = "processes",
		.offset = OFFSET(workers) },
	{ .name = "TRY_BODY",
		.kind = SETTINGS_SIZE,
		.min = 1024,
		.max = INT64_MAX,
		.standard = "64KiB",
		.help = "largest body",
		.offset = OFFSET(body) },
	{ .name = "TRY_LINK",
		.kind = SETTINGS_LINK,
		.max = 40,
		.standard = "",
		.help = "a page",
		.offset = OFFSET(link) },
	{ .name = "TRY_LOUD",
		.kind = SETTINGS_BOOL,
		.standard = "false",
		.help = "log more",
		.offset = OFFSET(loud) },
	{ .name = "TRY_FORMAT",
		.kind = SETTINGS_ENUM,
		.choices = formats,
		.standard = "text",
		.help = "of the log",
		.offset = OFFSET(format) },
	{ 0 },
};

static const struct settings_table table = {
	.prefix = "TRY_", .ignored = "TRY_TEST_", .config = "TRY_CONFIG", .rows = rows
};

static char path[64];

static const char *written(const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
	return path;
}

static int set_up(void **state)
{
	snprintf(path, sizeof(path), "/tmp/test_settings.%d", (int)getpid());
	return 0;
}

static int tear_down(void **state)
{
	unlink(path);
	return 0;
}

static void test_settings__later_sources_win(void **state)
{
	const char *env[] = { "TRY_WORKERS=7", "TRY_TEST_X=1", "OTHER=1",
		"TRY_NAME=", "TRY_BODY=20MiB", "PATH", NULL };
	struct target t;
	struct error err = { 0 };
	struct settings *settings;

	written("# first\n\n TRY_FOLDER = /srv/x \nTRY_WORKERS=5\nTRY_LOUD=yes\r\n"
		"TRY_HTTP=\"[::1]:80\"\nTRY_FORMAT=json");
	settings = settings_load(&table, path, env, &t, &err);
	assert_string_equal(err.text, "");
	assert_non_null(settings);
	assert_string_equal(t.http, "[::1]:80");
	assert_null(t.name);
	assert_null(t.key);
	assert_string_equal(t.folder, "/srv/x");
	assert_int_equal(t.workers, 7);
	assert_int_equal(t.body, 20 << 20);
	assert_true(t.loud);
	assert_int_equal(t.format, 1);
	assert_string_equal(settings_origin(settings, "TRY_WORKERS"), "environment");
	assert_string_equal(settings_origin(settings, "TRY_FOLDER"), path);
	assert_string_equal(settings_origin(settings, "TRY_KEY"), "default");
	settings_free(settings);
}

static void test_settings__the_file_is_named_by_the_environment(void **state)
{
	char config[96];
	const char *env[] = { config, NULL };
	struct target t;
	struct settings *settings;

	written("TRY_FOLDER=rel/x\n");
	snprintf(config, sizeof(config), "TRY_CONFIG=%s", path);
	settings = settings_load(&table, NULL, env, &t, NULL);
	assert_non_null(settings);
	assert_string_equal(t.folder, "rel/x");
	settings_free(settings);
	settings_free(NULL);
}

static void test_settings__a_mistake_is_named(void **state)
{
	static const struct {
		const char *file;
		const char *env;
		const char *text; /* is part of the error */
	} cases[] = {
		{ "", "TRY_FOLDRE=/x",
			"unknown setting \"TRY_FOLDRE\" in environment" },
		{ "TRY_X=1\n", "X=", "unknown setting \"TRY_X\" in /tmp/" },
		{ "TRY_CONFIG=1\n", "X=", "unknown setting \"TRY_CONFIG\"" },
		{ "PATH=1\n", "X=", "unknown setting \"PATH\"" },
		{ "", "X=", "TRY_FOLDER must be set: where files go" },
		{ "TRY_FOLDER\n", "X=", "expected NAME=VALUE" },
		{ "TRY_FOLDER=a\nTRY_FOLDER=b\n", "X=", "TRY_FOLDER is set twice in" },
		{ "TRY_FOLDER=\n", "X=", "expected a path" },
		{ "", "TRY_WORKERS=0",
			"TRY_WORKERS is \"0\" in environment: expected a whole number "
			"from 1 to 64" },
		{ "", "TRY_WORKERS=65", "from 1 to 64" },
		{ "", "TRY_WORKERS=", "from 1 to 64" },
		{ "", "TRY_WORKERS= 3", "from 1 to 64" },
		{ "", "TRY_WORKERS=3x", "from 1 to 64" },
		{ "", "TRY_WORKERS=99999999999999999999", "from 1 to 64" },
		{ "", "TRY_BODY=1000", "from 1024" },
		{ "", "TRY_BODY=64KB", "bytes (or 64KiB" },
		{ "", "TRY_BODY=9223372036854775807GiB", "bytes (or 64KiB" },
		{ "", "TRY_LOUD=maybe", "true or false" },
		{ "", "TRY_FORMAT=xml", "one of text, json" },
		{ "", "TRY_NAME=a", "from 2 to 10" },
		{ "", "TRY_NAME=a\tb", "from 2 to 10" },
		{ "", "TRY_HTTP=localhost:80", "numeric HOST:PORT" },
		{ "", "TRY_HTTP=127.0.0.1", "numeric HOST:PORT" },
		{ "", "TRY_HTTP=127.0.0.1:65536", "numeric HOST:PORT" },
		{ "", "TRY_HTTP=::1:80", "numeric HOST:PORT" },
		{ "", "TRY_HTTP=[127.0.0.1]:80", "numeric HOST:PORT" },
		{ "", "TRY_HTTP=unix:", "numeric HOST:PORT" },
		{ "", "TRY_HTTP=", "numeric HOST:PORT" },
		{ "", "TRY_LINK=javascript:alert(1)", "starts with https://" },
		{ "", "TRY_LINK=//stad.example/", "starts with https://" },
		{ "", "TRY_LINK=https://", "starts with https://" },
		{ "", "TRY_LINK=https:///tecken", "starts with https://" },
		{ "", "TRY_LINK=https://stad.example/a b", "starts with https://" },
		{ "", "TRY_LINK=https://stad.example/\"x", "starts with https://" },
		{ "", "TRY_LINK=https://stad.example/01234567890123456789",
			"starts with https://" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *env[] = { cases[i].env, NULL };
		struct target t;
		struct error err = { 0 };

		print_message("case %zu\n", i);
		assert_null(
			settings_load(&table, written(cases[i].file), env, &t, &err));
		assert_int_equal(err.code, ERR_INVALID);
		if (!strstr(err.text, cases[i].text))
			fail_msg("\"%s\" lacks \"%s\"", err.text, cases[i].text);
	}
}

static void test_settings__a_link_is_kept_or_none(void **state)
{
	static const char *const links[] = { "https://stad.example/tecken",
		"http://127.0.0.1:8080/" };
	const char *env[] = { "TRY_FOLDER=/x", NULL, NULL };
	struct settings *settings;
	struct target t;

	settings = settings_load(&table, NULL, env, &t, NULL);
	assert_null(t.link);
	settings_free(settings);
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		char set[60];

		snprintf(set, sizeof(set), "TRY_LINK=%s", links[i]);
		env[1] = set;
		settings = settings_load(&table, NULL, env, &t, NULL);
		assert_string_equal(t.link, links[i]);
		settings_free(settings);
	}
}

static void test_settings__a_missing_file_is_a_mistake(void **state)
{
	struct target t;
	struct error err = { 0 };

	assert_null(settings_load(&table, "/nonexistent/x", NULL, &t, &err));
	assert_non_null(strstr(err.text, "cannot read \"/nonexistent/x\""));
}

static void test_settings__printing_hides_secrets(void **state)
{
	const char *env[] = { "TRY_KEY=hemligt", "TRY_FOLDER=/x", NULL };
	struct evbuffer *out = evbuffer_new();
	struct target t;
	struct settings *settings = settings_load(&table, NULL, env, &t, NULL);
	json_t *json, *row;
	size_t i;

	assert_string_equal(t.key, "hemligt");
	settings_print_text(settings, out);
	evbuffer_add(out, "", 1);
	assert_null(strstr((char *)evbuffer_pullup(out, -1), "hemligt"));
	assert_non_null(strstr((char *)evbuffer_pullup(out, -1),
		"TRY_HTTP=127.0.0.1:8080\n    where to listen\n    address: numeric "
		"HOST:PORT, [IPv6]:PORT or unix:PATH; default 127.0.0.1:8080; set by "
		"default\n"));
	evbuffer_drain(out, evbuffer_get_length(out));

	settings_print_json(settings, out);
	json = json_loadb(
		(char *)evbuffer_pullup(out, -1), evbuffer_get_length(out), 0, NULL);
	assert_int_equal(json_array_size(json), ARRAY_LEN(rows) - 1);
	json_array_foreach(json, i, row)
	{
		assert_string_equal(
			json_string_value(json_object_get(row, "name")), rows[i].name);
		assert_non_null(json_object_get(row, "value"));
	}
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(json, 2), "value")),
		"(set)");
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(json, 5), "value")),
		65536);
	json_decref(json);
	evbuffer_free(out);
	settings_free(settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings__later_sources_win),
		cmocka_unit_test(test_settings__the_file_is_named_by_the_environment),
		cmocka_unit_test(test_settings__a_mistake_is_named),
		cmocka_unit_test(test_settings__a_link_is_kept_or_none),
		cmocka_unit_test(test_settings__a_missing_file_is_a_mistake),
		cmocka_unit_test(test_settings__printing_hides_secrets),
	};

	return cmocka_run_group_tests_name("settings", tests, set_up, tear_down);
}
