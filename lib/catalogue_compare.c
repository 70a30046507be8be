#include "lib/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

/* Checks on translations: what is missing, what has other placeholders. */

static bool has_placeholders_of(const char *text, const char *other)
{
	size_t n = 0;

	for (other = text_format_next(other, &n); other;
		other = text_format_next(other + n, &n)) {
		if (!memmem(text, strlen(text), other, n))
			return false;
	}
	return true;
}

/* Texts that the other language lacks; and, if asked, placeholders that differ. */
static size_t compare_one_way(const struct catalogue_language *from,
	const struct catalogue_language *to, bool placeholders,
	catalogue_differ_fn *differ, void *arg)
{
	char missing[64];
	size_t n = 0;

	snprintf(missing, sizeof(missing), "missing in %s", to->tag);
	for (size_t i = 0; i < from->n; i++) {
		const struct catalogue_entry *one = &from->entries[i], *other;
		const char *why = NULL;

		other = catalogue_entry_find(to, one->key);
		if (!other)
			why = missing;
		else if (placeholders &&
			 (!has_placeholders_of(one->text, other->text) ||
				 !has_placeholders_of(other->text, one->text)))
			why = "placeholders differ";
		if (!why)
			continue;
		n++;
		if (differ)
			differ(one->key, why, arg);
	}
	return n;
}

size_t catalogue_compare(const struct catalogue *cat, const char *one,
	const char *other, catalogue_differ_fn *differ, void *arg)
{
	static const struct catalogue_language none = { .tag = "?" };
	const struct catalogue_language *a = catalogue_language_find(
						cat, one, strlen(one)),
					*b = catalogue_language_find(
						cat, other, strlen(other));

	a = a ? a : &none;
	b = b ? b : &none;
	return compare_one_way(a, b, true, differ, arg) +
	       compare_one_way(b, a, false, differ, arg);
}

void catalogue_measure(
	const struct catalogue *cat, const char *language, struct catalogue_state *ret)
{
	const struct catalogue_language *own = catalogue_language_find(
						cat, language, strlen(language)),
					*base = catalogue_language_find(
						cat, cat->base, strlen(cat->base));

	*ret = (struct catalogue_state){ 0 };
	if (!own)
		return;
	ret->texts = own->n;
	for (size_t i = 0; i < own->n; i++)
		ret->unreviewed += own->entries[i].fuzzy;
	ret->missing = compare_one_way(base, own, false, NULL, NULL);
}
