#include "server/form_view.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "server/attachment.h"
#include "server/kept_file.h"
#include "server/page.h"
#include "server/page_city.h"
#include "server/page_words.h"
#include "server/stamp.h"
#include "server/worker.h"

/* The fields: what each is called among the faults, where its data goes in the
 * template ("form.…"), and which element a link to it leads to. */
static const struct form_field {
	const char *member;
	const char *key;
	const char *id;
	const char *name; /* of the input; NULL: its value is not a text */
} fields[] = {
	{ "text", "text", "text", "text" },
	{ "category", "category", "category", NULL },
	{ "type", "type", "type", NULL },
	{ "place.address", "address", "address", "address" },
	{ "place.unit", "unit", "unit", "unit" },
	{ "place.lat", "point", "place", NULL },
	{ "place.lon", "point", "place", NULL },
	{ "contact.name", "name", "name", "name" },
	{ "contact.email", "email", "email", "email" },
	{ "contact.phone", "phone", "phone", "phone" },
	{ "wantsReply", "reply", "reply", NULL },
	{ "onBehalfOf", "behalf", "behalf", NULL },
	{ "attachment", "files", "attachment", NULL },
};

static const char *const types[] = { "complaint", "suggestion", "praise", "question",
	"fault-report" };
static const char *const behalves[] = { "", "self", "child", "relative", "client",
	"other" };

static const struct {
	const char *key;
	bool again;          /* offers "send again" */
	const char *confirm; /* offers "send anyway" */
} notices[] = {
	[FORM_NOTICE_IDENTITY_NUMBER] = { "identity-number", false,
		FORM_CONFIRM_IDENTITY_NUMBER },
	[FORM_NOTICE_TOO_FAST] = { "too-fast", true, NULL },
	[FORM_NOTICE_SENT_ALREADY] = { "sent-already", true, NULL },
	[FORM_NOTICE_AWAY] = { "away", true, NULL },
	[FORM_NOTICE_TOO_MANY] = { "too-many", true, NULL },
	[FORM_NOTICE_CUT] = { "cut", true, NULL },
	[FORM_NOTICE_BUSY] = { "busy", true, NULL },
};

static const char *value_of(const struct form_view *view, const char *name)
{
	const char *value = view->value(view->source, name);

	return value ? value : "";
}

/* ---- faults ---- */

static const struct form_field *field_find(const char *member)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (!strcmp(fields[i].member, member))
			return &fields[i];
	return NULL;
}

/* The field's own words for the fault, or the general ones. */
static const char *fault_text(const struct page *page, const struct form_field *field,
	const struct fault *fault)
{
	struct arena *arena = http_arena(page->req);
	const char *reason = strchr(fault->key, '.');
	const char *own = page_find(page, arena_printf(arena, "form-fault.%s%s",
						  field->key, reason ? reason : ""));

	if (own)
		return page_fill(page, own, fault->values);
	return catalogue_fault(arena, page->catalogue, page->language, fault);
}

/* Into form.{key}.fault; the first of a field is the one to say. */
static void fault_put(json_t *form, const char *key, const char *text)
{
	json_t *field = json_object_get(form, key);

	if (json_is_null(json_object_get(field, "fault")))
		json_object_set_new(field, "fault", json_string(text));
}

static json_t *faults_put(
	const struct page *page, const struct form_view *view, json_t *form)
{
	json_t *list = json_array();

	for (const struct fault *f = view->faults ? view->faults->first : NULL; f;
		f = f->next) {
		const struct form_field *field = field_find(f->name);
		const char *text;

		if (!field)
			continue;
		text = fault_text(page, field, f);
		fault_put(form, field->key, text);
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "id", field->id, "reason", text));
	}
	return list;
}

/* ---- the fields ---- */

static json_t *options_json(const struct page *page, const char *kind,
	const char *const *codes, size_t n, const char *selected)
{
	struct arena *arena = http_arena(page->req);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const char *code = codes[i][0] ? codes[i] : "none";
		const char *hint =
			page_find(page, arena_printf(arena, "%s-hint.%s", kind, code));

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s?, s:b}", "code", codes[i], "name",
				page_text(
					page, arena_printf(arena, "%s.%s", kind, code)),
				"hint", hint, "selected", !strcmp(codes[i], selected)));
	}
	return list;
}

