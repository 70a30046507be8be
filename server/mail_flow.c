/*
 * A mail's way:
 *
 *   flow_claim       take the oldest that is due
 *   flow_on_claimed  ask for its bytes
 *   flow_on_raw      hand them to the mail reader
 *   flow_on_read     what it says, or that it cannot be read
 *   flow_on_looked   which case its references name, or it is already; decide
 *   flow_on_added    its words are on a case, or that takes no more: a new case
 *   flow_on_files    what came with a new case's is stored
 *   flow_on_case     the new case has its number
 *   flow_on_settled  done: the next
 *
 * Whatever fails on the way ends the attempt; the lease brings the mail back. A crash
 * between the new case and settling it makes no second one: the key of the intake is
 * the delivery's, and whatever case was stored by it is the mail's, however it reads
 * the next time.
 *
 * What fails again and again is a case without a word of it, for the dispatcher, who
 * has the original.
 */
#include "server/mail_flow.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <event2/event.h>
#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/city_holder.h"
#include "server/follow_code.h"
#include "server/intake.h"
#include "server/mail_case_store.h"
#include "server/mail_files.h"
#include "server/mail_reader_client.h"
#include "server/mail_submission.h"
#include "server/mail_thread.h"
#include "server/options.h"
#include "server/reply_address.h"
#include "server/submission.h"

/* Reading is tried so often when it fails on our side: half an hour, as leases grow. */
#define READS_MAX 8
/* Then it is made a case without being read: after more than an hour. */
#define ATTEMPTS_MAX 12
#define FLOW_WAITING_MAX 8

/* NOTIFY wakes it at once; this finds what was missed, or whose lease is over. */
static const struct timeval poll_interval = { .tv_sec = 5 };
static const struct timeval starting_interval = { .tv_usec = 50000 };

struct mail_flow {
	struct mail_flow_config config;
	struct db_pool *pool, *write,
		*read; /* the latter two for intake and its city */
	struct city_holder *city;
	struct intake *intake;
	struct mail_reader_client *reader;
	struct mail_files_service *files;
	struct event *poll;
	struct mail_way *way; /* the mail under way, or NULL */
};

/* One attempt at one delivery. */
struct mail_way {
	struct mail_flow *flow;
	struct arena *arena;
	const char *id, *attempt, *envelope_from, *board, *unit, *token;
	int64_t received_at;  /* in microseconds since 1970 */
	int raw_fd, bytes_fd; /* the mail; what came with it */
	struct mail_files *files;
	json_t *json; /* NULL: it cannot be read */
	const char *class, *because;
	struct mail_facts facts;
	struct mail_decision decision;
	struct case_number stored; /* what it is already, by an attempt before */
	const char *letter;        /* of ours that it answers, or NULL */
	struct submission submission;
	struct db_call *db;
	struct mail_reader_call *reading;
	struct intake_call *storing;
};

/* ---- ends ---- */

static void way_free(struct mail_way *way)
{
	db_cancel(way->db);
	mail_reader_client_cancel(way->reading);
	intake_cancel(way->storing);
	mail_files_free(way->files);
	json_decref(way->json);
	if (way->raw_fd >= 0)
		close(way->raw_fd);
	if (way->bytes_fd >= 0)
		close(way->bytes_fd);
	arena_free(way->arena);
}

static void flow_claim(struct mail_flow *flow);

/* more: there may be another one due. */
static void way_end(struct mail_way *way, bool more)
{
	struct mail_flow *flow = way->flow;

	flow->way = NULL;
	way_free(way);
	if (more)
		flow_claim(flow);
}

/* The lease brings it back. */
static void way_fail(struct mail_way *way, const char *step, const struct error *err)
{
	log_event(LOG_LEVEL_WARNING, "mail_waits", LOG_S("delivery", way->id),
		LOG_S("step", step), LOG_S("error", err ? err->text : ""),
		LOG_S("sqlstate", err ? err->sqlstate : ""));
	way_end(way, true);
}

/* ---- settling ---- */

static struct mail_case_mail way_mail(const struct mail_way *way)
{
	return (struct mail_case_mail){ .pool = way->flow->pool,
		.arena = way->arena,
		.id = way->id,
		.attempt = way->attempt,
		.class = way->class,
		.because = way->because,
		.json = way->json };
}

/* Never why it is of its class: that quotes it. */
static void way_done(struct mail_way *way)
{
	log_event(LOG_LEVEL_INFO, "mail_done", LOG_S("delivery", way->id),
		LOG_S("class", way->class),
		LOG_S("became", mail_thread_word(way->decision.move)));
	way_end(way, /* more= */ true);
}

