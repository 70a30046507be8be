#include "lib/http_server.h"

#include <event2/buffer.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/http_parse.h"
#include "lib/json_write.h"

/* OpenAPI 3.1.0: one path item for each path, one operation for each line. */

struct openapi {
	struct json_write w;
	struct arena *arena;
	const struct http_route **routes; /* the documented ones of all tables */
	size_t n;
};

static size_t count_table(const struct http_route *route)
{
	size_t n = 0;

	for (; route->path; route++)
		n++;
	return n;
}

static void add_table(struct openapi *api, const struct http_route *route)
{
	for (; route->path; route++) {
		if (route->summary)
			api->routes[api->n++] = route;
	}
}

static void collect_routes(struct openapi *api, const struct http_route *const *tables)
{
	size_t n = 0;

	for (size_t i = 0; tables[i]; i++)
		n += count_table(tables[i]);
	api->routes = arena_array(api->arena, n, sizeof(const struct http_route *));
	for (size_t i = 0; tables[i]; i++)
		add_table(api, tables[i]);
}

static void print_schema_ref(struct openapi *api, const char *media, const char *schema)
{
	struct json_write *w = &api->w;

	jw_key(w, media);
	jw_object(w);
	if (schema) {
		jw_key(w, "schema");
		jw_object(w);
		jw_key_string(w, "$ref",
			arena_printf(api->arena, "#/components/schemas/%s", schema));
		jw_object_end(w);
	}
	jw_object_end(w);
}

static void print_parameter(
	struct openapi *api, const char *name, const char *in, bool required)
{
	struct json_write *w = &api->w;

	jw_object(w);
	jw_key_string(w, "name", name);
	jw_key_string(w, "in", in);
	jw_key_bool(w, "required", required);
	jw_key(w, "schema");
	jw_object(w);
	jw_key_string(w, "type", "string");
	jw_object_end(w);
	jw_object_end(w);
}

static void print_path_parameters(struct openapi *api, const char *path)
{
	for (path = strchr(path, '{'); path; path = strchr(path + 1, '{'))
		print_parameter(api,
			arena_dup_n(api->arena, path + 1, strcspn(path + 1, "}")),
			"path", true);
}

static void print_parameters(struct openapi *api, const struct http_route *route)
{
	const char *const *name;

	if (!strchr(route->path, '{') && !route->query && !route->header_names)
		return;
	jw_key(&api->w, "parameters");
	jw_array(&api->w);
	print_path_parameters(api, route->path);
	for (name = route->query; name && *name; name++)
		print_parameter(api, *name, "query", false);
	for (name = route->header_names; name && *name; name++)
		print_parameter(api, *name, "header", false);
	jw_array_end(&api->w);
}

static void print_request(struct openapi *api, const struct http_route *route)
{
	static const char *const json_only[] = { "application/json", NULL };
	const char *const *media = route->media ? route->media : json_only;

	if (!route->request)
		return;
	jw_key(&api->w, "requestBody");
	jw_object(&api->w);
	jw_key_bool(&api->w, "required", true);
	jw_key(&api->w, "content");
	jw_object(&api->w);
	for (; *media; media++)
		print_schema_ref(api, *media, route->request);
	jw_object_end(&api->w);
	jw_object_end(&api->w);
}

static void print_response(struct openapi *api, const char *status, const char *what,
	const char *media, const char *schema)
{
	struct json_write *w = &api->w;

	jw_key(w, status);
	jw_object(w);
	jw_key_string(w, "description", what);
	if (media) {
		jw_key(w, "content");
		jw_object(w);
		print_schema_ref(api, media, schema);
		jw_object_end(w);
	}
	jw_object_end(w);
}

static void print_operation(struct openapi *api, const struct http_route *route)
{
	struct json_write *w = &api->w;
	int success = route->success ? route->success : 200;
	char status[12];
	char *method = arena_dup(api->arena, http_method_name(route->method));

	for (char *p = method; *p; p++)
		*p |= 0x20;
	jw_key(w, method);
	jw_object(w);
	jw_key_string(w, "summary", route->summary);
	print_parameters(api, route);
	print_request(api, route);
	jw_key(w, "responses");
	jw_object(w);
	snprintf(status, sizeof(status), "%d", success);
	print_response(api, status, "Done", route->response ? "application/json" : NULL,
		route->response);
	print_response(api, "default", "What is wrong (RFC 9457)",
		"application/problem+json", "Problem");
	jw_object_end(w);
	jw_object_end(w);
}

/* The first line of a path prints those of all others too. */
static bool is_first_of_path(const struct openapi *api, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (strcmp(api->routes[i]->path, api->routes[at]->path) == 0)
			return false;
	}
	return true;
}

static void print_path(struct openapi *api, const char *path)
{
	jw_key(&api->w, path);
	jw_object(&api->w);
	for (size_t i = 0; i < api->n; i++) {
		if (strcmp(api->routes[i]->path, path) == 0)
			print_operation(api, api->routes[i]);
	}
	jw_object_end(&api->w);
}

static void print_paths(struct openapi *api)
{
	jw_key(&api->w, "paths");
	jw_object(&api->w);
	for (size_t i = 0; i < api->n; i++) {
		if (is_first_of_path(api, i))
			print_path(api, api->routes[i]->path);
	}
	jw_object_end(&api->w);
}

void http_openapi_print(struct evbuffer *out, const struct http_route *const *tables,
	const char *title, const char *version, const char *components_json)
{
	struct openapi api = { .arena = arena_new() };

	collect_routes(&api, tables);
	jw_init(&api.w, out);
	jw_object(&api.w);
	jw_key_string(&api.w, "openapi", "3.1.0");
	jw_key(&api.w, "info");
	jw_object(&api.w);
	jw_key_string(&api.w, "title", title);
	jw_key_string(&api.w, "version", version);
	jw_object_end(&api.w);
	print_paths(&api);
	jw_key_raw(&api.w, "components", components_json);
	jw_object_end(&api.w);
	arena_free(api.arena);
}
