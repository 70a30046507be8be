/*
 * vapid - who we are to a push service (RFC 8292): a key pair of our own, P-256, and a
 * signed token (ES256) for each message.
 */
#ifndef SYNPUNKT_LIB_VAPID_H
#define SYNPUNKT_LIB_VAPID_H

#include <stdint.h>

struct arena;
struct error;
struct vapid;

/* path is a private key in PEM. NULL with ERR_INVALID for one of another kind. */
struct vapid *vapid_new(const char *path, struct error *err);
void vapid_free(struct vapid *vapid); /* NULL is fine */

#define VAPID_PUBLIC_SIZE 88 /* 65 bytes in base64url, with the NUL */

/* What a browser subscribes with: the public key, uncompressed, in base64url. */
const char *vapid_public(const struct vapid *vapid);

struct vapid_claim {
	const char *audience; /* origin of the push service, "https://push.example" */
	const char *subject;  /* whom its keeper may write to: mailto: or https: */
	int64_t expires;      /* seconds since 1970; at most a day from now */
};

/* The value of the Authorization header: "vapid t=…, k=…". */
const char *vapid_authorization(struct arena *arena, const struct vapid *vapid,
	const struct vapid_claim *claim, struct error *err);

#endif
