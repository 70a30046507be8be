#include "lib/mustache.h"

#include <assert.h>
#include <string.h>

#include "lib/base.h"
#include "lib/error.h"
#include "lib/mustache_private.h"
#include "lib/utf8.h"

/* The compiler: template text to nodes. The renderer is mustache_render.c. */

#define MUSTACHE_DELIMITER_MAX 16
#define MUSTACHE_NODES_FIRST 32

struct mustache_delimiter {
	char text[MUSTACHE_DELIMITER_MAX];
	size_t n;
};

struct mustache_parse {
	struct mustache *m;
	char *pos, *end;      /* of the copy, which gets NULs after names */
	const char *original; /* not touched: for counting lines */
	bool line_start;      /* pos is the first byte of a line */
	struct mustache_delimiter open, close;
	size_t sections[MUSTACHE_DEPTH_MAX]; /* node numbers of the open ones */
	size_t depth;
	struct error *err;
};

struct mustache_tag {
	enum mustache_kind kind;
	char *begin, *end; /* with the delimiters */
	char *name;        /* trimmed */
	size_t n;
};

static int parse_fail(struct mustache_parse *p, const char *at, const char *what)
{
	const char *end = p->original + (at - p->m->text);
	unsigned line = 1;

	for (const char *c = p->original; c < end; c++)
		line += *c == '\n';
	return error_set(p->err, ERR_INVALID, "template line %u: %s", line, what);
}

static struct mustache_node *node_add(struct mustache *m, enum mustache_kind kind)
{
	if (m->n == m->room) {
		m->room = m->room > 0 ? m->room * 2 : MUSTACHE_NODES_FIRST;
		m->nodes = mem_grow(m->nodes, m->room * sizeof(*m->nodes));
	}
	m->nodes[m->n] = (struct mustache_node){ .kind = kind };
	return &m->nodes[m->n++];
}

static void text_add(struct mustache *m, const char *text, size_t n, bool line_start)
{
	struct mustache_node *node;

	if (n == 0 && !line_start)
		return;
	node = node_add(m, MUSTACHE_TEXT);
	node->text = text;
	node->n = n;
	node->line_start = line_start;
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' ||
	       c == '\f';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *parse_find(const struct mustache_parse *p, char *from,
	const struct mustache_delimiter *what)
{
	return memmem(from, (size_t)(p->end - from), what->text, what->n);
}

/* The kind of a tag by the byte after its open delimiter. */
static enum mustache_kind tag_kind(char sigil)
{
	static const struct {
		char sigil;
		enum mustache_kind kind;
	} kinds[] = {
		{ '#', MUSTACHE_SECTION },
		{ '^', MUSTACHE_INVERTED },
		{ '/', MUSTACHE_CLOSE },
		{ '>', MUSTACHE_PARTIAL },
		{ '!', MUSTACHE_COMMENT },
		{ '=', MUSTACHE_DELIMITERS },
		{ '&', MUSTACHE_RAW },
		{ '{', MUSTACHE_RAW },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].sigil == sigil)
			return kinds[i].kind;
	}
	return MUSTACHE_ESCAPED;
}

static void tag_trim(struct mustache_tag *tag)
{
	while (tag->n > 0 && is_white(tag->name[0])) {
		tag->name++;
		tag->n--;
	}
	while (tag->n > 0 && is_white(tag->name[tag->n - 1]))
		tag->n--;
}

static int tag_check_name(struct mustache_parse *p, const struct mustache_tag *tag)
{
	bool dotted = tag->kind != MUSTACHE_PARTIAL;

	if (tag->n == 0)
		return parse_fail(p, tag->begin, "a tag without a name");
	/* Tags of the optional modules must not turn into names that are never found.
	 */
	if (strchr("$<*@", tag->name[0]))
		return parse_fail(p, tag->begin, "a kind of tag that is not known");
	for (size_t i = 0; i < tag->n; i++) {
		if (is_white(tag->name[i]) || tag->name[i] == '\0')
			return parse_fail(p, tag->begin, "white space inside a name");
	}
	if (!dotted || (tag->n == 1 && tag->name[0] == '.'))
		return 0;
	if (tag->name[0] == '.' || tag->name[tag->n - 1] == '.' ||
		memmem(tag->name, tag->n, "..", 2))
		return parse_fail(p, tag->begin, "a dotted name with an empty part");
	return 0;
}

