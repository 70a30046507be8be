#include "server/case_read.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/follow_code.h"
#include "server/stamp.h"
#include "server/worker.h"

static const struct db_query read_query = {
	.name = "follow_read",
	.sql = "SELECT r.board, r.category, r.type, r.status,"
	       " (extract(epoch FROM r.received_at) * 1000000)::bigint,"
	       " r.acknowledge_by, r.answer_by, r.rule, r.because, r.wants_reply, r.body,"
	       " r.from_child, r.language, r.attachments, r.messages, r.events,"
	       " r.disposed_on, r.consent_board,"
	       " synpunkt_satisfaction.offered($1::bigint),"
	       " synpunkt_about.offered($1::bigint)"
	       " FROM synpunkt_follow.read($1::bigint, $2::smallint, $3::bytea) r",
	.n_params = 3,
};

enum read_column {
	READ_BOARD,
	READ_CATEGORY,
	READ_TYPE,
	READ_STATUS,
	READ_RECEIVED_AT,
	READ_ACKNOWLEDGE_BY,
	READ_ANSWER_BY,
	READ_RULE,
	READ_BECAUSE,
	READ_WANTS_REPLY,
	READ_BODY,
	READ_FROM_CHILD,
	READ_LANGUAGE,
	READ_ATTACHMENTS,
	READ_MESSAGES,
	READ_EVENTS,
	READ_DISPOSED_ON,
	READ_CONSENT_BOARD,
	READ_SURVEY,
	READ_VOLUNTARY,
};

static const struct db_query message_query = {
	.name = "follow_add_message",
	.sql = "SELECT m FROM synpunkt_follow.add_message($1::bigint, $2::smallint,"
	       " $3::bytea, $4::text, $5::integer) m",
	.n_params = 5,
};

static const struct db_query reopen_query = {
	.name = "follow_reopen",
	.sql = "SELECT r FROM synpunkt_follow.reopen($1::bigint, $2::smallint,"
	       " $3::bytea, $4::text, $5::integer, $6::integer) r",
	.n_params = 6,
};

static const struct db_query consent_query = {
	.name = "follow_answer_consent",
	.sql = "SELECT c FROM synpunkt_follow.answer_consent($1::bigint, $2::smallint,"
	       " $3::bytea, $4::boolean) c",
	.n_params = 4,
};

static const struct db_query attachment_query = {
	.name = "follow_attachment",
	.sql = "SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256"
	       " FROM synpunkt_follow.attachment($1::bigint, $2::smallint, $3::bytea,"
	       " $4::smallint) a",
	.n_params = 4,
};

static const struct db_query reply_file_query = {
	.name = "follow_reply_file",
	.sql = "SELECT a.name, a.type, a.size, a.sha256, a.thumbnail_sha256"
	       " FROM synpunkt_follow.reply_file($1::bigint, $2::smallint, $3::bytea,"
	       " $4::smallint) a",
	.n_params = 4,
};

static const struct db_query subscribe_query = {
	.name = "follow_push_subscribe",
	.sql = "SELECT p FROM synpunkt_follow.push_subscribe($1::bigint, $2::smallint,"
	       " $3::bytea, $4::text, $5::integer) p",
	.n_params = 5,
};

static const struct db_query unsubscribe_query = {
	.name = "follow_push_unsubscribe",
	.sql = "SELECT p FROM synpunkt_follow.push_unsubscribe($1::bigint, $2::smallint,"
	       " $3::bytea, $4::text) p",
	.n_params = 4,
};

struct case_query {
	struct worker *worker;
	struct db_call *call;
	struct case_number number;
	char serial[24], year[12], hash[FOLLOW_HASH_SIZE]; /* as parameters */
	case_read_fn *done;
	void *arg;
};

static struct case_query *case_query_new(struct worker *worker, struct arena *arena,
	const struct case_key *key, case_read_fn *done, void *arg)
{
	struct case_query *query = arena_alloc(arena, sizeof(*query));

	query->worker = worker;
	query->done = done;
	query->arg = arg;
	case_number_parse(key->number, &query->number);
	follow_code_hash(worker->secret, &query->number, key->code, query->hash);
	snprintf(query->serial, sizeof(query->serial), "%lld",
		(long long)query->number.serial);
	snprintf(query->year, sizeof(query->year), "%d", query->number.year);
	return query;
}

static void case_query_fail(
	struct case_query *query, enum err_code code, const char *text)
{
	struct error err = { 0 };

	error_set(&err, code, "%s", text);
	query->done(NULL, &err, query->arg);
}

