#include "lib/template_set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base.h"
#include "lib/embed.h"
#include "lib/error.h"
#include "lib/mustache.h"

static const char template_suffix[] = ".mustache";

struct template_entry {
	char *name;
	struct mustache *mustache;
};

struct template_set {
	struct template_entry *entries; /* by name */
	size_t n;
};

/* The length of a template's name; 0 if the file is not one. */
static size_t template_name_length(const char *file)
{
	size_t n = strlen(file), suffix = sizeof(template_suffix) - 1;

	return n > suffix && strcmp(file + n - suffix, template_suffix) == 0
		       ? n - suffix
		       : 0;
}

static const struct mustache *template_find(
	const struct template_set *set, const char *name)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(set->entries[middle].name, name);

		if (order == 0)
			return set->entries[middle].mustache;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct mustache *template_partial(const char *name, void *arg)
{
	return template_find(arg, name);
}

static int template_add(
	struct template_set *set, const struct embed_file *file, struct error *err)
{
	struct template_entry *entry = &set->entries[set->n];
	struct error cause = { 0 };
	size_t n = template_name_length(file->name);

	entry->mustache =
		mustache_compile((const char *)file->bytes, file->size, &cause);
	if (!entry->mustache)
		return error_set(err, cause.code, "%s: %s", file->name, cause.text);
	entry->name = mem_new(n + 1);
	memcpy(entry->name, file->name, n);
	set->n++;
	return 0;
}

struct template_check {
	const struct template_set *set;
	const char *missing;
};

static void template_check_partial(const char *name, void *arg)
{
	struct template_check *check = arg;

	if (!template_find(check->set, name))
		check->missing = name;
}

static int template_check_all(const struct template_set *set, struct error *err)
{
	struct template_check check = { .set = set };

	for (size_t i = 0; i < set->n; i++) {
		mustache_partials(
			set->entries[i].mustache, template_check_partial, &check);
		if (check.missing)
			return error_set(err, ERR_INVALID,
				"%s.mustache: no template \"%s\"", set->entries[i].name,
				check.missing);
	}
	return 0;
}

static int template_order(const void *a, const void *b)
{
	const struct template_entry *one = a, *other = b;

	return strcmp(one->name, other->name);
}

struct template_set *template_set_new(const struct embed_file *files, struct error *err)
{
	struct template_set *set = mem_new(sizeof(*set));

	set->entries = mem_new((embed_count(files) + 1) * sizeof(*set->entries));
	for (; files->name; files++) {
		if (template_name_length(files->name) == 0)
			continue;
		if (template_add(set, files, err) < 0) {
			template_set_free(set);
			return NULL;
		}
	}
	/* "a-b.mustache" comes before "a.mustache", but "a" before "a-b". */
	qsort(set->entries, set->n, sizeof(*set->entries), template_order);
	if (template_check_all(set, err) < 0) {
		template_set_free(set);
		return NULL;
	}
	return set;
}

void template_set_free(struct template_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n; i++) {
		mustache_free(set->entries[i].mustache);
		mem_free(set->entries[i].name);
	}
	mem_free(set->entries);
	mem_free(set);
}

bool template_set_has(const struct template_set *set, const char *name)
{
	return template_find(set, name) != NULL;
}

int template_set_render(const struct template_set *set, const char *name,
	const json_t *data, struct evbuffer *out, struct error *err)
{
	const struct mustache *mustache = template_find(set, name);

	if (!mustache)
		return error_set(err, ERR_NOT_FOUND, "no template \"%s\"", name);
	return mustache_render(
		mustache, data, template_partial, (void *)(uintptr_t)set, out, err);
}
