/*
 * mail_disclosure - the letter that documents are handed out with, in Swedish, and the
 * address that it goes to, which is sealed until then
 * (migrations/0122_disclosure_mail.sql).
 */
#ifndef SYNPUNKT_SERVER_MAIL_DISCLOSURE_H
#define SYNPUNKT_SERVER_MAIL_DISCLOSURE_H

struct arena;
struct error;
struct mail_letter;
struct mail_order;
struct mail_sender;

/* RFC 5321 4.5.3.1: 64 bytes, "@", 255; and letters outside ASCII. */
#define MAIL_DISCLOSURE_ADDRESS_MAX 500

/* In hexadecimal, the arena's; bound to the disclosure that has the id. NULL: it is
 * longer than that. */
const char *mail_disclosure_seal(struct arena *arena, const unsigned char *secret,
	const char *id, const char *address);

/* about: {id, sealed, …}. NULL: it was sealed by another secret, or for another. */
const char *mail_disclosure_address(
	struct arena *arena, const unsigned char *secret, const char *about);

/* about: {reference, asked, board, partly}; files are there. ERR_INTERNAL when about is
 * not that, or the template fails. */
int mail_disclosure_make(struct arena *arena, const struct mail_sender *sender,
	const struct mail_order *letter, struct mail_letter *ret, struct error *err);

#endif
