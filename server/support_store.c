#include "server/support_store.h"

#include "lib/arena.h"

static const struct db_query near_query = {
	.name = "support_near",
	.sql = "SELECT o.key, o.category, o.days, o.distance, o.photo, o.supporters"
	       " FROM synpunkt_support.open_cases($1::float8, $2::float8, $3::text) o",
	.n_params = 3,
};

static const struct db_query photo_query = {
	.name = "support_photo",
	.sql = "SELECT p FROM synpunkt_support.photo($1::text) p",
	.n_params = 1,
};

static const struct db_query add_query = {
	.name = "support_add",
	.sql = "SELECT s.outcome, s.supporters, s.is_new, s.letter"
	       " FROM synpunkt_support.support($1::text, $2::bytea, $3::bytea, $4::text,"
	       " $5::bytea, $6::bytea, $7::text, ARRAY[$8::integer, $9::integer,"
	       " $10::integer]) s",
	.n_params = 10,
};

static const struct db_query read_query = {
	.name = "support_read",
	.sql = "SELECT r.status, r.category, r.month, r.supporters, r.answers"
	       " FROM synpunkt_support.read($1::bytea) r",
	.n_params = 1,
};

static const struct db_query drop_query = {
	.name = "support_drop",
	.sql = "SELECT synpunkt_support.drop($1::bytea)",
	.n_params = 1,
};

static const struct db_query letter_query = {
	.name = "support_letter",
	.sql = "SELECT l.address, l.confirmed, l.category, l.month"
	       " FROM synpunkt_support.letter($1::bigint) l",
	.n_params = 1,
};

static const struct db_query answer_query = {
	.name = "support_answer",
	.sql = "SELECT synpunkt_support.answer($1::bigint, $2::text, $3::boolean)",
	.n_params = 3,
};

static const char *int_text(struct arena *arena, int64_t n)
{
	return arena_printf(arena, "%lld", (long long)n);
}

struct db_call *support_store_near(struct db_pool *pool, const char *const place[2],
	const char *category, db_done_fn *done, void *arg)
{
	return db_run(pool, &near_query,
		(const char *[]){ place[0], place[1], category }, done, arg);
}

struct db_call *support_store_photo(
	struct db_pool *pool, const char *key, db_done_fn *done, void *arg)
{
	return db_run(pool, &photo_query, (const char *[]){ key }, done, arg);
}

struct db_call *support_store_add(struct db_pool *pool, struct arena *arena,
	const struct support_given *given, db_done_fn *done, void *arg)
{
	const struct support_names *names = &given->names;

	return db_run(pool, &add_query,
		(const char *[]){ given->key, names->device, names->token_hash,
			given->language, given->email ? names->address : NULL,
			given->email ? names->anywhere : NULL, given->email,
			int_text(arena, SUPPORT_DEVICES_MAX),
			int_text(arena, SUPPORT_FOLLOWERS_MAX),
			int_text(arena, SUPPORT_LETTERS_AN_HOUR) },
		done, arg);
}

struct db_call *support_store_read(
	struct db_pool *pool, const char *token_hash, db_done_fn *done, void *arg)
{
	return db_run(pool, &read_query, (const char *[]){ token_hash }, done, arg);
}

struct db_call *support_store_drop(
	struct db_pool *pool, const char *token_hash, db_done_fn *done, void *arg)
{
	return db_run(pool, &drop_query, (const char *[]){ token_hash }, done, arg);
}

struct db_call *support_store_letter(struct db_pool *pool, struct arena *arena,
	int64_t id, db_done_fn *done, void *arg)
{
	return db_run(pool, &letter_query, (const char *[]){ int_text(arena, id) },
		done, arg);
}

struct db_call *support_store_answer(struct db_pool *pool, struct arena *arena,
	const struct support_answer *answer, db_done_fn *done, void *arg)
{
	return db_run(pool, &answer_query,
		(const char *[]){ int_text(arena, answer->id), answer->address,
			answer->yes ? "true" : "false" },
		done, arg);
}
