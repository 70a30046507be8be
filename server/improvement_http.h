/*
 * improvement_http - improvement actions: which there are, what they have said, their
 * effect, the goals they serve; and changing them. Who sees and does what is in
 * migrations/0071_improvement.sql.
 */
#ifndef SYNPUNKT_SERVER_IMPROVEMENT_HTTP_H
#define SYNPUNKT_SERVER_IMPROVEMENT_HTTP_H

#include "lib/http_server.h"

extern const struct http_route improvement_routes[];
extern const struct http_route improvement_put_routes[];

#endif