/* False: the database failed or knows no such number and code, and done was told. */
static bool query_found(
	struct case_query *query, const struct db_rows *rows, const struct error *err)
{
	query->call = NULL;
	if (err)
		query->done(NULL, err, query->arg);
	else if (db_rows_count(rows) == 0)
		case_query_fail(
			query, ERR_NOT_FOUND, "no case has that number and code");
	return !err && db_rows_count(rows) > 0;
}

static json_t *board_json(const struct city *city, const char *code)
{
	return json_pack("{s:s, s:s}", "code", code, "name",
		city ? city_board_name(city, code) : code);
}

static json_t *parsed(const struct db_rows *rows, enum read_column column)
{
	json_t *json = json_loads(db_rows_text(rows, 0, column), 0, NULL);

	return json ? json : json_array();
}

/* Every json_pack() here is of our own shape: it fails only without memory. */
static json_t *case_json(struct case_query *query, const struct db_rows *rows)
{
	const struct city *city = city_holder_get(query->worker->city);
	const char *status = db_rows_text(rows, 0, READ_STATUS);
	const char *asked = db_rows_is_null(rows, 0, READ_CONSENT_BOARD)
				    ? NULL
				    : db_rows_text(rows, 0, READ_CONSENT_BOARD);
	char number[CASE_NUMBER_SIZE], received[STAMP_SIZE];
	json_t *json;

	case_number_print(&query->number, number);
	stamp_print(db_rows_int64(rows, 0, READ_RECEIVED_AT), received);
	json = json_pack("{s:s, s:o, s:s?, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:o, "
			 "s:o, s:o, s:{s:s?, s:b, s:b, s:b, s:s, s:s?, s:b, s:b}}",
		"number", number, "board",
		board_json(city, db_rows_text(rows, 0, READ_BOARD)), "category",
		db_rows_text(rows, 0, READ_CATEGORY), "type",
		db_rows_text(rows, 0, READ_TYPE), "status", status, "receivedAt",
		received, "acknowledgeBy", db_rows_text(rows, 0, READ_ACKNOWLEDGE_BY),
		"answerBy", db_rows_text(rows, 0, READ_ANSWER_BY), "routing", "rule",
		db_rows_text(rows, 0, READ_RULE), "because",
		db_rows_text(rows, 0, READ_BECAUSE), "attachments",
		parsed(rows, READ_ATTACHMENTS), "messages", parsed(rows, READ_MESSAGES),
		"events", parsed(rows, READ_EVENTS), "page", "text",
		db_rows_text(rows, 0, READ_BODY), "open", strcmp(status, "closed") != 0,
		"wantsReply", db_rows_bool(rows, 0, READ_WANTS_REPLY), "fromChild",
		db_rows_bool(rows, 0, READ_FROM_CHILD), "language",
		db_rows_text(rows, 0, READ_LANGUAGE), "consentBoard",
		asked && city ? city_board_name(city, asked) : asked, "survey",
		db_rows_bool(rows, 0, READ_SURVEY), "voluntary",
		db_rows_bool(rows, 0, READ_VOLUNTARY));
	if (json && !db_rows_is_null(rows, 0, READ_DISPOSED_ON))
		json_object_set_new(json, "disposedOn",
			json_string(db_rows_text(rows, 0, READ_DISPOSED_ON)));
	return json;
}

static void case_read_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct case_query *query = arg;
	json_t *json;

	if (!query_found(query, rows, err))
		return;
	json = case_json(query, rows);
	if (json)
		query->done(json, NULL, query->arg);
	else
		case_query_fail(query, ERR_INTERNAL, "out of memory for a case");
	json_decref(json);
}

struct case_query *case_read(struct worker *worker, struct arena *arena,
	const struct case_key *key, case_read_fn *done, void *arg)
{
	struct case_query *query = case_query_new(worker, arena, key, done, arg);

	query->call = db_run(worker->read_pool, &read_query,
		(const char *[]){ query->serial, query->year, query->hash },
		case_read_done, query);
	return query;
}

/* Why words were not taken, as the database says it. */
static const struct {
	const char *outcome, *text;
} message_refusals[] = {
	{ "closed", "the case is closed" },
	{ "disposed", "the case has been disposed of, and nothing can be added to it; "
		      "submit a new one" },
	{ "full", "the case already holds as many messages as it can" },
	{ "open", "the case is open and not answered yet; add a message instead" },
	{ "late", "a case can be opened again for 60 days after its answer or its end; "
		  "submit a new one" },
};
_Static_assert(CASE_REOPEN_DAYS == 60, "as the text of a late one says");

static void message_add_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct case_query *query = arg;
	const char *outcome;

	if (!query_found(query, rows, err))
		return;
	outcome = db_rows_text(rows, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(message_refusals); i++) {
		if (!strcmp(message_refusals[i].outcome, outcome)) {
			case_query_fail(query, ERR_CONFLICT, message_refusals[i].text);
			return;
		}
	}
	query->done(NULL, NULL, query->arg);
}

