/*
 * A letter's way:
 *
 *   out_poll          every second: take what is due, as much as may go at once
 *   out_on_claimed    rows with all a letter needs; write it, send it
 *   job_on_enclosed   where files go along: they have been read, write it, send it
 *   job_on_sent       taken, refused or later: mark the row
 *   job_on_marked     the mark is in the database; without it, again after a moment
 *
 * When the server is away nothing is taken for a while that doubles, so that a long
 * queue does not wear its attempts out against a closed door.
 */
#include "server/mail_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "clients/resident/embedded.h"
#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/mail_format.h"
#include "lib/secret.h"
#include "lib/smtp.h"
#include "lib/template_set.h"
#include "server/mail_claim.h"
#include "server/mail_enclosing.h"
#include "server/mail_text.h"
#include "server/mail_write.h"
#include "server/measures.h"
#include "server/options.h"
#include "server/own_text_holder.h"
#include "server/page_words.h"

#define AT_ONCE 4
#define PASSWORD_MAX 1024
#define AWAY_SECONDS_MAX 60

/* A letter has its time-out, then the mark is written; well within that. */
#define LEASE_MORE_SECONDS 60

static const struct db_query finish_query = {
	.name = "mail_finish",
	.sql = "SELECT f FROM synpunkt_mail.finish($1::bigint, $2::smallint, $3::text,"
	       " $4::text) f",
	.n_params = 4,
};

static const struct timeval poll_interval = { .tv_sec = 1 };
static const struct timeval mark_again = { .tv_sec = 1 };

static const char *const outcome_words[] = {
	[SMTP_TAKEN] = "sent",
	[SMTP_REFUSED] = "refused",
	[SMTP_LATER] = "later",
	[SMTP_AWAY] = "later",
};

struct mail_out {
	struct mail_out_config config;
	struct catalogue *words; /* what the program itself says */
	struct own_text_holder *own_texts;
	struct template_set *templates;
	struct smtp *smtp;
	struct arena *arena; /* of what lives as long as this */
	struct mail_sender sender;
	const char *domain, *lease;
	struct event *poll;
	struct db_call *claim;
	struct job *jobs;
	unsigned n_jobs;
	unsigned away_seconds; /* 0: the server answers */
	void (*drained)(void *arg);
	void *drained_arg;
};

/* One attempt at one row. */
struct job {
	struct job *next, **link;
	struct mail_out *out;
	struct arena *arena;
	const char *id, *attempt;
	struct mail_due due;          /* the arena's texts */
	struct mail_enclosing *files; /* or NULL */
	struct mail_letter letter;
	struct smtp_result result;
	struct db_call *db;
	struct event *again;
};

/* ---- jobs ---- */

static struct job *job_new(struct mail_out *out)
{
	struct arena *arena = arena_new();
	struct job *job = arena_alloc(arena, sizeof(*job));

	job->out = out;
	job->arena = arena;
	job->next = out->jobs;
	job->link = &out->jobs;
	if (job->next)
		job->next->link = &job->next;
	out->jobs = job;
	out->n_jobs++;
	return job;
}

static void job_free(struct job *job)
{
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	job->out->n_jobs--;
	db_cancel(job->db);
	mail_enclosing_free(job->files);
	if (job->again)
		event_free(job->again);
	arena_free(job->arena);
}

static void out_tell_if_drained(struct mail_out *out)
{
	if (out->drained && out->n_jobs == 0 && !out->claim)
		out->drained(out->drained_arg);
}

/* ---- marking ---- */

static void job_mark(struct job *job);

static void job_on_again(evutil_socket_t fd, short what, void *arg)
{
	job_mark(arg);
}

/* became is NULL when another attempt has the row by now. */
static void job_count(const struct job *job, const char *became)
{
	static const struct {
		const char *became;
		enum measure measure;
	} rows[] = {
		{ "sent", MEASURE_MAIL_SENT },
		{ "waiting", MEASURE_MAIL_LATER },
		{ "failed", MEASURE_MAIL_FAILED },
	};

	if (!became)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].became, became))
			metrics_add(job->out->config.metrics, rows[i].measure, 1);
	if (!strcmp(became, "failed"))
		log_event(LOG_LEVEL_ERROR, "mail_failed",
			LOG_S("case", job->due.number), LOG_S("why", job->result.why));
	else if (!strcmp(became, "waiting"))
		log_event(LOG_LEVEL_WARNING, "mail_waits",
			LOG_S("case", job->due.number), LOG_S("why", job->result.why));
}

static void job_on_marked(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct job *job = arg;
	struct mail_out *out = job->out;

	job->db = NULL;
	if (err) {
		/* What was sent must be known as sent, however long it takes. */
		log_event(LOG_LEVEL_WARNING, "mail_mark_waits",
			LOG_S("case", job->due.number),
			LOG_S("sqlstate", err->sqlstate));
		if (!job->again)
			job->again = evtimer_new(out->config.base, job_on_again, job);
		event_add(job->again, &mark_again);
		return;
	}
	job_count(job, db_rows_count(rows) > 0 ? db_rows_text(rows, 0, 0) : NULL);
	job_free(job);
	if (!out->drained && out->away_seconds == 0)
		event_active(out->poll, EV_TIMEOUT, 0); /* there is room again */
	out_tell_if_drained(out);
}

