/*
 *   file_start    the name is a file's; the database is asked when it was published
 *   file_on_when  it was: asked for the rows
 *   file_on_rows  written; answered, or 304
 */
#include "server/open_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/access.h"
#include "server/case_flow.h"
#include "server/open_table.h"
#include "server/open_words.h"
#include "server/question_limit.h"
#include "server/statistics_http.h"
#include "server/worker.h"

#define FILES_PER_MINUTE 600

static const struct db_query when_query = {
	.name = "open_months",
	.sql = "SELECT m.month, m.at FROM synpunkt_open.months() m"
	       " WHERE m.month >= $1::text AND m.month < $2::text",
	.n_params = 2,
};

static const struct db_query rows_query = {
	.name = "open_rows",
	.sql = "SELECT r.month, r.board, r.part, r.code, r.measure, r.value, r.of, r.hidden"
	       " FROM synpunkt_open.rows(($1::text || '-01')::date,"
	       " ($2::text || '-01')::date) r",
	.n_params = 2,
};

static const struct db_query corrections_query = {
	.name = "open_corrections",
	.sql = "SELECT c.month, c.board, c.correction, c.corrected, c.measure, c.before,"
	       " c.value, c.hidden, c.at FROM synpunkt_open.corrections() c",
};

#define DAY(column)                                                                    \
	" CASE WHEN isfinite(" column ") THEN to_char(" column ", 'YYYY-MM-DD') END"

static const struct db_query boards_query = {
	.name = "open_boards",
	.sql = "SELECT o.code, o.name, o.kind, o.district," DAY("o.valid_from") "," DAY(
		"o.valid_to") ", o.successor FROM synpunkt.organisation o"
			      " ORDER BY o.position, o.code COLLATE \"C\"",
};

static const struct db_query categories_query = {
	.name = "open_categories",
	.sql = "SELECT c.code, c.name, c.area, c.area_name, c.owner, c.sensitivity <= 2," DAY(
		"c.valid_from") "," DAY("c.valid_to") ", c.successor"
						      " FROM synpunkt.category c ORDER BY c.position, c.code COLLATE \"C\"",
};

static const struct db_query districts_query = {
	.name = "open_districts",
	.sql = "SELECT a.code, a.name," DAY("a.valid_from") "," DAY(
		"a.valid_to") " FROM synpunkt.area a WHERE a.kind = 'district'"
			      " ORDER BY a.code COLLATE \"C\", a.valid_from",
};

static const struct open_column row_columns[] = {
	{ "month", OPEN_TEXT },
	{ "board", OPEN_TEXT },
	{ "dimension", OPEN_TEXT },
	{ "code", OPEN_TEXT },
	{ "measure", OPEN_TEXT },
	{ "value", OPEN_NUMBER },
	{ "n", OPEN_NUMBER },
	{ "suppressed", OPEN_YES },
	{ 0 },
};

static const struct open_column correction_columns[] = {
	{ "month", OPEN_TEXT },
	{ "board", OPEN_TEXT },
	{ "correction", OPEN_NUMBER },
	{ "corrected", OPEN_TEXT },
	{ "measure", OPEN_TEXT },
	{ "before", OPEN_NUMBER },
	{ "value", OPEN_NUMBER },
	{ "suppressed", OPEN_YES },
	{ 0 },
};

#define VALIDITY                                                                       \
	{ "valid_from", OPEN_TEXT },                                                   \
	{                                                                              \
		"valid_to", OPEN_TEXT                                                  \
	}

static const struct open_column board_columns[] = {
	{ "code", OPEN_TEXT },
	{ "name", OPEN_TEXT },
	{ "kind", OPEN_TEXT },
	{ "district", OPEN_TEXT },
	VALIDITY,
	{ "successor", OPEN_TEXT },
	{ 0 },
};

static const struct open_column category_columns[] = {
	{ "code", OPEN_TEXT },
	{ "name", OPEN_TEXT },
	{ "area", OPEN_TEXT },
	{ "area_name", OPEN_TEXT },
	{ "owner", OPEN_TEXT },
	{ "published", OPEN_YES },
	VALIDITY,
	{ "successor", OPEN_TEXT },
	{ 0 },
};

static const struct open_column district_columns[] = {
	{ "code", OPEN_TEXT },
	{ "name", OPEN_TEXT },
	VALIDITY,
	{ 0 },
};

/* Codes that the program has: they hold from the start and have no end. */
static const struct open_column code_columns[] = {
	{ "code", OPEN_TEXT },
	{ "name", OPEN_TEXT },
	VALIDITY,
	{ 0 },
};

static const struct open_column word_columns[] = {
	{ "code", OPEN_TEXT },
	{ "name", OPEN_TEXT },
	{ "definition", OPEN_TEXT },
	{ "unit", OPEN_TEXT },
	VALIDITY,
	{ 0 },
};

struct list {
	const char *name, *title;
	const struct open_column *columns;
	const struct db_query *query; /* or */
	const char *const *codes;     /* whose name is the text "prefix.code", or */
	const char *prefix;
	const struct open_word *words;
};

