/*
 * libxml2 tells element by element, and what is to be read is written as it comes; no
 * tree is built. What a client marks as a quote gets "> " before each line, so that the
 * rest of the reader finds quotes in one way only.
 */
#include "lib/mail_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "lib/base.h"

#define MAIL_HTML_DEPTH_MAX 1000 /* elements within each other */
#define MAIL_HTML_QUOTES_MAX 20
#define MAIL_HTML_LINK_MAX 300 /* bytes of an address that is shown */
#define MAIL_HTML_RULE "________________________________"

enum html_kind {
	HTML_INLINE,
	HTML_BLOCK,     /* a line of its own */
	HTML_PARAGRAPH, /* with a blank line around it */
	HTML_BREAK,
	HTML_RULE,
	HTML_ITEM,
	HTML_CELL,
	HTML_SKIP, /* nothing in it is shown */
	HTML_QUOTE,
	HTML_AS_IT_IS,
	HTML_LINK,
};

static const struct {
	const char *name;
	enum html_kind kind;
} elements[] = {
	{ "a", HTML_LINK },
	{ "address", HTML_BLOCK },
	{ "article", HTML_BLOCK },
	{ "blockquote", HTML_QUOTE },
	{ "br", HTML_BREAK },
	{ "center", HTML_BLOCK },
	{ "dd", HTML_BLOCK },
	{ "div", HTML_BLOCK },
	{ "dl", HTML_BLOCK },
	{ "dt", HTML_BLOCK },
	{ "fieldset", HTML_BLOCK },
	{ "footer", HTML_BLOCK },
	{ "form", HTML_BLOCK },
	{ "h1", HTML_PARAGRAPH },
	{ "h2", HTML_PARAGRAPH },
	{ "h3", HTML_PARAGRAPH },
	{ "h4", HTML_PARAGRAPH },
	{ "h5", HTML_PARAGRAPH },
	{ "h6", HTML_PARAGRAPH },
	{ "head", HTML_SKIP },
	{ "header", HTML_BLOCK },
	{ "hr", HTML_RULE },
	{ "li", HTML_ITEM },
	{ "main", HTML_BLOCK },
	{ "noscript", HTML_SKIP },
	{ "object", HTML_SKIP },
	{ "ol", HTML_PARAGRAPH },
	{ "p", HTML_PARAGRAPH },
	{ "pre", HTML_AS_IT_IS },
	{ "script", HTML_SKIP },
	{ "section", HTML_BLOCK },
	{ "select", HTML_SKIP },
	{ "style", HTML_SKIP },
	{ "table", HTML_BLOCK },
	{ "td", HTML_CELL },
	{ "template", HTML_SKIP },
	{ "textarea", HTML_SKIP },
	{ "th", HTML_CELL },
	{ "title", HTML_SKIP },
	{ "tr", HTML_BLOCK },
	{ "ul", HTML_PARAGRAPH },
};

struct html_link {
	char address[MAIL_HTML_LINK_MAX + 1]; /* "" for none */
	size_t at;                            /* where its words begin */
};

struct html_page {
	htmlParserCtxt *parser;
	struct mail_buffer *out;
	unsigned char open[MAIL_HTML_DEPTH_MAX]; /* enum html_kind */
	size_t depth;
	size_t skip, as_it_is, quotes;
	size_t line_quotes; /* of the line that is being written */
	unsigned breaks;    /* line ends before the next word, at most 2 */
	bool space;         /* white space before it */
	bool begun;         /* something is written on this line */
	struct html_link link;
};

/* ---- writing ---- */

static void html_quote_marks(struct html_page *page, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		mail_buffer_add(page->out, ">", 1);
}

static void html_line_end(struct html_page *page)
{
	struct mail_buffer *out = page->out;

	while (out->n > 0 && out->bytes[out->n - 1] == ' ')
		out->n--;
	mail_buffer_add(out, "\n", 1);
}

