/*
 * template_fit - templates filled in: those that fit a case, and one under work with a
 * made-up case.
 */
#ifndef SYNPUNKT_SERVER_TEMPLATE_FIT_H
#define SYNPUNKT_SERVER_TEMPLATE_FIT_H

#include "lib/http.h"

extern const struct http_route template_fit_routes[];

#endif
