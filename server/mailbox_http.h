/* mailbox_http - the addresses that mail is taken for, as administrators see and try
 * them. */
#ifndef SYNPUNKT_SERVER_MAILBOX_HTTP_H
#define SYNPUNKT_SERVER_MAILBOX_HTTP_H

#include "lib/http.h"

extern const struct http_route mailbox_routes[];

#endif
