/* pdf_bench - a pdf_print with the real tool, and pages for it, for tests. */
#ifndef SYNPUNKT_TESTS_UNIT_PDF_BENCH_H
#define SYNPUNKT_TESTS_UNIT_PDF_BENCH_H

#include <stddef.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "lib/error.h"
#include "server/pdf_print.h"

#define PDF_BENCH_PATIENCE_S 120 /* for one page on a busy machine */

#define PDF_BENCH_HEAD                                                                 \
	"<!doctype html><html lang=\"sv\"><head><meta charset=\"utf-8\"><title>Statistik för Äldrenämnden</title></head><body><main>"
#define PDF_BENCH_FOOT "</main></body></html>"

/* A page with one of everything. */
extern const char pdf_bench_html[], pdf_bench_css[];

struct pdf_bench {
	char dir[32];
	struct event_base *base;
	struct pdf_print *print;
	size_t open_before;
};

/* What came of a job. */
struct pdf_got {
	unsigned times;
	enum err_code code; /* ERR_NONE: pdf is filled */
	struct evbuffer *pdf;
	unsigned *order; /* counts the jobs that ended; may be NULL */
	unsigned place;
};

/* By a clock that only goes forward. */
double pdf_bench_seconds(void);
/* Setup and teardown; the latter fails if a process or a descriptor is left. */
int pdf_bench_open(void **state);
int pdf_bench_close(void **state);
void pdf_bench_start(struct pdf_bench *bench, const struct pdf_print_config *given);
/* One page: begin, wait, close; or the first two at once. */
void pdf_bench_on_done(
	const void *pdf, size_t size, const struct error *err, void *arg);
struct pdf_job *pdf_bench_begin(struct pdf_bench *bench, const char *html,
	const char *css, struct pdf_got *got);
void pdf_bench_wait(struct pdf_bench *bench, const struct pdf_got *got);
void pdf_bench_make(struct pdf_bench *bench, const char *html, const char *css,
	struct pdf_got *got);
void pdf_got_close(struct pdf_got *got);

#endif