static void put_choices(
	const struct page *page, const struct form_view *view, json_t *form)
{
	const char *type = value_of(view, "type");
	bool no = !strcmp(value_of(view, "wantsReply"), "false");

	json_object_set_new(form, "category",
		json_pack("{s:o, s:n}", "areas",
			page_city_areas(page, value_of(view, "category")), "fault"));
	json_object_set_new(form, "type",
		json_pack("{s:o, s:n}", "options",
			options_json(page, "type", types, ARRAY_LEN(types),
				type[0] ? type : "complaint"),
			"fault"));
	json_object_set_new(form, "behalf",
		json_pack("{s:o, s:n}", "options",
			options_json(page, "behalf", behalves, ARRAY_LEN(behalves),
				value_of(view, "onBehalfOf")),
			"fault"));
	json_object_set_new(form, "reply",
		json_pack("{s:b, s:b, s:n}", "yes", !no, "no", no, "fault"));
}

/* A place on the map comes from an address (?lat=&lon=) or the script; a box takes it
 * away without either. */
static void put_point(
	const struct page *page, const struct form_view *view, json_t *form)
{
	const char *lat = value_of(view, "lat"), *lon = value_of(view, "lon");
	const char *given = NULL;

	if (!strcmp(value_of(view, "noPoint"), "true"))
		lat = lon = "";
	if (lat[0] || lon[0])
		given = page_format(page, "form.point-given",
			TEXT_VALUES({ "lat", lat }, { "lon", lon }));
	json_object_set_new(form, "lat", json_string(lat));
	json_object_set_new(form, "lon", json_string(lon));
	json_object_set_new(
		form, "point", json_pack("{s:s?, s:n}", "given", given, "fault"));
}

static json_t *kept_json(const struct page *page, const struct form_view *view)
{
	struct arena *arena = http_arena(page->req);
	json_t *list = json_array();

	for (size_t i = 0; i < view->n_kept; i++) {
		const struct attachment *file = &view->kept[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "field",
				      arena_printf(arena, "kept%zu", i), "drop",
				      arena_printf(arena, "drop%zu", i), "note",
				      kept_file_note(arena, page->worker->secret, file,
					      stamp_now() / 1000000),
				      "drop_text",
				      page_format(page, "form.file-drop",
					      TEXT_VALUES({ "name", file->name })),
				      "size_text", page_words_size(page, file->size)));
	}
	return list;
}

static json_t *form_json(const struct page *page, const struct form_view *view)
{
	json_t *form = json_pack("{s:s, s:s, s:b, s:o, s:{s:n}}", "key", view->key,
		"stamp", view->stamp, "has_kept", view->n_kept > 0, "kept",
		kept_json(page, view), "files", "fault");

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].name)
			json_object_set_new(form, fields[i].key,
				json_pack("{s:s, s:n}", "value",
					value_of(view, fields[i].name), "fault"));
	put_choices(page, view, form);
	put_point(page, view, form);
	return form;
}

/* ---- the summary above the form ---- */

static json_t *summary_json(
	const struct page *page, const struct form_view *view, json_t *faults)
{
	struct arena *arena = http_arena(page->req);
	const char *key;

	if (json_array_size(faults) > 0)
		return json_pack("{s:s, s:s, s:b, s:O, s:b, s:n, s:n}", "heading",
			page_text(page, "summary.heading"), "text",
			page_text(page, "summary.kept"), "faulty", 1, "faults", faults,
			"files_lost", view->files_lost, "send_anyway", "send_again");
	if (view->notice == FORM_NOTICE_NONE)
		return NULL;
	key = notices[view->notice].key;
	return json_pack("{s:s, s:s, s:b, s:b, s:s?, s:b}", "heading",
		page_text(page, arena_printf(arena, "warning.%s", key)), "text",
		page_text(page, arena_printf(arena, "warning.%s-text", key)), "faulty",
		0, "files_lost", view->files_lost, "send_anyway",
		notices[view->notice].confirm, "send_again",
		notices[view->notice].again);
}

void form_view_reply(struct page *page, const struct form_view *view, int status)
{
	json_t *form = form_json(page, view);
	json_t *faults = faults_put(page, view, form);
	json_t *summary = summary_json(page, view, faults);

	page_title(page, view->child ? "child-form.title" : "form.title");
	page_city_add_promise(page);
	json_object_set_new(page->data, "form", form);
	json_object_set_new(
		page->data, "faulty", json_boolean(json_array_size(faults) > 0));
	if (summary)
		json_object_set_new(page->data, "summary", summary);
	json_decref(faults);
	page_reply(page, status, view->child ? "child" : "form");
}
