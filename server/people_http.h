/*
 * people_http - accounts and roles at the desk. Who may do what is in
 * migrations/0060_people.sql. A password is made up here, told once in the answer and
 * kept as a hash alone.
 */
#ifndef SYNPUNKT_SERVER_PEOPLE_HTTP_H
#define SYNPUNKT_SERVER_PEOPLE_HTTP_H

#include "lib/http_server.h"

extern const struct http_route people_routes[];

#endif
