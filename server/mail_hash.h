/*
 * mail_hash - SHA-256 of a letter on the loop, a slice a turn: between two slices all
 * others have theirs.
 */
#ifndef SYNPUNKT_SERVER_MAIL_HASH_H
#define SYNPUNKT_SERVER_MAIL_HASH_H

#include <stddef.h>

#include "lib/sha256.h"

/* In one turn: about a millisecond. */
#define MAIL_HASH_SLICE ((size_t)512 * 1024)

struct event_base;
struct mail_hash;

/* The hash may be freed in it. */
typedef void mail_hash_fn(const unsigned char hash[SHA256_SIZE], void *arg);

/* The bytes must stay until done, which is called once, from the loop. */
struct mail_hash *mail_hash_new(struct event_base *base, mail_hash_fn *done, void *arg);
void mail_hash_start(struct mail_hash *hash, const char *bytes, size_t n);
/* Before done: it will not be called. NULL is fine. */
void mail_hash_free(struct mail_hash *hash);

#endif
