/*
 *   on_timer      every second: is one asked for?
 *   on_claimed    its rules and the city; in a thread:
 *   begin_work    both read
 *   on_begun      the first rows are asked for
 *   on_rows       copied; in the thread:
 *   decide_work   decided
 *   on_decided    the next rows, or
 *   rehearsal_end what came out of it is written down
 *   on_ended      the next one at once
 */
#include "server/job_rehearse.h"

#include <stdio.h>
#include <string.h>

#include <event2/event.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/work.h"
#include "server/city.h"
#include "server/day.h"
#include "server/rehearse.h"

static const struct db_query claim_query = {
	.name = "rehearsal_claim",
	.sql = "SELECT c.id, c.attempt, c.day, c.first_id, c.rules,"
	       " synpunkt.city_snapshot(), c.set_from"
	       " FROM synpunkt_rehearse.claim($1::integer) c",
	.n_params = 1,
};

enum claim_column {
	CLAIM_ID,
	CLAIM_ATTEMPT,
	CLAIM_DAY,
	CLAIM_FIRST_ID,
	CLAIM_RULES,
	CLAIM_CITY,
	CLAIM_SET_FROM,
};

/* The columns stand in the order of enum rehearse_column. */
static const struct db_query more_query = {
	.name = "rehearsal_more",
	.sql = "SELECT m.* FROM synpunkt_rehearse.more($1::bigint, $2::smallint,"
	       " $3::integer, $4::bigint, $5::bigint, $6::integer, $7::boolean) m",
	.n_params = 7,
};

static const struct db_query finish_query = {
	.name = "rehearsal_finish",
	.sql = "SELECT synpunkt_rehearse.finish($1::bigint, $2::smallint, $3::integer,"
	       " $4::jsonb, $5::jsonb)",
	.n_params = 5,
};

static const struct db_query fail_query = {
	.name = "rehearsal_fail",
	.sql = "SELECT synpunkt_rehearse.fail($1::bigint, $2::smallint, $3::text)",
	.n_params = 3,
};

static const struct timeval at_once = { 0 };
static const struct timeval interval = { .tv_sec = 1 };

/* One that is under way. */
struct rehearsal {
	struct arena *arena; /* owns the struct, too */
	const char *id, *attempt, *first_id;
	const char *rules, *city_json;
	int32_t day;
	int set_from;
	struct city *city;
	struct rehearse rehearse;
	struct error err;
	bool is_unreadable;
};

/* Rows on their way to the thread. */
struct chunk {
	struct arena *arena;
	const char *(*rows)[REHEARSE_COLUMNS];
	int n;
};

struct job_rehearse {
	struct db_pool *pool;
	struct work_pool *work;
	struct db_call *call;
	struct event *timer;
	struct rehearsal *current; /* or NULL */
	struct chunk chunk;
};

static void rehearsal_drop(struct job_rehearse *job)
{
	struct rehearsal *r = steal(job->current);

	arena_free(steal(job->chunk.arena));
	if (!r)
		return;
	city_unref(r->city);
	arena_free(r->arena);
}

/* Left as it stands: whoever looks in a minute begins it again, once. */
static void rehearsal_lose(struct job_rehearse *job, const struct error *err)
{
	log_event(LOG_LEVEL_WARNING, "rehearsal_failed", LOG_S("error", err->text));
	rehearsal_drop(job);
	event_add(job->timer, &interval);
}

static void on_ended(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_rehearse *job = arg;

	job->call = NULL;
	if (err) {
		rehearsal_lose(job, err);
		return;
	}
	log_event(LOG_LEVEL_INFO, "rehearsed",
		LOG_I("cases", job->current->rehearse.sum.cases));
	rehearsal_drop(job);
	event_add(job->timer, &at_once);
}

static const char *decided(const struct rehearsal *r)
{
	return arena_printf(r->arena, "%lld", (long long)r->rehearse.sum.cases);
}

static void rehearsal_end(struct job_rehearse *job)
{
	struct rehearsal *r = job->current;
	json_t *whole = rehearse_result(&r->rehearse);
	json_t *cases = rehearse_samples(&r->rehearse);
	char *result = json_dumps(whole, JSON_COMPACT);
	char *samples = json_dumps(cases, JSON_COMPACT);

	job->call = db_run(job->pool, &finish_query,
		(const char *[]){ r->id, r->attempt, decided(r), result, samples },
		on_ended, job);
	mem_free(samples);
	mem_free(result);
	json_decref(cases);
	json_decref(whole);
}

/* ---- rows ---- */

static void on_rows(const struct db_rows *rows, const struct error *err, void *arg);

static void rows_ask(struct job_rehearse *job)
{
	struct rehearsal *r = job->current;
	char below[24], most[12];

	snprintf(below, sizeof(below), "%lld", (long long)r->rehearse.below);
	snprintf(most, sizeof(most), "%d", REHEARSE_CHUNK);
	job->call = db_run(job->pool, &more_query,
		(const char *[]){ r->id, r->attempt, decided(r), r->first_id, below,
			most, rehearse_asks_areas(&r->rehearse) ? "true" : "false" },
		on_rows, job);
}

