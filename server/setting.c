#include "server/setting.h"

#include <stddef.h>
#include <string.h>

#include "lib/fault.h"
#include "server/case_flow.h"
#include "server/mail_pattern.h"
#include "server/own_text.h"

static const char *const stops[] = { "waiting-complainant", "waiting-other", NULL };

#define NAME_MAX_CHARS 200
#define TEXT_MAX_CHARS 500
#define DAYS_MAX 250 /* as the table's */
#define POSITION_MAX 1000000

#define VALIDITY                                                                       \
	{ .name = "validFrom", .column = "valid_from", .value = SETTING_DAY },         \
	{                                                                              \
		.name = "validTo", .column = "valid_to", .value = SETTING_DAY          \
	}
#define CODE                                                                           \
	{                                                                              \
		.name = "code", .column = "code", .value = SETTING_CODE,               \
		.required = true, .is_key = true, .max = 60                            \
	}
#define POSITION                                                                       \
	{                                                                              \
		.name = "position", .column = "position", .value = SETTING_NUMBER,     \
		.required = true, .max = POSITION_MAX                                  \
	}
#define TYPE                                                                           \
	{                                                                              \
		.name = "type", .column = "type", .value = SETTING_CHOICE,             \
		.codes = case_types                                                    \
	}

static const struct setting_field working_day_fields[] = {
	{ .name = "day",
		.column = "day",
		.value = SETTING_DAY,
		.required = true,
		.is_key = true },
	{ .name = "open", .column = "open", .value = SETTING_YES },
	{ .name = "name",
		.column = "name",
		.value = SETTING_TEXT,
		.required = true,
		.max = NAME_MAX_CHARS },
	{ 0 },
};

static const struct setting_field deadline_fields[] = {
	{ .name = "board", .column = "board", .value = SETTING_BOARD },
	{ .name = "category", .column = "category", .value = SETTING_CATEGORY },
	TYPE,
	{ .name = "acknowledgeDays",
		.column = "acknowledge_days",
		.value = SETTING_NUMBER,
		.max = DAYS_MAX },
	{ .name = "answerDays",
		.column = "answer_days",
		.value = SETTING_NUMBER,
		.max = DAYS_MAX },
	{ .name = "because",
		.column = "because",
		.value = SETTING_TEXT,
		.max = TEXT_MAX_CHARS },
	{ .name = "stopsFor",
		.column = "stops_for",
		.value = SETTING_CHOICES,
		.codes = stops },
	VALIDITY,
	{ 0 },
};

static const struct setting_field category_fields[] = {
	CODE,
	POSITION,
	{ .name = "area",
		.column = "area",
		.value = SETTING_TEXT,
		.required = true,
		.max = 60 },
	{ .name = "areaName",
		.column = "area_name",
		.value = SETTING_TEXT,
		.required = true,
		.max = NAME_MAX_CHARS },
	{ .name = "name",
		.column = "name",
		.value = SETTING_TEXT,
		.required = true,
		.max = NAME_MAX_CHARS },
	{ .name = "synonyms",
		.column = "synonyms",
		.value = SETTING_LIST,
		.max = NAME_MAX_CHARS },
	{ .name = "owner",
		.column = "owner",
		.value = SETTING_OWNER,
		.required = true },
	{ .name = "sensitivity",
		.column = "sensitivity",
		.value = SETTING_NUMBER,
		.required = true,
		.min = 1,
		.max = 4 },
	{ .name = "statutoryAcknowledgement",
		.column = "statutory_acknowledgement",
		.value = SETTING_YES },
	{ .name = "needsTriage", .column = "needs_triage", .value = SETTING_YES },
	{ .name = "mapMetres",
		.column = "map_metres",
		.value = SETTING_NUMBER,
		.min = 10,
		.max = 1000 },
	VALIDITY,
	{ .name = "successor", .column = "successor", .value = SETTING_CATEGORY },
	{ 0 },
};

static const struct setting_field escalation_fields[] = {
	{ .name = "board", .column = "board", .value = SETTING_BOARD },
	{ .name = "coordinatorDays",
		.column = "coordinator_days",
		.value = SETTING_NUMBER,
		.min = 1,
		.max = DAYS_MAX },
	{ .name = "managerDays",
		.column = "manager_days",
		.value = SETTING_NUMBER,
		.min = 1,
		.max = DAYS_MAX },
	VALIDITY,
	{ 0 },
};

