#include "server/rdf.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <event2/buffer.h>

#include "lib/arena.h"
#include "lib/base.h"

#define HEX "0123456789ABCDEF"

static const struct {
	const char *prefix, *address;
} prefixes[] = {
	{ "rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#" },
	{ "dcat", RDF_DCAT },
	{ "dcterms", RDF_DCTERMS },
	{ "foaf", RDF_FOAF },
	{ "vcard", RDF_VCARD },
};

/* Of three kinds: an address, or a text with a language, a datatype or neither. */
struct statement {
	const char *subject, *predicate;
	const char *address, *text, *language, *datatype;
};

struct rdf {
	struct arena *arena;
	const char *subject;
	struct statement *all;
	size_t n, room;
};

struct rdf *rdf_new(struct arena *arena)
{
	struct rdf *rdf = arena_alloc(arena, sizeof(*rdf));

	rdf->arena = arena;
	return rdf;
}

static void rdf_add(struct rdf *rdf, const struct statement *statement)
{
	if (rdf->n == rdf->room) {
		size_t room = rdf->room ? 2 * rdf->room : 64;
		struct statement *more = arena_array(rdf->arena, room, sizeof(*more));

		if (rdf->n > 0)
			memcpy(more, rdf->all, rdf->n * sizeof(*more));
		rdf->all = more;
		rdf->room = room;
	}
	rdf->all[rdf->n] = *statement;
	rdf->all[rdf->n++].subject = rdf->subject;
}

/* RFC 3987 leaves these out of an address; both forms would break at some. */
static const char *address_clean(struct rdf *rdf, const char *address)
{
	size_t n = 0;
	char *clean = arena_alloc(rdf->arena, 3 * strlen(address) + 1);

	for (const char *p = address; *p; p++) {
		unsigned char byte = (unsigned char)*p;

		if (byte > ' ' && byte != 0x7f && !strchr("<>\"{}|^`\\", byte)) {
			clean[n++] = *p;
			continue;
		}
		clean[n++] = '%';
		clean[n++] = HEX[byte >> 4];
		clean[n++] = HEX[byte & 15];
	}
	clean[n] = '\0';
	return clean;
}

void rdf_subject(struct rdf *rdf, const char *address)
{
	rdf->subject = address_clean(rdf, address);
}

void rdf_link(struct rdf *rdf, const char *predicate, const char *address)
{
	rdf_add(rdf, &(struct statement){ .predicate = predicate,
			     .address = address_clean(rdf, address) });
}

void rdf_text(
	struct rdf *rdf, const char *predicate, const char *text, const char *language)
{
	rdf_add(rdf,
		&(struct statement){
			.predicate = predicate, .text = text, .language = language });
}

void rdf_typed(
	struct rdf *rdf, const char *predicate, const char *text, const char *datatype)
{
	rdf_add(rdf,
		&(struct statement){
			.predicate = predicate, .text = text, .datatype = datatype });
}

static void put(struct evbuffer *out, const char *text)
{
	evbuffer_add(out, text, strlen(text));
}

static bool is_first(const struct rdf *rdf, size_t i)
{
	return i == 0 || strcmp(rdf->all[i].subject, rdf->all[i - 1].subject) != 0;
}

static bool is_last(const struct rdf *rdf, size_t i)
{
	return i + 1 == rdf->n || is_first(rdf, i + 1);
}

/* ---- RDF/XML ---- */

/* Control characters have no form in XML 1.0 but three. */
static void put_xml(struct evbuffer *out, const char *text)
{
	static const char *const written[128] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"
	};

	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 128 && written[byte])
			put(out, written[byte]);
		else if (byte >= ' ' || strchr("\t\n\r", byte))
			evbuffer_add(out, text, 1);
	}
}

static void put_attribute(struct evbuffer *out, const char *name, const char *value)
{
	if (!value)
		return;
	put(out, name);
	put(out, "=\"");
	put_xml(out, value);
	put(out, "\"");
}

static void statement_xml(const struct statement *statement, struct evbuffer *out)
{
	put(out, "\t<");
	put(out, statement->predicate);
	put_attribute(out, " rdf:resource", statement->address);
	put_attribute(out, " xml:lang", statement->language);
	put_attribute(out, " rdf:datatype", statement->datatype);
	if (statement->address) {
		put(out, "/>\n");
		return;
	}
	put(out, ">");
	put_xml(out, statement->text);
	put(out, "</");
	put(out, statement->predicate);
	put(out, ">\n");
}

void rdf_write_xml(const struct rdf *rdf, struct evbuffer *out)
{
	put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF");
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		put(out, "\n\txmlns:");
		put(out, prefixes[i].prefix);
		put_attribute(out, "", prefixes[i].address);
	}
	put(out, ">\n");
	for (size_t i = 0; i < rdf->n; i++) {
		if (is_first(rdf, i)) {
			put(out, "<rdf:Description");
			put_attribute(out, " rdf:about", rdf->all[i].subject);
			put(out, ">\n");
		}
		statement_xml(&rdf->all[i], out);
		if (is_last(rdf, i))
			put(out, "</rdf:Description>\n");
	}
	put(out, "</rdf:RDF>\n");
}

/* ---- Turtle ---- */

static void put_turtle(struct evbuffer *out, const char *text)
{
	static const char *const written[128] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r"
	};

	put(out, "\"");
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 128 && written[byte])
			put(out, written[byte]);
		else
			evbuffer_add(out, text, 1);
	}
	put(out, "\"");
}

static void put_address(struct evbuffer *out, const char *address)
{
	put(out, "<");
	put(out, address);
	put(out, ">");
}

static void statement_turtle(const struct statement *statement, struct evbuffer *out)
{
	put(out, "\t");
	put(out, statement->predicate);
	put(out, " ");
	if (statement->address)
		put_address(out, statement->address);
	else
		put_turtle(out, statement->text);
	if (statement->language) {
		put(out, "@");
		put(out, statement->language);
	}
	if (statement->datatype) {
		put(out, "^^");
		put_address(out, statement->datatype);
	}
}

void rdf_write_turtle(const struct rdf *rdf, struct evbuffer *out)
{
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		put(out, "@prefix ");
		put(out, prefixes[i].prefix);
		put(out, ": ");
		put_address(out, prefixes[i].address);
		put(out, " .\n");
	}
	for (size_t i = 0; i < rdf->n; i++) {
		if (is_first(rdf, i)) {
			put(out, "\n");
			put_address(out, rdf->all[i].subject);
			put(out, "\n");
		}
		statement_turtle(&rdf->all[i], out);
		put(out, is_last(rdf, i) ? " .\n" : " ;\n");
	}
}
