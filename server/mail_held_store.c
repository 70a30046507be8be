#include "server/mail_held_store.h"

#include <stdio.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/metrics.h"
#include "server/follow_code.h"
#include "server/mail_case_store.h"
#include "server/measures.h"

#define POSTPONED_SECONDS "4" /* less than until the flow looks again */

static const struct db_query hold_query = {
	.name = "mail_held_hold",
	.sql = "SELECT q FROM synpunkt_mail_case.quarantine($1::bigint, $2::smallint,"
	       " $3::text, $4::text, $5::jsonb, $6::smallint, $7::bigint) q",
	.n_params = 7,
};

static const struct db_query postpone_query = {
	.name = "mail_held_postpone",
	.sql = "SELECT synpunkt_mail_case.postpone($1::bigint, $2::smallint,"
	       " $3::integer)",
	.n_params = 3,
};

static const struct db_query count_query = {
	.name = "mail_held_count",
	.sql = "SELECT h.waiting, h.overdue FROM synpunkt_mail_case.held($1::integer) h",
	.n_params = 1,
};

static const char *text_of(struct arena *arena, int64_t number)
{
	return arena_printf(arena, "%lld", (long long)number);
}

struct db_call *mail_held_store_hold(const struct mail_case_mail *mail,
	const struct mail_held *held, db_done_fn *done, void *arg)
{
	const struct case_number *about = held->about->year ? held->about : NULL;

	return db_run(mail->pool, &hold_query,
		(const char *[]){ mail->id, mail->attempt, mail->class, mail->because,
			held->shown, about ? text_of(mail->arena, about->year) : NULL,
			about ? text_of(mail->arena, about->serial) : NULL },
		done, arg);
}

struct db_call *mail_held_store_postpone(
	const struct mail_case_mail *mail, db_done_fn *done, void *arg)
{
	return db_run(mail->pool, &postpone_query,
		(const char *[]){ mail->id, mail->attempt, POSTPONED_SECONDS }, done,
		arg);
}

static void on_count(const struct db_rows *rows, const struct error *err, void *arg)
{
	if (err)
		return;
	metrics_set(arg, MEASURE_MAIL_HELD, db_rows_int64(rows, 0, 0));
	metrics_set(arg, MEASURE_MAIL_HELD_OVERDUE, db_rows_int64(rows, 0, 1));
}

void mail_held_store_measure(
	struct db_pool *pool, struct metrics *metrics, int64_t days)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)days);
	db_run(pool, &count_query, (const char *[]){ text }, on_count, metrics);
}
