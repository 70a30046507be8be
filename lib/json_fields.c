#include "lib/json_fields.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "lib/utf8.h"

#define JSON_FIELD_ITEMS_DEFAULT 100
/* Whole numbers that a double holds exactly (RFC 8259, 6). */
#define JSON_FIELD_INTEGER_MAX 9007199254740991.0

const char *json_text_of(const json_t *object, const char *name, const char *none)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : none;
}

struct fields_read {
	char *target; /* the caller's struct */
	struct faults *faults;
};

static void *field_target(const struct fields_read *r, const struct json_field *field)
{
	return r->target + field->offset;
}

static void field_mark_given(
	const struct fields_read *r, const struct json_field *field)
{
	if (field->given > 0)
		*(bool *)(void *)(r->target + field->given) = true;
}

static const char *number_text(struct arena *arena, double number)
{
	char text[JSON_DOUBLE_MAX];
	size_t n = json_double_print(number, text);

	return arena_dup_n(arena, text, n);
}

static void fault_number(struct fields_read *r, const char *name, const char *key,
	double min, double max)
{
	struct arena *arena = r->faults->arena;

	faults_add_key(r->faults, name, key,
		TEXT_VALUES({ "min", number_text(arena, min) },
			{ "max", number_text(arena, max) }));
}

static void fault_not_one_of(
	struct fields_read *r, const char *name, const char *const *codes)
{
	const char *values = *codes;

	while (*++codes)
		values = arena_printf(r->faults->arena, "%s, %s", values, *codes);
	faults_add_key(
		r->faults, name, "fault.not-one-of", TEXT_VALUES({ "values", values }));
}

/* CRLF and a lone CR become LF, in place. Returns the new length. */
static size_t lines_unify(char *text, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] != '\r')
			text[used++] = text[i];
		else if (i + 1 == n || text[i + 1] != '\n')
			text[used++] = '\n';
	}
	text[used] = '\0';
	return used;
}

static bool code_is_known(const char *const *codes, const char *text)
{
	for (; *codes; codes++) {
		if (strcmp(*codes, text) == 0)
			return true;
	}
	return false;
}

/* The text if it is as the row wants it, else NULL and a fault. */
static const char *text_judge(struct fields_read *r, const struct json_field *field,
	const char *name, const json_t *value)
{
	size_t n = json_string_length(value), points;
	char *text;

	if (!json_is_string(value)) {
		faults_add(r->faults, name, "fault.not-text");
		return NULL;
	}
	if (memchr(json_string_value(value), '\0', n)) {
		faults_add(r->faults, name, "fault.null-character");
		return NULL;
	}
	text = arena_dup_n(r->faults->arena, json_string_value(value), n);
	if (field->line_ends)
		n = lines_unify(text, n);
	points = utf8_count(text, n);
	if (field->not_blank && utf8_is_blank(text, n))
		faults_add(r->faults, name, "fault.blank");
	else if ((double)points < field->min)
		fault_number(r, name, "fault.too-short", field->min, field->max);
	else if (field->max > 0 && (double)points > field->max)
		fault_number(r, name, "fault.too-long", field->min, field->max);
	else if (field->one_of && !code_is_known(field->one_of, text))
		fault_not_one_of(r, name, field->one_of);
	else
		return text;
	return NULL;
}

static bool read_string(
	struct fields_read *r, const struct json_field *field, const json_t *value)
{
	const char *text = text_judge(r, field, field->path, value);

	*(const char **)field_target(r, field) = text;
	return text != NULL;
}

static bool read_strings(
	struct fields_read *r, const struct json_field *field, const json_t *value)
{
	size_t n = json_array_size(value), before = r->faults->n;
	size_t max = field->max_items > 0 ? field->max_items : JSON_FIELD_ITEMS_DEFAULT;
	struct json_strings *ret = field_target(r, field);
	const char **items;

	if (!json_is_array(value)) {
		faults_add(r->faults, field->path, "fault.not-list");
		return false;
	}
	if (n > max) {
		fault_number(r, field->path, "fault.too-many", 0, (double)max);
		return false;
	}
	items = arena_array(r->faults->arena, n + 1, sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = text_judge(r, field,
			arena_printf(r->faults->arena, "%s[%zu]", field->path, i),
			json_array_get(value, i));
	if (r->faults->n > before)
		return false;
	ret->items = items;
	ret->n = n;
	return true;
}

static bool number_judge(
	struct fields_read *r, const struct json_field *field, double number)
{
	bool low = number<field->min, high = number> field->max;
	const char *key = "fault.out-of-range";

