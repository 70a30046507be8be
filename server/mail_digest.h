/*
 * mail_digest - the letter that staff get once a working day: how many cases wait for
 * them and why, with numbers and links. The database has chosen what may stand in it
 * (migrations/0012_watch.sql): of a sensitive case the number only.
 */
#ifndef SYNPUNKT_SERVER_MAIL_DIGEST_H
#define SYNPUNKT_SERVER_MAIL_DIGEST_H

#include <stdint.h>

struct arena;
struct error;
struct mail_letter;
struct mail_sender;

struct mail_digest {
	int64_t sent_at;        /* seconds since 1970 */
	const char *message_id; /* without angle brackets */
	const char *to;         /* from mail_address_ascii() */
	const char *body; /* {"mine" or "board": {code: {n, items: [{number, category,
			     answerBy}]}}, "signals": n} */
};

/* ERR_INTERNAL when the body is not that, or the template fails. */
int mail_digest_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_digest *digest, struct mail_letter *ret, struct error *err);

#endif
