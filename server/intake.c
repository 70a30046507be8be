/*
 * A submission's way:
 *
 *   intake_submit        has it no subject, the text is guessed at in a thread
 *   call_on_guess        waits in the queue
 *   batch_prepare        a connection is free: serials, districts, earlier answers
 *   batch_on_prepared    answer what was answered before; decide the rest
 *   batch_submit         store the rest in one transaction
 *   batch_on_submitted   answer, or split the batch, or queue again
 *
 * A call belongs to the queue, then to one batch, and ends with its callback.
 */
#include "server/intake.h"

#include <string.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/city.h"
#include "server/city_holder.h"
#include "server/intake_case.h"
#include "server/intake_guess.h"
#include "server/intake_store.h"
#include "server/stamp.h"
#include "server/submission.h"

/* More than the connections that a worker usually serves at once; bounds what one
 * failing batch does again. */
#define BATCH_MAX 128

/* Lost races for a key and stale cities; each needs another writer at just that moment,
 * and costs a fiftieth of a second: many changes after each other refuse nobody. */
#define ATTEMPTS_MAX 20

/* Looking whether the city's new rows have come: how often, and how many times before
 * trying once more with the old. */
static const struct timeval city_look = { .tv_usec = 20000 };
#define CITY_LOOKS_MAX 100

struct intake_call {
	struct intake_call *next; /* in the queue */
	struct intake *intake;
	struct intake_case c;
	char *district, *areas; /* what those of c point to */
	unsigned attempts;
	struct intake_guess *guess; /* what c.guess points to */
	intake_done_fn *done;       /* NULL: cancelled */
	void *arg;
};

struct intake {
	struct intake_config config;
	struct intake_call *first, **last; /* the queue */
	struct intake_call *refused;       /* no room in it: to be told so */
	struct intake_guesses guesses;     /* calls on their way to the queue */
	size_t waiting, under_way;
	uint64_t stored;    /* cases made */
	struct event *kick; /* runs the queue at the end of the loop's turn */
	struct event *look; /* pending while the queue waits for the city */
	int64_t stale;      /* the version that the database refused */
	unsigned looks;     /* left; 0: the queue does not wait */
	struct batch *batches;
};

struct batch {
	struct batch *next, **link; /* among the intake's */
	struct intake *intake;
	struct arena *arena;
	struct db_call *db;
	int64_t city_version;
	bool asked_areas;
	size_t n;
	struct intake_call **calls;
	struct intake_case **cases; /* the same, as the store wants them */
};

/* ---- batches ---- */

static struct batch *batch_new(struct intake *intake, size_t n)
{
	struct arena *arena = arena_new();
	struct batch *batch = arena_alloc(arena, sizeof(*batch));

	batch->intake = intake;
	batch->arena = arena;
	batch->calls = arena_array(arena, n, sizeof(*batch->calls));
	batch->cases = arena_array(arena, n, sizeof(struct intake_case *));
	batch->next = intake->batches;
	batch->link = &intake->batches;
	if (batch->next)
		batch->next->link = &batch->next;
	intake->batches = batch;
	return batch;
}

static void batch_add(struct batch *batch, struct intake_call *call)
{
	batch->calls[batch->n] = call;
	batch->cases[batch->n] = &call->c;
	batch->n++;
}

/* The calls in it have gone elsewhere. */
static void batch_free(struct batch *batch)
{
	*batch->link = batch->next;
	if (batch->next)
		batch->next->link = batch->link;
	db_cancel(batch->db);
	arena_free(batch->arena);
}

/* ---- how a call ends ---- */

static void call_free(void *arg)
{
	struct intake_call *call = arg;

	intake_guess_free(call->guess);
	mem_free(call->district);
	mem_free(call->areas);
	mem_free(call);
}

static void call_end(struct intake_call *call, const struct intake_receipt *receipt,
	const struct error *err)
{
	call->intake->under_way--;
	if (call->done)
		call->done(receipt, err, call->arg);
	call_free(call);
}

static void call_fail(struct intake_call *call, enum err_code code, const char *text)
{
	struct error err = { 0 };

	error_set(&err, code, "%s", text);
	call_end(call, NULL, &err);
}

static void call_stored(struct intake_call *call)
{
	char number[CASE_NUMBER_SIZE];
	const struct intake_receipt receipt = {
		.number = number,
		.follow_up_code = call->c.code,
		.rest = call->c.answer,
	};

	case_number_print(&call->c.number, number);
	call->intake->stored++;
	call_end(call, &receipt, NULL);
}