static void flow_on_settled(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	way->db = NULL;
	if (err) {
		way_fail(way, "settle", err);
		return;
	}
	way_done(way);
}

static void way_settle(struct mail_way *way, const struct mail_case_end *end)
{
	const struct mail_case_mail mail = way_mail(way);

	way->db = mail_case_store_settle(&mail, end, flow_on_settled, way);
}

/* ---- a new case ---- */

static void way_make(struct mail_way *way)
{
	mail_submission_make(way->arena,
		&(struct mail_submission){ .json = way->json,
			.board = way->board,
			.unit = way->unit,
			.answer = way->decision.answer },
		&way->submission);
	way->submission.received_at = way->received_at;
	way->submission.idempotency_key = arena_printf(
		way->arena, "%cmail-delivery-%s", SUBMISSION_KEY_OURS, way->id);
}

static void way_settle_case(struct mail_way *way, const struct case_number *number)
{
	struct mail_case_end s = { .number = number };
	char hint[CASE_NUMBER_SIZE];

	if (way->decision.hint.year != 0) {
		case_number_print(&way->decision.hint, hint);
		s.what = "mail-hint";
		s.codes = arena_printf(way->arena, "{\"case\": \"%s\"}", hint);
	}
	if (way->decision.answer)
		s.answered = way->submission.contact.email;
	way_settle(way, &s);
}

static void flow_on_case(
	const struct intake_receipt *receipt, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	struct case_number number;

	way->storing = NULL;
	if (err || case_number_parse(receipt->number, &number) < 0)
		way_fail(way, "case", err);
	else
		way_settle_case(way, &number);
}

static void way_store(struct mail_way *way)
{
	way->storing =
		intake_submit(way->flow->intake, &way->submission, flow_on_case, way);
}

static void flow_on_files(
	const struct attachment *all, size_t n, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	if (err) {
		way_fail(way, "files", err);
		return;
	}
	way->submission.attachments = all;
	way->submission.n_attachments = n;
	way_store(way);
}

static void way_submit(struct mail_way *way)
{
	const json_t *attachments = json_object_get(way->json, "attachments");
	struct error err = { 0 };

	way_make(way);
	if (json_array_size(attachments) == 0) {
		way_store(way);
		return;
	}
	way->files = mail_files_take(way->flow->files,
		&(struct mail_files_order){ .attachments = attachments,
			.bytes_fd = way->bytes_fd,
			.done = flow_on_files,
			.arg = way },
		&err);
	if (!way->files)
		way_fail(way, "files", &err);
}

/* ---- words on a case ---- */

static void flow_on_added(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	const char *outcome = err ? NULL : db_rows_text(rows, 0, 0);

	way->db = NULL;
	if (err) {
		way_fail(way, "add", err);
	} else if (!strcmp(outcome, "added")) {
		way_done(way);
	} else if (!strcmp(outcome, "stale")) {
		way_end(way, /* more= */ true);
	} else {
		/* It is closed, disposed of or full: what was written stands in a new
		 * one that names it. */
		mail_thread_anew(&way->facts, &way->decision);
		way_submit(way);
	}
}

static void way_add(struct mail_way *way)
{
	const struct mail_case_mail mail = way_mail(way);

	way->db = mail_case_store_add(&mail, &way->decision.number, flow_on_added, way);
}

/* A bounce that says "for good" (RFC 3463: class 5) of a letter of ours. */
static bool is_bounced(const struct mail_way *way)
{
	const char *status = json_string_value(
		json_object_get(json_object_get(way->json, "bounce"), "status"));

	return !strcmp(way->class, "bounce") && status && status[0] == '5';
}

static void way_note(struct mail_way *way)
{
	way_settle(way, &(struct mail_case_end){ .number = &way->decision.number,
				.what = "mail-noted",
				.codes = arena_printf(
					way->arena, "{\"class\": \"%s\"}", way->class),
				.letter = is_bounced(way) ? way->letter : NULL });
}

/* ---- deciding ---- */

static bool is_own(const struct mail_way *way, const char *address)
{
	return !strcasecmp(address, way->flow->config.options->mail_from) ||
	       !strncasecmp(address, "arende+", strlen("arende+"));
}

/* From the column of the year and the one after it. */
static struct case_number number_of(const struct db_rows *rows, int year)
{
	return (struct case_number){ (int)db_rows_int64(rows, 0, year),
		db_rows_int64(rows, 0, year + 1) };
}

