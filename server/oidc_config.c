#include "server/oidc_config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/jwt.h"
#include "server/oidc_judge.h"
#include "server/options.h"

#define SUFFIX ".conf"
#define PATH_SIZE 4096

#define ROW(name_, kind_, member)                                                      \
	.name = "OIDC_" name_, .kind = SETTINGS_##kind_,                               \
	.offset = offsetof(struct oidc_config, member)

static const struct settings_row rows[] = {
	{ ROW("LABEL", TEXT, label), .min = 1, .max = 60,
		.help = "what the provider is called on the button, as Stockholms stad" },
	{ ROW("ISSUER", LINK, issuer), .min = 1, .max = 1000,
		.help = "its address, exactly as it writes it itself" },
	{ ROW("CLIENT_ID", TEXT, client_id), .min = 1, .max = 255,
		.help = "what we are called there" },
	{ ROW("KEY_FILE", PATH, key_file),
		.help = "our private keys as a JWK set, by synpunktctl oidc key" },
	{ ROW("SCOPE", TEXT, scope), .min = 6, .max = 500, .standard = "openid profile",
		.help = "what is asked for; openid is a part of it" },
	{ ROW("GROUPS", TEXT, groups), .min = 1, .max = 255, .standard = "groups",
		.help = "claim of the ID token that has the groups" },
	{ ROW("USERNAME", TEXT, username), .min = 1, .max = 255,
		.standard = "preferred_username",
		.help = "claim that a new account is named after" },
	{ ROW("ALGORITHMS", TEXT, algorithms), .min = 1, .max = 100,
		.standard = "RS256 PS256 ES256",
		.help = "signatures that are taken, by spaces" },
	{ ROW("ACR", TEXT, acr), .max = 500, .standard = "",
		.help = "values of acr, by spaces, that stand for a second factor; they "
			"are asked for" },
	{ ROW("AMR", TEXT, amr), .max = 500, .standard = "",
		.help = "values of amr, by spaces, one of which stands for a second "
			"factor" },
	{ 0 },
};

const struct settings_table oidc_config_table = { .prefix = "OIDC_", .rows = rows };

static bool name_read(const char *file, char ret[OIDC_NAME_SIZE])
{
	size_t n = strlen(file) - strlen(SUFFIX);

	if (n == 0 || n >= OIDC_NAME_SIZE ||
		strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
		return false;
	snprintf(ret, OIDC_NAME_SIZE, "%.*s", (int)n, file);
	return true;
}

static int keys_read(struct oidc_config *config, struct error *err)
{
	json_t *keys = json_load_file(config->key_file, JSON_REJECT_DUPLICATES, NULL);
	const json_t *list = json_object_get(keys, "keys"), *key;
	size_t i;

	config->keys = keys;
	json_array_foreach(list, i, key)
	{
		if (!jwt_key_is_private(key))
			return error_set(err, ERR_INVALID,
				"OIDC_KEY_FILE: key %zu of \"%.120s\" cannot sign",
				i + 1, config->key_file);
	}
	if (json_array_size(list) > 0)
		return 0;
	return error_set(err, ERR_INVALID,
		"OIDC_KEY_FILE: no private keys as a JWK set can be read in \"%.100s\"",
		config->key_file);
}

static int config_judge(
	const struct oidc_config *config, bool allows_http, struct error *err)
{
	if (!oidc_url_is_fair(config->issuer, allows_http) ||
		strchr(config->issuer, '?'))
		return error_set(err, ERR_INVALID,
			"OIDC_ISSUER of %s: an https address without a query",
			config->name);
	if (!jwt_algorithms_are_known(config->algorithms))
		return error_set(err, ERR_INVALID,
			"OIDC_ALGORITHMS of %s: of RS256 RS384 RS512 PS256 PS384 PS512 ES256 "
			"ES384 ES512, by spaces",
			config->name);
	if (strncmp(config->scope, "openid", 6) != 0 ||
		(config->scope[6] && config->scope[6] != ' '))
		return error_set(err, ERR_INVALID,
			"OIDC_SCOPE of %s begins with openid", config->name);
	return 0;
}

static int config_read(const struct options *options, const char *file,
	struct oidc_config *config, struct error *err)
{
	char path[PATH_SIZE];

	if (!name_read(file, config->name))
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_OIDC: \"%.60s\" is named with other than a-z, 0-9 and -",
			file);
	snprintf(path, sizeof(path), "%s/%s", options->oidc, file);
	config->settings = settings_load(&oidc_config_table, path, NULL, config, err);
	if (!config->settings || config_judge(config, options->oidc_private, err) < 0)
		return -1;
	return keys_read(config, err);
}

static int is_config(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n >= strlen(SUFFIX) && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + n - strlen(SUFFIX), SUFFIX);
}

/* The newest is nobody else's: an account is known by its issuer. */
static int issuer_judge(const struct oidc_configs *configs, struct error *err)
{
	const struct oidc_config *newest = &configs->items[configs->n - 1];

	for (size_t i = 0; i + 1 < configs->n; i++)
		if (!strcmp(configs->items[i].issuer, newest->issuer))
			return error_set(err, ERR_INVALID,
				"OIDC_ISSUER: %s and %s have the same",
				configs->items[i].name, newest->name);
	return 0;
}

static int folder_read(const struct options *options, struct dirent **files, int n,
	struct oidc_configs *configs, struct error *err)
{
	if (n > OIDC_PROVIDERS_MAX)
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_OIDC: more than %d providers", OIDC_PROVIDERS_MAX);
	for (int i = 0; i < n; i++) {
		configs->n++;
		if (config_read(options, files[i]->d_name, &configs->items[i], err) < 0)
			return -1;
		if (issuer_judge(configs, err) < 0)
			return -1;
	}
	return 0;
}

int oidc_configs_read(
	const struct options *options, struct oidc_configs *ret, struct error *err)
{
	struct oidc_configs configs = { 0 };
	struct dirent **files;
	int n, status;

	if (!options->oidc) {
		*ret = configs;
		return 0;
	}
	n = scandir(options->oidc, &files, is_config, alphasort);
	if (n < 0)
		return error_set(err, ERR_INVALID,
			"SYNPUNKT_OIDC: cannot read \"%.100s\": %s", options->oidc,
			strerror(errno));
	status = folder_read(options, files, n, &configs, err);
	/* The provider sends people back there: not where a request says that we are.
	 */
	if (status == 0 && configs.n > 0 && !options->public_url)
		status = error_set(err, ERR_INVALID,
			"SYNPUNKT_PUBLIC_URL must be set where there are providers");
	while (n > 0)
		mem_free(files[--n]);
	mem_free(files);
	if (status < 0)
		oidc_configs_clear(&configs);
	else
		*ret = configs;
	return status;
}

void oidc_configs_clear(struct oidc_configs *configs)
{
	for (size_t i = 0; i < configs->n; i++) {
		json_decref(configs->items[i].keys);
		settings_free(configs->items[i].settings);
	}
	configs->n = 0;
}
