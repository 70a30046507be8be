/*
 * submission - what a resident sends (synpunkt), whatever the channel, before it
 * becomes a case.
 *
 * All strings belong to the request's arena and are valid UTF-8 without U+0000.
 * The limits are those that the outside is told: 1 to 10,000 code points of text,
 * addresses of 300, units of 200.
 */
#ifndef SYNPUNKT_SERVER_SUBMISSION_H
#define SYNPUNKT_SERVER_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "lib/fault.h"

struct city;
struct attachment;

#define SUBMISSION_TEXT_MAX 10000 /* code points, CRLF counted as one */
#define SUBMISSION_ADDRESS_MAX 300
#define SUBMISSION_UNIT_MAX 200
#define SUBMISSION_NAME_MAX 200
#define SUBMISSION_EMAIL_MAX 254 /* RFC 5321 4.5.3.1.3, less the angle brackets */
#define SUBMISSION_PHONE_MAX 40
#define SUBMISSION_POSTAL_MAX 300
#define SUBMISSION_KEY_OURS '\x01'

struct submission_place {
	bool has_point;
	double lat, lon; /* WGS 84, degrees */
	const char *address;
	const char *unit; /* a unit's code or name, or what the resident calls it */
};

struct submission_contact {
	const char *name, *email, *phone; /* all NULL: anonymous */
	const char *address;              /* postal; of what is taken down, else NULL */
};

/* Of what a colleague took down for somebody: who, and the day that it came. */
struct submission_taken {
	int64_t user_id;
	const char *session; /* the hash of its token; the database asks it again */
	int32_t received_on; /* not later than today */
	bool day_given; /* by the colleague; else it is what the channel begins with */
};

struct submission {
	const char *text;     /* as sent */
	const char *type;     /* code; never NULL */
	const char *category; /* code; NULL: "I do not know" */
	struct submission_place place;
	/* Code or NULL. Said by whoever took it down, it counts before the place's. */
	const char *district;
	struct submission_contact contact;
	bool wants_reply;
	const char *language;     /* BCP 47, "sv" unless said */
	const char *on_behalf_of; /* code or NULL */
	bool from_child;          /* a child wrote it; set by the handler */
	const char *channel;      /* code; set by the handler */
	/* Code, of the mailbox it came to or of the deviation's unit; NULL: the rules
	 * decide. */
	const char *board;
	const char *mailbox; /* the city's address that a mail came to; or NULL */
	bool no_receipt;     /* nothing is mailed by itself, a robot may read it */
	int64_t received_at; /* in microseconds since 1970, of a mail; 0: now */
	const struct submission_taken *taken; /* NULL: whoever it is from sent it */
	/* 1 to 64 characters, or NULL: of printable ASCII when a stranger says it, and
	 * beginning with SUBMISSION_KEY_OURS when we do. By a key of ours it is the
	 * same submission whatever is in it, for as long as the key is kept. */
	const char *idempotency_key;
	const struct attachment *attachments;
	size_t n_attachments;
};

/* What was typed, before it is judged: the same for JSON and for the HTML form.
 * NULL is absent. wants_reply: -1 not said, 0 no, 1 yes. */
struct submission_draft {
	const char *text, *type, *category;
	bool has_lat, has_lon;
	double lat, lon;
	const char *address, *unit;
	const char *name, *email, *phone;
	int wants_reply;
	const char *language, *on_behalf_of;
	const char *postal_address, *district; /* of staff alone: no member here */
	bool by_staff;                         /* who have types of their own, too */
};

/* Reads the members of a JSON object into a draft; faults for wrong types. */
void submission_draft_from_json(
	const json_t *object, struct submission_draft *ret, struct faults *faults);

/* What residents may send; not what is for staff alone. */
bool submission_type_known(const char *type);

/* The one rule for words from residents: a complaint's text, or a message's, as the
 * member called name. 0 if it can be taken, else -1 and a fault. */
int submission_text_judge(const char *text, const char *name, struct faults *faults);

/* The part of it that is about contact and place. */
void submission_reach_judge(
	const struct submission_draft *draft, struct faults *faults);

/* Judges a draft: every fault at once, named by the JSON member ("place.lat").
 * Returns 0 and fills ret if there is none in faults, else -1. ret lacks channel,
 * key, attachments and whether a child wrote it, which the handler knows. */
int submission_judge(const struct submission_draft *draft, const struct city *city,
	struct submission *ret, struct faults *faults);

#endif
