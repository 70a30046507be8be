/* rehearse_http - what a version of the rules would have done to past cases: asked for,
 * and told when the job worker (job_rehearse.h) has found out. */
#ifndef SYNPUNKT_SERVER_REHEARSE_HTTP_H
#define SYNPUNKT_SERVER_REHEARSE_HTTP_H

#include "lib/http_route.h"

extern const struct http_route rehearse_routes[];

#endif
