#include "lib/web_hook.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base.h"
#include "lib/curl_loop.h"
#include "lib/error.h"

#define CONNECT_MS 10000L

struct web_hook_call {
	struct web_hook_call *next, **link;
	struct web_hook *hook;
	CURL *easy;
	struct curl_slist *headers;
	bool refused; /* the address is nobody's to send to */
	web_hook_done_fn *done;
	void *arg;
};

struct web_hook {
	struct curl_loop *loop;
	struct web_hook_config config;
	char *ca_file;
	struct web_hook_call *calls;
};

/* ---- addresses ---- */

/* IANA's special-purpose registries: what is not globally reachable. */
static const struct {
	uint32_t net, mask;
} closed_v4[] = {
	{ 0x00000000, 0xff000000 }, /* 0.0.0.0/8 */
	{ 0x0a000000, 0xff000000 }, /* 10.0.0.0/8 */
	{ 0x64400000, 0xffc00000 }, /* 100.64.0.0/10 */
	{ 0x7f000000, 0xff000000 }, /* 127.0.0.0/8 */
	{ 0xa9fe0000, 0xffff0000 }, /* 169.254.0.0/16 */
	{ 0xac100000, 0xfff00000 }, /* 172.16.0.0/12 */
	{ 0xc0000000, 0xffffff00 }, /* 192.0.0.0/24 */
	{ 0xc0a80000, 0xffff0000 }, /* 192.168.0.0/16 */
	{ 0xc6120000, 0xfffe0000 }, /* 198.18.0.0/15 */
	{ 0xe0000000, 0xe0000000 }, /* 224.0.0.0/3 */
};

static bool v4_is_public(uint32_t address)
{
	for (size_t i = 0; i < ARRAY_LEN(closed_v4); i++) {
		if ((address & closed_v4[i].mask) == closed_v4[i].net)
			return false;
	}
	return true;
}

/* 2000::/3 is all that is given out; within it, what carries an IPv4 address. */
static bool v6_is_public(const unsigned char *a)
{
	static const unsigned char documentation[] = { 0x20, 0x01, 0x0d, 0xb8 };

	if ((a[0] & 0xe0) != 0x20 || !memcmp(a, documentation, sizeof(documentation)))
		return false;
	if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
		return false;
	return !(a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0); /* Teredo */
}

bool web_hook_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return v4_is_public(
			ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
	if (address->sa_family == AF_INET6)
		return v6_is_public(
			((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr);
	return false;
}

static curl_socket_t on_socket(
	void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct web_hook_call *call = arg;

	if (!call->hook->config.allow_private && !web_hook_is_public(&address->addr)) {
		call->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		address->protocol);
}

/* ---- how a message ends ---- */

static void call_free(struct web_hook_call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	curl_loop_remove(call->hook->loop, call->easy);
	curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	mem_free(call);
}

static const char *trouble(const struct web_hook_call *call, CURLcode code)
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

/* A call that is done is gone before its owner hears of it. */
static void on_done(CURL *easy, CURLcode code)
{
	char why[WEB_HOOK_WHY_SIZE] = "";
	struct web_hook_call *call;
	web_hook_done_fn *done;
	long status = 0;
	void *arg;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK)
		snprintf(why, sizeof(why), "%s", trouble(call, code));
	else if (status < 200 || status > 299)
		snprintf(why, sizeof(why), "%ld", status);
	done = call->done;
	arg = call->arg;
	call_free(call);
	done(why[0] ? why : NULL, arg);
}

/* ---- sending ---- */

/* What the receiver says beyond its status is nothing to us, and is not kept. */
static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	return size * n;
}

static void call_set(struct web_hook_call *call, const struct web_hook_message *message)
{
	const struct web_hook *hook = call->hook;
	CURL *easy = call->easy;

	curl_easy_setopt(easy, CURLOPT_URL, message->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
		hook->config.allow_private ? "https,http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* not from the environment */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	/* Whoever gives up on a name server does not wait for its thread. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)hook->config.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, message->body);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	if (hook->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, hook->ca_file);
	call->headers = curl_slist_append(call->headers,
		"Content-Type: application/cloudevents+json; charset=utf-8");
	call->headers = curl_slist_append(call->headers, message->signature);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

void web_hook_send(struct web_hook *hook, const struct web_hook_message *message,
	web_hook_done_fn *done, void *arg)
{
	struct web_hook_call *call = mem_new(sizeof(*call));

	call->hook = hook;
	call->done = done;
	call->arg = arg;
	call->easy = curl_easy_init();
	call->next = hook->calls;
	call->link = &hook->calls;
	if (call->next)
		call->next->link = &call->next;
	hook->calls = call;
	call_set(call, message);
	curl_loop_add(hook->loop, call->easy);
}

struct web_hook *web_hook_new(struct event_base *base,
	const struct web_hook_config *config, struct error *err)
{
	struct web_hook *hook;

	if (curl_loop_check(err) < 0)
		return NULL;
	hook = mem_new(sizeof(*hook));
	hook->config = *config;
	hook->ca_file = mem_dup(config->ca_file);
	hook->loop = curl_loop_new(base, (long)config->connections, on_done);
	return hook;
}

void web_hook_free(struct web_hook *hook)
{
	if (!hook)
		return;
	while (hook->calls)
		call_free(hook->calls);
	curl_loop_free(hook->loop);
	mem_free(hook->ca_file);
	mem_free(hook);
}
