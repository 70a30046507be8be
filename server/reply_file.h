/*
 * reply_file - the files that a colleague sends with a reply: from a form that has been
 * read to the list that synpunkt_desk.act_with_files() takes.
 *
 * The form is multipart/form-data with the reply's JSON object in the part "reply" and
 * files in parts "attachment", under the ceilings of attachment.h. A picture is made
 * anew by the image worker, so that what is sent says nothing of where it was taken.
 * Unlike a complainant's, one that cannot be read stops the reply: whoever chose it can
 * choose another.
 */
#ifndef SYNPUNKT_SERVER_REPLY_FILE_H
#define SYNPUNKT_SERVER_REPLY_FILE_H

#include <stdbool.h>

struct arena;
struct attachment_set;
struct error;
struct form_body;
struct http_request;

/* The form's JSON, when it and the files are such as can be taken; else NULL:
 * ERR_INVALID without the part, ERR_TOO_LARGE, ERR_UNSUPPORTED with the field
 * "attachment". */
const char *reply_file_json(struct form_body *form, struct error *err);

/* Of a set that is stored: [{name, type, size, sha256, thumbnail}] as text, the
 * arena's; NULL with ERR_UNSUPPORTED and the field "attachment" when one was refused.
 * An empty set is an empty text, and sets no err either. */
const char *reply_file_list(
	struct arena *arena, const struct attachment_set *set, struct error *err);

/* Whether the request's body is a form. */
bool reply_file_is_form(struct http_request *req);

#endif
