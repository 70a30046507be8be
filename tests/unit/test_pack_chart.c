#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>

#include "lib/arena.h"
#include "tests/unit/pack_picture.h"
#include "tests/unit/pack_table.h"

static const char *const kinds[] = {
	"bars",
	"gauge",
	"histogram",
	"stacked",
	"heat",
	"multiples",
};

#define RECT(class) "//*[local-name() = 'rect' and @class = '" class "']"
#define TEXT(class) "//*[local-name() = 'text' and @class = '" class "']"
#define PATH(class) "//*[local-name() = 'path' and @class = '" class "']"

static void test_pack_chart__draws_nothing_without_a_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_t *table = pack_table_sample(kinds[i], 0);
		struct pack_picture p = pack_picture_draw(table);

		print_message("kind \"%s\"\n", kinds[i]);
		assert_null(p.text);
		pack_picture_clear(&p);
		for (size_t j = 0; j < 3; j++)
			json_array_append_new(pack_table_add_row(table, "A"),
				pack_table_hidden("few"));
		p = pack_picture_draw(table);
		assert_null(p.text);
		pack_picture_clear(&p);
		json_decref(table);
	}
}

static void test_pack_chart__draws_nothing_without_a_chart(void **state)
{
	json_t *table = pack_table_sample("pie", 3);
	struct pack_picture p = pack_picture_draw(table);

	(void)state;
	assert_null(p.text);
	pack_picture_clear(&p);
	json_object_del(table, "chart");
	p = pack_picture_draw(table);
	assert_null(p.text);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__is_a_named_image_of_any_number_of_rows(void **state)
{
	static const size_t sizes[] = { 1, 2, 7, 60 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		for (size_t j = 0; j < ARRAY_LEN(sizes); j++) {
			json_t *table = pack_table_sample(kinds[i], sizes[j]);
			struct pack_picture p = pack_picture_draw(table);

			print_message("kind \"%s\", rows %zu\n", kinds[i], sizes[j]);
			assert_non_null(p.text);
			pack_picture_check_sound(&p);
			pack_picture_check_inside(&p);
			pack_picture_clear(&p);
			json_decref(table);
		}
}

static void check_number(const char *kind, json_int_t number)
{
	json_t *table = pack_table_sample(kind, 2);
	struct pack_picture p;

	for (size_t i = 0; i < 6; i++)
		pack_table_set(
			table, i / 3, i % 3, pack_table_shown(number, number + 1));
	p = pack_picture_draw(table);
	print_message("kind \"%s\", number %lld\n", kind, (long long)number);
	assert_non_null(p.text);
	pack_picture_check_sound(&p);
	if (number < 10000000) /* more than a city has */
		pack_picture_check_inside(&p);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__bears_huge_numbers_and_nothing_but_noughts(void **state)
{
	static const json_int_t numbers[] = { 0, 1, 9999999, 999999999999999 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		for (size_t j = 0; j < ARRAY_LEN(numbers); j++)
			check_number(kinds[i], numbers[j]);
}

static void test_pack_chart__escapes_what_names_hold(void **state)
{
	static const char name[] = "<script>alert('1')</script> \"&amp;\x01";
	static const char said[] = "<script>alert('1')</script> \"&amp;\xef\xbf\xbd";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_t *table = pack_table_sample(kinds[i], 2), *row;
		struct pack_picture p;

		row = json_array_get(json_object_get(table, "rows"), 0);
		json_object_set_new(row, "name", json_string(name));
		json_object_set_new(table, "title", json_string(name));
		json_object_set_new(table, "id", json_string("a\"><b>"));
		p = pack_picture_draw(table);
		print_message("kind \"%s\"\n", kinds[i]);
		pack_picture_check_sound(&p);
		assert_null(strstr(p.text, "<script"));
		assert_null(strstr(p.text, "<b>"));
		assert_non_null(strstr(
			pack_picture_string(&p, "//*[local-name() = 'title']"), said));
		pack_picture_clear(&p);
		json_decref(table);
	}
}

static void test_pack_chart__gives_no_two_tables_one_id(void **state)
{
	static const char *const ids[] = { "a b", "a_20b", "a-b", "ab", "å", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		for (size_t j = 0; j < i; j++) {
			json_t *one = pack_table_sample("bars", 1),
			       *other = pack_table_sample("bars", 1);
			struct pack_picture p, q;

			json_object_set_new(one, "id", json_string(ids[i]));
			json_object_set_new(other, "id", json_string(ids[j]));
			p = pack_picture_draw(one);
			q = pack_picture_draw(other);
			assert_string_not_equal(pack_picture_string(&p, "//*/@id"),
				pack_picture_string(&q, "//*/@id"));
			pack_picture_clear(&p);
			pack_picture_clear(&q);
			json_decref(one);
			json_decref(other);
		}
}

/* ---- what is hidden ---- */

static void test_pack_chart__tells_nothing_of_a_hidden_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_t *one = pack_table_sample(kinds[i], 4), *other;
		struct pack_picture p, q;

		pack_table_set(one, 1, 0, pack_table_hidden("few"));
		pack_table_set(one, 2, 0, pack_table_hidden("withheld"));
		pack_table_set(one, 0, 2, pack_table_hidden("few"));
		other = json_deep_copy(one);
		/* As if somebody had forgotten to take the numbers out. */
		json_object_set_new(pack_table_cell(other, 1, 0), "n", json_integer(4));
		json_object_set_new(
			pack_table_cell(other, 2, 0), "n", json_integer(90000));
		json_object_set_new(
			pack_table_cell(other, 2, 0), "of", json_integer(90001));
		json_object_set_new(pack_table_cell(other, 0, 2), "n", json_real(-2.5));
		p = pack_picture_draw(one);
		q = pack_picture_draw(other);
		print_message("kind \"%s\"\n", kinds[i]);
		pack_picture_check_sound(&p);
		assert_string_equal(p.text, q.text);
		assert_true(
			pack_picture_number(&p, "count(" PATH("chart-few") ")") >= 2);
		pack_picture_clear(&p);
		pack_picture_clear(&q);
		json_decref(one);
		json_decref(other);
	}
}

static void test_pack_chart__hatches_few_and_withheld_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		json_t *few = pack_table_sample(kinds[i], 4),
		       *withheld = pack_table_sample(kinds[i], 4);
		struct pack_picture p, q;

		pack_table_set(few, 1, 0, pack_table_hidden("few"));
		pack_table_set(withheld, 1, 0, pack_table_hidden("withheld"));
		json_object_set_new(
			pack_table_cell(withheld, 1, 0), "text", json_string("<5"));
		p = pack_picture_draw(few);
		q = pack_picture_draw(withheld);
		assert_string_equal(p.text, q.text);
		pack_picture_clear(&p);
		pack_picture_clear(&q);
		json_decref(few);
		json_decref(withheld);
	}
}

