#include "server/split_parts.h"

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/day.h"
#include "server/stamp.h"
#include "server/submission.h"

#define PART_FIELD(path_, kind_, member)                                               \
	.path = path_, .kind = kind_, .offset = offsetof(struct split_part, member)

static const struct json_field part_fields[] = {
	{ PART_FIELD("text", JSON_FIELD_STRING, text) },
	{ PART_FIELD("category", JSON_FIELD_STRING, category), .max = 100 },
	{ PART_FIELD("type", JSON_FIELD_STRING, type), .one_of = case_types },
	{ PART_FIELD("board", JSON_FIELD_STRING, board), .max = 100 },
	{ PART_FIELD("ground", JSON_FIELD_STRING, ground),
		.one_of = case_transfer_grounds },
	{ PART_FIELD("place", JSON_FIELD_MAYBE, place) },
	{ PART_FIELD("contact", JSON_FIELD_MAYBE, contact) },
	{ 0 },
};

const char *split_part_member(
	const struct faults *faults, size_t part, const char *member)
{
	return arena_printf(
		faults->arena, "parts[%zu]%s%s", part, *member ? "." : "", member);
}

static void attachments_read(
	const json_t *list, struct split_part *ret, struct faults *faults)
{
	size_t n = json_array_size(list);

	if (!list || json_is_null(list))
		return;
	if (!json_is_array(list) || n > ATTACHMENT_FILES_MAX) {
		faults_add(faults, "attachments",
			"must be a list of at most %d numbers", ATTACHMENT_FILES_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		json_int_t number = json_integer_value(json_array_get(list, i));

		if (number < 1 || number > 1000) {
			faults_add(faults, "attachments",
				"must be numbers of the case's attachments");
			return;
		}
		ret->attachments[ret->n_attachments++] = (int)number;
	}
}

static void category_judge(
	const char *code, const struct city *city, struct faults *faults)
{
	const struct city_category *category = city_category_find(city, code);

	if (code && !(category && city_valid_on(&category->valid,
					  day_of_instant(stamp_now() / 1000000))))
		faults_add_key(faults, "category", "fault.unknown-code", NULL);
}

static void part_read(const json_t *object, const struct city *city,
	struct split_part *ret, struct faults *faults)
{
	json_fields_read(object, part_fields, ret, faults);
	if (!json_is_object(object))
		return;
	attachments_read(json_object_get(object, "attachments"), ret, faults);
	submission_text_judge(ret->text, "text", faults);
	category_judge(ret->category, city, faults);
}

void split_parts_read(const json_t *body, const struct city *city,
	struct split_parts *ret, struct faults *faults)
{
	const json_t *list = json_object_get(body, "parts");
	size_t n = json_array_size(list);

	*ret = (struct split_parts){ 0 };
	if (!json_is_array(list) || n < 1 || n > SPLIT_PARTS_MAX) {
		faults_add(faults, "parts", "must be a list of 1 to %d further matters",
			SPLIT_PARTS_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct faults own;

		faults_init(&own, faults->arena);
		part_read(json_array_get(list, i), city, &ret->items[i], &own);
		for (const struct fault *f = own.first; f; f = f->next)
			faults_add(faults, split_part_member(faults, i, f->name), "%s",
				f->reason);
	}
	ret->n = n;
}
