/*
 * synpunktctl render TEMPLATE DATA.json [--partials DIR] - one template with one value.
 * {{>name}} is DIR/name, or DIR/name.mustache.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/mustache.h"
#include "server/ctl.h"

/* Partials read so far; a template may name itself, so they are compiled once. */
struct partial {
	const char *name;
	struct mustache *template;
	struct partial *next;
};

struct render {
	struct ctl *ctl;
	const char *folder;
	struct partial *partials;
	struct error err; /* of a partial that cannot be compiled */
};

static struct mustache *partial_read(struct render *render, const char *name)
{
	static const char *const endings[] = { "", ".mustache" };
	struct ctl *ctl = render->ctl;

	for (size_t i = 0; render->folder && i < ARRAY_LEN(endings); i++) {
		const char *path = arena_printf(
			ctl->arena, "%s/%s%s", render->folder, name, endings[i]);
		struct error err = { 0 };
		size_t size;
		char *text;

		/* A name like ../x would leave the folder. */
		if (strstr(name, "..") || access(path, R_OK) != 0)
			continue;
		text = ctl_file_read(ctl, path, &size, &err);
		if (text && render->err.code == ERR_NONE)
			return mustache_compile(text, size, &render->err);
	}
	return NULL;
}

static const struct mustache *partial_find(const char *name, void *arg)
{
	struct render *render = arg;
	struct partial *partial = render->partials;

	while (partial && strcmp(partial->name, name))
		partial = partial->next;
	if (!partial) {
		partial = arena_alloc(render->ctl->arena, sizeof(*partial));
		partial->name = arena_dup(render->ctl->arena, name);
		partial->template = partial_read(render, name);
		partial->next = render->partials;
		render->partials = partial;
	}
	return partial->template;
}

static int render_print(
	struct render *render, const char *text, size_t n, const json_t *data)
{
	struct ctl *ctl = render->ctl;
	struct error err = { 0 };
	struct mustache *template = mustache_compile(text, n, &err);
	struct evbuffer *out = evbuffer_new();
	int rc = template ? mustache_render(
				    template, data, partial_find, render, out, &err)
			  : -1;

	if (rc == 0 && render->err.code != ERR_NONE)
		err = render->err;
	if (err.code != ERR_NONE) {
		rc = ctl_fail(ctl, "%s", err.text);
	} else if (ctl->json) {
		size_t size = evbuffer_get_length(out);

		ctl_print_json(json_pack("{s:s%}", "text",
			size ? (const char *)evbuffer_pullup(out, -1) : "", size));
	} else {
		fwrite(evbuffer_pullup(out, -1), 1, evbuffer_get_length(out), stdout);
	}
	evbuffer_free(out);
	mustache_free(template);
	return rc;
}

int ctl_render(struct ctl *ctl, char **argv)
{
	struct render render = { .ctl = ctl };
	const struct ctl_option options[] = { { "--partials", &render.folder, NULL },
		{ 0 } };
	const char *words[2];
	struct error err = { 0 };
	json_error_t why;
	size_t n, n_data;
	char *text, *bytes;
	json_t *data;
	int rc = ctl_arguments(ctl, argv, options, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	text = ctl_file_read(ctl, words[0], &n, &err);
	bytes = text ? ctl_file_read(ctl, words[1], &n_data, &err) : NULL;
	if (!bytes)
		return ctl_fail(ctl, "%s", err.text);
	data = json_loadb(bytes, n_data, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	if (!data)
		return ctl_fail(ctl, "%s, line %d: %s", words[1], why.line, why.text);
	rc = render_print(&render, text, n, data);
	json_decref(data);
	for (; render.partials; render.partials = render.partials->next)
		mustache_free(render.partials->template);
	return rc;
}
