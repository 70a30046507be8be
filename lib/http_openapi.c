#include "lib/http_server.h"

#include <event2/buffer.h>
#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/http_parse.h"
#include "lib/json_write.h"

/* OpenAPI 3.1.0: one path item for each path, one operation for each line. */

struct openapi {
	const struct http_openapi *about;
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
	for (name = route->header_names; name && *name; name++) {
		if (strcmp(*name, "Authorization") != 0) /* the security says so */
			print_parameter(api, *name, "header", false);
	}
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
		print_schema_ref(api, *media,
			route->form && !strcmp(*media, "multipart/form-data")
				? route->form
				: route->request);
	jw_object_end(&api->w);
	jw_object_end(&api->w);
}

/* An answer that is no JSON: text, or bytes that a client keeps as they are. */
static void print_text(struct openapi *api, const char *media)
{
	struct json_write *w = &api->w;

	jw_key(w, media);
	jw_object(w);
	jw_key(w, "schema");
	jw_object(w);
	jw_key_string(w, "type", "string");
	if (strncmp(media, "text/", strlen("text/")) != 0)
		jw_key_string(w, "contentMediaType", media);
	jw_object_end(w);
	jw_object_end(w);
}

static void print_success(struct openapi *api, const struct http_route *route)
{
	struct json_write *w = &api->w;

	jw_key(w,
		arena_printf(api->arena, "%d", route->success ? route->success : 200));
	jw_object(w);
	jw_key_string(w, "description", "Done");
	if (route->response || route->answers) {
		jw_key(w, "content");
		jw_object(w);
		if (route->response)
			print_schema_ref(api, "application/json", route->response);
		for (const char *const *a = route->answers; a && *a; a++)
			print_text(api, *a);
		jw_object_end(w);
	}
	jw_object_end(w);
}

/* ---- what may be wrong ---- */

static bool has_request(const struct openapi *api, const struct http_route *route)
{
	(void)api;
	return route->request != NULL;
}

static bool has_input(const struct openapi *api, const struct http_route *route)
{
	(void)api;
	return route->request || route->query;
}

static bool has_name(const struct openapi *api, const struct http_route *route)
{
	(void)api;
	return strchr(route->path, '{') != NULL;
}

static const struct http_openapi_key *key_of(
	const struct openapi *api, const struct http_route *route)
{
	const struct http_openapi_key *key = api->about->keys;

	while (key && key->scheme && !(key->access & route->access))
		key++;
	return key && key->scheme ? key : NULL;
}

static bool has_key(const struct openapi *api, const struct http_route *route)
{
	return key_of(api, route) != NULL;
}

static bool has_version(const struct openapi *api, const struct http_route *route)
{
	const char *const *name = route->header_names;

	(void)api;
	while (name && *name && strcmp(*name, "If-Match") != 0)
		name++;
	return name && *name;
}

/* Of the components' responses: what it says is there, once for all. */
static const struct {
	const char *status, *name;
	bool (*may)(const struct openapi *api, const struct http_route *route);
} problems[] = {
	{ "400", "Unreadable", has_request },
	{ "401", "NotSignedIn", has_key },
	{ "403", "NotAllowed", has_key },
	{ "404", "NotFound", has_name },
	{ "409", "NotAsItStands", has_version },
	{ "413", "TooLarge", has_request },
	{ "415", "OtherMediaType", has_request },
	{ "422", "Invalid", has_input },
	{ "428", "NoVersion", has_version },
	{ "default", "Problem", NULL },
};

static void print_problems(struct openapi *api, const struct http_route *route)
{
	for (size_t i = 0; i < ARRAY_LEN(problems); i++) {
		if (problems[i].may && !problems[i].may(api, route))
			continue;
		jw_key(&api->w, problems[i].status);
		jw_object(&api->w);
		jw_key_string(&api->w, "$ref",
			arena_printf(api->arena, "#/components/responses/%s",
				problems[i].name));
		jw_object_end(&api->w);
	}
}

/* ---- who may call it ---- */

static void print_key(struct json_write *w, const char *scheme)
{
	jw_key(w, scheme);
	jw_array(w);
	jw_array_end(w);
}

