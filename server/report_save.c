#include "server/report_save.h"

#include <stdbool.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/fault.h"
#include "lib/utf8.h"
#include "server/report.h"

static bool is_section(const char *id)
{
	for (const char *const *one = report_sections; id && *one; one++) {
		if (!strcmp(*one, id))
			return true;
	}
	return false;
}

/* Documents have no place for others. */
static bool has_control(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* With LF alone at the ends of lines. */
static char *line_ends(struct arena *arena, const char *text)
{
	char *copy = arena_dup(arena, text), *to = copy;

	for (const char *from = copy; *from; from++) {
		if (*from == '\r') {
			*to++ = '\n';
			from += from[1] == '\n';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return copy;
}

static void text_read(json_t *texts, const char *id, const json_t *text,
	const char *name, struct faults *faults)
{
	const char *lines;

	if (json_is_null(text)) {
		json_object_set_new(texts, id, json_null());
		return;
	}
	if (!json_is_string(text)) {
		faults_add_key(
			faults, name, text ? "fault.not-text" : "fault.required", NULL);
		return;
	}
	if (strlen(json_string_value(text)) != json_string_length(text)) {
		faults_add_key(faults, name, "fault.null-character", NULL);
		return;
	}
	lines = line_ends(faults->arena, json_string_value(text));
	if (has_control(lines))
		faults_add(faults, name, "has control characters");
	else if (utf8_count(lines, strlen(lines)) > REPORT_TEXT_MAX)
		faults_add_key(faults, name, "fault.too-long",
			TEXT_VALUES({ "max",
				arena_printf(faults->arena, "%d", REPORT_TEXT_MAX) }));
	else
		json_object_set_new(texts, id, json_string(lines));
}

static void section_read(
	json_t *texts, const json_t *section, size_t i, struct faults *faults)
{
	const char *id = json_string_value(json_object_get(section, "id"));
	const char *name = arena_printf(faults->arena, "sections[%zu].id", i);

	if (!is_section(id))
		faults_add_key(faults, name, "fault.unknown-code", NULL);
	else if (json_object_get(texts, id))
		faults_add(faults, name, "stands there twice");
	else
		text_read(texts, id, json_object_get(section, "text"),
			arena_printf(faults->arena, "sections[%zu].text", i), faults);
}

json_t *report_texts_read(const json_t *body, struct faults *faults)
{
	const json_t *sections = json_object_get(body, "sections"), *section;
	json_t *texts = json_object();
	size_t i;

	if (!json_is_array(sections)) {
		faults_add_key(faults, "sections",
			sections ? "fault.not-list" : "fault.required", NULL);
		return texts;
	}
	json_array_foreach(sections, i, section)
	{
		if (i < FAULTS_MAX) /* there are ten sections */
			section_read(texts, section, i, faults);
	}
	return texts;
}

/* What a section says from now on; NULL: what is suggested. */
static json_t *text_of(const json_t *section, const json_t *texts)
{
	const char *id = json_string_value(json_object_get(section, "id"));
	json_t *text = json_object_get(texts, id);

	if (!text && json_is_true(json_object_get(section, "edited")))
		return json_object_get(section, "text");
	if (!json_is_string(text) ||
		json_equal(text, json_object_get(section, "suggested")))
		return NULL;
	return text;
}

json_t *report_version(const json_t *report, const json_t *texts)
{
	json_t *version = json_array();
	const json_t *section;
	size_t i;

	json_array_foreach(json_object_get(report, "sections"), i, section)
	{
		json_array_append_new(
			version, json_pack("{s:O, s:O*, s:O}", "id",
					 json_object_get(section, "id"), "text",
					 text_of(section, texts), "suggested",
					 json_object_get(section, "suggested")));
	}
	return version;
}