static void way_decide(struct mail_way *way, const struct db_rows *rows)
{
	const char *from = json_string_value(json_object_get(way->json, "from"));
	const json_t *said = json_object_get(way->json, "authentication");
	struct reply_address reply;

	way->facts.class = way->json ? way->class : NULL;
	way->facts.subject = json_string_value(json_object_get(way->json, "subject"));
	way->facts.never_answer =
		json_is_true(json_object_get(way->json, "neverAnswer"));
	way->facts.null_sender = way->envelope_from[0] == '\0';
	way->facts.may_answer = from && !is_own(way, from) &&
				db_rows_bool(rows, 0, MAIL_LOOK_MAY_ANSWER);
	way->facts.from = from;
	way->facts.dmarc = json_string_value(json_object_get(said, "dmarc"));
	way->facts.dmarc_domain = json_string_value(json_object_get(said, "from"));
	way->facts.is_party = db_rows_bool(rows, 0, MAIL_LOOK_IS_PARTY);
	way->facts.answered = number_of(rows, MAIL_LOOK_YEAR);
	way->letter = arena_dup(way->arena, db_rows_text(rows, 0, MAIL_LOOK_LETTER));
	if (reply_token_read(way->flow->config.secret, way->token, &reply) == 0)
		way->facts.token = reply.number;
	way->stored = number_of(rows, MAIL_LOOK_STORED_YEAR);
	if (way->stored.year != 0)
		mail_thread_anew(&way->facts, &way->decision);
	else
		mail_thread_decide(&way->facts, &way->decision);
}

static void flow_on_looked(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	way->db = NULL;
	if (err) {
		way_fail(way, "look", err);
		return;
	}
	way_decide(way, rows);
	if (way->stored.year != 0) {
		way_make(way);
		way_settle_case(way, &way->stored);
		return;
	}
	switch (way->decision.move) {
	case MAIL_MOVE_ADD:
		way_add(way);
		return;
	case MAIL_MOVE_NOTE:
		way_note(way);
		return;
	case MAIL_MOVE_CASE:
		way_submit(way);
		return;
	case MAIL_MOVE_KEEP:
		way_settle(way, &(struct mail_case_end){ .number = NULL });
		return;
	}
}

static void way_look(struct mail_way *way)
{
	const struct mail_case_mail mail = way_mail(way);

	way->db = mail_case_store_look(&mail, flow_on_looked, way);
}

/* ---- reading ---- */

static void way_read(struct mail_way *way, const struct mail_reader_result *result)
{
	const char *word;

	way->json = json_loadfd(result->json_fd, 0, NULL);
	way->class = json_string_value(json_object_get(way->json, "class"));
	word = json_string_value(json_object_get(way->json, "because"));
	way->because = word ? word : "";
	if (!way->class) {
		json_decref(steal(way->json));
		way->class = "new";
	}
}

static void flow_on_read(const struct mail_reader_result *result, void *arg)
{
	struct mail_way *way = arg;

	way->reading = NULL;
	if (mail_reader_may_read(result->outcome) &&
		strtol(way->attempt, NULL, 10) < READS_MAX) {
		way_fail(way, "read", NULL);
		return;
	}
	way->class = "new";
	way->because = "it could not be read";
	if (result->outcome == CONFINED_OK) {
		way_read(way, result);
		close(result->json_fd);
		way->bytes_fd = result->bytes_fd;
	}
	way_look(way);
}

/* ---- taking ---- */

static struct mail_way *way_new(struct mail_flow *flow, const struct db_rows *rows)
{
	struct arena *arena = arena_new();
	struct mail_way *way = arena_alloc(arena, sizeof(*way));

	way->flow = flow;
	way->arena = arena;
	way->raw_fd = way->bytes_fd = -1;
	way->id = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_ID));
	way->attempt = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_ATTEMPT));
	way->envelope_from = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_FROM));
	way->board = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_BOARD));
	way->unit = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_UNIT));
	way->token = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_TOKEN));
	way->received_at = db_rows_int64(rows, 0, MAIL_CLAIM_RECEIVED_AT);
	return way;
}

static void flow_on_raw(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	struct error failed = { 0 };

	way->db = NULL;
	if (err || db_rows_count(rows) == 0) {
		way_fail(way, "bytes", err);
		return;
	}
	way->raw_fd = mail_files_raw(db_rows_text(rows, 0, 0), &failed);
	if (way->raw_fd >= 0)
		way->reading = mail_reader_client_run(
			way->flow->reader, way->raw_fd, flow_on_read, way, &failed);
	if (!way->reading)
		way_fail(way, "read", &failed);
}

