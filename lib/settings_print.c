#include "lib/settings.h"

#include <event2/buffer.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/settings_private.h"

static void allowed_range(
	const struct settings_row *row, const char *what, char *ret, size_t size)
{
	if (row->min == 0 && row->max == 0)
		snprintf(ret, size, "%s", what);
	else if (row->max == INT64_MAX)
		snprintf(ret, size, "%s from %" PRId64, what, row->min);
	else
		snprintf(ret, size, "%s from %" PRId64 " to %" PRId64, what, row->min,
			row->max);
}

static void allowed_choices(const struct settings_row *row, char *ret, size_t size)
{
	size_t used = (size_t)snprintf(ret, size, "one of");

	for (size_t i = 0; row->choices[i] && used < size; i++)
		used += (size_t)snprintf(ret + used, size - used, "%s %s",
			i > 0 ? "," : "", row->choices[i]);
}

void settings_allowed(const struct settings_row *row, char *ret, size_t size)
{
	switch (row->kind) {
	case SETTINGS_INT:
		allowed_range(row, "a whole number", ret, size);
		return;
	case SETTINGS_SIZE:
		allowed_range(row, "bytes (or 64KiB, 20MiB, 1GiB)", ret, size);
		return;
	case SETTINGS_BOOL:
		snprintf(ret, size, "true or false");
		return;
	case SETTINGS_ADDRESS:
		snprintf(ret, size, "numeric HOST:PORT, [IPv6]:PORT or unix:PATH");
		return;
	case SETTINGS_PATH:
		snprintf(ret, size, "a path");
		return;
	case SETTINGS_LINK:
		snprintf(ret, size, "an address that starts with https:// or http://");
		return;
	case SETTINGS_ENUM:
		allowed_choices(row, ret, size);
		return;
	case SETTINGS_TEXT:
		allowed_range(row, "a text of one line, bytes", ret, size);
		return;
	}
	abort();
}

static const char *settings_shown(const struct settings *settings, size_t i)
{
	const char *text = settings->values[i].text;

	return settings->table->rows[i].secret && text[0] ? "(set)" : text;
}

void settings_print_text(const struct settings *settings, struct evbuffer *out)
{
	const struct settings_row *row = settings->table->rows;
	char allowed[SETTINGS_ALLOWED_MAX];

	for (size_t i = 0; row[i].name; i++) {
		settings_allowed(&row[i], allowed, sizeof(allowed));
		evbuffer_add_printf(out, "%s=%s\n    %s\n    %s: %s; ", row[i].name,
			settings_shown(settings, i), row[i].help,
			settings_types[row[i].kind].name, allowed);
		if (!row[i].standard)
			evbuffer_add_printf(out, "no default");
		else if (!row[i].standard[0])
			evbuffer_add_printf(out, "default empty");
		else
			evbuffer_add_printf(out, "default %s", row[i].standard);
		evbuffer_add_printf(out, "; set by %s\n", settings->values[i].origin);
	}
}

static json_t *settings_json_value(const struct settings *settings, size_t i)
{
	const struct settings_row *row = &settings->table->rows[i];
	const void *field = settings->target + row->offset;

	if (row->secret)
		return json_string(settings_shown(settings, i));
	if (row->kind == SETTINGS_INT || row->kind == SETTINGS_SIZE)
		return json_integer(*(const int64_t *)field);
	if (row->kind == SETTINGS_BOOL)
		return json_boolean(*(const bool *)field);
	return json_string(settings->values[i].text);
}

static json_t *settings_json_row(const struct settings *settings, size_t i)
{
	const struct settings_row *row = &settings->table->rows[i];
	char allowed[SETTINGS_ALLOWED_MAX];

	settings_allowed(row, allowed, sizeof(allowed));
	/* "o*": a value that is not UTF-8 is left out, not the whole row. */
	return json_pack("{s:s, s:o*, s:s, s:s, s:s, s:s?, s:s}", "name", row->name,
		"value", settings_json_value(settings, i), "origin",
		settings->values[i].origin, "type", settings_types[row->kind].name,
		"allowed", allowed, "default", row->standard, "help", row->help);
}

void settings_print_json(const struct settings *settings, struct evbuffer *out)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; settings->table->rows[i].name; i++)
		json_array_append_new(list, settings_json_row(settings, i));
	text = json_dumps(list, JSON_INDENT(2));
	if (!text)
		abort(); /* only memory can be short */
	evbuffer_add_printf(out, "%s\n", text);
	free(text); /* jansson's own */
	json_decref(list);
}
