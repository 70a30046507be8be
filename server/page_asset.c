#include "server/page_asset.h"

#include <stdio.h>
#include <string.h>

#include "clients/app/embedded.h"
#include "clients/desk/embedded.h"
#include "clients/resident/embedded.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http.h"

#define TAG_CHARS 16
#define LINK_SIZE 128

/* What is served, and nothing else that is embedded. */
static const struct {
	const char *key; /* in the templates: {{assets.style}} */
	const char *name;
	const char *type;
	const struct embed_file *files;
} assets[] = {
	{ "style", "site.css", "text/css; charset=utf-8", style_files },
	{ "script", "resident.js", "text/javascript; charset=utf-8", resident_files },
	{ "mapStyle", "map.css", "text/css; charset=utf-8", bundle_files },
	{ "mapScript", "map.js", "text/javascript; charset=utf-8", bundle_files },
	{ "mapVector", "map-vector.js", "text/javascript; charset=utf-8", app_files },
	{ "formScript", "form.js", "text/javascript; charset=utf-8", bundle_files },
	{ "icon", "favicon.svg", "image/svg+xml", resident_files },
	{ "deskStyle", "desk.css", "text/css; charset=utf-8", desk_files },
	{ "deskScript", "desk.js", "text/javascript; charset=utf-8", desk_files },
};

/* The app names its files itself (clients/app/bundle.py), by what they are. */
static const struct {
	const char *ending, *type;
} app_types[] = {
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".json", "application/json; charset=utf-8" },
	{ ".png", "image/png" },
	{ ".svg", "image/svg+xml" },
};

/* The tag is the entity tag's digits: 16 of SHA-256, without the quotes. */
static void asset_link(const struct embed_file *file, char ret[LINK_SIZE])
{
	snprintf(ret, LINK_SIZE, "/static/%.*s/%s", TAG_CHARS, file->etag + 1,
		file->name);
}

json_t *page_asset_links(void)
{
	json_t *links = json_object();

	for (size_t i = 0; i < ARRAY_LEN(assets); i++) {
		const struct embed_file *file =
			embed_find(assets[i].files, assets[i].name);
		char link[LINK_SIZE];

		asset_link(file, link);
		json_object_set_new(links, assets[i].key, json_string(link));
	}
	return links;
}

static void asset_reply(struct http_request *req, const struct embed_file *file,
	const char *type, bool current)
{
	/* A page from before an upgrade may ask for the content it knew: it gets the
	 * present one, which is not what that address stands for. */
	http_set_header(req, "Cache-Control",
		current ? "public, max-age=31536000, immutable" : "no-cache");
	if (http_reply_unchanged(req, file->etag))
		return;
	http_reply_static(req, file->bytes, file->size, type);
}

static const char *app_type(const char *name)
{
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending && i < ARRAY_LEN(app_types); i++)
		if (!strcmp(ending, app_types[i].ending))
			return app_types[i].type;
	return NULL;
}

static bool is_desk_part(const char *name)
{
	return !strncmp(name, DESK_PART, strlen(DESK_PART));
}

/* NULL if there is no such file. */
static const struct embed_file *asset_find(const char *name, const char **ret_type)
{
	for (size_t i = 0; i < ARRAY_LEN(assets); i++) {
		if (strcmp(name, assets[i].name) != 0)
			continue;
		*ret_type = assets[i].type;
		return embed_find(assets[i].files, name);
	}
	*ret_type = app_type(name);
	if (is_desk_part(name))
		return *ret_type ? embed_find(desk_files, name) : NULL;
	return *ret_type ? embed_find(app_files, name) : NULL;
}

void page_asset_get(struct http_request *req)
{
	const char *tag = http_path_value(req, "tag");
	const char *name = http_path_value(req, "name");
	const char *type;
	const struct embed_file *file = asset_find(name, &type);
	struct error err = { 0 };

	if (file) {
		/* A part is asked for beside the script that names it, under the tag of
		 * that; its own name says what it holds. */
		asset_reply(req, file, type,
			is_desk_part(name) ||
				(strlen(tag) == TAG_CHARS &&
					!strncmp(tag, file->etag + 1, TAG_CHARS)));
		return;
	}
	error_set(&err, ERR_NOT_FOUND, "there is no such file");
	http_reply_error(req, &err);
}
