#include <string.h>

#include "lib/arena.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/ctl_import.h"

static const char *const kinds[] = { "board", "district-board", "company",
	"administration", "dispatch", NULL };
static const char *const forms[] = { "in-house", "contracted", "choice-system",
	"independent", NULL };

#define VALIDITY                                                                       \
	{ "valid_from", CTL_TSV_DATE, false, NULL },                                   \
	{                                                                              \
		"valid_to", CTL_TSV_DATE, false, NULL                                  \
	}
#define FROM "coalesce(r.valid_from, '-infinity')"
#define TO "coalesce(r.valid_to, 'infinity')"

/* A row without a code of its own gets the one that its name makes. */
static void code_complete(struct ctl *ctl, json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "name"));

	if (!json_object_get(row, "code"))
		json_object_set_new(
			row, "code", json_string(city_code_of(ctl->arena, name)));
}

/* ---- organisation ---- */

static const struct ctl_tsv_column organisation_columns[] = {
	{ "code", CTL_TSV_CODE, false, NULL },
	{ "kind", CTL_TSV_CHOICE, true, kinds },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "short_name", CTL_TSV_TEXT, false, NULL },
	{ "parent", CTL_TSV_TEXT, false, NULL },
	{ "aliases", CTL_TSV_LIST, false, NULL },
	{ "district", CTL_TSV_CODE, false, NULL },
	{ "successor", CTL_TSV_TEXT, false, NULL },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference organisation_references[] = {
	{ "parent", CTL_IMPORT_BOARD },
	{ "successor", CTL_IMPORT_BOARD },
	{ 0 },
};

static void organisation_complete(struct ctl *ctl, json_t *row)
{
	const char *kind = json_string_value(json_object_get(row, "kind"));
	const char *area = json_string_value(json_object_get(row, "short_name"));

	code_complete(ctl, row);
	if (!strcmp(kind, "district-board") && area &&
		!json_object_get(row, "district"))
		json_object_set_new(
			row, "district", json_string(city_code_of(ctl->arena, area)));
}

static const char organisation_put[] =
	"INSERT INTO synpunkt.organisation AS o (code, position, kind, name, short_name, "
	"parent, aliases, district, valid_from, valid_to, successor) "
	"SELECT r.code, r.position, r.kind, r.name, coalesce(r.short_name, r.name), "
	"r.parent, coalesce(r.aliases, '{}'), r.district, " FROM ", " TO
	", r.successor "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, position integer, kind text, "
	"name text, short_name text, parent text, aliases text[], district text, "
	"valid_from date, valid_to date, successor text) "
	"ON CONFLICT (code) DO UPDATE SET position = excluded.position, "
	"kind = excluded.kind, name = excluded.name, short_name = excluded.short_name, "
	"parent = excluded.parent, aliases = excluded.aliases, "
	"district = excluded.district, valid_from = excluded.valid_from, "
	"valid_to = excluded.valid_to, successor = excluded.successor "
	"WHERE o IS DISTINCT FROM excluded";

/* ---- categories ---- */

static const struct ctl_tsv_column category_columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "area", CTL_TSV_TEXT, true, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "synonyms", CTL_TSV_LIST, false, NULL },
	{ "owner", CTL_TSV_TEXT, true, NULL },
	{ "acknowledge_days", CTL_TSV_INT, true, NULL },
	{ "answer_days", CTL_TSV_INT, true, NULL },
	{ "deadline_because", CTL_TSV_TEXT, false, NULL },
	{ "sensitivity", CTL_TSV_GRADE, true, NULL },
	{ "statutory_acknowledgement", CTL_TSV_BOOL, false, NULL },
	{ "needs_triage", CTL_TSV_BOOL, false, NULL },
	{ "map_metres", CTL_TSV_METRES, false, NULL },
	{ "successor", CTL_TSV_CODE, false, NULL },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference category_references[] = {
	{ "owner", CTL_IMPORT_OWNER },
	{ 0 },
};

static void category_complete(struct ctl *ctl, json_t *row)
{
	const char *area = json_string_value(json_object_get(row, "area"));

	json_object_set_new(
		row, "area_code", json_string(city_code_of(ctl->arena, area)));
}

