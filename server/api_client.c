#include "server/api_client.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "lib/sha256.h"
#include "server/access.h"
#include "server/open311_query.h"
#include "server/worker.h"

#define HOUR_S 3600
#define SCOPE "cases"

/* Hashes are looked up, as those of sessions: a key has 256 random bits, and how long
 * it takes tells of the hash, which nobody can choose. */
static const struct db_query client_query = {
	.name = "api_client",
	.sql = "SELECT c.id, c.kind, c.per_hour, '" SCOPE "' = ANY (c.scopes)"
	       " FROM synpunkt_open311.client($1::bytea) c",
	.n_params = 1,
};

struct client_check {
	struct http_request *req;
	struct db_call *call;
	struct api_client client;
};

static void check_on_gone(void *arg)
{
	db_cancel(((struct client_check *)arg)->call);
}

static int refuse_unknown(struct http_request *req, struct error *err)
{
	http_set_header(req, "WWW-Authenticate", "Bearer");
	return error_set(err, ERR_UNAUTHORIZED,
		"send a key that works as \"Authorization: Bearer …\"");
}

static int client_judge(
	struct http_request *req, const struct db_rows *rows, struct error *err)
{
	if (db_rows_count(rows) == 0)
		return refuse_unknown(req, err);
	if (!strcmp(db_rows_text(rows, 0, 1), "test"))
		return error_set(err, ERR_FORBIDDEN,
			"the key is for the test endpoint of Open311");
	if (!db_rows_bool(rows, 0, 3))
		return error_set(
			err, ERR_FORBIDDEN, "the key is not for the API of cases");
	return 0;
}

static void check_on_client(
	const struct db_rows *rows, const struct error *db_err, void *arg)
{
	struct client_check *check = arg;
	struct error err = { 0 };

	check->call = NULL;
	if (db_err) {
		http_access_settle(check->req, db_err);
		return;
	}
	if (client_judge(check->req, rows, &err) < 0) {
		http_access_settle(check->req, &err);
		return;
	}
	memcpy(check->client.id, db_rows_text(rows, 0, 0), sizeof(check->client.id));
	check->client.per_hour = (unsigned)db_rows_int64(rows, 0, 2);
	http_set_caller(check->req, &check->client);
	http_access_settle(check->req, NULL);
}

/* What else stands in the header is no key: a proxy's own password, say. */
static const char *key_of(struct http_request *req)
{
	static const char scheme[] = "Bearer ";
	const char *given = http_header(req, "authorization");

	return given && !strncasecmp(given, scheme, strlen(scheme))
		       ? given + strlen(scheme)
		       : NULL;
}

enum http_access api_client_access(struct http_request *req, struct error *err)
{
	struct worker *worker = http_app(req);
	const char *key = key_of(req);
	char hash[OPEN311_HASH_SIZE];
	struct client_check *check;

	if (!key && (http_route(req)->access & ACCESS_ANYONE))
		return HTTP_ACCESS_GRANTED;
	if (!key) {
		refuse_unknown(req, err);
		return HTTP_ACCESS_REFUSED;
	}
	check = arena_alloc(http_arena(req), sizeof(*check));
	check->req = req;
	open311_key_hash(key, hash);
	http_on_close(req, check_on_gone, check);
	check->call = db_run(worker->read_pool, &client_query, (const char *[]){ hash },
		check_on_client, check);
	return HTTP_ACCESS_LATER;
}

const struct api_client *api_client_get(struct http_request *req)
{
	return http_route(req)->access & ACCESS_CLIENT ? http_caller(req) : NULL;
}

int api_client_admit(
	struct http_request *req, const struct api_client *client, struct error *err)
{
	struct worker *worker = http_app(req);
	const char *text = arena_printf(http_arena(req), "open311 %s", client->id);
	unsigned wait_s = 0;

	if (quota_take(worker->quota,
		    secret_hash64(worker->start->boot_secret, text, strlen(text)),
		    client->per_hour, HOUR_S, &wait_s))
		return 0;
	http_set_header(
		req, "Retry-After", arena_printf(http_arena(req), "%u", wait_s));
	return error_set(err, ERR_BUSY, "this key has sent its share of an hour");
}

const char *api_client_own_key(
	struct http_request *req, const struct api_client *client, const char *given)
{
	const char *text = arena_printf(http_arena(req), "%s %s", client->id, given);
	char *hex = arena_alloc(http_arena(req), SHA256_HEX_SIZE);

	sha256_hex(text, strlen(text), hex);
	return hex;
}
