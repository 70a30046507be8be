#include "server/reply_file.h"

#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/http.h"
#include "server/attachment.h"
#include "server/form_body.h"

#define PART "reply"

bool reply_file_is_form(struct http_request *req)
{
	const char *type = http_header(req, "content-type");

	return type && !strncasecmp(type, "multipart/", strlen("multipart/"));
}

const char *reply_file_json(struct form_body *form, struct error *err)
{
	const char *json = form_body_value(form, PART);

	if (!json || form_body_repeats(form, PART)) {
		error_set(err, ERR_INVALID, "the part \"" PART "\" %s",
			json ? "is there more than once" : "is missing");
		return NULL;
	}
	return attachment_set_check(form_body_attachments(form), err) < 0 ? NULL : json;
}

const char *reply_file_list(
	struct arena *arena, const struct attachment_set *set, struct error *err)
{
	json_t *list = json_array();
	const struct attachment *all;
	const char *copy = NULL;
	char *text;
	size_t n;

	all = attachment_set_all(set, &n);
	for (size_t i = 0; i < n && err->code == ERR_NONE; i++) {
		if (!all[i].stored_sha256)
			error_set(err, ERR_UNSUPPORTED,
				"\"%s\" cannot be read as a picture", all[i].name);
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:I, s:s?, s:s*}", "name", all[i].name,
				"type", all[i].type, "size", (json_int_t)all[i].size,
				"sha256", all[i].stored_sha256, "thumbnail",
				all[i].thumbnail_sha256));
	}
	if (err->code != ERR_NONE) {
		error_set_field(err, "attachment");
	} else {
		text = json_dumps(list, JSON_COMPACT);
		copy = n > 0 ? arena_dup(arena, text) : "";
		mem_free(text);
	}
	json_decref(list);
	return copy;
}