static void intake_enqueue(struct intake *intake, struct intake_call *call)
{
	call->next = NULL;
	*intake->last = call;
	intake->last = &call->next;
	intake->waiting++;
}

static void call_again(struct intake_call *call)
{
	struct intake *intake = call->intake;

	if (++call->attempts >= ATTEMPTS_MAX) {
		call_fail(call, ERR_UNAVAILABLE, "too much is changing at once");
		return;
	}
	intake->under_way--;
	intake_enqueue(intake, call);
}

/* ---- second statement ---- */

static bool batch_has_stored(
	const struct batch *batch, const struct db_rows *rows, int64_t serial)
{
	if ((size_t)db_rows_count(rows) == batch->n)
		return true; /* as always but when a race for a key was lost */
	for (int i = 0; i < db_rows_count(rows); i++)
		if (db_rows_int64(rows, i, 0) == serial)
			return true;
	return false;
}

static void batch_submit(struct batch *batch);

/* Some row in it is bad: each half goes alone, until the bad one does. */
static void batch_split(struct batch *batch)
{
	size_t half = batch->n / 2;
	struct batch *parts[2] = { batch_new(batch->intake, half),
		batch_new(batch->intake, batch->n - half) };

	for (size_t i = 0; i < batch->n; i++)
		batch_add(parts[i >= half], batch->calls[i]);
	parts[0]->asked_areas = parts[1]->asked_areas = batch->asked_areas;
	for (size_t i = 0; i < 2; i++) {
		/* What was decided lives in the batch's arena: decide it again. */
		batch_submit(parts[i]);
	}
	batch_free(batch);
}

static struct intake_call *intake_dequeue(struct intake *intake);

/* The database is away: those who wait for it are told at once, too. */
static void intake_fail_waiting(struct intake *intake)
{
	while (intake->first) {
		struct intake_call *call = intake_dequeue(intake);

		if (call)
			call_fail(call, ERR_UNAVAILABLE, "the database is away");
	}
}

static void batch_fail(struct batch *batch, const struct error *err)
{
	struct intake *intake = batch->intake;

	for (size_t i = 0; i < batch->n; i++)
		call_fail(batch->calls[i], err->code,
			err->code == ERR_UNAVAILABLE ? "the database is away"
						     : "the case was not stored");
	batch_free(batch);
	if (err->code == ERR_UNAVAILABLE && !db_pool_ready(intake->config.pool))
		intake_fail_waiting(intake);
}

/* The city has changed: whatever goes now is refused like this, so all wait. */
static void batch_wait_for_city(struct batch *batch)
{
	struct intake *intake = batch->intake;

	intake->stale = batch->city_version;
	intake->looks = CITY_LOOKS_MAX;
	city_holder_refresh(intake->config.city);
	for (size_t i = 0; i < batch->n; i++)
		call_again(batch->calls[i]);
	batch_free(batch);
	event_add(intake->look, &city_look);
}

static void batch_refused(struct batch *batch, const struct error *err)
{
	if (!strcmp(err->sqlstate, INTAKE_SQLSTATE_STALE)) {
		batch_wait_for_city(batch);
	} else if (err->code == ERR_UNAVAILABLE) {
		batch_fail(batch, err);
	} else if (batch->n > 1) {
		batch_split(batch);
	} else {
		log_event(LOG_LEVEL_ERROR, "intake_refused",
			LOG_S("sqlstate", err->sqlstate),
			LOG_S("constraint", err->constraint));
		batch_fail(batch, &(struct error){ .code = err->code == ERR_FORBIDDEN
								   ? ERR_FORBIDDEN
								   : ERR_INTERNAL });
	}
}

static void batch_stored(struct batch *batch, const struct db_rows *rows)
{
	for (size_t i = 0; i < batch->n; i++) {
		if (batch_has_stored(batch, rows, batch->cases[i]->number.serial))
			call_stored(batch->calls[i]);
		else
			call_again(batch->calls[i]); /* it lost the race for its key */
	}
	batch_free(batch);
}

static void batch_on_submitted(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct batch *batch = arg;
	struct intake *intake = batch->intake;

	batch->db = NULL;
	if (err)
		batch_refused(batch, err);
	else
		batch_stored(batch, rows);
	event_active(intake->kick, EV_TIMEOUT, 0);
}