static void way_ask(struct mail_way *way)
{
	const struct mail_case_mail mail = way_mail(way);

	way->db = mail_case_store_raw(&mail, flow_on_raw, way);
}

/* A case of the dispatcher's with nothing of the mail in it but the original. */
static void way_give_up(struct mail_way *way)
{
	log_event(LOG_LEVEL_ERROR, "mail_given_up", LOG_S("delivery", way->id));
	way->class = "new";
	way->because = "it failed again and again";
	way->board = way->unit = NULL;
	way_look(way);
}

static void flow_on_claimed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_flow *flow = ((struct mail_way *)arg)->flow;
	struct mail_way *way;

	flow->way->db = NULL;
	way_end(flow->way, /* more= */ false);
	if (err)
		log_event(LOG_LEVEL_WARNING, "mail_claim_failed",
			LOG_S("error", err->text), LOG_S("sqlstate", err->sqlstate));
	if (err || db_rows_count(rows) == 0)
		return;
	way = way_new(flow, rows);
	flow->way = way;
	if (strtol(way->attempt, NULL, 10) > ATTEMPTS_MAX)
		way_give_up(way);
	else
		way_ask(way);
}

static void flow_claim(struct mail_flow *flow)
{
	struct arena *arena;

	if (flow->way || !city_holder_get(flow->city))
		return;
	arena = arena_new();
	flow->way = arena_alloc(arena, sizeof(*flow->way));
	flow->way->flow = flow;
	flow->way->arena = arena;
	flow->way->raw_fd = flow->way->bytes_fd = -1;
	flow->way->db = mail_case_store_claim(flow->pool, flow_on_claimed, flow->way);
}

static void flow_on_poll(evutil_socket_t fd, short what, void *arg)
{
	struct mail_flow *flow = arg;

	event_add(flow->poll,
		city_holder_get(flow->city) ? &poll_interval : &starting_interval);
	mail_case_store_measure(flow->pool, flow->config.metrics);
	flow_claim(flow);
}

static void flow_heard(const char *payload, void *arg)
{
	flow_claim(arg);
}

/* ---- making it ---- */

static int flow_make(struct mail_flow *flow, struct error *err)
{
	const struct mail_case_pool config = { .base = flow->config.base,
		.options = flow->config.options };

	flow->pool = mail_case_store_pool(
		&config, "synpunkt_mail_case", "synpunkt mail case", err);
	if (!flow->pool)
		return -1;
	flow->write = mail_case_store_pool(
		&config, "synpunkt_resident", "synpunkt mail write", err);
	if (!flow->write)
		return -1;
	flow->read = mail_case_store_pool(
		&config, "synpunkt_resident", "synpunkt mail city", err);
	if (!flow->read)
		return -1;
	flow->city = city_holder_new(flow->config.base, flow->read, NULL, NULL);
	flow->intake = intake_new(&(struct intake_config){ .base = flow->config.base,
		.pool = flow->write,
		.city = flow->city,
		.secret = flow->config.secret,
		.max_waiting = FLOW_WAITING_MAX });
	flow->reader =
		mail_reader_client_new(flow->config.base, flow->config.reader_fd);
	flow->files = mail_files_service_new(
		&(struct mail_files_config){ .base = flow->config.base,
			.state = flow->config.options->state,
			.image_fd = flow->config.image_fd },
		err);
	if (!flow->files)
		return -1;
	db_pool_listen(flow->pool, "synpunkt_mail_in", flow_heard, flow);
	return 0;
}

struct mail_flow *mail_flow_new(
	const struct mail_flow_config *config, struct error *err)
{
	struct mail_flow *flow = mem_new(sizeof(*flow));

	flow->config = *config;
	flow->poll = evtimer_new(config->base, flow_on_poll, flow);
	if (flow_make(flow, err) < 0) {
		mail_flow_free(flow);
		return NULL;
	}
	event_add(flow->poll, &starting_interval);
	return flow;
}

bool mail_flow_ready(const struct mail_flow *flow)
{
	return db_pool_ready(flow->pool) && db_pool_ready(flow->write) &&
	       city_holder_get(flow->city);
}

void mail_flow_free(struct mail_flow *flow)
{
	if (!flow)
		return;
	if (flow->way)
		way_free(flow->way);
	mail_files_service_free(flow->files);
	mail_reader_client_free(flow->reader);
	intake_free(flow->intake);
	city_holder_free(flow->city);
	db_pool_free(flow->read);
	db_pool_free(flow->write);
	db_pool_free(flow->pool);
	event_free(flow->poll);
	mem_free(flow);
}
