/*
 * order_way_open311 - orders to a server of somebody else's by Open311 GeoReport v2.
 *
 *   request_send     POST requests.json, with an Idempotency-Key
 *   request_look     GET tokens/{token}.json until there is an id, then
 *                    GET requests/{id}.json
 *   request_recall   POST servicerequestupdates.json, where the contractor has that
 *
 * What may have arrived is not sent again unless the contractor knows a request by its
 * key: a person asks. Pictures do not go along, since such servers show theirs to
 * anybody. The key stands in forms, and in an address only where the contractor shows a
 * request to nobody else (reads_keyed): GeoReport v2 has no other place for it.
 */
#include <string.h>

#include "lib/arena.h"
#include "lib/https_client.h"
#include "lib/link_values.h"
#include "lib/secret.h"
#include "server/order_answer.h"
#include "server/order_key.h"
#include "server/order_way.h"
#include "server/out_queue.h"
#include "server/stamp.h"

static struct arena *arena_of(const struct order_task *task)
{
	return task->job->arena;
}

static void end_as(struct order_task *task, const char *outcome, const char *why)
{
	order_task_end(task, &(struct order_outcome){ .outcome = outcome, .why = why });
}

/* ---- a form ---- */

static void form_add(struct order_task *task, const char *name, const char *value)
{
	struct arena *arena = arena_of(task);

	if (value && value[0])
		task->form =
			arena_printf(arena, "%s%s%s=%s", task->form ? task->form : "",
				task->form ? "&" : "", name, link_encode(arena, value));
}

/* -1: the key cannot be read any more; somebody has to give it again. */
static int form_begin(struct order_task *task, bool with_key)
{
	char key[ORDER_KEY_MAX + 1];

	task->form = NULL;
	if (task->sealed && with_key) {
		if (order_key_open(task->tools->secret, task->contractor, task->sealed,
			    key) < 0)
			return -1;
		form_add(task, "api_key", key);
		secret_wipe(key, sizeof(key));
	}
	form_add(task, "jurisdiction_id", task->jurisdiction);
	return 0;
}

static void form_wipe(struct order_task *task)
{
	if (task->form)
		secret_wipe(task->form, strlen(task->form));
}

static void form_post(struct order_task *task, const char *where, https_done_fn *done)
{
	struct arena *arena = arena_of(task);

	https_send(task->tools->client,
		&(struct https_message){
			.url = arena_printf(arena, "%s/%s", task->url, where),
			.body = task->form ? task->form : "",
			.keep = ORDER_ANSWER_MAX,
			.headers =
				(const char *[]){ "Content-Type:"
						  " application/x-www-form-urlencoded",
					"Accept: application/json", "Expect:",
					arena_printf(arena, "Idempotency-Key: %s",
						task->ref),
					NULL } },
		done, task);
	form_wipe(task);
}

/* ---- sending ---- */

static bool may_wait(const struct https_result *result)
{
	return result->status == 429 || result->status == 503;
}

/* Of what was not taken. */
static void send_failed(struct order_task *task, const struct https_result *result)
{
	if (!strcmp(result->why, "refused") || !strcmp(result->why, "protocol"))
		end_as(task, "refused", result->why);
	else if (!strcmp(result->why, "large"))
		end_as(task, "lies", "lies-large");
	else if (!result->asked || may_wait(result))
		end_as(task, "later", result->why);
	else if (result->status == 401 || result->status == 403)
		end_as(task, "refused", "key");
	else if (result->status >= 300 && result->status < 400)
		end_as(task, "lies", "lies-redirect");
	else if (result->status >= 400 && result->status < 500)
		end_as(task, "refused", result->why);
	else if (task->takes_keys)
		end_as(task, "later", result->why);
	else
		end_as(task, "unsure", "unsure");
}

static void on_sent(const struct https_result *result, void *arg)
{
	struct order_task *task = arg;
	struct order_answer answer;
	const char *lie;

	if (result->why[0]) {
		send_failed(task, result);
		return;
	}
	lie = order_answer_created(arena_of(task), result->body, result->size, &answer);
	if (lie)
		end_as(task, "lies", lie);
	else
		order_task_end(task, &(struct order_outcome){ .outcome = "sent",
					     .id = answer.id,
					     .token = answer.token });
}

static const char *description_of(const struct order_task *task)
{
	return arena_printf(arena_of(task), "%s\n\n%s%s%s", task->subject,
		task->words ? task->words : "",
		task->words && task->words[0] ? "\n\n" : "", task->number);
}

