#include "server/list_page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fault.h"
#include "lib/http.h"
#include "lib/json_write.h"

int list_page_read(
	struct http_request *req, struct list_page *ret, struct faults *faults)
{
	const char *limit = http_query_value(req, "limit");
	long n = LIST_LIMIT_STANDARD;

	if (limit) {
		/* Digits only: strtol() would take " +7". */
		n = strspn(limit, "0123456789") == strlen(limit) && strlen(limit) < 9
			    ? strtol(limit, NULL, 10)
			    : 0;
		if (n < 1 || n > LIST_LIMIT_MAX) {
			faults_add(faults, "limit", "must be 1 to %d", LIST_LIMIT_MAX);
			return -1;
		}
	}
	ret->limit = (size_t)n;
	ret->after = http_query_value(req, "after");
	return 0;
}

void list_page_begin(struct http_request *req, struct json_write *w)
{
	jw_init(w, http_out(req));
	jw_object(w);
	jw_key(w, "items");
	jw_array(w);
}

void list_page_reply(struct http_request *req, struct json_write *w, const char *next)
{
	jw_array_end(w);
	jw_key_string(w, "next", next);
	jw_object_end(w);
	http_reply(req, 200, "application/json; charset=utf-8");
}