static void test_pack_chart__outlines_a_total_only_if_it_is_shown(void **state)
{
	json_t *with = pack_table_sample("stacked", 4),
	       *without = pack_table_sample("stacked", 4);
	struct pack_picture p, q;

	(void)state;
	for (size_t row = 1; row < 3; row++) {
		pack_table_set(with, row, 1, pack_table_hidden("few"));
		pack_table_set(without, row, 1, pack_table_hidden("few"));
	}
	pack_table_add_total(with, 200);
	pack_table_add_total(without, -1);
	p = pack_picture_draw(with);
	q = pack_picture_draw(without);
	assert_int_equal(
		pack_picture_number(&p, "count(" RECT("chart-outline") ")"), 1);
	assert_int_equal(
		pack_picture_number(&q, "count(" RECT("chart-outline") ")"), 0);
	/* The key, and the bar that has something hidden. */
	assert_int_equal(pack_picture_number(&q, "count(" PATH("chart-few") ")"), 2);
	/* One part each of rows 0 and 3 for the month with two hidden. */
	assert_int_equal(pack_picture_number(&p, "count(" RECT("chart-part-2") ")"), 2);
	assert_int_equal(pack_picture_number(&p, "count(" RECT("chart-part-4") ")"), 3);
	pack_picture_check_sound(&p);
	pack_picture_check_sound(&q);
	pack_picture_clear(&p);
	pack_picture_clear(&q);
	json_decref(with);
	json_decref(without);
}

/* ---- lengths ---- */

