/*
 * synpunktctl audit verify - holds every case against its chain of events, and the
 * chains against the anchors that were written outside the database (job_anchor.h).
 * Names what was changed, removed or put in; what a disposal took is in order.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db_array.h"
#include "lib/error.h"
#include "lib/sha256.h"
#include "server/ctl.h"
#include "server/job_anchor.h"
#include "server/options.h"

#define RANGE 20000 /* serials at a time */
#define LINES 10000 /* heads at a time */
#define ANCHOR_MAX ((size_t)1 << 30)

struct audit {
	struct ctl *ctl;
	json_t *faults;
	long cases, events, anchors;
	char previous[SHA256_HEX_SIZE]; /* of the anchor that was read last */
};

/* number, seq and what may be NULL. */
struct audit_fault {
	const char *number, *seq, *fault, *what, *anchor;
};

static void fault_add(struct audit *audit, const struct audit_fault *fault)
{
	json_array_append_new(audit->faults,
		json_pack("{s:s?, s:o, s:s, s:s?, s:s?}", "number", fault->number,
			"event",
			fault->seq ? json_integer(strtol(fault->seq, NULL, 10))
				   : json_null(),
			"fault", fault->fault, "what", fault->what, "anchor",
			fault->anchor));
	if (audit->ctl->json)
		return;
	printf("%s", fault->number ? fault->number : fault->anchor);
	if (fault->seq)
		printf(" event %s", fault->seq);
	printf(": %s", fault->fault);
	if (fault->what)
		printf(" (%s)", fault->what);
	if (fault->anchor && fault->number)
		printf(", by the anchor of %s", fault->anchor);
	putchar('\n');
}

static const char *value_or_null(const PGresult *rows, int i, int column)
{
	return PQgetisnull(rows, i, column) ? NULL : PQgetvalue(rows, i, column);
}

/* ---- the database against itself ---- */

static int range_check(struct audit *audit, long from, struct error *err)
{
	const char *params[] = {
		arena_printf(audit->ctl->arena, "%ld", from),
		arena_printf(audit->ctl->arena, "%ld", from + RANGE - 1),
	};
	PGresult *rows = ctl_db_query(audit->ctl,
		"SELECT f.number, f.seq, f.fault, f.what "
		"FROM synpunkt_audit.faults($1::bigint, $2::bigint) f",
		2, params, err);

	if (!rows)
		return -1;
	for (int i = 0; i < PQntuples(rows); i++)
		fault_add(
			audit, &(struct audit_fault){ .number = PQgetvalue(rows, i, 0),
				       .seq = value_or_null(rows, i, 1),
				       .fault = PQgetvalue(rows, i, 2),
				       .what = value_or_null(rows, i, 3) });
	PQclear(rows);
	return 0;
}

