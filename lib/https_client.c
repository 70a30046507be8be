#include "lib/https_client.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base.h"
#include "lib/curl_loop.h"
#include "lib/error.h"
#include "lib/public_address.h"

#define CONNECT_MS 10000L

struct https_call {
	struct https_call *next, **link;
	struct https_client *client;
	CURL *easy;
	struct curl_slist *headers;
	bool refused;  /* the address is nobody's to send to */
	bool is_large; /* the answer is longer than what is kept */
	char *body;    /* what is kept, or NULL */
	size_t size, keep;
	https_done_fn *done;
	void *arg;
};

struct https_client {
	struct curl_loop *loop;
	struct https_client_config config;
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
	curl_loop_remove(call->client->loop, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	mem_free(call->body);
	mem_free(call);
}

/* ---- how a message ends ---- */

static const char *trouble(const struct https_call *call, CURLcode code)
{
	if (call->refused)
		return "refused";
	if (call->is_large)
		return "large";
	if (code == CURLE_UNSUPPORTED_PROTOCOL)
		return "protocol";
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
	struct https_result ret = { .body = call->body ? call->body : "",
		.size = call->size };
	curl_off_t after = 0;
	long asked = 0;

	curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &asked);
	ret.asked = asked > 0;
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

/* A call that is done is gone before its owner hears of it, but for what it brought. */
static void on_done(CURL *easy, CURLcode code)
{
	struct https_result result;
	struct https_call *call;
	https_done_fn *done;
	char *body;
	void *arg;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
	result = call_result(call, code);
	done = call->done;
	arg = call->arg;
	body = steal(call->body);
	call_free(call);
	done(&result, arg);
	mem_free(body);
}

/* ---- sending ---- */

/* Of an answer that is longer than it may be the rest is not read. */
static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct https_call *call = arg;

	n *= size;
	if (call->keep == 0)
		return n;
	if (n > call->keep - call->size) {
		call->is_large = true;
		return 0;
	}
	memcpy(call->body + call->size, bytes, n);
	call->size += n;
	return n;
}

static void call_keep(struct https_call *call, size_t keep)
{
	if (keep == 0)
		return;
	call->keep = keep;
	call->body = mem_new(keep + 1);
}

static void call_set(struct https_call *call, const struct https_message *message)
{
	const struct https_client *client = call->client;
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_URL, message->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
		client->config.allow_http ? "https,http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* not from the environment */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Whoever gives up on a name server does not wait for its thread. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)client->config.timeout_ms);
	if (message->body)
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, message->body);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	if (client->config.only_public) {
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
	}
	if (client->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
	for (const char *const *line = message->headers; *line; line++)
		call->headers = curl_slist_append(call->headers, *line);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

void https_send(struct https_client *client, const struct https_message *message,
	https_done_fn *done, void *arg)
{
	struct https_call *call = mem_new(sizeof(*call));

	call->client = client;
	call->done = done;
	call->arg = arg;
	call->easy = curl_easy_init();
	call->next = client->calls;
	call->link = &client->calls;
	if (call->next)
		call->next->link = &call->next;
	client->calls = call;
	call_keep(call, message->keep);
	call_set(call, message);
	curl_loop_add(client->loop, call->easy);
}

struct https_client *https_client_new(struct event_base *base,
	const struct https_client_config *config, struct error *err)
{
	struct https_client *client;

	if (curl_loop_check(err) < 0)
		return NULL;
	client = mem_new(sizeof(*client));
	client->config = *config;
	client->ca_file = mem_dup(config->ca_file);
	client->loop = curl_loop_new(base, (long)config->connections, on_done);
	return client;
}

void https_client_free(struct https_client *client)
{
	if (!client)
		return;
	while (client->calls)
		call_free(client->calls);
	curl_loop_free(client->loop);
	mem_free(client->ca_file);
	mem_free(client);
}