/* A new line is begun only when there is something to stand on it. */
static void html_begin(struct html_page *page)
{
	size_t common =
		page->quotes < page->line_quotes ? page->quotes : page->line_quotes;

	if (page->begun && page->breaks == 0) {
		if (page->space)
			mail_buffer_add(page->out, " ", 1);
		page->space = false;
		return;
	}
	if (page->begun) {
		html_line_end(page);
		if (page->breaks > 1) {
			html_quote_marks(page, common);
			mail_buffer_add(page->out, "\n", 1);
		}
	}
	html_quote_marks(page, page->quotes);
	if (page->quotes > 0)
		mail_buffer_add(page->out, " ", 1);
	page->line_quotes = page->quotes;
	page->begun = true;
	page->breaks = 0;
	page->space = false;
}

static void html_break(struct html_page *page, unsigned least)
{
	if (page->breaks < least)
		page->breaks = least;
}

static bool html_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void html_write(struct html_page *page, const char *text, size_t n)
{
	size_t i, word;

	for (i = 0; i < n; i += word) {
		word = 1;
		if (page->as_it_is > 0 && text[i] == '\n') {
			page->breaks += page->breaks < 2;
			continue;
		}
		if (page->as_it_is == 0 && html_is_space(text[i])) {
			page->space = true;
			continue;
		}
		while (i + word < n && !html_is_space(text[i + word]))
			word++;
		html_begin(page);
		/* a no-break space holds a line open, and is one as any other */
		if (word == 2 && strncmp(text + i, "\xc2\xa0", 2) == 0)
			mail_buffer_add(page->out, " ", 1);
		else
			mail_buffer_add(page->out, text + i, word);
	}
}

/* ---- attributes ---- */

static const char *html_attribute(const xmlChar **list, const char *name)
{
	for (; list && list[0]; list += 2)
		if (strcasecmp((const char *)list[0], name) == 0)
			return list[1] ? (const char *)list[1] : "";
	return "";
}

static bool html_is_hidden(const xmlChar **list)
{
	const char *style = html_attribute(list, "style");

	return strcasestr(style, "display:none") || strcasestr(style, "display: none");
}

/* Others only indent with it. */
static bool html_is_quote(const xmlChar **list)
{
	const char *style = html_attribute(list, "style");

	return strcasecmp(html_attribute(list, "type"), "cite") == 0 ||
	       strcasestr(html_attribute(list, "class"), "quote") ||
	       strcasestr(html_attribute(list, "id"), "quote") ||
	       strcasestr(style, "border-left");
}

static enum html_kind html_kind_of(const xmlChar *name, const xmlChar **list)
{
	enum html_kind kind = HTML_INLINE;
	size_t i;

	for (i = 0; i < ARRAY_LEN(elements); i++)
		if (strcasecmp(elements[i].name, (const char *)name) == 0)
			kind = elements[i].kind;
	if (html_is_hidden(list))
		return HTML_SKIP;
	if (kind == HTML_QUOTE && !html_is_quote(list))
		return HTML_BLOCK;
	/* Outlook's paragraphs are lines: they have no space between them */
	if (kind == HTML_PARAGRAPH &&
		strncasecmp(html_attribute(list, "class"), "Mso", 3) == 0)
		return HTML_BLOCK;
	return kind;
}

/* ---- links ---- */

static void html_link_begin(struct html_page *page, const xmlChar **list)
{
	const char *address = html_attribute(list, "href");

	page->link.address[0] = '\0';
	page->link.at = page->out->n;
	if (strncasecmp(address, "http", 4) == 0 &&
		strlen(address) <= MAIL_HTML_LINK_MAX)
		memcpy(page->link.address, address, strlen(address) + 1);
}

/* Where a link leads is told unless its words do, or there are none. */
static void html_link_end(struct html_page *page)
{
	const char *host = strstr(page->link.address, "//");
	size_t n = page->out->n > page->link.at ? page->out->n - page->link.at : 0;
	size_t length;

	if (!host || n == 0 || page->skip > 0)
		return;
	host += strncasecmp(host, "//www.", 6) == 0 ? 6 : 2;
	length = strlen(host);
	while (length > 0 && host[length - 1] == '/')
		length--;
	if (!memmem(page->out->bytes + page->link.at, n, host, length)) {
		mail_buffer_add_text(page->out, " <");
		mail_buffer_add_text(page->out, page->link.address);
		mail_buffer_add_text(page->out, ">");
	}
	page->link.address[0] = '\0';
}

