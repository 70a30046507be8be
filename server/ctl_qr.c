/* synpunktctl qr - a QR code that leads to the form, as the desk's page makes it. The
 * address is SYNPUNKT_PUBLIC_URL: there is no request to take it from. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/settings.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/options.h"
#include "server/page_words.h"
#include "server/qr_link.h"
#include "server/qr_poster.h"
#include "server/qr_sheet.h"

extern char **environ;

struct qr_call {
	struct qr_wish wish;
	const char *format, *size, *output;
	enum qr_sheet_kind kind;
};

static int call_read(struct ctl *ctl, char **argv, struct qr_call *ret)
{
	const struct ctl_option options[] = { { "--unit", &ret->wish.unit, NULL },
		{ "--category", &ret->wish.category, NULL },
		{ "--type", &ret->wish.type, NULL }, { "--format", &ret->format, NULL },
		{ "--size", &ret->size, NULL }, { "--output", &ret->output, NULL },
		{ 0 } };
	const char *wrong;
	int rc = ctl_arguments(ctl, argv, options, NULL, 0);

	if (rc != 0)
		return rc;
	if (qr_sheet_kind_of(ret->format, ret->size, &ret->kind, &wrong) < 0)
		return ctl_misuse(ctl, "--%s %s", wrong,
			!strcmp(wrong, "size") ? "is poster or label, of a pdf"
					       : "is svg or pdf");
	return CTL_DONE;
}

static int base_read(struct ctl *ctl, struct qr_call *call, struct error *err)
{
	struct options options = { 0 };
	struct settings *settings = settings_load(&options_table, NULL,
		(const char *const *)(uintptr_t)environ, &options, err);

	if (!settings)
		return -1;
	if (options.public_url)
		call->wish.base = arena_dup(ctl->arena, options.public_url);
	settings_free(settings);
	if (!call->wish.base)
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_PUBLIC_URL is not set: it is where the code leads");
	return 0;
}

static int link_read(struct ctl *ctl, const struct qr_call *call, struct qr_link *ret,
	struct error *err)
{
	struct faults faults;

	faults_init(&faults, ctl->arena);
	if (qr_link_make(ctl->arena, &call->wish, ret, &faults) == 0)
		return 0;
	return error_set(
		err, ERR_INVALID, "--%s: %s", faults.first->name, faults.first->reason);
}

/* To the file, or to standard output. */
static int bytes_write(const char *path, struct evbuffer *bytes, struct error *err)
{
	scoped_fd int file =
		path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
	int fd = path ? file : STDOUT_FILENO;

	while (fd >= 0 && evbuffer_get_length(bytes) > 0)
		if (evbuffer_write(bytes, fd) <= 0)
			fd = -1;
	if (fd < 0)
		return error_set(err, ERR_INTERNAL, "cannot write \"%s\": %s",
			path ? path : "standard output", strerror(errno));
	return 0;
}

static int sheet_draw(
	const struct qr_sheet *sheet, struct evbuffer *out, struct error *err)
{
	json_t *words;
	int rc;

	if (sheet->kind == QR_SHEET_SVG)
		return qr_sheet_svg(sheet, out, err);
	words = qr_sheet_words(sheet);
	rc = qr_poster_write(words, out, err);
	json_decref(words);
	return rc;
}

static int sheet_make(struct ctl *ctl, const struct qr_call *call, struct error *err)
{
	struct catalogue *catalogue = page_words_load(err);
	struct evbuffer *out = evbuffer_new();
	struct qr_link link;
	const struct qr_sheet sheet = {
		.catalogue = catalogue, .link = &link, .kind = call->kind
	};
	int rc = -1;

	if (catalogue && link_read(ctl, call, &link, err) == 0 &&
		sheet_draw(&sheet, out, err) == 0)
		rc = bytes_write(call->output, out, err);
	if (rc == 0 && ctl->json && call->output)
		ctl_print_json(json_pack("{s:s, s:s?, s:s}", "address", link.address,
			"unit", link.unit, "file", call->output));
	evbuffer_free(out);
	catalogue_free(catalogue);
	return rc;
}

int ctl_qr(struct ctl *ctl, char **argv)
{
	struct qr_call call = { 0 };
	struct error err = { 0 };
	struct city *city;
	int rc = call_read(ctl, argv, &call);

	if (rc != 0)
		return rc;
	if (base_read(ctl, &call, &err) < 0 || ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	city = ctl_city_load(ctl, &err);
	call.wish.city = city;
	call.wish.today = day_of_instant(time(NULL));
	rc = city ? sheet_make(ctl, &call, &err) : -1;
	city_unref(city);
	return rc < 0 ? ctl_fail(ctl, "%s", err.text) : CTL_DONE;
}
