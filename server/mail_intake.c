#include "server/mail_intake.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/db_array.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/lmtp.h"
#include "lib/log.h"
#include "lib/sha256.h"
#include "server/mail_hash.h"
#include "server/mail_key.h"
#include "server/mail_known.h"
#include "server/reply_address.h"

/* Those who process letters hear of many at once. */
static const struct timeval tell_after = { .tv_usec = 20000 };

static const struct db_query mailbox_query = {
	.name = "mail_in_mailbox",
	.sql = "SELECT m.board FROM synpunkt_mail_in.mailbox($1::text) m",
	.n_params = 1,
};

static const struct db_query store_query = {
	.name = "mail_in_store",
	.sql = "SELECT s.outcome FROM synpunkt_mail_in.store(decode($1::text, 'hex'), "
	       "$2::text, $3::text, decode($4::text, 'hex'), $5::bytea, $6::text[], "
	       "$7::text[]) AS s (outcome)",
	.n_params = 7,
};
#define STORE_RAW 5

static const struct db_query tell_query = {
	.name = "mail_in_tell",
	.sql = "SELECT pg_notify('synpunkt_mail_in', '')",
	.n_params = 0,
};

struct mail_intake {
	struct mail_intake_config config;
	struct mail_known *known;
	struct event *tell;
};

/*
 * One question of a conversation. For a letter:
 *
 *   intake_message  read of its header what it is known by, have its body hashed
 *   letter_hashed   store it, by one statement
 *   letter_stored   answer
 */
struct mail_ask {
	struct mail_intake *intake;
	struct lmtp_talk *talk;
	struct db_call *call;
	char *address; /* of a recipient that is asked for */
	/* Of a letter: */
	struct arena *arena;
	struct lmtp_message message;
	struct mail_key_head head;
	struct mail_hash *hash;
};

static struct mail_ask *ask_new(struct mail_intake *intake, struct lmtp_talk *talk)
{
	struct mail_ask *ask = mem_new(sizeof(*ask));

	ask->intake = intake;
	ask->talk = talk;
	lmtp_talk_set_caller(talk, ask);
	return ask;
}

static void ask_free(struct mail_ask *ask)
{
	mail_hash_free(ask->hash);
	arena_free(ask->arena);
	mem_free(ask->address);
	mem_free(ask);
}

/* ---- recipients ---- */

static bool is_reply_address(const struct mail_intake *intake, const char *address,
	char token[REPLY_TOKEN_SIZE])
{
	struct reply_address found;

	return reply_address_read(intake->config.secret, address, intake->config.domain,
		       &found, token) == 0;
}

static int64_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void recipient_found(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_ask *ask = arg;
	enum lmtp_verdict verdict = LMTP_LATER;

	if (!err)
		verdict = db_rows_count(rows) > 0 ? LMTP_TAKEN : LMTP_UNKNOWN;
	if (verdict == LMTP_TAKEN)
		mail_known_add(ask->intake->known, ask->address, now_s());
	lmtp_settle_recipient(ask->talk, verdict);
	ask_free(ask);
}

static void intake_recipient(struct lmtp_talk *talk, const char *address, void *app)
{
	struct mail_intake *intake = app;
	char token[REPLY_TOKEN_SIZE];
	struct mail_ask *ask;

	if (is_reply_address(intake, address, token) ||
		mail_known_has(intake->known, address, now_s())) {
		lmtp_settle_recipient(talk, LMTP_TAKEN);
		return;
	}
	ask = ask_new(intake, talk);
	ask->address = mem_dup(address);
	ask->call = db_run(intake->config.lookup, &mailbox_query,
		(const char *[]){ address }, recipient_found, ask);
}

/* ---- telling those who process ---- */

static void tell_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	/* They look by themselves now and then; ignoring. */
}

static void on_tell(evutil_socket_t fd, short what, void *arg)
{
	struct mail_intake *intake = arg;

	db_run(intake->config.lookup, &tell_query, NULL, tell_done, NULL);
}

static void tell_soon(struct mail_intake *intake)
{
	if (!event_pending(intake->tell, EV_TIMEOUT, NULL))
		event_add(intake->tell, &tell_after);
}

/* ---- letters ---- */

