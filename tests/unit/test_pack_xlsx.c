#include "tests/unit/test.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include "clients/resident/embedded.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/zip_entry.h"
#include "server/pack_xlsx.h"

struct fixture {
	struct catalogue *catalogue;
	struct pack_xlsx_words words;
	json_t *doc;
};

static int fixture_new(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	f->catalogue = catalogue_new("sv");
	assert_int_equal(catalogue_add_files(f->catalogue, resident_files, NULL), 0);
	assert_int_equal(catalogue_finish(f->catalogue, NULL), 0);
	pack_xlsx_words_read(f->catalogue, "sv", &f->words);
	f->doc = json_load_file(TEST_DATA_DIR "/pack_sample.json", 0, NULL);
	assert_non_null(f->doc);
	*state = f;
	return 0;
}

static int fixture_free(void **state)
{
	struct fixture *f = *state;

	json_decref(f->doc);
	catalogue_free(f->catalogue);
	mem_free(f);
	return 0;
}

struct file {
	void *bytes;
	size_t size;
};

static struct file file_make(const struct fixture *f)
{
	struct file file = { 0 };
	struct error err = { 0 };

	if (pack_xlsx(f->doc, &f->words, &file.bytes, &file.size, &err) < 0)
		fail_msg("%s", err.text);
	return file;
}

/* What stands in one of its parts; for mem_free(). */
static char *part_read(const struct file *file, const char *name)
{
	struct zip_entry_text text = { .bytes = mem_new(ZIP_ENTRY_READ_MAX + 1),
		.room = ZIP_ENTRY_READ_MAX };
	struct error err = { 0 };
	int fd = memfd_create("part", MFD_CLOEXEC);

	assert_int_equal(write(fd, file->bytes, file->size), file->size);
	if (zip_entry_read(fd, name, &text, &err) < 0)
		fail_msg("%s: %s", name, err.text);
	close(fd);
	return text.bytes;
}

static void assert_part_has(const struct file *file, const char *name, const char *text)
{
	char *part = part_read(file, name);

	if (!strstr(part, text))
		fail_msg("%s has no %s", name, text);
	mem_free(part);
}

static void assert_part_lacks(
	const struct file *file, const char *name, const char *text)
{
	char *part = part_read(file, name);

	if (strstr(part, text))
		fail_msg("%s has %s", name, text);
	mem_free(part);
}

static json_t *section_at(const struct fixture *f, size_t i)
{
	return json_array_get(json_object_get(f->doc, "sections"), i);
}

static json_t *table_at(const struct fixture *f, size_t section, size_t i)
{
	return json_array_get(json_object_get(section_at(f, section), "tables"), i);
}

static void test_pack_xlsx__has_a_sheet_for_each_section(void **state)
{
	static const char *const names[] = { "\"Översikt\"", "\"A Nyckeltal\"",
		"\"B Svar i tid\"", "\"C Ämnen\"", "\"D Kanaler och månader\"",
		"\"Definitioner\"" };
	struct file file = file_make(*state);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_part_has(&file, "xl/workbook.xml", names[i]);
	assert_part_has(&file, "xl/worksheets/sheet1.xml", "location=\"'C Ämnen'!A1\"");
	mem_free(file.bytes);
}

static void test_pack_xlsx__same_pack_gives_same_bytes(void **state)
{
	struct file one = file_make(*state), two;

	sleep(1); /* the library would write the time of day if it was not told one */
	two = file_make(*state);
	assert_int_equal(one.size, two.size);
	assert_memory_equal(one.bytes, two.bytes, one.size);
	assert_part_has(&one, "docProps/core.xml", "2026-11-04T00:00:00Z");
	mem_free(one.bytes);
	mem_free(two.bytes);
}

static void test_pack_xlsx__running_month_is_dated_by_its_beginning(void **state)
{
	struct fixture *f = *state;
	struct file file;

	json_object_set_new(f->doc, "frozen", json_false());
	json_object_set_new(f->doc, "frozenAt", json_null());
	json_object_set_new(f->doc, "hash", json_null());
	file = file_make(f);
	assert_part_has(&file, "docProps/core.xml", "2026-10-01T00:00:00Z");
	assert_part_lacks(&file, "xl/sharedStrings.xml", "Kontrollsumma");
	mem_free(file.bytes);
}

