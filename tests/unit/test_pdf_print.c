/* Pages made by the real tool, Python and WeasyPrint: what they become and what not. */
#include "tests/unit/test.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/pdf_bench.h"

/* What a command says of the PDF, "%s" being its path; to be given to mem_free(). */
static char *said_of(
	struct pdf_bench *bench, const struct pdf_got *got, const char *command)
{
	char path[64], line[256];
	char *said = mem_new(MIB);
	size_t n = 0;
	FILE *from;

	assert_int_equal(got->code, ERR_NONE);
	snprintf(path, sizeof(path), "%s/made.pdf", bench->dir);
	from = fopen(path, "w");
	assert_non_null(from);
	fwrite(evbuffer_pullup(got->pdf, -1), 1, evbuffer_get_length(got->pdf), from);
	fclose(from);
	snprintf(line, sizeof(line), command, path);
	from = popen(line, "r"); /* style: a test's command */
	assert_non_null(from);
	n = fread(said, 1, MIB - 1, from);
	said[n] = '\0';
	assert_int_equal(pclose(from), 0);
	return said;
}

static void assert_says(const char *said, const char *part)
{
	if (strstr(said, part))
		return;
	fputs(said, stderr);
	fail_msg("no \"%s\"", part);
}

static void assert_silent(const char *said, const char *part)
{
	if (!strstr(said, part))
		return;
	fputs(said, stderr);
	fail_msg("\"%s\"", part);
}

/* Of a table with so many rows; to be given to mem_free(). */
static char *table_html(unsigned rows)
{
	size_t size = rows * (size_t)80 + 1024, n;
	char *html = mem_new(size);

	n = (size_t)snprintf(html, size,
		PDF_BENCH_HEAD "<table><thead><tr><th scope=\"col\">Rubrik</th><th "
			       "scope=\"col\">Antal</th></tr></thead><tbody>");
	for (unsigned i = 0; i < rows; i++)
		n += (size_t)snprintf(html + n, size - n,
			"<tr><th scope=\"row\">Rad %u</th><td>%u</td></tr>", i, i * 7);
	snprintf(html + n, size - n, "</tbody></table>" PDF_BENCH_FOOT);
	return html;
}

/* ---- what is made ---- */

static void test_pdf_print__tags_what_the_page_says(void **state)
{
	static const char tree[] = "Document\n"
				   "  P (block)\n"
				   "    \"Synpunkt\"\n"
				   "  H1 (block)\n"
				   "    \"Äldrenämnden\"\n"
				   "  P (block)\n"
				   "    \"Ett \"\n"
				   "    \"litet\"\n"
				   "    \" stycke på \"\n"
				   "    Span (inline)\n"
				   "      \"English\"\n"
				   "    \".\"\n"
				   "  L (block)\n"
				   "    LI (block)\n"
				   "      Lbl (block)\n"
				   "        \"1. \"\n"
				   "      LBody (block)\n"
				   "        \"Första\"\n"
				   "  Div\n"
				   "    P (block)\n"
				   "      \"Helsinki\"\n"
				   "    Figure\n"
				   "      \"\"\n"
				   "  Sect\n"
				   "    H2 (block)\n"
				   "      \"Ärenden\"\n"
				   "    Table (block)\n"
				   "      Caption\n"
				   "        \"I november\"\n"
				   "      THead\n"
				   "        TR\n"
				   "          TH:\n"
				   "             /Scope /Column\n"
				   "            \"Nämnd\"\n"
				   "          TH:\n"
				   "             /Scope /Column\n"
				   "            \"Antal\"\n"
				   "      TBody\n"
				   "        TR\n"
				   "          TH:\n"
				   "             /Scope /Row\n"
				   "            \"Södermalm\"\n"
				   "          TD\n"
				   "        TR\n"
				   "          TD:\n"
				   "             /ColSpan 2\n"
				   "            \"Summa\"\n";
	struct pdf_bench *bench = *state;
	struct pdf_got got;
	char *said;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	pdf_bench_make(bench, pdf_bench_html, pdf_bench_css, &got);
	said = said_of(bench, &got, "pdfinfo -struct-text %s");
	assert_string_equal(said, tree);
	mem_free(said);
	said = said_of(bench, &got, "pdfinfo %s");
	assert_says(said, "Title:           Statistik för Äldrenämnden\n");
	assert_says(said, "Tagged:          yes\n");
	assert_silent(said, "Date:");
	mem_free(said);
	said = said_of(bench, &got, "pdftotext %s -");
	assert_says(said, "sida 1");
	assert_says(said, "Prydnad");
	mem_free(said);
	said = said_of(
		bench, &got, "grep -a -o -e '/Lang ([a-z]*)' -e '/Alt (.*)' %s | sort");
	assert_string_equal(
		said, "/Alt (Stapel)\n/Lang (en)\n/Lang (fi)\n/Lang (sv)\n");
	mem_free(said);
	pdf_got_close(&got);
}