static const struct list lists[] = {
	{ "boards", "Nämnder och bolag", board_columns, &boards_query, NULL, NULL,
		NULL },
	{ "categories", "Ämnen", category_columns, &categories_query, NULL, NULL,
		NULL },
	{ "districts", "Stadsdelsområden", district_columns, &districts_query, NULL,
		NULL, NULL },
	{ "types", "Typer", code_columns, NULL, case_types, "type", NULL },
	{ "channels", "Kanaler", code_columns, NULL, case_channels, "pack.channel",
		NULL },
	{ "dimensions", "Indelningar", word_columns, NULL, NULL, NULL,
		open_dimensions },
	{ "measures", "Mått", word_columns, NULL, NULL, NULL, open_measures },
	{ 0 },
};

const char *open_list(size_t i, const char **title)
{
	if (title)
		*title = lists[i].title;
	return lists[i].name;
}

struct file {
	struct http_request *req;
	struct db_call *call;
	struct open_table table;
	const struct db_query *query;
	const char *first, *after_last; /* months */
	const char *members;            /* of the JSON */
	const char *cached;             /* Cache-Control */
	int when;                       /* column that is an instant, or -1 */
	int64_t at;                     /* published; 0: not known */
	char etag[HTTP_ETAG_SIZE];      /* "": of its bytes */
};

/* The codes change with the city's rows, a year and the corrections month by month; a
 * month never does. */
#define KEPT_HOUR "public, max-age=3600"
#define KEPT_LONG "public, max-age=604800, immutable"

int open_limit_take(struct http_request *req)
{
	return question_limit_take(req, "open-data", FILES_PER_MINUTE);
}

static void not_found(struct http_request *req, const char *why)
{
	struct error err = { 0 };

	error_set(&err, ERR_NOT_FOUND, "%s", why);
	http_reply_error(req, &err);
}

/* ---- answering ---- */

static void file_reply(struct file *file)
{
	struct evbuffer *out = file->table.out;
	char date[64];

	open_table_end(&file->table);
	if (!file->etag[0])
		http_etag_of(
			evbuffer_pullup(out, -1), evbuffer_get_length(out), file->etag);
	http_set_header(file->req, "Cache-Control", file->cached);
	http_set_header(file->req, "Access-Control-Allow-Origin", "*");
	if (file->at > 0) {
		time_t at = (time_t)file->at;
		struct tm tm;

		gmtime_r(&at, &tm);
		strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		http_set_header(file->req, "Last-Modified", date);
	}
	if (!http_reply_unchanged(file->req, file->etag)) {
		evbuffer_add_buffer(http_out(file->req), out);
		http_reply(file->req, 200,
			file->table.csv ? "text/csv; charset=utf-8; header=present"
					: "application/json; charset=utf-8");
	}
	evbuffer_free(out);
}

static void file_begin(struct file *file)
{
	file->table.out = evbuffer_new();
	open_table_begin(&file->table, file->members);
}

static void file_on_rows(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct file *file = arg;

	if (err) {
		http_reply_error(file->req, err);
		return;
	}
	for (int i = 0; file->when >= 0 && i < db_rows_count(rows); i++) {
		int64_t at = db_rows_int64(rows, i, file->when);

		file->at = at > file->at ? at : file->at;
	}
	file_begin(file);
	open_table_rows(&file->table, rows);
	file_reply(file);
}

static void file_on_gone(void *arg)
{
	db_cancel(((struct file *)arg)->call);
}

static void file_ask(struct file *file)
{
	struct worker *worker = http_app(file->req);

	file->call = db_run(worker->read_pool, file->query,
		(const char *[]){ file->first, file->after_last }, file_on_rows, file);
}

/* Published months do not change: which they are, and when they were published, says
 * what is in the file. Whoever has it already costs no more than this. */
static bool has_already(struct file *file, const struct db_rows *rows)
{
	const char *said = arena_printf(http_arena(file->req), "%s %s %s %d",
		OPEN_VERSION, file->first, file->after_last, file->table.csv);

	for (int i = 0; i < db_rows_count(rows); i++)
		said = arena_printf(http_arena(file->req), "%s %s %s", said,
			db_rows_text(rows, i, 0), db_rows_text(rows, i, 1));
	http_etag_of(said, strlen(said), file->etag);
	return http_reply_unchanged(file->req, file->etag);
}

