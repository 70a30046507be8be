#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue.h"
#include "lib/catalogue_private.h"

/* A catalogue with other words for some texts. The languages' own entries are the first
 * catalogue's; the few that differ stand beside them, and of a tree only the branches
 * that lead to them are new. */

/* An object of our own at the n bytes of a name, with what is there. NULL if a text is.
 */
static json_t *branch_own(json_t *tree, const char *name, size_t n)
{
	json_t *there = json_object_getn(tree, name, n), *own;

	if (there && !json_is_object(there))
		return NULL;
	own = there ? json_copy(there) : json_object();
	return json_object_setn_new(tree, name, n, own) < 0 ? NULL : own;
}

/* Lines with nothing in them part paragraphs; single line ends are kept by none. */
static json_t *paragraphs(const char *text)
{
	json_t *list = json_array();
	const char *end;

	for (; *text; text = end + strspn(end, "\n")) {
		end = strstr(text, "\n\n");
		end = end ? end : text + strlen(text);
		if (end > text)
			json_array_append_new(
				list, json_stringn(text, (size_t)(end - text)));
	}
	return list;
}

static void tree_put(json_t *tree, const struct catalogue_own *own)
{
	const char *key = own->key, *dot;

	for (dot = strchr(key, '.'); tree && dot; dot = strchr(key, '.')) {
		tree = branch_own(tree, key, (size_t)(dot - key));
		key = dot + 1;
	}
	if (tree && !json_is_object(json_object_get(tree, key)))
		json_object_set_new(tree, key,
			own->paragraphs ? paragraphs(own->text)
					: json_string(own->text));
}

static void own_add(struct arena *arena, struct catalogue_language *language,
	const struct catalogue_own *own)
{
	for (size_t i = 0; i < language->n_own; i++) {
		if (!strcmp(language->own[i].key, own->key)) {
			language->own[i].text = arena_dup(arena, own->text);
			return;
		}
	}
	language->own[language->n_own++] = (struct catalogue_entry){
		.key = arena_dup(arena, own->key),
		.text = arena_dup(arena, own->text),
	};
}

static void language_put(struct arena *arena, struct catalogue_language *language,
	const struct catalogue_own *own, size_t n)
{
	const struct catalogue_entry *held = language->own;
	size_t n_held = language->n_own;

	language->own = arena_array(arena, n_held + n, sizeof(*language->own));
	language->n_own = 0;
	language->tree = json_copy(language->tree);
	for (size_t i = 0; i < n_held; i++)
		own_add(arena, language,
			&(struct catalogue_own){
				.key = held[i].key, .text = held[i].text });
	for (size_t i = 0; i < n; i++) {
		if (strcmp(own[i].language, language->tag) != 0)
			continue;
		own_add(arena, language, &own[i]);
		tree_put(language->tree, &own[i]);
	}
}

struct catalogue *catalogue_with(
	const struct catalogue *cat, const struct catalogue_own *own, size_t n)
{
	struct catalogue *with = mem_new(sizeof(*with));

	*with = *cat;
	with->arena = arena_new();
	with->borrows = true;
	for (size_t i = 0; i < with->n; i++)
		language_put(with->arena, &with->languages[i], own, n);
	return with;
}
