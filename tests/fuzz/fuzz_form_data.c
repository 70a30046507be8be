#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/form_data.h"

/*
 * The first byte says the content type and the size of the pieces; the rest is the
 * body. Fed whole and fed in pieces, a form must tell the same and end the same.
 */

struct told {
	char *bytes;
	size_t n, room;
	bool open;
};

static void tell(struct told *told, const char *bytes, size_t n)
{
	while (told->n + n > told->room) {
		told->room = told->room > 0 ? 2 * told->room : 1024;
		told->bytes = mem_grow(told->bytes, told->room);
	}
	memcpy(told->bytes + told->n, bytes, n);
	told->n += n;
}

static void tell_text(struct told *told, const char *text)
{
	if (text)
		tell(told, text, strlen(text));
	tell(told, text ? "" : "\1", 1);
}

static int on_begin(const struct form_part *part, void *arg, struct error *err)
{
	struct told *told = arg;

	if (told->open || strlen(part->name) > FORM_NAME_MAX)
		abort();
	told->open = true;
	tell_text(told, part->name);
	tell_text(told, part->filename);
	tell_text(told, part->content_type);
	return 0;
}

static int on_data(const char *bytes, size_t n, void *arg, struct error *err)
{
	struct told *told = arg;

	if (!told->open || n == 0)
		abort();
	tell(told, bytes, n);
	return 0;
}

static int on_end(void *arg, struct error *err)
{
	struct told *told = arg;

	if (!told->open)
		abort();
	told->open = false;
	tell(told, "\2", 1);
	return 0;
}

struct body {
	const char *type, *bytes;
	size_t n;
};

static void run(
	const struct body *body, size_t piece, struct told *told, struct error *err)
{
	static const struct form_handler handler = { on_begin, on_data, on_end };
	struct form_data *form = form_data_new(body->type, &handler, told, err);
	int result = 0;

	for (size_t i = 0; form && i < body->n && result == 0; i += piece)
		result = form_data_feed(form, body->bytes + i,
			piece < body->n - i ? piece : body->n - i, err);
	if (form && result == 0)
		result = form_data_finish(form, err);
	if (result == 0 && told->open)
		abort();
	form_data_free(form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {
		"multipart/form-data; boundary=abc",
		"application/x-www-form-urlencoded",
		"multipart/form-data; boundary=\"--\"",
		"multipart/form-data; boundary=0",
	};
	struct told whole = { 0 }, pieces = { 0 };
	struct error whole_err = { 0 }, pieces_err = { 0 };
	struct body body = { .bytes = (const char *)data + 1, .n = size - 1 };

	if (size < 2)
		return 0;
	body.type = types[data[0] % ARRAY_LEN(types)];
	run(&body, size, &whole, &whole_err);
	run(&body, 1 + data[0] / ARRAY_LEN(types) % 16, &pieces, &pieces_err);
	if (strcmp(whole_err.text, pieces_err.text) != 0)
		abort();
	/* A form that fails may have told more or less of its last value. */
	if (whole_err.code == ERR_NONE &&
		(whole.n != pieces.n ||
			(whole.n > 0 &&
				memcmp(whole.bytes, pieces.bytes, whole.n) != 0)))
		abort();
	mem_free(whole.bytes);
	mem_free(pieces.bytes);
	return 0;
}
