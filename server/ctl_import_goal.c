/* synpunktctl import goals FILE: what the city's steering system (ILS) says is to be
 * reached. Which may stand under which is the table's to say
 * (migrations/0070_goal.sql). */
#include "server/ctl_import.h"

static const char *const levels[] = { "strategic", "area", "board", "unit", "indicator",
	NULL };

const struct ctl_tsv_column ctl_import_goal_columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "level", CTL_TSV_CHOICE, true, levels },
	{ "parent", CTL_TSV_CODE, false, NULL },
	{ "board", CTL_TSV_TEXT, false, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "target", CTL_TSV_TEXT, false, NULL }, /* of an indicator, for the year */
	{ "valid_from", CTL_TSV_DATE, false, NULL },
	{ "valid_to", CTL_TSV_DATE, false, NULL },
	{ 0 },
};

const struct ctl_import_reference ctl_import_goal_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ 0 },
};

const char ctl_import_goal_put[] =
	"INSERT INTO synpunkt.goal AS g (code, position, level, parent, board, name, "
	"target, valid_from, valid_to) "
	"SELECT r.code, r.position, r.level, r.parent, r.board, r.name, r.target, "
	"coalesce(r.valid_from, '-infinity'), coalesce(r.valid_to, 'infinity') "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, position integer, "
	"level text, parent text, board text, name text, target text, valid_from date, "
	"valid_to date) "
	"ON CONFLICT (code) DO UPDATE SET position = excluded.position, "
	"level = excluded.level, parent = excluded.parent, board = excluded.board, "
	"name = excluded.name, target = excluded.target, "
	"valid_from = excluded.valid_from, valid_to = excluded.valid_to "
	"WHERE g IS DISTINCT FROM excluded";
