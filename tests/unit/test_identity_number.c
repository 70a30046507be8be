#include "tests/unit/test.h"

#include "server/identity_number.h"

#define TODAY 20261122

struct sample {
	const char *text;
	const char *found; /* the first, as written; NULL: none */
	size_t count;
};

static void check(const struct sample *samples, size_t n)
{
	struct identity_number spans[8];
	size_t i, count;

	for (i = 0; i < n; i++) {
		const struct sample *s = &samples[i];

		count = identity_number_find(
			s->text, strlen(s->text), TODAY, spans, ARRAY_LEN(spans));
		if (count != s->count)
			fail_msg("\"%s\": %zu found, expected %zu", s->text, count,
				s->count);
		if (count == 0)
			continue;
		if (spans[0].length != strlen(s->found) ||
			memcmp(s->text + spans[0].start, s->found, spans[0].length) !=
				0)
			fail_msg("\"%s\": found \"%.*s\"", s->text,
				(int)spans[0].length, s->text + spans[0].start);
	}
}

static void test_identity_number__is_found_however_written(void **state)
{
	static const struct sample samples[] = {
		{ "811228-9874", "811228-9874", 1 },
		{ "19811228-9874", "19811228-9874", 1 },
		{ "8112289874", "8112289874", 1 },
		{ "198112289874", "198112289874", 1 },
		{ "811228 9874", "811228 9874", 1 },
		{ "19811228 9874", "19811228 9874", 1 },
		{ "811228+9874", "811228+9874", 1 },
		{ "811228–9874", "811228–9874", 1 },
		{ "811228−9874", "811228−9874", 1 },
		{ "811228 - 9874", "811228 - 9874", 1 },
		{ "Jag heter Åsa (811228-9874).", "811228-9874", 1 },
		{ "pnr811228-9874,", "811228-9874", 1 },
		{ "Född 811228-9874. Ring!", "811228-9874", 1 },
		{ "670919-9530 och 811228-9874", "670919-9530", 2 },
		{ "811228-9874 811228-9874", "811228-9874", 2 },
		{ "811288-9871", "811288-9871",
			1 }, /* coordination number: day 28 + 60 */
		{ "19811288-9871", "19811288-9871", 1 },
		{ "20000229-0005", "20000229-0005", 1 },
		{ "000229-0005", "000229-0005", 1 },
		{ "1\n811228-9874\n2", "811228-9874", 1 },
	};

	check(samples, ARRAY_LEN(samples));
}

static void test_identity_number__leaves_other_numbers_alone(void **state)
{
	static const struct sample samples[] = {
		{ "", NULL, 0 },
		{ "811228-9873", NULL, 0 },   /* check digit */
		{ "811328-9873", NULL, 0 },   /* month 13 */
		{ "810229-9875", NULL, 0 },   /* no leap year */
		{ "19000229-9873", NULL, 0 }, /* nor this */
		{ "811292-9875", NULL, 0 },   /* day 32 + 60 */
		{ "20261123-0000", NULL, 0 }, /* tomorrow */
		{ "17811228-9874", NULL, 0 },
		{ "Ärende 2026-104233 gäller", NULL, 0 },
		{ "2026-811228-9874", NULL, 0 },
		{ "811228-9874-1", NULL, 0 },
		{ "1811228-9874", NULL, 0 },
		{ "811228-98745", NULL, 0 },
		{ "556036-0793", NULL, 0 }, /* an organisation's number */
		{ "08-508 00 000", NULL, 0 },
		{ "070-123 45 67", NULL, 0 },
		{ "+46701234567", NULL, 0 },
		{ "+46 70 123 45 67", NULL, 0 },
		{ "OCR 198112289874 1234", NULL, 0 },
		{ "OCR 8112289874198112289874", NULL, 0 },
		{ "1234 811228 9874 5678", NULL, 0 },
		{ "diarienr T2026-01836", NULL, 0 },
		{ "GUA 123, ABC12D", NULL, 0 },
		{ "bankgiro 5050-1055", NULL, 0 },
		{ "plusgiro 811228-9", NULL, 0 },
		{ "a8112289874", NULL, 0 },
		{ "8112289874f", NULL, 0 },
		{ "811228.9874", NULL, 0 },
		{ "59.3293, 18.0686", NULL, 0 },
		{ "811228  9874", NULL, 0 },
		{ "811228-", NULL, 0 },
		{ "811228", NULL, 0 },
	};

	check(samples, ARRAY_LEN(samples));
}

/* A mobile number that is also a right personal number needs a word before it. */
static void test_identity_number__takes_a_phone_for_a_phone(void **state)
{
	static const struct sample samples[] = {
		{ "0701234569", NULL, 0 },
		{ "Ring mig på 0701234569", NULL, 0 },
		{ "Mitt personnummer är 0701234569", "0701234569", 1 },
		{ "PNR: 0701234569", "0701234569", 1 },
		{ "070123-4569", "070123-4569", 1 },
		{ "200701234569", "200701234569", 1 },
	};

	check(samples, ARRAY_LEN(samples));
}

static void test_identity_number__counts_past_the_room(void **state)
{
	const char *text = "811228-9874, 811228-9874, 811228-9874";
	struct identity_number one;

	assert_int_equal(identity_number_find(text, strlen(text), TODAY, &one, 1), 3);
	assert_int_equal(one.start, 0);
	assert_int_equal(identity_number_find(text, strlen(text), TODAY, NULL, 0), 3);
	/* n bounds the reading, not a NUL */
	assert_int_equal(identity_number_find(text, 10, TODAY, NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity_number__is_found_however_written),
		cmocka_unit_test(test_identity_number__leaves_other_numbers_alone),
		cmocka_unit_test(test_identity_number__takes_a_phone_for_a_phone),
		cmocka_unit_test(test_identity_number__counts_past_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
