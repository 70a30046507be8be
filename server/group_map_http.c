#include "server/group_map_http.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/json_write.h"
#include "server/access.h"
#include "server/json_reply.h"
#include "server/oidc_provider.h"
#include "server/people_body.h"
#include "server/request_read.h"
#include "server/sensitive.h"
#include "server/session.h"
#include "server/worker.h"

#define BODY_MAX (8 * KIB)

static const struct db_query list_query = {
	.name = "group_maps",
	.sql = "SELECT synpunkt_people.group_maps($1::text)",
	.n_params = 1,
};

static const struct db_query add_query = {
	.name = "group_map_add",
	.sql = "SELECT synpunkt_people.group_map_add($1::text, $2::jsonb, $3::text)",
	.n_params = 3,
};

static const struct db_query change_query = {
	.name = "group_map_change",
	.sql = "SELECT synpunkt_people.group_map_change($1::text, $2::bigint, $3::jsonb,"
	       " $4::text)",
	.n_params = 4,
};

static const struct json_nothing outsider = { ERR_FORBIDDEN,
	"groups and roles are for administrators" };

struct map_op {
	struct http_request *req;
	struct db_call *call;
	struct people_given given;
};

static void op_on_gone(void *arg)
{
	db_cancel(((struct map_op *)arg)->call);
}

/* The database looks once more: whoever stands in for an administrator is none here.
 * NULL: it was answered. */
static struct map_op *op_new(struct http_request *req)
{
	struct map_op *op;

	if (!session_has_role(session_get(req), "administrator", NULL)) {
		request_refuse(req, outsider.code, outsider.why);
		return NULL;
	}
	op = arena_alloc(http_arena(req), sizeof(*op));
	op->req = req;
	http_on_close(req, op_on_gone, op);
	return op;
}

static void op_run(struct map_op *op, const struct db_query *query,
	const char *const *params, db_done_fn *done)
{
	struct worker *worker = http_app(op->req);

	op->call = db_run(worker->desk_pool, query, params, done, op);
}

/* ---- the list ---- */

static void list_on_row(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct map_op *op = arg;

	op->call = NULL;
	json_reply_cell_list(op->req, rows, err, &outsider);
}

static void list_get(struct http_request *req)
{
	struct map_op *op = op_new(req);

	if (op)
		op_run(op, &list_query,
			(const char *[]){ session_get(req)->token_hash }, list_on_row);
}

/* ---- changing ---- */

static const struct {
	const char *word;
	enum err_code code;
	const char *why;
} refusals[] = {
	{ "forbidden", ERR_FORBIDDEN, "groups and roles are for administrators" },
	{ "missing", ERR_NOT_FOUND, "there is no such mapping that holds" },
	{ "last-administrator", ERR_CONFLICT,
		"nobody would be left who is an administrator" },
};

static void fault_refuse(struct http_request *req, const char *name, const char *why)
{
	struct faults faults;

	faults_init(&faults, http_arena(req));
	faults_add(&faults, name, "%s", why);
	http_reply_faults(req, &faults);
}

/* True: it was answered. */
static bool word_refuse(struct http_request *req, const char *word)
{
	if (!strcmp(word, "unknown")) {
		fault_refuse(req, "unit", "no unit has this code");
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (strcmp(word, refusals[i].word) != 0)
			continue;
		http_add_problem(
			req, arena_printf(http_arena(req), "\"outcome\":\"%s\"", word));
		request_refuse(req, refusals[i].code, refusals[i].why);
		return true;
	}
	return false;
}

static void add_on_done(const struct db_rows *rows, const struct error *err, void *arg)
{
	struct map_op *op = arg;
	struct json_write w;

	op->call = NULL;
	if (err) {
		http_reply_error(op->req, err);
		return;
	}
	if (word_refuse(op->req, db_rows_text(rows, 0, 0)))
		return;
	jw_init(&w, http_out(op->req));
	jw_object(&w);
	jw_key_string(&w, "id", db_rows_text(rows, 0, 0));
	jw_object_end(&w);
	http_reply(op->req, 201, "application/json; charset=utf-8");
}

static void change_on_done(
	const struct db_rows *rows, const struct error *err, void *arg)
{
	struct map_op *op = arg;

	op->call = NULL;
	if (err)
		http_reply_error(op->req, err);
	else if (!word_refuse(op->req, db_rows_text(rows, 0, 0)))
		http_reply(op->req, 204, NULL);
}

/* NULL: it was answered. */
static struct map_op *change_begin(struct http_request *req, enum people_form form)
{
	struct map_op *op = op_new(req);
	struct people_given given = { 0 };

	if (!op || sensitive_refuse(req, SENSITIVE_PEOPLE) ||
		people_body_read(req, form, &given) < 0)
		return NULL;
	op->given = given;
	return op;
}

static void map_post(struct http_request *req)
{
	struct worker *worker = http_app(req);
	struct map_op *op = change_begin(req, PEOPLE_GROUP);

	if (!op)
		return;
	if (!oidc_find_issuer(worker->oidc, op->given.issuer)) {
		fault_refuse(req, "issuer", "is no provider that people sign in with");
		return;
	}
	op_run(op, &add_query,
		(const char *[]){ session_get(req)->token_hash,
			people_group_text(req, &op->given), op->given.reason },
		add_on_done);
}

/* given NULL: it ends. */
static void change_run(struct map_op *op, const char *given)
{
	const char *id = request_id(http_path_value(op->req, "id"));

	op_run(op, &change_query,
		(const char *[]){ session_get(op->req)->token_hash, id ? id : "0",
			given, op->given.reason },
		change_on_done);
}

static void map_patch(struct http_request *req)
{
	struct map_op *op = change_begin(req, PEOPLE_DAYS);

	if (op)
		change_run(op, people_days_text(req, &op->given));
}

static void map_end_post(struct http_request *req)
{
	struct map_op *op = change_begin(req, PEOPLE_REASON);

	if (op)
		change_run(op, NULL);
}

static const char *const headers[] = { "X-CSRF-Token", NULL };
static const char *const media[] = { "application/json", NULL };

const struct http_route group_map_routes[] = {
	{ .method = HTTP_GET,
		.path = "/api/v1/desk/group-mappings",
		.access = ACCESS_STAFF,
		.handle = list_get,
		.summary =
			"Which groups of providers stand for which roles, with who has them so and what was changed; for administrators",
		.response = "GroupMappingList" },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/group-mappings",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = map_post,
		.summary =
			"Let a group stand for a role, from each one's next sign-in (sensitive)",
		.request = "NewGroupMapping",
		.response = "GroupMappingMade",
		.header_names = headers,
		.success = 201 },
	{ .method = HTTP_PATCH,
		.path = "/api/v1/desk/group-mappings/{id}",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = map_patch,
		.summary =
			"Change its days; the roles that it has given follow at once (sensitive)",
		.request = "GroupMappingDays",
		.header_names = headers,
		.success = 204 },
	{ .method = HTTP_POST,
		.path = "/api/v1/desk/group-mappings/{id}/ends",
		.access = ACCESS_STAFF,
		.max_body = BODY_MAX,
		.media = media,
		.handle = map_end_post,
		.summary =
			"End it and the roles that it has given, at once (sensitive)",
		.request = "PersonReason",
		.header_names = headers,
		.success = 204 },
	{ 0 },
};
