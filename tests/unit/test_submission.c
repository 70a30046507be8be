#include "tests/unit/test.h"

#include <jansson.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/submission.h"
#include "tests/unit/city_sample.h"

struct judged {
	struct arena *arena;
	struct city *city;
	struct faults faults;
	struct submission submission;
	int outcome;
};

static void judge(struct judged *j, const char *json)
{
	struct submission_draft draft;
	json_t *object = json_loads(json, JSON_ALLOW_NUL, NULL);

	assert_non_null(object);
	j->arena = arena_new();
	j->city = city_parse(city_sample, strlen(city_sample), NULL);
	assert_non_null(j->city);
	faults_init(&j->faults, j->arena);
	submission_draft_from_json(object, &draft, &j->faults);
	j->outcome = submission_judge(&draft, j->city, &j->submission, &j->faults);
	json_decref(object);
}

static void judged_end(struct judged *j)
{
	city_unref(j->city);
	arena_free(j->arena);
}

static void test_submission__the_text_alone_is_enough(void **state)
{
	struct judged j;

	(void)state;
	judge(&j, "{\"text\": \" Hej\\r\\n\"}");
	assert_int_equal(j.outcome, 0);
	assert_string_equal(j.submission.text, " Hej\r\n"); /* as sent */
	assert_string_equal(j.submission.type, "complaint");
	assert_string_equal(j.submission.language, "sv");
	assert_null(j.submission.category);
	assert_false(j.submission.wants_reply);
	assert_false(j.submission.place.has_point);
	judged_end(&j);
}