/* Where the tag's closing delimiter starts. {{{name}}} and {{=… …=}} have one byte more
 * on the inside; "}}}" closes as "}" and "}}", not as "}}" and "}". */
static char *tag_find_close(const struct mustache_parse *p, char *from, char inner)
{
	char *close = parse_find(p, from, &p->close);

	while (close && inner && (close == from || close[-1] != inner))
		close = parse_find(p, close + 1, &p->close);
	return close;
}

/* Reads the tag whose open delimiter is at begin. */
static int tag_read(struct mustache_parse *p, char *begin, struct mustache_tag *ret)
{
	char *from = begin + p->open.n, *close, sigil, inner = '\0';

	sigil = from < p->end ? *from : '\0';
	*ret = (struct mustache_tag){ .kind = tag_kind(sigil), .begin = begin };
	if (ret->kind != MUSTACHE_ESCAPED)
		from++;
	if (sigil == '{')
		inner = '}';
	else if (sigil == '=')
		inner = '=';
	close = tag_find_close(p, from, inner);
	if (!close)
		return parse_fail(p, begin, "a tag that is not closed");
	ret->name = from;
	ret->n = (size_t)(close - from) - (inner ? 1 : 0);
	ret->end = close + p->close.n;
	if (ret->kind == MUSTACHE_COMMENT)
		return 0;
	tag_trim(ret);
	return ret->kind == MUSTACHE_DELIMITERS ? 0 : tag_check_name(p, ret);
}

static bool delimiter_set(struct mustache_delimiter *ret, const char *text, size_t n)
{
	if (n == 0 || n > MUSTACHE_DELIMITER_MAX || memchr(text, '=', n))
		return false;
	memcpy(ret->text, text, n);
	ret->n = n;
	return true;
}

/* {{=<% %>=}}: two words with white space between them. */
static int tag_set_delimiters(struct mustache_parse *p, const struct mustache_tag *tag)
{
	size_t n = 0, second;

	while (n < tag->n && !is_white(tag->name[n]))
		n++;
	second = n;
	while (second < tag->n && is_white(tag->name[second]))
		second++;
	for (size_t i = second; i < tag->n; i++) {
		if (is_white(tag->name[i]))
			return parse_fail(p, tag->begin, "more than two delimiters");
	}
	if (!delimiter_set(&p->open, tag->name, n) ||
		!delimiter_set(&p->close, tag->name + second, tag->n - second))
		return parse_fail(p, tag->begin, "delimiters that cannot be");
	return 0;
}

static int section_open(struct mustache_parse *p, const struct mustache_tag *tag)
{
	if (p->depth == MUSTACHE_DEPTH_MAX)
		return parse_fail(p, tag->begin, "sections too deep inside each other");
	p->sections[p->depth++] = p->m->n - 1;
	return 0;
}

static int section_close(struct mustache_parse *p, const struct mustache_tag *tag)
{
	struct mustache_node *node;

	if (p->depth == 0)
		return parse_fail(
			p, tag->begin, "a section closed that was not opened");
	node = &p->m->nodes[p->sections[--p->depth]];
	if (node->n != tag->n || memcmp(node->text, tag->name, tag->n) != 0)
		return parse_fail(
			p, tag->begin, "another section than the open one closed");
	node->end = p->m->n;
	return 0;
}

/* Acts on a tag. indent is what stands before it on a line of its own, else NULL. */
static int tag_use(
	struct mustache_parse *p, const struct mustache_tag *tag, const char *indent)
{
	struct mustache_node *node;

	if (tag->kind == MUSTACHE_COMMENT)
		return 0;
	if (tag->kind == MUSTACHE_DELIMITERS)
		return tag_set_delimiters(p, tag);
	if (tag->kind == MUSTACHE_CLOSE)
		return section_close(p, tag);
	node = node_add(p->m, tag->kind);
	node->text = tag->name;
	node->n = tag->n;
	/* At least the closing delimiter stands there: nothing is lost. */
	tag->name[tag->n] = '\0';
	if (tag->kind == MUSTACHE_PARTIAL && indent) {
		node->indent = indent;
		node->n_indent = (size_t)(tag->begin - indent);
	}
	if (tag->kind == MUSTACHE_SECTION || tag->kind == MUSTACHE_INVERTED)
		return section_open(p, tag);
	return 0;
}

