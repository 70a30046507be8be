/*
 * support_store - the statements about who supports a public case. The database decides
 * what is public and what may be told (0038_support.sql).
 */
#ifndef SYNPUNKT_SERVER_SUPPORT_STORE_H
#define SYNPUNKT_SERVER_SUPPORT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/db.h"
#include "server/support_key.h"

struct arena;

/* Everything that strangers can make more of. */
#define SUPPORT_DEVICES_MAX 5000   /* of one case; then 409 */
#define SUPPORT_FOLLOWERS_MAX 500  /* of these with letters; others count */
#define SUPPORT_LETTERS_AN_HOUR 10 /* that ask an address, whoever gave it */

/* key, category, days, distance, photo, supporters; ten rows at most. */
struct db_call *support_store_near(struct db_pool *pool, const char *const place[2],
	const char *category, db_done_fn *done, void *arg);

/* Where the picture that is shown of a case is kept; no row: there is none. */
struct db_call *support_store_photo(
	struct db_pool *pool, const char *key, db_done_fn *done, void *arg);

struct support_given {
	const char *key, *language;
	const char *email; /* or NULL */
	struct support_names names;
};
/* outcome ("done", "missing", "closed", "full"), supporters, is_new, letter. */
struct db_call *support_store_add(struct db_pool *pool, struct arena *arena,
	const struct support_given *given, db_done_fn *done, void *arg);

/* status, category, month, supporters, answers (JSON); no row: nothing is told. */
struct db_call *support_store_read(
	struct db_pool *pool, const char *token_hash, db_done_fn *done, void *arg);
/* One boolean: it was there. */
struct db_call *support_store_drop(
	struct db_pool *pool, const char *token_hash, db_done_fn *done, void *arg);

/* address, confirmed, category, month (both NULL: no more is told); no row: forgotten.
 */
struct db_call *support_store_letter(struct db_pool *pool, struct arena *arena,
	int64_t id, db_done_fn *done, void *arg);
struct support_answer {
	int64_t id;
	const char *address; /* as support_store_letter() gave it */
	bool yes;
};
/* One boolean: the address was there. */
struct db_call *support_store_answer(struct db_pool *pool, struct arena *arena,
	const struct support_answer *answer, db_done_fn *done, void *arg);

#endif
