#include "lib/po.h"

#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/utf8.h"

enum po_state {
	PO_BETWEEN, /* no entry has begun */
	PO_ID,      /* msgid is being read */
	PO_TEXT,    /* msgstr is being read: the entry may end with any line */
};

struct po_string {
	char bytes[PO_TEXT_MAX + 1];
	size_t n;
};

struct po_read {
	enum po_state state;
	bool fuzzy;    /* said for the entry that comes */
	unsigned line; /* the present one */
	unsigned id_line;
	struct po_string id, text;
	po_entry_fn *entry;
	void *arg;
	struct error *err;
};

static int po_fail(struct po_read *r, const char *what)
{
	return error_set(r->err, ERR_INVALID, "line %u: %s", r->line, what);
}

static int po_entry_end(struct po_read *r)
{
	struct po_entry entry = {
		.id = r->id.bytes,
		.text = r->text.bytes,
		.fuzzy = r->fuzzy,
		.line = r->id_line,
	};

	if (r->state == PO_ID)
		return po_fail(r, "msgid without msgstr");
	if (r->state == PO_BETWEEN)
		return 0;
	r->id.bytes[r->id.n] = '\0';
	r->text.bytes[r->text.n] = '\0';
	r->state = PO_BETWEEN;
	r->fuzzy = false;
	return r->entry(&entry, r->arg, r->err);
}

static char po_unescape(char c)
{
	static const char from[] = "ntr\"\\", to[] = "\n\t\r\"\\";
	const char *found = c ? strchr(from, c) : NULL;

	return found ? to[found - from] : '\0';
}

/* The string in quotes at text, which must be all that is left of the line. */
static int po_append(
	struct po_read *r, struct po_string *ret, const char *text, const char *end)
{
	char c;

	if (text == end || *text != '"')
		return po_fail(r, "a string in quotes is missing");
	for (text++; text < end && *text != '"'; text++) {
		c = *text;
		if (c == '\\')
			c = ++text < end ? po_unescape(*text) : '\0';
		if (!c)
			return po_fail(r, "an escape that is not known");
		if (ret->n == PO_TEXT_MAX)
			return po_fail(r, "a text that is too long");
		ret->bytes[ret->n++] = c;
	}
	if (text + 1 != end)
		return po_fail(r, "a string that does not end with the line");
	return 0;
}

/* If the line starts with the word: what follows it and the white space after. */
static const char *po_after_word(const char *line, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - line) < n || memcmp(line, word, n) != 0)
		return NULL;
	for (line += n; line < end && (*line == ' ' || *line == '\t');)
		line++;
	return line;
}

static int po_comment(struct po_read *r, const char *line, const char *end)
{
	if (po_entry_end(r) < 0)
		return -1;
	if (end - line > 1 && line[1] == ',' &&
		memmem(line, (size_t)(end - line), "fuzzy", 5))
		r->fuzzy = true;
	return 0;
}

static int po_id(struct po_read *r, const char *string, const char *end)
{
	if (po_entry_end(r) < 0)
		return -1;
	r->state = PO_ID;
	r->id_line = r->line;
	r->id.n = r->text.n = 0;
	return po_append(r, &r->id, string, end);
}

static int po_text(struct po_read *r, const char *string, const char *end)
{
	if (r->state != PO_ID)
		return po_fail(r, "msgstr without msgid");
	r->state = PO_TEXT;
	return po_append(r, &r->text, string, end);
}

static int po_line(struct po_read *r, const char *line, const char *end)
{
	const char *string;

	if (line == end)
		return 0;
	if (*line == '#')
		return po_comment(r, line, end);
	if (*line == '"' && r->state != PO_BETWEEN)
		return po_append(r, r->state == PO_ID ? &r->id : &r->text, line, end);
	if (po_after_word(line, end, "msgid_plural") ||
		po_after_word(line, end, "msgstr["))
		return po_fail(r, "plural forms are not taken");
	if (po_after_word(line, end, "msgctxt"))
		return po_fail(r, "msgctxt is not taken");
	string = po_after_word(line, end, "msgid");
	if (string)
		return po_id(r, string, end);
	string = po_after_word(line, end, "msgstr");
	if (string)
		return po_text(r, string, end);
	return po_fail(r, "neither msgid, msgstr, a string nor a comment");
}

static int po_trimmed_line(struct po_read *r, const char *line, const char *end)
{
	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	while (end > line && strchr(" \t\r", end[-1]))
		end--;
	return po_line(r, line, end);
}

static int po_read_lines(struct po_read *r, const char *po, const char *end)
{
	const char *line, *line_end;

	for (line = po; line < end; line = line_end + 1) {
		r->line++;
		line_end = memchr(line, '\n', (size_t)(end - line));
		if (!line_end)
			line_end = end;
		if (po_trimmed_line(r, line, line_end) < 0)
			return -1;
	}
	return po_entry_end(r);
}

int po_read(const char *po, size_t n, po_entry_fn *entry, void *arg, struct error *err)
{
	struct po_read *r;
	int result;

	if (!utf8_is_text(po, n))
		return error_set(err, ERR_INVALID, "not UTF-8 text");
	r = mem_new(sizeof(*r));
	r->entry = entry;
	r->arg = arg;
	r->err = err;
	result = po_read_lines(r, po, po + n);
	mem_free(r);
	return result;
}
