/* synpunktctl import spot-words FILE: words that somebody should look at
 * (migrations/0098_spot.sql); auto-categories FILE: whether subjects are set by
 * themselves and from how sure on, a row that holds from now on
 * (0100_auto_category.sql). */
#include "server/ctl_import.h"

const struct ctl_tsv_column ctl_import_spot_columns[] = {
	{ "flag", CTL_TSV_CODE, true, NULL },
	{ "target", CTL_TSV_CODE, false, NULL },
	{ "words", CTL_TSV_TEXT, true, NULL },
	{ "beside", CTL_TSV_CODE, false, NULL },
	{ "valid_from", CTL_TSV_DATE, false, NULL },
	{ "valid_to", CTL_TSV_DATE, false, NULL },
	{ 0 },
};

#define FROM "coalesce(r.valid_from, '-infinity')"

const char ctl_import_spot_put[] =
	"INSERT INTO synpunkt.spot_word AS w (flag, target, words, beside, valid_from, "
	"valid_to) "
	"SELECT r.flag, coalesce(r.target, ''), r.words, coalesce(r.beside, ''), " FROM
	", coalesce(r.valid_to, 'infinity') "
	"FROM jsonb_to_recordset($1::jsonb) AS r (flag text, target text, words text, "
	"beside text, valid_from date, valid_to date) "
	"ON CONFLICT (flag, words, valid_from) DO UPDATE SET target = excluded.target, "
	"beside = excluded.beside, valid_to = excluded.valid_to "
	"WHERE w IS DISTINCT FROM excluded";

const char ctl_import_spot_drop[] =
	"DELETE FROM synpunkt.spot_word w WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (flag text, words text, "
	"valid_from date) "
	"WHERE r.flag = w.flag AND r.words = w.words AND " FROM " = w.valid_from)";

const struct ctl_tsv_column ctl_import_auto_columns[] = {
	{ "by_self", CTL_TSV_BOOL, true, NULL },
	{ "least", CTL_TSV_INT, true, NULL },
	{ 0 },
};

const char ctl_import_auto_put[] =
	"INSERT INTO synpunkt.auto_category (by_self, least) SELECT r.by_self, r.least "
	"FROM jsonb_to_recordset($1::jsonb) AS r (by_self boolean, least integer) "
	"WHERE NOT EXISTS (SELECT FROM (SELECT a.by_self, a.least "
	"FROM synpunkt.auto_category a ORDER BY a.id DESC LIMIT 1) l "
	"WHERE l.by_self = r.by_self AND l.least = r.least)";