static void on_decided(void *arg)
{
	struct job_rehearse *job = arg;
	bool more = job->chunk.n == REHEARSE_CHUNK;

	arena_free(steal(job->chunk.arena));
	if (more)
		rows_ask(job);
	else
		rehearsal_end(job);
}

static void decide_work(void *arg)
{
	struct job_rehearse *job = arg;

	for (int i = 0; i < job->chunk.n; i++)
		rehearse_case(&job->current->rehearse, job->chunk.rows[i]);
}

static void chunk_copy(struct chunk *chunk, const struct db_rows *rows)
{
	chunk->arena = arena_new();
	chunk->n = db_rows_count(rows);
	chunk->rows =
		arena_array(chunk->arena, (size_t)chunk->n + 1, sizeof(*chunk->rows));
	for (int i = 0; i < chunk->n; i++) {
		for (int column = 0; column < REHEARSE_COLUMNS; column++)
			chunk->rows[i][column] =
				arena_dup(chunk->arena, db_rows_text(rows, i, column));
	}
}

static void on_rows(const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct job_rehearse *job = arg;
	struct error err = { 0 };

	job->call = NULL;
	if (db_err) {
		rehearsal_lose(job, db_err);
		return;
	}
	chunk_copy(&job->chunk, rows);
	if (work_run(job->work, decide_work, on_decided, job, &err) < 0)
		rehearsal_lose(job, &err);
}

/* ---- begun ---- */

static void on_failed(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job_rehearse *job = arg;

	job->call = NULL;
	if (err) {
		rehearsal_lose(job, err);
		return;
	}
	rehearsal_drop(job);
	event_add(job->timer, &at_once);
}

static void on_begun(void *arg)
{
	struct job_rehearse *job = arg;
	struct rehearsal *r = job->current;

	if (!r->is_unreadable) {
		rows_ask(job);
		return;
	}
	log_event(
		LOG_LEVEL_WARNING, "rehearsal_unreadable", LOG_S("error", r->err.text));
	job->call = db_run(job->pool, &fail_query,
		(const char *[]){ r->id, r->attempt, "unreadable" }, on_failed, job);
}

static void begin_work(void *arg)
{
	struct rehearsal *r = ((struct job_rehearse *)arg)->current;

	r->city = city_parse(r->city_json, strlen(r->city_json), &r->err);
	if (!r->city) {
		r->is_unreadable = true;
		return;
	}
	rehearse_init(&r->rehearse, r->city, r->day, r->arena);
	r->rehearse.set_from = r->set_from;
	r->is_unreadable =
		rehearse_rules(&r->rehearse, r->rules, strlen(r->rules), &r->err) < 0;
}

static struct rehearsal *rehearsal_new(const struct db_rows *rows)
{
	struct arena *arena = arena_new();
	struct rehearsal *r = arena_alloc(arena, sizeof(*r));

	r->arena = arena;
	r->id = arena_dup(arena, db_rows_text(rows, 0, CLAIM_ID));
	r->attempt = arena_dup(arena, db_rows_text(rows, 0, CLAIM_ATTEMPT));
	r->first_id = arena_dup(arena, db_rows_text(rows, 0, CLAIM_FIRST_ID));
	r->rules = arena_dup(arena, db_rows_text(rows, 0, CLAIM_RULES));
	r->city_json = arena_dup(arena, db_rows_text(rows, 0, CLAIM_CITY));
	r->set_from = (int)db_rows_int64(rows, 0, CLAIM_SET_FROM);
	day_parse(db_rows_text(rows, 0, CLAIM_DAY), &r->day, NULL);
	return r;
}

static void on_claimed(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct job_rehearse *job = arg;
	struct error err = { 0 };

	job->call = NULL;
	if (db_err) {
		rehearsal_lose(job, db_err);
		return;
	}
	if (db_rows_count(rows) == 0) {
		event_add(job->timer, &interval);
		return;
	}
	job->current = rehearsal_new(rows);
	if (work_run(job->work, begin_work, on_begun, job, &err) < 0)
		rehearsal_lose(job, &err);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct job_rehearse *job = arg;
	char most[12];

	snprintf(most, sizeof(most), "%d", REHEARSE_CASES_MAX);
	job->call = db_run(
		job->pool, &claim_query, (const char *[]){ most }, on_claimed, job);
}

struct job_rehearse *job_rehearse_new(struct event_base *base, struct db_pool *pool)
{
	struct job_rehearse *job = mem_new(sizeof(*job));

	job->pool = pool;
	job->work = work_pool_new(base, 1, 1);
	job->timer = event_new(base, -1, 0, on_timer, job);
	event_add(job->timer, &interval);
	return job;
}

/* Its thread first: what that has begun is finished, and may ask the database. */
void job_rehearse_free(struct job_rehearse *job)
{
	if (!job)
		return;
	work_pool_free(job->work);
	db_cancel(job->call);
	event_free(job->timer);
	rehearsal_drop(job);
	mem_free(job);
}
