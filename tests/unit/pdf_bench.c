#include "tests/unit/pdf_bench.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/log.h"
#include "tests/unit/test.h"

const char pdf_bench_css[] =
	"@page { size: A4; @bottom-center { content: \"sida \" counter(page) } }"
	"body { font: 10pt \"DejaVu Sans\" } th, td { border-bottom: 1px solid }";

const char pdf_bench_html[] = PDF_BENCH_HEAD
	"<header><a href=\"/\">Synpunkt</a></header>"
	"<h1>Äldrenämnden</h1><p>Ett <em>litet</em> stycke på "
	"<span lang=\"en\">English</span>.</p>"
	"<ol><li>Första</li></ol><p aria-hidden=\"true\">Prydnad</p>"
	"<div lang=\"fi\">Helsinki<svg role=\"img\" aria-label=\"Stapel\" width=\"9\" "
	"height=\"9\"><rect width=\"9\" height=\"9\"/></svg></div>"
	"<svg aria-hidden=\"true\" width=\"9\" height=\"9\"><rect width=\"9\" "
	"height=\"9\"/></svg>"
	"<section><h2>Ärenden</h2><table><caption>I november</caption>"
	"<thead><tr><th scope=\"col\">Nämnd</th><th scope=\"col\">Antal</th></tr></thead>"
	"<tbody><tr><th scope=\"row\">Södermalm</th><td></td></tr>"
	"<tr><td colspan=\"2\">Summa</td></tr></tbody></table></section>" PDF_BENCH_FOOT;

double pdf_bench_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- a bench ---- */

static size_t open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

int pdf_bench_open(void **state)
{
	struct pdf_bench *bench = mem_new(sizeof(*bench));

	log_init(LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, "test");
	bench->open_before = open_files();
	strncpy(bench->dir, "/tmp/test_pdf_print.XXXXXX", sizeof(bench->dir) - 1);
	assert_non_null(mkdtemp(bench->dir));
	bench->base = event_base_new();
	*state = bench;
	return 0;
}

void pdf_bench_start(struct pdf_bench *bench, const struct pdf_print_config *given)
{
	struct pdf_print_config config = *given;

	config.tool = config.tool ? config.tool : TEST_TOOL;
	bench->print = pdf_print_new(bench->base, &config);
}

/* Whatever happened: no process and no descriptor is left. */
int pdf_bench_close(void **state)
{
	struct pdf_bench *bench = *state;
	char path[64];

	pdf_print_free(bench->print);
	event_base_free(bench->base);
	snprintf(path, sizeof(path), "%s/made.pdf", bench->dir);
	unlink(path);
	assert_int_equal(rmdir(bench->dir), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(open_files(), bench->open_before);
	mem_free(bench);
	return 0;
}

void pdf_bench_on_done(const void *pdf, size_t size, const struct error *err, void *arg)
{
	struct pdf_got *got = arg;

	got->times++;
	got->code = err ? err->code : ERR_NONE;
	assert_true(!pdf == (got->code != ERR_NONE));
	if (pdf) {
		got->pdf = evbuffer_new();
		evbuffer_add(got->pdf, pdf, size);
	}
	if (got->order)
		got->place = ++*got->order;
}

struct pdf_job *pdf_bench_begin(
	struct pdf_bench *bench, const char *html, const char *css, struct pdf_got *got)
{
	struct pdf_page page = { .html = html,
		.html_size = strlen(html),
		.css = css,
		.css_size = strlen(css) };
	struct error err = { 0 };
	struct pdf_job *job =
		pdf_print_run(bench->print, &page, pdf_bench_on_done, got, &err);

	if (!job)
		fail_msg("%s", err.text);
	assert_int_equal(got->times, 0);
	return job;
}

void pdf_bench_wait(struct pdf_bench *bench, const struct pdf_got *got)
{
	double end = pdf_bench_seconds() + PDF_BENCH_PATIENCE_S;

	while (got->times == 0 && pdf_bench_seconds() < end)
		event_base_loop(bench->base, EVLOOP_ONCE);
	assert_int_equal(got->times, 1);
}

void pdf_got_close(struct pdf_got *got)
{
	if (got->pdf)
		evbuffer_free(got->pdf);
}

void pdf_bench_make(
	struct pdf_bench *bench, const char *html, const char *css, struct pdf_got *got)
{
	*got = (struct pdf_got){ 0 };
	pdf_bench_begin(bench, html, css, got);
	pdf_bench_wait(bench, got);
}
