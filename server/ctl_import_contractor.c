/* synpunktctl import contractors FILE: whom boards order work of, and perhaps of which
 * category (migrations/0088_order.sql). What a file leaves out stays. */
#include "server/ctl_import.h"

static const char *const ways[] = { "open311", "mail", "link", NULL };

const struct ctl_tsv_column ctl_import_contractor_columns[] = {
	{ "code", CTL_TSV_CODE, true, NULL },
	{ "board", CTL_TSV_TEXT, true, NULL },
	{ "name", CTL_TSV_TEXT, true, NULL },
	{ "way", CTL_TSV_CHOICE, true, ways },
	{ "url", CTL_TSV_TEXT, false, NULL },
	{ "mail", CTL_TSV_TEXT, false, NULL },
	{ "phone", CTL_TSV_TEXT, false, NULL },
	{ "category", CTL_TSV_CODE, false, NULL },
	{ 0 },
};

const struct ctl_import_reference ctl_import_contractor_references[] = {
	{ "board", CTL_IMPORT_BOARD },
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

const char ctl_import_contractor_put[] =
	"INSERT INTO synpunkt.contractor AS k (code, board, name, way, url, mail, phone) "
	"SELECT r.code, r.board, r.name, r.way, r.url, r.mail, r.phone "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, board text, name text, "
	"way text, url text, mail text, phone text) "
	"ON CONFLICT (code) DO UPDATE SET name = excluded.name, way = excluded.way, "
	"url = excluded.url, mail = excluded.mail, phone = excluded.phone "
	"WHERE (k.name, k.way, k.url, k.mail, k.phone) IS DISTINCT FROM "
	"(excluded.name, excluded.way, excluded.url, excluded.mail, excluded.phone)";

const char ctl_import_contractor_share_put[] =
	"INSERT INTO synpunkt.contractor_share (board, contractor, category) "
	"SELECT r.board, r.code, r.category "
	"FROM jsonb_to_recordset($1::jsonb) AS r (code text, board text, category text) "
	"WHERE r.category IS NOT NULL "
	"ON CONFLICT DO NOTHING";
