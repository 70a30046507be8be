#include "server/mail_case_store.h"

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_array.h"
#include "lib/db_conninfo.h"
#include "lib/error.h"
#include "lib/metrics.h"
#include "server/case_read.h"
#include "server/follow_code.h"
#include "server/mail_out.h"
#include "server/mail_submission.h"
#include "server/measures.h"
#include "server/options.h"

/* Letters of 50 MB take longer than the database's other work may. */
#define PATIENCE 4
/* The first lease; the n-th is n times as long, up to an hour. */
#define LEASE "60"
/* Events on a case that tell of robots' mail; more are not told. */
#define NOTES_MAX "20"

static const struct db_query claim_query = {
	.name = "mail_case_claim",
	.sql = "SELECT c.id, c.attempt, c.envelope_from, c.board, c.unit, c.token,"
	       " c.received_at, c.mailbox FROM synpunkt_mail_case.claim($1::integer) c",
	.n_params = 1,
};

static const struct db_query raw_query = {
	.name = "mail_case_raw",
	.sql = "SELECT encode(r, 'hex'), h"
	       " FROM synpunkt_mail_case.raw($1::bigint, $2::smallint) r"
	       " LEFT JOIN synpunkt_mail_case.released($1::bigint) h ON true",
	.n_params = 2,
};

static const struct db_query waiting_query = {
	.name = "mail_case_waiting",
	.sql = "SELECT w FROM synpunkt_mail_case.waiting() w",
};

static const struct db_query look_query = {
	.name = "mail_case_look",
	.sql = "SELECT l.year, l.serial, l.is_party, l.letter, l.may_answer,"
	       " l.stored_year, l.stored_serial, l.is_disclosure FROM synpunkt_mail_case.look($1::text[],"
	       " $2::text, $3::integer, $4::bigint) l",
	.n_params = 4,
};

static const struct db_query import_query = {
	.name = "mail_case_import",
	.sql = "SELECT m.outcome, m.day, m.year, m.serial FROM synpunkt_import.mailed("
	       "$1::bigint, $2::smallint, $3::text, $4::text, $5::text) m",
	.n_params = 5,
};

static const struct db_query add_query = {
	.name = "mail_case_add",
	.sql = "SELECT a FROM synpunkt_mail_case.add($1::bigint, $2::smallint,"
	       " $3::text, $4::text, $5::smallint, $6::bigint, $7::text, $8::integer) a",
	.n_params = 8,
};

static const struct db_query settle_query = {
	.name = "mail_case_settle",
	.sql = "SELECT s FROM synpunkt_mail_case.settle($1::bigint, $2::smallint,"
	       " $3::text, $4::text, $5::smallint, $6::bigint, $7::text, $8::jsonb,"
	       " $9::bigint, $10::text, $11::integer) s",
	.n_params = 11,
};

static const struct db_query forget_query = {
	.name = "mail_case_forget",
	.sql = "SELECT f FROM synpunkt_mail_case.forget($1::bigint, $2::smallint,"
	       " $3::text, $4::bigint, $5::boolean) f",
	.n_params = 5,
};

struct db_pool *mail_case_store_pool(const struct mail_case_pool *given,
	const char *user, const char *name, struct error *err)
{
	struct arena *arena = arena_new();
	const struct options *options = given->options;
	struct db_config config = {
		.conninfo =
			db_conninfo_with(arena, options->database, "user", user, err),
		.name = name,
		.size = 1,
		.timeout_ms = (unsigned)options->database_timeout_ms * PATIENCE,
		.pipeline_depth = 1,
	};
	struct db_pool *ret =
		config.conninfo ? db_pool_new(given->base, &config, err) : NULL;

	arena_free(arena);
	return ret;
}

struct db_call *mail_case_store_claim(struct db_pool *pool, db_done_fn *done, void *arg)
{
	return db_run(pool, &claim_query, (const char *[]){ LEASE }, done, arg);
}

struct db_call *mail_case_store_raw(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg)
{
	return db_run(mail->pool, &raw_query,
		(const char *[]){ mail->id, mail->attempt }, done, arg);
}

static void on_waiting(const struct db_rows *rows, const struct error *err, void *arg)
{
	if (!err)
		metrics_set(arg, MEASURE_MAIL_IN_OLDEST, db_rows_int64(rows, 0, 0));
}

void mail_case_store_measure(struct db_pool *pool, struct metrics *metrics)
{
	db_run(pool, &waiting_query, NULL, on_waiting, metrics);
}

static void add_id(struct db_array *ids, const json_t *id)
{
	if (json_is_string(id))
		db_array_text(ids, json_string_value(id));
}

struct db_call *mail_case_store_look(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg)
{
	struct db_array *ids = db_array_new(mail->arena);
	const char *from = json_string_value(json_object_get(mail->json, "from"));
	size_t i;
	json_t *id;

	db_array_text(ids, ""); /* never empty, and no letter's */
	add_id(ids, json_object_get(mail->json, "inReplyTo"));
	json_array_foreach(json_object_get(mail->json, "references"), i, id)
		add_id(ids, id);
	add_id(ids, json_object_get(json_object_get(mail->json, "bounce"),
			    "originalMessageId"));
	return db_run(mail->pool, &look_query,
		(const char *[]){ db_array_literal(ids), from ? from : "",
			MAIL_OUT_AUTOMATIC_PER_HOUR, mail->id },
		done, arg);
}

static const char *said(const struct mail_case_mail *mail, const char *name)
{
	return json_string_value(json_object_get(mail->json, name));
}

struct db_call *mail_case_store_import(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg)
{
	return db_run(mail->pool, &import_query,
		(const char *[]){ mail->id, mail->attempt, said(mail, "from"),
			said(mail, "subject"), said(mail, "text") },
		done, arg);
}

static const char *text_of(struct arena *arena, int64_t number)
{
	return arena_printf(arena, "%lld", (long long)number);
}

struct db_call *mail_case_store_add(const struct mail_case_mail *mail,
	const struct case_number *number, db_done_fn *done, void *arg)
{
	return db_run(mail->pool, &add_query,
		(const char *[]){ mail->id, mail->attempt, mail->class, mail->because,
			text_of(mail->arena, number->year),
			text_of(mail->arena, number->serial),
			mail_submission_message(mail->arena, mail->json),
			text_of(mail->arena, CASE_MESSAGES_MAX) },
		done, arg);
}

struct db_call *mail_case_store_settle(const struct mail_case_mail *mail,
	const struct mail_case_end *end, db_done_fn *done, void *arg)
{
	const struct case_number *number = end->number;

	return db_run(mail->pool, &settle_query,
		(const char *[]){ mail->id, mail->attempt, mail->class, mail->because,
			number ? text_of(mail->arena, number->year) : NULL,
			number ? text_of(mail->arena, number->serial) : NULL, end->what,
			end->codes, end->letter, end->answered, NOTES_MAX },
		done, arg);
}

struct db_call *mail_case_store_forget(const struct mail_case_mail *mail,
	const struct mail_case_robot *robot, db_done_fn *done, void *arg)
{
	return db_run(mail->pool, &forget_query,
		(const char *[]){ mail->id, mail->attempt, mail->class, robot->letter,
			robot->came_back ? "true" : "false" },
		done, arg);
}
