/*
 * lmtp_command - one line that an LMTP client sends, read strictly (RFC 2033, RFC 5321,
 * RFC 1870, RFC 6152, RFC 6531).
 *
 * Pure: what may follow what is the server's to know.
 */
#ifndef SYNPUNKT_LIB_LMTP_COMMAND_H
#define SYNPUNKT_LIB_LMTP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Without CRLF. RFC 5321 section 4.5.3.1.4 says 512 with it, and the extensions add
 * some; more is of no use to anybody. */
#define LMTP_LINE_MAX ((size_t)1024)
#define LMTP_LOCAL_MAX ((size_t)64)
#define LMTP_DOMAIN_MAX ((size_t)255)
#define LMTP_ADDRESS_MAX (LMTP_LOCAL_MAX + 1 + LMTP_DOMAIN_MAX)

enum lmtp_verb {
	LMTP_LHLO,
	LMTP_MAIL,
	LMTP_RCPT,
	LMTP_DATA,
	LMTP_RSET,
	LMTP_NOOP,
	LMTP_VRFY,
	LMTP_QUIT,
	LMTP_STRANGER, /* no LMTP client: an HTTP request, or bytes that are no text */
};

struct lmtp_command {
	enum lmtp_verb verb;
	/* Of MAIL and RCPT, without brackets; "" is the null sender. */
	char address[LMTP_ADDRESS_MAX + 1];
	bool is_ascii;    /* the address is */
	bool eight_bit;   /* BODY=8BITMIME */
	bool utf8;        /* SMTPUTF8 */
	uint64_t size;    /* SIZE=; UINT64_MAX for one that is past any number */
	unsigned present; /* parameters given, for the reader's own use */
};

/* NULL and the command, or the line to answer with, of three digits, the enhanced code
 * and words; of the command only verb is then told, and only if it is LMTP_STRANGER. */
const char *lmtp_command_read(const char *line, size_t n, struct lmtp_command *ret);

#endif
