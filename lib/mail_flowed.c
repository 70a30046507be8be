/* RFC 3676: a line that ends in a space goes on in the next one of the same depth. */
#include "lib/mail_private.h"

#include <string.h>

#include "lib/base.h"

#define MAIL_FLOWED_DEPTH 50

struct mail_flow {
	struct mail_buffer *out;
	bool delete_space;
	bool open; /* the last line written is to go on */
	size_t depth;
};

static void mail_flow_begin(struct mail_flow *flow, size_t depth)
{
	for (size_t i = 0; i < depth && i < MAIL_FLOWED_DEPTH; i++)
		mail_buffer_add(flow->out, ">", 1);
	if (depth > 0)
		mail_buffer_add(flow->out, " ", 1);
	flow->depth = depth;
}

static void mail_flow_end(struct mail_flow *flow)
{
	if (flow->open)
		mail_buffer_add(flow->out, "\n", 1);
	flow->open = false;
}

static void mail_flow_line(struct mail_flow *flow, const char *line, size_t n)
{
	size_t depth = 0;
	bool signature, goes_on;

	while (depth < n && line[depth] == '>')
		depth++;
	line += depth;
	n -= depth;
	if (n > 0 && line[0] == ' ') { /* stuffed */
		line++;
		n--;
	}
	signature = n == 3 && strncmp(line, "-- ", 3) == 0;
	goes_on = n > 0 && line[n - 1] == ' ' && !signature;
	if (flow->open && (flow->depth != depth || signature))
		mail_flow_end(flow);
	if (!flow->open)
		mail_flow_begin(flow, depth);
	mail_buffer_add(flow->out, line, goes_on && flow->delete_space ? n - 1 : n);
	flow->open = true;
	if (!goes_on)
		mail_flow_end(flow);
}

void mail_flowed(const char *text, size_t n, bool delete_space, struct mail_buffer *out)
{
	struct mail_flow flow = { .out = out, .delete_space = delete_space };
	const char *line = text, *end = text + n, *next;

	while (line < end) {
		next = memchr(line, '\n', (size_t)(end - line));
		next = next ? next : end;
		mail_flow_line(&flow, line, (size_t)(next - line));
		line = next + 1;
	}
	mail_flow_end(&flow);
}
