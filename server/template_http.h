/*
 * template_http - templates for replies: which there are, what they said when, and
 * writing them. Who may is the database's to say (0053_reply_template.sql):
 * coordinators and managers write their board's, administrators the city's. None is
 * deleted; it ends.
 */
#ifndef SYNPUNKT_SERVER_TEMPLATE_HTTP_H
#define SYNPUNKT_SERVER_TEMPLATE_HTTP_H

#include <stdbool.h>

#include "lib/http.h"

extern const struct http_route template_routes[];

/* The languages that a template can be in, and the actions that it can be for; NULL at
 * the end. */
extern const char *const template_languages[];
extern const char *const template_kinds[];

/* True: the caller has to do with neither cases nor the city's texts, which was
 * answered with 403. */
bool template_refuse_outsider(struct http_request *req);

#endif
