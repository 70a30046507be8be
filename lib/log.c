#include "lib/log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A line longer than this is cut: one write() keeps lines of several processes
 * apart only up to PIPE_BUF. */
#define LOG_LINE_MAX 4096

static struct {
	enum log_format format;
	enum log_level least;
	char who[24];
} log_state = { .least = LOG_LEVEL_INFO, .who = "synpunkt" }; /* style: global */

struct log_line {
	char text[LOG_LINE_MAX];
	size_t used;
};

static const char *const level_names[] = { "debug", "info", "warning", "error" };

void log_init(enum log_format format, enum log_level least, const char *who)
{
	log_state.format = format;
	log_state.least = least;
	log_set_who(who);
}

void log_set_who(const char *who)
{
	snprintf(log_state.who, sizeof(log_state.who), "%s", who);
}

static void line_byte(struct log_line *line, char c)
{
	if (line->used < sizeof(line->text) - 1) /* room for the line end */
		line->text[line->used++] = c;
}

static void line_text(struct log_line *line, const char *text)
{
	while (*text)
		line_byte(line, *text++);
}

/* As a JSON string in both formats, so that no value can forge a line or a field. */
static void line_quoted(struct log_line *line, const char *text)
{
	char escape[8];

	line_byte(line, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			line_byte(line, '\\');
			line_byte(line, (char)c);
		} else if (c < 0x20 || c == 0x7f) {
			snprintf(escape, sizeof(escape), "\\u%04x", c);
			line_text(line, escape);
		} else {
			line_byte(line, (char)c);
		}
	}
	line_byte(line, '"');
}

static void line_field(struct log_line *line, const struct log_field *field)
{
	char number[24];

	if (log_state.format == LOG_FORMAT_JSON) {
		line_byte(line, ',');
		line_quoted(line, field->name);
		line_byte(line, ':');
	} else {
		line_byte(line, ' ');
		line_text(line, field->name);
		line_byte(line, '=');
	}
	if (field->text) {
		line_quoted(line, field->text);
		return;
	}
	snprintf(number, sizeof(number), "%lld", (long long)field->number);
	line_text(line, number);
}

static void line_start(struct log_line *line, enum log_level level, const char *event)
{
	struct timespec now;
	struct tm tm;
	char stamp[40], head[160];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(head, sizeof(head),
		log_state.format == LOG_FORMAT_JSON
			? "{\"at\":\"%s.%03ldZ\",\"level\":\"%s\",\"who\":\"%s\",\"pid\":%d,\"event\":\"%s\""
			: "%s.%03ldZ %s %s[%d] %s",
		stamp, now.tv_nsec / 1000000, level_names[level], log_state.who,
		(int)getpid(), event);
	line_text(line, head);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	struct log_line line;

	if (level < log_state.least)
		return;
	line.used = 0;
	line_start(&line, level, event);
	for (; fields->name; fields++)
		line_field(&line, fields);
	if (log_state.format == LOG_FORMAT_JSON)
		line_byte(&line, '}');
	line.text[line.used++] = '\n';
	/* A log that cannot be written is nobody's error but the operator's; ignoring.
	 */
	if (write(STDERR_FILENO, line.text, line.used) < 0)
		return;
}
