/*
 * marking - what a secrecy marking (sekretessmarkering) may say: which document of a
 * case and which section of law. Pure.
 *
 * A document is named "text", or by its kind and number: "message-4", "reply-7",
 * "note-5" by the event that brought it, "attachment-2" by its place. Without a name
 * the whole case is meant. A section is written "OSL 26:1".
 */
#ifndef SYNPUNKT_SERVER_MARKING_H
#define SYNPUNKT_SERVER_MARKING_H

#include <stdbool.h>

struct faults;

#define MARKING_DOCUMENT_MAX 30
#define MARKING_SECTION_MAX 20

bool marking_document_is_possible(const char *document);
bool marking_section_is_possible(const char *section);

/* Of what was sent; NULL is not judged. */
void marking_judge(const char *document, const char *section, struct faults *faults);

#endif
