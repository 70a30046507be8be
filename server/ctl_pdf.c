/*
 * synpunktctl pdf - becomes Python with the text of pdf_print.py, or pandoc, confined:
 * the server's way to have a page made into a PDF or a document. Debian's WeasyPrint is
 * for Debian's Python.
 *
 * pandoc --sandbox does not find Debian's own templates (2.17). What it would keep from
 * happening does not happen here: nothing is fetched, started or written, and nothing
 * is read but what is installed and what we hand over: a document that has our paper
 * (server/paper), as a descriptor.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base.h"
#include "lib/embed.h"
#include "lib/error.h"
#include "lib/sandbox.h"
#include "server/ctl.h"

/* A page of 15 tables takes 340 MB of addresses, of which 100 MB are used. */
#define MEMORY_MAX (768 * MIB)
/* pandoc takes a good half of what addresses there are before it begins. */
#define PANDOC_MEMORY_MAX (1536 * MIB)
#define BYTES_MAX (1 << 30)
#define SECONDS_MAX 3600
#define NICENESS 5 /* the server's answers come first */

extern const struct embed_file ctl_paper_files[], ctl_pdf_files[];

static char *const env[] = { (char[]){ "PATH=/usr/bin:/bin" },
	(char[]){ "LANG=C.UTF-8" }, (char[]){ "HOME=/nonexistent" }, NULL };

static int become_python(const struct sandbox_limits *limits, struct error *err)
{
	const struct embed_file *script = embed_find(ctl_pdf_files, "pdf_print.py");
	char *const argv[] = { (char[]){ "python3" }, (char[]){ "-IBc" },
		(char *)(uintptr_t)script->bytes, NULL };
	const struct sandbox_program python = {
		.path = "/usr/bin/python3", .argv = argv, .env = env
	};

	return sandbox_exec(limits, &python, err);
}

#define PAPER_FD 3
#define PAPER_AT "/proc/self/fd/3"

/* In memory, for nothing of ours needs be where pandoc may read. */
static int paper_open(const char *form, struct error *err)
{
	char name[sizeof("paper.docx")];
	const struct embed_file *paper;
	int fd = memfd_create("paper", 0); /* closed when this becomes pandoc */

	snprintf(name, sizeof(name), "paper.%s", form);
	paper = embed_find(ctl_paper_files, name);
	if (fd < 0 || write(fd, paper->bytes, paper->size) != (ssize_t)paper->size ||
		lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, PAPER_FD) < 0)
		return error_set(err, ERR_INTERNAL, "paper: %s", strerror(errno));
	return 0;
}

static int become_pandoc(
	const struct sandbox_limits *limits, char *form, struct error *err)
{
	static const char *const readable[] = { "/usr", "/lib", "/lib64",
		"/etc/ld.so.cache", NULL };
	char *const argv[] = { (char[]){ "pandoc" }, (char[]){ "--from=html" },
		(char[]){ "--to" }, form, (char[]){ "--reference-doc=" PAPER_AT },
		(char[]){ "--output=-" }, NULL };
	const struct sandbox_program pandoc = { .path = "/usr/bin/pandoc",
		.argv = argv,
		.env = env,
		.readable = readable,
		.descriptors = PAPER_FD + 1 };
	struct sandbox_limits own = *limits;

	if (paper_open(form, err) < 0)
		return -1;
	own.memory = PANDOC_MEMORY_MAX;
	return sandbox_exec(&own, &pandoc, err);
}

static int become(
	const char *form, const struct sandbox_limits *limits, struct error *err)
{
	if (!strcmp(form, "docx"))
		return become_pandoc(limits, (char[]){ "docx" }, err);
	if (!strcmp(form, "odt"))
		return become_pandoc(limits, (char[]){ "odt" }, err);
	return become_python(limits, err);
}

static bool is_form(const char *form)
{
	return !strcmp(form, "pdf") || !strcmp(form, "docx") || !strcmp(form, "odt");
}

int ctl_pdf(struct ctl *ctl, char **argv)
{
	const char *words[3];
	struct error err = { 0 };
	long seconds, bytes;
	int rc = ctl_arguments(ctl, argv, NULL, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	if (!is_form(words[0]))
		return ctl_misuse(ctl, "no such form: %s", words[0]);
	if (ctl_int_parse(words[1], 1, SECONDS_MAX, &seconds, &err) < 0 ||
		ctl_int_parse(words[2], 1, BYTES_MAX, &bytes, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	/* the asker is gone: nobody waits for it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, NICENESS);
	become(words[0],
		&(struct sandbox_limits){ .memory = MEMORY_MAX,
			.cpu_seconds = (unsigned)seconds,
			.file_size = (size_t)bytes },
		&err);
	/* confined by half: nothing that ends a program in good order can be relied on
	 */
	_exit(ctl_fail(ctl, "%s", err.text));
}
