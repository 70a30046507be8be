/*
 * What a disposal does in folders: the files of attachments go, and certificates come.
 *
 * A file can be shared by many cases, and somebody can be sending the same content in
 * at this moment: it is stored first, which makes it young, and the case that refers to
 * it is committed afterwards. So a file goes only when no case refers to it and it is
 * as old as those that the job worker clears away (job_blobs.h); a younger one stays
 * noted and goes with a later run.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/blob_store.h"
#include "lib/error.h"
#include "lib/temp_file.h"
#include "server/ctl.h"
#include "server/ctl_disposal.h"
#include "server/job_blobs.h"

/* ---- files of attachments ---- */

static int file_seen(
	struct ctl *ctl, const char *sha256, const char *what, struct error *err)
{
	return ctl_db_run(ctl, "SELECT synpunkt_dispose.file_seen($1::text, $2::text)",
		2, (const char *const[]){ sha256, what }, err);
}

static int file_settle(struct disposal *run, struct blob_store *store,
	const PGresult *rows, int i, struct error *err)
{
	const char *sha256 = PQgetvalue(rows, i, 0);

	if (PQgetvalue(rows, i, 1)[0] == 't')
		return file_seen(run->ctl, sha256, "filesShared", err);
	if (blob_store_remove_old(store, sha256, time(NULL) - JOB_BLOBS_AGE_S, err) < 0)
		return -1;
	if (blob_store_exists(store, sha256))
		return 0;
	return file_seen(run->ctl, sha256, "files", err);
}

/* A page of names after the last one; 1 when there may be more. */
static int files_page(struct disposal *run, struct blob_store *store,
	const char **after, struct error *err)
{
	PGresult *rows = ctl_db_query(run->ctl,
		"SELECT f.sha256, f.known FROM synpunkt_dispose.files($1::text, 500) f",
		1, (const char *const[]){ *after }, err);
	int n = rows ? PQntuples(rows) : 0, rc = rows ? 0 : -1;

	for (int i = 0; i < n && rc == 0; i++)
		rc = file_settle(run, store, rows, i, err);
	if (rc == 0 && n > 0) {
		*after = arena_dup(run->ctl->arena, PQgetvalue(rows, n - 1, 0));
		rc = 1;
	}
	PQclear(rows);
	return rc;
}

/* 1 when there is a file to see to, 0 when not. */
static int files_wait(struct disposal *run, struct error *err)
{
	PGresult *rows = ctl_db_query(run->ctl,
		"SELECT f.sha256 FROM synpunkt_dispose.files('', 1) f", 0, NULL, err);
	int n = rows ? PQntuples(rows) : -1;

	PQclear(rows);
	return n;
}

int disposal_files(struct disposal *run, struct error *err)
{
	const char *after = "";
	struct blob_store *store;
	struct stat st;
	int rc = files_wait(run, err);

	if (rc <= 0)
		return rc;
	/* Made here, it would be root's, and the server could not write to it. */
	if (stat(run->store, &st) < 0)
		return error_set(err, ERR_NOT_FOUND,
			"%s: no folder of attachments; run where SYNPUNKT_STATE has it",
			run->store);
	store = blob_store_new(run->store, err);
	if (!store)
		return -1;
	while (rc == 1)
		rc = files_page(run, store, &after, err);
	blob_store_free(store);
	return rc;
}

/* ---- certificates ---- */

enum certificate_column {
	CERT_ID,
	CERT_RULE,
	CERT_DECISION,
	CERT_BEGAN_AT,
	CERT_BEGAN_BY,
	CERT_ENDED_AT,
	CERT_ENDED_BY,
	CERT_COUNTS,
	CERT_HASH,
	CERT_NUMBERS,
};

/* What can be counted, as an archivist reads it. */
static const struct {
	const char *name, *words;
} counted[] = {
	{ "cases", "Ärenden" },
	{ "text", "Texter" },
	{ "contact", "Kontaktuppgifter" },
	{ "place", "Platser" },
	{ "message", "Meddelanden från den som klagat" },
	{ "reply", "Svar och frågor" },
	{ "note", "Anteckningar" },
	{ "earlier", "Tidigare uppgifter" },
	{ "attachments", "Bilagor" },
	{ "masks", "Maskade kopior av bilder" },
	{ "files", "Filer borttagna ur bilagelagret" },
	{ "filesShared", "Filer som andra ärenden också har, och som är kvar" },
	{ "filesWaiting", "Filer yngre än två dygn, som tas bort senare" },
	{ "letters", "Brev i utkorgen" },
	{ "mails", "Mejl som inte hör till något ärende" },
	{ "originals", "Inkomna brev i original" },
	{ "answers", "Sparade kvittenser" },
};