static void job_mark(struct job *job)
{
	job->db = db_run(job->out->config.pool, &finish_query,
		(const char *[]){ job->id, job->attempt,
			outcome_words[job->result.outcome],
			job->result.why[0] ? job->result.why : NULL },
		job_on_marked, job);
}

/* ---- sending ---- */

/* Counted once for each pause, not for each letter that was under way. */
static void out_note_server(struct mail_out *out, const struct smtp_result *result)
{
	struct timeval wait = { 0 };

	if (result->outcome != SMTP_AWAY) {
		out->away_seconds = 0;
		return;
	}
	if (out->away_seconds && evtimer_pending(out->poll, NULL))
		return;
	out->away_seconds = out->away_seconds ? out->away_seconds * 2 : 1;
	if (out->away_seconds > AWAY_SECONDS_MAX)
		out->away_seconds = AWAY_SECONDS_MAX;
	log_event(LOG_LEVEL_WARNING, "mail_server_away", LOG_S("why", result->why),
		LOG_I("seconds", out->away_seconds));
	wait.tv_sec = out->away_seconds;
	event_add(out->poll, &wait);
}

static void job_on_sent(const struct smtp_result *result, void *arg)
{
	struct job *job = arg;

	job->result = *result;
	out_note_server(job->out, result);
	job_mark(job);
}

static void job_refuse(struct job *job, const char *why)
{
	job->result.outcome = SMTP_REFUSED;
	snprintf(job->result.why, sizeof(job->result.why), "%s", why);
	job_mark(job);
}

static void job_fail_to_write(struct job *job, const struct error *err)
{
	log_event(LOG_LEVEL_ERROR, "mail_not_written", LOG_S("case", job->due.number),
		LOG_S("error", err->text));
	job_refuse(job, "not-written");
}

static void job_send(struct job *job)
{
	smtp_send(job->out->smtp,
		&(struct smtp_letter){ .from = job->out->sender.from,
			.to = job->due.to,
			.bytes = job->letter.bytes,
			.size = job->letter.size },
		job_on_sent, job);
}

static void job_write(struct job *job)
{
	struct error err = { 0 };

	if (mail_due_write(job->arena, &job->due, job->files, &job->letter, &err) < 0)
		job_fail_to_write(job, &err);
	else
		job_send(job);
}

/* A file that cannot be read now may be there later: the letter waits, as for a server.
 */
static void job_put_off(struct job *job, const struct error *err)
{
	log_event(LOG_LEVEL_ERROR, "mail_files_not_read",
		LOG_S("case", job->due.number), LOG_S("error", err->text));
	job->result.outcome = SMTP_LATER;
	snprintf(job->result.why, sizeof(job->result.why), "files");
	job_mark(job);
}

static void job_on_enclosed(const struct error *enclose_err, void *arg)
{
	struct job *job = arg;

	if (enclose_err) {
		job_put_off(job, enclose_err);
		return;
	}
	job_write(job);
}

static void job_enclose(struct job *job, const struct db_rows *rows, int row)
{
	struct error err = { 0 };

	job->files = mail_enclosing_new(
		&(struct mail_enclosing_config){ .work = job->out->config.work,
			.blobs = job->out->config.blobs,
			.done = job_on_enclosed,
			.arg = job },
		db_rows_text(rows, row, CLAIM_FILES),
		mail_text_boundary(job->arena, job->due.message_id), &err);
	if (!job->files)
		job_put_off(job, &err);
}

static void job_start(struct job *job, const struct db_rows *rows, int row)
{
	job->id = mail_claim_text(job->arena, rows, row, CLAIM_ID);
	job->attempt = mail_claim_text(job->arena, rows, row, CLAIM_ATTEMPT);
	mail_due_read(job->arena, &job->out->sender, rows, row, &job->due);
	if (!db_rows_is_null(rows, row, CLAIM_REFUSED)) {
		job_refuse(job, db_rows_text(rows, row, CLAIM_REFUSED));
		return;
	}
	if (!job->due.to) {
		job_refuse(job, job->due.has_address ? "address" : "no-address");
		return;
	}
	if (!db_rows_is_null(rows, row, CLAIM_FILES))
		job_enclose(job, rows, row);
	else
		job_write(job);
}

/* ---- taking ---- */

static void out_on_claimed(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct mail_out *out = arg;

	out->claim = NULL;
	if (err) {
		log_event(LOG_LEVEL_WARNING, "mail_claim_failed",
			LOG_S("sqlstate", err->sqlstate));
	} else {
		for (int i = 0; i < db_rows_count(rows); i++)
			job_start(job_new(out), rows, i);
	}
	out_tell_if_drained(out);
}

