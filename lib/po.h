/*
 * po - reads PO files, the format that translators edit (GNU gettext manual, "The
 * Format of PO Files").
 *
 * Taken: comments, the fuzzy flag, msgid and msgstr over several lines, obsolete
 * entries (#~, passed over). Not taken, and an error: msgctxt and plural forms.
 */
#ifndef SYNPUNKT_LIB_PO_H
#define SYNPUNKT_LIB_PO_H

#include <stdbool.h>
#include <stddef.h>

struct error;

#define PO_TEXT_MAX 16384 /* bytes of one msgid or msgstr */

struct po_entry {
	const char *id;   /* "" is the header */
	const char *text; /* "" is not translated */
	bool fuzzy;
	unsigned line; /* of the msgid */
};

/* Valid during the call; -1 with err filled ends the reading. */
typedef int po_entry_fn(const struct po_entry *entry, void *arg, struct error *err);

/* ERR_INVALID names the line. The text must be UTF-8. */
int po_read(const char *po, size_t n, po_entry_fn *entry, void *arg, struct error *err);

#endif