static void test_pack_chart__makes_bars_as_long_as_their_numbers(void **state)
{
	json_t *table = pack_table_sample("bars", 4);
	struct pack_picture p;
	double longest;

	(void)state;
	pack_table_add_total(table, 5000);
	p = pack_picture_draw(table);
	assert_string_equal(pack_picture_string(&p, "//*[local-name() = 'desc']"),
		"Störst är Ämne med ett tämligen långt namn 0: 40. "
		"Minst är Ämne med ett tämligen långt namn 3: 10.");
	longest = pack_picture_number(&p, "(" RECT("chart-bar") ")[1]/@width");
	assert_int_equal(pack_picture_number(&p, "count(" RECT("chart-bar") ")"), 4);
	for (int i = 2; i <= 4; i++) {
		const char *at =
			arena_printf(p.arena, "(" RECT("chart-bar") ")[%d]/@width", i);

		assert_float_equal(pack_picture_number(&p, at),
			longest * (50 - 10 * i) / 40, 0.11);
	}
	assert_int_equal(
		pack_picture_number(&p, "count(" RECT("chart-bar") "[@x != 0])"), 0);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__marks_the_year_before(void **state)
{
	json_t *table = pack_table_sample("bars", 2);
	struct pack_picture p;

	(void)state;
	json_object_set_new(
		json_object_get(table, "chart"), "compare", json_string("2025-11"));
	pack_table_set(table, 1, 1, pack_table_hidden("withheld"));
	p = pack_picture_draw(table);
	/* One in the key, one in the row whose number is shown. */
	assert_int_equal(pack_picture_number(&p, "count(" PATH("chart-last") ")"), 2);
	pack_picture_check_sound(&p);
	pack_picture_clear(&p);
	json_object_del(json_object_get(table, "chart"), "compare");
	json_array_append_new(
		json_object_get(
			json_array_get(json_object_get(table, "rows"), 0), "cells"),
		pack_table_shown(900, 0)); /* of no column */
	p = pack_picture_draw(table);
	assert_int_equal(pack_picture_number(&p, "count(" PATH("chart-last") ")"), 0);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__draws_what_is_below_nought_to_the_left(void **state)
{
	json_t *table = pack_table_sample("bars", 2);
	struct pack_picture p;

	(void)state;
	pack_table_set(table, 1, 0, pack_table_shown(-28, 0));
	p = pack_picture_draw(table);
	/* Round steps count from nought, wherever the lowest number is. */
	assert_int_equal(
		pack_picture_number(&p, "count(" TEXT("chart-soft") "[. = '0'])"), 1);
	assert_int_equal(
		pack_picture_number(&p, "count(" TEXT("chart-soft") "[. = '−20'])"), 1);
	assert_float_equal(pack_picture_number(&p, "(" RECT("chart-bar") ")[1]/@x"),
		pack_picture_number(&p, "(" RECT("chart-bar") ")[2]/@x + (" RECT(
						"chart-bar") ")[2]/@width"),
		0.11);
	pack_picture_check_sound(&p);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__draws_shares_of_their_whole(void **state)
{
	json_t *table = pack_table_sample("gauge", 3);
	struct pack_picture p;
	double whole;

	(void)state;
	pack_table_set(table, 0, 0, pack_table_shown(9, 12));
	pack_table_set(table, 1, 0, pack_table_shown(400, 400));
	pack_table_set(table, 2, 0, pack_table_shown(0, 0));
	p = pack_picture_draw(table);
	whole = pack_picture_number(&p, "(" RECT("chart-whole") ")[1]/@width");
	assert_float_equal(pack_picture_number(&p, "(" RECT("chart-bar") ")[1]/@width"),
		whole * 0.75, 0.11);
	assert_float_equal(pack_picture_number(&p, "(" RECT("chart-bar") ")[2]/@width"),
		whole, 0.11);
	/* A share of nothing is none. */
	assert_int_equal(pack_picture_number(&p, "count(" RECT("chart-whole") ")"), 2);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__marks_the_median_in_its_bin(void **state)
{
	json_t *table = pack_table_sample("histogram", 5);
	struct pack_picture p = pack_picture_draw(table);
	double x = pack_picture_number(&p, "(" RECT("chart-bar") ")[3]/@x + (" RECT(
						   "chart-bar") ")[3]/@width div 2");
	const char *d = pack_picture_string(&p, PATH("chart-median") "/@d");

	(void)state;
	assert_float_equal(strtod(d + 1, NULL), x, 0.11);
	assert_string_equal(pack_picture_string(&p, TEXT("chart-strong")), "Median 2");
	pack_picture_clear(&p);
	json_object_del(json_object_get(table, "chart"), "median");
	p = pack_picture_draw(table);
	assert_int_equal(pack_picture_number(&p, "count(" PATH("chart-median") ")"), 0);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__marks_year_and_last_month(void **state)
{
	json_t *table = pack_table_of("stacked", pack_table_months(13));
	json_t *cells = pack_table_add_row(table, "Inkomna");
	struct pack_picture p;

	(void)state;
	for (size_t i = 0; i < 13; i++)
		json_array_append_new(cells, pack_table_shown(10 + (json_int_t)i, 0));
	p = pack_picture_draw(table);
	assert_int_equal(pack_picture_number(&p, "count(" RECT("chart-bar") ")"), 1);
	assert_int_equal(pack_picture_number(&p, "count(" RECT("chart-pale") ")"), 12);
	assert_int_equal(
		pack_picture_number(&p, "count(" TEXT("chart-strong") "[. = 'okt'])"),
		1);
	assert_int_equal(
		pack_picture_number(&p, "count(" TEXT("chart-soft") "[. = '2026'])"),
		1);
	assert_string_equal(pack_picture_string(&p, "//*[local-name() = 'desc']"),
		"okt 2026: 22. okt 2025: 10. ");
	pack_picture_check_sound(&p);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__says_which_scale_small_pictures_have(void **state)
{
	json_t *table = pack_table_sample("multiples", 3);
	struct pack_picture p = pack_picture_draw(table);
	double high = pack_picture_number(&p, "(//*[local-name() = 'circle'])[1]/@cy");
	double low = pack_picture_number(&p, "(//*[local-name() = 'circle'])[5]/@cy");

	(void)state;
	assert_string_equal(pack_picture_string(&p, "//p"), "Samma skala: 0 till 30.");
	assert_true(low > high + 10);
	pack_picture_clear(&p);
	json_object_set_new(
		json_object_get(table, "chart"), "scale", json_string("own"));
	p = pack_picture_draw(table);
	assert_string_equal(pack_picture_string(&p, "//p"), "chart.own-scale");
	low = pack_picture_number(&p, "(//*[local-name() = 'circle'])[5]/@cy");
	assert_true(fabs(low - high) < 10);
	pack_picture_clear(&p);
	json_decref(table);
}

/* 3 of 4 stands above 20 of 40, and all below 100 %. */
static void test_pack_chart__draws_shares_on_a_whole_of_a_hundred(void **state)
{
	json_t *table = pack_table_sample("multiples", 2), *column;
	struct pack_picture p;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(table, "columns"), i, column)
	{
		json_object_set_new(column, "kind", json_string("share"));
		pack_table_set(table, 0, i, pack_table_shown(3, 4));
		pack_table_set(table, 1, i, pack_table_shown(20, 40));
	}
	p = pack_picture_draw(table);
	assert_string_equal(
		pack_picture_string(&p, "//p"), "Samma skala: 0 till 100 %.");
	assert_true(
		pack_picture_number(&p, "(//*[local-name() = 'circle'])[1]/@cy") + 10 <
		pack_picture_number(&p, "(//*[local-name() = 'circle'])[3]/@cy"));
	pack_picture_check_sound(&p);
	pack_picture_clear(&p);
	json_decref(table);
}

static void test_pack_chart__darkens_cells_in_five_steps(void **state)
{
	static const json_int_t numbers[] = { 0, 1, 20, 21, 60, 61, 80, 81, 100 };
	static const char *const looks[] = { "chart-step-0", "chart-step-1",
		"chart-step-1", "chart-step-2", "chart-step-3", "chart-step-4",
		"chart-step-4", "chart-step-5", "chart-step-5" };
	json_t *table = pack_table_sample("heat", 3);
	struct pack_picture p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		pack_table_set(table, i / 3, i % 3, pack_table_shown(numbers[i], 0));
	p = pack_picture_draw(table);
	for (int i = 0; i < (int)ARRAY_LEN(numbers); i++)
		assert_string_equal(
			pack_picture_string(&p, arena_printf(p.arena,
							"(//*[local-name() = 'rect'])"
							"[%d]/@class",
							i + 1)),
			looks[i]);
	/* White on the two darkest: those of 61, 80, 81 and 100. */
	assert_int_equal(pack_picture_number(&p, "count(" TEXT("chart-on") ")"), 4);
	pack_picture_clear(&p);
	json_decref(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pack_chart__draws_nothing_without_a_number),
		cmocka_unit_test(test_pack_chart__draws_nothing_without_a_chart),
		cmocka_unit_test(
			test_pack_chart__is_a_named_image_of_any_number_of_rows),
		cmocka_unit_test(
			test_pack_chart__bears_huge_numbers_and_nothing_but_noughts),
		cmocka_unit_test(test_pack_chart__escapes_what_names_hold),
		cmocka_unit_test(test_pack_chart__gives_no_two_tables_one_id),
		cmocka_unit_test(test_pack_chart__tells_nothing_of_a_hidden_number),
		cmocka_unit_test(test_pack_chart__hatches_few_and_withheld_alike),
		cmocka_unit_test(test_pack_chart__outlines_a_total_only_if_it_is_shown),
		cmocka_unit_test(test_pack_chart__makes_bars_as_long_as_their_numbers),
		cmocka_unit_test(test_pack_chart__marks_the_year_before),
		cmocka_unit_test(
			test_pack_chart__draws_what_is_below_nought_to_the_left),
		cmocka_unit_test(test_pack_chart__draws_shares_of_their_whole),
		cmocka_unit_test(test_pack_chart__marks_the_median_in_its_bin),
		cmocka_unit_test(test_pack_chart__marks_year_and_last_month),
		cmocka_unit_test(test_pack_chart__says_which_scale_small_pictures_have),
		cmocka_unit_test(test_pack_chart__draws_shares_on_a_whole_of_a_hundred),
		cmocka_unit_test(test_pack_chart__darkens_cells_in_five_steps),
	};

	return cmocka_run_group_tests_name("pack_chart", tests, NULL, NULL);
}
