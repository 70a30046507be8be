/*
 * lmtp_data - the bytes between DATA and the final dot.
 *
 * CRLF . CRLF ends a message and nothing else does; a dot that begins a line after CRLF
 * is taken away; every other byte is passed on as it came. So there is nothing to hold
 * back but a dot and a CR, whatever the length of a line.
 *
 * A bare LF is told: no mail server sends one (RFC 5321 section 2.3.8), and a reader
 * that takes it for the end of a line may find another end of the message than ours. A
 * bare CR is passed on: servers do send those of broken clients, ours never ends on
 * one.
 */
#ifndef SYNPUNKT_LIB_LMTP_DATA_H
#define SYNPUNKT_LIB_LMTP_DATA_H

#include <stdbool.h>
#include <stddef.h>

enum lmtp_data_state {
	LMTP_DATA_LINE,   /* at the beginning of a line */
	LMTP_DATA_DOT,    /* there, after a dot that was kept back */
	LMTP_DATA_DOT_CR, /* and after a CR, kept back too */
	LMTP_DATA_TEXT,   /* within a line */
	LMTP_DATA_CR,     /* within a line, after a CR */
	LMTP_DATA_ENDED,
};

struct lmtp_data {
	enum lmtp_data_state state;
	bool bare_lf; /* one was seen */
};

typedef void lmtp_data_fn(const char *bytes, size_t n, void *arg);

void lmtp_data_init(struct lmtp_data *data);

/* Reads until the end of the message or of the bytes: how many were used. pass() gets
 * what belongs to the message, in pieces. Not to be called once it has ended. */
size_t lmtp_data_feed(struct lmtp_data *data, const char *bytes, size_t n,
	lmtp_data_fn *pass, void *arg);

#endif
