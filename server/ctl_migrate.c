/*
 * synpunktctl migrate - applies migrations/NNNN_*.sql, which are part of the binary, in
 * order and once, each in a transaction of its own. What was applied is kept with its
 * hash: a file that has changed since, or a database that is ahead, stops it. Last, the
 * calendar's rows are brought up to this binary's rule.
 */
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/embed.h"
#include "lib/error.h"
#include "lib/sha256.h"
#include "server/ctl.h"

extern const struct embed_file ctl_migrations[]; /* made by lib/embed.py */

/* Two that migrate at once: the second waits and finds nothing to do. The number is
 * only ours to agree on. */
#define LOCK_SQL "SELECT pg_catalog.pg_advisory_lock(1937337958)"

static const char setup_sql[] =
	"CREATE SCHEMA IF NOT EXISTS synpunkt_migration;"
	"CREATE TABLE IF NOT EXISTS synpunkt_migration.applied ("
	"name text PRIMARY KEY, sha256 text NOT NULL, "
	"applied_at timestamptz NOT NULL DEFAULT now())";

struct migration {
	struct ctl *ctl;
	PGresult *applied; /* name, sha256; by name */
	json_t *done;      /* names applied now, or waiting when only checking */
	bool check;
};

static int applied_read(struct migration *m, struct error *err)
{
	static const char exists_sql[] =
		"SELECT pg_catalog.to_regclass('synpunkt_migration.applied') IS NOT NULL";
	PGresult *result = ctl_db_query(m->ctl, exists_sql, 0, NULL, err);
	bool exists;

	if (!result)
		return -1;
	exists = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	if (!exists && m->check) {
		m->applied = NULL;
		return 0;
	}
	if (!exists && ctl_db_script(m->ctl, setup_sql, err) < 0)
		return -1;
	m->applied = ctl_db_query(m->ctl,
		"SELECT a.name, a.sha256 FROM synpunkt_migration.applied a "
		"ORDER BY a.name COLLATE \"C\"",
		0, NULL, err);
	return m->applied ? 0 : -1;
}

static int migration_apply(struct migration *m, const struct embed_file *file,
	const char *hash, struct error *err)
{
	struct ctl *ctl = m->ctl;
	int rc;

	if (ctl_db_script(ctl, "BEGIN", err) < 0)
		return -1;
	rc = ctl_db_script(ctl, (const char *)file->bytes, err);
	if (rc == 0)
		rc = ctl_db_run(ctl,
			"INSERT INTO synpunkt_migration.applied (name, sha256) "
			"VALUES ($1::text, $2::text)",
			2, (const char *const[]){ file->name, hash }, err);
	if (rc == 0)
		return ctl_db_script(ctl, "COMMIT", err);
	ctl_db_script(ctl, "ROLLBACK", NULL);
	return -1;
}

/* The i-th file against the i-th applied row: they must be the same, or there is no
 * such row yet. */
static int migration_step(struct migration *m, size_t i, struct error *err)
{
	const struct embed_file *file = &ctl_migrations[i];
	bool applied = m->applied && (int)i < PQntuples(m->applied);
	char hash[SHA256_HEX_SIZE];
	struct error cause = { 0 };

	sha256_hex(file->bytes, file->size, hash);
	if (applied && strcmp(PQgetvalue(m->applied, (int)i, 0), file->name))
		return error_set(err, ERR_CONFLICT,
			"the database has \"%s\" where \"%s\" is due",
			PQgetvalue(m->applied, (int)i, 0), file->name);
	if (applied && strcmp(PQgetvalue(m->applied, (int)i, 1), hash))
		return error_set(err, ERR_CONFLICT,
			"\"%s\" has changed since it was applied", file->name);
	if (applied)
		return 0;
	if (!m->check && migration_apply(m, file, hash, &cause) < 0)
		return error_set(err, ERR_INTERNAL, "%s: %s", file->name, cause.text);
	json_array_append_new(m->done, json_string(file->name));
	return 0;
}

static int migrate(struct migration *m, struct error *err)
{
	size_t n = embed_count(ctl_migrations);

	if (ctl_db_open(m->ctl, err) < 0 || ctl_db_script(m->ctl, LOCK_SQL, err) < 0 ||
		applied_read(m, err) < 0)
		return -1;
	if (m->applied && PQntuples(m->applied) > (int)n)
		return error_set(err, ERR_CONFLICT,
			"the database is ahead of this version: it has \"%s\"",
			PQgetvalue(m->applied, (int)n, 0));
	for (size_t i = 0; i < n; i++) {
		if (migration_step(m, i, err) < 0)
			return -1;
	}
	return m->check ? 0 : ctl_calendar_fill(m->ctl, err);
}

static void migration_print(const struct migration *m)
{
	size_t i;
	json_t *name;

	if (m->ctl->json) {
		ctl_print_json(json_pack("{s:b, s:O}", "upToDate",
			!m->check || json_array_size(m->done) == 0,
			m->check ? "waiting" : "applied", m->done));
		return;
	}
	json_array_foreach(m->done, i, name)
	{
		printf("%s %s\n", m->check ? "waiting" : "applied",
			json_string_value(name));
	}
	if (json_array_size(m->done) == 0)
		puts("up to date");
}

int ctl_migrate(struct ctl *ctl, char **argv)
{
	struct migration m = { .ctl = ctl, .done = json_array() };
	const struct ctl_option options[] = { { "--check", NULL, &m.check }, { 0 } };
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, NULL, 0);

	if (rc == 0 && migrate(&m, &err) < 0)
		rc = ctl_fail(ctl, "%s", err.text);
	else if (rc == 0) {
		migration_print(&m);
		rc = m.check && json_array_size(m.done) > 0 ? CTL_FAILED : CTL_DONE;
	}
	PQclear(m.applied);
	json_decref(m.done);
	return rc;
}
