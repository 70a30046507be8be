#include "server/register_csv.h"

#include <string.h>

#include <event2/buffer.h>

static void cell_add(struct evbuffer *out, const char *text)
{
	evbuffer_add(out, "\"", 1);
	if (*text && strchr("=+-@\t\r\n", *text))
		evbuffer_add(out, "'", 1);
	while (*text) {
		size_t n = strcspn(text, "\"");

		evbuffer_add(out, text, n);
		text += n;
		if (*text) {
			evbuffer_add(out, "\"\"", 2);
			text++;
		}
	}
	evbuffer_add(out, "\"", 1);
}

void register_csv_line(struct evbuffer *out, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			evbuffer_add(out, ";", 1);
		cell_add(out, cells[i] ? cells[i] : "");
	}
	evbuffer_add(out, "\r\n", 2);
}