/* A lookup that is spared as long as no rule needs it. */
static bool city_asks_areas(const struct city *city)
{
	for (size_t i = 0; city && i < city->n_rules; i++) {
		if (city->rules[i].set.asks_areas)
			return true;
	}
	return false;
}

/* Decides and stores. Calls cancelled meanwhile are left out here, the last moment
 * at which that is possible. */
static void batch_submit(struct batch *batch)
{
	struct intake *intake = batch->intake;
	const struct city *city = city_holder_get(intake->config.city);
	size_t n = 0;

	if (!city) {
		batch_fail(batch, &(struct error){ .code = ERR_UNAVAILABLE });
		return;
	}
	if (city_asks_areas(city) && !batch->asked_areas) {
		/* The rules have just become other ones: looked up again. */
		for (size_t i = 0; i < batch->n; i++)
			call_again(batch->calls[i]);
		batch_free(batch);
		return;
	}
	batch->city_version = city->version;
	for (size_t i = 0; i < batch->n; i++) {
		struct intake_call *call = batch->calls[i];

		if (!call->done) {
			call_end(call, NULL, NULL);
			continue;
		}
		intake_case_decide(&call->c, city, intake->config.secret, batch->arena);
		batch->calls[n] = call;
		batch->cases[n++] = &call->c;
	}
	batch->n = n;
	if (n == 0) {
		batch_free(batch);
		return;
	}
	batch->db = intake_store_submit(intake->config.pool, batch->arena,
		&(struct intake_store_batch){ .cases = batch->cases,
			.n = n,
			.city_version = batch->city_version },
		batch_on_submitted, batch);
}

/* ---- first statement ---- */

/* The key was used before: the same answer for the same submission. */
static void call_replay(struct intake_call *call, const struct db_rows *rows, int row)
{
	const struct case_number earlier = {
		.year = (int)db_rows_int64(rows, row, PREPARE_YEAR),
		.serial = db_rows_int64(rows, row, PREPARE_CASE_ID),
	};
	char number[CASE_NUMBER_SIZE];
	const struct intake_receipt receipt = {
		.number = number,
		.follow_up_code = call->c.code,
		.rest = db_rows_text(rows, row, PREPARE_ANSWER),
		.replayed = true,
	};

	if (strcmp(db_rows_text(rows, row, PREPARE_FINGERPRINT), call->c.fingerprint) !=
		0) {
		call_fail(call, ERR_CONFLICT,
			"the idempotency key was used for another submission");
		return;
	}
	case_number_print(&earlier, number);
	if (call->done)
		intake_case_code(call->c.submission, &earlier,
			call->intake->config.secret, call->c.code);
	call_end(call, &receipt, NULL);
}

static void batch_on_prepared(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct batch *batch = arg;
	struct intake *intake = batch->intake;
	size_t n = 0;

	batch->db = NULL;
	if (err) {
		batch_fail(batch, err);
		event_active(intake->kick, EV_TIMEOUT, 0);
		return;
	}
	for (size_t i = 0; i < batch->n; i++) {
		struct intake_call *call = batch->calls[i];

		if (!db_rows_is_null(rows, (int)i, PREPARE_FINGERPRINT)) {
			call_replay(call, rows, (int)i);
			continue;
		}
		call->c.number.serial = db_rows_int64(rows, (int)i, PREPARE_SERIAL);
		mem_free(call->district);
		call->district = mem_dup(db_rows_text(rows, (int)i, PREPARE_DISTRICT));
		call->c.district = call->district;
		mem_free(call->areas);
		call->areas = mem_dup(db_rows_text(rows, (int)i, PREPARE_AREAS));
		call->c.areas = call->areas;
		batch->calls[n] = call;
		batch->cases[n++] = &call->c;
	}
	batch->n = n;
	batch_submit(batch);
	event_active(intake->kick, EV_TIMEOUT, 0);
}

/* A cancelled call's submission may be gone: it ends here, unread. */
static struct intake_call *intake_dequeue(struct intake *intake)
{
	struct intake_call *call = intake->first;

	intake->first = call->next;
	if (!intake->first)
		intake->last = &intake->first;
	intake->waiting--;
	intake->under_way++;
	if (call->done)
		return call;
	call_end(call, NULL, NULL);
	return NULL;
}

static bool intake_waits_for_city(const struct intake *intake)
{
	const struct city *city = city_holder_get(intake->config.city);

	return intake->looks > 0 && city && city->version == intake->stale;
}

