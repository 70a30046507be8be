/*
 * What the server refused is learnt from the conversation itself (the debug hook):
 * libcurl's own codes do not tell a refused sender, which is our fault, from a refused
 * recipient.
 */
#include "lib/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "lib/curl_loop.h"
#include "lib/error.h"

#define CONNECT_MS 20000L

/* How far the conversation is: the last command sent. */
enum stage {
	STAGE_CONNECT,
	STAGE_GREETING,
	STAGE_TLS,
	STAGE_LOGIN,
	STAGE_SENDER,
	STAGE_RECIPIENT,
	STAGE_DATA,
	STAGE_LETTER, /* 354 has come: the letter is on its way */
	STAGES,
};

static const struct {
	const char *name;
	enum smtp_outcome on_5xx, on_4xx, on_break;
} stages[STAGES] = {
	[STAGE_CONNECT] = { "connect", SMTP_AWAY, SMTP_AWAY, SMTP_AWAY },
	[STAGE_GREETING] = { "greeting", SMTP_AWAY, SMTP_AWAY, SMTP_AWAY },
	[STAGE_TLS] = { "tls", SMTP_AWAY, SMTP_AWAY, SMTP_AWAY },
	[STAGE_LOGIN] = { "login", SMTP_AWAY, SMTP_AWAY, SMTP_AWAY },
	[STAGE_SENDER] = { "sender", SMTP_AWAY, SMTP_AWAY, SMTP_LATER },
	[STAGE_RECIPIENT] = { "recipient", SMTP_REFUSED, SMTP_LATER, SMTP_LATER },
	[STAGE_DATA] = { "data", SMTP_REFUSED, SMTP_LATER, SMTP_LATER },
	[STAGE_LETTER] = { "letter", SMTP_REFUSED, SMTP_LATER, SMTP_LATER },
};

static const struct {
	const char *verb;
	enum stage stage;
} verbs[] = {
	{ "EHLO", STAGE_GREETING },
	{ "HELO", STAGE_GREETING },
	{ "STARTTLS", STAGE_TLS },
	{ "AUTH", STAGE_LOGIN },
	{ "MAIL", STAGE_SENDER },
	{ "RCPT", STAGE_RECIPIENT },
	{ "DATA", STAGE_DATA },
};

struct smtp_call {
	struct smtp_call *next, **link;
	struct smtp *smtp;
	struct smtp_letter letter;
	size_t sent; /* bytes of the letter that libcurl has taken */
	CURL *easy;
	struct curl_slist *to;
	char *from;
	enum stage stage;
	int code;       /* of the last answer at this stage; 0: none */
	bool is_policy; /* its enhanced code says so */
	bool is_over;   /* what follows, QUIT, is no part of it */
	smtp_done_fn *done;
	void *arg;
};

struct smtp {
	struct curl_loop *loop;
	struct smtp_config config;
	char *url, *user, *password, *ca_file;
	struct smtp_call *calls;
};

/* ---- the conversation ---- */

static void call_on_command(struct smtp_call *call, const char *text, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		size_t length = strlen(verbs[i].verb);

		if (n < length || strncmp(text, verbs[i].verb, length) != 0)
			continue;
		call->stage = verbs[i].stage;
		call->code = 0;
		return;
	}
	if (n >= 4 && !strncmp(text, "QUIT", 4))
		call->is_over = true;
}

static void call_on_answer(struct smtp_call *call, const char *text, size_t n)
{
	static const char policy[] = "5.7.";
	int code = 0;

	for (size_t i = 0; i < 3; i++) {
		if (i >= n || text[i] < '0' || text[i] > '9')
			return;
		code = code * 10 + (text[i] - '0');
	}
	call->code = code;
	call->is_policy =
		n >= 4 + strlen(policy) && !strncmp(text + 4, policy, strlen(policy));
	if (call->stage == STAGE_DATA && call->code == 354) {
		call->stage = STAGE_LETTER;
		call->code = 0;
	}
}

/* Nothing of it is kept: it holds addresses. The letter itself is not among it. */
static int on_debug(CURL *easy, curl_infotype type, char *text, size_t n, void *arg)
{
	struct smtp_call *call = arg;

	if (call->is_over)
		return 0;
	if (type == CURLINFO_HEADER_OUT)
		call_on_command(call, text, n);
	else if (type == CURLINFO_HEADER_IN)
		call_on_answer(call, text, n);
	return 0;
}

static size_t on_read(char *ret, size_t size, size_t n, void *arg)
{
	struct smtp_call *call = arg;
	size_t left = call->letter.size - call->sent;
	size_t take = size * n < left ? size * n : left;

	memcpy(ret, call->letter.bytes + call->sent, take);
	call->sent += take;
	return take;
}

/* ---- how a call ends ---- */

static struct smtp_result call_result(const struct smtp_call *call, CURLcode code)
{
	struct smtp_result ret = { .outcome = SMTP_TAKEN };
	const char *name = stages[call->stage].name;

