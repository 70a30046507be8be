#include "lib/https_post.h"

#include <stdio.h>
#include <sys/socket.h>

#include "lib/base.h"
#include "lib/curl_loop.h"
#include "lib/error.h"
#include "lib/public_address.h"

#define CONNECT_MS 10000L

struct https_call {
	struct https_call *next, **link;
	struct https_poster *poster;
	CURL *easy;
	struct curl_slist *headers;
	bool refused; /* the address is nobody's to send to */
	https_post_done_fn *done;
	void *arg;
};

struct https_poster {
	struct curl_loop *loop;
	struct https_poster_config config;
	char *ca_file;
	struct https_call *calls;
};

static curl_socket_t on_socket(
	void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct https_call *call = arg;

	if (!public_address(&address->addr)) {
		call->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		address->protocol);
}

static void call_free(struct https_call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	curl_loop_remove(call->poster->loop, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	mem_free(call);
}

/* ---- how a message ends ---- */

static const char *trouble(const struct https_call *call, CURLcode code)
{
	if (call->refused)
		return "refused";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "timeout";
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR)
		return "tls";
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		return "connect";
	return "broken";
}

static struct https_result call_result(const struct https_call *call, CURLcode code)
{
	struct https_result ret = { 0 };
	curl_off_t after = 0;

	if (code != CURLE_OK) {
		snprintf(ret.why, sizeof(ret.why), "%s", trouble(call, code));
		return ret;
	}
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &ret.status);
	if (ret.status < 200 || ret.status > 299)
		snprintf(ret.why, sizeof(ret.why), "%ld", ret.status);
	/* Seconds or a date: libcurl has made seconds of both. */
	curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &after);
	ret.retry_after_s = after > 0 ? (long)after : 0;
	return ret;
}

/* A call that is done is gone before its owner hears of it. */
static void on_done(CURL *easy, CURLcode code)
{
	struct https_result result;
	struct https_call *call;
	https_post_done_fn *done;
	void *arg;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
	result = call_result(call, code);
	done = call->done;
	arg = call->arg;
	call_free(call);
	done(&result, arg);
}

/* ---- sending ---- */

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	return size * n;
}

static void call_set(struct https_call *call, const struct https_message *message)
{
	const struct https_poster *poster = call->poster;
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_URL, message->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
		poster->config.allow_http ? "https,http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* not from the environment */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Whoever gives up on a name server does not wait for its thread. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)poster->config.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, message->body);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	if (poster->config.only_public) {
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
	}
	if (poster->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, poster->ca_file);
	for (const char *const *line = message->headers; *line; line++)
		call->headers = curl_slist_append(call->headers, *line);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

void https_post(struct https_poster *poster, const struct https_message *message,
	https_post_done_fn *done, void *arg)
{
	struct https_call *call = mem_new(sizeof(*call));

	call->poster = poster;
	call->done = done;
	call->arg = arg;
	call->easy = curl_easy_init();
	call->next = poster->calls;
	call->link = &poster->calls;
	if (call->next)
		call->next->link = &call->next;
	poster->calls = call;
	call_set(call, message);
	curl_loop_add(poster->loop, call->easy);
}

struct https_poster *https_poster_new(struct event_base *base,
	const struct https_poster_config *config, struct error *err)
{
	struct https_poster *poster;

	if (curl_loop_check(err) < 0)
		return NULL;
	poster = mem_new(sizeof(*poster));
	poster->config = *config;
	poster->ca_file = mem_dup(config->ca_file);
	poster->loop = curl_loop_new(base, (long)config->connections, on_done);
	return poster;
}

void https_poster_free(struct https_poster *poster)
{
	if (!poster)
		return;
	while (poster->calls)
		call_free(poster->calls);
	curl_loop_free(poster->loop);
	mem_free(poster->ca_file);
	mem_free(poster);
}
