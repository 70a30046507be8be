/*
 * clamav - asks a clamd, ClamAV's daemon, whether bytes hold something that it knows:
 * its INSTREAM command, from the event loop, one connection a call.
 *
 * Its word is taken strictly: bytes are clean only when it has got all of them and says
 * so in exactly the words that it has for that.
 */
#ifndef SYNPUNKT_LIB_CLAMAV_H
#define SYNPUNKT_LIB_CLAMAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct clamav;
struct clamav_call;
struct error;
struct event_base;

struct clamav_config {
	struct event_base *base;
	const char *address; /* as for address_parse() */
	unsigned timeout_ms; /* for a call, connecting and all */
};

/* ERR_INVALID for an address that is none. */
struct clamav *clamav_new(const struct clamav_config *config, struct error *err);
/* Calls under way end silently. NULL is fine. */
void clamav_free(struct clamav *clamav);

enum clamav_verdict {
	CLAMAV_CLEAN,
	CLAMAV_FOUND,
	CLAMAV_TOO_LARGE, /* more than its StreamMaxLength */
	CLAMAV_AWAY,   /* nobody answers there: any other bytes would fare the same */
	CLAMAV_FAILED, /* too slow, broken off, or it said something else */
};

#define CLAMAV_NAME_SIZE 101

struct clamav_result {
	enum clamav_verdict verdict;
	char name[CLAMAV_NAME_SIZE]; /* of what was found, printable ASCII; else "" */
};

/* n bytes of an open file, from at. */
struct clamav_bytes {
	int fd;
	off_t at;
	uint64_t n;
};

/* result is valid during the callback. */
typedef void clamav_done_fn(const struct clamav_result *result, void *arg);

/* The file must stay open and unchanged until done or cancel, and stays the caller's.
 * done runs once, never inside this call. */
struct clamav_call *clamav_scan(struct clamav *clamav, const struct clamav_bytes *bytes,
	clamav_done_fn *done, void *arg);
/* Forget a call: done will not run. NULL is fine. */
void clamav_cancel(struct clamav_call *call);

/* What an answer without its final NUL says; CLAMAV_FAILED for other words. */
void clamav_read_answer(const char *text, struct clamav_result *ret);

#endif