	if (field->min == 0 && field->max == 0)
		return true;
	if (!low && !high)
		return true;
	if (isinf(field->max))
		key = "fault.too-small";
	else if (isinf(field->min))
		key = "fault.too-big";
	fault_number(r, field->path, key, field->min, field->max);
	return false;
}

static bool read_number(
	struct fields_read *r, const struct json_field *field, const json_t *value)
{
	double number = json_number_value(value);

	if (!json_is_number(value)) {
		faults_add(r->faults, field->path, "fault.not-number");
		return false;
	}
	if (!number_judge(r, field, number))
		return false;
	*(double *)field_target(r, field) = number;
	return true;
}

static bool read_integer(
	struct fields_read *r, const struct json_field *field, const json_t *value)
{
	double number = json_number_value(value);

	if (!json_is_number(value) || number != floor(number) ||
		fabs(number) > JSON_FIELD_INTEGER_MAX) {
		faults_add(r->faults, field->path, "fault.not-integer");
		return false;
	}
	if (!number_judge(r, field, number))
		return false;
	*(int64_t *)field_target(r, field) = (int64_t)number;
	return true;
}

static bool read_bool(
	struct fields_read *r, const struct json_field *field, const json_t *value)
{
	if (!json_is_boolean(value)) {
		faults_add(r->faults, field->path, "fault.not-boolean");
		return false;
	}
	if (field->kind == JSON_FIELD_MAYBE)
		*(int *)field_target(r, field) = json_is_true(value);
	else
		*(bool *)field_target(r, field) = json_is_true(value);
	return true;
}

/* A parent may be named by several rows: one fault is enough. */
static void fault_not_object(struct fields_read *r, const char *name)
{
	if (!faults_find(r->faults, name))
		faults_add(r->faults, name, "fault.not-object");
}

static bool read_object(
	struct fields_read *r, const struct json_field *field, const json_t *value)
{
	if (!json_is_object(value)) {
		fault_not_object(r, field->path);
		return false;
	}
	*(bool *)field_target(r, field) = true;
	return true;
}

typedef bool field_read_fn(
	struct fields_read *r, const struct json_field *field, const json_t *value);

static field_read_fn *const field_readers[] = {
	[JSON_FIELD_STRING] = read_string,
	[JSON_FIELD_STRINGS] = read_strings,
	[JSON_FIELD_NUMBER] = read_number,
	[JSON_FIELD_INTEGER] = read_integer,
	[JSON_FIELD_BOOL] = read_bool,
	[JSON_FIELD_MAYBE] = read_bool,
	[JSON_FIELD_OBJECT] = read_object,
};

static bool is_absent(const json_t *value)
{
	return !value || json_is_null(value);
}

/* The object that holds a row's member, and the member's own name; NULL if it is not
 * there or is none, which is a fault of its own. */
static const json_t *field_parent(struct fields_read *r, const json_t *object,
	const char *path, const char **ret_name)
{
	const char *name = path, *dot;

	for (dot = strchr(name, '.'); dot; dot = strchr(name, '.')) {
		object = json_object_getn(object, name, (size_t)(dot - name));
		if (is_absent(object))
			return NULL;
		if (!json_is_object(object)) {
			fault_not_object(r, arena_dup_n(r->faults->arena, path,
						    (size_t)(dot - path)));
			return NULL;
		}
		name = dot + 1;
	}
	*ret_name = name;
	return object;
}

static void field_read(
	struct fields_read *r, const struct json_field *field, const json_t *object)
{
	const char *name = NULL;
	const json_t *parent, *value;

	assert(field->kind > 0 && field->kind < ARRAY_LEN(field_readers));
	if (field->kind == JSON_FIELD_MAYBE)
		*(int *)field_target(r, field) = -1;
	parent = field_parent(r, object, field->path, &name);
	if (!parent)
		return;
	value = json_object_get(parent, name);
	if (is_absent(value)) {
		if (field->required)
			faults_add(r->faults, field->path, "fault.required");
		return;
	}
	if (field_readers[field->kind](r, field, value))
		field_mark_given(r, field);
}

void json_fields_read(const json_t *object, const struct json_field *fields,
	void *ret_struct, struct faults *faults)
{
	struct fields_read r = { .target = ret_struct, .faults = faults };

	if (!json_is_object(object))
		fault_not_object(&r, "");
	for (; fields->path; fields++)
		field_read(&r, fields, json_is_object(object) ? object : NULL);
}