static const char category_put[] =
	"INSERT INTO synpunkt.category AS c (code, position, area, area_name, name, "
	"synonyms, owner, sensitivity, statutory_acknowledgement, needs_triage, "
	"map_metres, valid_from, valid_to, successor) "
	"SELECT r.code, r.position, r.area_code, r.area, r.name, "
	"coalesce(r.synonyms, '{}'), r.owner, r.sensitivity, "
	"coalesce(r.statutory_acknowledgement, false), coalesce(r.needs_triage, false), "
	"r.map_metres, " FROM ", " TO ", r.successor "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, position integer, "
	"area_code text, area text, name text, synonyms text[], owner text, "
	"sensitivity smallint, statutory_acknowledgement boolean, needs_triage boolean, "
	"map_metres smallint, valid_from date, valid_to date, successor text) "
	"ON CONFLICT (code) DO UPDATE SET position = excluded.position, "
	"area = excluded.area, area_name = excluded.area_name, name = excluded.name, "
	"synonyms = excluded.synonyms, owner = excluded.owner, "
	"sensitivity = excluded.sensitivity, "
	"statutory_acknowledgement = excluded.statutory_acknowledgement, "
	"needs_triage = excluded.needs_triage, map_metres = excluded.map_metres, "
	"valid_from = excluded.valid_from, "
	"valid_to = excluded.valid_to, successor = excluded.successor "
	"WHERE c IS DISTINCT FROM excluded";

/* The days beside a category are a promise like any other. */
static const char category_policies_put[] =
	"INSERT INTO synpunkt.deadline_policy AS p (source, category, acknowledge_days, "
	"answer_days, because, valid_from, valid_to) "
	"SELECT 'categories', r.code, r.acknowledge_days, r.answer_days, "
	"r.deadline_because, " FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, acknowledge_days smallint, "
	"answer_days smallint, deadline_because text, valid_from date, valid_to date) "
	"ON CONFLICT (board, category, type, valid_from) DO UPDATE "
	"SET source = excluded.source, acknowledge_days = excluded.acknowledge_days, "
	"answer_days = excluded.answer_days, because = excluded.because, "
	"valid_to = excluded.valid_to";

/* Of a category whose validity moved, the row of the old one. */
static const char category_policies_drop[] =
	"DELETE FROM synpunkt.deadline_policy p "
	"USING jsonb_to_recordset($1::jsonb) AS r (code text, valid_from date) "
	"WHERE p.source = 'categories' AND p.category = r.code "
	"AND p.valid_from <> " FROM;

/* ---- units ---- */

static const struct ctl_tsv_column unit_columns[] = {
	{ "code", CTL_TSV_CODE, false, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "kind", CTL_TSV_CODE, true, NULL },
	{ "board", CTL_TSV_TEXT, true, NULL },
	{ "district", CTL_TSV_CODE, false, NULL },
	{ "operating_form", CTL_TSV_CHOICE, true, forms },
	{ "address", CTL_TSV_TEXT, false, NULL },
	{ "lat", CTL_TSV_DEGREES, false, NULL },
	{ "lon", CTL_TSV_DEGREES, false, NULL },
	{ "successor", CTL_TSV_CODE, false, NULL },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference unit_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ 0 },
};

static const char unit_put[] =
	"INSERT INTO synpunkt.unit AS u (code, name, kind, board, district, "
	"operating_form, address, position, valid_from, valid_to, successor) "
	"SELECT r.code, r.name, r.kind, r.board, "
	"coalesce(r.district, synpunkt.district_at(r.lat, r.lon)), r.operating_form, "
	"r.address, public.st_setsrid(public.st_makepoint(r.lon, r.lat), 4326), " FROM
	", " TO ", r.successor "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, name text, kind text, "
	"board text, district text, operating_form text, address text, lat float8, "
	"lon float8, valid_from date, valid_to date, successor text) "
	"ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, "
	"board = excluded.board, district = excluded.district, "
	"operating_form = excluded.operating_form, address = excluded.address, "
	"position = excluded.position, valid_from = excluded.valid_from, "
	"valid_to = excluded.valid_to, successor = excluded.successor "
	"WHERE to_jsonb(u) <> to_jsonb(excluded)";

/* ---- policies ---- */

/* Whom the clock of the answer waits for; not said is the complainant. */
static const char *const stops[] = { "complainant", "other", "both", "none", NULL };

static const struct ctl_tsv_column policy_columns[] = {
	{ "board", CTL_TSV_TEXT, false, NULL },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ "type", CTL_TSV_CHOICE, false, case_types },
	{ "acknowledge_days", CTL_TSV_INT, false, NULL },
	{ "answer_days", CTL_TSV_INT, false, NULL },
	{ "because", CTL_TSV_TEXT, false, NULL },
	{ "stops_for", CTL_TSV_CHOICE, false, stops },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference policy_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

