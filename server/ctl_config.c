/*
 * synpunktctl config - the settings as the server would read them; with --routes every
 * address that it answers on and who may call it, with --access who may do what with a
 * case, with --openapi the text at /api/v1/openapi.json.
 */
#include <stdio.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/error.h"
#include "lib/http_parse.h"
#include "server/access.h"
#include "server/ctl.h"
#include "server/openapi_http.h"
#include "server/options.h"
#include "server/page_words.h"
#include "server/routes.h"

static const struct {
	unsigned bit;
	const char *name;
} accesses[] = {
	{ ACCESS_ANYONE, "anyone" },
	{ ACCESS_CODE, "code" },
	{ ACCESS_CLIENT, "client" },
	{ ACCESS_OPERATOR, "operator" },
	{ ACCESS_STAFF, "staff" },
};

static json_t *route_json(const struct http_route *route, const char *side)
{
	json_t *access = json_array(), *media = json_array();

	for (size_t i = 0; i < ARRAY_LEN(accesses); i++) {
		if (route->access & accesses[i].bit)
			json_array_append_new(access, json_string(accesses[i].name));
	}
	for (const char *const *m = route->media; m && *m; m++)
		json_array_append_new(media, json_string(*m));
	return json_pack("{s:s, s:s, s:s, s:o, s:I, s:o, s:s?}", "side", side, "method",
		http_method_name(route->method), "path", route->path, "access", access,
		"maxBody", (json_int_t)route->max_body, "media", media, "summary",
		route->summary);
}

static void routes_add(
	json_t *list, const struct http_route *const *tables, const char *side)
{
	for (; *tables; tables++) {
		for (const struct http_route *route = *tables; route->path; route++)
			json_array_append_new(list, route_json(route, side));
	}
}

static void route_line_print(const json_t *route)
{
	const json_t *access = json_object_get(route, "access");

	printf("%-10s %-7s %-40s %9lld",
		json_string_value(json_object_get(route, "side")),
		json_string_value(json_object_get(route, "method")),
		json_string_value(json_object_get(route, "path")),
		json_integer_value(json_object_get(route, "maxBody")));
	for (size_t i = 0; i < json_array_size(access); i++)
		printf(" %s", json_string_value(json_array_get(access, i)));
	putchar('\n');
}

static int routes_print(struct ctl *ctl)
{
	json_t *list = json_array(), *route;
	size_t i;

	routes_add(list, routes_public, "public");
	routes_add(list, routes_ops, "operations");
	if (ctl->json) {
		ctl_print_json(list);
		return CTL_DONE;
	}
	json_array_foreach(list, i, route)
	{
		route_line_print(route);
	}
	json_decref(list);
	return CTL_DONE;
}

static void access_line_print(const json_t *row)
{
	const json_t *roles = json_object_get(row, "roles");

	printf("%-12s", json_string_value(json_object_get(row, "action")));
	for (size_t i = 0; i < json_array_size(roles); i++)
		printf(" %s", json_string_value(json_array_get(roles, i)));
	putchar('\n');
}

static int access_print(struct ctl *ctl)
{
	json_t *table = access_json(), *row;
	size_t i;

	if (ctl->json) {
		ctl_print_json(table);
		return CTL_DONE;
	}
	json_array_foreach(json_object_get(table, "actions"), i, row)
	{
		access_line_print(row);
	}
	json_decref(table);
	return CTL_DONE;
}

static int openapi_print(struct ctl *ctl)
{
	struct error err = { 0 };
	struct catalogue *catalogue = page_words_load(&err);
	struct evbuffer *out;

	if (!catalogue)
		return ctl_fail(ctl, "%s", err.text);
	out = evbuffer_new();
	openapi_write(out, routes_public, catalogue);
	catalogue_free(catalogue);
	evbuffer_add(out, "\n", 2);
	fputs((const char *)evbuffer_pullup(out, -1), stdout);
	evbuffer_free(out);
	return CTL_DONE;
}

int ctl_config(struct ctl *ctl, char **argv)
{
	const char *file = NULL;
	bool routes = false, access = false, openapi = false;
	const struct ctl_option cli[] = { { "--file", &file, NULL },
		{ "--routes", NULL, &routes }, { "--access", NULL, &access },
		{ "--openapi", NULL, &openapi }, { 0 } };
	struct options options = { 0 };
	struct error err = { 0 };
	struct settings *settings;
	struct evbuffer *out;
	int rc = ctl_arguments(ctl, argv, cli, NULL, 0);

	if (rc != 0)
		return rc;
	if (access)
		return access_print(ctl);
	if (routes)
		return routes_print(ctl);
	if (openapi)
		return openapi_print(ctl);
	settings = settings_load(&options_table, file,
		(const char *const *)(uintptr_t)environ, &options, &err);
	if (!settings)
		return ctl_fail(ctl, "%s", err.text);
	out = evbuffer_new();
	if (ctl->json)
		settings_print_json(settings, out);
	else
		settings_print_text(settings, out);
	evbuffer_add(out, "", 1);
	fputs((const char *)evbuffer_pullup(out, -1), stdout);
	evbuffer_free(out);
	settings_free(settings);
	return CTL_DONE;
}