static void file_on_when(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct file *file = arg;

	if (err) {
		http_reply_error(file->req, err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		not_found(file->req, "nothing is published of this time");
		return;
	}
	for (int i = 0; i < db_rows_count(rows); i++) {
		int64_t at = db_rows_int64(rows, i, 1);

		file->at = at > file->at ? at : file->at;
	}
	if (!has_already(file, rows))
		file_ask(file);
}

/* ---- asking ---- */

/* The file that {file} names, its name without the ending in *name. NULL when it has
 * been answered that there is none. */
static struct file *file_named(struct http_request *req, const char **name)
{
	const char *said = http_path_value(req, "file");
	size_t n = strlen(said);
	bool csv = n > 4 && !strcmp(said + n - 4, ".csv");
	bool json = n > 5 && !strcmp(said + n - 5, ".json");
	struct file *file;

	if (open_limit_take(req) < 0)
		return NULL;
	if (!csv && !json) {
		not_found(req, "the files end in .csv or .json");
		return NULL;
	}
	file = arena_alloc(http_arena(req), sizeof(*file));
	file->req = req;
	file->table.csv = csv;
	file->members = "";
	file->cached = KEPT_HOUR;
	file->when = -1;
	*name = arena_dup_n(http_arena(req), said, n - (csv ? 4 : 5));
	http_on_close(req, file_on_gone, file);
	return file;
}

static void rows_start(struct file *file)
{
	struct worker *worker = http_app(file->req);

	file->table.columns = row_columns;
	file->query = &rows_query;
	file->call = db_run(worker->read_pool, &when_query,
		(const char *[]){ file->first, file->after_last }, file_on_when, file);
}

static void month_get(struct http_request *req)
{
	const char *name;
	struct file *file = file_named(req, &name);
	char first[STATISTICS_MONTH];
	long year, month;

	if (!file)
		return;
	if (statistics_month_parse(name, first) < 0) {
		not_found(req, "a month is YYYY-MM");
		return;
	}
	year = strtol(name, NULL, 10);
	month = strtol(name + strlen("YYYY-"), NULL, 10);
	file->first = name;
	file->after_last = arena_printf(http_arena(req), "%04ld-%02ld",
		month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1);
	file->members = arena_printf(http_arena(req), "\"month\":\"%s\",", file->first);
	file->cached = KEPT_LONG;
	rows_start(file);
}

static void year_get(struct http_request *req)
{
	const char *name;
	struct file *file = file_named(req, &name);
	char first[STATISTICS_MONTH];
	long year;

	if (!file)
		return;
	file->first = arena_printf(http_arena(req), "%s-01", name);
	if (strlen(name) != strlen("YYYY") ||
		statistics_month_parse(file->first, first) < 0) {
		not_found(req, "a year is YYYY");
		return;
	}
	year = strtol(name, NULL, 10);
	file->after_last = arena_printf(http_arena(req), "%04ld-01", year + 1);
	file->members = arena_printf(http_arena(req), "\"year\":\"%04ld\",", year);
	rows_start(file);
}

static void corrections_get(struct http_request *req)
{
	const char *name;
	struct file *file = file_named(req, &name);

	if (!file)
		return;
	if (strcmp(name, "rattelser") != 0) {
		not_found(req, "there is no such file");
		return;
	}
	file->table.columns = correction_columns;
	file->query = &corrections_query;
	file->when = 8;
	file_ask(file);
}

/* What the city calls it: the texts are the program's, in the base language. */
static void codes_write(struct file *file, const struct list *list)
{
	struct worker *worker = http_app(file->req);

	for (size_t i = 0; list->codes[i]; i++) {
		const char *key = arena_printf(
			http_arena(file->req), "%s.%s", list->prefix, list->codes[i]);

		open_table_line(&file->table,
			(const char *[]){ list->codes[i],
				catalogue_text(worker->catalogue, "sv", key), NULL,
				NULL });
	}
}

static void words_write(struct file *file, const struct list *list)
{
	for (size_t i = 0; list->words[i].code; i++)
		open_table_line(&file->table,
			(const char *[]){ list->words[i].code, list->words[i].name,
				list->words[i].text, list->words[i].unit, NULL, NULL });
}

static void list_get(struct http_request *req)
{
	const char *name;
	struct file *file = file_named(req, &name);
	const struct list *list = lists;

	if (!file)
		return;
	while (list->name && strcmp(list->name, name) != 0)
		list++;
	if (!list->name) {
		not_found(req, "there is no such list");
		return;
	}
	file->table.columns = list->columns;
	file->members = arena_printf(http_arena(req), "\"list\":\"%s\",", list->name);
	file->query = list->query;
	if (list->query) {
		file_ask(file);
		return;
	}
	file_begin(file);
	if (list->codes)
		codes_write(file, list);
	else
		words_write(file, list);
	file_reply(file);
}

const struct http_route open_routes[] = {
	{ .method = HTTP_GET,
		.path = "/oppnadata/v1/manad/{file}",
		.access = ACCESS_ANYONE,
		.handle = month_get },
	{ .method = HTTP_GET,
		.path = "/oppnadata/v1/ar/{file}",
		.access = ACCESS_ANYONE,
		.handle = year_get },
	{ .method = HTTP_GET,
		.path = "/oppnadata/v1/kodlistor/{file}",
		.access = ACCESS_ANYONE,
		.handle = list_get },
	{ .method = HTTP_GET,
		.path = "/oppnadata/v1/{file}",
		.access = ACCESS_ANYONE,
		.handle = corrections_get },
	{ 0 },
};
