/*
 * web_push - a message without content to a browser's push service (RFC 8030), from the
 * event loop, by libcurl: it wakes the service worker there, and says nothing.
 *
 * It sends and says how that went; whether and when to try again is the caller's, and
 * so is which addresses may be sent to at all.
 */
#ifndef SYNPUNKT_LIB_WEB_PUSH_H
#define SYNPUNKT_LIB_WEB_PUSH_H

struct error;
struct event_base;
struct web_push;

struct web_push_config {
	const char *ca_file;  /* PEM; NULL: the system's */
	unsigned timeout_ms;  /* for a whole message */
	unsigned connections; /* at once */
};

/* NULL with ERR_INVALID when this libcurl cannot look up names beside the loop. */
struct web_push *web_push_new(struct event_base *base,
	const struct web_push_config *config, struct error *err);
/* Messages under way are forgotten; their done will not run. NULL is fine. */
void web_push_free(struct web_push *push);

enum web_push_outcome {
	WEB_PUSH_TAKEN, /* 2xx: the service will deliver it, or has */
	WEB_PUSH_GONE,  /* 404, 410: nobody is there any more */
	WEB_PUSH_LATER, /* anything else */
};

#define WEB_PUSH_WHY_SIZE 24

struct web_push_result {
	enum web_push_outcome outcome;
	long retry_after_s;          /* what the service asks for; 0: nothing */
	char why[WEB_PUSH_WHY_SIZE]; /* "503", "timeout", "tls", "broken"; "" when taken
				      */
};

typedef void web_push_done_fn(const struct web_push_result *result, void *arg);

/* The strings are copied. */
struct web_push_message {
	const char *endpoint;
	const char *authorization; /* vapid.h */
	const char
		*topic; /* of several with one topic that wait, the last is delivered */
	long ttl_s;     /* how long it may wait for the device */
};

/* done runs once, on the loop, never inside this call. */
void web_push_send(struct web_push *push, const struct web_push_message *message,
	web_push_done_fn *done, void *arg);

#endif
