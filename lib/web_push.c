#include "lib/web_push.h"

#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "lib/curl_loop.h"
#include "lib/error.h"

#define CONNECT_MS 10000L
#define HEADER_MAX 1500 /* the longest, Authorization: a token and a key */

struct web_push_call {
	struct web_push_call *next, **link;
	struct web_push *push;
	CURL *easy;
	struct curl_slist *headers;
	web_push_done_fn *done;
	void *arg;
};

struct web_push {
	struct curl_loop *loop;
	struct web_push_config config;
	char *ca_file;
	struct web_push_call *calls;
};

static void call_free(struct web_push_call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	curl_loop_remove(call->push->loop, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	mem_free(call);
}

/* ---- how a message ends ---- */

static const char *trouble(CURLcode code)
{
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "timeout";
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR)
		return "tls";
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		return "connect";
	return "broken";
}

static struct web_push_result call_result(struct web_push_call *call, CURLcode code)
{
	struct web_push_result ret = { .outcome = WEB_PUSH_LATER };
	curl_off_t after = 0;
	long status = 0;

	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK) {
		snprintf(ret.why, sizeof(ret.why), "%s", trouble(code));
		return ret;
	}
	if (status >= 200 && status <= 299) {
		ret.outcome = WEB_PUSH_TAKEN;
		return ret;
	}
	if (status == 404 || status == 410)
		ret.outcome = WEB_PUSH_GONE;
	snprintf(ret.why, sizeof(ret.why), "%ld", status);
	/* Seconds or a date: libcurl has made seconds of both. */
	curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &after);
	ret.retry_after_s = after > 0 ? (long)after : 0;
	return ret;
}

/* A call that is done is gone before its owner hears of it. */
static void on_done(CURL *easy, CURLcode code)
{
	struct web_push_result result;
	struct web_push_call *call;
	web_push_done_fn *done;
	void *arg;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
	result = call_result(call, code);
	done = call->done;
	arg = call->arg;
	call_free(call);
	done(&result, arg);
}

/* ---- sending ---- */

/* What a push service says is nothing to us, and is not kept. */
static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	return size * n;
}

static void call_add_header(
	struct web_push_call *call, const char *name, const char *value)
{
	char line[HEADER_MAX];

	snprintf(line, sizeof(line), "%s: %s", name, value);
	call->headers = curl_slist_append(call->headers, line);
}

static void call_set_headers(
	struct web_push_call *call, const struct web_push_message *message)
{
	char ttl[24];

	snprintf(ttl, sizeof(ttl), "%ld", message->ttl_s);
	call_add_header(call, "Authorization", message->authorization);
	call_add_header(call, "TTL", ttl);
	call_add_header(call, "Topic", message->topic);
	/* There is no content to have a type. */
	call->headers = curl_slist_append(call->headers, "Content-Type:");
	curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

/* https only, to where it was said and nowhere else: an answer leads nobody on. */
static void call_set_server(
	struct web_push_call *call, const struct web_push_message *message)
{
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_URL, message->endpoint);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* not from the environment */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->push->config.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	if (call->push->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, call->push->ca_file);
}

void web_push_send(struct web_push *push, const struct web_push_message *message,
	web_push_done_fn *done, void *arg)
{
	struct web_push_call *call = mem_new(sizeof(*call));

	call->push = push;
	call->done = done;
	call->arg = arg;
	call->easy = curl_easy_init();
	call->next = push->calls;
	call->link = &push->calls;
	if (call->next)
		call->next->link = &call->next;
	push->calls = call;
	call_set_server(call, message);
	call_set_headers(call, message);
	curl_loop_add(push->loop, call->easy);
}

struct web_push *web_push_new(struct event_base *base,
	const struct web_push_config *config, struct error *err)
{
	struct web_push *push;

	if (curl_loop_check(err) < 0)
		return NULL;
	push = mem_new(sizeof(*push));
	push->config = *config;
	push->ca_file = mem_dup(config->ca_file);
	push->loop = curl_loop_new(base, (long)config->connections, on_done);
	return push;
}

void web_push_free(struct web_push *push)
{
	if (!push)
		return;
	while (push->calls)
		call_free(push->calls);
	curl_loop_free(push->loop);
	mem_free(push->ca_file);
	mem_free(push);
}
