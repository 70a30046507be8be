/* intake_limit - how many submissions one address may send in an hour. */
#ifndef SYNPUNKT_SERVER_INTAKE_LIMIT_H
#define SYNPUNKT_SERVER_INTAKE_LIMIT_H

struct error;
struct http_request;

/* Counts one against SYNPUNKT_INTAKE_PER_HOUR of the caller's address (IPv6: its
 * /64). -1 and ERR_BUSY, with Retry-After set, when there are none left. The ceiling
 * is high since mobile networks put thousands behind one address. */
int intake_limit_take(struct http_request *req, struct error *err);

#endif
