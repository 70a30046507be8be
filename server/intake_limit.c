#include "server/intake_limit.h"

#include <stdio.h>

#include "lib/error.h"
#include "lib/http.h"
#include "lib/quota.h"
#include "server/options.h"
#include "server/worker.h"

#define HOUR_S 3600

int intake_limit_take(struct http_request *req, struct error *err)
{
	struct worker *worker = http_app(req);
	unsigned limit = (unsigned)worker->options->intake_per_hour, wait_s = 0;
	char text[16];

	if (quota_take(worker->quota, http_peer_key(req), limit, HOUR_S, &wait_s))
		return 0;
	snprintf(text, sizeof(text), "%u", wait_s);
	http_set_header(req, "Retry-After", text);
	return error_set(err, ERR_BUSY,
		"more submissions than usual came from your network; try again later");
}
