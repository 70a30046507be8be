/*
 * quota - how often a key may do something, over all processes.
 *
 * A sliding window in two halves: what was taken in the present window plus the
 * share of the window before it that is still within reach. Shared memory, made
 * before the fork, nothing to lock. Keys are keyed hashes (secret_hash64() of the
 * address and the purpose), so that nobody can aim at another's place.
 *
 * The table has a fixed size. When it is full the entry idle for longest makes
 * room: a stranger is then counted from nothing; nobody is refused for it.
 */
#ifndef SYNPUNKT_LIB_QUOTA_H
#define SYNPUNKT_LIB_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct quota;

#define QUOTA_LIMIT_MAX 65535
#define QUOTA_WINDOW_MAX (7 * 86400) /* seconds */

/* 16 bytes an entry. */
struct quota *quota_new(size_t entries, struct error *err);
void quota_free(struct quota *quota); /* NULL is fine; for this process only */

/*
 * true: one was taken. false: limit (1 to QUOTA_LIMIT_MAX) was reached within
 * window_s (1 to QUOTA_WINDOW_MAX) seconds; *ret_retry_after (may be NULL) is in how
 * many seconds the next can succeed, at least 1. One key always goes with one window.
 * limit 0 switches the quota off: always true.
 */
bool quota_take(struct quota *quota, uint64_t key, unsigned limit, unsigned window_s,
	unsigned *ret_retry_after);

/* Gives back the one that was taken last, within the same window: what turned out well
 * is not counted. */
void quota_return(struct quota *quota, uint64_t key);

/* quota_take() at a time of the caller's: seconds that only grow. */
struct quota_ask {
	uint64_t key; /* above 1 */
	unsigned limit, window_s;
	uint32_t now_s;
};
bool quota_take_at(
	struct quota *quota, const struct quota_ask *ask, unsigned *ret_retry_after);

#endif
