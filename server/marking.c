#include "server/marking.h"

#include <string.h>

#include "lib/base.h"
#include "lib/fault.h"

static const char digits[] = "0123456789";

/* So many digits, the first of them not 0; what comes after, or NULL. */
static const char *after_number(const char *text, size_t most)
{
	size_t n = strspn(text, digits);

	return n > 0 && n <= most && text[0] != '0' ? text + n : NULL;
}

bool marking_document_is_possible(const char *document)
{
	static const char *const kinds[] = { "message-", "reply-", "note-",
		"attachment-" };

	if (!strcmp(document, "text"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i]);
		const char *end = strncmp(document, kinds[i], n) == 0
					  ? after_number(document + n, 9)
					  : NULL;

		if (end)
			return !*end;
	}
	return false;
}

bool marking_section_is_possible(const char *section)
{
	const char *at =
		strncmp(section, "OSL ", 4) == 0 ? after_number(section + 4, 2) : NULL;

	if (!at || *at != ':')
		return false;
	at = after_number(at + 1, 2);
	if (!at)
		return false;
	if (*at >= 'a' && *at <= 'z')
		at++;
	return !*at;
}

void marking_judge(const char *document, const char *section, struct faults *faults)
{
	if (document && !marking_document_is_possible(document))
		faults_add(faults, "document",
			"must be text, or message, reply, note or attachment with a "
			"number: message-4");
	if (section && !marking_section_is_possible(section))
		faults_add(faults, "section", "must be written as OSL 26:1");
}