static void out_poll(evutil_socket_t fd, short what, void *arg)
{
	struct mail_out *out = arg;
	struct arena *arena;

	if (out->drained)
		return;
	event_add(out->poll, &poll_interval);
	if (out->claim || out->n_jobs >= AT_ONCE ||
		!own_text_holder_loaded(out->own_texts))
		return;
	/* A server that was away is tried with one letter. */
	arena = arena_new();
	out->claim = db_run(out->config.pool, &mail_claim_query,
		(const char *[]){
			arena_printf(arena, "%u",
				out->away_seconds ? 1 : AT_ONCE - out->n_jobs),
			out->lease, out->domain, MAIL_OUT_AUTOMATIC_PER_HOUR },
		out_on_claimed, out);
	arena_free(arena);
}

/* ---- making it ---- */

/* The file's first line. */
static char *password_read(struct arena *arena, const char *path, struct error *err)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[PASSWORD_MAX + 1];
	ssize_t n = fd < 0 ? -1 : read(fd, text, PASSWORD_MAX);
	char *ret;

	if (n < 0) {
		error_set(err, ERR_INTERNAL,
			"SYNPUNKT_SMTP_PASSWORD_FILE: cannot read \"%s\": %s", path,
			strerror(errno));
		return NULL;
	}
	text[n] = '\0';
	ret = arena_dup_n(arena, text, strcspn(text, "\r\n"));
	secret_wipe(text, sizeof(text));
	return ret;
}

static int out_make_smtp(struct mail_out *out, struct error *err)
{
	const struct options *options = out->config.options;
	struct smtp_config config = {
		.url = options->smtp,
		.user = options->smtp_user,
		.ca_file = options->smtp_ca_file,
		.tls = (enum smtp_tls)options->smtp_tls,
		.timeout_ms = (unsigned)options->mail_timeout_s * 1000,
		.connections = AT_ONCE,
	};

	if (config.user && !options->smtp_password_file)
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_SMTP_USER needs SYNPUNKT_SMTP_PASSWORD_FILE");
	if (config.user) {
		config.password =
			password_read(out->arena, options->smtp_password_file, err);
		if (!config.password)
			return -1;
	}
	out->smtp = smtp_new(out->config.base, &config, err);
	return out->smtp ? 0 : -1;
}

static int out_make_texts(struct mail_out *out, struct error *err)
{
	out->words = page_words_load(err);
	if (!out->words)
		return -1;
	out->templates = template_set_new(resident_files, err);
	return out->templates ? 0 : -1;
}

/* Never from a request: a stranger's Host header would end up in a letter. */
static const char *out_url(struct mail_out *out)
{
	const struct options *options = out->config.options;

	if (options->public_url)
		return options->public_url;
	return arena_printf(out->arena, "%s://%s", options->tls_cert ? "https" : "http",
		options->http);
}

static int out_make_sender(struct mail_out *out, struct error *err)
{
	const char *from =
		mail_address_ascii(out->arena, out->config.options->mail_from);

	if (!from || mail_address_needs_utf8(from))
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_MAIL_FROM must be an address, "
			"\"synpunkter@stad.example\"");
	out->sender = (struct mail_sender){ .catalogue = out->words,
		.templates = out->templates,
		.secret = out->config.secret,
		.url = out_url(out),
		.from = from };
	out->domain = strrchr(from, '@') + 1;
	out->lease = arena_printf(out->arena, "%lld",
		(long long)out->config.options->mail_timeout_s + LEASE_MORE_SECONDS);
	return 0;
}

static void out_on_own_texts(const struct catalogue *now, void *arg)
{
	((struct mail_out *)arg)->sender.catalogue = now;
}

struct mail_out *mail_out_new(const struct mail_out_config *config, struct error *err)
{
	struct mail_out *out = mem_new(sizeof(*out));

	out->config = *config;
	out->arena = arena_new();
	if (out_make_texts(out, err) < 0 || out_make_sender(out, err) < 0 ||
		out_make_smtp(out, err) < 0) {
		mail_out_free(out);
		return NULL;
	}
	out->own_texts = own_text_holder_new(
		config->base, config->pool, out->words, out_on_own_texts, out);
	out->poll = evtimer_new(config->base, out_poll, out);
	event_add(out->poll, &poll_interval);
	return out;
}

void mail_out_free(struct mail_out *out)
{
	if (!out)
		return;
	smtp_free(out->smtp);
	while (out->jobs)
		job_free(out->jobs);
	db_cancel(out->claim);
	if (out->poll)
		event_free(out->poll);
	template_set_free(out->templates);
	own_text_holder_free(out->own_texts);
	catalogue_free(out->words);
	arena_free(out->arena);
	mem_free(out);
}

void mail_out_drain(struct mail_out *out, void (*drained)(void *arg), void *arg)
{
	out->drained = drained;
	out->drained_arg = arg;
	event_del(out->poll);
	out_tell_if_drained(out);
}
