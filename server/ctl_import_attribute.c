/* synpunktctl import attributes FILE: what is asked for by Open311 beside place and
 * words. The file is the whole of it. */
#include "server/ctl_import.h"

static const char *const datatypes[] = { "string", "number", "datetime", "text",
	"singlevaluelist", "multivaluelist", NULL };

const struct ctl_tsv_column ctl_import_attribute_columns[] = {
	{ "category", CTL_TSV_CODE, true, NULL },
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "datatype", CTL_TSV_CHOICE, true, datatypes },
	{ "required", CTL_TSV_BOOL, true, NULL },
	{ "description", CTL_TSV_TEXT, true, NULL },
	{ "hint", CTL_TSV_TEXT, false, NULL },
	{ "values", CTL_TSV_LIST, false,
		NULL }, /* key=name; of the two kinds of list */
	{ "valid_from", CTL_TSV_DATE, false, NULL },
	{ "valid_to", CTL_TSV_DATE, false, NULL },
	{ 0 },
};

const struct ctl_import_reference ctl_import_attribute_references[] = {
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

/* A value without "=" is its own key. */
const char ctl_import_attribute_put[] =
	"INSERT INTO synpunkt.service_attribute AS a (category, code, position, datatype, "
	"required, description, hint, choices, valid_from, valid_to) "
	"SELECT r.category, r.code, r.position, r.datatype, r.required, r.description, "
	"r.hint, coalesce((SELECT jsonb_agg(jsonb_build_object('key', "
	"split_part(v.text, '=', 1), 'name', "
	"coalesce(nullif(substr(v.text, strpos(v.text, '=') + 1), ''), v.text)) "
	"ORDER BY v.place) FROM unnest(r.values) WITH ORDINALITY v (text, place)), '[]'), "
	"coalesce(r.valid_from, '-infinity'), coalesce(r.valid_to, 'infinity') "
	"FROM jsonb_to_recordset($1::jsonb) AS r (category text, code text, "
	"position integer, datatype text, required boolean, description text, hint text, "
	"values text[], valid_from date, valid_to date) "
	"ON CONFLICT (category, code, valid_from) DO UPDATE SET "
	"position = excluded.position, datatype = excluded.datatype, "
	"required = excluded.required, description = excluded.description, "
	"hint = excluded.hint, choices = excluded.choices, valid_to = excluded.valid_to "
	"WHERE a IS DISTINCT FROM excluded";

const char ctl_import_attribute_drop[] =
	"DELETE FROM synpunkt.service_attribute a WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (category text, code text, "
	"valid_from date) "
	"WHERE (r.category, r.code, coalesce(r.valid_from, '-infinity')) "
	"= (a.category, a.code, a.valid_from))";
