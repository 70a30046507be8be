#include "tests/unit/test.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/log.h"

/* Runs one log_event() with standard error going to a file and reads it back. */
static size_t logged(enum log_format format, const char *value, char *ret, size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t n;

	dup2(fileno(file), STDERR_FILENO);
	log_init(format, LOG_LEVEL_INFO, "test");
	log_event(LOG_LEVEL_DEBUG, "too_quiet");
	log_event(LOG_LEVEL_WARNING, "try", LOG_S("value", value), LOG_I("n", -3));
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	n = fread(ret, 1, size - 1, file);
	ret[n] = '\0';
	fclose(file);
	return n;
}

static void test_log__json_line_survives_hostile_values(void **state)
{
	char line[8192];
	json_t *json;

	(void)state;
	logged(LOG_FORMAT_JSON, "a\"b\\c\nd\x01", line, sizeof(line));
	json = json_loads(line, 0, NULL);
	assert_non_null(json);
	assert_string_equal(
		json_string_value(json_object_get(json, "value")), "a\"b\\c\nd\x01");
	assert_int_equal(json_integer_value(json_object_get(json, "n")), -3);
	json_decref(json);
}

static void test_log__a_value_cannot_forge_a_second_line(void **state)
{
	char line[8192];

	(void)state;
	logged(LOG_FORMAT_TEXT, "x\n2026 error fake", line, sizeof(line));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void test_log__cuts_a_long_line_and_still_ends_it(void **state)
{
	char line[8192], value[6000];
	size_t n;

	(void)state;
	memset(value, 'a', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	n = logged(LOG_FORMAT_TEXT, value, line, sizeof(line));
	assert_in_range(n, 4000, 4096);
	assert_int_equal(line[n - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log__json_line_survives_hostile_values),
		cmocka_unit_test(test_log__a_value_cannot_forge_a_second_line),
		cmocka_unit_test(test_log__cuts_a_long_line_and_still_ends_it),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
