#include "lib/mail_private.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

void mail_buffer_add(struct mail_buffer *buffer, const char *bytes, size_t n)
{
	if (n > buffer->max - buffer->n) {
		n = buffer->max - buffer->n;
		buffer->cut = true;
	}
	if (n == 0)
		return;
	while (buffer->n + n > buffer->room) {
		buffer->room = buffer->room > 0 ? 2 * buffer->room : 4 * KIB;
		buffer->bytes = mem_grow(buffer->bytes, buffer->room);
	}
	memcpy(buffer->bytes + buffer->n, bytes, n);
	buffer->n += n;
}

void mail_buffer_add_text(struct mail_buffer *buffer, const char *text)
{
	mail_buffer_add(buffer, text, strlen(text));
}

void mail_buffer_free(struct mail_buffer *buffer)
{
	mem_free(buffer->bytes);
	buffer->bytes = NULL;
	buffer->n = buffer->room = 0;
}

/* A ceiling may have cut the last character in two. */
char *mail_buffer_dup(struct arena *arena, const struct mail_buffer *buffer)
{
	size_t n = buffer->n;

	while (buffer->cut && n > 0 && n + UTF8_MAX > buffer->n &&
		!utf8_is_valid(buffer->bytes, n))
		n--;
	return arena_dup_n(arena, n > 0 ? buffer->bytes : "", n);
}
