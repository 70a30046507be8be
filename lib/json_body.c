#include "lib/json_fields.h"

#include <stdbool.h>

#include "lib/error.h"

/* Reading the body of a request, before its members are looked at. */

/* jansson allows 2048 levels; what comes from outside needs three or four. */
static bool json_is_too_deep(const char *data, size_t n)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		char c = data[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > JSON_BODY_DEPTH_MAX)
			return true;
	}
	return false;
}

/* jansson's own texts quote the input, which may be personal. */
static const char *json_error_words(enum json_error_code code)
{
	switch (code) {
	case json_error_duplicate_key:
		return "a member name is repeated";
	case json_error_invalid_utf8:
		return "not UTF-8";
	case json_error_null_byte_in_key:
		return "U+0000 in a member name";
	case json_error_numeric_overflow:
		return "a number that is too large";
	case json_error_premature_end_of_input:
		return "not valid JSON: it ends too early";
	default:
		return "not valid JSON";
	}
}

int json_body_parse(const char *data, size_t n, json_t **ret, struct error *err)
{
	json_error_t why;
	json_t *value;
	const char *words;

	if (n > JSON_BODY_MAX)
		return error_set(
			err, ERR_TOO_LARGE, "JSON over %zu bytes", JSON_BODY_MAX);
	if (json_is_too_deep(data, n))
		return error_set(err, ERR_INVALID,
			"JSON with objects or lists over %d deep", JSON_BODY_DEPTH_MAX);
	value = json_loadb(n > 0 ? data : "", n,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &why);
	if (!value) {
		words = json_error_words(json_error_code(&why));
		if (why.line < 1)
			return error_set(err, ERR_INVALID, "%s", words);
		return error_set(err, ERR_INVALID, "%s (line %d, column %d)", words,
			why.line, why.column);
	}
	*ret = value;
	return 0;
}
