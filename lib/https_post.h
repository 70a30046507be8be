/*
 * https_post - a POST to an address of somebody else's, from the event loop, by
 * libcurl. It sends and says how that went; whether and when to try again is the
 * caller's.
 *
 * Certificates are checked, an answer leads nobody on, and what it says beyond its
 * status and Retry-After is not kept. only_public: the address that the name stands for
 * is looked at when the socket is made, after the name was looked up, and one of our
 * own network is refused; for addresses that people choose.
 */
#ifndef SYNPUNKT_LIB_HTTPS_POST_H
#define SYNPUNKT_LIB_HTTPS_POST_H

#include <stdbool.h>

struct error;
struct event_base;
struct https_poster;

struct https_poster_config {
	const char *ca_file;  /* PEM; NULL: the system's */
	unsigned timeout_ms;  /* for a whole message */
	unsigned connections; /* at once */
	bool only_public;
	bool allow_http; /* in plain words, too */
};

/* NULL with ERR_INVALID when this libcurl cannot look up names beside the loop. */
struct https_poster *https_poster_new(struct event_base *base,
	const struct https_poster_config *config, struct error *err);
/* Messages under way are forgotten; their done will not run. NULL is fine. */
void https_poster_free(struct https_poster *poster);

struct https_result {
	long status;        /* 0: there was no answer */
	long retry_after_s; /* what the answer asks for; 0: nothing */
	/* "" when it was taken (2xx), else "503", "timeout", "tls", "connect",
	 * "refused" or "broken". */
	char why[16];
};

/* The result ends with the call. */
typedef void https_post_done_fn(const struct https_result *result, void *arg);

/* The strings are copied. */
struct https_message {
	const char *url;
	const char *body; /* "": none */
	const char *const
		*headers; /* "Name: value", NULL ends; "Name:" leaves one out */
};

/* done runs once, on the loop, never inside this call. */
void https_post(struct https_poster *poster, const struct https_message *message,
	https_post_done_fn *done, void *arg);

#endif
