#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base.h"
#include "lib/lmtp_private.h"

static struct evbuffer *talk_input(const struct lmtp_talk *talk)
{
	return bufferevent_get_input(talk->bev);
}

static size_t talk_unsent(const struct lmtp_talk *talk)
{
	return evbuffer_get_length(bufferevent_get_output(talk->bev));
}

static void talk_wake(struct lmtp_talk *talk)
{
	if (talk->is_ready)
		return;
	talk->is_ready = true;
	TAILQ_INSERT_TAIL(&talk->server->ready, talk, ready);
	event_active(talk->server->turn, EV_TIMEOUT, 0);
}

static void talk_say(struct lmtp_talk *talk, const char *line)
{
	evbuffer_add_printf(bufferevent_get_output(talk->bev), "%s\r\n", line);
}

static void talk_log(struct lmtp_talk *talk, struct lmtp_log *entry)
{
	const struct lmtp_hooks *hooks = &talk->server->config.hooks;

	if (talk->mail.begun)
		entry->ms = (unsigned)(lmtp_now_ms() - talk->mail.since_ms);
	if (hooks->log)
		hooks->log(entry, talk->server->app);
}

/* ---- phases ---- */

static bool talk_is_asking(const struct lmtp_talk *talk)
{
	return talk->phase == LMTP_PHASE_RECIPIENT || talk->phase == LMTP_PHASE_MESSAGE;
}

static void talk_close(struct lmtp_talk *talk)
{
	if (talk->dead)
		return;
	talk->dead = true;
	talk->due = 0;
	bufferevent_disable(talk->bev, EV_READ | EV_WRITE);
	if (talk_is_asking(talk) && !talk->settled)
		talk->server->config.hooks.gone(talk, talk->server->app);
	talk_wake(talk);
}

/* The client's turn. */
static void talk_await(struct lmtp_talk *talk)
{
	talk->phase = LMTP_PHASE_COMMAND;
	talk->due = lmtp_now_ms() + talk->server->config.idle_ms;
}

/* Says a last line. What the client still sends is discarded: closing with bytes unread
 * would reset the connection, and the reset can overtake the line. */
static void talk_part(struct lmtp_talk *talk, const char *line, const char *why)
{
	talk_say(talk, line);
	if (why)
		talk_log(talk, &(struct lmtp_log){ .what = why });
	lmtp_mail_end(talk);
	talk->phase = LMTP_PHASE_PARTING;
	talk->due = lmtp_now_ms() + LMTP_PARTING_MS;
	talk_wake(talk);
}

static void talk_part_if_draining(struct lmtp_talk *talk)
{
	if (talk->server->draining && talk->phase == LMTP_PHASE_COMMAND &&
		!talk->mail.begun)
		talk_part(talk, "421 4.3.2 going down, try again later", NULL);
}

void lmtp_talk_drain(struct lmtp_talk *talk)
{
	uint64_t due = lmtp_now_ms() + talk->server->config.drain_ms;

	talk_part_if_draining(talk);
	if ((talk->phase == LMTP_PHASE_COMMAND || talk->phase == LMTP_PHASE_DATA) &&
		talk->due > due)
		talk->due = due;
}

void lmtp_talk_overdue(struct lmtp_talk *talk, uint64_t now)
{
	const struct lmtp_config *config = &talk->server->config;
	uint64_t least = (uint64_t)config->data_ms * config->least_rate / 1000;

	switch (talk->phase) {
	case LMTP_PHASE_COMMAND:
		talk_part(talk, "421 4.4.2 nothing came for too long", "idle");
		return;
	case LMTP_PHASE_DATA:
		if (now < talk->total_due && talk->received - talk->mark >= least &&
			!talk->server->draining) {
			talk->mark = talk->received;
			talk->due = now + config->data_ms < talk->total_due
					    ? now + config->data_ms
					    : talk->total_due;
			return;
		}
		talk_part(talk, "421 4.4.2 the message takes too long", "slow");
		return;
	default:
		talk_close(talk);
	}
}

/* ---- answers of the owner ---- */

static const char *const recipient_lines[] = {
	[LMTP_TAKEN] = "250 2.1.5 recipient taken",
	[LMTP_UNKNOWN] = "550 5.1.1 no such recipient here",
	[LMTP_LATER] = "451 4.3.0 cannot look the recipient up, try again later",
};

static const char *const message_lines[] = {
	[LMTP_TAKEN] = "250 2.0.0 stored",
	[LMTP_UNKNOWN] = "550 5.1.1 no such recipient here",
	[LMTP_LATER] = "451 4.3.0 cannot store the message, try again later",
};

