/*
 * https_client - requests to addresses of somebody else's, from the event loop, by
 * libcurl: a POST, or a GET where there is no body. It sends and says how that went;
 * whether and when to try again is the caller's.
 *
 * Certificates are checked, an answer leads nobody on, and of what it says beyond its
 * status and Retry-After as much is kept as the caller wants, and no more: a longer
 * one is cut off. only_public: the address that the name stands for is looked at when
 * the socket is made, after the name was looked up, and one of our own network is
 * refused; for addresses that people choose.
 */
#ifndef SYNPUNKT_LIB_HTTPS_CLIENT_H
#define SYNPUNKT_LIB_HTTPS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct event_base;
struct https_client;

struct https_client_config {
	const char *ca_file;  /* PEM; NULL: the system's */
	unsigned timeout_ms;  /* for a whole message */
	unsigned connections; /* at once */
	bool only_public;
	bool allow_http; /* in plain words, too */
};

/* NULL with ERR_INVALID when this libcurl cannot look up names beside the loop. */
struct https_client *https_client_new(struct event_base *base,
	const struct https_client_config *config, struct error *err);
/* Messages under way are forgotten; their done will not run. NULL is fine. */
void https_client_free(struct https_client *client);

struct https_result {
	bool asked;  /* the request, or some of it, has gone out: it may have arrived */
	long status; /* 0: there was no answer */
	long retry_after_s; /* what the answer asks for; 0: nothing */
	/* "" when it was taken (2xx), else "503", "timeout", "tls", "connect",
	 * "refused", "protocol" (not https), "large" or "broken". */
	char why[16];
	const char *body; /* with a zero after it; "" where nothing is kept */
	size_t size;
};

/* The result, its body too, ends with the call. */
typedef void https_done_fn(const struct https_result *result, void *arg);

/* The strings are copied. */
struct https_message {
	const char *url;
	const char *body; /* "": none; NULL: it is a GET */
	size_t keep;      /* bytes of the answer's body; 0: none is kept, nor counted */
	const char *const
		*headers; /* "Name: value", NULL ends; "Name:" leaves one out */
};

/* done runs once, on the loop, never inside this call. */
void https_send(struct https_client *client, const struct https_message *message,
	https_done_fn *done, void *arg);

#endif
