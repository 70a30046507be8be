/*
 * rdf - a small graph, as RDF/XML and as Turtle: one truth in two forms. A statement is
 * a subject, a predicate as "prefix:name" of the prefixes below, and an address or a
 * text. Statements of one subject are added one after another.
 */
#ifndef SYNPUNKT_SERVER_RDF_H
#define SYNPUNKT_SERVER_RDF_H

struct arena;
struct evbuffer;
struct rdf;

#define RDF_DCAT "http://www.w3.org/ns/dcat#"
#define RDF_DCTERMS "http://purl.org/dc/terms/"
#define RDF_FOAF "http://xmlns.com/foaf/0.1/"
#define RDF_VCARD "http://www.w3.org/2006/vcard/ns#"
#define RDF_XSD "http://www.w3.org/2001/XMLSchema#"

/* The graph is the arena's; texts are kept, not copied, unless the header says so. */
struct rdf *rdf_new(struct arena *arena);

/* Of what follows, until the next one. Bytes that an address must not have are
 * percent-encoded, here and in objects. */
void rdf_subject(struct rdf *rdf, const char *address);
void rdf_link(struct rdf *rdf, const char *predicate, const char *address);
/* language NULL: of none. */
void rdf_text(
	struct rdf *rdf, const char *predicate, const char *text, const char *language);
/* datatype is an address. */
void rdf_typed(
	struct rdf *rdf, const char *predicate, const char *text, const char *datatype);

void rdf_write_xml(const struct rdf *rdf, struct evbuffer *out);
void rdf_write_turtle(const struct rdf *rdf, struct evbuffer *out);

#endif
