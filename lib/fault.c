#include "lib/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/json_write.h"

static const struct {
	const char *key, *english;
} fault_texts[] = {
	{ "fault.required", "is missing" },
	{ "fault.not-text", "must be a text" },
	{ "fault.not-number", "must be a number" },
	{ "fault.not-integer", "must be a whole number" },
	{ "fault.not-boolean", "must be true or false" },
	{ "fault.not-object", "must be an object" },
	{ "fault.not-list", "must be a list" },
	{ "fault.blank", "must hold something other than white space" },
	{ "fault.null-character", "must not hold the character U+0000" },
	{ "fault.not-utf8", "must be UTF-8" },
	{ "fault.wrong", "is wrong" },
	{ "fault.together", "must be given together with {other}" },
	{ "fault.too-short", "must be at least {min} characters" },
	{ "fault.too-long", "must be at most {max} characters" },
	{ "fault.too-few", "must be at least {min}" },
	{ "fault.too-many", "must be at most {max}" },
	{ "fault.too-small", "must be {min} or more" },
	{ "fault.too-big", "must be {max} or less" },
	{ "fault.out-of-range", "must be between {min} and {max}" },
	{ "fault.not-one-of", "must be one of {values}" },
	{ "fault.not-email", "cannot be an e-mail address" },
	{ "fault.not-phone", "cannot be a phone number" },
	{ "fault.not-language", "must be a language tag such as sv" },
	{ "fault.unknown-code", "is not a code we know" },
};

const char *fault_english(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(fault_texts); i++) {
		if (strcmp(fault_texts[i].key, key) == 0)
			return fault_texts[i].english;
	}
	return NULL;
}

void faults_init(struct faults *f, struct arena *arena)
{
	*f = (struct faults){ .arena = arena };
}

/* The new last fault; NULL when there are enough. */
static struct fault *faults_append(struct faults *f, const char *name, const char *key)
{
	struct fault *fault;

	if (f->n++ >= FAULTS_MAX)
		return NULL;
	fault = arena_alloc(f->arena, sizeof(*fault));
	fault->name = name;
	fault->key = key;
	if (f->last)
		f->last->next = fault;
	else
		f->first = fault;
	f->last = fault;
	return fault;
}

void faults_add(struct faults *f, const char *name, const char *fmt, ...)
{
	const char *english = fault_english(fmt);
	struct fault *fault = faults_append(f, name, english ? fmt : "fault.wrong");
	va_list args;

	if (!fault)
		return;
	if (english) {
		fault->reason = english;
		return;
	}
	va_start(args, fmt);
	fault->reason = arena_vprintf(f->arena, fmt, args);
	va_end(args);
}

void faults_add_key(struct faults *f, const char *name, const char *key,
	const struct text_value *values)
{
	const char *english = fault_english(key);

	assert(english);
	faults_add_text(f, name, key, english, values);
}

void faults_add_text(struct faults *f, const char *name, const char *key,
	const char *english, const struct text_value *values)
{
	struct fault *fault = faults_append(f, name, key);

	if (!fault)
		return;
	for (size_t i = 0; values && values[i].name; i++) {
		assert(i < FAULT_VALUES_MAX);
		fault->values[i] = (struct text_value){
			.name = values[i].name,
			.value = arena_dup(f->arena, values[i].value),
		};
	}
	fault->reason = text_format(f->arena, english, fault->values);
}

const struct fault *faults_find(const struct faults *f, const char *name)
{
	for (const struct fault *fault = f->first; fault; fault = fault->next) {
		if (strcmp(fault->name, name) == 0)
			return fault;
	}
	return NULL;
}

void faults_write(const struct faults *f, struct json_write *w)
{
	jw_array(w);
	for (const struct fault *fault = f->first; fault; fault = fault->next) {
		jw_object(w);
		jw_key_string(w, "name", fault->name);
		jw_key_string(w, "reason", fault->reason);
		jw_object_end(w);
	}
	jw_array_end(w);
}
