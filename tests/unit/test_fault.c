#include "tests/unit/test.h"

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/fault.h"
#include "lib/json_write.h"

static void test_fault__keeps_the_order_and_the_words(void **state)
{
	struct arena *arena = arena_new();
	struct faults f;

	(void)state;
	faults_init(&f, arena);
	faults_add(&f, "place.lat", "is %d degrees off", 7);
	faults_add(&f, "text", "fault.required");
	faults_add_key(&f, "text", "fault.too-long", TEXT_VALUES({ "max", "300" }));
	faults_add_text(&f, "unit", "fault.my-own", "{a} is closed",
		TEXT_VALUES({ "a", "Kista" }));
	assert_int_equal(f.n, 4);
	assert_string_equal(f.first->reason, "is 7 degrees off");
	assert_string_equal(f.first->key, "fault.wrong");
	assert_string_equal(f.first->next->reason, "is missing");
	assert_string_equal(f.first->next->key, "fault.required");
	assert_string_equal(
		f.first->next->next->reason, "must be at most 300 characters");
	assert_string_equal(f.first->next->next->values[0].value, "300");
	assert_string_equal(f.last->reason, "Kista is closed");
	assert_ptr_equal(faults_find(&f, "text"), f.first->next);
	assert_null(faults_find(&f, "type"));
	arena_free(arena);
}

static void test_fault__stops_keeping_at_the_ceiling(void **state)
{
	struct arena *arena = arena_new();
	struct faults f;
	size_t kept = 0;

	(void)state;
	faults_init(&f, arena);
	for (size_t i = 0; i < 10 * FAULTS_MAX; i++)
		faults_add(&f, "tags", "number %zu", i);
	for (const struct fault *fault = f.first; fault; fault = fault->next)
		kept++;
	assert_int_equal(kept, FAULTS_MAX);
	assert_int_equal(f.n, 10 * FAULTS_MAX);
	arena_free(arena);
}

static void test_fault__writes_invalid_params(void **state)
{
	struct arena *arena = arena_new();
	struct evbuffer *out = evbuffer_new();
	struct json_write w;
	struct faults f;

	(void)state;
	faults_init(&f, arena);
	faults_add(&f, "a\"b", "fault.not-text");
	faults_add(&f, "c", "fault.required");
	jw_init(&w, out);
	faults_write(&f, &w);
	evbuffer_add(out, "", 1);
	assert_string_equal((char *)evbuffer_pullup(out, -1),
		"[{\"name\":\"a\\\"b\",\"reason\":\"must be a text\"},"
		"{\"name\":\"c\",\"reason\":\"is missing\"}]");
	evbuffer_free(out);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault__keeps_the_order_and_the_words),
		cmocka_unit_test(test_fault__stops_keeping_at_the_ceiling),
		cmocka_unit_test(test_fault__writes_invalid_params),
	};

	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
