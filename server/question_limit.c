#include "server/question_limit.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/http.h"
#include "lib/quota.h"
#include "lib/secret.h"
#include "server/worker.h"

#define MINUTE_S 60

int question_limit_take(struct http_request *req, const char *what, unsigned per_minute)
{
	struct worker *worker = http_app(req);
	const char *text = arena_printf(http_arena(req), "%s %016llx", what,
		(unsigned long long)http_peer_key(req));
	struct error err = { 0 };
	unsigned wait_s = 0;

	if (quota_take(worker->quota,
		    secret_hash64(worker->start->boot_secret, text, strlen(text)),
		    per_minute, MINUTE_S, &wait_s))
		return 0;
	http_set_header(
		req, "Retry-After", arena_printf(http_arena(req), "%u", wait_s));
	error_set(&err, ERR_BUSY, "more questions than usual came from your network");
	http_reply_error(req, &err);
	return -1;
}
