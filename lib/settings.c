#include "lib/settings.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/address.h"
#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/settings_private.h"

#define SETTINGS_PATH_MAX 4095

static const struct {
	const char *suffix;
	int64_t factor;
} sizes[] = {
	{ "", 1 },
	{ "KiB", 1024 },
	{ "MiB", 1024 * 1024 },
	{ "GiB", 1024 * 1024 * 1024 },
};

/* Decimal digits with an optional sign; *ret_rest is what follows. */
static bool settings_number(const char *text, int64_t *ret, const char **ret_rest)
{
	char *end;
	long long value;

	if (!isdigit((unsigned char)text[text[0] == '-']))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0)
		return false;
	*ret = value;
	*ret_rest = end;
	return true;
}

static bool settings_in_range(const struct settings_row *row, int64_t value)
{
	if (row->min == 0 && row->max == 0)
		return true;
	return value >= row->min && value <= row->max;
}

static bool parse_int(struct settings_parse *p)
{
	const char *rest;
	int64_t value;

	if (!settings_number(p->text, &value, &rest) || *rest)
		return false;
	if (!settings_in_range(p->row, value))
		return false;
	*(int64_t *)p->field = value;
	return true;
}

static bool parse_size(struct settings_parse *p)
{
	const char *rest;
	int64_t value;

	if (!settings_number(p->text, &value, &rest) || value < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		if (strcmp(rest, sizes[i].suffix) != 0)
			continue;
		if (__builtin_mul_overflow(value, sizes[i].factor, &value) ||
			!settings_in_range(p->row, value))
			return false;
		*(int64_t *)p->field = value;
		return true;
	}
	return false;
}

static bool parse_bool(struct settings_parse *p)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {
		{ "true", true },
		{ "false", false },
		{ "yes", true },
		{ "no", false },
		{ "on", true },
		{ "off", false },
		{ "1", true },
		{ "0", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(p->text, words[i].text) != 0)
			continue;
		*(bool *)p->field = words[i].value;
		return true;
	}
	return false;
}

static bool parse_enum(struct settings_parse *p)
{
	for (int i = 0; p->row->choices[i]; i++) {
		if (strcmp(p->text, p->row->choices[i]) != 0)
			continue;
		*(int *)p->field = i;
		return true;
	}
	return false;
}

/* An empty text is "none", which a setting allows by having it as its default. */
static bool parse_text(struct settings_parse *p)
{
	size_t n = strlen(p->text);

	if (n == 0) {
		*(const char **)p->field = NULL;
		return p->row->standard && !p->row->standard[0];
	}
	for (size_t i = 0; i < n; i++) {
		if (iscntrl((unsigned char)p->text[i]))
			return false;
	}
	if (!settings_in_range(p->row, (int64_t)n))
		return false;
	*(const char **)p->field = p->text;
	return true;
}

static bool parse_path(struct settings_parse *p)
{
	return strlen(p->text) <= SETTINGS_PATH_MAX && parse_text(p);
}

static bool parse_address(struct settings_parse *p)
{
	struct address address;

	if (p->text[0] && address_parse(p->text, &address, NULL) < 0)
		return false;
	return parse_text(p);
}

/* A host must follow the scheme; nothing in it may need escaping. */
static bool parse_link(struct settings_parse *p)
{
	const char *host = strstr(p->text, "://");

	if (!p->text[0])
		return parse_text(p);
	if ((strncmp(p->text, "https://", 8) != 0 &&
		    strncmp(p->text, "http://", 7) != 0) ||
		!isalnum((unsigned char)host[3]) || strpbrk(p->text, " \"'<>\\"))
		return false;
	return parse_text(p);
}

const struct settings_type settings_types[] = {
	[SETTINGS_TEXT] = { "text", parse_text },
	[SETTINGS_INT] = { "int", parse_int },
	[SETTINGS_BOOL] = { "bool", parse_bool },
	[SETTINGS_SIZE] = { "size", parse_size },
	[SETTINGS_ADDRESS] = { "address", parse_address },
	[SETTINGS_PATH] = { "path", parse_path },
	[SETTINGS_LINK] = { "link", parse_link },
	[SETTINGS_ENUM] = { "enum", parse_enum },
};

size_t settings_find(const struct settings *settings, const char *name)
{
	const struct settings_row *rows = settings->table->rows;
	size_t i = 0;

	while (rows[i].name && strcmp(rows[i].name, name) != 0)
		i++;
	return i;
}

static int settings_apply(
	struct settings *settings, size_t i, const char *text, struct error *err)
{
	const struct settings_row *row = &settings->table->rows[i];
	struct settings_parse parse = {
		.row = row,
		.text = arena_dup(settings->arena, text),
		.field = settings->target + row->offset,
	};
	char allowed[SETTINGS_ALLOWED_MAX];

	if (settings_types[row->kind].parse(&parse)) {
		settings->values[i].text = parse.text;
		settings->values[i].origin = settings->source;
		return 0;
	}
	settings_allowed(row, allowed, sizeof(allowed));
	if (row->secret)
		return error_set(err, ERR_INVALID, "%s from %.60s: expected %s",
			row->name, settings->source, allowed);
	return error_set(err, ERR_INVALID, "%s is \"%.40s\" in %.60s: expected %s",
		row->name, text, settings->source, allowed);
}

