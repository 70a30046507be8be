#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/error.h"
#include "server/city.h"
#include "server/ctl.h"
#include "server/options.h"

/* Notices ("relation exists, skipping") are noise beside a command's own words. */
static void notice_drop(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

/* libpq ends its messages with a new line. */
static int db_fail(struct ctl *ctl, const PGresult *result, struct error *err)
{
	const char *text = result ? PQresultErrorMessage(result) : "";
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	char *line = arena_dup(ctl->arena, text[0] ? text : PQerrorMessage(ctl->db));

	line[strcspn(line, "\n")] = '\0';
	/* Class 40: a deadlock or the like, which may go well the next time. */
	return error_set(err,
		state && strncmp(state, "40", 2) == 0 ? ERR_UNAVAILABLE : ERR_INTERNAL,
		"database: %s", line);
}

int ctl_db_open(struct ctl *ctl, struct error *err)
{
	struct options options = { 0 };
	struct settings *settings = settings_load(&options_table, NULL,
		(const char *const *)(uintptr_t)environ, &options, err);

	if (!settings)
		return -1;
	ctl->db = PQconnectdb(options.database);
	settings_free(settings);
	if (PQstatus(ctl->db) != CONNECTION_OK)
		return db_fail(ctl, NULL, err);
	PQsetNoticeProcessor(ctl->db, notice_drop, NULL);
	/* What is not named with its schema is not found, in migrations too. */
	return ctl_db_script(ctl,
		"SET search_path = pg_catalog; SET client_encoding = 'UTF8'; "
		"SET DateStyle = ISO; SET application_name = 'synpunktctl'",
		err);
}

PGresult *ctl_db_query(struct ctl *ctl, const char *sql, int n_params,
	const char *const *params, struct error *err)
{
	PGresult *result =
		PQexecParams(ctl->db, sql, n_params, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return result;
	db_fail(ctl, result, err);
	PQclear(result);
	return NULL;
}

int ctl_db_run(struct ctl *ctl, const char *sql, int n_params,
	const char *const *params, struct error *err)
{
	PGresult *result = ctl_db_query(ctl, sql, n_params, params, err);

	if (!result)
		return -1;
	ctl->touched = strtol(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return 0;
}

int ctl_db_script(struct ctl *ctl, const char *sql, struct error *err)
{
	PGresult *result = PQexec(ctl->db, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = 0;

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		rc = db_fail(ctl, result, err);
	PQclear(result);
	return rc;
}

struct city *ctl_city_load(struct ctl *ctl, struct error *err)
{
	PGresult *result =
		ctl_db_query(ctl, "SELECT synpunkt.city_snapshot()", 0, NULL, err);
	struct city *city;

	if (!result)
		return NULL;
	city = city_parse(
		PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0), err);
	PQclear(result);
	return city;
}
