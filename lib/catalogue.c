#include "lib/catalogue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/catalogue_private.h"
#include "lib/embed.h"
#include "lib/error.h"
#include "lib/fault.h"
#include "lib/po.h"

static const char key_bytes[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

struct catalogue *catalogue_new(const char *base_language)
{
	struct catalogue *cat = mem_new(sizeof(*cat));

	assert(strlen(base_language) <= CATALOGUE_TAG_MAX);
	cat->arena = arena_new();
	memcpy(cat->base, base_language, strlen(base_language));
	return cat;
}

void catalogue_free(struct catalogue *cat)
{
	if (!cat)
		return;
	for (size_t i = 0; i < cat->n; i++) {
		if (!cat->borrows)
			mem_free(cat->languages[i].entries);
		json_decref(cat->languages[i].tree);
	}
	arena_free(cat->arena);
	mem_free(cat);
}

const struct catalogue_language *catalogue_language_find(
	const struct catalogue *cat, const char *tag, size_t n)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct catalogue_language *language = &cat->languages[i];

		if (strlen(language->tag) == n &&
			strncasecmp(language->tag, tag, n) == 0)
			return language;
	}
	return NULL;
}

/* Parts of letters, digits, - and _ with single dots between. */
static bool catalogue_key_is_good(const char *key)
{
	size_t n;

	for (;; key += n + 1) {
		n = strspn(key, key_bytes);
		if (n == 0)
			return false;
		if (key[n] != '.')
			return key[n] == '\0';
	}
}

struct catalogue_taking {
	struct catalogue *cat;
	struct catalogue_language *language;
};

static int catalogue_take(const struct po_entry *entry, void *arg, struct error *err)
{
	struct catalogue_taking *fill = arg;
	struct catalogue_language *language = fill->language;

	if (entry->id[0] == '\0')
		catalogue_about_read(fill->cat->arena, entry->text, &language->about);
	if (entry->id[0] == '\0' || entry->text[0] == '\0')
		return 0;
	if (!catalogue_key_is_good(entry->id))
		return error_set(err, ERR_INVALID,
			"line %u: \"%.60s\" is not a dotted key", entry->line,
			entry->id);
	if (language->n == CATALOGUE_TEXTS_MAX)
		return error_set(
			err, ERR_TOO_LARGE, "over %d texts", CATALOGUE_TEXTS_MAX);
	language->entries[language->n++] = (struct catalogue_entry){
		.key = arena_dup(fill->cat->arena, entry->id),
		.text = arena_dup(fill->cat->arena, entry->text),
		.fuzzy = entry->fuzzy,
	};
	return 0;
}

static int catalogue_entry_order(const void *a, const void *b)
{
	const struct catalogue_entry *one = a, *other = b;

	return strcmp(one->key, other->key);
}

static int catalogue_read(struct catalogue *cat, struct catalogue_language *language,
	const char *po, size_t n, struct error *err)
{
	struct catalogue_taking fill = { .cat = cat, .language = language };
	struct catalogue_entry *entries;

	language->entries = mem_new(CATALOGUE_TEXTS_MAX * sizeof(*entries));
	if (po_read(po, n, catalogue_take, &fill, err) < 0)
		return -1;
	entries = mem_grow(language->entries, (language->n + 1) * sizeof(*entries));
	language->entries = entries;
	qsort(entries, language->n, sizeof(*entries), catalogue_entry_order);
	for (size_t i = 1; i < language->n; i++) {
		if (strcmp(entries[i - 1].key, entries[i].key) == 0)
			return error_set(err, ERR_INVALID, "\"%s\" is there twice",
				entries[i].key);
	}
	return 0;
}

int catalogue_add(struct catalogue *cat, const char *language, const char *po, size_t n,
	struct error *err)
{
	struct catalogue_language *added = &cat->languages[cat->n];
	struct error cause = { 0 };
	size_t length = strlen(language);

	if (cat->n == CATALOGUE_LANGUAGES_MAX)
		return error_set(err, ERR_TOO_LARGE, "over %d languages",
			CATALOGUE_LANGUAGES_MAX);
	if (length == 0 || length > CATALOGUE_TAG_MAX ||
		catalogue_language_find(cat, language, length))
		return error_set(err, ERR_INVALID,
			"\"%.40s\" is no language tag, or there twice", language);
	if (catalogue_read(cat, added, po, n, &cause) < 0) {
		mem_free(added->entries);
		*added = (struct catalogue_language){ 0 };
		return error_set(err, cause.code, "%s.po: %s", language, cause.text);
	}
	memcpy(added->tag, language, length + 1);
	if (!added->about.name)
		added->about.name = added->tag;
	cat->n++;
	return 0;
}

int catalogue_add_files(
	struct catalogue *cat, const struct embed_file *files, struct error *err)
{
	char language[CATALOGUE_TAG_MAX + 1];

	for (; files->name; files++) {
		const char *name = strrchr(files->name, '/');
		size_t n;

		name = name ? name + 1 : files->name;
		n = strlen(name);
		if (n < 4 || strcmp(name + n - 3, ".po") != 0)
			continue;
		if (n - 3 > CATALOGUE_TAG_MAX)
			return error_set(
				err, ERR_INVALID, "%.80s: no language tag", name);
		memcpy(language, name, n - 3);
		language[n - 3] = '\0';
		if (catalogue_add(cat, language, (const char *)files->bytes,
			    files->size, err) < 0)
			return -1;
	}
	return 0;
}