static const struct setting_field mailbox_fields[] = {
	{ .name = "address",
		.column = "address",
		.value = SETTING_ADDRESS,
		.required = true,
		.is_key = true },
	{ .name = "board",
		.column = "board",
		.value = SETTING_BOARD,
		.required = true },
	{ .name = "unit", .column = "unit", .value = SETTING_UNIT },
	{ .name = "importSender", .column = "import_sender", .value = SETTING_ADDRESS },
	{ .name = "importNumber",
		.column = "import_number",
		.value = SETTING_TEXT,
		.max = MAIL_PATTERN_MAX },
	{ .name = "importDay",
		.column = "import_day",
		.value = SETTING_TEXT,
		.max = MAIL_PATTERN_MAX },
	VALIDITY,
	{ 0 },
};

static const char *const contractor_ways[] = { "open311", "mail", "link", NULL };

static const struct setting_field contractor_fields[] = {
	CODE,
	{ .name = "board",
		.column = "board",
		.value = SETTING_BOARD,
		.required = true },
	{ .name = "name",
		.column = "name",
		.value = SETTING_TEXT,
		.required = true,
		.max = NAME_MAX_CHARS },
	{ .name = "way",
		.column = "way",
		.value = SETTING_CHOICE,
		.required = true,
		.codes = contractor_ways },
	{ .name = "url",
		.column = "url",
		.value = SETTING_LINK,
		.max = TEXT_MAX_CHARS },
	{ .name = "jurisdiction",
		.column = "jurisdiction",
		.value = SETTING_TEXT,
		.max = NAME_MAX_CHARS },
	{ .name = "mail", .column = "mail", .value = SETTING_ADDRESS },
	{ .name = "phone", .column = "phone", .value = SETTING_TEXT, .max = 40 },
	{ .name = "takesKeys", .column = "takes_keys", .value = SETTING_YES },
	{ .name = "takesUpdates", .column = "takes_updates", .value = SETTING_YES },
	{ .name = "readsKeyed", .column = "reads_keyed", .value = SETTING_YES },
	VALIDITY,
	{ 0 },
};

static const struct setting_field share_fields[] = {
	{ .name = "board",
		.column = "board",
		.value = SETTING_BOARD,
		.required = true },
	{ .name = "contractor",
		.column = "contractor",
		.value = SETTING_CODE,
		.required = true,
		.max = 60 },
	{ .name = "category", .column = "category", .value = SETTING_CATEGORY },
	{ .name = "unit", .column = "unit", .value = SETTING_UNIT },
	{ .name = "district", .column = "district", .value = SETTING_DISTRICT },
	{ .name = "serviceCode",
		.column = "service_code",
		.value = SETTING_TEXT,
		.max = 100 },
	{ .name = "serviceAnswers",
		.column = "service_answers",
		.value = SETTING_LIST,
		.max = 300 },
	{ .name = "automatic", .column = "automatic", .value = SETTING_YES },
	VALIDITY,
	{ 0 },
};

static const struct setting_field helpline_fields[] = {
	CODE,
	POSITION,
	{ .name = "name",
		.column = "name",
		.value = SETTING_TEXT,
		.required = true,
		.max = NAME_MAX_CHARS },
	{ .name = "phone",
		.column = "phone",
		.value = SETTING_TEXT,
		.is_empty_text = true,
		.max = 40 },
	{ .name = "link",
		.column = "link",
		.value = SETTING_LINK,
		.is_empty_text = true,
		.max = TEXT_MAX_CHARS },
	VALIDITY,
	{ 0 },
};

static const struct setting_field redirect_fields[] = {
	CODE,
	POSITION,
	{ .name = "link",
		.column = "link",
		.value = SETTING_LINK,
		.is_empty_text = true,
		.max = TEXT_MAX_CHARS },
	VALIDITY,
	{ 0 },
};

static const struct setting_field text_fields[] = {
	{ .name = "text",
		.column = "text",
		.value = SETTING_CHOICE,
		.required = true,
		.codes = own_text_codes },
	{ .name = "language",
		.column = "language",
		.value = SETTING_CHOICE,
		.required = true,
		.codes = own_text_languages },
	{ .name = "wording",
		.column = "wording",
		.value = SETTING_WORDS,
		.required = true,
		.max = OWN_TEXT_MAX },
	VALIDITY,
	{ 0 },
};

static const char *const report_measures[] = { "acknowledged", "answered", "handling",
	"improved", "satisfaction", NULL };