static const char policy_put[] =
	"INSERT INTO synpunkt.deadline_policy AS p (source, board, category, type, "
	"acknowledge_days, answer_days, because, stops_for, valid_from, valid_to) "
	"SELECT 'policies', r.board, r.category, r.type, r.acknowledge_days, "
	"r.answer_days, r.because, "
	"CASE coalesce(r.stops_for, 'complainant') WHEN 'none' THEN '{}'::text[] "
	"WHEN 'both' THEN '{waiting-complainant,waiting-other}'::text[] "
	"ELSE ARRAY['waiting-' || coalesce(r.stops_for, 'complainant')] END, " FROM
	", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (board text, category text, type text, "
	"acknowledge_days smallint, answer_days smallint, because text, stops_for text, "
	"valid_from date, valid_to date) "
	"ON CONFLICT (board, category, type, valid_from) DO UPDATE "
	"SET source = excluded.source, acknowledge_days = excluded.acknowledge_days, "
	"answer_days = excluded.answer_days, because = excluded.because, "
	"stops_for = excluded.stops_for, valid_to = excluded.valid_to "
	"WHERE (p.source, p.acknowledge_days, p.answer_days, p.because, p.stops_for, "
	"p.valid_to) IS DISTINCT FROM (excluded.source, excluded.acknowledge_days, "
	"excluded.answer_days, excluded.because, excluded.stops_for, "
	"excluded.valid_to)";

/* Not the row that holds for everything: without it nothing would be promised. */
static const char policy_drop[] =
	"DELETE FROM synpunkt.deadline_policy p WHERE p.source = 'policies' "
	"AND (p.board IS NOT NULL OR p.category IS NOT NULL OR p.type IS NOT NULL) "
	"AND NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (board text, category text, type text, "
	"valid_from date) "
	"WHERE (r.board, r.category, r.type, " FROM ") "
	"IS NOT DISTINCT FROM (p.board, p.category, p.type, p.valid_from))";

/* ---- redirects, helplines and exceptions ---- */

static const struct ctl_tsv_column redirect_columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "link", CTL_TSV_TEXT, false, NULL },
	VALIDITY,
	{ 0 },
};

static const char redirect_put[] =
	"INSERT INTO synpunkt.redirect AS o (code, position, link, valid_from, valid_to) "
	"SELECT r.code, r.position, coalesce(r.link, ''), " FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, position integer, link text, "
	"valid_from date, valid_to date) "
	"ON CONFLICT (code) DO UPDATE SET position = excluded.position, "
	"link = excluded.link, valid_from = excluded.valid_from, "
	"valid_to = excluded.valid_to "
	"WHERE o IS DISTINCT FROM excluded";

static const char redirect_drop[] =
	"DELETE FROM synpunkt.redirect o WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text) WHERE r.code = o.code)";

static const struct ctl_tsv_column helpline_columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "phone", CTL_TSV_TEXT, false, NULL },
	{ "link", CTL_TSV_TEXT, false, NULL },
	VALIDITY,
	{ 0 },
};

static const char helpline_put[] =
	"INSERT INTO synpunkt.helpline AS o (code, position, name, phone, link, valid_from, "
	"valid_to) "
	"SELECT r.code, r.position, r.name, coalesce(r.phone, ''), coalesce(r.link, ''), "
	"" FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, position integer, name text, "
	"phone text, link text, valid_from date, valid_to date) "
	"ON CONFLICT (code) DO UPDATE SET position = excluded.position, "
	"name = excluded.name, phone = excluded.phone, link = excluded.link, "
	"valid_from = excluded.valid_from, valid_to = excluded.valid_to "
	"WHERE o IS DISTINCT FROM excluded";

static const char helpline_drop[] =
	"DELETE FROM synpunkt.helpline o WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text) WHERE r.code = o.code)";

static const struct ctl_tsv_column exception_columns[] = {
	{ "day", CTL_TSV_DATE, true, NULL },
	{ "open", CTL_TSV_BOOL, true, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ 0 },
};

static const char exception_put[] =
	"INSERT INTO synpunkt.working_day_exception AS o (day, open, name) "
	"SELECT r.day, r.open, r.name "
	"FROM jsonb_to_recordset($1::jsonb) AS r (day date, open boolean, name text) "
	"ON CONFLICT (day) DO UPDATE SET open = excluded.open, name = excluded.name "
	"WHERE o IS DISTINCT FROM excluded";

static const char exception_drop[] =
	"DELETE FROM synpunkt.working_day_exception o WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (day date) WHERE r.day = o.day)";

/* ---- approvals ---- */

static const struct ctl_tsv_column approval_columns[] = {
	{ "board", CTL_TSV_TEXT, true, NULL },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ "sensitivity", CTL_TSV_GRADE, false, NULL },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference approval_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

