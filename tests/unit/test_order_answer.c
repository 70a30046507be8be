#include "tests/unit/test.h"

#include <string.h>

#include "lib/arena.h"
#include "server/order_answer.h"

static const struct {
	const char *body, *lie; /* NULL: it is taken */
} created[] = {
	{ "[{\"service_request_id\": \"G-1\"}]", NULL },
	{ "[{\"token\": \"T-1\"}]", NULL },
	{ "", "lies-json" },
	{ "<xml/>", "lies-json" },
	{ "[{\"service_request_id\": \"G-1\"", "lies-json" },
	{ "[]", "lies-count" },
	{ "[{\"service_request_id\": \"1\"}, {\"service_request_id\": \"2\"}]",
		"lies-count" },
	{ "[{}]", "lies-id" },
	{ "[{\"service_request_id\": \"\"}]", "lies-id" },
};

static void test_order_answer__takes_one_id_or_token_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(created); i++) {
		struct arena *arena = arena_new();
		struct order_answer answer = { 0 };
		const char *lie = order_answer_created(
			arena, created[i].body, strlen(created[i].body), &answer);

		print_message("%s\n", created[i].body);
		if (created[i].lie) {
			assert_string_equal(lie, created[i].lie);
		} else {
			assert_null(lie);
			assert_true(answer.id || answer.token);
		}
		arena_free(arena);
	}
}

static const struct {
	const char *body, *lie;
	bool closed;
} looked[] = {
	{ "[{\"service_request_id\": \"G-1\", \"status\": \"open\"}]", NULL, false },
	{ "[{\"service_request_id\": \"G-1\", \"status\": \"closed\"}]", NULL, true },
	{ "[{\"service_request_id\": \"G-2\", \"status\": \"closed\"}]", "lies-id",
		false },
	{ "[{\"service_request_id\": \"G-1\", \"status\": \"klar\"}]", "lies-status",
		false },
	{ "[{\"service_request_id\": \"G-1\"}]", "lies-status", false },
	{ "[]", "lies-count", false },
};

static void test_order_answer__closes_only_what_was_asked_about(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(looked); i++) {
		struct arena *arena = arena_new();
		struct order_answer answer = { 0 };
		const char *lie = order_answer_looked(
			arena, looked[i].body, strlen(looked[i].body), "G-1", &answer);

		print_message("%s\n", looked[i].body);
		if (looked[i].lie) {
			assert_string_equal(lie, looked[i].lie);
		} else {
			assert_null(lie);
			assert_int_equal(answer.closed, looked[i].closed);
		}
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_order_answer__takes_one_id_or_token_and_nothing_else),
		cmocka_unit_test(test_order_answer__closes_only_what_was_asked_about),
	};

	return cmocka_run_group_tests_name("order_answer", tests, NULL, NULL);
}