static bool kind_may_stand_alone(enum mustache_kind kind)
{
	return kind != MUSTACHE_ESCAPED && kind != MUSTACHE_RAW;
}

/* If nothing but blanks shares the line with the tag: the line's start, and in
 * ret_after the start of the next line. Else NULL. */
static char *tag_line(const struct mustache_parse *p, const struct mustache_tag *tag,
	char **ret_after)
{
	char *before = tag->begin, *after = tag->end;

	if (!kind_may_stand_alone(tag->kind))
		return NULL;
	while (before > p->pos && is_blank(before[-1]))
		before--;
	if (before == p->pos ? !p->line_start : before[-1] != '\n')
		return NULL;
	while (after < p->end && is_blank(*after))
		after++;
	if (after < p->end && *after == '\r' && after + 1 < p->end && after[1] == '\n')
		after++;
	if (after < p->end && *after != '\n')
		return NULL;
	*ret_after = after < p->end ? after + 1 : after;
	return before;
}

/* One tag and the text in front of it. */
static int parse_tag(struct mustache_parse *p, char *begin)
{
	struct mustache_tag tag;
	char *line, *text_end, *next;
	bool first_on_line;

	if (tag_read(p, begin, &tag) < 0)
		return -1;
	next = tag.end;
	line = tag_line(p, &tag, &next);
	text_end = line ? line : begin;
	text_add(p->m, p->pos, (size_t)(text_end - p->pos),
		p->line_start && text_end > p->pos);
	first_on_line = begin == p->pos ? p->line_start : begin[-1] == '\n';
	if (!line && first_on_line)
		text_add(p->m, begin, 0, true);
	p->pos = next;
	p->line_start = line != NULL;
	return tag_use(p, &tag, line);
}

static int parse_all(struct mustache_parse *p)
{
	char *begin;

	p->line_start = true;
	for (;;) {
		begin = parse_find(p, p->pos, &p->open);
		if (!begin)
			break;
		if (parse_tag(p, begin) < 0)
			return -1;
	}
	if (p->pos < p->end)
		text_add(p->m, p->pos, (size_t)(p->end - p->pos), p->line_start);
	if (p->depth > 0)
		return parse_fail(p, p->m->nodes[p->sections[p->depth - 1]].text,
			"a section that is not closed");
	return 0;
}

struct mustache *mustache_compile(const char *text, size_t n, struct error *err)
{
	struct mustache_parse p = {
		.original = text,
		.open = { .text = "{{", .n = 2 },
		.close = { .text = "}}", .n = 2 },
		.err = err,
	};

	if (n > MUSTACHE_TEMPLATE_MAX) {
		error_set(err, ERR_TOO_LARGE, "template over %zu bytes",
			MUSTACHE_TEMPLATE_MAX);
		return NULL;
	}
	if (!utf8_is_text(text, n)) {
		error_set(err, ERR_INVALID, "template is not UTF-8 text");
		return NULL;
	}
	p.m = mem_new(sizeof(*p.m));
	p.m->text = mem_new(n + 1);
	if (n > 0)
		memcpy(p.m->text, text, n);
	p.pos = p.m->text;
	p.end = p.m->text + n;
	if (parse_all(&p) < 0) {
		mustache_free(p.m);
		return NULL;
	}
	return p.m;
}

void mustache_free(struct mustache *m)
{
	if (!m)
		return;
	mem_free(m->nodes);
	mem_free(m->text);
	mem_free(m);
}

void mustache_names(
	const struct mustache *m, void (*seen)(const char *name, void *arg), void *arg)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->nodes[i].kind != MUSTACHE_TEXT)
			seen(m->nodes[i].text, arg);
	}
}

void mustache_partials(
	const struct mustache *m, void (*seen)(const char *name, void *arg), void *arg)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->nodes[i].kind == MUSTACHE_PARTIAL)
			seen(m->nodes[i].text, arg);
	}
}
