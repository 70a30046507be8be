/* synpunktctl import examples FILE, example-words FILE: what suggestions are learned of
 * besides the city's own cases (migrations/0092_suggest.sql). */
#include "server/case_flow.h"
#include "server/ctl_import.h"

const struct ctl_tsv_column ctl_import_example_columns[] = {
	{ "category", CTL_TSV_CODE, true, NULL },
	{ "type", CTL_TSV_CHOICE, false, case_types },
	{ "quality_dimension", CTL_TSV_CHOICE, false, case_quality_dimensions },
	{ "text", CTL_TSV_TEXT, true, NULL },
	{ 0 },
};

const struct ctl_tsv_column ctl_import_example_words_columns[] = {
	{ "category", CTL_TSV_CODE, true, NULL },
	{ "words", CTL_TSV_LIST, true, NULL },
	{ 0 },
};

const struct ctl_import_reference ctl_import_example_references[] = {
	{ "category", CTL_IMPORT_CATEGORY },
	{ 0 },
};

const char ctl_import_example_put[] =
	"INSERT INTO synpunkt.example AS e (position, category, type, "
	"quality_dimension, text) "
	"SELECT r.position, r.category, r.type, r.quality_dimension, r.text "
	"FROM jsonb_to_recordset($1::jsonb) AS r (position integer, category text, "
	"type text, quality_dimension text, text text) "
	"ON CONFLICT (text) DO UPDATE SET position = excluded.position, "
	"category = excluded.category, type = excluded.type, "
	"quality_dimension = excluded.quality_dimension "
	"WHERE e IS DISTINCT FROM excluded";

const char ctl_import_example_drop[] =
	"DELETE FROM synpunkt.example e WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (text text) WHERE r.text = e.text)";

const char ctl_import_example_words_put[] =
	"INSERT INTO synpunkt.example_words AS e (category, words) "
	"SELECT r.category, r.words "
	"FROM jsonb_to_recordset($1::jsonb) AS r (category text, words text[]) "
	"ON CONFLICT (category) DO UPDATE SET words = excluded.words "
	"WHERE e.words <> excluded.words";

const char ctl_import_example_words_drop[] =
	"DELETE FROM synpunkt.example_words e WHERE NOT EXISTS (SELECT "
	"FROM jsonb_to_recordset($1::jsonb) AS r (category text) "
	"WHERE r.category = e.category)";
