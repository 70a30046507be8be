/*
 * case_read - one case as its complainant may see it, found by number and code.
 *
 * A wrong number and a wrong code are the same ERR_NOT_FOUND in the same time: the
 * code's hash is made and the database asked whatever the number looks like.
 */
#ifndef SYNPUNKT_SERVER_CASE_READ_H
#define SYNPUNKT_SERVER_CASE_READ_H

#include <stdbool.h>

#include <jansson.h>

struct arena;
struct city;
struct error;
struct worker;
struct case_query;

/* Under a message limit of its own, so that no case grows without end. */
#define CASE_MESSAGES_MAX 100

/* A case is one person's, who has a few devices; beyond these the oldest goes. */
#define CASE_DEVICES_MAX 5

struct case_key {
	const char *number; /* as given */
	const char *code;   /* as given: any case, with or without hyphens */
};

/*
 * case_json has the members of GET /api/v1/cases/{number}: number, board {code, name},
 * category, type, status, receivedAt, acknowledgeBy, answerBy, routing {rule, because},
 * attachments [{name, type, size, state}], messages [{from, at, text, files}],
 * events [{at, what}]; and beside them what only pages use: "text", "open" (bool) and
 * "wantsReply" (bool) and "consentBoard" (whose name the complainant is asked about, or
 * null), "survey" (bool: how was the answer?) and "voluntary" (bool: who are you?), in
 * the object of the key "page". It is borrowed: valid during the callback;
 * json_incref() to keep. NULL on failure.
 */
typedef void case_read_fn(json_t *case_json, const struct error *err, void *arg);

/* The arena holds the query until done runs or case_query_cancel(). */
struct case_query *case_read(struct worker *worker, struct arena *arena,
	const struct case_key *key, case_read_fn *done, void *arg);

/* Adds the complainant's words to an open case. ERR_NOT_FOUND as above, ERR_CONFLICT
 * when the case is closed or holds CASE_MESSAGES_MAX already. On success done gets
 * case_json NULL and err NULL. */
struct case_message {
	struct case_key key;
	const char *text;
};
struct case_query *case_message_add(struct worker *worker, struct arena *arena,
	const struct case_message *message, case_read_fn *done, void *arg);

/* Opens an answered or closed case again, with words of why, up to and with the day
 * that is CASE_REOPEN_DAYS after. ERR_CONFLICT when there is nothing to open, when it
 * is too late or the case holds CASE_MESSAGES_MAX already. On success as for a message.
 */
#define CASE_REOPEN_DAYS 60
struct case_query *case_reopen(struct worker *worker, struct arena *arena,
	const struct case_message *message, case_read_fn *done, void *arg);

/* The complainant's yes or no to whether the case may go to the board of the question
 * that stands. ERR_CONFLICT when none does. On success as for a message. */
struct case_consent {
	struct case_key key;
	bool given;
};
struct case_query *case_consent_answer(struct worker *worker, struct arena *arena,
	const struct case_consent *answer, case_read_fn *done, void *arg);

/* One stored attachment: {name, type, size, sha256, thumbnail}. ERR_NOT_FOUND for a
 * wrong key, a number that is not there, and one that was refused. */
struct case_attachment {
	struct case_key key;
	int n;         /* from 1, in the order of "attachments" */
	bool of_reply; /* n of a message's "files" instead */
};
struct case_query *case_attachment_find(struct worker *worker, struct arena *arena,
	const struct case_attachment *attachment, case_read_fn *done, void *arg);

/* A device that is to be told when there is something new (push_http.h): kept, or told
 * no more; to forget with endpoint NULL is to forget all of the case. ERR_NOT_FOUND as
 * above, ERR_CONFLICT when the case has been disposed of. On success as for a message.
 */
struct case_device {
	struct case_key key;
	const char *endpoint;
};
struct case_query *case_device_keep(struct worker *worker, struct arena *arena,
	const struct case_device *device, case_read_fn *done, void *arg);
struct case_query *case_device_forget(struct worker *worker, struct arena *arena,
	const struct case_device *device, case_read_fn *done, void *arg);

/* done will not run. NULL is fine. */
void case_query_cancel(struct case_query *query);

#endif
