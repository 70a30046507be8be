#include "server/open311_write.h"

#include <assert.h>
#include <string.h>

#include <event2/buffer.h>
#include <libxml/xmlwriter.h>

#include "lib/arena.h"
#include "lib/http.h"
#include "lib/json_write.h"
#include "lib/utf8.h"

#define DEPTH_MAX 8

struct open311_write {
	struct http_request *req;
	enum open311_format format;
	struct json_write json;
	xmlBufferPtr bytes;
	xmlTextWriterPtr xml;
	unsigned depth;
	/* What is open, outermost first: of a list the name of each, else NULL. */
	const char *items[DEPTH_MAX];
};

struct open311_write *open311_write_new(
	struct http_request *req, enum open311_format format)
{
	struct open311_write *w = arena_alloc(http_arena(req), sizeof(*w));

	w->req = req;
	w->format = format;
	if (format == OPEN311_JSON) {
		jw_init(&w->json, http_out(req));
		return w;
	}
	w->bytes = xmlBufferCreate();
	w->xml = xmlNewTextWriterMemory(w->bytes, 0);
	assert(w->xml);
	xmlTextWriterStartDocument(w->xml, NULL, "utf-8", NULL);
	return w;
}

static const xmlChar *xml(const char *text)
{
	return (const xmlChar *)text;
}

/* XML 1.0, 2.2: of what UTF-8 can say, these are no characters. */
static bool xml_has(uint32_t point)
{
	return point >= ' ' ? point != 0xfffe && point != 0xffff
			    : point == '\t' || point == '\n' || point == '\r';
}

static const char *xml_text(struct open311_write *w, const char *text)
{
	size_t n = strlen(text), used = 0, step;
	char *clean = arena_alloc(http_arena(w->req), UTF8_MAX * n + 1);
	uint32_t point;

	for (size_t i = 0; i < n; i += step) {
		step = utf8_decode(text + i, n - i, &point);
		if (step == 0) {
			step = 1;
			point = 0xfffd;
		}
		used += utf8_encode(xml_has(point) ? point : 0xfffd, clean + used);
	}
	return clean;
}

static void push(struct open311_write *w, const char *item)
{
	assert(w->depth < DEPTH_MAX);
	w->items[w->depth++] = item;
}

/* The name of what begins now: of the outermost JSON has none. */
static void begin(struct open311_write *w, const char *name)
{
	if (w->format == OPEN311_XML)
		xmlTextWriterStartElement(w->xml, xml(name));
	else if (w->depth > 0)
		jw_key(&w->json, name);
}

void open311_list(struct open311_write *w, const char *name, const char *item)
{
	begin(w, name);
	if (w->format == OPEN311_JSON)
		jw_array(&w->json);
	push(w, item);
}

void open311_object(struct open311_write *w, const char *name)
{
	begin(w, name);
	if (w->format == OPEN311_JSON)
		jw_object(&w->json);
	push(w, NULL);
}

static const char *item_name(const struct open311_write *w)
{
	assert(w->depth > 0 && w->items[w->depth - 1]);
	return w->items[w->depth - 1];
}

void open311_item(struct open311_write *w)
{
	if (w->format == OPEN311_XML)
		xmlTextWriterStartElement(w->xml, xml(item_name(w)));
	else
		jw_object(&w->json);
	push(w, NULL);
}

void open311_item_text(struct open311_write *w, const char *text)
{
	if (w->format == OPEN311_XML)
		xmlTextWriterWriteElement(
			w->xml, xml(item_name(w)), xml(xml_text(w, text)));
	else
		jw_string(&w->json, text);
}

void open311_end(struct open311_write *w)
{
	bool is_list = w->items[--w->depth] != NULL;

	if (w->format == OPEN311_XML)
		xmlTextWriterEndElement(w->xml);
	else if (is_list)
		jw_array_end(&w->json);
	else
		jw_object_end(&w->json);
}

void open311_text(struct open311_write *w, const char *name, const char *text)
{
	if (w->format == OPEN311_JSON) {
		jw_key_string(&w->json, name, text);
		return;
	}
	xmlTextWriterStartElement(w->xml, xml(name));
	if (text)
		xmlTextWriterWriteString(w->xml, xml(xml_text(w, text)));
	xmlTextWriterEndElement(w->xml);
}

void open311_bool(struct open311_write *w, const char *name, bool yes)
{
	if (w->format == OPEN311_JSON)
		jw_key_bool(&w->json, name, yes);
	else
		xmlTextWriterWriteElement(
			w->xml, xml(name), xml(yes ? "true" : "false"));
}

void open311_int(struct open311_write *w, const char *name, int64_t number)
{
	if (w->format == OPEN311_JSON)
		jw_key_int(&w->json, name, number);
	else
		xmlTextWriterWriteFormatElement(
			w->xml, xml(name), "%lld", (long long)number);
}

void open311_real(struct open311_write *w, const char *name, double number)
{
	char text[JSON_DOUBLE_MAX];

	if (w->format == OPEN311_JSON) {
		jw_key_double(&w->json, name, number);
		return;
	}
	json_double_print(number, text);
	xmlTextWriterWriteElement(w->xml, xml(name), xml(text));
}

/* What anybody may read, a page of anybody's may; never what is sent, nor with a
 * cookie. */
static void allow_pages(struct http_request *req)
{
	enum http_method method = http_method(req);

	if (method == HTTP_GET || method == HTTP_HEAD)
		http_set_header(req, "Access-Control-Allow-Origin", "*");
}

void open311_write_reply(struct open311_write *w, int status)
{
	assert(w->depth == 0);
	allow_pages(w->req);
	if (w->format == OPEN311_JSON) {
		jw_flush(&w->json);
		http_reply(w->req, status, "application/json; charset=utf-8");
		return;
	}
	xmlTextWriterEndDocument(w->xml);
	xmlFreeTextWriter(w->xml);
	evbuffer_add(http_out(w->req), xmlBufferContent(w->bytes),
		(size_t)xmlBufferLength(w->bytes));
	xmlBufferFree(w->bytes);
	http_reply(w->req, status, "text/xml; charset=utf-8");
}
