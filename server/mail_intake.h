/*
 * mail_intake - letters on their way in: whose an address is, and storing. What lmtp
 * asks its owner is answered here from the database; nothing is told 250 before it is
 * committed, and whatever is wrong with the database is "later".
 */
#ifndef SYNPUNKT_SERVER_MAIL_INTAKE_H
#define SYNPUNKT_SERVER_MAIL_INTAKE_H

struct db_pool;
struct event_base;
struct lmtp_hooks;
struct mail_intake;

/* All three connect as synpunkt_mail_in. */
struct mail_intake_config {
	struct event_base *base;
	const unsigned char *secret; /* that signed the reply addresses */
	const char *domain;          /* of those */
	struct db_pool *lookup;      /* short questions */
	struct db_pool *store;
	struct db_pool *large; /* letters of DB_BYTES_MANY and more: one at a time */
};

struct mail_intake *mail_intake_new(const struct mail_intake_config *config);
/* After the LMTP server, before the pools. NULL is fine. */
void mail_intake_free(struct mail_intake *intake);

/* For lmtp_server_new(), whose app the intake is. */
void mail_intake_hooks(struct lmtp_hooks *ret);

#endif
