/* openapi_http - the API's own description, printed from the route table. */
#ifndef SYNPUNKT_SERVER_OPENAPI_HTTP_H
#define SYNPUNKT_SERVER_OPENAPI_HTTP_H

#include "lib/http.h"

struct catalogue;
struct evbuffer;

extern const struct http_route openapi_routes[];

/* OpenAPI 3.1 of the tables, for struct worker's openapi. A description "text:KEY" in
 * the components is the catalogue's Swedish text, so that it is said in one place. */
void openapi_write(struct evbuffer *out, const struct http_route *const *tables,
	const struct catalogue *catalogue);

#endif
