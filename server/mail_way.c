/* One attempt at one mail; the steps are listed in mail_flow.c. */
#include "server/mail_flow_private.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/follow_code.h"
#include "server/intake.h"
#include "server/mail_files.h"
#include "server/mail_reader_client.h"
#include "server/mail_scan.h"
#include "server/options.h"
#include "server/reply_address.h"

/* Reading is tried so often when it fails on our side: half an hour, as leases grow. */
#define READS_MAX 8
/* Then it is made a case without being read: after more than an hour. */
#define ATTEMPTS_MAX 12

/* ---- ends ---- */

void mail_way_free(struct mail_way *way)
{
	db_cancel(way->db);
	mail_reader_client_cancel(way->reading);
	intake_cancel(way->storing);
	mail_files_free(way->files);
	mail_scan_free(way->scan);
	json_decref(way->withheld);
	json_decref(way->json);
	if (way->raw_fd >= 0)
		close(way->raw_fd);
	if (way->bytes_fd >= 0)
		close(way->bytes_fd);
	arena_free(way->arena);
}

/* more: there may be another one due. */
void mail_way_end(struct mail_way *way, bool more)
{
	struct mail_flow *flow = way->flow;

	flow->way = NULL;
	mail_way_free(way);
	if (more)
		mail_flow_claim(flow);
}

/* The lease brings it back. */
void mail_way_fail(struct mail_way *way, const char *step, const struct error *err)
{
	log_event(LOG_LEVEL_WARNING, "mail_waits", LOG_S("delivery", way->id),
		LOG_S("step", step), LOG_S("error", err ? err->text : ""),
		LOG_S("sqlstate", err ? err->sqlstate : ""));
	mail_way_end(way, true);
}

/* ---- settling ---- */

struct mail_case_mail mail_way_mail(const struct mail_way *way)
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
	mail_way_end(way, /* more= */ true);
}

static void way_on_settled(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	way->db = NULL;
	if (err) {
		mail_way_fail(way, "settle", err);
		return;
	}
	way_done(way);
}

void mail_way_settle(struct mail_way *way, const struct mail_case_end *end)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	way->db = mail_case_store_settle(&mail, end, way_on_settled, way);
}

/* ---- words on a case ---- */

static void way_on_added(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	const char *outcome = err ? NULL : db_rows_text(rows, 0, 0);

	way->db = NULL;
	if (err) {
		mail_way_fail(way, "add", err);
	} else if (!strcmp(outcome, "added")) {
		way_done(way);
	} else if (!strcmp(outcome, "stale")) {
		mail_way_end(way, /* more= */ true);
	} else {
		/* It is closed, disposed of or full: what was written stands in a new
		 * one that names it. */
		mail_thread_anew(&way->facts, &way->decision);
		mail_way_submit(way);
	}
}

static void way_add(struct mail_way *way)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	way->db = mail_case_store_add(&mail, &way->decision.number, way_on_added, way);
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
	mail_way_settle(way, &(struct mail_case_end){ .number = &way->decision.number,
				     .what = "mail-noted",
				     .codes = arena_printf(way->arena,
					     "{\"class\": \"%s\"}", way->class),
				     .letter = is_bounced(way) ? way->letter : NULL });
}

static void way_forget(struct mail_way *way)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	way->db = mail_case_store_forget(&mail,
		&(struct mail_case_robot){
			.letter = way->letter, .came_back = is_bounced(way) },
		way_on_settled, way);
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
	way->facts.never_answer = way->never_answer;
	way->facts.null_sender = way->envelope_from[0] == '\0';
	way->facts.may_answer = from && !is_own(way, from) &&
				db_rows_bool(rows, 0, MAIL_LOOK_MAY_ANSWER);
	way->facts.from = from;
	way->facts.dmarc = json_string_value(json_object_get(said, "dmarc"));
	way->facts.dmarc_domain = json_string_value(json_object_get(said, "from"));
	way->facts.is_party = db_rows_bool(rows, 0, MAIL_LOOK_IS_PARTY);
	way->facts.answered = number_of(rows, MAIL_LOOK_YEAR);
	way->facts.is_disclosure = db_rows_bool(rows, 0, MAIL_LOOK_IS_DISCLOSURE);
	way->letter = arena_dup(way->arena, db_rows_text(rows, 0, MAIL_LOOK_LETTER));
	if (reply_token_read(way->flow->config.secret, way->token, &reply) == 0)
		way->facts.token = reply.number;
	way->stored = number_of(rows, MAIL_LOOK_STORED_YEAR);
	if (way->stored.year != 0)
		mail_thread_anew(&way->facts, &way->decision);
	else
		mail_thread_decide(&way->facts, &way->decision);
}

