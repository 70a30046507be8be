#include "server/register_store.h"

#include <stdio.h>

#include "server/session.h"

#define HEAD "SELECT synpunkt_register.head($1::text, $2::text, $3::smallint), "
#define FILTER                                                                         \
	"($1::text, $2::text, $3::smallint, $4::text, $5::text, $6::text, $7::date,"   \
	" $8::date, $9::integer, $10::integer)"

static const struct db_query page_query = {
	.name = "register_page",
	.sql = HEAD "synpunkt_register.page" FILTER,
	.n_params = 10,
};

static const struct db_query export_query = {
	.name = "register_export",
	.sql = HEAD "synpunkt_register.export" FILTER,
	.n_params = 10,
};

static struct db_call *filtered(struct db_pool *pool, const struct db_query *query,
	const struct register_filter *filter, db_done_fn *done, void *arg)
{
	char most[32];

	snprintf(most, sizeof(most), "%zu", filter->most);
	return db_run(pool, query,
		(const char *[]){ filter->session->token_hash, filter->board,
			filter->year, filter->q, filter->category, filter->status,
			filter->from, filter->to, filter->after, most },
		done, arg);
}

struct db_call *register_store_page(struct db_pool *pool,
	const struct register_filter *filter, db_done_fn *done, void *arg)
{
	return filtered(pool, &page_query, filter, done, arg);
}

struct db_call *register_store_export(struct db_pool *pool,
	const struct register_filter *filter, db_done_fn *done, void *arg)
{
	return filtered(pool, &export_query, filter, done, arg);
}
