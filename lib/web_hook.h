/*
 * web_hook - a message as JSON to an address of somebody else's system, from the event
 * loop, by libcurl. It sends and says how that went; when to try again is the caller's.
 *
 * An administrator chooses the address, and we send to it: so it is https, an answer
 * leads nobody on, and the address that its name stands for is looked at when the
 * socket is made, after the name was looked up: one of our own network, of this machine
 * or of none is refused. allow_private lets all of that in, and http too.
 */
#ifndef SYNPUNKT_LIB_WEB_HOOK_H
#define SYNPUNKT_LIB_WEB_HOOK_H

#include <stdbool.h>

struct error;
struct event_base;
struct sockaddr;
struct web_hook;

struct web_hook_config {
	const char *ca_file;  /* PEM; NULL: the system's */
	unsigned timeout_ms;  /* for a whole message */
	unsigned connections; /* at once */
	bool allow_private;
};

/* NULL with ERR_INVALID when this libcurl cannot look up names beside the loop. */
struct web_hook *web_hook_new(struct event_base *base,
	const struct web_hook_config *config, struct error *err);
/* Messages under way are forgotten; their done will not run. NULL is fine. */
void web_hook_free(struct web_hook *hook);

/* Of the whole internet: not this machine, a network of somebody's own, or none. */
bool web_hook_is_public(const struct sockaddr *address);

#define WEB_HOOK_WHY_SIZE 24

/* why is NULL when it was taken (2xx), else "503", "timeout", "tls", "refused", …; it
 * ends with the call. */
typedef void web_hook_done_fn(const char *why, void *arg);

/* The strings are copied. */
struct web_hook_message {
	const char *url, *body;
	const char *signature; /* header line: "Name: value" */
};

/* done runs once, on the loop, never inside this call. */
void web_hook_send(struct web_hook *hook, const struct web_hook_message *message,
	web_hook_done_fn *done, void *arg);

#endif
