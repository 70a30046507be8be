#include "server/disclosure_page.h"

#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/json_fields.h"
#include "lib/template_set.h"
#include "server/register_csv.h"

#define LANGUAGE "sv"

static const struct {
	const char *code, *text;
} words[] = {
	{ "title", "Utlämnande av allmänna handlingar" },
	{ "asked", "Begäran" },
	{ "draft", "Utkast. Nämnden har inte beslutat om utlämnandet än." },
	{ "decision", "Beslut" },
	{ "refused", "Lämnas inte ut" },
	{ "nothing", "Inga handlingar lämnas ut." },
	{ "none", "Ingen handling i ärendet lämnas ut." },
	{ "received", "Inkom" },
	{ "closed", "Avslutat" },
	{ "type", "Slag" },
	{ "category", "Ämne" },
	{ "district", "Stadsdelsområde" },
	{ "status", "Status" },
	{ "case", "Ärende" },
	{ "own-file", "Lämnas som en egen fil." },
	{ "text", "Synpunkten" },
	{ "place", "Plats" },
	{ "contact", "Kontaktuppgifter" },
	{ "message", "Meddelande till nämnden" },
	{ "reply", "Svar från nämnden" },
	{ "attachment", "Bilaga" },
	{ "replyfile", "Fil till svar" },
	{ "open", "Pågår" },
	{ "decided", "Beslutat" },
	{ "handed-out", "Utlämnat" },
	{ "letter", "Brev" },
	{ "mail", "E-post" },
	{ "visit", "På plats" },
};

static const char *word(const char *code)
{
	for (size_t i = 0; code && i < ARRAY_LEN(words); i++) {
		if (!strcmp(words[i].code, code))
			return words[i].text;
	}
	return "";
}

static const char *string_of(const json_t *object, const char *name)
{
	return json_text_of(object, name, "");
}

static bool is_in_state(const json_t *object, const char *state)
{
	return !strcmp(string_of(object, "state"), state);
}

/* The catalogue's, of a code; the code where it has none. */
static const char *code_name(
	const struct disclosure_print *print, const char *prefix, const char *code)
{
	const char *text = catalogue_find(print->catalogue, LANGUAGE,
		arena_printf(print->arena, "%s%s", prefix, code));

	return text ? text : code;
}

/* "Bilaga 2", "Svar från nämnden". */
static const char *document_name(
	const struct disclosure_print *print, const json_t *document)
{
	const char *kind = string_of(document, "kind");
	const char *n = strrchr(string_of(document, "document"), '-');

	if (!n || (strcmp(kind, "attachment") != 0 && strcmp(kind, "replyfile") != 0))
		return word(kind);
	return arena_printf(print->arena, "%s %s", word(kind), n + 1);
}

/* ---- the bundle ---- */

static void fact_add(json_t *facts, const char *name, const char *text)
{
	if (text[0])
		json_array_append_new(
			facts, json_pack("{s:s, s:s}", "name", name, "text", text));
}

static json_t *facts_json(const struct disclosure_print *print, const json_t *item)
{
	json_t *facts = json_array();
	const char *type = string_of(item, "type"), *status = string_of(item, "status");

	fact_add(facts, word("received"), string_of(item, "receivedOn"));
	fact_add(facts, word("type"), type[0] ? code_name(print, "type.", type) : "");
	fact_add(facts, word("category"), string_of(item, "categoryName"));
	fact_add(facts, word("district"), string_of(item, "districtName"));
	fact_add(facts, word("status"),
		status[0] ? code_name(print, "register.status.", status) : "");
	fact_add(facts, word("closed"), string_of(item, "closedOn"));
	return facts;
}

static json_t *document_json(const json_t *document, const char *name)
{
	const json_t *picture = json_object_get(document, "picture");
	bool is_file = json_is_true(json_object_get(document, "file"));

	return json_pack("{s:s, s:s, s:O?, s:O?, s:b}", "name", name, "on",
		string_of(document, "on"), "text", json_object_get(document, "text"),
		"picture", picture, "file", is_file && !picture);
}

/* What nobody has decided about is left out, and so is that it is there. */
static json_t *case_json(const struct disclosure_print *print, const json_t *item)
{
	json_t *documents = json_array(), *refused = json_array();
	const json_t *document;
	size_t i;

	json_array_foreach(json_object_get(item, "documents"), i, document)
	{
		const char *name = document_name(print, document);

		if (is_in_state(document, "refused"))
			json_array_append_new(refused,
				json_pack("{s:s, s:s}", "name", name, "section",
					string_of(document, "section")));
		else if (!is_in_state(document, "needs"))
			json_array_append_new(documents, document_json(document, name));
	}
	return json_pack("{s:s, s:o, s:b, s:o, s:b, s:o}", "number",
		string_of(item, "number"), "facts", facts_json(print, item), "some",
		json_array_size(documents) > 0, "documents", documents, "refuses",
		json_array_size(refused) > 0, "refused", refused);
}