static void count_refusal(struct lmtp_talk *talk, const char *line, unsigned n)
{
	if (line[0] == '5')
		talk->server->stats.rejected += n;
	else if (line[0] == '4')
		talk->server->stats.deferred += n;
}

static bool talk_recipient_settled(struct lmtp_talk *talk)
{
	const char *line = recipient_lines[talk->verdict];

	if (talk->verdict == LMTP_TAKEN)
		lmtp_mail_add(&talk->mail, talk->asked);
	mem_free(steal(talk->asked));
	count_refusal(talk, line, 1);
	talk_say(talk, line);
	talk_await(talk);
	return true;
}

static void talk_message_done(struct lmtp_talk *talk, struct lmtp_log *entry)
{
	talk->fruitless = 0;
	talk_log(talk, entry);
	lmtp_mail_end(talk);
	talk_await(talk);
	talk_part_if_draining(talk);
}

static bool talk_message_settled(struct lmtp_talk *talk)
{
	struct lmtp_log entry = { .what = "message", .size = talk->mail.size };

	for (size_t i = 0; i < talk->mail.n_recipients; i++) {
		enum lmtp_verdict verdict = talk->verdicts[i];

		entry.taken += verdict == LMTP_TAKEN;
		entry.refused += verdict == LMTP_UNKNOWN;
		entry.later += verdict == LMTP_LATER;
		count_refusal(talk, message_lines[verdict], 1);
		talk_say(talk, message_lines[verdict]);
	}
	talk->server->stats.waiting--;
	talk->server->stats.taken += entry.taken > 0;
	mem_free(steal(talk->verdicts));
	talk_message_done(talk, &entry);
	return true;
}

void lmtp_settle_recipient(struct lmtp_talk *talk, enum lmtp_verdict verdict)
{
	assert(talk->phase == LMTP_PHASE_RECIPIENT && !talk->settled && !talk->dead);
	talk->verdict = verdict;
	talk->settled = true;
	talk_wake(talk);
}

void lmtp_settle_message(struct lmtp_talk *talk, const enum lmtp_verdict *verdicts)
{
	size_t size = talk->mail.n_recipients * sizeof(*verdicts);

	assert(talk->phase == LMTP_PHASE_MESSAGE && !talk->settled && !talk->dead);
	talk->verdicts = mem_new(size);
	memcpy(talk->verdicts, verdicts, size);
	talk->settled = true;
	talk_wake(talk);
}

void lmtp_talk_set_caller(struct lmtp_talk *talk, void *caller)
{
	talk->caller = caller;
}

void *lmtp_talk_caller(const struct lmtp_talk *talk)
{
	return talk->caller;
}

/* ---- commands ---- */

/* Counts what leads to no message: somebody who goes on like that is no mail server. */
static void talk_fruitless(struct lmtp_talk *talk, const char *line)
{
	if (++talk->fruitless > LMTP_FRUITLESS_MAX)
		talk_part(talk, "421 4.7.0 too many commands without a message",
			"fruitless");
	else
		talk_say(talk, line);
}

static void act_lhlo(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	const struct lmtp_config *config = &talk->server->config;

	talk->greeted = true;
	talk->fruitless++;
	lmtp_mail_end(talk);
	evbuffer_add_printf(bufferevent_get_output(talk->bev),
		"250-%s\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
		"250-ENHANCEDSTATUSCODES\r\n250 SIZE %zu\r\n",
		config->name, config->max_message);
}

static void act_mail(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	const char *refusal;

	if (!talk->greeted) {
		talk_fruitless(talk, "503 5.5.1 LHLO comes first");
		return;
	}
	if (talk->mail.begun) {
		talk_fruitless(talk, "503 5.5.1 a message is under way already");
		return;
	}
	refusal = lmtp_mail_begin(talk, command);
	if (refusal)
		talk_fruitless(talk, refusal);
	else
		talk_say(talk, "250 2.1.0 sender taken");
}

static void act_rcpt(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	const struct lmtp_server *s = talk->server;
	const char *refusal = lmtp_mail_may_add(talk, command);

	if (refusal && !talk->mail.begun) {
		talk_fruitless(talk, refusal);
		return;
	}
	/* However many: those that were taken shall have their letter. */
	if (refusal) {
		count_refusal(talk, refusal, 1);
		talk_say(talk, refusal);
		return;
	}
	talk->asked = mem_dup(command->address);
	talk->phase = LMTP_PHASE_RECIPIENT;
	talk->due = 0;
	talk->settled = false;
	s->config.hooks.recipient(talk, talk->asked, s->app);
}