static const char approval_put[] =
	"INSERT INTO synpunkt.approval_rule AS a (board, category, sensitivity, "
	"valid_from, valid_to) "
	"SELECT r.board, r.category, r.sensitivity, " FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (board text, category text, "
	"sensitivity smallint, valid_from date, valid_to date) "
	"ON CONFLICT (board, category, sensitivity, valid_from) DO UPDATE "
	"SET valid_to = excluded.valid_to WHERE a.valid_to <> excluded.valid_to";

static const char approval_drop[] =
	"DELETE FROM synpunkt.approval_rule a WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (board text, category text, "
	"sensitivity smallint, valid_from date) "
	"WHERE (r.board, r.category, r.sensitivity, " FROM ") "
	"IS NOT DISTINCT FROM (a.board, a.category, a.sensitivity, a.valid_from))";

/* ---- disposal rules ---- */

/* Closed cases, or mails that belong to no case. */
static const char *const disposal_abouts[] = { "case", "mail", NULL };

static const struct ctl_tsv_column disposal_columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "about", CTL_TSV_CHOICE, false, disposal_abouts },
	{ "type", CTL_TSV_CHOICE, false, case_types },
	{ "board", CTL_TSV_TEXT, false, NULL },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ "outcome", CTL_TSV_CHOICE, false, case_closure_reasons },
	{ "age", CTL_TSV_AGE, true, NULL },
	{ "decision", CTL_TSV_TEXT, false, NULL },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference disposal_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

static const char disposal_put[] =
	"INSERT INTO synpunkt.disposal_rule AS o (code, about, type, board, category, "
	"outcome, months, decision, valid_from, valid_to) "
	"SELECT r.code, coalesce(r.about, 'case'), r.type, r.board, r.category, "
	"r.outcome, r.age, r.decision, " FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, about text, type text, "
	"board text, category text, outcome text, age integer, decision text, "
	"valid_from date, valid_to date) "
	"ON CONFLICT (code) DO UPDATE SET about = excluded.about, "
	"type = excluded.type, board = excluded.board, "
	"category = excluded.category, outcome = excluded.outcome, "
	"months = excluded.months, decision = excluded.decision, "
	"valid_from = excluded.valid_from, valid_to = excluded.valid_to "
	"WHERE o IS DISTINCT FROM excluded";

static const char disposal_drop[] =
	"DELETE FROM synpunkt.disposal_rule o WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text) WHERE r.code = o.code)";

/* ---- threat-words ---- */

static const struct ctl_tsv_column threat_columns[] = {
	{ "words", CTL_TSV_TEXT, true, NULL },
	VALIDITY,
	{ 0 },
};

