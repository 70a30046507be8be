#include "lib/mail_private.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/file_name.h"
#include "lib/sha256.h"

#define MAIL_MAGIC_HEAD (64 * KIB)
#define MAIL_TYPE_MAX 100 /* bytes of a media type */

/* What an attachment without a name is called. */
static const struct {
	const char *type, *name;
} names[] = {
	{ "application/ms-tnef", "winmail.dat" },
	{ "application/vnd.ms-tnef", "winmail.dat" },
	{ "application/pgp-signature", "signature.asc" },
	{ "application/pkcs7-mime", "smime.p7m" },
	{ "application/x-pkcs7-mime", "smime.p7m" },
	{ "application/pkcs7-signature", "smime.p7s" },
	{ "application/x-pkcs7-signature", "smime.p7s" },
	{ "image/gif", "picture.gif" },
	{ "image/jpeg", "picture.jpg" },
	{ "image/png", "picture.png" },
	{ "message/delivery-status", "delivery-status.txt" },
	{ "message/disposition-notification", "disposition-notification.txt" },
	{ "multipart/encrypted", "encrypted.eml" },
	{ "text/calendar", "invitation.ics" },
	{ "text/csv", "table.csv" },
	{ "text/html", "text.html" },
	{ "text/plain", "text.txt" },
	{ "text/rfc822-headers", "headers.txt" },
	{ "text/vcard", "contact.vcf" },
	{ "text/x-vcard", "contact.vcf" },
};

/* ---- names ---- */

/* A mail within goes by its subject. */
static const char *mail_attachment_mail_name(
	struct mail_work *work, GMimeMessage *message)
{
	char *subject =
		message ? mail_words_line(work, GMIME_OBJECT(message), "Subject")
			: NULL;
	const char *name;
	char *p;

	for (p = subject; p && *p; p++)
		if (*p == '/' || *p == '\\')
			*p = '-'; /* no path: "12/3" */
	name = file_name_tidy(work->arena, subject, MAIL_NAME_MAX - strlen(".eml"));
	return arena_printf(work->arena, "%s.eml", name ? name : "message");
}

/* Its encoded words put right: they must not stand there, but often do. */
static const char *mail_attachment_given(struct mail_work *work, GMimeObject *part)
{
	const char *raw = mail_words_field(work, part, "Content-Disposition");
	GMimeContentDisposition *disposition =
		raw ? g_mime_content_disposition_parse(work->reader->options, raw)
		    : NULL;
	const char *type = mail_words_field(work, part, "Content-Type");
	GMimeContentType *parsed =
		type ? g_mime_content_type_parse(work->reader->options, type) : NULL;
	const char *given = NULL;

	if (disposition)
		given = g_mime_content_disposition_get_parameter(
			disposition, "filename");
	if (!given && parsed)
		given = g_mime_content_type_get_parameter(parsed, "name");
	given = arena_dup(work->arena, given);
	if (disposition)
		g_object_unref(disposition);
	if (parsed)
		g_object_unref(parsed);
	return given;
}

static const char *mail_attachment_name(
	struct mail_work *work, GMimeObject *part, const char *declared)
{
	const char *given = mail_attachment_given(work, part), *name;
	size_t i;

	name = file_name_tidy(work->arena,
		mail_charset_line(work->arena, given, MAIL_WORD_MAX), MAIL_NAME_MAX);
	if (name)
		return name;
	if (GMIME_IS_MESSAGE_PART(part))
		return mail_attachment_mail_name(work,
			g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)));
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i].type, declared) == 0)
			return names[i].name;
	return "attachment";
}

/* ---- types ---- */

/* Lower case, and only what a media type may be made of. */
static const char *mail_attachment_declared(struct mail_work *work, GMimeObject *part)
{
	char *type =
		g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
	char *ret = type && strlen(type) <= MAIL_TYPE_MAX ? arena_dup(work->arena, type)
							  : NULL;
	char *p;

	g_free(type);
	for (p = ret; p && *p; p++) {
		*p |= *p >= 'A' && *p <= 'Z' ? 0x20 : 0;
		if (*p <= ' ' || *p >= 127 || strchr("()<>@,;:\\\"[]?=", *p))
			return "application/octet-stream";
	}
	return ret ? ret : "application/octet-stream";
}

