/*
 * case_read - one case as its complainant may see it, found by number and code.
 *
 * A wrong number and a wrong code are the same ERR_NOT_FOUND in the same time.
 */
#ifndef SYNPUNKT_SERVER_CASE_READ_H
#define SYNPUNKT_SERVER_CASE_READ_H

#include <jansson.h>

struct arena;
struct db_call;
struct db_pool;
struct error;

/*
 * case_json has the members of GET /api/v1/cases/{number}: number, board {code, name},
 * category, type, status, receivedAt, acknowledgeBy, answerBy, routing {rule, because},
 * attachments [{name, type, size, state}], messages [{from, at, text}],
 * events [{at, what}]; and, not sent by the API, text and open (bool). It is borrowed:
 * valid during the callback; json_incref() to keep. NULL on failure.
 */
typedef void case_read_fn(json_t *case_json, const struct error *err, void *arg);

struct case_key {
	const char *number; /* as given */
	const char *code;   /* as given: any case, with or without hyphens */
	const unsigned char *secret;
};

struct db_call *case_read(struct db_pool *pool, struct arena *arena,
	const struct case_key *key, case_read_fn *done, void *arg);

/* Adds the complainant's words to an open case. ERR_NOT_FOUND as above,
 * ERR_CONFLICT when the case is closed, ERR_TOO_LARGE when it holds
 * CASE_MESSAGES_MAX already. done gets case_json NULL and err NULL on success. */
#define CASE_MESSAGES_MAX 100
struct db_call *case_message_add(struct db_pool *pool, struct arena *arena,
	const struct case_key *key, const char *text, case_read_fn *done, void *arg);

#endif
