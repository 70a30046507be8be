#include "server/pdf_tags.h"

#include <stdbool.h>
#include <string.h>

#include <event2/buffer.h>
#include <qpdf/qpdf-c.h>

#include "lib/base.h"
#include "lib/error.h"

#define PARAGRAPHS_MAX 20
#define DEPTH_MAX 8 /* of the structure, which is our own */

struct walk {
	qpdf_data pdf;
	const struct pdf_tags *tags;
	qpdf_oh paragraphs[PARAGRAPHS_MAX];
	size_t n_paragraphs;
};

static bool is_a(qpdf_data pdf, qpdf_oh element, const char *type)
{
	qpdf_oh name = qpdf_oh_get_key(pdf, element, "/S");

	return qpdf_oh_is_name(pdf, name) && !strcmp(qpdf_oh_get_name(pdf, name), type);
}

static void set_text(qpdf_data pdf, qpdf_oh object, const char *key, const char *text)
{
	qpdf_oh_replace_key(pdf, object, key, qpdf_oh_new_unicode_string(pdf, text));
}

static void walk_element(struct walk *walk, qpdf_oh element)
{
	if (is_a(walk->pdf, element, "/Figure"))
		set_text(walk->pdf, element, "/Alt", walk->tags->picture);
	if (is_a(walk->pdf, element, "/P") && walk->n_paragraphs < PARAGRAPHS_MAX)
		walk->paragraphs[walk->n_paragraphs++] = element;
}

/* Kids are one or an array of them; numbers among them are the page's own content. */
static void walk_kids(struct walk *walk, qpdf_oh element, int depth)
{
	qpdf_oh kids = qpdf_oh_get_key(walk->pdf, element, "/K");
	bool many = qpdf_oh_is_array(walk->pdf, kids);
	int n = many ? qpdf_oh_get_array_n_items(walk->pdf, kids) : 1;

	for (int i = 0; i < n && depth < DEPTH_MAX; i++) {
		qpdf_oh kid = many ? qpdf_oh_get_array_item(walk->pdf, kids, i) : kids;

		if (!qpdf_oh_is_dictionary(walk->pdf, kid))
			continue;
		walk_element(walk, kid);
		walk_kids(walk, kid, depth + 1);
	}
}

static void complete(qpdf_data pdf, const struct pdf_tags *tags)
{
	struct walk walk = { .pdf = pdf, .tags = tags };
	qpdf_oh root = qpdf_get_root(pdf), view = qpdf_oh_new_dictionary(pdf);

	set_text(pdf, root, "/Lang", tags->language);
	qpdf_oh_replace_key(pdf, view, "/DisplayDocTitle", qpdf_oh_new_bool(pdf, 1));
	qpdf_oh_replace_key(pdf, root, "/ViewerPreferences", view);
	qpdf_oh_replace_key(
		pdf, qpdf_get_page_n(pdf, 0), "/Tabs", qpdf_oh_new_name(pdf, "/S"));
	walk_kids(&walk, qpdf_oh_get_key(pdf, root, "/StructTreeRoot"), 0);
	if (tags->foreign > 0 && tags->foreign <= walk.n_paragraphs)
		set_text(pdf, walk.paragraphs[walk.n_paragraphs - tags->foreign],
			"/Lang", tags->foreign_language);
}

static bool failed(QPDF_ERROR_CODE code)
{
	return (code & QPDF_ERRORS) != 0;
}

static bool pdf_write(qpdf_data pdf, struct evbuffer *out)
{
	if (failed(qpdf_init_write_memory(pdf)))
		return false;
	/* Two of the same are the same file. */
	qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
	qpdf_set_object_stream_mode(pdf, qpdf_o_disable);
	return !failed(qpdf_write(pdf)) && evbuffer_add(out, qpdf_get_buffer(pdf),
						   qpdf_get_buffer_length(pdf)) == 0;
}

int pdf_tags_complete(struct evbuffer *given, const struct pdf_tags *tags,
	struct evbuffer *out, struct error *err)
{
	const char *bytes = (const char *)evbuffer_pullup(given, -1);
	qpdf_data pdf = qpdf_init();
	bool ok;

	qpdf_silence_errors(pdf); /* no word of it on standard error */
	qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
	ok = !failed(qpdf_read_memory(pdf, "poster", bytes, evbuffer_get_length(given),
		/* password= */ NULL));
	if (ok) {
		complete(pdf, tags);
		ok = !qpdf_has_error(pdf) && pdf_write(pdf, out);
	}
	qpdf_cleanup(&pdf);
	return ok ? 0 : error_set(err, ERR_INTERNAL, "the PDF could not be completed");
}
