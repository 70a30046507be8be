#include "server/open311_form.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/form_data.h"
#include "lib/http.h"
#include "lib/utf8.h"
#include "server/form_body.h"
#include "server/open311_errors.h"
#include "server/request_read.h"

#define BLANKS " \t\r\n"
#define ATTRIBUTE "attribute["

static const struct {
	const char *name;
	bool in_query; /* there, if not in the body */
} arguments[] = {
	{ "api_key", true },
	{ "jurisdiction_id", true },
	{ "locale", true },
	{ "extensions", true },
	{ "service_code", false },
	{ "lat", false },
	{ "long", false },
	{ "address_string", false },
	{ "address_id", false },
	{ "email", false },
	{ "device_id", false },
	{ "account_id", false },
	{ "first_name", false },
	{ "last_name", false },
	{ "phone", false },
	{ "description", false },
	{ "media_url", false },
	/* of an update */
	{ "service_request_id", false },
	{ "update_id", false },
	{ "updated_datetime", false },
	{ "status", false },
	{ "title", false },
};

static bool in_query(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(arguments); i++) {
		if (!strcmp(arguments[i].name, name))
			return arguments[i].in_query;
	}
	return false;
}

/* NULL when nothing is left. */
static const char *trimmed(struct arena *arena, const char *text)
{
	size_t n;

	text += strspn(text, BLANKS);
	n = strlen(text);
	while (n > 0 && strchr(BLANKS, text[n - 1]))
		n--;
	return n > 0 ? arena_dup_n(arena, text, n) : NULL;
}

const char *open311_form_value(const struct open311_form *form, const char *name)
{
	const char *value = form_body_value(form->body, name);

	value = value ? trimmed(http_arena(form->req), value) : NULL;
	if (!value && in_query(name))
		value = request_value(form->req, name);
	return value;
}

const char *open311_form_words(const struct open311_form *form, const char *name)
{
	const char *value = form_body_value(form->body, name);

	return value && !utf8_is_blank(value, strlen(value)) ? value : NULL;
}

void open311_form_check(const struct open311_form *form, struct open311_errors *errors)
{
	for (size_t i = 0; i < ARRAY_LEN(arguments); i++) {
		if (form_body_repeats(form->body, arguments[i].name))
			open311_wrong(errors, 400, "%s is there more than once",
				arguments[i].name);
	}
}

/* The code in "attribute[code]" or "attribute[code][]"; NULL in anything else. */
static const char *attribute_code(struct arena *arena, const char *name)
{
	const char *end;

	if (strncmp(name, ATTRIBUTE, strlen(ATTRIBUTE)) != 0)
		return NULL;
	name += strlen(ATTRIBUTE);
	end = strchr(name, ']');
	if (!end || end == name || (strcmp(end, "]") != 0 && strcmp(end, "][]") != 0))
		return NULL;
	return arena_dup_n(arena, name, (size_t)(end - name));
}

struct open311_given *open311_form_attributes(
	const struct open311_form *form, size_t *ret_n)
{
	struct arena *arena = http_arena(form->req);
	size_t n, used = 0;
	const struct form_body_field *fields = form_body_fields(form->body, &n);
	struct open311_given *given = arena_array(arena, n + 1, sizeof(*given));

	for (size_t i = 0; i < n; i++) {
		const char *code = attribute_code(arena, fields[i].name);
		const char *value = trimmed(arena, fields[i].value);

		if (code)
			given[used++] = (struct open311_given){ .code = code,
				.value = value ? value : "" };
	}
	*ret_n = used;
	return given;
}

bool open311_form_is_file(const struct form_part *part)
{
	if (!part->filename || !strncmp(part->name, ATTRIBUTE, strlen(ATTRIBUTE)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(arguments); i++) {
		if (!strcmp(arguments[i].name, part->name))
			return false;
	}
	return true;
}
