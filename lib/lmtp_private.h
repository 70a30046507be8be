/*
 * lmtp_private - what the files of the LMTP server share. Nobody else includes it.
 *
 *   lmtp_server.c  accepting, the tick that finds passed deadlines, draining
 *   lmtp_talk.c    one conversation: its phases, reading, writing, closing
 *   lmtp_mail.c    the message of a conversation: its envelope and its bytes
 */
#ifndef SYNPUNKT_LIB_LMTP_PRIVATE_H
#define SYNPUNKT_LIB_LMTP_PRIVATE_H

#include <sys/queue.h>

#include "lib/lmtp.h"
#include "lib/lmtp_command.h"
#include "lib/lmtp_data.h"

struct bufferevent;
struct event;

/* Read ahead at most, and unread answers at most before reading stops. */
#define LMTP_READ_MAX ((size_t)65536)
/* Memory is counted in such steps. */
#define LMTP_STEP ((size_t)65536)
/* Commands in a row that lead to no message: wrong ones, NOOP, RSET, VRFY. */
#define LMTP_FRUITLESS_MAX 100
/* A client that is told 421 gets so long to read it. */
#define LMTP_PARTING_MS 2000

enum lmtp_phase {
	LMTP_PHASE_COMMAND,   /* the client's turn */
	LMTP_PHASE_RECIPIENT, /* hooks.recipient is to answer */
	LMTP_PHASE_DATA,      /* the message is coming */
	LMTP_PHASE_MESSAGE,   /* hooks.message is to answer */
	LMTP_PHASE_PARTING,   /* nothing is read any more; closed when all is sent */
};

/* The message of a conversation, from MAIL on. */
struct lmtp_mail {
	bool begun; /* MAIL was taken */
	bool eight_bit, utf8;
	char *from;
	char **recipients;
	size_t n_recipients;
	struct lmtp_data data;
	char *bytes;
	size_t size;         /* of the message so far */
	size_t room;         /* what of the block counts as memory */
	size_t block;        /* allocated */
	const char *refusal; /* why the bytes are not kept, or NULL */
	uint64_t since_ms;
};

/* Freed only by the server's turn, so nobody finds it gone under their feet. */
struct lmtp_talk {
	TAILQ_ENTRY(lmtp_talk) all;
	TAILQ_ENTRY(lmtp_talk) ready;
	struct lmtp_server *server;
	struct bufferevent *bev;
	enum lmtp_phase phase;
	uint64_t due;       /* ms on the monotonic clock; 0: no deadline */
	uint64_t total_due; /* of a message */
	uint64_t mark;      /* bytes received when the present window began */
	uint64_t received;  /* bytes of the present message, dots and all */
	bool greeted;       /* LHLO was said */
	bool skipping;      /* the rest of a line that is too long */
	bool eof;           /* the client has said its last byte */
	bool settled;       /* the answer of the phase is there */
	bool is_ready;      /* in the server's ready list */
	bool dead;          /* to be freed in the turn */
	unsigned fruitless;
	char *asked;               /* the recipient of that phase */
	enum lmtp_verdict verdict; /* of it */
	enum lmtp_verdict *verdicts;
	struct lmtp_mail mail;
	void *caller;
};

TAILQ_HEAD(lmtp_talks, lmtp_talk);

struct lmtp_listener {
	struct lmtp_listener *next;
	struct lmtp_server *server;
	struct event *readable;
	int fd;
};

struct lmtp_server {
	struct event_base *base;
	struct lmtp_config config;
	char *name;
	void *app;
	struct lmtp_listener *listeners;
	struct lmtp_talks talks, ready;
	struct event *tick, *turn;
	struct lmtp_stats stats;
	uint64_t rest_until; /* out of descriptors: the listeners are off until then */
	bool draining;
	void (*drained)(void *arg);
	void *drained_arg;
};

uint64_t lmtp_now_ms(void);

/* ---- lmtp_talk.c ---- */

void lmtp_talk_new(struct lmtp_server *s, int fd);
void lmtp_talk_free(struct lmtp_talk *talk);
void lmtp_talk_turn(struct lmtp_talk *talk);
void lmtp_talk_overdue(struct lmtp_talk *talk, uint64_t now);
void lmtp_talk_drain(struct lmtp_talk *talk);

/* ---- lmtp_mail.c ---- */

/* NULL, or the line to refuse with. */
const char *lmtp_mail_begin(struct lmtp_talk *talk, const struct lmtp_command *command);
const char *lmtp_mail_may_add(
	const struct lmtp_talk *talk, const struct lmtp_command *command);
void lmtp_mail_add(struct lmtp_mail *mail, const char *address);
void lmtp_mail_open(struct lmtp_talk *talk); /* its bytes are to come */
/* Bytes used; mail.data.state says whether it has ended. */
size_t lmtp_mail_feed(struct lmtp_talk *talk, const char *bytes, size_t n);
void lmtp_mail_end(struct lmtp_talk *talk); /* no message is under way any more */

#endif
