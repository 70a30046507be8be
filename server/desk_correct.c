#include "server/desk_correct.h"

#include <string.h>

#include "lib/base.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/utf8.h"
#include "server/submission.h"

static const struct {
	const char *part, *name;
} correctable[] = {
	{ "contact", "name" },
	{ "contact", "email" },
	{ "contact", "phone" },
	{ "contact", "address" },
	{ "place", "address" },
	{ "place", "unit" },
	{ "place", "lat" },
	{ "place", "lon" },
};

/* A point cannot be taken away, only moved: without one the map would be empty and the
 * district unfounded. */
static bool is_given(const json_t *value, const char *name)
{
	return value && !(json_is_null(value) && name[0] == 'l');
}

/* A field that was emptied is taken away. */
static json_t *value_of(const json_t *given)
{
	const char *text = json_string_value(given);

	if (json_is_null(given) || (text && utf8_is_blank(text, strlen(text))))
		return json_null();
	return text ? json_string(text) : json_real(json_number_value(given));
}

static const struct json_field postal_fields[] = {
	{ .path = "contact.address",
		.kind = JSON_FIELD_STRING,
		.offset = offsetof(struct submission_draft, postal_address) },
	{ 0 },
};

json_t *desk_correction_read(const json_t *object, struct faults *faults)
{
	struct submission_draft draft;
	json_t *change;

	submission_draft_from_json(object, &draft, faults);
	json_fields_read(object, postal_fields, &draft, faults);
	submission_reach_judge(&draft, faults);
	if (faults->n > 0)
		return NULL;
	change = json_object();
	for (size_t i = 0; i < ARRAY_LEN(correctable); i++) {
		const char *part = correctable[i].part, *name = correctable[i].name;
		const json_t *given =
			json_object_get(json_object_get(object, part), name);

		if (!is_given(given, name))
			continue;
		if (!json_object_get(change, part))
			json_object_set_new(change, part, json_object());
		json_object_set_new(
			json_object_get(change, part), name, value_of(given));
	}
	return change;
}
