/*
 * PUT and DELETE /api/v1/cases/{number}/push-subscription
 *
 *   device_put, device_delete   judged; stored or forgotten
 *   device_on_done              204
 *
 * What the browser would have content encrypted with (keys) is judged and not kept:
 * there is no content.
 */
#include "server/push_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_fields.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/case_read.h"
#include "server/intake_limit.h"
#include "server/options.h"
#include "server/push_host.h"
#include "server/request_read.h"
#include "server/worker.h"

#define BODY_MAX 8192
/* 65 and 16 bytes in base64url; some browsers pad them. */
#define P256DH_MAX 88
#define AUTH_MAX 24

struct device {
	struct http_request *req;
	struct case_query *query;
	struct case_key key;
	const char *endpoint, *p256dh, *auth;
};

static const struct json_field device_fields[] = {
	{ .path = "endpoint",
		.kind = JSON_FIELD_STRING,
		.min = 1,
		.max = PUSH_ENDPOINT_MAX,
		.offset = offsetof(struct device, endpoint) },
	{ .path = "keys.p256dh",
		.kind = JSON_FIELD_STRING,
		.max = P256DH_MAX,
		.offset = offsetof(struct device, p256dh) },
	{ .path = "keys.auth",
		.kind = JSON_FIELD_STRING,
		.max = AUTH_MAX,
		.offset = offsetof(struct device, auth) },
	{ 0 },
};

/* The public key, or NULL after answering 404: then nothing is sent, and nothing kept.
 */
static const char *key_or_answer(struct http_request *req)
{
	const struct worker *worker = http_app(req);
	struct error err = { 0 };

	if (worker->push_key)
		return worker->push_key;
	error_set(&err, ERR_NOT_FOUND, "push is not set up here");
	http_reply_error(req, &err);
	return NULL;
}

static void push_key_get(struct http_request *req)
{
	const char *key = key_or_answer(req);
	struct json_write w;

	if (!key)
		return;
	jw_init(&w, http_out(req));
	jw_object(&w);
	jw_key_string(&w, "key", key);
	jw_object_end(&w);
	http_reply(req, 200, "application/json; charset=utf-8");
}

static void device_on_gone(void *arg)
{
	case_query_cancel(((struct device *)arg)->query);
}

static void device_on_done(json_t *case_json, const struct error *err, void *arg)
{
	struct device *device = arg;

	if (err)
		http_reply_error(device->req, err);
	else
		http_reply(device->req, 204, NULL);
}

/* NULL when it has been answered. */
static struct device *device_new(struct http_request *req)
{
	const char *code = key_or_answer(req) ? request_bearer(req) : NULL;
	struct device *device;

	if (!code)
		return NULL;
	device = arena_alloc(http_arena(req), sizeof(*device));
	device->req = req;
	device->key = (struct case_key){ .number = http_path_value(req, "number"),
		.code = code };
	http_on_close(req, device_on_gone, device);
	return device;
}

static bool is_base64url(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789-_=")] == '\0';
}

static void device_judge(const struct device *device, struct faults *faults)
{
	const struct worker *worker = http_app(device->req);

	if (!device->endpoint)
		faults_add(faults, "endpoint", "fault.required");
	else if (!push_origin(http_arena(device->req), worker->options->push_hosts,
			 device->endpoint))
		faults_add(faults, "endpoint",
			"is no https address of a push service that is known here");
	if (device->p256dh && !is_base64url(device->p256dh))
		faults_add(faults, "keys.p256dh", "is no key");
	if (device->auth && !is_base64url(device->auth))
		faults_add(faults, "keys.auth", "is no key");
}

static void device_put(struct http_request *req)
{
	struct device *device = device_new(req);
	struct error err = { 0 };
	struct faults faults;

	if (!device)
		return;
	faults_init(&faults, http_arena(req));
	if (request_fields(req, device_fields, device, &faults) < 0)
		return;
	if (faults.n == 0)
		device_judge(device, &faults);
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	if (intake_limit_take(req, &err) < 0) {
		http_reply_error(req, &err);
		return;
	}
	device->query = case_device_keep(http_app(req), http_arena(req),
		&(struct case_device){
			.key = device->key, .endpoint = device->endpoint },
		device_on_done, device);
}

/* Without a body every device of the case. */
static void device_delete(struct http_request *req)
{
	struct device *device = device_new(req);
	struct faults faults;

	if (!device)
		return;
	faults_init(&faults, http_arena(req));
	if (http_body(req)->size > 0 &&
		request_fields(req, device_fields, device, &faults) < 0)
		return;
	if (faults.n > 0) {
		http_reply_faults(req, &faults);
		return;
	}
	device->query = case_device_forget(http_app(req), http_arena(req),
		&(struct case_device){
			.key = device->key, .endpoint = device->endpoint },
		device_on_done, device);
}

static const char *const json_media[] = { "application/json", NULL };
static const char *const code_headers[] = { "Authorization", NULL };

const struct http_route push_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/push-key",
		.access = ACCESS_ANYONE,
		.handle = push_key_get,
		.summary =
			"The key that a browser subscribes to push messages with; 404 "
			"where none are sent",
		.response = "PushKey" },
	{ .method = HTTP_PUT,
		.path = "/api/v1/cases/{number}/push-subscription",
		.access = ACCESS_CODE,
		.max_body = BODY_MAX,
		.media = json_media,
		.handle = device_put,
		.summary =
			"Have a device told that there is something new in a case, by "
			"messages without content",
		.request = "PushSubscription",
		.header_names = code_headers,
		.success = 204 },
	{ .method = HTTP_DELETE,
		.path = "/api/v1/cases/{number}/push-subscription",
		.access = ACCESS_CODE,
		.max_body = BODY_MAX,
		.handle = device_delete,
		.summary =
			"Tell the device no more; without a body, none of the case's",
		.request = "PushSubscription",
		.header_names = code_headers,
		.success = 204 },
	{ 0 },
};