static void test_pdf_print__keeps_a_table_whole_over_pages(void **state)
{
	struct pdf_bench *bench = *state;
	char *html = table_html(120), *said;
	struct pdf_got got;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	pdf_bench_make(bench, html, pdf_bench_css, &got);
	said = said_of(bench, &got, "pdftotext %s - | grep -c Rubrik");
	assert_true(strtol(said, NULL, 10) > 1);
	mem_free(said);
	said = said_of(
		bench, &got, "pdfinfo -struct-text %s | grep -c -e Table -e Rubrik");
	assert_string_equal(said, "2\n");
	mem_free(said);
	said = said_of(bench, &got, "pdfinfo -struct-text %s");
	assert_says(said, "\"Rad 119\"");
	mem_free(said);
	mem_free(html);
	pdf_got_close(&got);
}

static void test_pdf_print__makes_the_same_bytes_of_the_same_page(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_got got[2];
	size_t size;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	pdf_bench_make(bench, pdf_bench_html, pdf_bench_css, &got[0]);
	pdf_bench_make(bench, pdf_bench_html, pdf_bench_css, &got[1]);
	size = evbuffer_get_length(got[0].pdf);
	assert_int_equal(evbuffer_get_length(got[1].pdf), size);
	assert_memory_equal(
		evbuffer_pullup(got[0].pdf, -1), evbuffer_pullup(got[1].pdf, -1), size);
	pdf_got_close(&got[0]);
	pdf_got_close(&got[1]);
}

/* ---- what is not ---- */

