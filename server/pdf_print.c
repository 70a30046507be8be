#include "server/pdf_print.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/tool_path.h"

#define PDF_WAITING 8
#define PDF_LIMIT_MS 60000
#define PDF_BYTES_MAX (32 * MIB)
#define PDF_PAGE_MAX (24 * MIB)

/* What pdf_print.py ends with when a page asks for more than there is. */
#define PDF_EXIT_TOO_LARGE 11

enum pdf_file {
	PDF_FILE_PAGE,
	PDF_FILE_PDF,
	PDF_FILE_WORDS, /* why not */
	PDF_FILES,      /* and so the descriptors of the process */
};

/*
 *   pdf_print_run       copies the page and waits for its turn
 *   pdf_job_start       the process
 *   pdf_job_on_ended    the process is gone: answer; or its time is: end it first
 */
struct pdf_job {
	TAILQ_ENTRY(pdf_job) link;
	struct pdf_print *print;
	enum pdf_form form;
	int files[PDF_FILES];
	pid_t pid;           /* 0: not started, or it could not be */
	int pidfd;           /* readable when the process is gone */
	struct event *ended; /* NULL while it waits */
	const char *why;     /* it was not made, as far as we know */
	pdf_done_fn *done;   /* NULL: cancelled */
	void *arg;
};

TAILQ_HEAD(pdf_jobs, pdf_job);

struct pdf_print {
	struct pdf_print_config config;
	struct event_base *base;
	char tool[PATH_MAX];
	struct pdf_jobs jobs; /* only the first is made */
	size_t n_jobs;
};

/* ---- the process ---- */

static const char *const forms[] = {
	[PDF_FORM_PDF] = "pdf",
	[PDF_FORM_DOCX] = "docx",
	[PDF_FORM_ODT] = "odt",
};

/* Without our environment, which knows where the database is, and our descriptors. */
static int pdf_job_spawn(struct pdf_job *job)
{
	const struct pdf_print_config *config = &job->print->config;
	char seconds[24], bytes[24];
	char *const argv[] = { (char[]){ TOOL_NAME }, (char[]){ "pdf" },
		(char *)(uintptr_t)forms[job->form], seconds, bytes, NULL };
	char *const env[] = { NULL };
	posix_spawn_file_actions_t files;
	int code;

	snprintf(seconds, sizeof(seconds), "%u", config->limit_ms / 1000 + 1);
	snprintf(bytes, sizeof(bytes), "%zu", config->bytes_max);
	posix_spawn_file_actions_init(&files);
	for (int i = 0; i < PDF_FILES; i++)
		posix_spawn_file_actions_adddup2(&files, job->files[i], i);
	posix_spawn_file_actions_addclosefrom_np(&files, PDF_FILES);
	code = posix_spawn(&job->pid, job->print->tool, &files, NULL, argv, env);
	posix_spawn_file_actions_destroy(&files);
	if (code == 0)
		return 0;
	job->pid = 0;
	errno = code;
	return -1;
}

static int pdf_job_reap(struct pdf_job *job)
{
	int status = -1;

	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	job->pid = 0;
	return status;
}

/* ---- the life of a job ---- */

static void pdf_job_free(struct pdf_job *job)
{
	TAILQ_REMOVE(&job->print->jobs, job, link);
	job->print->n_jobs--;
	if (job->ended)
		event_free(job->ended);
	for (int i = 0; i < PDF_FILES; i++)
		scope_end_fd(&job->files[i]);
	scope_end_fd(&job->pidfd);
	mem_free(job);
}

static void pdf_job_on_ended(evutil_socket_t fd, short what, void *arg);

/* What could not start ends from the loop, as the others do. */
static void pdf_job_start(struct pdf_job *job)
{
	const struct timeval now = { 0, 0 };
	unsigned ms = job->print->config.limit_ms;
	const struct timeval limit = { ms / 1000, ms % 1000 * 1000 };

	if (pdf_job_spawn(job) == 0)
		job->pidfd = pidfd_open(job->pid, 0);
	if (job->pidfd < 0)
		job->why = strerrordesc_np(errno);
	if (job->pid && job->pidfd < 0) {
		kill(job->pid, SIGKILL);
		pdf_job_reap(job);
	}
	job->ended = event_new(job->print->base, job->pidfd, job->pid ? EV_READ : 0,
		pdf_job_on_ended, job);
	event_add(job->ended, job->pid ? &limit : &now);
}

static void pdf_print_next(struct pdf_print *print)
{
	struct pdf_job *job = TAILQ_FIRST(&print->jobs);

	if (job && !job->ended)
		pdf_job_start(job);
}

/* ---- what comes of it ---- */

#define PDF_WORDS 128

/* The last line that it said; our own words, or the name of a Python exception. */
static const char *pdf_job_words(const struct pdf_job *job, char space[PDF_WORDS])
{
	off_t size = lseek(job->files[PDF_FILE_WORDS], 0, SEEK_END);
	off_t from = size < PDF_WORDS ? 0 : size - (PDF_WORDS - 1);
	ssize_t n = pread(job->files[PDF_FILE_WORDS], space, PDF_WORDS - 1, from);
	const char *last;

	space[n > 0 ? n : 0] = '\0';
	last = strrchr(space, '\n');
	return last ? last + 1 : space;
}