static void way_on_looked(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;

	way->db = NULL;
	if (err) {
		mail_way_fail(way, "look", err);
		return;
	}
	way_decide(way, rows);
	if (way->stored.year != 0) {
		mail_way_settle_stored(way);
		return;
	}
	/* Nobody is to see it in the quarantine either. */
	if (way->decision.move == MAIL_MOVE_FORGET) {
		way_forget(way);
		return;
	}
	if (mail_way_hold(way))
		return;
	switch (way->decision.move) {
	case MAIL_MOVE_ADD:
		way_add(way);
		return;
	case MAIL_MOVE_NOTE:
		way_note(way);
		return;
	case MAIL_MOVE_CASE:
		mail_way_import(way);
		return;
	case MAIL_MOVE_FORGET:
		return;
	case MAIL_MOVE_KEEP:
		/* A letter of ours that is no case's went to a follower. */
		mail_way_settle(
			way, &(struct mail_case_end){
				     .letter = is_bounced(way) ? way->letter : NULL });
		return;
	}
}

void mail_way_look(struct mail_way *way)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	way->db = mail_case_store_look(&mail, way_on_looked, way);
}

/* ---- reading ---- */

/* What the desk has let go on is no spam, whatever our mail server says. */
static void way_classify(struct mail_way *way)
{
	const json_t *said = json_object_get(way->json, "otherwise");
	const char *word;

	if (!way->is_released || !json_is_object(said))
		said = way->json;
	way->class = json_string_value(json_object_get(said, "class"));
	word = json_string_value(json_object_get(said, "because"));
	way->because = word ? word : "";
	way->never_answer = json_is_true(json_object_get(said, "neverAnswer"));
}

static void way_read(struct mail_way *way, const struct mail_reader_result *result)
{
	way->json = json_loadfd(result->json_fd, 0, NULL);
	way_classify(way);
	if (!way->class) {
		json_decref(steal(way->json));
		way->class = "new";
	}
}

static void way_on_read(const struct mail_reader_result *result, void *arg)
{
	struct mail_way *way = arg;

	way->reading = NULL;
	if (mail_reader_may_read(result->outcome) &&
		strtol(way->attempt, NULL, 10) < READS_MAX) {
		mail_way_fail(way, "read", NULL);
		return;
	}
	way->class = "new";
	way->because = "it could not be read";
	if (result->outcome == CONFINED_OK) {
		way_read(way, result);
		close(result->json_fd);
		way->bytes_fd = result->bytes_fd;
	}
	mail_way_check(way);
}

/* ---- beginning ---- */

struct mail_way *mail_way_empty(struct mail_flow *flow)
{
	struct arena *arena = arena_new();
	struct mail_way *way = arena_alloc(arena, sizeof(*way));

	way->flow = flow;
	way->arena = arena;
	way->raw_fd = way->bytes_fd = -1;
	way->withheld = json_array();
	return way;
}

struct mail_way *mail_way_new(struct mail_flow *flow, const struct db_rows *rows)
{
	struct mail_way *way = mail_way_empty(flow);
	struct arena *arena = way->arena;

	way->id = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_ID));
	way->attempt = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_ATTEMPT));
	way->envelope_from = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_FROM));
	way->board = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_BOARD));
	way->unit = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_UNIT));
	way->token = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_TOKEN));
	way->received_at = db_rows_int64(rows, 0, MAIL_CLAIM_RECEIVED_AT);
	way->mailbox = arena_dup(arena, db_rows_text(rows, 0, MAIL_CLAIM_MAILBOX));
	return way;
}

/* What was withheld from it when the desk let it go on; NULL: it has not. */
static void way_recall(struct mail_way *way, const char *withheld)
{
	if (!withheld)
		return;
	way->is_released = true;
	json_decref(way->withheld);
	way->withheld = json_loads(withheld, 0, NULL);
	if (!way->withheld)
		way->withheld = json_array();
}

static void way_on_raw(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_way *way = arg;
	struct error failed = { 0 };

	way->db = NULL;
	if (err || db_rows_count(rows) == 0) {
		mail_way_fail(way, "bytes", err);
		return;
	}
	way_recall(way, db_rows_text(rows, 0, 1));
	way->raw_fd = mail_files_raw(db_rows_text(rows, 0, 0), &failed);
	if (way->raw_fd >= 0)
		way->reading = mail_reader_client_run(
			way->flow->reader, way->raw_fd, way_on_read, way, &failed);
	if (!way->reading)
		mail_way_fail(way, "read", &failed);
}

static void way_ask(struct mail_way *way)
{
	const struct mail_case_mail mail = mail_way_mail(way);

	way->db = mail_case_store_raw(&mail, way_on_raw, way);
}

/* A case of the dispatcher's with nothing of the mail in it but the original. */
static void way_give_up(struct mail_way *way)
{
	log_event(LOG_LEVEL_ERROR, "mail_given_up", LOG_S("delivery", way->id));
	way->class = "new";
	way->because = "it failed again and again";
	way->is_unchecked = way->flow->clamav != NULL;
	way->board = way->unit = way->mailbox = NULL;
	mail_way_look(way);
}

void mail_way_begin(struct mail_way *way)
{
	if (strtol(way->attempt, NULL, 10) > ATTEMPTS_MAX)
		way_give_up(way);
	else
		way_ask(way);
}
