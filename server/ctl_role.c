/*
 * synpunktctl user role|substitute - what staff may do, and for whom. A role is written
 * role@board, or role@board/unit for one unit's cases; alone it is of no board.
 */
#include "server/ctl_role.h"

#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "server/day.h"

void ctl_role_parse(struct arena *arena, const char *text, struct role_text *ret)
{
	size_t role = strcspn(text, "@"), board;
	const char *at = text + role + (text[role] == '@');

	board = strcspn(at, "/");
	ret->role = arena_dup_n(arena, text, role);
	ret->board = board ? arena_dup_n(arena, at, board) : "*";
	ret->unit = at[board] == '/' ? at + board + 1 : NULL;
}

json_t *ctl_roles_json(struct arena *arena, const char *roles)
{
	json_t *list = json_array();
	struct role_text one;

	for (const char *at = roles; *at; at += strspn(at, ",")) {
		size_t n = strcspn(at, ",");

		ctl_role_parse(arena, arena_dup_n(arena, at, n), &one);
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s*}", "role", one.role, "board",
				      one.board, "unit", one.unit));
		at += n;
	}
	return list;
}

int ctl_days_judge(const char *from, const char *to, struct error *err)
{
	int32_t first = DAY_FIRST, last = DAY_LAST;

	if (from && day_parse(from, &first, err) < 0)
		return -1;
	if (to && day_parse(to, &last, err) < 0)
		return -1;
	return first <= last ? 0
			     : error_set(err, ERR_INVALID,
				       "the last day comes before the first");
}

/* The rows that a function of synpunkt_signin returned: none is for the caller to say.
 */
static int rows_of(struct ctl *ctl, const char *sql, const char *const *params,
	int n_params, struct error *err)
{
	PGresult *result = ctl_db_query(ctl, sql, n_params, params, err);
	int n = result ? PQntuples(result) : -1;

	PQclear(result);
	return n;
}

struct user_days {
	const char *from, *to; /* NULL: open */
};

static int role_add(struct ctl *ctl, const char *user, const struct role_text *role,
	const struct user_days *days, struct error *err)
{
	int n;

	if (ctl_days_judge(days->from, days->to, err) < 0)
		return -1;
	n = rows_of(ctl,
		"SELECT a FROM synpunkt_signin.role_add($1::text, $2::text, $3::text, "
		"$4::text, $5::date, $6::date) a",
		(const char *const[]){ user, role->role, role->board, role->unit,
			days->from, days->to },
		6, err);
	return n == 0 ? error_set(err, ERR_NOT_FOUND, "nobody is called \"%s\"", user)
		      : n;
}

static int role_remove(struct ctl *ctl, const char *user, const struct role_text *role,
	struct error *err)
{
	int n = rows_of(ctl,
		"SELECT r FROM synpunkt_signin.role_remove($1::text, $2::text, "
		"$3::text, $4::text) r",
		(const char *const[]){ user, role->role, role->board, role->unit }, 4,
		err);

	return n == 0 ? error_set(err, ERR_NOT_FOUND, "\"%s\" has no such role", user)
		      : n;
}

static int done(struct ctl *ctl, const char *user)
{
	if (ctl->json)
		ctl_print_json(json_pack("{s:s}", "user", user));
	return CTL_DONE;
}

int ctl_user_role(struct ctl *ctl, char **argv)
{
	struct user_days days = { 0 };
	const struct ctl_option options[] = { { "--from", &days.from, NULL },
		{ "--to", &days.to, NULL }, { 0 } };
	struct error err = { 0 };
	struct role_text role;
	const char *words[3];
	bool add;
	int rc = ctl_arguments(ctl, argv, options, words, 3);

	if (rc != 0)
		return rc;
	add = !strcmp(words[0], "add");
	if (!add && strcmp(words[0], "remove") != 0)
		return ctl_misuse(ctl, "add or remove, not \"%s\"", words[0]);
	ctl_role_parse(ctl->arena, words[2], &role);
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	rc = add ? role_add(ctl, words[1], &role, &days, &err)
		 : role_remove(ctl, words[1], &role, &err);
	return rc < 0 ? ctl_fail(ctl, "%s", err.text) : done(ctl, words[1]);
}

static int substitute_set(struct ctl *ctl, const char *user, const char *substitute,
	const struct user_days *days, struct error *err)
{
	int n;

	if (ctl_days_judge(days->from, days->to, err) < 0)
		return -1;
	n = rows_of(ctl,
		"SELECT s FROM synpunkt_signin.substitute($1::text, $2::text, "
		"$3::date, $4::date) s",
		(const char *const[]){ user, substitute, days->from, days->to }, 4,
		err);
	return n == 0 ? error_set(err, ERR_NOT_FOUND,
				"nobody is called \"%s\" or \"%s\"", user, substitute)
		      : n;
}

int ctl_user_substitute(struct ctl *ctl, char **argv)
{
	struct user_days days = { 0 };
	const struct ctl_option options[] = { { "--from", &days.from, NULL },
		{ "--to", &days.to, NULL }, { 0 } };
	struct error err = { 0 };
	const char *words[2];
	int rc = ctl_arguments(ctl, argv, options, words, 2);

	if (rc != 0)
		return rc;
	if (!strcmp(words[1], "nobody")) {
		if (ctl_db_open(ctl, &err) < 0 ||
			rows_of(ctl,
				"SELECT e FROM synpunkt_signin.substitute_end($1::text) e",
				words, 1, &err) < 0)
			return ctl_fail(ctl, "%s", err.text);
		return done(ctl, words[0]);
	}
	if (!days.to)
		return ctl_misuse(ctl, "--to is needed: nobody stands in for ever");
	if (ctl_db_open(ctl, &err) < 0 ||
		substitute_set(ctl, words[0], words[1], &days, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	return done(ctl, words[0]);
}