static int pdf_job_fail(const struct pdf_job *job, int status, struct error *err)
{
	char space[PDF_WORDS];
	const char *text = job->why ? job->why : pdf_job_words(job, space);
	bool too_large = WIFEXITED(status) && WEXITSTATUS(status) == PDF_EXIT_TOO_LARGE;

	log_event(LOG_LEVEL_ERROR, "pdf_not_made", LOG_S("text", text),
		LOG_S("form", forms[job->form]),
		LOG_I("code", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
		LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
	return too_large ? error_set(err, ERR_TOO_LARGE,
				   "the document would be too large")
			 : error_set(err, ERR_UNAVAILABLE,
				   "the document could not be made");
}

/* To be given to munmap(). */
static void *pdf_job_read(
	const struct pdf_job *job, int status, size_t *ret_size, struct error *err)
{
	void *pdf = MAP_FAILED;
	struct stat st;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
		fstat(job->files[PDF_FILE_PDF], &st) == 0 && st.st_size > 0)
		pdf = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
			job->files[PDF_FILE_PDF], 0);
	if (pdf == MAP_FAILED) {
		pdf_job_fail(job, status, err);
		return NULL;
	}
	*ret_size = (size_t)st.st_size;
	return pdf;
}

/* The next one starts before the callback, which may make and cancel jobs. */
static void pdf_job_finish(struct pdf_job *job, int status)
{
	struct pdf_print *print = job->print;
	struct error err = { 0 };
	pdf_done_fn *done = job->done;
	void *arg = job->arg, *pdf = NULL;
	size_t size = 0;

	if (done)
		pdf = pdf_job_read(job, status, &size, &err);
	pdf_job_free(job);
	pdf_print_next(print);
	if (done)
		done(pdf, size, pdf ? NULL : &err, arg);
	if (pdf)
		munmap(pdf, size);
}

static void pdf_job_on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct pdf_job *job = arg;

	if (job->pid && (what & EV_TIMEOUT)) {
		job->why = "no time left";
		kill(job->pid, SIGKILL);
		event_add(job->ended, NULL);
		return;
	}
	pdf_job_finish(job, job->pid ? pdf_job_reap(job) : -1);
}

/* ---- for the caller ---- */

struct pdf_print *pdf_print_new(
	struct event_base *base, const struct pdf_print_config *config)
{
	struct pdf_print *print = mem_new(sizeof(*print));
	struct pdf_print_config *own = &print->config;

	*own = *config;
	own->max_waiting = own->max_waiting ? own->max_waiting : PDF_WAITING;
	own->limit_ms = own->limit_ms ? own->limit_ms : PDF_LIMIT_MS;
	own->bytes_max = own->bytes_max ? own->bytes_max : PDF_BYTES_MAX;
	if (own->tool)
		snprintf(print->tool, sizeof(print->tool), "%s", own->tool);
	else if (!tool_path(print->tool, sizeof(print->tool)))
		print->tool[0] = '\0'; /* no job will start */
	print->base = base;
	TAILQ_INIT(&print->jobs);
	return print;
}

void pdf_print_free(struct pdf_print *print)
{
	struct pdf_job *job;

	if (!print)
		return;
	while (!TAILQ_EMPTY(&print->jobs)) {
		job = TAILQ_FIRST(&print->jobs);
		if (job->pid) {
			kill(job->pid, SIGKILL);
			pdf_job_reap(job);
		}
		pdf_job_free(job);
	}
	mem_free(print);
}

static bool file_add(int fd, const char *bytes, size_t n)
{
	size_t at = 0;
	ssize_t put = 1;

	while (at < n && put > 0) {
		put = write(fd, bytes + at, n - at);
		at += put > 0 ? (size_t)put : 0;
	}
	return at == n;
}

/* As pdf_print.py reads it, from its start; pandoc reads the page alone. */
static bool pdf_job_files_make(struct pdf_job *job, const struct pdf_page *page)
{
	int fd;
	bool ok = true;

	for (int i = 0; i < PDF_FILES; i++) {
		job->files[i] = memfd_create("page", MFD_CLOEXEC);
		ok = ok && job->files[i] >= 0;
	}
	fd = job->files[PDF_FILE_PAGE];
	if (ok && page->form == PDF_FORM_PDF)
		ok = dprintf(fd, "%zu\n", page->html_size) > 0;
	ok = ok && file_add(fd, page->html, page->html_size);
	if (page->form == PDF_FORM_PDF)
		ok = ok && file_add(fd, page->css, page->css_size);
	return ok && lseek(fd, 0, SEEK_SET) == 0;
}

static struct pdf_job *pdf_job_new(
	struct pdf_print *print, const struct pdf_page *page, struct error *err)
{
	struct pdf_job *job = mem_new(sizeof(*job));

	job->print = print;
	job->form = page->form;
	job->pidfd = -1;
	TAILQ_INSERT_TAIL(&print->jobs, job, link);
	print->n_jobs++;
	if (!pdf_job_files_make(job, page)) {
		pdf_job_free(job);
		error_set(err, ERR_UNAVAILABLE, "no file for the page");
		return NULL;
	}
	return job;
}

struct pdf_job *pdf_print_run(struct pdf_print *print, const struct pdf_page *page,
	pdf_done_fn *done, void *arg, struct error *err)
{
	struct pdf_job *job;

	if (page->html_size > PDF_PAGE_MAX || page->css_size > PDF_PAGE_MAX) {
		error_set(err, ERR_TOO_LARGE, "the page is too large");
		return NULL;
	}
	if (print->n_jobs > print->config.max_waiting) {
		error_set(err, ERR_UNAVAILABLE, "too many wait for a document");
		return NULL;
	}
	job = pdf_job_new(print, page, err);
	if (!job)
		return NULL;
	job->done = done;
	job->arg = arg;
	pdf_print_next(print);
	return job;
}

/* The process of one that is made is reaped from the loop. */
void pdf_cancel(struct pdf_job *job)
{
	if (!job)
		return;
	if (!job->ended) {
		pdf_job_free(job);
		return;
	}
	job->done = NULL;
	if (job->pid)
		kill(job->pid, SIGKILL);
}
