#include "server/open311_attribute.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/db.h"
#include "lib/utf8.h"
#include "server/open311_errors.h"
#include "server/open311_form.h"
#include "server/open311_time.h"
#include "server/request_read.h"
#include "server/submission.h"

struct asked {
	const char *code, *description;
	bool required, several;
	json_t *choices;
};

/* One kind of answer: NULL when it is one, else what it must be. */
typedef const char *judge_fn(const char *value, const struct asked *asked);

static const char *string_judge(const char *value, const struct asked *asked)
{
	(void)asked;
	if (strpbrk(value, "\r\n"))
		return "must be one line";
	return utf8_count(value, strlen(value)) > OPEN311_STRING_MAX
		       ? "must have 500 characters at most"
		       : NULL;
}

static const char *text_judge(const char *value, const struct asked *asked)
{
	(void)asked;
	return utf8_count(value, strlen(value)) > OPEN311_WORDS_MAX
		       ? "must have 2000 characters at most"
		       : NULL;
}

static const char *number_judge(const char *value, const struct asked *asked)
{
	const char *end;

	(void)asked;
	request_number(value, &end);
	return end == value || *end || strlen(value) > 40 ? "must be a number" : NULL;
}

static const char *time_judge(const char *value, const struct asked *asked)
{
	int64_t at;

	(void)asked;
	return open311_time_parse(value, &at) < 0
		       ? "must be a date and time with its zone, as "
			 "2010-01-01T00:00:00Z"
		       : NULL;
}

/* The name of a choice; NULL: there is none of that key. */
static const char *choice_name(const struct asked *asked, const char *key)
{
	json_t *choice;
	size_t i;

	json_array_foreach(asked->choices, i, choice)
	{
		if (!strcmp(json_string_value(json_object_get(choice, "key")), key))
			return json_string_value(json_object_get(choice, "name"));
	}
	return NULL;
}

static const char *choice_judge(const char *value, const struct asked *asked)
{
	return choice_name(asked, value) ? NULL : "must be one of the values' keys";
}

static const struct {
	const char *datatype;
	judge_fn *judge;
	bool several;
} kinds[] = {
	{ "string", string_judge, false },
	{ "number", number_judge, false },
	{ "datetime", time_judge, false },
	{ "text", text_judge, false },
	{ "singlevaluelist", choice_judge, false },
	{ "multivaluelist", choice_judge, true },
};

static size_t kind_of(const char *datatype)
{
	size_t i = 0;

	while (i < ARRAY_LEN(kinds) - 1 && strcmp(kinds[i].datatype, datatype) != 0)
		i++;
	return i;
}

static const char *joined(
	struct arena *arena, const char *all, const char *more, const char *between)
{
	return all ? arena_printf(arena, "%s%s%s", all, between, more) : more;
}

/* All that was sent for what is asked, and where what is wrong is told. */
struct sending {
	struct arena *arena;
	struct open311_given *given;
	size_t n;
	struct open311_errors *errors;
};

/* All that was given for one question; NULL: nothing. */
static const char *answer_of(
	const struct sending *sent, const struct asked *asked, judge_fn *judge)
{
	const char *all = NULL;

	for (size_t i = 0; i < sent->n; i++) {
		struct open311_given *given = &sent->given[i];
		const char *wrong, *name;

		if (strcmp(given->code, asked->code) != 0)
			continue;
		given->used = true;
		if (!given->value[0])
			continue;
		wrong = judge(given->value, asked);
		if (!wrong && all && !asked->several)
			wrong = "is there more than once";
		if (wrong)
			open311_wrong(sent->errors, 400, "%s %s", asked->code, wrong);
		name = choice_name(asked, given->value);
		all = joined(sent->arena, all, name ? name : given->value, ", ");
	}
	return all;
}

static const char *question_line(
	const struct sending *sent, const struct db_rows *rows, int row)
{
	size_t kind = kind_of(db_rows_text(rows, row, 1));
	struct asked asked = { .code = db_rows_text(rows, row, 0),
		.description = db_rows_text(rows, row, 4),
		.required = db_rows_bool(rows, row, 2),
		.several = kinds[kind].several,
		.choices = json_loads(db_rows_text(rows, row, 6), 0, NULL) };
	const char *answer = answer_of(sent, &asked, kinds[kind].judge);
	const char *line = "";

	if (answer)
		line = arena_printf(sent->arena, "%s: %s\n", asked.description, answer);
	else if (asked.required)
		open311_wrong(sent->errors, 400, "%s required", asked.code);
	json_decref(asked.choices);
	return line;
}

const char *open311_attribute_lines(struct arena *arena, const struct db_rows *rows,
	struct open311_given *given, size_t n, struct open311_errors *errors)
{
	const struct sending sent = { arena, given, n, errors };
	const char *lines = "";

	for (int i = 0; i < db_rows_count(rows); i++)
		lines = joined(arena, lines, question_line(&sent, rows, i), "");
	/* More than this is more than a text may be, and is refused as that. */
	for (size_t i = 0; i < n && strlen(lines) <= UTF8_MAX * SUBMISSION_TEXT_MAX;
		i++) {
		const char *wrong = text_judge(given[i].value, NULL);

		if (given[i].used || !given[i].value[0])
			continue;
		if (wrong)
			open311_wrong(errors, 400, "%s %s", given[i].code, wrong);
		else
			lines = arena_printf(arena, "%s%s: %s\n", lines, given[i].code,
				given[i].value);
	}
	return lines;
}