static const struct setting_field target_fields[] = {
	{ .name = "board", .column = "board", .value = SETTING_BOARD },
	{ .name = "year",
		.column = "year",
		.value = SETTING_NUMBER,
		.required = true,
		.min = 2020,
		.max = 2100 },
	{ .name = "measure",
		.column = "measure",
		.value = SETTING_CHOICE,
		.required = true,
		.codes = report_measures },
	{ .name = "target",
		.column = "target",
		.value = SETTING_NUMBER,
		.required = true,
		.max = DAYS_MAX },
	{ .name = "partly",
		.column = "partly",
		.value = SETTING_NUMBER,
		.required = true,
		.max = DAYS_MAX },
	VALIDITY,
	{ 0 },
};

static const struct setting_field auto_category_fields[] = {
	{ .name = "bySelf", .column = "by_self", .value = SETTING_YES },
	{ .name = "least",
		.column = "least",
		.value = SETTING_NUMBER,
		.required = true,
		.min = 50,
		.max = 99 },
	VALIDITY,
	{ 0 },
};

static const struct setting_field rhythm_fields[] = {
	{ .name = "board", .column = "board", .value = SETTING_BOARD },
	{ .name = "tertial1", .column = "tertial_1", .value = SETTING_YES },
	VALIDITY,
	{ 0 },
};

/* A day that is none, or text, is no number: such a row has its fault already. */
static bool is_set(const json_t *columns, const char *column)
{
	const json_t *value = json_object_get(columns, column);

	return json_is_integer(value) || json_string_length(value) > 0;
}

static void deadline_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	(void)known;
	if (!is_set(columns, "acknowledge_days") && !is_set(columns, "answer_days"))
		faults_add(faults, "row.answerDays",
			"says nothing: days to the acknowledgement or the answer");
}

static void escalation_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	(void)known;
	if (!is_set(columns, "coordinator_days") && !is_set(columns, "manager_days"))
		faults_add(faults, "row.managerDays",
			"says nothing: days to the coordinator or the manager");
}

/* Of days fewer are better; all else is of a hundred. As the table says. */
static void target_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	const char *measure = json_string_value(json_object_get(columns, "measure"));
	json_int_t target = json_integer_value(json_object_get(columns, "target"));
	json_int_t partly = json_integer_value(json_object_get(columns, "partly"));
	bool is_days = measure && !strcmp(measure, "handling");

	(void)known;
	if (!is_set(columns, "target") || !is_set(columns, "partly"))
		return;
	if (!is_days && target > 100)
		faults_add(faults, "row.target", "is at most 100");
	if (is_days ? partly < target : partly > target)
		faults_add(faults, "row.partly",
			"is easier to reach than the target, or the same");
}

/* As the table says, which is asked again. */
static void category_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	(void)known;
	if (is_set(columns, "map_metres") &&
		json_integer_value(json_object_get(columns, "sensitivity")) != 1)
		faults_add(faults, "row.mapMetres",
			"only categories of the lowest sensitivity are on the map");
}

static void helpline_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	(void)known;
	if (!is_set(columns, "phone") && !is_set(columns, "link"))
		faults_add(
			faults, "row.phone", "leads nowhere: give a number or a link");
}

/* What goes after the address is ours to put there; a name and a password in it would
 * be shown. */
static bool is_service_address(const char *url)
{
	const char *host = strstr(url, "://");

	if (!host || strpbrk(url, "?# @"))
		return false;
	host += strlen("://");
	return host[0] && host[0] != '/' && url[strlen(url) - 1] != '/';
}

static void contractor_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	const char *way = json_string_value(json_object_get(columns, "way"));
	const char *url = json_string_value(json_object_get(columns, "url"));

	(void)known;
	if (!way)
		return;
	if (!strcmp(way, "open311") != is_set(columns, "url"))
		faults_add(faults, "row.url",
			"is for contractors by Open311, and they have one");
	else if (url && !is_service_address(url))
		faults_add(faults, "row.url",
			"has no user, query or final slash: https://host/open311/v2");
	if (!strcmp(way, "mail") != is_set(columns, "mail"))
		faults_add(faults, "row.mail",
			"is for contractors by letter, and they have one");
}

static void pattern_check(const json_t *columns, const char *column, const char *name,
	struct faults *faults)
{
	const char *pattern = json_string_value(json_object_get(columns, column));
	const char *fault = pattern ? mail_pattern_fault(pattern) : NULL;

	if (fault)
		faults_add(faults, name, "%s", fault);
}

