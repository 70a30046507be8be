#include "server/split_case.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/city.h"
#include "server/day.h"
#include "server/stamp.h"

/* From this class on what is said in a letter is kept as the letter was. */
#define SENSITIVE 3

/* The arena's; NULL for null and for what is not there. */
static const char *text_at(const json_t *object, const char *name, struct arena *arena)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? arena_dup(arena, text) : NULL;
}

static struct submission_place place_of(const json_t *place, struct arena *arena)
{
	const json_t *lat = json_object_get(place, "lat");

	return (struct submission_place){
		.has_point = json_is_number(lat),
		.lat = json_number_value(lat),
		.lon = json_number_value(json_object_get(place, "lon")),
		.address = text_at(place, "address", arena),
		.unit = text_at(place, "unit", arena),
	};
}

static const json_t *file_of(const json_t *source, int number)
{
	const json_t *list = json_object_get(source, "attachments");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *file = json_array_get(list, i);

		if (json_integer_value(json_object_get(file, "n")) == number)
			return file;
	}
	return NULL;
}

static bool is_repeated(const struct split_part *part, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (part->attachments[k] == part->attachments[i])
			return true;
	return false;
}

/* The bytes are not copied: both cases have them by their hash. */
static bool files_fill(const struct split_part *part, const json_t *source,
	struct arena *arena, struct attachment *ret)
{
	for (size_t i = 0; i < part->n_attachments; i++) {
		const json_t *file = file_of(source, part->attachments[i]);

		if (!file || is_repeated(part, i))
			return false;
		ret[i] = (struct attachment){
			.name = text_at(file, "name", arena),
			.type = text_at(file, "type", arena),
			.size = (uint64_t)json_integer_value(
				json_object_get(file, "size")),
			.state = "stored",
			.given_sha256 = text_at(file, "sha256", arena),
			.stored_sha256 = text_at(file, "sha256", arena),
			.thumbnail_sha256 = text_at(file, "thumbnail", arena),
		};
	}
	return true;
}

static struct submission submission_of(const struct split_query *query,
	const struct split_part *part, struct arena *arena)
{
	const json_t *source = query->source;
	const json_t *contact = json_object_get(source, "contact");
	const json_t *place =
		part->place == 0 ? NULL : json_object_get(source, "place");

	return (struct submission){
		.text = part->text,
		.type = part->type ? part->type : text_at(source, "type", arena),
		.category = part->category,
		.place = place_of(place, arena),
		.contact = { .name = text_at(contact, "name", arena),
			.email = text_at(contact, "email", arena),
			.phone = text_at(contact, "phone", arena),
			.address = text_at(contact, "address", arena) },
		.wants_reply = json_is_true(json_object_get(source, "wantsReply")),
		.language = text_at(source, "language", arena),
		.on_behalf_of = text_at(source, "onBehalfOf", arena),
		.from_child = json_is_true(json_object_get(source, "fromChild")),
		.channel = text_at(source, "channel", arena),
		.received_at = json_integer_value(json_object_get(source, "received")),
		.n_attachments = part->n_attachments,
	};
}

static int sensitivity_of(const json_t *source)
{
	return (int)json_integer_value(json_object_get(source, "sensitivity"));
}

/* As parts_to_send() in 0019_transfer.sql does where nobody has chosen. */
static bool contact_goes(const struct split_part *part, const json_t *source)
{
	if (part->contact >= 0)
		return part->contact == 1;
	return sensitivity_of(source) < SENSITIVE || !part->ground ||
	       strcmp(part->ground, "no-secrecy") != 0;
}

static void because_of_letter(struct deadline *deadline, struct arena *arena)
{
	static const char from[] = "%s; räknat från dagen då hela synpunkten kom in";

	deadline->acknowledge_because =
		arena_printf(arena, from, deadline->acknowledge_because);
	deadline->answer_because = arena_printf(arena, from, deadline->answer_because);
}

/* Said to nobody but whoever splits it: where it goes must be what they saw. */
static void board_judge(const struct split_query *query, size_t i,
	const struct split_cases *cases, struct faults *faults)
{
	const struct split_part *part = &query->parts->items[i];
	const char *board = cases->items[i].route.board;

	if (!query->serials)
		return;
	if (!part->board || strcmp(part->board, board) != 0)
		faults_add(faults, split_part_member(faults, i, "board"),
			"is not where the rules send it: ask for a preview again");
	else if (cases->elsewhere[i] && !part->ground)
		faults_add(faults, split_part_member(faults, i, "ground"),
			"is required where another board gets it");
}

static void part_decide(const struct split_query *query, size_t i, struct arena *arena,
	struct split_cases *ret, struct faults *faults)
{
	const struct split_part *part = &query->parts->items[i];
	const json_t *source = query->source;
	struct intake_case *c = &ret->items[i];
	const char *board = json_string_value(json_object_get(source, "board"));
	int class = sensitivity_of(source);

	ret->submissions[i] = submission_of(query, part, arena);
	if (!files_fill(part, source, arena, ret->files[i])) {
		faults_add(faults, split_part_member(faults, i, "attachments"),
			"must be numbers of the case's attachments, each once");
		return;
	}
	ret->submissions[i].attachments = ret->files[i];
	intake_case_receive(c, &ret->submissions[i], stamp_now());
	if (part->place != 0) {
		c->district =
			text_at(json_object_get(source, "place"), "district", arena);
		c->areas = text_at(source, "areas", arena);
	}
	c->number.serial = query->serials ? query->serials[i] : 0;
	intake_case_decide(c, query->city, query->secret, arena);
	if (class >= SENSITIVE && c->sensitivity < class)
		c->sensitivity = class;
	because_of_letter(&c->deadline, arena);
	ret->elsewhere[i] = !board || strcmp(board, c->route.board) != 0;
	ret->contact[i] = !ret->elsewhere[i] || contact_goes(part, source);
	board_judge(query, i, ret, faults);
}

void split_cases_decide(const struct split_query *query, struct arena *arena,
	struct split_cases *ret, struct faults *faults)
{
	for (size_t i = 0; i < query->parts->n; i++)
		part_decide(query, i, arena, ret, faults);
	ret->n = query->parts->n;
}

void split_case_write(const struct split_cases *cases, size_t i,
	const struct city *city, struct json_write *w)
{
	const struct intake_case *c = &cases->items[i];
	char day[DAY_TEXT];

	jw_key(w, "board");
	jw_object(w);
	jw_key_string(w, "code", c->route.board);
	jw_key_string(w, "name", city_board_name(city, c->route.board));
	jw_object_end(w);
	jw_key_bool(w, "otherBoard", cases->elsewhere[i]);
	jw_key_string(w, "category", c->route.category);
	jw_key_string(w, "type", c->submission->type);
	jw_key_int(w, "sensitivity", c->sensitivity);
	jw_key_string(w, "acknowledgeBy", day_format(c->deadline.acknowledge_by, day));
	jw_key_string(w, "answerBy", day_format(c->deadline.answer_by, day));
	jw_key_string(w, "acknowledgeBecause", c->deadline.acknowledge_because);
	jw_key_string(w, "answerBecause", c->deadline.answer_because);
	jw_key(w, "routing");
	jw_object(w);
	jw_key_string(w, "rule", c->route.rule);
	jw_key_string(w, "because", c->route.because);
	jw_object_end(w);
	jw_key_bool(w, "receiptMailed", c->mail_receipt);
}
