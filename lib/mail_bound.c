/*
 * What a mail can make large is counted here, in one pass over its lines and in place,
 * before GMime builds anything of it: fields, their lengths, addresses, and lines that
 * may begin a part. Above a ceiling the field is left out or cut, and beyond the last
 * permitted part nothing is kept.
 *
 * It needs not know where parts really begin: a line with "--" may be a delimiter, and
 * what follows it is taken for a header until a blank line.
 */
#include "lib/mail_private.h"

#include <string.h>
#include <strings.h>

#include "lib/base.h"

struct mail_bound {
	char *to; /* where what is kept ends */
	bool in_head;
	bool is_mail; /* the part is a mail: another header follows this one */
	bool cut;
	size_t n_fields, n_all, n_delimiters;
	/* Of the field that is being read. */
	bool drop, is_addresses, is_type;
	size_t field_bytes, addresses, colons;
};

static const char *const address_fields[] = {
	"to",
	"cc",
	"bcc",
	"from",
	"sender",
	"reply-to",
	"resent-to",
	"resent-cc",
	"resent-bcc",
	"resent-from",
	"resent-sender",
	"disposition-notification-to",
	"mail-followup-to",
};

/* The length of a field's name at the start of a line; 0: none. */
static size_t mail_bound_name(const char *line, size_t n)
{
	size_t at = 0, name;

	while (at < n && line[at] > ' ' && line[at] < 127 && line[at] != ':')
		at++;
	name = at;
	while (at < n && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at < n && line[at] == ':' ? name : 0;
}

bool mail_bound_has_header(const char *bytes, size_t n)
{
	return mail_bound_name(bytes, n) > 0;
}

static bool mail_bound_is(const char *name, size_t n, const char *wanted)
{
	return strlen(wanted) == n && strncasecmp(name, wanted, n) == 0;
}

static void mail_bound_field_begin(
	struct mail_bound *bound, const char *line, size_t name)
{
	size_t i;

	bound->n_fields++;
	bound->n_all++;
	bound->drop = bound->n_fields > MAIL_HEADERS_MAX ||
		      bound->n_all > MAIL_HEADERS_ALL_MAX;
	bound->field_bytes = bound->addresses = bound->colons = 0;
	bound->is_type = mail_bound_is(line, name, "content-type");
	bound->is_addresses = false;
	for (i = 0; i < ARRAY_LEN(address_fields); i++)
		bound->is_addresses = bound->is_addresses ||
				      mail_bound_is(line, name, address_fields[i]);
}

/* How much of the line the field may still have. Groups within groups would make the
 * reader of addresses call itself. */
static size_t mail_bound_room(struct mail_bound *bound, const char *line, size_t n)
{
	size_t room = MAIL_HEADER_MAX - bound->field_bytes, i;

	if (n > room)
		n = room;
	for (i = 0; bound->is_addresses && i < n; i++) {
		bound->addresses += line[i] == ',' || line[i] == ';';
		bound->colons += line[i] == ':';
		if (bound->addresses > MAIL_ADDRESSES_MAX ||
			bound->colons > MAIL_ADDRESSES_MAX / 10)
			return i;
	}
	return n;
}

static void mail_bound_keep(struct mail_bound *bound, const char *line, size_t n)
{
	memmove(bound->to, line, n);
	bound->to += n;
}

/* n includes the end of the line. */
static void mail_bound_field(struct mail_bound *bound, const char *line, size_t n)
{
	size_t room = bound->drop ? 0 : mail_bound_room(bound, line, n);

	if (bound->is_type && memmem(line, n, "essage/", 7))
		bound->is_mail = true;
	bound->field_bytes += room;
	if (room < n) {
		bound->cut = bound->drop = true;
		if (room == 0)
			return;
		mail_bound_keep(bound, line, room);
		*bound->to++ = '\n'; /* at least one byte was left out */
		return;
	}
	mail_bound_keep(bound, line, n);
}

static void mail_bound_head_begin(struct mail_bound *bound)
{
	bound->in_head = true;
	bound->is_mail = false;
	bound->n_fields = 0;
	bound->drop = false;
}

static bool mail_bound_is_blank(const char *line, size_t n)
{
	return line[0] == '\n' || (n >= 2 && line[0] == '\r' && line[1] == '\n');
}

/* A line that is no field counts as more of the field before it. */
static void mail_bound_head_line(struct mail_bound *bound, const char *line, size_t n)
{
	size_t name = mail_bound_name(line, n);

	if (mail_bound_is_blank(line, n)) {
		bool again = bound->is_mail;

		mail_bound_head_begin(bound);
		bound->in_head = again;
		mail_bound_keep(bound, line, n);
		return;
	}
	if (name > 0)
		mail_bound_field_begin(bound, line, name);
	if (bound->n_fields > 0)
		mail_bound_field(bound, line, n);
	else
		mail_bound_keep(bound, line, n);
}

/* False: nothing from here on is kept. */
static bool mail_bound_line(struct mail_bound *bound, const char *line, size_t n)
{
	if (n >= 2 && line[0] == '-' && line[1] == '-') {
		if (++bound->n_delimiters > MAIL_DELIMITERS_MAX)
			return false;
		mail_bound_head_begin(bound);
		mail_bound_keep(bound, line, n);
	} else if (bound->in_head) {
		mail_bound_head_line(bound, line, n);
	} else {
		mail_bound_keep(bound, line, n);
	}
	return true;
}

size_t mail_bound(char *bytes, size_t n, bool *ret_cut)
{
	struct mail_bound bound = { .to = bytes, .in_head = true };
	const char *line = bytes, *end;

	if (n > MAIL_SIZE_MAX) {
		n = MAIL_SIZE_MAX;
		bound.cut = true;
	}
	while (line < bytes + n) {
		const char *next = memchr(line, '\n', (size_t)(bytes + n - line));

		end = next ? next + 1 : bytes + n;
		if (!mail_bound_line(&bound, line, (size_t)(end - line))) {
			bound.cut = true;
			break;
		}
		line = end;
	}
	*ret_cut = *ret_cut || bound.cut;
	return (size_t)(bound.to - bytes);
}
