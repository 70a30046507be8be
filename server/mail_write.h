/*
 * mail_write - the letter of a row that was taken from the outbox, whatever it is
 * about: to whom it goes, and which module writes it. Decides nothing about sending.
 */
#ifndef SYNPUNKT_SERVER_MAIL_WRITE_H
#define SYNPUNKT_SERVER_MAIL_WRITE_H

#include <stdbool.h>

#include "server/mail_text.h"

struct arena;
struct db_rows;
struct error;
struct mail_enclosing;

/* Texts of an arena, since the rows go with the callback. */
struct mail_due {
	const struct mail_sender *sender;
	const char *kind, *message_id;
	const char *number; /* what the log calls it, and a case's own */
	const char *to;     /* from mail_address_ascii(); NULL: nowhere */
	bool has_address;   /* it is none that mail can go to */
	/* What it is about, as the database has it; all NULL: a case. */
	const char *digest, *follower, *order, *disclosure;
	const char *words, *language; /* of a letter to a follower */
	struct mail_case about;       /* of a letter to a complainant */
};

/* sender stays the caller's, and lives as long. */
void mail_due_read(struct arena *arena, const struct mail_sender *sender,
	const struct db_rows *rows, int row, struct mail_due *ret);

/* files: those that go along, read, or NULL; emptied. ERR_INTERNAL. */
int mail_due_write(struct arena *arena, struct mail_due *due,
	struct mail_enclosing *files, struct mail_letter *ret, struct error *err);

#endif
