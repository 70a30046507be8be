#include "server/ctl_csv.h"

#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/utf8.h"

#define BLANKS " \t\r\n"

static const char separators[] = { ',', ';', '\t' };

static int fail(size_t line, const char *what, struct error *err)
{
	return error_set(err, ERR_INVALID, "line %zu: %s", line, what);
}

static size_t lines_in(const char *text, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

/* Of the header, outside of quotes: lines before it may be empty. */
static char separator_find(const char *text)
{
	size_t counts[ARRAY_LEN(separators)] = { 0 }, best = 0;
	bool quoted = false;

	text += strspn(text, "\r\n");
	for (; *text && (quoted || *text != '\n'); text++) {
		if (*text == '"')
			quoted = !quoted;
		for (size_t i = 0; !quoted && i < ARRAY_LEN(separators); i++)
			counts[i] += *text == separators[i];
	}
	for (size_t i = 1; i < ARRAY_LEN(separators); i++)
		best = counts[i] > counts[best] ? i : best;
	return separators[best];
}

int ctl_csv_begin(struct ctl_csv *ret, char *text, size_t size, struct error *err)
{
	const char *nul = memchr(text, '\0', size);
	size_t good = 0, step;

	if (nul)
		return fail(lines_in(text, (size_t)(nul - text)) + 1,
			"has a NUL byte, so it is no text", err);
	do {
		step = utf8_decode(text + good, size - good, &(uint32_t){ 0 });
		good += step;
	} while (step > 0);
	if (good < size)
		return fail(lines_in(text, good) + 1,
			"is not UTF-8: save the file as CSV UTF-8", err);
	*ret = (struct ctl_csv){
		.rest = strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3,
		.next_line = 1,
	};
	ret->separator = separator_find(ret->rest);
	return 0;
}

static char *trimmed(char *from, char *end)
{
	while (end > from && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
	return from + strspn(from, BLANKS);
}

/* Takes a quoted cell out in place: to stays behind from. NULL: it does not end. */
static char *quoted_take(struct ctl_csv *csv, char *from, char **ret_end)
{
	char *to = from;

	for (; *from; from++) {
		if (*from == '"' && from[1] != '"') {
			*ret_end = to;
			return from + 1;
		}
		from += *from == '"';
		csv->next_line += *from == '\n';
		*to++ = *from;
	}
	return NULL;
}

/* One cell and what it ends with; -1 and err. */
static int cell_take(struct ctl_csv *csv, struct error *err)
{
	char *from = csv->rest, *end, *stop;
	const char ends[] = { csv->separator, '\n', '\0' };

	if (csv->n_cells == CTL_CSV_COLUMNS_MAX)
		return fail(csv->line, "more than 100 columns", err);
	if (*from == '"') {
		stop = quoted_take(csv, ++from, &end);
		if (!stop)
			return fail(csv->line, "a quote in this row does not end", err);
		stop += strspn(stop, " \r");
		if (*stop && !strchr(ends, *stop))
			return fail(csv->line, "words after the end of a quote", err);
	} else {
		stop = end = from + strcspn(from, ends);
	}
	if (end - from > CTL_CSV_CELL_MAX)
		return fail(csv->line, "a cell of more than 64 KiB", err);
	csv->rest = *stop == csv->separator || !*stop ? stop : stop + 1;
	csv->next_line += *stop == '\n';
	stop = *stop == csv->separator ? stop : NULL;
	csv->cells[csv->n_cells++] = trimmed(from, end);
	if (!stop)
		return 0;
	csv->rest = stop + 1;
	return 1;
}

static bool is_blank(const struct ctl_csv *csv)
{
	for (size_t i = 0; i < csv->n_cells; i++) {
		if (csv->cells[i][0])
			return false;
	}
	return true;
}

int ctl_csv_next(struct ctl_csv *csv, struct error *err)
{
	int more;

	do {
		if (!*csv->rest)
			return 0;
		csv->line = csv->next_line;
		csv->n_cells = 0;
		do
			more = cell_take(csv, err);
		while (more > 0);
		if (more < 0)
			return -1;
	} while (is_blank(csv));
	return 1;
}