#define ATTRIBUTE_LETTERS                                                              \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
#define ATTRIBUTE_MAX 60

/* "code=answer", or "code[]=answer" of an attribute that takes several. */
static bool is_service_answer(const char *text)
{
	size_t code = strspn(text, ATTRIBUTE_LETTERS);
	const char *rest = text + code;

	rest += strncmp(rest, "[]", 2) ? 0 : 2;
	return code > 0 && code <= ATTRIBUTE_MAX && rest[0] == '=' && rest[1] &&
	       !strchr(rest, '\n');
}

static void share_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	const json_t *answers = json_object_get(columns, "service_answers"), *answer;
	size_t i;

	(void)known;
	json_array_foreach(answers, i, answer)
	{
		if (is_service_answer(json_string_value(answer)))
			continue;
		faults_add(faults, "row.serviceAnswers",
			"has a line that is not as code=answer");
		return;
	}
}

static void mailbox_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	(void)known;
	if (is_set(columns, "import_sender") != is_set(columns, "import_number"))
		faults_add(faults, "row.importNumber",
			"and who sends it go together: give both or neither");
	if (is_set(columns, "import_day") && !is_set(columns, "import_number"))
		faults_add(faults, "row.importDay", "says nothing without a number");
	pattern_check(columns, "import_number", "row.importNumber", faults);
	pattern_check(columns, "import_day", "row.importDay", faults);
}

static void text_check(
	const json_t *columns, const struct setting_known *known, struct faults *faults)
{
	own_text_check(columns, known->words, faults);
}

/* What is shown before the form has its words in the catalogues, so that there is
 * nothing to show of a new one. */
const struct setting_kind setting_kinds[] = {
	{ "deadlines", deadline_fields, .addable = true, .check = deadline_check },
	{ "escalations", escalation_fields, .addable = true,
		.check = escalation_check },
	{ "working-days", working_day_fields, .addable = true, .removable = true },
	{ "categories", category_fields, .addable = true, .check = category_check },
	{ "auto-categories", auto_category_fields, .addable = true },
	{ "mailboxes", mailbox_fields, .addable = true, .check = mailbox_check },
	{ "contractors", contractor_fields, .addable = true,
		.check = contractor_check },
	{ "contractor-shares", share_fields, .addable = true, .check = share_check },
	{ "helplines", helpline_fields, .addable = true, .check = helpline_check },
	{ "redirects", redirect_fields },
	{ "report-targets", target_fields, .addable = true, .check = target_check },
	{ "report-rhythm", rhythm_fields, .addable = true },
	{ SETTING_TEXTS, text_fields, .addable = true, .check = text_check },
	{ 0 },
};

const struct setting_kind *setting_kind_find(const char *code)
{
	for (const struct setting_kind *kind = setting_kinds; code && kind->code;
		kind++) {
		if (!strcmp(kind->code, code))
			return kind;
	}
	return NULL;
}

static const char *const value_names[] = {
	[SETTING_TEXT] = "text",
	[SETTING_CODE] = "code",
	[SETTING_ADDRESS] = "address",
	[SETTING_DAY] = "day",
	[SETTING_NUMBER] = "number",
	[SETTING_YES] = "yes",
	[SETTING_LIST] = "list",
	[SETTING_CHOICE] = "choice",
	[SETTING_CHOICES] = "choices",
	[SETTING_BOARD] = "board",
	[SETTING_OWNER] = "owner",
	[SETTING_CATEGORY] = "category",
	[SETTING_UNIT] = "unit",
	[SETTING_DISTRICT] = "district",
	[SETTING_LINK] = "link",
	[SETTING_WORDS] = "words",
};

static json_t *field_json(const struct setting_field *field)
{
	json_t *codes = json_array();

	for (const char *const *code = field->codes; code && *code; code++)
		json_array_append_new(codes, json_string(*code));
	return json_pack("{s:s, s:s, s:b, s:b, s:I, s:I, s:o}", "name", field->name,
		"value", value_names[field->value], "required", field->required, "key",
		field->is_key, "min", (json_int_t)field->min, "max",
		(json_int_t)field->max, "codes", codes);
}

json_t *setting_kind_json(const struct setting_kind *kind)
{
	json_t *fields = json_array();

	for (const struct setting_field *field = kind->fields; field->name; field++)
		json_array_append_new(fields, field_json(field));
	return json_pack("{s:s, s:b, s:b, s:o}", "code", kind->code, "addable",
		kind->addable, "removable", kind->removable, "fields", fields);
}