struct case_query *case_message_add(struct worker *worker, struct arena *arena,
	const struct case_message *message, case_read_fn *done, void *arg)
{
	struct case_query *query =
		case_query_new(worker, arena, &message->key, done, arg);
	char most[12];

	snprintf(most, sizeof(most), "%d", CASE_MESSAGES_MAX);
	query->call = db_run(worker->read_pool, &message_query,
		(const char *[]){
			query->serial, query->year, query->hash, message->text, most },
		message_add_done, query);
	return query;
}

struct case_query *case_reopen(struct worker *worker, struct arena *arena,
	const struct case_message *message, case_read_fn *done, void *arg)
{
	struct case_query *query =
		case_query_new(worker, arena, &message->key, done, arg);
	char most[12], days[12];

	snprintf(most, sizeof(most), "%d", CASE_MESSAGES_MAX);
	snprintf(days, sizeof(days), "%d", CASE_REOPEN_DAYS);
	query->call = db_run(worker->read_pool, &reopen_query,
		(const char *[]){ query->serial, query->year, query->hash,
			message->text, most, days },
		message_add_done, query);
	return query;
}

static void consent_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct case_query *query = arg;
	const char *outcome;

	if (!query_found(query, rows, err))
		return;
	outcome = db_rows_text(rows, 0, 0);
	if (!strcmp(outcome, "added"))
		query->done(NULL, NULL, query->arg);
	else if (!strcmp(outcome, "late"))
		case_query_fail(query, ERR_CONFLICT, "nothing is asked any more");
	else
		case_query_fail(query, ERR_CONFLICT, "the case is closed");
}

struct case_query *case_consent_answer(struct worker *worker, struct arena *arena,
	const struct case_consent *answer, case_read_fn *done, void *arg)
{
	struct case_query *query =
		case_query_new(worker, arena, &answer->key, done, arg);

	query->call = db_run(worker->read_pool, &consent_query,
		(const char *[]){ query->serial, query->year, query->hash,
			answer->given ? "true" : "false" },
		consent_done, query);
	return query;
}

static void attachment_find_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct case_query *query = arg;
	json_t *json;

	if (!query_found(query, rows, err))
		return;
	json = json_pack("{s:s, s:s, s:I, s:s, s:s?}", "name", db_rows_text(rows, 0, 0),
		"type", db_rows_text(rows, 0, 1), "size",
		(json_int_t)db_rows_int64(rows, 0, 2), "sha256",
		db_rows_text(rows, 0, 3), "thumbnail", db_rows_text(rows, 0, 4));
	if (json)
		query->done(json, NULL, query->arg);
	else
		case_query_fail(query, ERR_INTERNAL, "out of memory for an attachment");
	json_decref(json);
}

struct case_query *case_attachment_find(struct worker *worker, struct arena *arena,
	const struct case_attachment *attachment, case_read_fn *done, void *arg)
{
	struct case_query *query =
		case_query_new(worker, arena, &attachment->key, done, arg);
	char number[12];

	snprintf(number, sizeof(number), "%d", attachment->n);
	query->call = db_run(worker->read_pool,
		attachment->of_reply ? &reply_file_query : &attachment_query,
		(const char *[]){ query->serial, query->year, query->hash, number },
		attachment_find_done, query);
	return query;
}

static void device_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct case_query *query = arg;

	if (!query_found(query, rows, err))
		return;
	if (!strcmp(db_rows_text(rows, 0, 0), "disposed"))
		case_query_fail(query, ERR_CONFLICT, "the case has been disposed of");
	else
		query->done(NULL, NULL, query->arg);
}

struct case_query *case_device_keep(struct worker *worker, struct arena *arena,
	const struct case_device *device, case_read_fn *done, void *arg)
{
	struct case_query *query =
		case_query_new(worker, arena, &device->key, done, arg);
	char most[12];

	snprintf(most, sizeof(most), "%d", CASE_DEVICES_MAX);
	query->call = db_run(worker->read_pool, &subscribe_query,
		(const char *[]){ query->serial, query->year, query->hash,
			device->endpoint, most },
		device_done, query);
	return query;
}

struct case_query *case_device_forget(struct worker *worker, struct arena *arena,
	const struct case_device *device, case_read_fn *done, void *arg)
{
	struct case_query *query =
		case_query_new(worker, arena, &device->key, done, arg);

	query->call = db_run(worker->read_pool, &unsubscribe_query,
		(const char *[]){
			query->serial, query->year, query->hash, device->endpoint },
		device_done, query);
	return query;
}

void case_query_cancel(struct case_query *query)
{
	if (!query)
		return;
	db_cancel(query->call);
	query->call = NULL;
}
