/* mail_submission - a mail as a submission, or as words on a case. Pure. */
#ifndef SYNPUNKT_SERVER_MAIL_SUBMISSION_H
#define SYNPUNKT_SERVER_MAIL_SUBMISSION_H

#include <stdbool.h>

#include <jansson.h>

struct arena;
struct submission;

struct mail_submission {
	const json_t *json; /* as mail_json() makes it; NULL: it cannot be read */
	const char *board;  /* the mailbox's, or NULL */
	const char *unit;   /* the same */
	bool answer;        /* a receipt may be mailed */
};

/* Strings are the arena's or the JSON's. The key is the caller's to set. */
void mail_submission_make(struct arena *arena, const struct mail_submission *mail,
	struct submission *ret);

/* The new words of it, never empty, within SUBMISSION_TEXT_MAX. */
const char *mail_submission_message(struct arena *arena, const json_t *json);

#endif
