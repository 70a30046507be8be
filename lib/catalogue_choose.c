#include "lib/catalogue.h"

#include <string.h>
#include <strings.h>

#include "lib/catalogue_private.h"

/* Which language a request wants: Accept-Language (RFC 9110, 12.5.4) by lookup (RFC
 * 4647, 3.4). */

struct language_range {
	const char *tag;
	size_t n;
	int weight; /* 0 to 1000; -1: used up */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_space(const char *text)
{
	while (is_space(*text))
		text++;
	return text;
}

/* qvalue of RFC 9110, 12.4.2, in thousandths; -1 if it is none. */
static int weight_parse(const char *text, const char **ret_end)
{
	int weight, scale = 100;

	if (*text != '0' && *text != '1')
		return -1;
	weight = (*text++ - '0') * 1000;
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9' && scale > 0; scale /= 10)
			weight += (*text++ - '0') * scale;
	}
	*ret_end = text;
	return weight <= 1000 ? weight : -1;
}

/* One element of the list, which ends at end. */
static bool range_parse(const char *text, const char *end, struct language_range *ret)
{
	text = skip_space(text);
	ret->tag = text;
	while (text < end && *text != ';' && !is_space(*text))
		text++;
	ret->n = (size_t)(text - ret->tag);
	ret->weight = 1000;
	text = skip_space(text);
	if (text < end && *text == ';') {
		text = skip_space(text + 1);
		if (text + 1 >= end || (*text != 'q' && *text != 'Q') || text[1] != '=')
			return false;
		ret->weight = weight_parse(text + 2, &text);
		if (ret->weight < 0)
			return false;
		text = skip_space(text);
	}
	return text == end && ret->n > 0 && ret->n <= CATALOGUE_TAG_MAX;
}

static size_t ranges_parse(
	const char *header, struct language_range ret[static CATALOGUE_RANGES_MAX])
{
	size_t n = 0;
	const char *end;

	while (*header && n < CATALOGUE_RANGES_MAX) {
		end = header + strcspn(header, ",");
		if (range_parse(header, end, &ret[n]))
			n++;
		header = *end ? end + 1 : end;
	}
	return n;
}

static bool range_refuses(
	const struct language_range *ranges, size_t n, const char *language)
{
	for (size_t i = 0; i < n; i++) {
		if (ranges[i].weight == 0 && ranges[i].n == strlen(language) &&
			strncasecmp(ranges[i].tag, language, ranges[i].n) == 0)
			return true;
	}
	return false;
}

static const char *lookup(const struct catalogue *cat, const char *tag, size_t n)
{
	for (; n > 0; n = catalogue_tag_shorten(tag, n)) {
		const struct catalogue_language *language =
			catalogue_language_find(cat, tag, n);

		if (language)
			return language->tag;
	}
	return NULL;
}

/* "*": the base language, or the first that is not refused. */
static const char *lookup_any(
	const struct catalogue *cat, const struct language_range *ranges, size_t n)
{
	if (!range_refuses(ranges, n, cat->base))
		return cat->base;
	for (size_t i = 0; i < cat->n; i++) {
		if (!range_refuses(ranges, n, cat->languages[i].tag))
			return cat->languages[i].tag;
	}
	return NULL;
}

/* The heaviest range not tried yet, the first of equals; NULL at the end. */
static struct language_range *range_next(struct language_range *ranges, size_t n)
{
	struct language_range *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (ranges[i].weight > (best ? best->weight : 0))
			best = &ranges[i];
	}
	return best;
}

static const char *choose_by_header(const struct catalogue *cat, const char *header)
{
	struct language_range ranges[CATALOGUE_RANGES_MAX], *range;
	size_t n = ranges_parse(header, ranges);
	const char *language;

	for (range = range_next(ranges, n); range; range = range_next(ranges, n)) {
		range->weight = -1;
		if (range->n == 1 && range->tag[0] == '*')
			language = lookup_any(cat, ranges, n);
		else
			language = lookup(cat, range->tag, range->n);
		if (language && !range_refuses(ranges, n, language))
			return language;
	}
	return NULL;
}

const char *catalogue_choose(
	const struct catalogue *cat, const char *asked, const char *accept_language)
{
	size_t n = asked ? strlen(asked) : 0;
	const char *language = NULL;

	if (n > 0 && n <= CATALOGUE_TAG_MAX)
		language = lookup(cat, asked, n);
	if (!language && accept_language)
		language = choose_by_header(cat, accept_language);
	return language ? language : cat->base;
}
