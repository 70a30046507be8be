#include "server/statistics_store.h"

#include "server/session.h"

static const struct db_query month_query = {
	.name = "statistics_month",
	.sql = "SELECT m.outcome, m.whole, m.first_month, m.last_month"
	       " FROM synpunkt_statistics.month_for($1::text, $2::text, $3::date) m",
	.n_params = 3,
};

static const struct db_query months_query = {
	.name = "statistics_months",
	.sql = "SELECT m.board, m.first_month, m.last_month"
	       " FROM synpunkt_statistics.months_for($1::text) m",
	.n_params = 1,
};

static const struct db_query pack_query = {
	.name = "statistics_pack",
	.sql = "SELECT p.outcome, p.whole, p.first_month, p.last_month, p.may_correct,"
	       " p.subscribed"
	       " FROM synpunkt_statistics.pack_for($1::text, $2::text, $3::date) p",
	.n_params = 3,
};

static const struct db_query mapped_query = {
	.name = "statistics_mapped",
	.sql = "SELECT m.outcome, m.whole, m.first_month, m.last_month, false, NULL"
	       " FROM synpunkt_statistics.mapped_for($1::text, $2::text, $3::date) m",
	.n_params = 3,
};

static const struct db_query comparison_query = {
	.name = "statistics_comparison",
	.sql = "SELECT c.outcome, c.whole, c.first_month, c.last_month"
	       " FROM synpunkt_statistics.comparison_for($1::text, $2::date) c",
	.n_params = 2,
};

static const struct db_query proposals_query = {
	.name = "statistics_proposals",
	.sql = "SELECT p.outcome, p.items"
	       " FROM synpunkt_statistics.proposals_for($1::text, $2::text, $3::integer) p",
	.n_params = 3,
};

static const struct db_query correct_query = {
	.name = "statistics_correct",
	.sql = "SELECT synpunkt_statistics.correct_for($1::text, $2::text, $3::date,"
	       " $4::text)",
	.n_params = 4,
};

static const struct db_query subscribe_query = {
	.name = "statistics_subscribe",
	.sql = "SELECT synpunkt_statistics.subscribe($1::text, $2::text, $3::boolean)",
	.n_params = 3,
};

struct db_call *statistics_store_month(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg)
{
	return db_run(pool, &month_query,
		(const char *[]){
			wanted->session->token_hash, wanted->board, wanted->month },
		done, arg);
}

struct db_call *statistics_store_months(struct db_pool *pool,
	const struct session *session, db_done_fn *done, void *arg)
{
	return db_run(pool, &months_query, (const char *[]){ session->token_hash },
		done, arg);
}

struct db_call *statistics_store_pack(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg)
{
	return db_run(pool, &pack_query,
		(const char *[]){
			wanted->session->token_hash, wanted->board, wanted->month },
		done, arg);
}

struct db_call *statistics_store_proposals(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg)
{
	return db_run(pool, &proposals_query,
		(const char *[]){
			wanted->session->token_hash, wanted->board, wanted->year },
		done, arg);
}

struct db_call *statistics_store_mapped(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg)
{
	return db_run(pool, &mapped_query,
		(const char *[]){
			wanted->session->token_hash, wanted->board, wanted->month },
		done, arg);
}

struct db_call *statistics_store_comparison(struct db_pool *pool,
	const struct statistics_wanted *wanted, db_done_fn *done, void *arg)
{
	return db_run(pool, &comparison_query,
		(const char *[]){ wanted->session->token_hash, wanted->month }, done,
		arg);
}

struct db_call *statistics_store_correct(struct db_pool *pool,
	const struct statistics_wanted *wanted, const char *reason, db_done_fn *done,
	void *arg)
{
	return db_run(pool, &correct_query,
		(const char *[]){ wanted->session->token_hash, wanted->board,
			wanted->month, reason },
		done, arg);
}

struct db_call *statistics_store_subscribe(struct db_pool *pool,
	const struct statistics_wanted *wanted, bool on, db_done_fn *done, void *arg)
{
	return db_run(pool, &subscribe_query,
		(const char *[]){ wanted->session->token_hash, wanted->board,
			on ? "true" : "false" },
		done, arg);
}
