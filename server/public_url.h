/* public_url - the address that residents know the server by, without a final slash. */
#ifndef SYNPUNKT_SERVER_PUBLIC_URL_H
#define SYNPUNKT_SERVER_PUBLIC_URL_H

struct http_request;

/* SYNPUNKT_PUBLIC_URL; when it is not set, the scheme and Host of the request. The
 * text belongs to the request. */
const char *public_url(struct http_request *req);

#endif
