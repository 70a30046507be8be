#include "server/setting.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/utf8.h"
#include "server/city.h"
#include "server/day.h"
#include "server/email_address.h"

#define LIST_MAX 100 /* items */

struct reading {
	const struct city *city; /* or NULL */
	struct faults *faults;
	const struct setting_field *field;
	const char *name; /* "row.answerDays" */
};

/* By a generic key, or in words. */
static json_t *wrong(const struct reading *r, const char *why)
{
	if (!strncmp(why, "fault.", strlen("fault.")))
		faults_add_key(r->faults, r->name, why, NULL);
	else
		faults_add(r->faults, r->name, "%s", why);
	return json_null();
}

static bool is_spaces(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static bool is_code(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return text[0] && text[0] != '-' && strspn(text, letters) == strlen(text) &&
	       text[strlen(text) - 1] != '-' && !strstr(text, "--");
}

static bool is_known(const struct reading *r, const char *text)
{
	switch (r->field->value) {
	case SETTING_OWNER:
		return !strcmp(text, CITY_OWNER_DISTRICT) ||
		       city_board_find(r->city, text);
	case SETTING_BOARD:
		return city_board_find(r->city, text);
	case SETTING_CATEGORY:
		return city_category_find(r->city, text);
	case SETTING_UNIT:
		return city_unit_find(r->city, text);
	case SETTING_DISTRICT:
		return city_district_find(r->city, text);
	default:
		return true;
	}
}

static bool is_chosen(const struct setting_field *field, const char *text)
{
	for (const char *const *code = field->codes; code && *code; code++) {
		if (!strcmp(*code, text))
			return true;
	}
	return false;
}

static bool is_web(const char *text)
{
	return !strncmp(text, "https://", 8) || !strncmp(text, "http://", 7);
}

/* The key of what is wrong with a text that is not empty, or NULL. */
static const char *text_fault(const struct reading *r, const char *text)
{
	struct error err = { 0 };
	int32_t day;

	switch (r->field->value) {
	case SETTING_CODE:
		return is_code(text) ? NULL
				     : "may hold a to z, 0 to 9 and single hyphens";
	case SETTING_ADDRESS:
		return email_address_is_possible(text) ? NULL : "fault.not-email";
	case SETTING_DAY:
		return day_parse(text, &day, &err) == 0 ? NULL
							: "is no day as YYYY-MM-DD";
	case SETTING_CHOICE:
		return is_chosen(r->field, text) ? NULL : "fault.unknown-code";
	case SETTING_LINK:
		return is_web(text) ? NULL : "begins with https:// or http://";
	default:
		return !r->city || is_known(r, text) ? NULL : "fault.unknown-code";
	}
}

/* What is not there: a list without items, no, an empty text, or nothing. */
static json_t *absent_read(const struct reading *r)
{
	const struct setting_field *field = r->field;

	if (field->required)
		return wrong(r, "fault.required");
	if (field->value == SETTING_LIST || field->value == SETTING_CHOICES)
		return json_array();
	if (field->value == SETTING_YES)
		return json_false();
	return field->is_empty_text ? json_string("") : json_null();
}

static json_t *text_read(const struct reading *r, const json_t *value)
{
	const char *text = json_string_value(value), *fault;

	if (!text)
		return wrong(r, "fault.not-text");
	if (strlen(text) != json_string_length(value))
		return wrong(r, "fault.null-character");
	if (is_spaces(text))
		return absent_read(r);
	if (r->field->max && utf8_count(text, strlen(text)) > (size_t)r->field->max)
		return wrong(r, "is too long");
	fault = text_fault(r, text);
	return fault ? wrong(r, fault) : json_string(text);
}

/* As it was typed, but for white space around it and how a browser ends lines. */
static json_t *words_read(const struct reading *r, const json_t *value)
{
	const char *from = json_string_value(value);
	char *text, *to;
	json_t *held, *read;

	if (!from || strlen(from) != json_string_length(value))
		return text_read(r, value);
	text = to = arena_dup(r->faults->arena, from + strspn(from, " \t\r\n"));
	for (from = text; *from; from++) {
		if (*from != '\r')
			*to++ = *from;
	}
	while (to > text && strchr(" \t\n", to[-1]))
		to--;
	*to = '\0';
	for (const char *c = text; *c; c++) {
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f)
			return wrong(r, "holds a character that cannot be shown");
	}
	held = json_string(text);
	read = text_read(r, held);
	json_decref(held);
	return read;
}

static json_t *number_read(const struct reading *r, const json_t *value)
{
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value))
		return wrong(r, "fault.not-integer");
	if (n < r->field->min || n > r->field->max) {
		faults_add(r->faults, r->name, "is from %ld to %ld", r->field->min,
			r->field->max);
		return json_null();
	}
	return json_integer(n);
}

static json_t *list_read(const struct reading *r, const json_t *value)
{
	json_t *list = json_array();
	const json_t *item;
	size_t i;

	if (!json_is_array(value) || json_array_size(value) > LIST_MAX) {
		json_decref(list);
		return wrong(r, "is a list of at most 100 texts");
	}
	json_array_foreach(value, i, item)
	{
		const char *text = json_string_value(item);

		if (!text || strlen(text) != json_string_length(item) ||
			(r->field->codes && !is_chosen(r->field, text)) ||
			(r->field->max && utf8_count(text, strlen(text)) >
						  (size_t)r->field->max)) {
			json_decref(list);
			return wrong(r, "holds what is no text of the right kind");
		}
		if (!is_spaces(text))
			json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *value_read(const struct reading *r, const json_t *value)
{
	if (!value || json_is_null(value))
		return absent_read(r);
	switch (r->field->value) {
	case SETTING_NUMBER:
		return number_read(r, value);
	case SETTING_LIST:
	case SETTING_CHOICES:
		return list_read(r, value);
	case SETTING_WORDS:
		return words_read(r, value);
	case SETTING_YES:
		return json_is_boolean(value) ? json_boolean(json_is_true(value))
					      : wrong(r, "fault.not-boolean");
	default:
		return text_read(r, value);
	}
}

/* Written as they are, days compare as texts. */
static void validity_check(const json_t *columns, struct faults *faults)
{
	const char *from = json_string_value(json_object_get(columns, "valid_from"));
	const char *to = json_string_value(json_object_get(columns, "valid_to"));

	if (from && to && strcmp(from, to) > 0)
		faults_add(faults, "row.validTo", "ends before it begins");
}

json_t *setting_row(const struct setting_kind *kind, const json_t *row,
	const struct setting_known *known, struct faults *faults)
{
	struct reading r = { .city = known->city, .faults = faults };
	json_t *columns = json_object();

	for (r.field = kind->fields; r.field->name; r.field++) {
		r.name = arena_printf(faults->arena, "row.%s", r.field->name);
		json_object_set_new(columns, r.field->column,
			value_read(&r, json_object_get(row, r.field->name)));
	}
	validity_check(columns, faults);
	if (kind->check)
		kind->check(columns, known, faults);
	return columns;
}