static json_t *cases_json(const struct disclosure_print *print, const json_t *whole)
{
	json_t *cases = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(whole, "items"), i, item)
		json_array_append_new(cases, case_json(print, item));
	return cases;
}

static json_t *words_json(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		json_object_set_new(all, words[i].code, json_string(words[i].text));
	return all;
}

const char *disclosure_page_title(
	const struct disclosure_print *print, const json_t *whole)
{
	return arena_printf(
		print->arena, "%s, %s", word("title"), string_of(whole, "reference"));
}

bool disclosure_page_is_draft(const json_t *whole)
{
	return is_in_state(whole, "open");
}

int disclosure_page_print(const struct disclosure_print *print, const json_t *whole,
	struct evbuffer *out, struct error *err)
{
	static const char *const members[] = { "reference", "boardName", "asked",
		"decision" };
	json_t *data = json_pack("{s:s, s:o, s:b, s:o}", "title",
		disclosure_page_title(print, whole), "w", words_json(), "draft",
		disclosure_page_is_draft(whole), "items", cases_json(print, whole));
	int rc;

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_object_set(data, members[i], json_object_get(whole, members[i]));
	rc = template_set_render(print->templates, "disclosure_pdf", data, out, err);
	json_decref(data);
	return rc;
}

/* ---- the table ---- */

/* What the resident wrote, or that it is not handed out; nothing when it waits. */
static const char *text_cell(const struct disclosure_print *print, const json_t *item)
{
	const json_t *document;
	size_t i;

	json_array_foreach(json_object_get(item, "documents"), i, document)
	{
		if (strcmp(string_of(document, "document"), "text") != 0)
			continue;
		if (is_in_state(document, "refused"))
			return arena_printf(print->arena, "%s (%s)", word("refused"),
				string_of(document, "section"));
		return string_of(document, "text");
	}
	return "";
}

const char *const disclosure_columns[DISCLOSURE_COLUMNS] = { "Ärende", "Inkom",
	"Besvarat", "Avslutat", "Slag", "Ämne", "Nämnd", "Stadsdelsområde", "Status",
	"Synpunkten" };

void disclosure_page_row(const struct disclosure_print *print, const json_t *whole,
	const json_t *item, const char *ret[DISCLOSURE_COLUMNS])
{
	const char *type = string_of(item, "type"), *status = string_of(item, "status");
	const char *const cells[DISCLOSURE_COLUMNS] = { string_of(item, "number"),
		string_of(item, "receivedOn"), string_of(item, "answeredOn"),
		string_of(item, "closedOn"),
		type[0] ? code_name(print, "type.", type) : "",
		string_of(item, "categoryName"), string_of(whole, "boardName"),
		string_of(item, "districtName"),
		status[0] ? code_name(print, "register.status.", status) : "",
		text_cell(print, item) };

	memcpy(ret, cells, sizeof(cells));
}

void disclosure_page_table(
	const struct disclosure_print *print, const json_t *whole, struct evbuffer *out)
{
	const char *cells[DISCLOSURE_COLUMNS];
	const json_t *item;
	size_t i;

	evbuffer_add(out, REGISTER_CSV_MARK, strlen(REGISTER_CSV_MARK));
	register_csv_line(out, disclosure_columns, DISCLOSURE_COLUMNS);
	json_array_foreach(json_object_get(whole, "items"), i, item)
	{
		disclosure_page_row(print, whole, item, cells);
		register_csv_line(out, cells, DISCLOSURE_COLUMNS);
	}
}

/* ---- the register ---- */

static const char *number_cell(
	const struct disclosure_print *print, const json_t *item, const char *name)
{
	const json_t *number = json_object_get(item, name);

	return json_is_integer(number) ? arena_printf(print->arena, "%lld",
						 (long long)json_integer_value(number))
				       : NULL;
}

void disclosure_page_register(
	const struct disclosure_print *print, const json_t *items, struct evbuffer *out)
{
	static const char *const columns[] = { "Beteckning", "Öppnat", "Begäran",
		"Status", "Ärenden", "Utlämnade handlingar", "Delvis maskerade",
		"Handlingar som inte lämnas ut", "Beslutat", "Utlämnat", "Hur" };
	const json_t *item;
	size_t i;

	evbuffer_add(out, REGISTER_CSV_MARK, strlen(REGISTER_CSV_MARK));
	register_csv_line(out, columns, ARRAY_LEN(columns));
	json_array_foreach(items, i, item)
	{
		const char *const cells[] = { string_of(item, "reference"),
			string_of(item, "openedOn"), string_of(item, "asked"),
			word(string_of(item, "state")),
			number_cell(print, item, "cases"),
			number_cell(print, item, "documents"),
			number_cell(print, item, "masked"),
			number_cell(print, item, "refused"),
			string_of(item, "decidedOn"), string_of(item, "handedOn"),
			word(string_of(item, "handedHow")) };

		register_csv_line(out, cells, ARRAY_LEN(cells));
	}
}
