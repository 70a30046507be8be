#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl_csv.h"
#include "server/tyck_till.h"

#define NAMES_MAX 10 /* with the NULL */

/* In small letters, as city_text_fold() makes them of any spelling. */
static const struct {
	const char *code; /* by which a mapping file names it */
	const char *names[NAMES_MAX];
	bool required;
} fields[TYCK_TILL_FIELDS] = {
	[TYCK_TILL_NUMBER] = { "number",
		{ "ärendenummer", "ärendenr", "ärende nr", "ärendeid", "ärende id",
			"nummer", "case number" },
		true },
	[TYCK_TILL_RECEIVED] = { "received",
		{ "inkom", "inkommen", "inkommet", "mottagen", "mottaget", "skapad",
			"datum", "created" },
		true },
	[TYCK_TILL_TIME] = { "time", { "tid", "klockslag", "tidpunkt" } },
	[TYCK_TILL_TEXT] = { "text",
		{ "beskrivning", "meddelande", "ärendetext", "description", "message" },
		true },
	[TYCK_TILL_CATEGORY] = { "category", { "kategori", "ämne", "ämnesområde" } },
	[TYCK_TILL_TYPE] = { "type", { "typ", "ärendetyp" } },
	[TYCK_TILL_CHANNEL] = { "channel", { "kanal", "källa" } },
	[TYCK_TILL_ADDRESS] = { "address", { "adress", "plats", "gatuadress" } },
	[TYCK_TILL_LAT] = { "lat", { "latitud", "latitude" } },
	[TYCK_TILL_LON] = { "lon", { "longitud", "longitude", "lng", "long" } },
	[TYCK_TILL_TM_N] = { "sweref99tm_n", { "sweref 99 tm n", "sweref99 tm n" } },
	[TYCK_TILL_TM_E] = { "sweref99tm_e", { "sweref 99 tm e", "sweref99 tm e" } },
	[TYCK_TILL_18_N] = { "sweref991800_n",
		{ "sweref 99 18 00 n", "sweref99 18 00 n", "sweref99 1800 n" } },
	[TYCK_TILL_18_E] = { "sweref991800_e",
		{ "sweref 99 18 00 e", "sweref99 18 00 e", "sweref99 1800 e" } },
	[TYCK_TILL_NAME] = { "name", { "namn" } },
	[TYCK_TILL_EMAIL] = { "email",
		{ "e post", "epost", "e postadress", "mejl", "mail", "e mail" } },
	[TYCK_TILL_PHONE] = { "phone", { "telefon", "telefonnummer", "mobil", "tel" } },
	[TYCK_TILL_STATUS] = { "status", { "ärendestatus" } },
	[TYCK_TILL_REASON] = { "reason", { "avslutsorsak", "orsak", "resultat" } },
	[TYCK_TILL_ACKNOWLEDGED] = { "acknowledged", { "bekräftad", "bekräftat" } },
	[TYCK_TILL_ANSWERED] = { "answered",
		{ "besvarad", "besvarat", "svarsdatum", "svar datum" } },
	[TYCK_TILL_ANSWER] = { "answer", { "svar", "svarstext" } },
	[TYCK_TILL_CLOSED] = { "closed",
		{ "avslutad", "avslutat", "stängd", "stängt", "avslutsdatum" } },
};

static const char *const kinds[] = { "column", "category", "type", "channel", "status",
	"reason", NULL };

/* Words that anybody would expect, and the codes themselves. */
static const struct {
	const char *kind, *code;
	const char *words[NAMES_MAX];
} words[] = {
	{ "status", "open",
		{ "öppen", "öppet", "ny", "nytt", "mottagen", "mottaget", "pågående",
			"pågår", "registrerad" } },
	{ "status", "closed",
		{ "avslutad", "avslutat", "stängd", "stängt", "klar", "klart",
			"åtgärdad", "åtgärdat" } },
	{ "reason", "remedied", { "åtgärdad", "åtgärdat" } },
	{ "reason", "explained", { "besvarad", "besvarat" } },
	{ "reason", "no-action", { "ingen åtgärd" } },
	{ "reason", "redirected", { "hänvisad", "hänvisat" } },
	{ "reason", "duplicate", { "dubblett" } },
	{ "reason", "withdrawn", { "återkallad", "återkallat", "återtagen" } },
	{ "reason", "not-a-case", { "inget ärende" } },
	{ "type", "complaint", { "klagomål", "synpunkt" } },
	{ "type", "suggestion", { "förslag", "idé" } },
	{ "type", "praise", { "beröm" } },
	{ "type", "question", { "fråga" } },
	{ "type", "fault-report", { "felanmälan", "fel" } },
	{ "channel", "web", { "webb", "webben", "hemsidan" } },
	{ "channel", "app", { "appen", "mobilapp" } },
	{ "channel", "mail", { "mejl", "e post", "epost" } },
	{ "channel", "phone", { "telefon" } },
	{ "channel", "letter", { "brev" } },
	{ "channel", "visit", { "besök" } },
	{ "channel", "social-media", { "sociala medier" } },
};

const struct ctl_tsv_column tyck_till_map_columns[] = {
	{ "kind", CTL_TSV_CHOICE, true, kinds },
	{ "from", CTL_TSV_TEXT, true, NULL },
	{ "to", CTL_TSV_TEXT, true, NULL },
	{ 0 },
};

static const char *text_of(const json_t *row, const char *column)
{
	return json_string_value(json_object_get(row, column));
}

static bool is_same(struct arena *arena, const char *a, const char *b)
{
	return !strcmp(city_text_fold(arena, a), city_text_fold(arena, b));
}