/* Two words are names of sheets, which Excel is particular about. */
static void test_pack_xlsx__every_language_has_words_that_fit(void **state)
{
	struct fixture *f = *state;
	struct file file;

	for (size_t i = 0; i < catalogue_count(f->catalogue); i++) {
		pack_xlsx_words_read(
			f->catalogue, catalogue_language(f->catalogue, i), &f->words);
		file = file_make(f);
		assert_part_has(&file, "xl/workbook.xml", f->words.overview);
		assert_part_has(&file, "xl/workbook.xml", f->words.definitions);
		mem_free(file.bytes);
	}
}

struct job {
	const struct fixture *fixture;
	struct file file;
};

static void *job_run(void *arg)
{
	struct job *job = arg;

	job->file = file_make(job->fixture);
	return NULL;
}

static void test_pack_xlsx__threads_do_not_mix(void **state)
{
	struct job jobs[4];
	pthread_t threads[ARRAY_LEN(jobs)];

	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = (struct job){ .fixture = *state };
		assert_int_equal(
			pthread_create(&threads[i], NULL, job_run, &jobs[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 1; i < ARRAY_LEN(jobs); i++) {
		assert_int_equal(jobs[i].file.size, jobs[0].file.size);
		assert_memory_equal(
			jobs[i].file.bytes, jobs[0].file.bytes, jobs[0].file.size);
	}
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		mem_free(jobs[i].file.bytes);
}

/* The sample has names that begin as formulas do. */
static void test_pack_xlsx__has_no_formula(void **state)
{
	struct fixture *f = *state;
	char name[40];
	struct file file;

	json_object_set_new(f->doc, "title", json_string("=cmd|'/c calc'!A1"));
	json_object_set_new(table_at(f, 2, 0), "title", json_string("=1+1"));
	json_object_set_new(
		table_at(f, 2, 0), "head", json_string("=HYPERLINK(\"x\")"));
	file = file_make(f);
	for (int i = 1; i <= 7; i++) {
		snprintf(name, sizeof(name), "xl/worksheets/sheet%d.xml", i);
		assert_part_lacks(&file, name, "<f>");
	}
	assert_part_has(&file, "xl/sharedStrings.xml", "<t>=2+3</t>");
	assert_part_has(&file, "xl/sharedStrings.xml", "<t>=1+1</t>");
	mem_free(file.bytes);
}

static void test_pack_xlsx__withheld_is_text_and_no_number(void **state)
{
	/* Row 5 of "B Svar i tid": "<5" where the others have a share. */
	struct file file = file_make(*state);
	char *sheet = part_read(&file, "xl/worksheets/sheet3.xml");
	char *cell = strstr(sheet, "<c r=\"B10\"");

	assert_non_null(cell);
	assert_non_null(strstr(cell, "t=\"s\"><v>"));
	assert_true(strstr(cell, "t=\"s\"><v>") < strstr(cell, "</c>"));
	mem_free(sheet);
	mem_free(file.bytes);
}

/* Three bars have their number in the chart, the fourth, "<5", none: 0 would be one. */
static void test_pack_xlsx__withheld_is_a_gap_in_the_chart(void **state)
{
	struct file file = file_make(*state);

	assert_part_has(&file, "xl/charts/chart1.xml",
		"<c:pt idx=\"2\"><c:v>0.7</c:v></c:pt></c:numCache>");
	assert_part_has(&file, "xl/charts/chart1.xml", "Barns synpunkter (&lt;5)");
	mem_free(file.bytes);
}

static void test_pack_xlsx__charts_draw_cells(void **state)
{
	struct file file = file_make(*state);

	assert_part_has(
		&file, "xl/charts/chart4.xml", "<c:cat><c:strRef><c:f>'C Ämnen'!$A$");
	assert_part_has(
		&file, "xl/charts/chart4.xml", "<c:val><c:numRef><c:f>'C Ämnen'!$D$");
	assert_part_has(&file, "xl/drawings/drawing1.xml",
		"descr=\"Diagram: Andel i tid, Andel i tid. Samma siffror står i tabellen.\"");
	mem_free(file.bytes);
}

static void test_pack_xlsx__heat_colours_cells(void **state)
{
	struct file file = file_make(*state);

	assert_part_has(&file, "xl/worksheets/sheet6.xml", "type=\"colorScale\"");
	mem_free(file.bytes);
}

static void test_pack_xlsx__any_title_makes_a_sheet(void **state)
{
	static const struct {
		const char *code, *title, *name;
	} cases[] = {
		{ "A", "[]:*?/\\#'", "\"A ---------\"" },
		{ "", "Nyckeltal", "\"Nyckeltal\"" },
		{ "", "NYCKELTAL", "\"NYCKELTAL (2)\"" },
		{ "", "översikt", "\"översikt\"" }, /* not the same letter to ASCII */
		{ "", "Översikt", "\"Översikt (2)\"" },
		{ "", "", "\" (2)\"" },
		{ "", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", "\"😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀\"" },
		{ "B", "a\x01\n\x7f<&>\"", "\"B a   &lt;&amp;&gt;&quot;\"" },
	};
	struct fixture *f = *state;
	json_t *list = json_array();
	struct file file;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "code", cases[i].code, "title",
				      cases[i].title));
	json_object_set_new(f->doc, "sections", list);
	file = file_make(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_part_has(&file, "xl/workbook.xml", cases[i].name);
	mem_free(file.bytes);
}

static void assert_refused(const struct fixture *f, enum err_code code)
{
	struct file file = { 0 };
	struct error err = { 0 };

	assert_int_equal(
		pack_xlsx(f->doc, &f->words, &file.bytes, &file.size, &err), -1);
	assert_int_equal(err.code, code);
	assert_null(file.bytes);
}

static void repeat(json_t *list, size_t n)
{
	json_t *copy = json_deep_copy(json_array_get(list, 0));

	while (json_array_size(list) < n)
		json_array_append(list, copy);
	json_decref(copy);
}

static void test_pack_xlsx__refuses_too_many_rows(void **state)
{
	struct fixture *f = *state;

	repeat(json_object_get(table_at(f, 0, 0), "rows"), PACK_XLSX_ROWS_MAX + 1);
	assert_refused(f, ERR_TOO_LARGE);
}

static void test_pack_xlsx__refuses_too_many_tables(void **state)
{
	struct fixture *f = *state;

	repeat(json_object_get(section_at(f, 0), "tables"), PACK_XLSX_TABLES_MAX + 1);
	assert_refused(f, ERR_TOO_LARGE);
}

static void test_pack_xlsx__refuses_too_many_sections(void **state)
{
	struct fixture *f = *state;

	repeat(json_object_get(f->doc, "sections"), PACK_XLSX_SECTIONS_MAX + 1);
	assert_refused(f, ERR_TOO_LARGE);
}

static void test_pack_xlsx__refuses_a_text_that_is_too_long(void **state)
{
	struct fixture *f = *state;
	char *text = mem_new(PACK_XLSX_TEXT_MAX + 2);

	memset(text, 'a', PACK_XLSX_TEXT_MAX + 1);
	json_object_set_new(section_at(f, 0), "intro", json_string(text));
	mem_free(text);
	assert_refused(f, ERR_TOO_LARGE);
}

static void test_pack_xlsx__refuses_what_is_no_pack(void **state)
{
	struct fixture *f = *state;

	json_object_set_new(f->doc, "month", json_string("oktober"));
	json_object_set_new(f->doc, "frozen", json_false());
	assert_refused(f, ERR_INVALID);
	json_object_clear(f->doc);
	assert_refused(f, ERR_INVALID);
}

/* With hidden copies of all of it for the charts. */
static void test_pack_xlsx__takes_a_table_of_the_largest_size(void **state)
{
	struct fixture *f = *state;
	struct file file;

	repeat(json_object_get(table_at(f, 2, 0), "rows"), PACK_XLSX_ROWS_MAX);
	repeat(json_object_get(table_at(f, 4, 0), "columns"), PACK_XLSX_COLUMNS_MAX);
	file = file_make(f);
	assert_true(file.size > 20000);
	mem_free(file.bytes);
}

#define CASE(name)                                                                     \
	cmocka_unit_test_setup_teardown(                                               \
		test_pack_xlsx__##name, fixture_new, fixture_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(has_a_sheet_for_each_section),
		CASE(same_pack_gives_same_bytes),
		CASE(running_month_is_dated_by_its_beginning),
		CASE(every_language_has_words_that_fit),
		CASE(threads_do_not_mix),
		CASE(has_no_formula),
		CASE(withheld_is_text_and_no_number),
		CASE(withheld_is_a_gap_in_the_chart),
		CASE(charts_draw_cells),
		CASE(heat_colours_cells),
		CASE(any_title_makes_a_sheet),
		CASE(refuses_too_many_rows),
		CASE(refuses_too_many_tables),
		CASE(refuses_too_many_sections),
		CASE(refuses_a_text_that_is_too_long),
		CASE(refuses_what_is_no_pack),
		CASE(takes_a_table_of_the_largest_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
