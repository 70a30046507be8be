/*
 * mail_claim - the statement that takes due letters from the outbox, and what its rows
 * say of one.
 */
#ifndef SYNPUNKT_SERVER_MAIL_CLAIM_H
#define SYNPUNKT_SERVER_MAIL_CLAIM_H

#include "lib/db.h"

struct arena;
struct mail_case;

/* $1 most, $2 seconds of the lease, $3 the domain of new Message-IDs, $4 automatic
 * letters to one address within an hour. */
extern const struct db_query mail_claim_query;

enum claim_column {
	CLAIM_ID,
	CLAIM_ATTEMPT,
	CLAIM_KIND,
	CLAIM_MESSAGE_ID,
	CLAIM_YEAR,
	CLAIM_SERIAL,
	CLAIM_LANGUAGE,
	CLAIM_SENSITIVE,
	CLAIM_BOARD_NAME,
	CLAIM_RECEIVED_ON,
	CLAIM_ACKNOWLEDGE_BY,
	CLAIM_ANSWER_BY,
	CLAIM_SEALED_CODE,
	CLAIM_EMAIL,
	CLAIM_WORDS,
	CLAIM_EXPECTED_BY,
	CLAIM_DIGEST, /* NULL: it is of a case */
	CLAIM_FROM_CHILD,
	CLAIM_REFUSED,    /* why it is not to be tried, or NULL */
	CLAIM_FOLLOWER,   /* NULL: it is to whom a case, or a digest, is of */
	CLAIM_FILES,      /* NULL: none */
	CLAIM_SURVEY,     /* the token of what is asked after an answer, or NULL */
	CLAIM_ORDER,      /* NULL: it is not to a contractor */
	CLAIM_DISCLOSURE, /* NULL: it is not to whoever asked for documents */
};

/* What a column says, in the arena; NULL for NULL. */
const char *mail_claim_text(struct arena *arena, const struct db_rows *rows, int row,
	enum claim_column column);

/* Of a letter to a complainant, in texts of the arena, since the rows go with the
 * callback. When it is sent, where to and its case's number as people read it are the
 * caller's. */
void mail_claim_case(struct arena *arena, const struct db_rows *rows, int row,
	struct mail_case *ret);

#endif
