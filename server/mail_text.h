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
	const char *board_name;                               /* or NULL */
	const char *received_on, *acknowledge_by, *answer_by; /* YYYY-MM-DD, local */
	const char
		*sealed_code; /* hexadecimal, or NULL: the letter's link has no code */
	const char *to;       /* from mail_address_ascii() */
	const char *words;    /* what staff wrote to the resident, or NULL */
};

struct mail_letter {
	const char *bytes; /* header and body, CRLF; the arena's */
	size_t size;
};

/* ERR_INTERNAL when the template fails. */
int mail_text_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_case *c, struct mail_letter *ret, struct error *err);

#endif
