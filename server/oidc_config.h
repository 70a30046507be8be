/*
 * oidc_config - the OpenID providers that staff may sign in with, as the operator has
 * set them: a folder with a file of NAME=VALUE lines for each, NAME.conf, read like the
 * server's own settings. The file's name is the provider's in our addresses.
 */
#ifndef SYNPUNKT_SERVER_OIDC_CONFIG_H
#define SYNPUNKT_SERVER_OIDC_CONFIG_H

#include <stddef.h>

#include <jansson.h>

#include "lib/settings.h"

struct error;

#define OIDC_PROVIDERS_MAX 8
#define OIDC_NAME_SIZE 33

struct oidc_config {
	char name[OIDC_NAME_SIZE];
	const char *label, *issuer, *client_id, *key_file, *scope;
	const char *groups, *username; /* claims */
	const char *algorithms;
	const char *acr, *amr; /* what tells of a second factor; NULL: nothing does */
	json_t *keys;          /* ours, private: {"keys": […]}, the first signs */
	struct settings *settings; /* owns the texts */
};

struct oidc_configs {
	struct oidc_config items[OIDC_PROVIDERS_MAX];
	size_t n;
};

extern const struct settings_table oidc_config_table;

/* folder NULL: none. The files are read where this runs: at the start, not on the loop.
 * On an error nothing is left to clear. */
struct options;
int oidc_configs_read(
	const struct options *options, struct oidc_configs *ret, struct error *err);
void oidc_configs_clear(struct oidc_configs *configs);

#endif
