/*
 * synpunktctl oidc - OpenID providers: keys of ours, how they are set, which group of
 * theirs stands for which role, and accounts that are theirs.
 */
#include "server/ctl_oidc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/json_fields.h"
#include "server/ctl_role.h"
#include "server/oidc_config.h"
#include "server/options.h"

/* ---- providers ---- */

static json_t *provider_json(const struct oidc_config *config)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "name",
		config->name, "label", config->label, "issuer", config->issuer,
		"clientId", config->client_id, "scope", config->scope, "groups",
		config->groups, "algorithms", config->algorithms, "acr", config->acr,
		"amr", config->amr);
}

/* As a server that starts now would read them. */
static int providers_print(struct ctl *ctl, char **argv)
{
	struct options options = { 0 };
	struct oidc_configs configs = { 0 };
	struct error err = { 0 };
	struct settings *settings;
	json_t *list = json_array();
	int rc = ctl_arguments(ctl, argv, NULL, NULL, 0);

	settings = rc == 0 ? settings_load(&options_table, NULL,
				     (const char *const *)(uintptr_t)environ, &options,
				     &err)
			   : NULL;
	if (rc == 0 && (!settings || oidc_configs_read(&options, &configs, &err) < 0))
		rc = ctl_fail(ctl, "%s", err.text);
	for (size_t i = 0; i < configs.n; i++) {
		const struct oidc_config *config = &configs.items[i];

		json_array_append_new(list, provider_json(config));
		if (!ctl->json)
			printf("%-16s %-40s %s\n", config->name, config->issuer,
				config->label);
	}
	if (rc == 0 && ctl->json)
		ctl_print_json(json_incref(list));
	json_decref(list);
	oidc_configs_clear(&configs);
	settings_free(settings);
	return rc;
}

/* ---- groups ---- */

static void map_line_print(const json_t *row)
{
	const char *unit = json_text_of(row, "unit", NULL);

	printf("%-6s %s  %s  %s@%s%s%s  %s..%s\n", json_text_of(row, "id", ""),
		json_text_of(row, "issuer", ""), json_text_of(row, "group", ""),
		json_text_of(row, "role", ""), json_text_of(row, "board", ""),
		unit ? "/" : "", unit ? unit : "", json_text_of(row, "validFrom", ""),
		json_text_of(row, "validTo", ""));
}

static int map_list(struct ctl *ctl, char **argv)
{
	struct error err = { 0 };
	json_t *list;
	PGresult *result;
	int rc = ctl_arguments(ctl, argv, NULL, NULL, 0);

	if (rc != 0)
		return rc;
	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	result = ctl_db_query(ctl,
		"SELECT m.whole FROM synpunkt_signin.oidc_map_list() m", 0, NULL, &err);
	if (!result)
		return ctl_fail(ctl, "%s", err.text);
	list = json_array();
	for (int i = 0; i < PQntuples(result); i++) {
		json_t *row = json_loads(PQgetvalue(result, i, 0), 0, NULL);

		if (!ctl->json)
			map_line_print(row);
		json_array_append_new(list, row);
	}
	PQclear(result);
	if (ctl->json)
		ctl_print_json(json_incref(list));
	json_decref(list);
	return CTL_DONE;
}