static void act_data(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	const struct lmtp_config *config = &talk->server->config;
	uint64_t now = lmtp_now_ms();

	if (talk->mail.n_recipients == 0) {
		talk_fruitless(talk, "503 5.5.1 there is no recipient");
		/* A message on its heels would be read as commands. */
		if (evbuffer_get_length(talk_input(talk)) > 0)
			talk_part(
				talk, "421 4.7.0 DATA is the last of a group", "early");
		return;
	}
	lmtp_mail_open(talk);
	talk->phase = LMTP_PHASE_DATA;
	talk->received = talk->mark = 0;
	talk->total_due = now + config->data_total_ms;
	talk->due = now + config->data_ms;
	if (talk->due > talk->total_due)
		talk->due = talk->total_due;
	talk_say(talk, "354 go ahead, end with a dot");
}

static void act_rset(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	bool tried = talk->mail.begun; /* as who only asks for recipients does */

	lmtp_mail_end(talk);
	if (tried)
		talk_say(talk, "250 2.0.0 forgotten");
	else
		talk_fruitless(talk, "250 2.0.0 forgotten");
}

static void act_noop(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	talk_fruitless(talk, "250 2.0.0 fine");
}

static void act_vrfy(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	talk_fruitless(talk, "252 2.5.0 cannot say, send and see");
}

static void act_quit(struct lmtp_talk *talk, const struct lmtp_command *command)
{
	talk_part(talk, "221 2.0.0 goodbye", NULL);
}

static void (*const acts[])(
	struct lmtp_talk *talk, const struct lmtp_command *command) = {
	[LMTP_LHLO] = act_lhlo,
	[LMTP_MAIL] = act_mail,
	[LMTP_RCPT] = act_rcpt,
	[LMTP_DATA] = act_data,
	[LMTP_RSET] = act_rset,
	[LMTP_NOOP] = act_noop,
	[LMTP_VRFY] = act_vrfy,
	[LMTP_QUIT] = act_quit,
};

static void talk_command(struct lmtp_talk *talk, const char *line, size_t n)
{
	struct lmtp_command command;
	const char *refusal = lmtp_command_read(line, n, &command);

	if (command.verb == LMTP_STRANGER)
		talk_part(talk, refusal, "stranger");
	else if (refusal)
		talk_fruitless(talk, refusal);
	else
		acts[command.verb](talk, &command);
}

/* ---- reading ---- */

/* Takes what stands up to the first LF, or what is too long without one. */
static void talk_line(struct lmtp_talk *talk, size_t n, bool whole)
{
	char line[LMTP_LINE_MAX + 2];
	struct evbuffer *in = talk_input(talk);

	if (talk->skipping || n > sizeof(line)) {
		evbuffer_drain(in, n);
		talk->skipping = !whole;
		if (whole)
			talk_fruitless(talk, "500 5.5.2 the line is too long");
		return;
	}
	evbuffer_remove(in, line, n);
	if (n < 2 || line[n - 2] != '\r')
		talk_part(talk, "500 5.5.2 lines end with CRLF", "bare-lf");
	else
		talk_command(talk, line, n - 2);
}

static bool talk_step_command(struct lmtp_talk *talk)
{
	struct evbuffer *in = talk_input(talk);
	struct evbuffer_ptr lf;
	size_t n = evbuffer_get_length(in);

	/* A client that does not read its answers gets no more of them. */
	if (n == 0 || talk_unsent(talk) > LMTP_READ_MAX) {
		if (talk->eof && n == 0)
			talk_close(talk);
		return false;
	}
	lf = evbuffer_search(in, "\n", 1, NULL);
	if (lf.pos >= 0)
		n = (size_t)lf.pos + 1;
	if (lf.pos < 0 && n < LMTP_LINE_MAX + 2 && !talk->skipping) {
		if (talk->eof)
			talk_close(talk);
		return false;
	}
	talk->due = lmtp_now_ms() + talk->server->config.idle_ms;
	talk_line(talk, n, lf.pos >= 0);
	return true;
}

static void talk_ask_message(struct lmtp_talk *talk)
{
	struct lmtp_server *s = talk->server;
	struct lmtp_mail *mail = &talk->mail;
	struct lmtp_message message = { .from = mail->from,
		.recipients = (const char *const *)mail->recipients,
		.n_recipients = mail->n_recipients,
		.bytes = mail->bytes ? mail->bytes : "",
		.size = mail->size,
		.eight_bit = mail->eight_bit,
		.utf8 = mail->utf8 };

	talk->phase = LMTP_PHASE_MESSAGE;
	talk->due = 0;
	talk->settled = false;
	s->stats.waiting++;
	s->config.hooks.message(talk, &message, s->app);
}