/* ---- elements ---- */

static void html_quote_begin(struct html_page *page)
{
	html_break(page, 1);
	if (page->quotes < MAIL_HTML_QUOTES_MAX)
		page->quotes++;
}

static void html_enter(
	struct html_page *page, enum html_kind kind, const xmlChar **list)
{
	switch (kind) {
	case HTML_BLOCK:
		html_break(page, 1);
		break;
	case HTML_PARAGRAPH:
		html_break(page, 2);
		break;
	case HTML_BREAK:
		page->breaks += page->breaks < 2;
		break;
	case HTML_RULE:
		html_break(page, 1);
		html_write(page, MAIL_HTML_RULE, strlen(MAIL_HTML_RULE));
		html_break(page, 1);
		break;
	case HTML_ITEM:
		html_break(page, 1);
		html_write(page, "-", 1);
		page->space = true;
		break;
	case HTML_CELL:
		page->space = true;
		break;
	case HTML_SKIP:
		page->skip++;
		break;
	case HTML_QUOTE:
		html_quote_begin(page);
		break;
	case HTML_AS_IT_IS:
		html_break(page, 2);
		page->as_it_is++;
		break;
	case HTML_LINK:
		html_link_begin(page, list);
		break;
	case HTML_INLINE:
		break;
	}
}

static void html_leave(struct html_page *page, enum html_kind kind)
{
	static const unsigned breaks[] = {
		[HTML_BLOCK] = 1,
		[HTML_PARAGRAPH] = 2,
		[HTML_ITEM] = 1,
		[HTML_QUOTE] = 1,
		[HTML_AS_IT_IS] = 2,
		[HTML_LINK] = 0,
	};

	html_break(page, breaks[kind]);
	page->skip -= kind == HTML_SKIP && page->skip > 0;
	page->as_it_is -= kind == HTML_AS_IT_IS && page->as_it_is > 0;
	page->quotes -= kind == HTML_QUOTE && page->quotes > 0;
	page->space = page->space || kind == HTML_CELL;
	if (kind == HTML_LINK)
		html_link_end(page);
}

static void html_on_start(void *arg, const xmlChar *name, const xmlChar **list)
{
	struct html_page *page = arg;
	enum html_kind kind = html_kind_of(name, list);

	if (page->depth == MAIL_HTML_DEPTH_MAX || page->out->cut) {
		page->out->cut = true;
		xmlStopParser(page->parser);
		return;
	}
	page->open[page->depth++] = (unsigned char)kind;
	if (page->skip == 0 || kind == HTML_SKIP)
		html_enter(page, kind, list);
	else
		page->open[page->depth - 1] = HTML_INLINE;
}

static void html_on_end(void *arg, const xmlChar *name)
{
	struct html_page *page = arg;

	if (page->depth > 0)
		html_leave(page, (enum html_kind)page->open[--page->depth]);
}

static void html_on_text(void *arg, const xmlChar *text, int n)
{
	struct html_page *page = arg;

	if (page->skip == 0 && n > 0)
		html_write(page, (const char *)text, (size_t)n);
}

void mail_html(const char *html, size_t n, struct mail_buffer *out)
{
	htmlSAXHandler handler = { .startElement = html_on_start,
		.endElement = html_on_end,
		.characters = html_on_text,
		.ignorableWhitespace = html_on_text };
	struct html_page *page = mem_new(sizeof(*page));

	page->out = out;
	page->parser = n > 0 && n <= MAIL_TEXT_MAX
			       ? htmlCreateMemoryParserCtxt(html, (int)n)
			       : NULL;
	if (page->parser) {
		*page->parser->sax = handler;
		page->parser->userData = page;
		htmlCtxtUseOptions(page->parser,
			HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
				HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED |
				HTML_PARSE_IGNORE_ENC);
		xmlSwitchEncoding(page->parser, XML_CHAR_ENCODING_UTF8);
		htmlParseDocument(page->parser);
		if (page->parser->myDoc)
			xmlFreeDoc(page->parser->myDoc);
		htmlFreeParserCtxt(page->parser);
	}
	if (page->begun)
		html_line_end(page);
	mem_free(page);
}