static int settings_unknown(
	const struct settings *settings, const char *name, struct error *err)
{
	return error_set(err, ERR_INVALID, "unknown setting \"%.60s\" in %.80s", name,
		settings->source);
}

/* Without white space at both ends, in place. */
static char *settings_trim(char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	text[n] = '\0';
	return text;
}

/* NAME=VALUE, or NAME="VALUE" as service managers write it. */
static int settings_line(struct settings *settings, char *line, struct error *err)
{
	char *equals = strchr(line, '='), *value;
	size_t i, n;

	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (!equals)
		return error_set(err, ERR_INVALID,
			"expected NAME=VALUE in %.80s, found \"%.60s\"",
			settings->source, line);
	*equals = '\0';
	line = settings_trim(line);
	value = settings_trim(equals + 1);
	n = strlen(value);
	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		value[n - 1] = '\0';
		value++;
	}
	i = settings_find(settings, line);
	if (!settings->table->rows[i].name)
		return settings_unknown(settings, line, err);
	if (settings->values[i].origin == settings->source)
		return error_set(err, ERR_INVALID, "%s is set twice in %.80s", line,
			settings->source);
	return settings_apply(settings, i, value, err);
}

static int settings_file(struct settings *settings, const char *path, struct error *err)
{
	scoped_free char *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "re");
	int status = 0;

	if (!file)
		return error_set(err, ERR_INVALID, "cannot read \"%.120s\": %s", path,
			strerror(errno));
	settings->source = arena_dup(settings->arena, path);
	while (status == 0 && getline(&line, &size, file) >= 0)
		status = settings_line(settings, settings_trim(line), err);
	if (status == 0 && ferror(file))
		status = error_set(err, ERR_INVALID, "cannot read \"%.120s\"", path);
	fclose(file);
	return status;
}

static bool settings_is_foreign(const struct settings_table *table, const char *name)
{
	if (strncmp(name, table->prefix, strlen(table->prefix)) != 0)
		return true;
	if (table->ignored &&
		strncmp(name, table->ignored, strlen(table->ignored)) == 0)
		return true;
	return table->config && strcmp(name, table->config) == 0;
}

static int settings_environment(
	struct settings *settings, const char *const *env, struct error *err)
{
	settings->source = "environment";
	for (; *env; env++) {
		const char *equals = strchr(*env, '=');
		char name[128];
		size_t i, n = equals ? (size_t)(equals - *env) : 0;

		if (n == 0 || n >= sizeof(name))
			continue;
		memcpy(name, *env, n);
		name[n] = '\0';
		if (settings_is_foreign(settings->table, name))
			continue;
		i = settings_find(settings, name);
		if (!settings->table->rows[i].name)
			return settings_unknown(settings, name, err);
		if (settings_apply(settings, i, equals + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int settings_defaults(struct settings *settings, struct error *err)
{
	const struct settings_row *row = settings->table->rows;

	settings->source = "default";
	for (size_t i = 0; row[i].name; i++) {
		if (row[i].standard &&
			settings_apply(settings, i, row[i].standard, err) < 0)
			return -1;
	}
	return 0;
}

static int settings_complete(const struct settings *settings, struct error *err)
{
	const struct settings_row *row = settings->table->rows;

	for (size_t i = 0; row[i].name; i++) {
		if (!settings->values[i].origin)
			return error_set(err, ERR_INVALID, "%s must be set: %s",
				row[i].name, row[i].help);
	}
	return 0;
}

/* The value of table->config, or NULL. */
static const char *settings_config(
	const struct settings_table *table, const char *const *env)
{
	size_t n = table->config ? strlen(table->config) : 0;

	for (; n > 0 && *env; env++) {
		if (strncmp(*env, table->config, n) == 0 && (*env)[n] == '=' &&
			(*env)[n + 1])
			return *env + n + 1;
	}
	return NULL;
}

struct settings *settings_load(const struct settings_table *table, const char *file,
	const char *const *env, void *target, struct error *err)
{
	static const char *const no_env[] = { NULL };
	struct settings *settings = mem_new(sizeof(*settings));
	size_t n = 0;

	while (table->rows[n].name)
		n++;
	settings->arena = arena_new();
	settings->table = table;
	settings->target = target;
	settings->values = arena_array(settings->arena, n, sizeof(*settings->values));
	if (!env)
		env = no_env;
	if (!file)
		file = settings_config(table, env);
	if (settings_defaults(settings, err) < 0 ||
		(file && settings_file(settings, file, err) < 0) ||
		settings_environment(settings, env, err) < 0 ||
		settings_complete(settings, err) < 0) {
		settings_free(settings);
		return NULL;
	}
	return settings;
}

void settings_free(struct settings *settings)
{
	if (!settings)
		return;
	arena_free(settings->arena);
	mem_free(settings);
}

const char *settings_origin(const struct settings *settings, const char *name)
{
	size_t i = settings_find(settings, name);

	assert(settings->table->rows[i].name);
	return settings->values[i].origin;
}