size_t catalogue_tag_shorten(const char *tag, size_t n)
{
	while (n > 0 && tag[n - 1] != '-')
		n--;
	if (n > 0)
		n--;
	if (n >= 2 && tag[n - 2] == '-')
		n -= 2;
	return n;
}

static void catalogue_chain_add(
	struct catalogue_language *language, const struct catalogue *cat, size_t n)
{
	const struct catalogue_language *next =
		catalogue_language_find(cat, language->tag, n);

	if (next && language->n_chain < ARRAY_LEN(language->chain) - 1)
		language->chain[language->n_chain++] = (size_t)(next - cat->languages);
}

static void catalogue_make_chain(
	const struct catalogue *cat, struct catalogue_language *language, size_t base)
{
	size_t n = strlen(language->tag);

	for (; n > 0; n = catalogue_tag_shorten(language->tag, n))
		catalogue_chain_add(language, cat, n);
	if (language->chain[language->n_chain - 1] != base)
		language->chain[language->n_chain++] = base;
}

/* The object at the n bytes of a name, new if there is none; NULL if a text is there.
 */
static json_t *tree_branch(json_t *tree, const char *name, size_t n)
{
	json_t *branch = json_object_getn(tree, name, n);

	if (branch)
		return json_is_object(branch) ? branch : NULL;
	branch = json_object();
	return json_object_setn_new(tree, name, n, branch) < 0 ? NULL : branch;
}

/* Puts a text at a dotted key. */
static int tree_set(json_t *tree, const struct catalogue_entry *entry)
{
	const char *key = entry->key, *dot;

	for (dot = strchr(key, '.'); dot; dot = strchr(key, '.')) {
		tree = tree_branch(tree, key, (size_t)(dot - key));
		if (!tree)
			return -1;
		key = dot + 1;
	}
	if (json_is_object(json_object_get(tree, key)))
		return -1;
	return json_object_set_new(tree, key, json_string(entry->text));
}

static int tree_set_all(
	json_t *tree, const struct catalogue_language *from, struct error *err)
{
	for (size_t i = 0; i < from->n; i++) {
		if (tree_set(tree, &from->entries[i]) < 0)
			return error_set(err, ERR_INVALID,
				"%s.po: \"%s\" is both a text and the start of others",
				from->tag, from->entries[i].key);
	}
	return 0;
}

/* From the base language up, so that the language's own texts come last and stay. */
static int catalogue_make_tree(const struct catalogue *cat,
	struct catalogue_language *language, struct error *err)
{
	language->tree = json_object();
	for (size_t i = language->n_chain; i > 0; i--) {
		if (tree_set_all(language->tree,
			    &cat->languages[language->chain[i - 1]], err) < 0)
			return -1;
	}
	return 0;
}

int catalogue_finish(struct catalogue *cat, struct error *err)
{
	const struct catalogue_language *base =
		catalogue_language_find(cat, cat->base, strlen(cat->base));

	if (!base)
		return error_set(err, ERR_INVALID,
			"no texts in the base language \"%s\"", cat->base);
	for (size_t i = 0; i < cat->n; i++) {
		catalogue_make_chain(
			cat, &cat->languages[i], (size_t)(base - cat->languages));
		if (catalogue_make_tree(cat, &cat->languages[i], err) < 0)
			return -1;
	}
	return 0;
}

size_t catalogue_count(const struct catalogue *cat)
{
	return cat->n;
}

const char *catalogue_language(const struct catalogue *cat, size_t i)
{
	return cat->languages[i].tag;
}

const struct catalogue_language *catalogue_language_get(
	const struct catalogue *cat, const char *tag)
{
	const struct catalogue_language *language =
		tag ? catalogue_language_find(cat, tag, strlen(tag)) : NULL;

	return language ? language
			: catalogue_language_find(cat, cat->base, strlen(cat->base));
}

const struct catalogue_entry *catalogue_entry_find(
	const struct catalogue_language *language, const char *key)
{
	struct catalogue_entry wanted = { .key = key };

	return bsearch(&wanted, language->entries, language->n, sizeof(wanted),
		catalogue_entry_order);
}

json_t *catalogue_json(const struct catalogue *cat, const char *language)
{
	return catalogue_language_get(cat, language)->tree;
}

const char *catalogue_find(
	const struct catalogue *cat, const char *language, const char *key)
{
	const struct catalogue_language *from = catalogue_language_get(cat, language);

	for (size_t i = 0; i < from->n_own; i++) {
		if (!strcmp(from->own[i].key, key))
			return from->own[i].text;
	}
	for (size_t i = 0; i < from->n_chain; i++) {
		const struct catalogue_entry *entry =
			catalogue_entry_find(&cat->languages[from->chain[i]], key);

		if (entry)
			return entry->text;
	}
	return NULL;
}

const char *catalogue_text(
	const struct catalogue *cat, const char *language, const char *key)
{
	const char *text = catalogue_find(cat, language, key);

	return text ? text : key;
}

char *catalogue_format(struct arena *arena, const struct catalogue *cat,
	const char *language, const char *key, const struct text_value *values)
{
	return catalogue_fill(
		arena, cat, language, catalogue_text(cat, language, key), values);
}

const char *catalogue_fault(struct arena *arena, const struct catalogue *cat,
	const char *language, const struct fault *fault)
{
	const char *text = catalogue_find(cat, language, fault->key);

	return text ? catalogue_fill(arena, cat, language, text, fault->values)
		    : fault->reason;
}