static void verdicts_read(
	const struct db_rows *rows, size_t n, enum lmtp_verdict *ret, size_t *ret_fresh)
{
	for (size_t i = 0; i < n; i++) {
		const char *outcome = db_rows_text(rows, (int)i, 0);

		ret[i] = strcmp(outcome, "unknown") ? LMTP_TAKEN : LMTP_UNKNOWN;
		*ret_fresh += !strcmp(outcome, "stored");
	}
}

static void letter_stored(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_ask *ask = arg;
	size_t n = ask->message.n_recipients, fresh = 0;
	enum lmtp_verdict *verdicts = arena_array(ask->arena, n, sizeof(*verdicts));

	for (size_t i = 0; i < n; i++)
		verdicts[i] = LMTP_LATER;
	if (!err && (size_t)db_rows_count(rows) == n)
		verdicts_read(rows, n, verdicts, &fresh);
	if (fresh > 0)
		tell_soon(ask->intake);
	lmtp_settle_message(ask->talk, verdicts);
	ask_free(ask);
}

/* A letter without recipients is never asked about, so the arrays are not empty. */
static void letter_hashed(const unsigned char body[SHA256_SIZE], void *arg)
{
	struct mail_ask *ask = arg;
	const struct lmtp_message *message = &ask->message;
	const struct mail_intake_config *config = &ask->intake->config;
	struct db_array *recipients = db_array_new(ask->arena);
	struct db_array *tokens = db_array_new(ask->arena);
	unsigned char key[SHA256_SIZE];
	char body_hex[SHA256_HEX_SIZE], key_hex[SHA256_HEX_SIZE];
	char token[REPLY_TOKEN_SIZE];

	mail_key_make(message->bytes, &ask->head, body, key);
	encode_hex(body, SHA256_SIZE, body_hex);
	encode_hex(key, sizeof(key), key_hex);
	for (size_t i = 0; i < message->n_recipients; i++) {
		db_array_text(recipients, message->recipients[i]);
		if (is_reply_address(ask->intake, message->recipients[i], token))
			db_array_text(tokens, token);
		else
			db_array_null(tokens);
	}
	ask->call = db_run_bytes(
		message->size >= DB_BYTES_MANY ? config->large : config->store,
		&(struct db_task){ .query = &store_query,
			.params = (const char *[]){ key_hex, message->from,
				ask->head.message_id[0] ? ask->head.message_id : NULL,
				body_hex, NULL, db_array_literal(recipients),
				db_array_literal(tokens) },
			.bytes = { STORE_RAW, message->bytes, message->size },
			.done = letter_stored,
			.arg = ask });
}

static void intake_message(
	struct lmtp_talk *talk, const struct lmtp_message *message, void *app)
{
	struct mail_intake *intake = app;
	struct mail_ask *ask = ask_new(intake, talk);

	ask->arena = arena_new();
	ask->message = *message;
	mail_key_scan(message->bytes, message->size, &ask->head);
	ask->hash = mail_hash_new(intake->config.base, letter_hashed, ask);
	mail_hash_start(ask->hash, message->bytes + ask->head.body_at,
		message->size - ask->head.body_at);
}

/* ---- the rest ---- */

/* What was sent to the database may be stored all the same: it will be known again. */
static void intake_gone(struct lmtp_talk *talk, void *app)
{
	struct mail_ask *ask = lmtp_talk_caller(talk);

	db_cancel(ask->call);
	ask_free(ask);
}

static void intake_log(const struct lmtp_log *entry, void *app)
{
	log_event(LOG_LEVEL_INFO, "lmtp", LOG_S("what", entry->what),
		LOG_I("bytes", entry->size), LOG_I("ms", entry->ms),
		LOG_I("taken", entry->taken), LOG_I("refused", entry->refused),
		LOG_I("later", entry->later));
}

void mail_intake_hooks(struct lmtp_hooks *ret)
{
	*ret = (struct lmtp_hooks){ .recipient = intake_recipient,
		.message = intake_message,
		.gone = intake_gone,
		.log = intake_log };
}

struct mail_intake *mail_intake_new(const struct mail_intake_config *config)
{
	struct mail_intake *intake = mem_new(sizeof(*intake));

	intake->config = *config;
	intake->known = mail_known_new();
	intake->tell = evtimer_new(config->base, on_tell, intake);
	if (!intake->tell)
		abort();
	return intake;
}

void mail_intake_free(struct mail_intake *intake)
{
	if (!intake)
		return;
	event_free(intake->tell);
	mail_known_free(intake->known);
	mem_free(intake);
}
