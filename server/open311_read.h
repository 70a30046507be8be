/*
 * open311_read - what anybody may ask of GeoReport v2: services, what each asks for,
 * requests and how they go.
 *
 * Of a request it tells what the public map shows and no more: subject, district,
 * rounded place, the day it came in, open or closed and since when, a picture that
 * staff let anybody see. The words of who reported it are nobody's; the description is
 * the subject's name. With the key of the client that sent a request it tells that
 * client, in status_notes, what those who follow a case are told of its state.
 */
#ifndef SYNPUNKT_SERVER_OPEN311_READ_H
#define SYNPUNKT_SERVER_OPEN311_READ_H

#include <stdint.h>

#include "server/open311_write.h"

struct city;
struct city_category;

/* A service: a category of class S1 that is valid on that day. NULL: there is none of
 * that code. */
const struct city_category *open311_service(
	const struct city *city, const char *code, int32_t day);

void open311_discovery(
	struct http_request *req, enum open311_format format, const char *id);
void open311_services(
	struct http_request *req, enum open311_format format, const char *id);
void open311_definition(
	struct http_request *req, enum open311_format format, const char *id);
void open311_requests(
	struct http_request *req, enum open311_format format, const char *id);
void open311_request(
	struct http_request *req, enum open311_format format, const char *id);
void open311_token(
	struct http_request *req, enum open311_format format, const char *id);
void open311_updates(
	struct http_request *req, enum open311_format format, const char *id);

#endif