/* Content tells, but of some kinds only that they are text, a package or bytes: there
 * the mail's own word says more, and is no lie about anything that would be shown. */
static const char *mail_attachment_type(const char *found, const char *declared)
{
	bool bytes = strcmp(found, "application/octet-stream") == 0;
	bool package = strcmp(found, "application/zip") == 0;

	if (strcmp(found, "inode/x-empty") == 0 ||
		strcmp(found, "application/x-empty") == 0)
		return declared;
	if (strncmp(found, "text/", 5) == 0 && strcmp(declared, "text/html") != 0 &&
		(strncmp(declared, "text/", 5) == 0 ||
			strncmp(declared, "message/", 8) == 0 ||
			strncmp(declared, "multipart/", 10) == 0 ||
			strstr(declared, "pgp-") || strstr(declared, "pkcs7-")))
		return declared;
	if ((bytes || package) && strncmp(declared, "application/", 12) == 0)
		return declared;
	return found;
}

/* ---- bytes ---- */

static void mail_attachment_hash(struct mail_work *work, struct mail_attachment *one)
{
	struct sha256 *hash = sha256_new();
	unsigned char digest[SHA256_SIZE];
	char *room = mem_new(MAIL_MAGIC_HEAD);
	const char *found = NULL;
	uint64_t at = 0;
	ssize_t n = 1;

	while (at < one->size && n > 0) {
		n = pread(work->fd, room, MAIL_MAGIC_HEAD, (off_t)(one->offset + at));
		if (n > 0)
			sha256_update(hash, room, (size_t)n);
		if (n > 0 && at == 0)
			found = magic_buffer(work->reader->magic, room, (size_t)n);
		if (found)
			one->type = arena_dup(work->arena,
				mail_attachment_type(found, one->declared));
		found = NULL;
		at += n > 0 ? (uint64_t)n : 0;
	}
	sha256_finish(hash, digest);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		snprintf(one->sha256 + 2 * i, 3, "%02x", digest[i]);
	sha256_free(hash);
	mem_free(room);
}

/* A part decoded; a mail, or what is encrypted, as it is. */
static uint64_t mail_attachment_write(struct mail_work *work, GMimeObject *part)
{
	GMimeStream *stream = g_mime_stream_fs_new(work->fd);
	GMimeDataWrapper *content = NULL;
	gint64 end;

	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
	g_mime_stream_seek(stream, (gint64)work->written, GMIME_STREAM_SEEK_SET);
	if (GMIME_IS_PART(part))
		content = g_mime_part_get_content(GMIME_PART(part));
	if (content)
		g_mime_data_wrapper_write_to_stream(content, stream);
	else if (GMIME_IS_MESSAGE_PART(part))
		g_mime_object_write_content_to_stream(part, work->format, stream);
	else if (!GMIME_IS_PART(part))
		g_mime_object_write_to_stream(part, work->format, stream);
	end = g_mime_stream_tell(stream);
	g_object_unref(stream);
	return end > (gint64)work->written ? (uint64_t)end - work->written : 0;
}

static struct mail_attachment *mail_attachment_new(struct mail_work *work)
{
	struct mail *mail = work->mail;
	struct mail_attachment *more;

	if (mail->n_attachments == work->room) {
		work->room = work->room > 0 ? 2 * work->room : 8;
		more = arena_array(work->arena, work->room, sizeof(*more));
		if (mail->n_attachments > 0)
			memcpy(more, mail->attachments,
				mail->n_attachments * sizeof(*more));
		mail->attachments = more;
	}
	return &mail->attachments[mail->n_attachments++];
}

void mail_attachment_add(struct mail_work *work, GMimeObject *part)
{
	const char *disposition = g_mime_object_get_disposition(part);
	struct mail_attachment *one;

	if (work->only_text)
		return;
	one = mail_attachment_new(work);
	one->declared = mail_attachment_declared(work, part);
	one->name = mail_attachment_name(work, part, one->declared);
	one->type = one->declared;
	one->is_inline = disposition ? strcasecmp(disposition, "inline") == 0
				     : g_mime_object_get_content_id(part) != NULL;
	one->offset = work->written;
	one->size = mail_attachment_write(work, part);
	work->written += one->size;
	mail_attachment_hash(work, one);
}
