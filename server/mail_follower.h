/*
 * mail_follower - the letter to somebody who follows a public case: the question
 * whether they want letters, an answer that staff sent to followers too, or that it has
 * ended. It has neither the case's number nor a way to answer, and a link that ends the
 * letters.
 */
#ifndef SYNPUNKT_SERVER_MAIL_FOLLOWER_H
#define SYNPUNKT_SERVER_MAIL_FOLLOWER_H

#include <stdint.h>

struct arena;
struct error;
struct mail_letter;
struct mail_sender;

struct mail_follower {
	const char *kind; /* "follower-confirm", "follower-reply", "follower-closed" */
	int64_t sent_at;
	const char *message_id, *language, *to;
	const char *about; /* JSON, as synpunkt_mail.claim() gives it */
	const char *words; /* of an answer, or NULL */
};

/* ERR_INTERNAL when there is nothing to write about, or the template fails. */
int mail_follower_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_follower *follower, struct mail_letter *ret,
	struct error *err);

#endif