static bool code_is_known(
	const struct tyck_till_map *map, const char *kind, const char *code)
{
	const struct city_category *category;

	if (!strcmp(kind, "category")) {
		category = city_category_find(map->city, code);
		return !strcmp(code, TYCK_TILL_NONE) ||
		       (category && city_valid_on(&category->valid, map->today));
	}
	for (size_t i = 0; i < ARRAY_LEN(fields) && !strcmp(kind, "column"); i++) {
		if (!strcmp(fields[i].code, code))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(words[i].kind, kind) && !strcmp(words[i].code, code))
			return true;
	}
	return false;
}

int tyck_till_map_check(const struct tyck_till_map *map, struct error *err)
{
	size_t i;
	json_t *row;

	json_array_foreach(map->rows, i, row)
	{
		const char *kind = text_of(row, "kind"), *to = text_of(row, "to");

		if (!code_is_known(map, kind, to))
			return error_set(err, ERR_INVALID,
				"line %lld, to: no %s is called \"%.80s\"",
				json_integer_value(json_object_get(row, "line")), kind,
				to);
	}
	return 0;
}

/* By the mapping file; NULL. */
static const char *mapped(const struct tyck_till_map *map, struct arena *scratch,
	const char *kind, const char *word)
{
	size_t i;
	json_t *row;

	json_array_foreach(map->rows, i, row)
	{
		if (!strcmp(text_of(row, "kind"), kind) &&
			is_same(scratch, text_of(row, "from"), word))
			return text_of(row, "to");
	}
	return NULL;
}

/* "*" in the mapping file is for all that nobody knows. */
static const char *category_find(
	const struct tyck_till_map *map, struct arena *scratch, const char *word)
{
	size_t i;
	json_t *row;

	for (i = 0; i < map->city->n_categories; i++) {
		const struct city_category *category = &map->city->categories[i];

		if (city_valid_on(&category->valid, map->today) &&
			(!strcmp(category->code, word) ||
				is_same(scratch, category->name, word)))
			return category->code;
	}
	json_array_foreach(map->rows, i, row)
	{
		if (!strcmp(text_of(row, "kind"), "category") &&
			!strcmp(text_of(row, "from"), "*"))
			return text_of(row, "to");
	}
	return NULL;
}

static bool is_among(struct arena *scratch, const char *word, const char *code,
	const char *const *names)
{
	bool found = is_same(scratch, code, word);

	for (; *names && !found; names++)
		found = is_same(scratch, *names, word);
	return found;
}

static const char *word_find(struct arena *scratch, const char *kind, const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(words[i].kind, kind) &&
			is_among(scratch, word, words[i].code, words[i].words))
			return words[i].code;
	}
	return NULL;
}

const char *tyck_till_map_word(
	struct tyck_till_map *map, const char *kind, const char *word)
{
	const char *key = arena_printf(map->arena, "%s %s", kind, word), *code;
	const json_t *known = json_object_get(map->known, key);
	struct arena *scratch;

	if (known)
		return json_string_value(known);
	scratch = arena_new();
	code = mapped(map, scratch, kind, word);
	if (!code)
		code = !strcmp(kind, "category") ? category_find(map, scratch, word)
						 : word_find(scratch, kind, word);
	arena_free(scratch);
	json_object_set_new(map->known, key, code ? json_string(code) : json_null());
	return code;
}

bool tyck_till_map_category(
	struct tyck_till_map *map, const char *word, const char **ret_code)
{
	const char *code = tyck_till_map_word(map, "category", word);

	*ret_code = code && strcmp(code, TYCK_TILL_NONE) != 0 ? code : NULL;
	return code != NULL;
}

static int field_of(const struct tyck_till_map *map, const char *name)
{
	const char *code = mapped(map, map->arena, "column", name);

	for (int i = 0; i < TYCK_TILL_FIELDS; i++) {
		if (code ? !strcmp(code, fields[i].code)
			 : is_among(map->arena, name, fields[i].code, fields[i].names))
			return i;
	}
	return -1;
}

int tyck_till_map_header(struct tyck_till_map *map, const struct ctl_csv *header,
	json_t *ret_ignored, struct error *err)
{
	for (int i = 0; i < TYCK_TILL_FIELDS; i++) {
		map->at[i] = -1;
		map->called[i] = fields[i].code;
	}
	for (size_t i = 0; i < header->n_cells; i++) {
		int field = field_of(map, header->cells[i]);

		if (field < 0) {
			json_array_append_new(
				ret_ignored, json_string(header->cells[i]));
			continue;
		}
		if (map->at[field] >= 0)
			return error_set(err, ERR_INVALID,
				"line %zu: \"%.40s\" and \"%.40s\" are both %s",
				header->line, map->called[field], header->cells[i],
				fields[field].code);
		map->at[field] = (int)i;
		map->called[field] = header->cells[i];
	}
	for (int i = 0; i < TYCK_TILL_FIELDS; i++) {
		if (fields[i].required && map->at[i] < 0)
			return error_set(err, ERR_INVALID,
				"line %zu: no column is known as %s; a mapping file "
				"can say which it is",
				header->line, fields[i].code);
	}
	return 0;
}

const char *tyck_till_cell(const struct tyck_till_map *map, const struct ctl_csv *row,
	enum tyck_till_field field)
{
	int at = map->at[field];
	const char *cell = at >= 0 && (size_t)at < row->n_cells ? row->cells[at] : NULL;

	return cell && cell[0] ? cell : NULL;
}