static void test_submission__wants_a_reply_when_there_is_a_way_to_give_one(void **state)
{
	static const struct {
		const char *json;
		bool wants;
	} cases[] = {
		{ "{\"text\": \"x\", \"contact\": {\"email\": \"a@b.se\"}}", true },
		{ "{\"text\": \"x\", \"contact\": {\"phone\": \"070-123 45 67\"}}",
			true },
		{ "{\"text\": \"x\", \"contact\": {\"name\": \"Anna\"}}", false },
		{ "{\"text\": \"x\", \"contact\": null}", false },
		{ "{\"text\": \"x\", \"wantsReply\": true}", true },
		{ "{\"text\": \"x\", \"wantsReply\": false,"
		  " \"contact\": {\"email\": \"a@b.se\"}}",
			false },
		{ "{\"text\": \"x\", \"wantsReply\": null,"
		  " \"contact\": {\"email\": \"a@b.se\"}}",
			true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct judged j;

		print_message("input %zu: %s\n", i, cases[i].json);
		judge(&j, cases[i].json);
		assert_int_equal(j.outcome, 0);
		assert_int_equal(j.submission.wants_reply, cases[i].wants);
		judged_end(&j);
	}
}

static void test_submission__names_the_member_that_is_wrong(void **state)
{
	static const struct {
		const char *json, *name, *key;
	} cases[] = {
		{ "{}", "text", "fault.required" },
		{ "{\"text\": \"\"}", "text", "fault.required" },
		{ "{\"text\": null}", "text", "fault.required" },
		{ "{\"text\": \" \\n\\u00a0\\u200b\"}", "text", "fault.blank" },
		{ "{\"text\": 7}", "text", "fault.not-text" },
		{ "{\"text\": \"a\\u0000b\"}", "text", "fault.null-character" },
		{ "{\"text\": \"x\", \"type\": \"deviation\"}", "type",
			"fault.not-one-of" },
		{ "{\"text\": \"x\", \"type\": \"Complaint\"}", "type",
			"fault.not-one-of" },
		{ "{\"text\": \"x\", \"category\": \"nope\"}", "category",
			"fault.unknown-code" },
		{ "{\"text\": \"x\", \"category\": \"gammal\"}", "category",
			"fault.unknown-code" },
		{ "{\"text\": \"x\", \"place\": {\"lat\": 59}}", "place.lon",
			"fault.together" },
		{ "{\"text\": \"x\", \"place\": {\"lon\": 18}}", "place.lat",
			"fault.together" },
		{ "{\"text\": \"x\", \"place\": {\"lat\": 91, \"lon\": 18}}",
			"place.lat", "fault.out-of-range" },
		{ "{\"text\": \"x\", \"place\": {\"lat\": 59, \"lon\": -181}}",
			"place.lon", "fault.out-of-range" },
		{ "{\"text\": \"x\", \"place\": {\"lat\": \"59\", \"lon\": 18}}",
			"place.lat", "fault.not-number" },
		{ "{\"text\": \"x\", \"place\": []}", "place", "fault.not-object" },
		{ "{\"text\": \"x\", \"contact\": {\"email\": \"\"}}", "contact.email",
			"fault.not-email" },
		{ "{\"text\": \"x\", \"language\": \"\"}", "language",
			"fault.not-language" },
		{ "{\"text\": \"x\", \"contact\": {\"email\": \"a@b\"}}",
			"contact.email", "fault.not-email" },
		{ "{\"text\": \"x\", \"contact\": {\"phone\": \"1234\"}}",
			"contact.phone", "fault.not-phone" },
		{ "{\"text\": \"x\", \"language\": \"svenska språket\"}", "language",
			"fault.not-language" },
		{ "{\"text\": \"x\", \"onBehalfOf\": \"dog\"}", "onBehalfOf",
			"fault.not-one-of" },
		{ "{\"text\": \"x\", \"wantsReply\": \"yes\"}", "wantsReply",
			"fault.not-boolean" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct judged j;

		print_message("input %zu: %s\n", i, cases[i].json);
		judge(&j, cases[i].json);
		assert_int_equal(j.outcome, -1);
		assert_int_equal(j.faults.n, 1);
		assert_string_equal(j.faults.first->name, cases[i].name);
		assert_string_equal(j.faults.first->key, cases[i].key);
		judged_end(&j);
	}
}

static void test_submission__tells_all_faults_at_once(void **state)
{
	static const char *const names[] = { "text", "type", "category", "place.lat",
		"contact.email", "onBehalfOf" };
	struct judged j;

	(void)state;
	judge(&j,
		"{\"text\": \" \", \"type\": \"x\", \"category\": \"x\","
		" \"place\": {\"lat\": 99, \"lon\": 18}, \"contact\": {\"email\": \"x\"},"
		" \"onBehalfOf\": \"x\", \"unknown\": \"ignored\"}");
	assert_int_equal(j.faults.n, ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_non_null(faults_find(&j.faults, names[i]));
	judged_end(&j);
}

/* A text of n code points, each "å" but the last, which is given. */
static int outcome_of_length(size_t n, const char *last)
{
	char *json = mem_new(2 * n + 64);
	size_t used = strlen("{\"text\": \"");
	struct judged j;
	int outcome;

	memcpy(json, "{\"text\": \"", used);
	for (size_t i = 0; i + 1 < n; i++) {
		memcpy(json + used, "å", 2);
		used += 2;
	}
	memcpy(json + used, last, strlen(last));
	used += strlen(last);
	memcpy(json + used, "\"}", 3);
	judge(&j, json);
	outcome = j.outcome;
	judged_end(&j);
	mem_free(json);
	return outcome;
}

static void test_submission__counts_code_points_and_crlf_as_one(void **state)
{
	(void)state;
	assert_int_equal(outcome_of_length(10000, "x"), 0);
	assert_int_equal(outcome_of_length(10001, "x"), -1);
	assert_int_equal(outcome_of_length(10000, "\\r\\n"), 0);
	assert_int_equal(outcome_of_length(10000, "\\r\\r"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submission__the_text_alone_is_enough),
		cmocka_unit_test(
			test_submission__wants_a_reply_when_there_is_a_way_to_give_one),
		cmocka_unit_test(test_submission__names_the_member_that_is_wrong),
		cmocka_unit_test(test_submission__tells_all_faults_at_once),
		cmocka_unit_test(test_submission__counts_code_points_and_crlf_as_one),
	};

	return cmocka_run_group_tests_name("submission", tests, NULL, NULL);
}
