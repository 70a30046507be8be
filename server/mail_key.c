#include "server/mail_key.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/base.h"
#include "lib/utf8.h"

static const char field_name[] = "Message-ID:";

/* Of a line that begins at bytes, with its end; 0: it does not end within n. */
static size_t line_length(const char *bytes, size_t n)
{
	const char *lf = memchr(bytes, '\n', n);

	return lf ? (size_t)(lf - bytes) + 1 : 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first field counts. <…> or, as some write it, a word alone. */
static void id_take(const char *value, size_t n, struct mail_key_head *ret)
{
	const char *close;
	size_t length = 0;

	while (n > 0 && is_space(*value))
		value++, n--;
	while (length < n && !is_space(value[length]))
		length++;
	if (length > 2 && value[0] == '<') {
		close = memchr(value, '>', length);
		length = close ? (size_t)(close - value) - 1 : length - 1;
		value++;
	}
	if (length > MAIL_KEY_ID_MAX || !utf8_is_text(value, length))
		return;
	memcpy(ret->message_id, value, length);
	ret->message_id[length] = '\0';
}

static bool is_id_field(const char *line, size_t n)
{
	size_t name = strlen(field_name);

	return n >= name && strncasecmp(line, field_name, name) == 0;
}

/* Where the field that begins at `at` ends, its folded lines included. */
static size_t field_end(const char *bytes, size_t n, size_t at)
{
	size_t length = line_length(bytes + at, n - at);

	while (length > 0 && at + length < n &&
		(bytes[at + length] == ' ' || bytes[at + length] == '\t')) {
		at += length;
		length = line_length(bytes + at, n - at);
	}
	return length > 0 ? at + length : n;
}

void mail_key_scan(const char *bytes, size_t n, struct mail_key_head *ret)
{
	size_t at = 0, end;
	bool found = false;

	ret->message_id[0] = '\0';
	if (n > MAIL_KEY_HEADER_MAX)
		n = MAIL_KEY_HEADER_MAX;
	for (; at < n; at = end) {
		if (bytes[at] == '\n' ||
			(at + 1 < n && bytes[at] == '\r' && bytes[at + 1] == '\n')) {
			at += bytes[at] == '\r' ? 2 : 1;
			break;
		}
		end = field_end(bytes, n, at);
		if (!found && is_id_field(bytes + at, end - at)) {
			found = true;
			id_take(bytes + at + strlen(field_name),
				end - at - strlen(field_name), ret);
		}
	}
	ret->body_at = at;
}

/* What the sender wrote and no server on the way changes: another letter that was given
 * this one's Message-ID and body is not this one. */
static const char *const kept[] = {
	"From:", "To:", "Cc:", "Date:", "Subject:", "Content-Type:"
};

static bool is_kept(const char *field, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		size_t name = strlen(kept[i]);

		if (n >= name && strncasecmp(field, kept[i], name) == 0)
			return true;
	}
	return false;
}

/* Without its white space: folding may differ. */
static void field_hash(struct sha256 *hash, const char *field, size_t n)
{
	size_t at = 0, end;

	for (; at < n; at = end) {
		while (at < n && is_space(field[at]))
			at++;
		end = at;
		while (end < n && !is_space(field[end]))
			end++;
		sha256_update(hash, field + at, end - at);
	}
	sha256_update(hash, "", 1);
}

static void kept_hash(struct sha256 *hash, const char *bytes, size_t n)
{
	size_t at = 0, end;

	for (; at < n; at = end) {
		end = field_end(bytes, n, at);
		if (is_kept(bytes + at, end - at))
			field_hash(hash, bytes + at, end - at);
	}
}

/* What is hashed begins with a word of its own in either case, so that none can be made
 * to look like the other. */
void mail_key_make(const char *bytes, const struct mail_key_head *head,
	const unsigned char body[SHA256_SIZE], unsigned char ret[SHA256_SIZE])
{
	struct sha256 *hash = sha256_new();

	if (head->message_id[0]) {
		sha256_update(hash, "id", sizeof("id"));
		sha256_update(hash, head->message_id, strlen(head->message_id) + 1);
		kept_hash(hash, bytes, head->body_at);
	} else {
		sha256_update(hash, "all", sizeof("all"));
		sha256_update(hash, bytes, head->body_at);
	}
	sha256_update(hash, body, SHA256_SIZE);
	sha256_finish(hash, ret);
	sha256_free(hash);
}