static int listener(unsigned *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

static void test_pdf_print__fetches_nothing(void **state)
{
	static const char hostile[] = PDF_BENCH_HEAD
		"<link rel=\"stylesheet\" href=\"%1$s\"><link rel=\"attachment\" "
		"href=\"%1$s\">"
		"<style>@import \"%1$s\"; p { background: url(%1$s); list-style: "
		"url(%1$s) }"
		"@font-face { font-family: x; src: url(%1$s) } p { font-family: x }"
		"p::before { content: url(%1$s) }</style>"
		"<p>Hej</p><a rel=\"attachment\" href=\"%1$s\">a</a><img src=\"%1$s\">"
		"<object data=\"%1$s\"></object><embed src=\"%1$s\"><iframe "
		"src=\"%1$s\"></iframe>"
		"<svg viewBox=\"0 0 9 9\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
		"<image href=\"%1$s\" width=\"9\" height=\"9\"/><use "
		"xlink:href=\"%1$s#a\"/></svg>" PDF_BENCH_FOOT;
	struct pdf_bench *bench = *state;
	char html[4096], urls[4][64] = { "file:///etc/passwd", "/etc/passwd", "",
		"data:text/plain;base64,cm9vdDp4" }; /* root:x */
	unsigned port;
	int fd = listener(&port);

	snprintf(urls[2], sizeof(urls[2]), "http://127.0.0.1:%u/a.png", port);
	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct pdf_got got;
		char *said;

		snprintf(html, sizeof(html), hostile, urls[i]);
		pdf_bench_make(bench, html, pdf_bench_css, &got);
		said = said_of(bench, &got, "pdftotext %s -");
		assert_says(said, "Hej");
		assert_silent(said, "root:");
		mem_free(said);
		said = said_of(
			bench, &got, "grep -a -c -e EmbeddedFile -e /URI %s || :");
		assert_string_equal(said, "0\n");
		mem_free(said);
		pdf_got_close(&got);
	}
	assert_int_equal(accept(fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
}

static void test_pdf_print__says_what_it_cannot_make(void **state)
{
	static const struct {
		const char *name;
		struct pdf_print_config config;
		enum err_code code;
	} cases[] = {
		{ "no tool", { .tool = "/nonexistent/tool" }, ERR_UNAVAILABLE },
		{ "no WeasyPrint", { .tool = "/bin/false" }, ERR_UNAVAILABLE },
		{ "an end, but nothing made", { .tool = "/bin/true" },
			ERR_UNAVAILABLE },
		{ "too many bytes", { .bytes_max = 5000 }, ERR_TOO_LARGE },
		{ "too little time", { .limit_ms = 300 }, ERR_UNAVAILABLE },
	};
	struct pdf_bench *bench = *state;
	struct pdf_got got;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_message("%s\n", cases[i].name);
		pdf_bench_start(bench, &cases[i].config);
		pdf_bench_make(bench, pdf_bench_html, pdf_bench_css, &got);
		assert_int_equal(got.code, cases[i].code);
		pdf_print_free(steal(bench->print));
	}
}

static void test_pdf_print__makes_no_page_with_text_that_has_no_tag(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_got got;

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	pdf_bench_make(bench, PDF_BENCH_HEAD "<p>Hej</p>" PDF_BENCH_FOOT,
		"p { opacity: .5 }", &got);
	assert_int_equal(got.code, ERR_UNAVAILABLE);
}

static void test_pdf_print__ends_a_huge_table(void **state)
{
	struct pdf_bench *bench = *state;
	char *html = table_html(60000);
	double begun = pdf_bench_seconds();
	struct pdf_got got;

	pdf_bench_start(bench, &(struct pdf_print_config){ .limit_ms = 8000 });
	pdf_bench_make(bench, html, pdf_bench_css, &got);
	assert_true(got.code == ERR_UNAVAILABLE || got.code == ERR_TOO_LARGE);
	assert_true(pdf_bench_seconds() - begun < 30);
	pdf_bench_make(bench, pdf_bench_html, pdf_bench_css, &got);
	assert_int_equal(got.code, ERR_NONE);
	pdf_got_close(&got);
	mem_free(html);
}

static void test_pdf_print__refuses_a_page_above_the_limit(void **state)
{
	struct pdf_bench *bench = *state;
	struct pdf_page page = { .html = "", .html_size = 25 * MIB, .css = "" };
	struct error err = { 0 };

	pdf_bench_start(bench, &(struct pdf_print_config){ 0 });
	assert_null(pdf_print_run(bench->print, &page, pdf_bench_on_done, NULL, &err));
	assert_int_equal(err.code, ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pdf_print__tags_what_the_page_says,
			pdf_bench_open, pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_print__keeps_a_table_whole_over_pages, pdf_bench_open,
			pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_print__makes_the_same_bytes_of_the_same_page,
			pdf_bench_open, pdf_bench_close),
		cmocka_unit_test_setup_teardown(test_pdf_print__fetches_nothing,
			pdf_bench_open, pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_print__says_what_it_cannot_make, pdf_bench_open,
			pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_print__makes_no_page_with_text_that_has_no_tag,
			pdf_bench_open, pdf_bench_close),
		cmocka_unit_test_setup_teardown(test_pdf_print__ends_a_huge_table,
			pdf_bench_open, pdf_bench_close),
		cmocka_unit_test_setup_teardown(
			test_pdf_print__refuses_a_page_above_the_limit, pdf_bench_open,
			pdf_bench_close),
	};

	return cmocka_run_group_tests_name("pdf_print", tests, NULL, NULL);
}
