#include "lib/form_data.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/form_private.h"
#include "lib/utf8.h"

#define CONTENT_TYPE_MAX 512

/* RFC 2046, 5.1.1, bchars. */
static const char boundary_bytes[] = "'()+_,-./:=? 0123456789"
				     "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

int form_fail(struct error *err, const char *what)
{
	return error_set(err, ERR_INVALID, "the form cannot be read: %s", what);
}

static int name_check(const char *name, size_t max, struct error *err)
{
	size_t n = strlen(name);

	if (n > max)
		return error_set(err, ERR_TOO_LARGE,
			"a name in the form is over %zu bytes", max);
	if (!utf8_is_valid(name, n))
		return form_fail(err, "a name is not UTF-8");
	for (; *name; name++) {
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return form_fail(err, "a name with a control character");
	}
	return 0;
}

int form_part_begin(
	struct form_data *form, const struct form_part *part, struct error *err)
{
	if (!part->name || part->name[0] == '\0')
		return form_fail(err, "a part without a name");
	if (name_check(part->name, FORM_NAME_MAX, err) < 0)
		return -1;
	if (part->filename && name_check(part->filename, FORM_FILENAME_MAX, err) < 0)
		return -1;
	if (part->content_type &&
		name_check(part->content_type, FORM_TYPE_MAX, err) < 0)
		return -1;
	if (++form->parts > FORM_PARTS_MAX)
		return error_set(err, ERR_TOO_LARGE, "the form has over %d parts",
			FORM_PARTS_MAX);
	return form->handler->part_begin(part, form->arg, err);
}

static bool boundary_is_good(const char *boundary)
{
	size_t n = strlen(boundary);

	return n > 0 && n <= FORM_BOUNDARY_MAX &&
	       strspn(boundary, boundary_bytes) == n && boundary[n - 1] != ' ';
}

/* The delimiter of the boundary in a content type's parameters. */
static int multipart_set_up(struct multipart *m, char *params, struct error *err)
{
	struct form_param param;
	const char *boundary = NULL;
	int found;

	for (found = form_param_next(&params, &param); found > 0;
		found = form_param_next(&params, &param)) {
		if (strcasecmp(param.name, "boundary") != 0)
			continue;
		if (boundary)
			return form_fail(err, "two boundaries are given");
		boundary = param.value;
	}
	if (found < 0 || !boundary || !boundary_is_good(boundary))
		return form_fail(err, "the boundary is missing or wrong");
	m->n_delimiter = 4 + strlen(boundary);
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary, strlen(boundary));
	/* The first boundary may be the first line: as if a CRLF had come before. */
	m->matched = 2;
	return 0;
}

static int form_set_up(struct form_data *form, char *content_type, struct error *err)
{
	char *params;
	const char *type = form_value_first(content_type, &params);

	if (strcasecmp(type, "application/x-www-form-urlencoded") == 0)
		return 0;
	if (strcasecmp(type, "multipart/form-data") != 0)
		return error_set(
			err, ERR_UNSUPPORTED, "the content type is not a form's");
	form->is_multipart = true;
	return multipart_set_up(&form->multipart, params, err);
}

struct form_data *form_data_new(const char *content_type,
	const struct form_handler *handler, void *arg, struct error *err)
{
	char copy[CONTENT_TYPE_MAX + 1];
	struct form_data *form;
	size_t n = content_type ? strlen(content_type) : 0;

	if (n == 0 || n > CONTENT_TYPE_MAX) {
		error_set(err, ERR_UNSUPPORTED, "the content type is not a form's");
		return NULL;
	}
	memcpy(copy, content_type, n + 1);
	form = mem_new(sizeof(*form));
	form->handler = handler;
	form->arg = arg;
	if (form_set_up(form, copy, err) < 0) {
		mem_free(form);
		return NULL;
	}
	return form;
}

void form_data_free(struct form_data *form)
{
	mem_free(form);
}

int form_data_feed(
	struct form_data *form, const char *bytes, size_t n, struct error *err)
{
	int result;

	assert(!form->failed);
	result = form->is_multipart ? multipart_feed(form, bytes, n, err)
				    : urlencoded_feed(form, bytes, n, err);
	form->failed = result < 0;
	return result;
}

int form_data_finish(struct form_data *form, struct error *err)
{
	assert(!form->failed);
	return form->is_multipart ? multipart_finish(form, err)
				  : urlencoded_finish(form, err);
}
