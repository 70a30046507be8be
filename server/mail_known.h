/*
 * mail_known - addresses that were found to be ours a moment ago, so that the database
 * is asked once for many letters to the same board. Storing asks again: what has ended
 * meanwhile is refused there, and what is not ours is never kept here.
 */
#ifndef SYNPUNKT_SERVER_MAIL_KNOWN_H
#define SYNPUNKT_SERVER_MAIL_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#define MAIL_KNOWN_S 10

struct mail_known;

struct mail_known *mail_known_new(void);
void mail_known_free(struct mail_known *known); /* NULL is fine */

/* now_s: seconds of any clock that only grows. Letters of either case are the same. */
bool mail_known_has(const struct mail_known *known, const char *address, int64_t now_s);
void mail_known_add(struct mail_known *known, const char *address, int64_t now_s);

#endif