/* Said for each recipient, as RFC 2033 section 4.2 has it for every answer here. */
static void talk_message_refused(struct lmtp_talk *talk)
{
	const char *line = talk->mail.refusal;
	unsigned n = (unsigned)talk->mail.n_recipients;
	struct lmtp_log entry = { .what = "message", .size = talk->received };

	for (unsigned i = 0; i < n; i++)
		talk_say(talk, line);
	count_refusal(talk, line, n);
	if (line[0] == '5')
		entry.refused = n;
	else
		entry.later = n;
	talk_message_done(talk, &entry);
}

static bool talk_step_data(struct lmtp_talk *talk)
{
	struct evbuffer *in = talk_input(talk);
	size_t n = evbuffer_get_contiguous_space(in), used;

	if (n == 0) {
		if (talk->eof)
			talk_close(talk);
		return false;
	}
	used = lmtp_mail_feed(
		talk, (const char *)evbuffer_pullup(in, (ev_ssize_t)n), n);
	evbuffer_drain(in, used);
	talk->received += used;
	if (talk->mail.data.state != LMTP_DATA_ENDED)
		return true;
	if (talk->mail.refusal)
		talk_message_refused(talk);
	else
		talk_ask_message(talk);
	return true;
}

static bool talk_step_parting(struct lmtp_talk *talk)
{
	struct evbuffer *in = talk_input(talk);

	evbuffer_drain(in, evbuffer_get_length(in));
	if (talk_unsent(talk) > 0)
		return false;
	shutdown(bufferevent_getfd(talk->bev), SHUT_WR);
	if (talk->eof)
		talk_close(talk);
	return false;
}

/* Does what can be done now; false: wait. */
static bool talk_step(struct lmtp_talk *talk)
{
	switch (talk->phase) {
	case LMTP_PHASE_COMMAND:
		return talk_step_command(talk);
	case LMTP_PHASE_RECIPIENT:
		return talk->settled && talk_recipient_settled(talk);
	case LMTP_PHASE_DATA:
		return talk_step_data(talk);
	case LMTP_PHASE_MESSAGE:
		return talk->settled && talk_message_settled(talk);
	case LMTP_PHASE_PARTING:
		return talk_step_parting(talk);
	}
	return false;
}

void lmtp_talk_turn(struct lmtp_talk *talk)
{
	while (!talk->dead && talk_step(talk))
		;
}

static void talk_on_ready(struct bufferevent *bev, void *arg)
{
	struct lmtp_talk *talk = arg;

	lmtp_talk_turn(talk);
}

static void talk_on_event(struct bufferevent *bev, short what, void *arg)
{
	struct lmtp_talk *talk = arg;

	if (what & BEV_EVENT_ERROR) {
		talk_close(talk);
		return;
	}
	/* It may still be waiting for the answer to what it sent. */
	talk->eof = true;
	lmtp_talk_turn(talk);
}

/* ---- beginning and end ---- */

void lmtp_talk_new(struct lmtp_server *s, int fd)
{
	struct lmtp_talk *talk = mem_new(sizeof(*talk));

	talk->server = s;
	talk->bev = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!talk->bev)
		abort();
	TAILQ_INSERT_TAIL(&s->talks, talk, all);
	s->stats.connections++;
	bufferevent_setcb(talk->bev, talk_on_ready, talk_on_ready, talk_on_event, talk);
	bufferevent_setwatermark(talk->bev, EV_READ, 0, LMTP_READ_MAX);
	bufferevent_enable(talk->bev, EV_READ | EV_WRITE);
	evbuffer_add_printf(
		bufferevent_get_output(talk->bev), "220 %s LMTP\r\n", s->config.name);
	talk_await(talk);
}

void lmtp_talk_free(struct lmtp_talk *talk)
{
	struct lmtp_server *s = talk->server;

	if (talk_is_asking(talk) && !talk->settled && !talk->dead)
		s->config.hooks.gone(talk, s->app);
	s->stats.waiting -= talk->phase == LMTP_PHASE_MESSAGE;
	lmtp_mail_end(talk);
	mem_free(talk->asked);
	mem_free(talk->verdicts);
	if (talk->is_ready)
		TAILQ_REMOVE(&s->ready, talk, ready);
	TAILQ_REMOVE(&s->talks, talk, all);
	s->stats.connections--;
	bufferevent_free(talk->bev);
	mem_free(talk);
}