static int chains_check(struct audit *audit, struct error *err)
{
	PGresult *rows = ctl_db_query(audit->ctl,
		"SELECT e.first_id, e.last_id, e.cases, e.events "
		"FROM synpunkt_audit.extent() e",
		0, NULL, err);
	long first, last;

	if (!rows)
		return -1;
	first = strtol(PQgetvalue(rows, 0, 0), NULL, 10);
	last = strtol(PQgetvalue(rows, 0, 1), NULL, 10);
	audit->cases = strtol(PQgetvalue(rows, 0, 2), NULL, 10);
	audit->events = strtol(PQgetvalue(rows, 0, 3), NULL, 10);
	PQclear(rows);
	for (long from = first; from <= last; from += RANGE) {
		if (range_check(audit, from, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the database against the anchors ---- */

struct heads {
	struct db_array *numbers, *seqs, *hashes;
	size_t n;
	const char *day;
};

static void heads_new(struct heads *heads, struct arena *arena)
{
	heads->numbers = db_array_new(arena);
	heads->seqs = db_array_new(arena);
	heads->hashes = db_array_new(arena);
	heads->n = 0;
}

static int heads_check(struct audit *audit, struct heads *heads, struct error *err)
{
	const char *params[] = { db_array_literal(heads->numbers),
		db_array_literal(heads->seqs), db_array_literal(heads->hashes) };
	PGresult *rows = ctl_db_query(audit->ctl,
		"SELECT l.number, l.seq, l.fault "
		"FROM synpunkt_audit.lost($1::text[], $2::integer[], $3::text[]) l",
		3, params, err);

	if (!rows)
		return -1;
	for (int i = 0; i < PQntuples(rows); i++)
		fault_add(
			audit, &(struct audit_fault){ .number = PQgetvalue(rows, i, 0),
				       .seq = PQgetvalue(rows, i, 1),
				       .fault = PQgetvalue(rows, i, 2),
				       .anchor = heads->day });
	PQclear(rows);
	heads_new(heads, audit->ctl->arena);
	return 0;
}

/* "2026-104233 4 <hash>": 1 when it is such a line. */
static int head_add(struct heads *heads, char *line)
{
	char *seq = strchr(line, ' '), *hash = seq ? strchr(seq + 1, ' ') : NULL;

	if (!hash)
		return 0;
	*seq++ = '\0';
	*hash++ = '\0';
	if (strspn(line, "0123456789") != 4 || line[4] != '-' ||
		line[5 + strspn(line + 5, "0123456789")] || strlen(line) > 20 ||
		strspn(seq, "0123456789") != strlen(seq) || strlen(seq) > 9 ||
		strspn(hash, "0123456789abcdef") != SHA256_HEX_SIZE - 1 ||
		strlen(hash) != SHA256_HEX_SIZE - 1)
		return 0;
	db_array_text(heads->numbers, line);
	db_array_text(heads->seqs, seq);
	db_array_text(heads->hashes, hash);
	heads->n++;
	return 1;
}

/* The lines after the first two. 0 when the last one says "end" and how many. */
static int lines_check(
	struct audit *audit, struct heads *heads, char *at, struct error *err)
{
	long n = 0;

	for (char *next; *at; at = next) {
		next = at + strcspn(at, "\n");
		if (*next)
			*next++ = '\0';
		if (!strncmp(at, "end ", 4) && !*next && strtol(at + 4, NULL, 10) == n)
			return heads->n > 0 ? heads_check(audit, heads, err) : 0;
		if (!head_add(heads, at))
			break;
		n++;
		if (heads->n == LINES && heads_check(audit, heads, err) < 0)
			return -1;
	}
	fault_add(audit, &(struct audit_fault){
				 .fault = "anchor-damaged", .anchor = heads->day });
	return 0;
}

static int anchor_check(
	struct audit *audit, const char *dir, const char *name, struct error *err)
{
	struct arena *arena = audit->ctl->arena;
	struct heads heads = { .day = arena_dup_n(arena, name,
				       strlen(name) - strlen(ANCHOR_SUFFIX)) };
	size_t size;
	char *text = ctl_file_read(
		audit->ctl, arena_printf(arena, "%s/%s", dir, name), &size, err);
	const char *start = arena_printf(
		arena, ANCHOR_FIRST_LINE "\nprevious %s\n", audit->previous);

	if (!text)
		return -1;
	audit->anchors++;
	heads_new(&heads, arena);
	sha256_hex(text, size, audit->previous);
	if (strncmp(text, start, strlen(start)) != 0) {
		fault_add(audit, &(struct audit_fault){
					 .fault = "anchor-changed-or-missing-before",
					 .anchor = heads.day });
		start = ANCHOR_FIRST_LINE "\nprevious \n";
		size = strcspn(text, "\n");
		size += strcspn(text + size + 1, "\n") + 1;
		return text[size] ? lines_check(audit, &heads, text + size + 1, err)
				  : 0;
	}
	return lines_check(audit, &heads, text + strlen(start), err);
}

static int is_anchor(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name), suffix = strlen(ANCHOR_SUFFIX);

	return n > suffix && !strcmp(entry->d_name + n - suffix, ANCHOR_SUFFIX);
}

static int anchors_check(struct audit *audit, const char *dir, struct error *err)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_anchor, alphasort), rc = 0;

	snprintf(audit->previous, sizeof(audit->previous), "-");
	if (n < 0)
		return error_set(err, ERR_NOT_FOUND, "%s: cannot be read", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = anchor_check(audit, dir, names[i]->d_name, err);
		mem_free(names[i]);
	}
	mem_free(names);
	return rc;
}

/* ---- the command ---- */

static int audit_report(struct audit *audit)
{
	size_t n = json_array_size(audit->faults);

	if (audit->ctl->json) {
		ctl_print_json(json_pack("{s:b, s:I, s:I, s:I, s:o}", "ok", n == 0,
			"cases", (json_int_t)audit->cases, "events",
			(json_int_t)audit->events, "anchors",
			(json_int_t)audit->anchors, "faults", audit->faults));
	} else {
		printf("%ld cases, %ld events, %ld anchors: %zu faults\n", audit->cases,
			audit->events, audit->anchors, n);
		json_decref(audit->faults);
	}
	return n == 0 ? CTL_DONE : CTL_FAILED;
}

int ctl_audit(struct ctl *ctl, char **argv)
{
	const char *words[1], *anchors = NULL;
	const struct ctl_option options[] = { { "--anchors", &anchors, NULL }, { 0 } };
	struct audit audit = { .ctl = ctl, .faults = json_array() };
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, words, ARRAY_LEN(words));

	if (rc == 0 && strcmp(words[0], "verify") != 0)
		rc = ctl_misuse(ctl, "there is no audit \"%s\"", words[0]);
	if (rc == 0 && (ctl_db_open(ctl, &err) < 0 || chains_check(&audit, &err) < 0 ||
			       (anchors && anchors_check(&audit, anchors, &err) < 0)))
		rc = ctl_fail(ctl, "%s", err.text);
	if (rc != 0) {
		json_decref(audit.faults);
		return rc;
	}
	return audit_report(&audit);
}
