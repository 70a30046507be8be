#include "server/order_marks.h"

#include <string.h>

#include "server/day.h"
#include "server/email_address.h"
#include "server/identity_number.h"
#include "server/stamp.h"

#define EACH_MAX 20
#define WORD_MAX 254 /* of an address */
#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15

static void mark(json_t *list, const char *kind, const char *text, size_t n)
{
	json_t *shown = json_stringn(text, n);

	if (shown)
		json_array_append_new(
			list, json_pack("{s:s, s:o}", "kind", kind, "text", shown));
}

/* YYYYMMDD */
static unsigned today(void)
{
	struct day_civil day = day_to_civil(day_of_instant(stamp_now() / 1000000));

	return (unsigned)(day.year * 10000 + day.month * 100 + day.day);
}

static void identity_numbers(json_t *list, const char *text)
{
	struct identity_number found[EACH_MAX];
	size_t n = identity_number_find(text, strlen(text), today(), found, EACH_MAX);

	for (size_t i = 0; i < n && i < EACH_MAX; i++)
		mark(list, "identity-number", text + found[i].start, found[i].length);
}

bool order_marks_identity_number(const char *text)
{
	struct identity_number found[1];

	return identity_number_find(text, strlen(text), today(), found, 1) > 0;
}

/* A word with an @ in it, without what stands around it in a sentence. */
static void addresses(json_t *list, const char *text)
{
	static const char spaces[] = " \t\r\n<>()[]{},;\"'";
	size_t n_found = 0;

	for (const char *at = strchr(text, '@'); at && n_found < EACH_MAX;
		at = strchr(at + 1, '@')) {
		const char *start = at;
		char word[WORD_MAX + 1];
		size_t n;

		while (start > text && !strchr(spaces, start[-1]))
			start--;
		n = (size_t)(at - start) + strcspn(at, spaces);
		while (n > 0 && strchr(".:!?", start[n - 1]))
			n--;
		if (n == 0 || n > WORD_MAX)
			continue;
		memcpy(word, start, n);
		word[n] = '\0';
		if (email_address_is_possible(word)) {
			mark(list, "mail", word, n);
			n_found++;
		}
	}
}

/* From "+" or "0", digits with single spaces, hyphens, slashes and brackets between. */
static size_t phone_length(const char *text)
{
	size_t digits = 0, n = 0, length = 0;

	if (text[0] != '+' && text[0] != '0')
		return 0;
	for (; text[n]; n++) {
		if (text[n] >= '0' && text[n] <= '9') {
			digits++;
			length = n + 1;
		} else if (!(n == 0 && text[n] == '+') && !strchr(" -/()", text[n])) {
			break;
		}
	}
	return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX ? length : 0;
}

static void phones(json_t *list, const char *text)
{
	static const char inside[] = "0123456789-";
	size_t n_found = 0;

	for (const char *at = text; *at && n_found < EACH_MAX; at++) {
		size_t n = at > text && strchr(inside, at[-1]) ? 0 : phone_length(at);

		if (n == 0)
			continue;
		mark(list, "telephone", at, n);
		n_found++;
		at += n - 1;
	}
}

json_t *order_marks(const char *text, const char *name)
{
	json_t *list = json_array();

	identity_numbers(list, text);
	addresses(list, text);
	phones(list, text);
	if (name && name[0] && strstr(text, name))
		mark(list, "name", name, strlen(name));
	return list;
}
