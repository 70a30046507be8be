/*
 * log - one line an event, as JSON or as text, on standard error.
 *
 *   log_event(LOG_LEVEL_INFO, "http_request", LOG_I("status", 200), LOG_S("route",
 * "/folj"));
 *
 * No personal data goes in: no names, addresses, texts, tokens, query strings.
 * lib/ never logs an error that it can return; the last function that can still
 * answer logs it, once.
 */
#ifndef SYNPUNKT_LIB_LOG_H
#define SYNPUNKT_LIB_LOG_H

#include <stdint.h>

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_ERROR,
};

enum log_format {
	LOG_FORMAT_TEXT,
	LOG_FORMAT_JSON,
};

struct log_field {
	const char *name; /* snake_case; NULL ends the list */
	const char *text; /* NULL: the number counts */
	int64_t number;
};

#define LOG_S(name_, value)                                                            \
	((struct log_field){ .name = (name_), .text = (value) ? (value) : "" })
#define LOG_I(name_, value)                                                            \
	((struct log_field){ .name = (name_), .number = (int64_t)(value) })

/* Before the first line; who is "parent", "http-1", "image", … and is copied. */
void log_init(enum log_format format, enum log_level least, const char *who);
void log_set_who(const char *who);

/* event is a fixed snake_case word that dashboards can count. */
#define log_event(level, event, ...)                                                   \
	log_write(level, event,                                                        \
		(const struct log_field[]){ __VA_ARGS__ __VA_OPT__(, ){ 0 } })

void log_write(enum log_level level, const char *event, const struct log_field *fields);

#endif
