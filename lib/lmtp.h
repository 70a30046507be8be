/*
 * lmtp - an LMTP server (RFC 2033) on the event loop: PIPELINING, 8BITMIME, SMTPUTF8,
 * ENHANCEDSTATUSCODES, SIZE.
 *
 * It accepts, reads strictly, bounds and times what is sent, and asks its owner two
 * things: whether a recipient is one, and what became of a message for each of those
 * that are. An answer may come later; until then nothing more of that conversation is
 * read, so answers go out in the order of the commands. What an owner does not take for
 * good is the sender's to keep.
 *
 * A message is held in memory, whole, up to config.max_message; all of them together up
 * to config.max_memory. SIGPIPE is set to ignored by lmtp_server_new().
 */
#ifndef SYNPUNKT_LIB_LMTP_H
#define SYNPUNKT_LIB_LMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct event_base;
struct lmtp_server;
struct lmtp_talk; /* one conversation */

enum lmtp_verdict {
	LMTP_TAKEN,   /* 250 */
	LMTP_UNKNOWN, /* 550 5.1.1: no such recipient */
	LMTP_LATER,   /* 451 4.3.0: to be sent again */
};

/* All of it is the conversation's, until the answer. */
struct lmtp_message {
	const char *from; /* "" is the null sender */
	const char *const *recipients;
	size_t n_recipients; /* 1 or more */
	const char *bytes;   /* dots undone, otherwise as they came; never NULL */
	size_t size;
	bool eight_bit, utf8; /* what MAIL said of it */
};

/* One for each message that was sent to its end, and for each conversation that ended
 * otherwise than by QUIT. No address is in it. */
struct lmtp_log {
	const char *what;               /* "message", or why the conversation ended */
	size_t size;                    /* of the message */
	unsigned ms;                    /* from MAIL to the answers */
	unsigned taken, refused, later; /* recipients */
};

/* app is the pointer given to lmtp_server_new(). */
struct lmtp_hooks {
	/* To be answered once by lmtp_settle_recipient(), at once or later. */
	void (*recipient)(struct lmtp_talk *talk, const char *address, void *app);
	/* To be answered once by lmtp_settle_message(), at once or later. */
	void (*message)(
		struct lmtp_talk *talk, const struct lmtp_message *message, void *app);
	/* The client has left while one of them was to be answered: no answer any more,
	 * and talk and message are gone afterwards. */
	void (*gone)(struct lmtp_talk *talk, void *app);
	void (*log)(const struct lmtp_log *entry, void *app); /* may be NULL */
};

struct lmtp_config {
	const char *name;         /* told in greetings; no white space; copied */
	unsigned max_connections; /* more are told 421 */
	unsigned max_recipients;  /* of a message; more get 452 */
	size_t max_message;       /* bytes; told as SIZE; more get 552 */
	size_t max_memory;        /* of all messages under way; more get 452 */
	unsigned idle_ms;         /* between two commands; for reading an answer */
	unsigned data_ms; /* for a message, or for each data_ms × least_rate of it */
	unsigned data_total_ms; /* for a message in any case */
	unsigned least_rate;    /* bytes a second */
	unsigned drain_ms;      /* when draining, for a message that is under way */
	struct lmtp_hooks hooks;
};

struct lmtp_stats {
	unsigned connections;       /* now */
	unsigned waiting;           /* messages that wait for their answer now */
	size_t memory;              /* bytes of messages now */
	uint64_t accepted, refused; /* connections since the start */
	uint64_t taken; /* messages with at least one recipient that was told 250 */
	uint64_t rejected,
		deferred; /* recipients told 5xx and 4xx, at RCPT and after */
};

/* Defaults; hooks and name are the caller's to set. */
void lmtp_config_init(struct lmtp_config *config);

/* The config is copied. */
struct lmtp_server *lmtp_server_new(
	struct event_base *base, const struct lmtp_config *config, void *app);

/* Serves a listening socket (TCP or unix), non-blocking from here on, and takes it. */
int lmtp_server_listen(struct lmtp_server *s, int fd, struct error *err);

/* Stops listening, says 421 where no message is under way, and elsewhere when it has
 * been answered; done runs from the loop when no conversation is left. */
void lmtp_server_drain(struct lmtp_server *s, void (*done)(void *arg), void *arg);

/* Cuts what is left, gone() included. Not from inside a hook. NULL is fine. */
void lmtp_server_free(struct lmtp_server *s);

void lmtp_server_stats(const struct lmtp_server *s, struct lmtp_stats *ret);

/* The conversation goes on in a later turn of the loop. */
void lmtp_settle_recipient(struct lmtp_talk *talk, enum lmtp_verdict verdict);
/* One verdict for each recipient, in their order. The message is gone afterwards. */
void lmtp_settle_message(struct lmtp_talk *talk, const enum lmtp_verdict *verdicts);

/* For the owner's use between question and answer; NULL at first. */
void lmtp_talk_set_caller(struct lmtp_talk *talk, void *caller);
void *lmtp_talk_caller(const struct lmtp_talk *talk);

#endif
