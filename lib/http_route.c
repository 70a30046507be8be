#include "lib/http_route.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http_parse.h"
#include "lib/link_values.h"

struct route_entry {
	const struct http_route *route;
	const char *names[HTTP_VALUES_MAX + 1]; /* in the path's order; NULL ends */
};

/* What may follow a path so far. Children are few, and sorted. */
struct route_node {
	const char *segment;
	struct route_node **children; /* literal ones */
	size_t n_children;
	struct route_node *any; /* {name} */
	struct route_entry *entries[HTTP_OPTIONS + 1];
	unsigned methods;
};

/* The tree is never changed after it was made, and goes as a whole. */
struct http_routes {
	struct arena *arena;
	struct route_node *root;
};

struct route_path {
	size_t n;
	struct {
		char *text;
		size_t n;
	} segments[HTTP_SEGMENTS_MAX];
};

/* Where the segment stands among the children, or would. */
static size_t child_place(
	const struct route_node *node, const char *segment, bool *found)
{
	size_t low = 0, high = node->n_children;

	*found = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(segment, node->children[middle]->segment);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static struct route_node *child_add(
	struct arena *arena, struct route_node *node, const char *segment)
{
	bool found;
	size_t place = child_place(node, segment, &found);
	struct route_node **more;

	if (found)
		return node->children[place];
	more = arena_array(arena, node->n_children + 1, sizeof(struct route_node *));
	for (size_t i = 0; i < node->n_children; i++)
		more[i < place ? i : i + 1] = node->children[i];
	more[place] = arena_alloc(arena, sizeof(struct route_node));
	more[place]->segment = segment;
	node->children = more;
	node->n_children++;
	return more[place];
}

static struct route_node *any_add(struct arena *arena, struct route_node *node)
{
	if (!node->any)
		node->any = arena_alloc(arena, sizeof(*node->any));
	return node->any;
}

static int entry_add_name(
	struct route_entry *entry, const char *name, struct error *err)
{
	size_t n = 0;

	for (; entry->names[n]; n++) {
		if (strcmp(entry->names[n], name) == 0)
			return error_set(err, ERR_INVALID,
				"route \"%s\" has {%s} twice", entry->route->path,
				name);
	}
	if (n == HTTP_VALUES_MAX)
		return error_set(err, ERR_INVALID, "route \"%s\" has too many names",
			entry->route->path);
	entry->names[n] = name;
	return 0;
}

/* "{name}" gives name, anything else NULL. */
static const char *segment_name(struct arena *arena, const char *segment, size_t n)
{
	if (n < 3 || segment[0] != '{' || segment[n - 1] != '}')
		return NULL;
	return arena_dup_n(arena, segment + 1, n - 2);
}

static int route_check(const struct http_route *route, struct error *err)
{
	if (route->path[0] != '/')
		return error_set(err, ERR_INVALID,
			"route \"%s\" does not begin with a slash", route->path);
	if (route->access == 0)
		return error_set(err, ERR_INVALID,
			"route \"%s\" says nothing about access", route->path);
	if (!route->handle)
		return error_set(
			err, ERR_INVALID, "route \"%s\" has no handler", route->path);
	if (route->method < HTTP_GET || route->method > HTTP_OPTIONS ||
		route->method == HTTP_HEAD)
		return error_set(err, ERR_INVALID, "route \"%s\" has a wrong method",
			route->path);
	return 0;
}

static int node_set(
	struct route_node *node, struct route_entry *entry, struct error *err)
{
	const struct http_route *route = entry->route;

	if (node->entries[route->method])
		return error_set(err, ERR_CONFLICT, "route \"%s %s\" stands twice",
			http_method_name(route->method), route->path);
	node->entries[route->method] = entry;
	node->methods |= 1u << route->method | 1u << HTTP_OPTIONS;
	if (route->method == HTTP_GET)
		node->methods |= 1u << HTTP_HEAD;
	return 0;
}

static int routes_add(
	struct http_routes *routes, const struct http_route *route, struct error *err)
{
	struct route_entry *entry = arena_alloc(routes->arena, sizeof(*entry));
	struct route_node *node = routes->root;
	const char *segment = route->path, *name;
	size_t n, depth = 0;

	if (route_check(route, err) < 0)
		return -1;
	entry->route = route;
	while (*segment == '/') {
		segment++;
		n = strcspn(segment, "/");
		name = segment_name(routes->arena, segment, n);
		if (name && entry_add_name(entry, name, err) < 0)
			return -1;
		if (++depth > HTTP_SEGMENTS_MAX)
			return error_set(err, ERR_INVALID, "route \"%s\" is too deep",
				route->path);
		node = name ? any_add(routes->arena, node)
			    : child_add(routes->arena, node,
				      arena_dup_n(routes->arena, segment, n));
		segment += n;
	}
	return node_set(node, entry, err);
}

static int routes_add_table(
	struct http_routes *routes, const struct http_route *route, struct error *err)
{
	for (; route->path; route++) {
		if (routes_add(routes, route, err) < 0)
			return -1;
	}
	return 0;
}

struct http_routes *http_routes_new(
	const struct http_route *const *tables, struct error *err)
{
	struct arena *arena = arena_new();
	struct http_routes *routes = arena_alloc(arena, sizeof(*routes));

	routes->arena = arena;
	routes->root = arena_alloc(arena, sizeof(*routes->root));
	for (; *tables; tables++) {
		if (routes_add_table(routes, *tables, err) < 0) {
			http_routes_free(routes);
			return NULL;
		}
	}
	return routes;
}

void http_routes_free(struct http_routes *routes)
{
	if (routes)
		arena_free(routes->arena);
}

/* Cuts first, then decodes: an encoded slash is part of its segment. The escapes
 * were checked with the target. False: more segments than any route has. */
static bool path_cut(struct arena *arena, const char *raw, struct route_path *ret)
{
	char *copy = arena_dup(arena, raw), *end;

	ret->n = 0;
	while (*copy == '/') {
		char *segment = copy + 1;
		bool last;
		ssize_t n;

		if (ret->n == HTTP_SEGMENTS_MAX)
			return false;
		end = segment + strcspn(segment, "/");
		last = *end == '\0';
		n = link_decode(segment, (size_t)(end - segment), false, segment);
		if (n < 0)
			return false;
		copy = end;
		ret->segments[ret->n].text = segment;
		ret->segments[ret->n++].n = (size_t)n;
		if (last)
			break;
	}
	return true;
}

static void path_end_segments(struct route_path *path)
{
	/* Only now: the slash after a segment was still to be read above. */
	for (size_t i = 0; i < path->n; i++)
		path->segments[i].text[path->segments[i].n] = '\0';
}

/* Depth first, a literal before a name. HTTP_SEGMENTS_MAX bounds the depth; with
 * two ways at most at each step of our own tables, so is the work. */
static const struct route_node *node_find(const struct route_node *node,
	const struct route_path *path, size_t at, size_t n_values, const char **values)
{
	const struct route_node *hit;
	const char *segment;
	bool found;
	size_t place;

	if (at == path->n)
		return node->methods ? node : NULL;
	segment = path->segments[at].text;
	place = child_place(node, segment, &found);
	if (found) {
		hit = node_find(node->children[place], path, at + 1, n_values, values);
		if (hit)
			return hit;
	}
	/* An empty segment is nobody's name. */
	if (!node->any || *segment == '\0' || n_values == HTTP_VALUES_MAX)
		return NULL;
	hit = node_find(node->any, path, at + 1, n_values + 1, values);
	if (hit)
		values[n_values] = segment;
	return hit;
}

void http_routes_match(const struct http_routes *routes, struct arena *arena,
	const char *raw_path, enum http_method method, struct http_match *ret)
{
	struct http_match match = { 0 };
	const struct route_node *node;
	const struct route_entry *entry;
	struct route_path path;

	*ret = match;
	if (!path_cut(arena, raw_path, &path))
		return;
	path_end_segments(&path);
	node = node_find(routes->root, &path, 0, 0, match.values);
	if (!node)
		return;
	match.methods = node->methods;
	entry = node->entries[method == HTTP_HEAD ? HTTP_GET : method];
	if (entry) {
		match.route = entry->route;
		match.names = entry->names;
	}
	*ret = match;
}

const char *http_routes_allow(struct arena *arena, unsigned methods)
{
	const char *allow = "";

	for (unsigned i = HTTP_GET; i <= HTTP_OPTIONS; i++) {
		if (methods & 1u << i)
			allow = arena_printf(arena, "%s%s%s", allow, *allow ? ", " : "",
				http_method_name((enum http_method)i));
	}
	return allow;
}