	if (code == CURLE_OK)
		return ret;
	if (call->code >= 500)
		ret.outcome = stages[call->stage].on_5xx;
	else if (call->code >= 400)
		ret.outcome = stages[call->stage].on_4xx;
	else
		ret.outcome = stages[call->stage].on_break;
	/* RFC 3463: 5.7.x is about who may send, not about the recipient: a relay that
	 * is set up wrongly must not make every letter fail for good. */
	if (ret.outcome == SMTP_REFUSED && call->is_policy)
		ret.outcome = SMTP_LATER;
	/* RFC 5321, 3.8: 421 ends the conversation at whatever stage. */
	if (call->code == 421)
		ret.outcome = SMTP_AWAY;
	if (call->code >= 400)
		snprintf(ret.why, sizeof(ret.why), "%s-%d", name, call->code);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		snprintf(ret.why, sizeof(ret.why), "%s-timeout", name);
	else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED)
		snprintf(ret.why, sizeof(ret.why), "tls");
	else
		snprintf(ret.why, sizeof(ret.why), "%s-broken", name);
	return ret;
}

static void call_free(struct smtp_call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	call->is_over = true;
	curl_loop_remove(call->smtp->loop, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->to);
	mem_free(call->from);
	mem_free(call);
}

/* A call that is done is gone before its owner hears of it. */
static void on_done(CURL *easy, CURLcode code)
{
	struct smtp_result result;
	struct smtp_call *call;
	smtp_done_fn *done;
	void *arg;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
	result = call_result(call, code);
	done = call->done;
	arg = call->arg;
	call_free(call);
	done(&result, arg);
}

/* ---- sending ---- */

static bool is_loopback(const char *url)
{
	const char *host = strstr(url, "://") + strlen("://");

	return !strncmp(host, "127.", 4) || !strncmp(host, "[::1]", 5) ||
	       !strncmp(host, "localhost", 9);
}

static enum smtp_tls smtp_tls_of(const struct smtp *smtp)
{
	const struct smtp_config *config = &smtp->config;

	if (!strncmp(smtp->url, "smtps:", 6))
		return SMTP_TLS_REQUIRED;
	/* A password is not shown to whoever answers. */
	if (smtp->user && config->tls == SMTP_TLS_TRY && !is_loopback(smtp->url))
		return SMTP_TLS_REQUIRED;
	return config->tls;
}

static void call_set_tls(struct smtp_call *call)
{
	static const long use[] = {
		[SMTP_TLS_TRY] = CURLUSESSL_TRY,
		[SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
		[SMTP_TLS_NEVER] = CURLUSESSL_NONE,
	};
	enum smtp_tls tls = smtp_tls_of(call->smtp);
	bool strict = tls == SMTP_TLS_REQUIRED;

	curl_easy_setopt(call->easy, CURLOPT_USE_SSL, use[tls]);
	curl_easy_setopt(call->easy, CURLOPT_SSL_VERIFYPEER, strict ? 1L : 0L);
	curl_easy_setopt(call->easy, CURLOPT_SSL_VERIFYHOST, strict ? 2L : 0L);
	if (call->smtp->ca_file)
		curl_easy_setopt(call->easy, CURLOPT_CAINFO, call->smtp->ca_file);
}

static void call_set_letter(struct smtp_call *call)
{
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, call->from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, call->to);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, call);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
		(curl_off_t)call->letter.size); /* SIZE= in MAIL FROM */
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, call);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L); /* for the hook only */
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
}

static void call_set_server(struct smtp_call *call)
{
	const struct smtp *smtp = call->smtp;
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_URL, smtp->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* not from the environment */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* as in https_client.c */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)smtp->config.timeout_ms);
	if (smtp->user) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, smtp->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, smtp->password);
	}
	call_set_tls(call);
}

void smtp_send(struct smtp *smtp, const struct smtp_letter *letter, smtp_done_fn *done,
	void *arg)
{
	struct smtp_call *call = mem_new(sizeof(*call));

	call->smtp = smtp;
	call->letter = *letter;
	call->done = done;
	call->arg = arg;
	call->easy = curl_easy_init();
	call->to = curl_slist_append(NULL, letter->to);
	call->from = mem_dup(letter->from);
	call->next = smtp->calls;
	call->link = &smtp->calls;
	if (call->next)
		call->next->link = &call->next;
	smtp->calls = call;
	call_set_server(call);
	call_set_letter(call);
	curl_loop_add(smtp->loop, call->easy);
}

/* ---- making it ---- */

static int smtp_check(const struct smtp_config *config, struct error *err)
{
	if (strncmp(config->url, "smtp://", 7) && strncmp(config->url, "smtps://", 8))
		return error_set(err, ERR_INVALID,
			"the mail server must be smtp://host:port or "
			"smtps://host:port");
	return curl_loop_check(err);
}

struct smtp *smtp_new(
	struct event_base *base, const struct smtp_config *config, struct error *err)
{
	struct smtp *smtp;

	if (smtp_check(config, err) < 0)
		return NULL;
	smtp = mem_new(sizeof(*smtp));
	smtp->config = *config;
	smtp->url = mem_dup(config->url);
	smtp->user = mem_dup(config->user);
	smtp->password = mem_dup(config->password);
	smtp->ca_file = mem_dup(config->ca_file);
	smtp->loop = curl_loop_new(base, (long)config->connections, on_done);
	return smtp;
}

void smtp_free(struct smtp *smtp)
{
	if (!smtp)
		return;
	while (smtp->calls)
		call_free(smtp->calls);
	curl_loop_free(smtp->loop);
	mem_free(smtp->url);
	mem_free(smtp->user);
	mem_free(smtp->password);
	mem_free(smtp->ca_file);
	mem_free(smtp);
}