static const char *counts_text(struct arena *arena, const json_t *counts)
{
	const char *text = "";

	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		const json_t *n = json_object_get(counts, counted[i].name);

		if (n)
			text = arena_printf(arena, "%s%s: %lld\n", text,
				counted[i].words, (long long)json_integer_value(n));
	}
	return text;
}

static const char *certificate_text(
	struct arena *arena, const PGresult *rows, int i, const json_t *counts)
{
	return arena_printf(arena,
		"Gallringsintyg %s\n\n"
		"Beslut: %s\nRegel: %s\n"
		"Påbörjad: %s av %s\nAvslutad: %s av %s\n\n"
		"%s\n"
		"Händelser och statistik är kvar.\n\n"
		"SHA-256 över förteckningen nedan (ett nummer per rad): %s\n\n%s",
		PQgetvalue(rows, i, CERT_ID), PQgetvalue(rows, i, CERT_DECISION),
		PQgetvalue(rows, i, CERT_RULE), PQgetvalue(rows, i, CERT_BEGAN_AT),
		PQgetvalue(rows, i, CERT_BEGAN_BY), PQgetvalue(rows, i, CERT_ENDED_AT),
		PQgetvalue(rows, i, CERT_ENDED_BY), counts_text(arena, counts),
		PQgetvalue(rows, i, CERT_HASH), PQgetvalue(rows, i, CERT_NUMBERS));
}

/* Whole or not at all, and durable before the database says that it is there. */
static int file_write(
	const char *folder, const char *name, const char *text, struct error *err)
{
	scoped_fd int dir = -1, fd = -1;

	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return error_set(err, ERR_INTERNAL, "%s: %m", folder);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = dir < 0 ? -1
		     : openat(dir, "certificate.tmp",
			       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			       0600);
	if (fd < 0)
		return error_set(err, ERR_INTERNAL, "%s: %m", folder);
	if (temp_file_write(fd, text, strlen(text), err) < 0)
		return -1;
	if (fsync(fd) < 0 || renameat(dir, "certificate.tmp", dir, name) < 0 ||
		fsync(dir) < 0)
		return error_set(err, ERR_INTERNAL, "%s/%s: %m", folder, name);
	return 0;
}

static int certificate_write(struct disposal *run, const PGresult *rows, int i,
	json_t *list, struct error *err)
{
	struct arena *arena = run->ctl->arena;
	const char *id = PQgetvalue(rows, i, CERT_ID);
	const char *name = arena_printf(arena, "gallring-%06lld-%s.txt",
		strtoll(id, NULL, 10), PQgetvalue(rows, i, CERT_RULE));
	json_t *counts = json_loads(PQgetvalue(rows, i, CERT_COUNTS), 0, NULL);

	json_array_append_new(
		list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:O, s:s, s:s}", "id",
			      (json_int_t)strtoll(id, NULL, 10), "rule",
			      PQgetvalue(rows, i, CERT_RULE), "decision",
			      PQgetvalue(rows, i, CERT_DECISION), "by",
			      PQgetvalue(rows, i, CERT_BEGAN_BY), "endedAt",
			      PQgetvalue(rows, i, CERT_ENDED_AT), "counts", counts,
			      "listHash", PQgetvalue(rows, i, CERT_HASH), "certificate",
			      arena_printf(arena, "%s/%s", run->certificates, name)));
	if (file_write(run->certificates, name,
		    certificate_text(arena, rows, i, counts), err) < 0) {
		json_decref(counts);
		return -1;
	}
	json_decref(counts);
	return ctl_db_run(run->ctl, "SELECT synpunkt_dispose.certified($1::bigint)", 1,
		(const char *const[]){ id }, err);
}

int disposal_certify(struct disposal *run, json_t *list, struct error *err)
{
	PGresult *rows = ctl_db_query(run->ctl,
		"SELECT u.id, u.rule, u.decision, to_char(u.began_at AT TIME ZONE "
		"'Europe/Stockholm', 'YYYY-MM-DD HH24:MI'), u.began_by, "
		"to_char(u.ended_at AT TIME ZONE 'Europe/Stockholm', "
		"'YYYY-MM-DD HH24:MI'), u.ended_by, u.counts, u.list_hash, u.numbers "
		"FROM synpunkt_dispose.uncertified() u",
		0, NULL, err);
	int rc = rows ? 0 : -1;

	for (int i = 0; rows && i < PQntuples(rows) && rc == 0; i++)
		rc = certificate_write(run, rows, i, list, err);
	PQclear(rows);
	return rc;
}