/* The one row that a function returned, as id; none is what missing says. */
static int one_run(struct ctl *ctl, const char *sql, const char *const *params, int n,
	const char *missing)
{
	struct error err = { 0 };
	PGresult *result;
	int rc = CTL_DONE;

	if (ctl_db_open(ctl, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	result = ctl_db_query(ctl, sql, n, params, &err);
	if (!result)
		return ctl_fail(ctl, "%s", err.text);
	if (PQntuples(result) == 0)
		rc = ctl_fail(ctl, "%s", missing);
	else if (ctl->json)
		ctl_print_json(json_pack("{s:s}", "id", PQgetvalue(result, 0, 0)));
	PQclear(result);
	return rc;
}

static int map_add(struct ctl *ctl, char **argv)
{
	const char *from = NULL, *to = NULL, *words[3];
	const struct ctl_option options[] = { { "--from", &from, NULL },
		{ "--to", &to, NULL }, { 0 } };
	struct role_text role;
	struct error err = { 0 };
	int rc = ctl_arguments(ctl, argv, options, words, 3);

	if (rc != 0)
		return rc;
	if (ctl_days_judge(from, to, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	ctl_role_parse(ctl->arena, words[2], &role);
	return one_run(ctl,
		"SELECT a FROM synpunkt_signin.oidc_map_add($1::text, $2::text, $3::text, "
		"$4::text, $5::text, $6::date, $7::date) a",
		(const char *const[]){ words[0], words[1], role.role, role.board,
			role.unit, from, to },
		7, "nothing was added");
}

static int map_end(struct ctl *ctl, char **argv)
{
	struct error err = { 0 };
	const char *id;
	long n;
	int rc = ctl_arguments(ctl, argv, NULL, &id, 1);

	if (rc != 0)
		return rc;
	if (ctl_int_parse(id, 1, INT32_MAX, &n, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	return one_run(ctl, "SELECT e FROM synpunkt_signin.oidc_map_end($1::bigint) e",
		(const char *const[]){ id }, 1,
		"there is no such row, or it has ended");
}

/* Left out: of old, and until further notice. */
static int map_days(struct ctl *ctl, char **argv)
{
	const char *from = NULL, *to = NULL, *id;
	const struct ctl_option options[] = { { "--from", &from, NULL },
		{ "--to", &to, NULL }, { 0 } };
	struct error err = { 0 };
	long n;
	int rc = ctl_arguments(ctl, argv, options, &id, 1);

	if (rc != 0)
		return rc;
	if (ctl_int_parse(id, 1, INT32_MAX, &n, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	if (ctl_days_judge(from, to, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	return one_run(ctl,
		"SELECT d FROM synpunkt_signin.oidc_map_days($1::bigint, $2::date, "
		"$3::date) d",
		(const char *const[]){ id, from, to }, 3,
		"there is no such row, or it has ended");
}

static int map_run(struct ctl *ctl, char **argv)
{
	if (argv[0] && !strcmp(argv[0], "list"))
		return map_list(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "add"))
		return map_add(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "end"))
		return map_end(ctl, argv + 1);
	if (argv[0] && !strcmp(argv[0], "days"))
		return map_days(ctl, argv + 1);
	return ctl_misuse(ctl, "map list, add, days or end");
}

/* ---- accounts ---- */

static int link_run(struct ctl *ctl, char **argv)
{
	const char *words[3];
	int rc = ctl_arguments(ctl, argv, NULL, words, 3);

	if (rc != 0)
		return rc;
	return one_run(ctl,
		"SELECT l FROM synpunkt_signin.oidc_link($1::text, $2::text, $3::text) l",
		words, 3, "nobody is called so");
}

static int open_run(struct ctl *ctl, char **argv)
{
	const char *username;
	int rc = ctl_arguments(ctl, argv, NULL, &username, 1);

	if (rc != 0)
		return rc;
	return one_run(ctl, "SELECT o FROM synpunkt_signin.oidc_open($1::text) o",
		&username, 1, "no account of a provider is called so");
}

int ctl_oidc(struct ctl *ctl, char **argv)
{
	static const struct {
		const char *name;
		ctl_run_fn *run;
	} verbs[] = {
		{ "key", ctl_oidc_key },
		{ "providers", providers_print },
		{ "map", map_run },
		{ "link", link_run },
		{ "open", open_run },
	};

	for (size_t i = 0; argv[0] && i < ARRAY_LEN(verbs); i++)
		if (!strcmp(verbs[i].name, argv[0]))
			return verbs[i].run(ctl, argv + 1);
	return ctl_misuse(ctl, "key, providers, map, link or open");
}