static void print_security(struct openapi *api, const struct http_route *route)
{
	const struct http_openapi_key *key = key_of(api, route);
	struct json_write *w = &api->w;

	jw_key(w, "security");
	jw_array(w);
	if (key && (route->access & api->about->anyone)) {
		jw_object(w);
		jw_object_end(w);
	}
	if (key) {
		jw_object(w);
		print_key(w, key->scheme);
		if (key->changes && route->method != HTTP_GET)
			print_key(w, key->changes);
		jw_object_end(w);
	}
	jw_array_end(w);
}

/* ---- names ---- */

/* Behind the prefix that all have. */
static const char *short_path(const struct openapi *api, const char *path)
{
	size_t n = api->about->prefix ? strlen(api->about->prefix) : 0;

	return strncmp(path, api->about->prefix ? api->about->prefix : "", n)
		       ? path + 1
		       : path + n;
}

static const char *tag_of(struct openapi *api, const char *path)
{
	path = short_path(api, path);
	return arena_dup_n(api->arena, path, strcspn(path, "/"));
}

static char upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 0x20 : c);
}

/* "postCasesByNumberMessages": the method and the path, which nothing else has. */
static const char *operation_id(
	struct openapi *api, const char *method, const char *path)
{
	const char *from = short_path(api, path);
	size_t n = strlen(method);
	char *id = arena_alloc(api->arena, n + strlen(from) * 3 + 1), *to = id + n;
	bool begins = true;

	memcpy(id, method, n);
	for (; *from; from++) {
		bool letter = strchr("/-{}._", *from) == NULL;

		if (*from == '{') {
			memcpy(to, "By", 2);
			to += 2;
		} else if (letter) {
			*to++ = begins ? upper(*from) : *from;
		}
		begins = !letter;
	}
	*to = '\0';
	return id;
}

static void print_operation(struct openapi *api, const struct http_route *route)
{
	struct json_write *w = &api->w;
	char *method = arena_dup(api->arena, http_method_name(route->method));

	for (char *p = method; *p; p++)
		*p |= 0x20;
	jw_key(w, method);
	jw_object(w);
	jw_key_string(w, "operationId", operation_id(api, method, route->path));
	jw_key(w, "tags");
	jw_array(w);
	jw_string(w, tag_of(api, route->path));
	jw_array_end(w);
	jw_key_string(w, "summary", route->summary);
	print_security(api, route);
	print_parameters(api, route);
	print_request(api, route);
	jw_key(w, "responses");
	jw_object(w);
	print_success(api, route);
	print_problems(api, route);
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

static bool is_first_of_tag(struct openapi *api, size_t at)
{
	const char *tag = tag_of(api, api->routes[at]->path);

	for (size_t i = 0; i < at; i++) {
		if (!strcmp(tag_of(api, api->routes[i]->path), tag))
			return false;
	}
	return true;
}

static void print_tags(struct openapi *api)
{
	struct json_write *w = &api->w;

	jw_key(w, "tags");
	jw_array(w);
	for (size_t i = 0; i < api->n; i++) {
		if (!is_first_of_tag(api, i))
			continue;
		jw_object(w);
		jw_key_string(w, "name", tag_of(api, api->routes[i]->path));
		jw_object_end(w);
	}
	jw_array_end(w);
}

void http_openapi_print(struct evbuffer *out, const struct http_route *const *tables,
	const struct http_openapi *about)
{
	struct openapi api = { .about = about, .arena = arena_new() };

	collect_routes(&api, tables);
	jw_init(&api.w, out);
	jw_object(&api.w);
	jw_key_string(&api.w, "openapi", "3.1.0");
	jw_key(&api.w, "info");
	jw_object(&api.w);
	jw_key_string(&api.w, "title", about->title);
	if (about->description)
		jw_key_string(&api.w, "description", about->description);
	jw_key_string(&api.w, "version", about->version);
	jw_object_end(&api.w);
	print_tags(&api);
	print_paths(&api);
	jw_key_raw(&api.w, "components", about->components_json);
	jw_object_end(&api.w);
	arena_free(api.arena);
}
