#include "lib/mail_enclose.h"

#include <stdbool.h>
#include <string.h>

#include <event2/buffer.h>
#include <gmime/gmime.h>

#include "lib/error.h"

static GMimePart *part_new(const struct mail_enclosure *file)
{
	const char *slash = strchr(file->type, '/');
	char *type = g_strndup(
		file->type, slash ? (gsize)(slash - file->type) : strlen(file->type));
	GMimePart *part = g_mime_part_new_with_type(type, slash ? slash + 1 : "");

	g_free(type);
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	g_mime_part_set_filename(part, file->name);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	return part;
}

static void part_fill(GMimePart *part, int fd)
{
	GMimeStream *bytes = g_mime_stream_fs_new(fd);
	GMimeDataWrapper *content;

	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(bytes), FALSE);
	content = g_mime_data_wrapper_new_with_stream(
		bytes, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_object_unref(bytes);
}

static bool part_write(GMimePart *part, struct evbuffer *out)
{
	GMimeFormatOptions *options = g_mime_format_options_new();
	GMimeStream *text = g_mime_stream_mem_new();
	GByteArray *bytes;
	bool written;

	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	written = g_mime_object_write_to_stream(GMIME_OBJECT(part), options, text) >= 0;
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(text));
	evbuffer_add(out, bytes->data, bytes->len);
	if (bytes->len < 2 || memcmp(bytes->data + bytes->len - 2, "\r\n", 2) != 0)
		evbuffer_add(out, "\r\n", 2);
	g_object_unref(text);
	g_mime_format_options_free(options);
	return written;
}

int mail_enclose(
	struct evbuffer *out, const struct mail_enclosure *file, struct error *err)
{
	GMimePart *part;
	bool written;

	g_mime_init(); /* the first call does it, the others are counted */
	part = part_new(file);
	part_fill(part, file->fd);
	written = part_write(part, out);
	g_object_unref(part);
	return written ? 0
		       : error_set(err, ERR_INTERNAL,
				 "a file of a letter cannot be read");
}
