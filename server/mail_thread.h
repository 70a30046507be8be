/*
 * mail_thread - what becomes of a mail: the decision alone. Words come to a case by the
 * signed token, or by a Message-ID that we sent and a sender who is a party to it, and
 * who is not in doubt by what our mail server says; by nothing else. What robots send
 * is noted where it belongs and never answered; where it belongs nowhere, a bounce or a
 * receipt is kept, and an automatic answer is a case: that a machine wrote it is a
 * guess, and what a person wrote must be seen by somebody. But of what answers a letter
 * that handed documents out nothing is kept.
 */
#ifndef SYNPUNKT_SERVER_MAIL_THREAD_H
#define SYNPUNKT_SERVER_MAIL_THREAD_H

#include <stdbool.h>

#include "server/follow_code.h"

enum mail_move {
	MAIL_MOVE_ADD,    /* words from the complainant on a case */
	MAIL_MOVE_NOTE,   /* it is noted on a case that it came */
	MAIL_MOVE_CASE,   /* a new case */
	MAIL_MOVE_KEEP,   /* kept with its reason; no case */
	MAIL_MOVE_FORGET, /* it names whoever asked for documents: not kept */
};

/* A number of year 0 is none. */
struct mail_facts {
	const char *class;   /* as parse-mail calls it; NULL: it could not be read */
	const char *subject; /* or NULL */
	bool never_answer;   /* a list, or it asks for no answer */
	bool null_sender;    /* of the envelope */
	bool may_answer;     /* not us, and not too often today */
	bool is_party;       /* the sender is one to `answered` */
	const char *from;    /* the sender's address, or NULL */
	/* What our mail server says by DMARC of the sender, and of which domain; NULL:
	 * it says nothing. */
	const char *dmarc, *dmarc_domain;
	struct case_number token;    /* that a signed address names */
	bool is_disclosure;          /* what it answers handed documents out */
	struct case_number answered; /* of the letter that it answers by Message-ID */
};

struct mail_decision {
	enum mail_move move;
	struct case_number number; /* of the case to add to or note on */
	struct case_number hint;   /* of a new case: what it may be about */
	bool answer;               /* a new case gets its receipt by mail */
};

void mail_thread_decide(const struct mail_facts *facts, struct mail_decision *ret);

/* Of one whose case takes no more words: a new case that names it. */
void mail_thread_anew(const struct mail_facts *facts, struct mail_decision *ret);

/* By what our mail server says, somebody else may have written the sender's address. */
bool mail_thread_is_doubted(const struct mail_facts *facts);

/* What a mail became, for the log. */
const char *mail_thread_word(enum mail_move move);

/* The first case number in a text; year 0 if there is none. */
struct case_number mail_thread_number(const char *text);

#endif
