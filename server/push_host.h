/*
 * push_host - which addresses a browser may name as its push service's. A stranger
 * chooses the address, and we send to it: so it must be one of the hosts on a list,
 * never simply "not one of our own".
 */
#ifndef SYNPUNKT_SERVER_PUSH_HOST_H
#define SYNPUNKT_SERVER_PUSH_HOST_H

struct arena;
struct error;

#define PUSH_ENDPOINT_MAX 1024 /* bytes; those in use have 150 to 400 */
#define PUSH_HOSTS_MAX 50

/* "fcm.googleapis.com *.notify.windows.com push.example:8443", by spaces: names, "*."
 * for every host below, a port if it is not 443. ERR_INVALID names what is wrong. */
int push_hosts_check(const char *hosts, struct error *err);

/* The origin of an endpoint ("https://push.example"), which is the arena's; NULL for
 * what is no https URL, holds more than such an address does, or is on no host of the
 * list. */
const char *push_origin(struct arena *arena, const char *hosts, const char *endpoint);

#endif
