/* synpunktctl import reply-templates FILE. */
#include "server/case_flow.h"
#include "server/ctl_import.h"
#include "server/template_http.h"

const struct ctl_tsv_column ctl_import_template_columns[] = {
	{ "kind", CTL_TSV_CHOICE, true, template_kinds },
	{ "language", CTL_TSV_CODE, true, NULL },
	{ "board", CTL_TSV_TEXT, false, NULL },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ "status", CTL_TSV_CHOICE, false, case_statuses },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "text", CTL_TSV_TEXT, true, NULL }, /* \n is a line end */
	{ "valid_from", CTL_TSV_DATE, false, NULL },
	{ "valid_to", CTL_TSV_DATE, false, NULL },
	{ 0 },
};

const struct ctl_import_reference ctl_import_template_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

/* What was here under the same name has perhaps been changed at the desk: it stays. */
const char ctl_import_template_put[] =
	"INSERT INTO synpunkt.reply_template (board, category, status, language, kind, "
	"name, body, valid_from, valid_to) "
	"SELECT r.board, r.category, r.status, r.language, r.kind, r.name, "
	"replace(r.text, '\\n', E'\\n'), coalesce(r.valid_from, '-infinity'), "
	"coalesce(r.valid_to, 'infinity') "
	"FROM jsonb_to_recordset($1::jsonb) AS r (board text, category text, "
	"status text, language text, kind text, name text, text text, valid_from date, "
	"valid_to date) "
	"WHERE NOT EXISTS (SELECT FROM synpunkt.reply_template_change c "
	"WHERE c.version = 1 AND c.state ->> 'kind' = r.kind "
	"AND c.state ->> 'language' = r.language AND c.state ->> 'name' = r.name "
	"AND c.state ->> 'board' IS NOT DISTINCT FROM r.board "
	"AND c.state ->> 'category' IS NOT DISTINCT FROM r.category)";