/* attribute[code], and attribute[code][] of one that takes several. */
static void answers_add(struct order_task *task)
{
	struct arena *arena = arena_of(task);
	const char *line = task->answers ? task->answers : "";

	while (*line) {
		size_t n = strcspn(line, "\n"), name = strcspn(line, "=");
		size_t code = strcspn(line, "[=");

		if (name < n)
			form_add(task,
				arena_printf(arena, "attribute[%.*s]%.*s", (int)code,
					line, (int)(name - code), line + code),
				arena_printf(arena, "%.*s", (int)(n - name - 1),
					line + name + 1));
		line += n + (line[n] == '\n');
	}
}

static void request_send(struct order_task *task)
{
	if (form_begin(task, /* with_key= */ true) < 0) {
		end_as(task, "refused", "key");
		return;
	}
	form_add(task, "service_code", task->service_code);
	answers_add(task);
	form_add(task, "lat", task->lat);
	form_add(task, "long", task->lon);
	form_add(task, "address_string", task->address);
	form_add(task, "description", description_of(task));
	form_post(task, "requests.json", on_sent);
}

/* ---- looking ---- */

static void look_failed(struct order_task *task, const struct https_result *result)
{
	if (!strcmp(result->why, "large"))
		end_as(task, "lies", "lies-large");
	else if (result->status >= 300 && result->status < 400)
		end_as(task, "lies", "lies-redirect");
	else if (result->status == 404 || result->status == 410)
		end_as(task, "lies", "lies-gone");
	else if (result->status == 401 || result->status == 403)
		end_as(task, "later", "key");
	else
		end_as(task, "later", result->why);
}

static void on_named(const struct https_result *result, void *arg)
{
	struct order_task *task = arg;
	struct order_answer answer;
	const char *lie;

	if (result->why[0]) {
		look_failed(task, result);
		return;
	}
	lie = order_answer_named(arena_of(task), result->body, result->size,
		task->remote_token, &answer);
	if (lie)
		end_as(task, "lies", lie);
	else
		order_task_end(task,
			&(struct order_outcome){ .outcome = "open", .id = answer.id });
}

static void on_looked(const struct https_result *result, void *arg)
{
	struct order_task *task = arg;
	struct order_answer answer;
	const char *lie;

	if (result->why[0]) {
		look_failed(task, result);
		return;
	}
	lie = order_answer_looked(
		arena_of(task), result->body, result->size, task->remote_id, &answer);
	if (lie)
		end_as(task, "lies", lie);
	else
		order_task_end(task, &(struct order_outcome){
					     .outcome = answer.closed ? "done" : "open",
					     .words = answer.notes });
}

/* The form as a query: GeoReport v2 has no other place for a key of a GET. */
static const char *look_url(const struct order_task *task)
{
	const char *key = task->remote_id ? task->remote_id : task->remote_token;

	return arena_printf(arena_of(task), "%s/%s/%s.json%s%s", task->url,
		task->remote_id ? "requests" : "tokens",
		link_encode(arena_of(task), key), task->form ? "?" : "",
		task->form ? task->form : "");
}

static void request_look(struct order_task *task)
{
	char *url;

	if (form_begin(task, task->reads_keyed) < 0) {
		end_as(task, "later", "key");
		return;
	}
	url = arena_dup(arena_of(task), look_url(task));
	https_send(task->tools->client,
		&(struct https_message){ .url = url,
			.keep = ORDER_ANSWER_MAX,
			.headers =
				(const char *[]){ "Accept: application/json", NULL } },
		task->remote_id ? on_looked : on_named, task);
	form_wipe(task);
	secret_wipe(url, strlen(url));
}

/* ---- taking back ---- */

/* The update has an id of its own: told twice, it is one. */
static void on_recalled(const struct https_result *result, void *arg)
{
	struct order_task *task = arg;

	if (!result->why[0])
		end_as(task, "told", NULL);
	else if (result->status >= 300 && result->status < 500 && !may_wait(result))
		end_as(task, "refused", result->why);
	else
		end_as(task, "later", result->why);
}

static void request_recall(struct order_task *task)
{
	const char *words = task->recall_words && task->recall_words[0]
				    ? task->recall_words
				    : "Uppdraget är återkallat. Gör inget mer.";
	char now[STAMP_SIZE];

	if (form_begin(task, /* with_key= */ true) < 0) {
		end_as(task, "refused", "key");
		return;
	}
	form_add(task, "service_request_id", task->remote_id);
	form_add(task, "update_id",
		arena_printf(arena_of(task), "%s-recall", task->ref));
	stamp_print(stamp_now(), now);
	form_add(task, "updated_datetime", now);
	form_add(task, "status", "CLOSED");
	form_add(task, "description", words);
	form_post(task, "servicerequestupdates.json", on_recalled);
}

const struct order_way order_way_open311 = { .code = "open311",
	.send = request_send,
	.look = request_look,
	.recall = request_recall };
