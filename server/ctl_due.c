/* synpunktctl due - working days, from the calendar alone: no database is asked. */
#include <stdio.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/ctl.h"
#include "server/day.h"
#include "server/working_day.h"

/* Every day of the years: date, "open" or "closed", and why it is closed. */
static int due_list(struct ctl *ctl, const char *first_text, const char *last_text)
{
	struct error err = { 0 };
	json_t *list = json_array();
	long first, last;
	char text[DAY_TEXT];

	if (ctl_int_parse(first_text, WORKING_DAY_FIRST_YEAR, WORKING_DAY_LAST_YEAR,
		    &first, &err) < 0 ||
		ctl_int_parse(last_text, first, WORKING_DAY_LAST_YEAR, &last, &err) <
			0) {
		json_decref(list);
		return ctl_misuse(ctl, "%s", err.text);
	}
	for (int32_t day = day_from_civil((int)first, 1, 1);
		day <= day_from_civil((int)last, 12, 31); day++) {
		const char *closed = working_day_closed(day);

		day_format(day, text);
		if (ctl->json)
			json_array_append_new(list,
				json_pack("{s:s, s:b, s:s?}", "date", text,
					"workingDay", !closed, "because", closed));
		else
			printf("%s %s%s%s\n", text, closed ? "closed" : "open",
				closed ? " " : "", closed ? closed : "");
	}
	if (ctl->json)
		ctl_print_json(list);
	else
		json_decref(list);
	return CTL_DONE;
}

int ctl_due(struct ctl *ctl, char **argv)
{
	const char *words[2];
	bool list = false;
	const struct ctl_option options[] = { { "--list", NULL, &list }, { 0 } };
	struct error err = { 0 };
	int32_t from, due;
	char text[DAY_TEXT];
	long n;
	int rc = ctl_arguments(ctl, argv, options, words, ARRAY_LEN(words));

	if (rc != 0)
		return rc;
	if (list)
		return due_list(ctl, words[0], words[1]);
	if (day_parse(words[0], &from, &err) < 0 ||
		ctl_int_parse(words[1], 0, 1000000, &n, &err) < 0)
		return ctl_misuse(ctl, "%s", err.text);
	if (working_day_add(from, (int)n, NULL, &due, &err) < 0)
		return ctl_fail(ctl, "%s", err.text);
	day_format(due, text);
	if (ctl->json)
		ctl_print_json(json_pack("{s:s}", "due", text));
	else
		puts(text);
	return CTL_DONE;
}
