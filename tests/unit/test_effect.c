/* Whether an action helped: exact, and with the season in it. */
#include "tests/unit/test.h"

#include <math.h>
#include <stdio.h>

#include "server/effect.h"

static int month(int year, int n)
{
	return year * 12 + n - 1;
}

static void windows_check(int start, int done, int since)
{
	struct effect_windows w = { 0 };
	bool is_time = effect_windows(start, done, done + since + 1, &w);

	assert_int_equal(is_time, since >= EFFECT_MONTHS_LEAST);
	if (!is_time)
		return;
	assert_in_range(w.months, EFFECT_MONTHS_LEAST, EFFECT_MONTHS_MOST);
	assert_true(w.months <= since);
	assert_int_equal(w.after, done + 1);
	assert_int_equal(w.before + w.months, start);
	assert_true(w.after_earlier + w.months <= w.before);
	assert_true(w.before_earlier + w.months <= w.after_earlier);
	assert_int_equal((w.after - w.after_earlier) % 12, 0);
	assert_int_equal((w.before - w.before_earlier) % 12, 0);
}

static void test_effect_windows__are_whole_months_that_none_shares(void **state)
{
	int start = month(2024, 3);

	(void)state;
	for (int lasted = 0; lasted <= 60; lasted++) {
		for (int since = 0; since <= 30; since++)
			windows_check(start, start + lasted, since);
	}
}

static void test_effect_windows__an_action_of_a_month_has_the_year_before(void **state)
{
	struct effect_windows w = { 0 };

	(void)state;
	assert_true(effect_windows(month(2026, 3), month(2026, 3), month(2026, 7), &w));
	assert_int_equal(w.months, 3);
	assert_int_equal(w.years_earlier, 1);
	assert_int_equal(w.after, month(2026, 4));
	assert_int_equal(w.before, month(2025, 12));
	assert_int_equal(w.after_earlier, month(2025, 4));
	assert_int_equal(w.before_earlier, month(2024, 12));
}

/* The chances in R: fisher.test(matrix(c(after, before, after_earlier,
 * before_earlier), 2))$p.value. */
static void test_effect_judge__is_fishers_exact_test(void **state)
{
	static const struct {
		struct effect_counts n;
		enum effect_verdict verdict;
		double p;
	} cases[] = {
		{ { 3, 1, 1, 3 }, EFFECT_NO_CHANGE, -1 }, /* few */
		{ { 8, 2, 1, 9 }, EFFECT_WORSE, 0.005477494642 },
		{ { 1, 9, 11, 3 }, EFFECT_HELPED, 0.002759456185 },
		{ { 10, 10, 10, 10 }, EFFECT_NO_CHANGE, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct effect e = effect_judge(&cases[i].n);

		print_message("table %zu: p %.12f\n", i, e.p);
		assert_int_equal(e.verdict, cases[i].verdict);
		assert_int_equal(e.few, cases[i].p < 0);
		if (!e.few)
			assert_true(fabs(e.p - cases[i].p) < 1e-9);
	}
}

static void test_effect_judge__planted(void **state)
{
	static const struct {
		const char *what;
		struct effect_counts n;
		enum effect_verdict verdict;
	} cases[] = {
		{ "half of what it was, in a year that did not move",
			{ 40, 80, 78, 82 }, EFFECT_HELPED },
		{ "half, as every year at that time", { 40, 80, 41, 79 },
			EFFECT_NO_CHANGE },
		{ "as many, where every year doubles", { 80, 80, 160, 80 },
			EFFECT_HELPED },
		{ "a little less", { 73, 80, 78, 80 }, EFFECT_NO_CHANGE },
		{ "more", { 120, 60, 62, 60 }, EFFECT_WORSE },
		{ "none at all any more", { 0, 30, 28, 30 }, EFFECT_HELPED },
		{ "too few", { 0, 5, 3, 5 }, EFFECT_NO_CHANGE },
		{ "no earlier year", { 10, 80, 0, 0 }, EFFECT_NO_CHANGE },
		{ "many", { 400000, 500000, 499000, 500000 }, EFFECT_HELPED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct effect e = effect_judge(&cases[i].n);

		print_message("%s: p %g, ratio %g\n", cases[i].what, e.p, e.ratio);
		assert_int_equal(e.verdict, cases[i].verdict);
	}
}

/* By the definition, from every table with the same margins. */
static double p_by_definition(const struct effect_counts *c)
{
	int row = (int)(c->after + c->before);
	int other = (int)(c->after_earlier + c->before_earlier);
	int column = (int)(c->after + c->after_earlier);
	double chances[64], sum = 0, p = 0;
	int from = column > other ? column - other : 0;
	int to = column < row ? column : row;

	for (int x = from; x <= to; x++) {
		chances[x] = 1;
		for (int i = 0; i < x; i++)
			chances[x] *= (double)(row - i) / (i + 1);
		for (int i = 0; i < column - x; i++)
			chances[x] *= (double)(other - i) / (i + 1);
		sum += chances[x];
	}
	for (int x = from; x <= to; x++)
		if (chances[x] <= chances[c->after] * (1 + 1e-7))
			p += chances[x] / sum;
	return p;
}

static void test_effect_judge__agrees_with_the_definition(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct effect_counts c = { 0 };
		int64_t *const cells[] = { &c.after, &c.before, &c.after_earlier,
			&c.before_earlier };
		struct effect e;

		for (size_t k = 0; k < ARRAY_LEN(cells); k++) {
			seed = seed * 1103515245u + 12345u;
			*cells[k] = (seed >> 16) % 30;
		}
		e = effect_judge(&c);
		if (!e.few)
			assert_true(fabs(e.p - p_by_definition(&c)) < 1e-9);
		assert_true(e.verdict != EFFECT_HELPED || (double)c.after < e.expected);
	}
}

/* In quiet years the alarm is rarer than EFFECT_P: Poisson counts by Knuth's way. */
static int quiet_count(unsigned *seed, double mean)
{
	double limit = exp(-mean), product = 1;
	int n = -1;

	do {
		*seed = *seed * 1664525u + 1013904223u;
		product *= ((*seed >> 8) + 0.5) / (double)(1u << 24);
		n++;
	} while (product > limit);
	return n;
}

static void test_effect_judge__is_seldom_wrong_where_nothing_changed(void **state)
{
	unsigned seed = 11;
	int wrong = 0;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		/* The season halves it, every year alike. */
		const struct effect_counts c = { quiet_count(&seed, 20),
			quiet_count(&seed, 40), quiet_count(&seed, 20),
			quiet_count(&seed, 40) };

		wrong += effect_judge(&c).verdict != EFFECT_NO_CHANGE;
	}
	print_message("%d of 4000\n", wrong);
	assert_true(wrong < 4000 * EFFECT_P);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_effect_windows__are_whole_months_that_none_shares),
		cmocka_unit_test(
			test_effect_windows__an_action_of_a_month_has_the_year_before),
		cmocka_unit_test(test_effect_judge__is_fishers_exact_test),
		cmocka_unit_test(test_effect_judge__planted),
		cmocka_unit_test(test_effect_judge__agrees_with_the_definition),
		cmocka_unit_test(
			test_effect_judge__is_seldom_wrong_where_nothing_changed),
	};

	return cmocka_run_group_tests_name("effect", tests, NULL, NULL);
}
