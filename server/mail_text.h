/*
 * mail_text - the letter of one outbox row: what it says, in the resident's language,
 * and its header. Decides nothing about sending. Plain text, from the texts and the
 * template of the residents' pages.
 */
#ifndef SYNPUNKT_SERVER_MAIL_TEXT_H
#define SYNPUNKT_SERVER_MAIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct catalogue;
struct error;
struct evbuffer;
struct template_set;

struct mail_sender {
	const struct catalogue *catalogue;
	const struct template_set *templates;
	const unsigned char *secret; /* opens the sealed codes */
	const char *url;             /* residents' address, without a final slash */
	const char *from;            /* bare address, ASCII */
};

/* Of a sensitive case board, dates and words are not used even if they are given. */
struct mail_case {
	const char *kind;       /* of the outbox row */
	int64_t sent_at;        /* seconds since 1970 */
	const char *message_id; /* without angle brackets */
	const char *number;     /* "2026-104233" */
	const char *language;   /* BCP 47, as the resident gave it */
	bool sensitive;
	bool from_child;                                      /* in easy words */
	const char *board_name;                               /* or NULL */
	const char *received_on, *acknowledge_by, *answer_by; /* YYYY-MM-DD, local */
	const char
		*sealed_code; /* hexadecimal, or NULL: the letter's link has no code */
	const char *shown_code; /* of a letter that is only shown: stands in its link */
	const char *to;         /* from mail_address_ascii() */
	const char *words;      /* what staff wrote to the resident, or NULL */
	const char *expected_by; /* YYYY-MM-DD, of a delay notice; or NULL */
	const char *files; /* names of those that came with the words, one a line */
	bool files_apart;  /* they are on the page, and not in the letter */
	struct evbuffer *parts; /* they, as struct mail_head has them; or NULL */
	const char *survey;     /* token of the questions after an answer, or NULL */
};

struct mail_letter {
	const char *bytes; /* header and body, CRLF; the arena's */
	size_t size;
};

/* What every letter's header needs. */
struct mail_head {
	int64_t sent_at;
	const char *message_id, *to, *language, *subject;
	const char *auto_submitted; /* RFC 3834 */
	const char *reply_to; /* or NULL: an answer goes to the sender's address */
	/* Files: each a part after a line with mail_text_boundary(); emptied. NULL or
	 * empty: a letter of text alone. */
	struct evbuffer *parts;
};

/* What stands between the parts of a letter: it cannot be in quoted-printable or base64
 * (RFC 2045, 6.7). The arena's. */
const char *mail_text_boundary(struct arena *arena, const char *message_id);

/* Header and body to a letter; empties the body. */
void mail_text_assemble(struct arena *arena, const struct mail_sender *sender,
	const struct mail_head *head, struct evbuffer *body, struct mail_letter *ret);

/* "onsdag 2 december 2026"; NULL for no day. */
const char *mail_text_day(struct arena *arena, const struct catalogue *catalogue,
	const char *language, const char *iso);

/* "december 2026", of "2026-12"; NULL for no month. */
const char *mail_text_month(struct arena *arena, const struct catalogue *catalogue,
	const char *language, const char *month);

/* What the letter says, for whoever looks at it before it is sent; the arena's. */
struct mail_words {
	const char *subject, *body;
};

/* As below, without a header: to, sent_at and message_id are not asked for. */
int mail_text_words(struct arena *arena, const struct mail_sender *sender,
	const struct mail_case *c, struct mail_words *ret, struct error *err);

/* ERR_INTERNAL when the template fails. */
int mail_text_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_case *c, struct mail_letter *ret, struct error *err);

#endif
