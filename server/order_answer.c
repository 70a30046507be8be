#include "server/order_answer.h"

#include <string.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/utf8.h"

/* The only object of the only list, or NULL and which lie it is. */
static const json_t *only_one(const json_t *whole, const char **lie)
{
	*lie = "lies-json";
	if (!json_is_array(whole))
		return NULL;
	*lie = "lies-count";
	if (json_array_size(whole) != 1)
		return NULL;
	*lie = "lies-json";
	return json_is_object(json_array_get(whole, 0)) ? json_array_get(whole, 0)
							: NULL;
}

/* Of an id or a token; servers write numbers, too. NULL: none that could be one. */
static const char *id_of(struct arena *arena, const json_t *one, const char *name)
{
	const json_t *value = json_object_get(one, name);
	const char *text = json_string_value(value);

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return arena_printf(
			arena, "%lld", (long long)json_integer_value(value));
	if (!text || !text[0] || json_string_length(value) > ORDER_ANSWER_ID_MAX ||
		strlen(text) != json_string_length(value))
		return NULL;
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return NULL;
	}
	return arena_dup(arena, text);
}

/* Cut at a character's end. */
static const char *notes_of(struct arena *arena, const json_t *one)
{
	const json_t *value = json_object_get(one, "status_notes");
	const char *text = json_string_value(value);
	size_t n;

	if (!text)
		return NULL;
	n = strlen(text);
	if (n > ORDER_ANSWER_NOTES_MAX) {
		n = ORDER_ANSWER_NOTES_MAX;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	return arena_dup_n(arena, text, n);
}

static json_t *whole_of(const char *body, size_t n)
{
	return json_loadb(body, n, JSON_REJECT_DUPLICATES, NULL);
}

const char *order_answer_created(
	struct arena *arena, const char *body, size_t n, struct order_answer *ret)
{
	json_t *whole = whole_of(body, n);
	const char *lie;
	const json_t *one = only_one(whole, &lie);

	*ret = (struct order_answer){ 0 };
	if (one) {
		ret->id = id_of(arena, one, "service_request_id");
		ret->token = ret->id ? NULL : id_of(arena, one, "token");
		lie = ret->id || ret->token ? NULL : "lies-id";
	}
	json_decref(whole);
	return lie;
}

const char *order_answer_named(struct arena *arena, const char *body, size_t n,
	const char *token, struct order_answer *ret)
{
	json_t *whole = whole_of(body, n);
	const char *lie, *of;
	const json_t *one = only_one(whole, &lie);

	*ret = (struct order_answer){ 0 };
	if (one) {
		of = id_of(arena, one, "token");
		ret->id = id_of(arena, one, "service_request_id");
		lie = of && strcmp(of, token) != 0 ? "lies-id" : NULL;
	}
	json_decref(whole);
	return lie;
}

const char *order_answer_looked(struct arena *arena, const char *body, size_t n,
	const char *id, struct order_answer *ret)
{
	json_t *whole = whole_of(body, n);
	const char *lie, *of, *status;
	const json_t *one = only_one(whole, &lie);

	*ret = (struct order_answer){ 0 };
	if (one) {
		of = id_of(arena, one, "service_request_id");
		status = json_string_value(json_object_get(one, "status"));
		ret->closed = status && !strcmp(status, "closed");
		ret->notes = notes_of(arena, one);
		lie = NULL;
		if (!of || strcmp(of, id) != 0)
			lie = "lies-id";
		else if (!status || (!ret->closed && strcmp(status, "open") != 0))
			lie = "lies-status";
	}
	json_decref(whole);
	return lie;
}
