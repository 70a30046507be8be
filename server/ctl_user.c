/*
 * synpunktctl user - accounts of staff. A password is made up here and printed once,
 * unless one is given in a file; only its hash is stored.
 */
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/log.h"
#include "server/ctl.h"
#include "server/ctl_role.h"
#include "server/email_address.h"
#include "server/password.h"
#include "server/signin.h"

#define PASSWORD_LEAST 12

struct user_account {
	const char *username, *name, *roles, *password_file, *email;
	const char *password;
	bool made_up;
	char hash[PASSWORD_HASH_SIZE];
};

static int password_choose(
	struct ctl *ctl, struct user_account *user, struct error *err)
{
	char text[PASSWORD_TEXT_SIZE];
	size_t n;
	char *given;

	user->made_up = !user->password_file;
	if (user->made_up) {
		password_make(text);
		user->password = arena_dup(ctl->arena, text);
	} else {
		given = ctl_file_read(ctl, user->password_file, &n, err);
		if (!given)
			return -1;
		given[strcspn(given, "\r\n")] = '\0';
		user->password = given;
	}
	if (strlen(user->password) < PASSWORD_LEAST)
		return error_set(err, ERR_INVALID,
			"a password has at least %d characters", PASSWORD_LEAST);
	if (signin_password_hash(user->password, user->hash) < 0)
		return error_set(
			err, ERR_UNAVAILABLE, "not enough memory to hash a password");
	return 0;
}

static const char *roles_json(struct ctl *ctl, const char *roles)
{
	json_t *list = ctl_roles_json(ctl->arena, roles);
	char *text = json_dumps(list, JSON_COMPACT);
	const char *copy = arena_dup(ctl->arena, text);

	mem_free(text);
	json_decref(list);
	return copy;
}

/* The ids that a function of synpunkt_signin returned: none is "no such user". */
static int accounts_change(struct ctl *ctl, const char *sql, const char *const *params,
	int n_params, struct error *err)
{
	PGresult *result = ctl_db_query(ctl, sql, n_params, params, err);
	int n;

	if (!result)
		return -1;
	n = PQntuples(result);
	PQclear(result);
	return n > 0 ? 0
		     : error_set(err, ERR_NOT_FOUND, "nobody is called \"%s\"",
			       params[0]);
}

static int user_done(struct ctl *ctl, const struct user_account *user)
{
	if (ctl->json)
		ctl_print_json(json_pack("{s:s, s:s?}", "user", user->username,
			"password", user->made_up ? user->password : NULL));
	else if (user->made_up)
		printf("%s\n", user->password);
	return CTL_DONE;
}

static int email_judge(const struct user_account *user, struct error *err)
{
	if (user->email && user->email[0] && !email_address_is_possible(user->email))
		return error_set(err, ERR_INVALID, "\"%s\" is not an e-mail address",
			user->email);
	return 0;
}

/* Where the daily letter goes; without --email nowhere. */
static int user_email(struct ctl *ctl, struct user_account *user, struct error *err)
{
	if (email_judge(user, err) < 0)
		return -1;
	return accounts_change(ctl,
		"SELECT e FROM synpunkt_signin.user_email($1::text, $2::text) e",
		(const char *const[]){ user->username,
			user->email && user->email[0] ? user->email : NULL },
		2, err);
}

static int user_add(struct ctl *ctl, struct user_account *user, struct error *err)
{
	if (!user->name || !user->roles)
		return error_set(err, ERR_INVALID, "--name and --roles are needed");
	if (email_judge(user, err) < 0 || password_choose(ctl, user, err) < 0)
		return -1;
	if (accounts_change(ctl,
		    "SELECT a FROM synpunkt_signin.user_add($1::text, $2::text, $3::text, "
		    "$4::jsonb) a",
		    (const char *const[]){ user->username, user->name, user->hash,
			    roles_json(ctl, user->roles) },
		    4, err) < 0)
		return -1;
	return user->email ? user_email(ctl, user, err) : 0;
}

static int user_set(struct ctl *ctl, struct user_account *user, struct error *err)
{
	return accounts_change(ctl,
		"SELECT s FROM synpunkt_signin.user_set($1::text, $2::text) s",
		(const char *const[]){
			user->username, user->hash[0] ? user->hash : NULL },
		2, err);
}

static int user_reset(struct ctl *ctl, struct user_account *user, struct error *err)
{
	if (password_choose(ctl, user, err) < 0)
		return -1;
	return user_set(ctl, user, err);
}

/* For a lost telephone. The log line is on standard error, like synpunktd's. */
static int user_totp_reset(
	struct ctl *ctl, struct user_account *user, struct error *err)
{
	if (accounts_change(ctl,
		    "SELECT r FROM synpunkt_signin.user_totp_reset($1::text) r",
		    (const char *const[]){ user->username }, 1, err) < 0)
		return -1;
	log_event(LOG_LEVEL_INFO, "totp_reset", LOG_S("user", user->username),
		LOG_S("by", "synpunktctl"));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct ctl *ctl, struct user_account *user, struct error *err);
} verbs[] = {
	{ "add", user_add },
	{ "disable", user_set },
	{ "reset", user_reset },
	{ "email", user_email },
	{ "totp-reset", user_totp_reset },
};

int ctl_user(struct ctl *ctl, char **argv)
{
	struct user_account user = { 0 };
	const struct ctl_option options[] = { { "--name", &user.name, NULL },
		{ "--roles", &user.roles, NULL }, { "--email", &user.email, NULL },
		{ "--password-file", &user.password_file, NULL }, { 0 } };
	struct error err = { 0 };
	const char *words[2];
	int rc;

	if (argv[0] && !strcmp(argv[0], "role"))
		return ctl_user_role(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "substitute"))
		return ctl_user_substitute(ctl, argv + 1);
	rc = ctl_arguments(ctl, argv, options, words, 2);
	if (rc != 0)
		return rc;
	user.username = words[1];
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].name, words[0]) != 0)
			continue;
		if (ctl_db_open(ctl, &err) < 0 || verbs[i].run(ctl, &user, &err) < 0)
			return ctl_fail(ctl, "%s", err.text);
		return user_done(ctl, &user);
	}
	return ctl_misuse(ctl,
		"add, disable, reset, email, totp-reset, role or substitute, not \"%s\"",
		words[0]);
}
