/*
 * curl_loop - libcurl's multi interface on an event_base: libcurl says which sockets it
 * waits for and for how long; libevent waits; libcurl is told what came. Names are
 * looked up in libcurl's own threads, where it has them (curl_loop_check()).
 *
 * For the files that speak by libcurl; the rest sees smtp.h, https_client.h.
 */
#ifndef SYNPUNKT_LIB_CURL_LOOP_H
#define SYNPUNKT_LIB_CURL_LOOP_H

#include <curl/curl.h>

struct curl_loop;
struct error;
struct event_base;

/* A transfer has ended. Whose it is stands in CURLOPT_PRIVATE, which is the owner's;
 * the owner removes it. Runs on the loop, never inside a call of its owner's. */
typedef void curl_loop_done_fn(CURL *easy, CURLcode code);

/* ERR_INVALID when this libcurl would block to look up a name. */
int curl_loop_check(struct error *err);

struct curl_loop *curl_loop_new(
	struct event_base *base, long connections, curl_loop_done_fn *done);
void curl_loop_free(struct curl_loop *loop); /* it is empty by then; NULL is fine */

/* Work begins in a timer, not here. */
void curl_loop_add(struct curl_loop *loop, CURL *easy);
void curl_loop_remove(struct curl_loop *loop, CURL *easy);

#endif