static const char threat_put[] =
	"INSERT INTO synpunkt.threat_word AS w (words, valid_from, valid_to) "
	"SELECT r.words, " FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (words text, valid_from date, "
	"valid_to date) "
	"ON CONFLICT (words, valid_from) DO UPDATE SET valid_to = excluded.valid_to "
	"WHERE w.valid_to <> excluded.valid_to";

static const char threat_drop[] =
	"DELETE FROM synpunkt.threat_word w WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (words text, valid_from date) "
	"WHERE r.words = w.words AND " FROM " = w.valid_from)";

/* ---- requirements: roles that must sign in with a second factor ---- */

static const struct ctl_tsv_column requirement_columns[] = {
	{ "role", CTL_TSV_CHOICE, true, access_role_codes },
	{ "totp_required", CTL_TSV_BOOL, true, NULL },
	{ 0 },
};

static const char requirements_put[] =
	"SELECT r FROM synpunkt_signin.requirements_put($1::jsonb) r";

/* ---- mailboxes ---- */

static const struct ctl_tsv_column mailbox_columns[] = {
	{ "address", CTL_TSV_TEXT, true, NULL },
	{ "board", CTL_TSV_TEXT, true, NULL },
	{ "unit", CTL_TSV_CODE, false, NULL },
	VALIDITY,
	{ 0 },
};

static const struct ctl_import_reference mailbox_references[] = {
	{ "address", CTL_IMPORT_ADDRESS },
	{ "board", CTL_IMPORT_BOARD },
	{ "unit", CTL_IMPORT_UNIT },
	{ 0 },
};

static const char mailbox_put[] =
	"INSERT INTO synpunkt.mailbox AS m (address, board, unit, valid_from, valid_to) "
	"SELECT lower(r.address), r.board, r.unit, " FROM ", " TO " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (address text, board text, unit text, "
	"valid_from date, valid_to date) "
	"ON CONFLICT (address) DO UPDATE SET board = excluded.board, "
	"unit = excluded.unit, valid_from = excluded.valid_from, "
	"valid_to = excluded.valid_to "
	"WHERE m IS DISTINCT FROM excluded";

static const char mailbox_drop[] =
	"DELETE FROM synpunkt.mailbox m WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (address text) "
	"WHERE lower(r.address) = m.address)";

/* ---- denominators: how many a board, a unit or a district is for ---- */

static const char *const counted[] = { "board", "unit", "district", NULL };

static const struct ctl_tsv_column denominator_columns[] = {
	{ "kind", CTL_TSV_CHOICE, true, counted },
	{ "code", CTL_TSV_TEXT, true, NULL },
	{ "what", CTL_TSV_TEXT, true, NULL },
	{ "n", CTL_TSV_MANY, true, NULL },
	{ "valid_from", CTL_TSV_DATE, false, NULL },
	{ 0 },
};

static const struct ctl_import_reference denominator_references[] = {
	{ "code", CTL_IMPORT_COUNTED },
	{ 0 },
};

static const char denominator_put[] =
	"INSERT INTO synpunkt.denominator AS d (kind, code, what, n, valid_from) "
	"SELECT r.kind, r.code, r.what, r.n, " FROM " "
	"FROM jsonb_to_recordset($1::jsonb) AS r (kind text, code text, what text, "
	"n integer, valid_from date) "
	"ON CONFLICT (kind, code, valid_from) DO UPDATE SET what = excluded.what, "
	"n = excluded.n WHERE d IS DISTINCT FROM excluded";

static const char denominator_drop[] =
	"DELETE FROM synpunkt.denominator d WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (kind text, code text, "
	"valid_from date) "
	"WHERE (r.kind, r.code, " FROM ") = (d.kind, d.code, d.valid_from))";

/* Organisation, categories, units and goals are named by what is kept: what a file
 * leaves out stays. The other files are the whole of what they hold. */
const struct ctl_import_kind ctl_import_kinds[] = {
	{ "organisation", organisation_columns, organisation_references,
		organisation_complete, "code", { organisation_put } },
	{ "categories", category_columns, category_references, category_complete,
		"code",
		{ category_put, category_policies_put, category_policies_drop } },
	{ "units", unit_columns, unit_references, code_complete, "code", { unit_put } },
	{ "policies", policy_columns, policy_references, NULL, NULL,
		{ policy_put, policy_drop } },
	{ "redirects", redirect_columns, NULL, NULL, "code",
		{ redirect_put, redirect_drop } },
	{ "helplines", helpline_columns, NULL, NULL, "code",
		{ helpline_put, helpline_drop } },
	{ "exceptions", exception_columns, NULL, NULL, "day",
		{ exception_put, exception_drop } },
	{ "approvals", approval_columns, approval_references, NULL, NULL,
		{ approval_put, approval_drop } },
	{ "disposal-rules", disposal_columns, disposal_references, NULL, "code",
		{ disposal_put, disposal_drop } },
	{ "threat-words", threat_columns, NULL, NULL, NULL,
		{ threat_put, threat_drop } },
	{ "spot-words", ctl_import_spot_columns, NULL, NULL, NULL,
		{ ctl_import_spot_put, ctl_import_spot_drop } },
	{ "auto-categories", ctl_import_auto_columns, NULL, NULL, NULL,
		{ ctl_import_auto_put } },
	{ "mailboxes", mailbox_columns, mailbox_references, NULL, "address",
		{ mailbox_put, mailbox_drop } },
	{ "denominators", denominator_columns, denominator_references, NULL, NULL,
		{ denominator_put, denominator_drop } },
	{ "goals", ctl_import_goal_columns, ctl_import_goal_references, NULL, "code",
		{ ctl_import_goal_put } },
	{ "examples", ctl_import_example_columns, ctl_import_example_references, NULL,
		"text", { ctl_import_example_put, ctl_import_example_drop } },
	{ "example-words", ctl_import_example_words_columns,
		ctl_import_example_references, NULL, "category",
		{ ctl_import_example_words_put, ctl_import_example_words_drop } },
	{ "reply-templates", ctl_import_template_columns,
		ctl_import_template_references, NULL, NULL,
		{ ctl_import_template_put } },
	{ "attributes", ctl_import_attribute_columns, ctl_import_attribute_references,
		NULL, NULL, { ctl_import_attribute_put, ctl_import_attribute_drop } },
	{ "contractors", ctl_import_contractor_columns,
		ctl_import_contractor_references, NULL, "code",
		{ ctl_import_contractor_put, ctl_import_contractor_share_put } },
	{ "requirements", requirement_columns, NULL, NULL, "role",
		{ requirements_put } },
	{ 0 },
};
