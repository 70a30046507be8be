/*
 * open_http - the files of open data:
 *
 *   /oppnadata/v1/manad/2026-10.csv     a frozen month, which never changes
 *   /oppnadata/v1/ar/2026.csv           the published months of a year
 *   /oppnadata/v1/rattelser.csv         corrections of them
 *   /oppnadata/v1/kodlistor/boards.csv  what the codes are
 *
 * and the same as .json. Anybody's, without sign-in; any page may fetch them. What a
 * version has keeps its names and its meaning; columns may be added after the last one.
 */
#ifndef SYNPUNKT_SERVER_OPEN_HTTP_H
#define SYNPUNKT_SERVER_OPEN_HTTP_H

#include "lib/http.h"

extern const struct http_route open_routes[];

/* The name of the i-th code list's file, and what people call it in *title, which may
 * be NULL; NULL after the last. */
const char *open_list(size_t i, const char **title);

/* For a network that asks more than people and harvesters do: -1, and it is answered.
 */
int open_limit_take(struct http_request *req);

#endif
