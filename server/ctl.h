/*
 * ctl - synpunktctl, the tool beside the server. One command, one file, one row in the
 * table of ctl.c; this is what the commands share.
 *
 * A command prints its result on standard output, as text or with --json as one JSON
 * value, and ends with one of the codes below. Here libpq may block.
 */
#ifndef SYNPUNKT_SERVER_CTL_H
#define SYNPUNKT_SERVER_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <libpq-fe.h>

struct arena;
struct city;
struct error;

enum {
	CTL_DONE,
	CTL_FAILED,
	CTL_USAGE,
};

struct ctl {
	struct arena *arena; /* for the whole run */
	bool json;
	const struct ctl_command *command;
	PGconn *db;   /* NULL until ctl_db_open() */
	long touched; /* rows, by the last ctl_db_run() */
};

/* argv: what follows the command's name and word, without --json; ended by NULL. */
typedef int ctl_run_fn(struct ctl *ctl, char **argv);

struct ctl_command {
	const char *name;  /* "due" */
	const char *usage; /* "DATE N | --list FIRST LAST" */
	const char *what;  /* one line */
	ctl_run_fn *run;
};

/* One of value and flag is set: "--name VALUE", or "--name" alone. */
struct ctl_option {
	const char *name; /* "--explain"; NULL ends the list */
	const char **value;
	bool *flag;
};

/* Takes the options out and puts the rest, exactly n of them, into words. 0, or
 * CTL_USAGE after saying what is wrong. options may be NULL. */
int ctl_arguments(struct ctl *ctl, char **argv, const struct ctl_option *options,
	const char **words, size_t n);

/* Say what went wrong on standard error (with --json as {"error": …} on standard
 * output) and return CTL_FAILED or CTL_USAGE. */
int ctl_fail(struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int ctl_misuse(struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints value and gives up the reference. */
void ctl_print_json(json_t *value);

/* The whole of a file, or of standard input for "-"; in the arena, with a NUL after it.
 * ERR_TOO_LARGE above CTL_FILE_MAX. */
#define CTL_FILE_MAX ((size_t)256 << 20)
char *ctl_file_read(
	struct ctl *ctl, const char *path, size_t *ret_size, struct error *err);

/* Plain decimal digits within min to max. */
int ctl_int_parse(const char *text, long min, long max, long *ret, struct error *err);

/* SYNPUNKT_DATABASE, by a role that owns the city: the superuser or synpunkt_owner. */
int ctl_db_open(struct ctl *ctl, struct error *err);
/* NULL and err with the server's message, which is for an operator to read. PQclear().
 */
PGresult *ctl_db_query(struct ctl *ctl, const char *sql, int n_params,
	const char *const *params, struct error *err);
/* For what returns no rows; ctl->touched is how many it wrote. */
int ctl_db_run(struct ctl *ctl, const char *sql, int n_params,
	const char *const *params, struct error *err);
/* Several statements in one text, as a migration is. */
int ctl_db_script(struct ctl *ctl, const char *sql, struct error *err);

/* What the servers would hold now; city_unref(). */
struct city *ctl_city_load(struct ctl *ctl, struct error *err);

/* Puts the rule of working_day.h into the migrated database; twice changes nothing. */
int ctl_calendar_fill(struct ctl *ctl, struct error *err);

ctl_run_fn ctl_audit, ctl_classifier, ctl_config, ctl_demo_cases, ctl_demo_deeds,
	ctl_disposal, ctl_due, ctl_import, ctl_mailbox, ctl_migrate, ctl_oidc,
	ctl_parse_mail, ctl_pdf, ctl_person, ctl_poster, ctl_qr, ctl_render,
	ctl_reorganise, ctl_route, ctl_rules, ctl_rules_rehearse, ctl_statistics,
	ctl_suggest, ctl_user;

#endif