/* With no connection up, one batch goes to the pool all the same, which knows how
 * long to wait for one. */
static bool intake_may_run(const struct intake *intake)
{
	return intake->first && !intake_waits_for_city(intake) &&
	       (db_pool_idle(intake->config.pool) > 0 || !intake->batches);
}

/* Those that wait, as many as a batch takes. */
static struct batch *intake_collect(struct intake *intake)
{
	size_t n = intake->waiting < BATCH_MAX ? intake->waiting : BATCH_MAX;
	struct batch *batch = batch_new(intake, n);
	struct intake_call *call;

	while (n-- > 0) {
		call = intake_dequeue(intake);
		if (call)
			batch_add(batch, call);
	}
	return batch;
}

static void intake_run(struct intake *intake)
{
	while (intake_may_run(intake)) {
		struct batch *batch = intake_collect(intake);

		if (batch->n == 0) {
			batch_free(batch);
			continue;
		}
		batch->asked_areas =
			city_asks_areas(city_holder_get(intake->config.city));
		batch->db = intake_store_prepare(intake->config.pool, batch->arena,
			&(struct intake_store_batch){ .cases = batch->cases,
				.n = batch->n,
				.asks_areas = batch->asked_areas },
			batch_on_prepared, batch);
	}
}

/* ---- the queue ---- */

static void intake_on_kick(evutil_socket_t fd, short what, void *arg)
{
	struct intake *intake = arg;
	struct intake_call *call;

	while (intake->refused) {
		call = intake->refused;
		intake->refused = call->next;
		intake->under_way++;
		call_fail(call, ERR_UNAVAILABLE, "too many submissions are waiting");
	}
	intake_run(intake); /* what stays waits for a batch to come back and kick */
}

static void intake_on_look(evutil_socket_t fd, short what, void *arg)
{
	struct intake *intake = arg;

	intake->looks--;
	if (intake_waits_for_city(intake)) {
		event_add(intake->look, &city_look);
		return;
	}
	intake->looks = 0;
	intake_run(intake);
}

static void call_on_guess(struct intake_guess *guess, void *arg)
{
	struct intake_call *call = arg;

	call->guess = guess;
	call->c.guess = guess;
	intake_enqueue(call->intake, call);
	event_active(call->intake->kick, EV_TIMEOUT, 0);
}

struct intake *intake_new(const struct intake_config *config)
{
	struct intake *intake = mem_new(sizeof(*intake));

	intake->config = *config;
	intake->last = &intake->first;
	intake->guesses.holder = config->suggest;
	intake->guesses.work = config->work;
	intake->kick = event_new(config->base, -1, 0, intake_on_kick, intake);
	intake->look = event_new(config->base, -1, 0, intake_on_look, intake);
	return intake;
}

static void calls_free(struct intake_call *call)
{
	struct intake_call *next;

	for (; call; call = next) {
		next = call->next;
		call_free(call);
	}
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	while (intake->batches) {
		struct batch *batch = intake->batches;

		for (size_t i = 0; i < batch->n; i++)
			call_free(batch->calls[i]);
		batch_free(batch);
	}
	intake_guesses_end(&intake->guesses, call_free);
	calls_free(intake->first);
	calls_free(intake->refused);
	event_free(intake->kick);
	event_free(intake->look);
	mem_free(intake);
}

struct intake_call *intake_submit(struct intake *intake,
	const struct submission *submission, intake_done_fn *done, void *arg)
{
	struct intake_call *call = mem_new(sizeof(*call));

	call->intake = intake;
	call->done = done;
	call->arg = arg;
	intake_case_receive(&call->c, submission, stamp_now());
	if (intake->waiting + intake->guesses.n >= intake->config.max_waiting) {
		call->next = intake->refused;
		intake->refused = call;
	} else if (!intake_guess_start(
			   &intake->guesses, &call->c, call_on_guess, call)) {
		intake_enqueue(intake, call);
	}
	event_active(intake->kick, EV_TIMEOUT, 0);
	return call;
}

/* Where the call is, queue or batch, its turn comes and finds nobody to tell. */
void intake_cancel(struct intake_call *call)
{
	if (call)
		call->done = NULL;
}

uint64_t intake_stored(const struct intake *intake)
{
	return intake->stored;
}

size_t intake_pending(const struct intake *intake)
{
	return intake->guesses.n + intake->waiting + intake->under_way;
}
