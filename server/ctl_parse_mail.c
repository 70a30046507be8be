/*
 * synpunktctl parse-mail FILE.eml - what the server would read out of a mail, as JSON.
 * The settings say whose Authentication-Results count; no database is asked.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/mail_read.h"
#include "server/ctl.h"
#include "server/mail_reader_worker.h"
#include "server/options.h"

static int parse_mail_print(struct ctl *ctl, struct mail_read *reader, const char *path)
{
	scoped_fd int fd = memfd_create("attachments", MFD_CLOEXEC);
	struct error err = { 0 };
	json_t *value;
	size_t n;
	char *bytes = ctl_file_read(ctl, path, &n, &err);

	if (!bytes)
		return ctl_fail(ctl, "%s", err.text);
	if (fd < 0)
		return ctl_fail(ctl, "no memory: %m");
	value = mail_json(mail_read_run(reader, ctl->arena, bytes, n, fd));
	if (!ctl->json) {
		json_dumpf(value, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(value);
	} else {
		ctl_print_json(value);
	}
	return CTL_DONE;
}

int ctl_parse_mail(struct ctl *ctl, char **argv)
{
	struct options options = { 0 };
	struct error err = { 0 };
	const char *words[1];
	struct mail_read_config config;
	struct mail_read *reader;
	struct settings *settings;
	int rc = ctl_arguments(ctl, argv, NULL, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	settings = settings_load(&options_table, NULL,
		(const char *const *)(uintptr_t)environ, &options, &err);
	if (!settings)
		return ctl_fail(ctl, "%s", err.text);
	config = mail_reader_config(&options);
	reader = mail_read_new(&config, &err);
	rc = reader ? parse_mail_print(ctl, reader, words[0])
		    : ctl_fail(ctl, "%s", err.text);
	mail_read_free(reader);
	settings_free(settings);
	return rc;
}
