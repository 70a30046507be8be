#include "lib/db.h"

#include <stdio.h>
#include <string.h>

#include "lib/base.h"
#include "lib/db_private.h"
#include "lib/log.h"

/* The first row that the SQLSTATE begins with counts (appendix A of the manual). */
static const struct {
	const char *begin;
	enum err_code code;
} states[] = {
	{ "23505", ERR_CONFLICT },    /* unique_violation */
	{ "23P01", ERR_CONFLICT },    /* exclusion_violation */
	{ "22", ERR_INVALID },        /* data exception */
	{ "23", ERR_INVALID },        /* integrity constraint violation */
	{ "42501", ERR_FORBIDDEN },   /* insufficient_privilege */
	{ "P0002", ERR_NOT_FOUND },   /* no_data_found */
	{ "SY001", ERR_CONFLICT },    /* ours: the snapshot decided on is stale */
	{ "40", ERR_UNAVAILABLE },    /* serialization failure, deadlock */
	{ "55P03", ERR_UNAVAILABLE }, /* lock_not_available */
	{ "57", ERR_UNAVAILABLE },    /* cancelled, shutting down, starting */
	{ "53", ERR_UNAVAILABLE },    /* out of connections, memory, disk */
	{ "58", ERR_UNAVAILABLE },    /* the server's disk */
	{ "08", ERR_UNAVAILABLE },    /* connection */
	{ "25006", ERR_UNAVAILABLE }, /* it has become a standby */
	{ "0A000", ERR_UNAVAILABLE }, /* a table changed under a cached plan */
	{ "26000", ERR_UNAVAILABLE }, /* the statement it needs was not prepared */
	{ "42P05", ERR_UNAVAILABLE }, /* or was already */
};

/* What the one who asked may read, and how loud it is logged: an answer that the
 * statement was written to give is no news. */
static const struct {
	const char *text;
	enum log_level level;
} outcomes[] = {
	[ERR_INVALID] = { "the database does not take a value", LOG_LEVEL_DEBUG },
	[ERR_CONFLICT] = { "it conflicts with what is stored", LOG_LEVEL_DEBUG },
	[ERR_NOT_FOUND] = { "it is not there", LOG_LEVEL_DEBUG },
	[ERR_FORBIDDEN] = { "the database does not allow it", LOG_LEVEL_WARNING },
	[ERR_UNAVAILABLE] = { "the database cannot answer now", LOG_LEVEL_WARNING },
	[ERR_INTERNAL] = { "the database failed", LOG_LEVEL_ERROR },
};

enum err_code db_error_code(const char *sqlstate)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (strncmp(sqlstate, states[i].begin, strlen(states[i].begin)) == 0)
			return states[i].code;
	}
	return ERR_INTERNAL;
}

void db_error_fill(struct error *err, const char *sqlstate)
{
	enum err_code code = db_error_code(sqlstate);

	error_set(err, code, "%s", outcomes[code].text);
	snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate);
}

void db_error_read(const PGresult *result, struct error *ret)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);

	/* libpq's own errors have no SQLSTATE: the connection is in trouble. */
	db_error_fill(ret, state ? state : DB_SQLSTATE_LOST);
	snprintf(ret->constraint, sizeof(ret->constraint), "%s",
		constraint ? constraint : "");
}

/* Messages of other classes quote values, which are people's words. */
static const char *error_message(const struct error *err, const PGresult *result)
{
	if (strncmp(err->sqlstate, "42", 2) != 0 &&
		strncmp(err->sqlstate, "XX", 2) != 0)
		return NULL;
	return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

void db_error_log(const struct db_pool *pool, const struct db_query *query,
	const struct error *err, const PGresult *result)
{
	const char *severity =
		result ? PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED)
		       : NULL;

	log_event(outcomes[err->code].level, "db_statement_failed",
		LOG_S("pool", pool->config.name), LOG_S("statement", query->name),
		LOG_S("sqlstate", err->sqlstate), LOG_S("severity", severity),
		LOG_S("constraint", err->constraint),
		LOG_S("message", error_message(err, result)));
}
