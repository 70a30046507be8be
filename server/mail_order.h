/*
 * mail_order - the letter to a contractor: what is to be done, where, and the link to
 * answer by; or that it is to be done no more. In Swedish. The database says what may
 * stand in it (migrations/0088_order.sql): nothing of who wrote.
 */
#ifndef SYNPUNKT_SERVER_MAIL_ORDER_H
#define SYNPUNKT_SERVER_MAIL_ORDER_H

#include <stdint.h>

struct arena;
struct error;
struct evbuffer;
struct mail_letter;
struct mail_sender;

struct mail_order {
	const char *kind;       /* of the outbox row */
	int64_t sent_at;        /* seconds since 1970 */
	const char *message_id; /* without angle brackets */
	const char *to;         /* from mail_address_ascii() */
	const char *about; /* {ref, number, board, subject, words, address, lat, lon,
			      recallWords} */
	const char *files; /* names of the pictures that go along, one a line; NULL */
	struct evbuffer *parts; /* they, as struct mail_head has them; or NULL */
};

/* ERR_INTERNAL when about is not that, or the template fails. */
int mail_order_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_order *order, struct mail_letter *ret, struct error *err);

#endif
