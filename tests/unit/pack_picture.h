/* pack_picture - what a test asks of the pictures that pack_chart draws. */
#ifndef SYNPUNKT_TESTS_UNIT_PACK_PICTURE_H
#define SYNPUNKT_TESTS_UNIT_PACK_PICTURE_H

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

struct arena;

struct pack_picture {
	struct arena *arena;
	const char *text; /* NULL if there is none */
	xmlDoc *doc;      /* the same in a <div> */
	xmlXPathContext *path;
};

/* Draws, and fails unless the result is NULL or well-formed. */
struct pack_picture pack_picture_draw(json_t *table);
void pack_picture_clear(struct pack_picture *p);

/* What an XPath expression gives. */
double pack_picture_number(const struct pack_picture *p, const char *expression);
const char *pack_picture_string(const struct pack_picture *p, const char *expression);

/* Fails if a text reaches out of its picture, as far as letters' widths can be known.
 */
void pack_picture_check_inside(const struct pack_picture *p);
/* Fails unless each picture is an image with its own ids, its title and description,
 * and fit for a page that allows no style of its own. */
void pack_picture_check_sound(const struct pack_picture *p);

#endif
