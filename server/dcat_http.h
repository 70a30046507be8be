/*
 * dcat_http - the catalogue of the open data at /datasets/dcat: RDF/XML, or Turtle for
 * who prefers it by Accept, by ?format=turtle, or by the ending .ttl (.rdf is XML).
 */
#ifndef SYNPUNKT_SERVER_DCAT_HTTP_H
#define SYNPUNKT_SERVER_DCAT_HTTP_H

#include "lib/http.h"

extern const struct http_route dcat_routes[];

#endif
