/*
 * Which part is read and which is kept: text is what the writer's client shows as the
 * message; everything else is an attachment, whole.
 */
#include "lib/mail_private.h"

#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/utf8.h"

typedef void mail_part_fn(struct mail_work *work, GMimeObject *part, unsigned depth);

static bool mail_part_is(GMimeObject *part, const char *type, const char *subtype)
{
	return g_mime_content_type_is_type(
		g_mime_object_get_content_type(part), type, subtype);
}

/* ---- what is in a part ---- */

void mail_part_read(GMimePart *part, struct mail_buffer *out)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeContentEncoding encoding = g_mime_part_get_content_encoding(part);
	GMimeFilter *filter;
	GMimeStream *stream;
	char room[4096];
	ssize_t n;

	if (!content)
		return;
	stream = g_mime_data_wrapper_get_stream(content);
	g_mime_stream_reset(stream);
	stream = g_mime_stream_filter_new(stream);
	filter = g_mime_filter_basic_new(encoding, FALSE);
	g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
	g_object_unref(filter);
	for (n = 1; n > 0 && !out->cut;) {
		n = g_mime_stream_read(stream, room, sizeof(room));
		if (n > 0)
			mail_buffer_add(out, room, (size_t)n);
	}
	g_object_unref(stream);
}

/* Named in the HTML itself: <meta … charset=x>. */
static const char *mail_part_html_charset(
	const struct mail_buffer *html, char ret[static 41])
{
	static const char word[] = "charset=";
	size_t head = html->n < 1024 ? html->n : 1024, at, n = 0;

	for (at = 0; at + strlen(word) < head; at++)
		if (strncasecmp(html->bytes + at, word, strlen(word)) == 0)
			break;
	if (at + strlen(word) >= head)
		return NULL;
	at += strlen(word);
	at += html->bytes[at] == '"' || html->bytes[at] == '\'';
	while (n < 40 && at < head && strchr("\"'/> ;\n", html->bytes[at]) == NULL)
		ret[n++] = html->bytes[at++];
	ret[n] = '\0';
	return n > 0 ? ret : NULL;
}

/* The part as clean UTF-8, HTML still in it. */
static void mail_part_decode(
	struct mail_work *work, GMimeObject *part, bool html, struct mail_buffer *ret)
{
	struct mail_buffer bytes = { .max = ret->max };
	const char *charset = g_mime_object_get_content_type_parameter(part, "charset");
	char named[41];

	mail_part_read(GMIME_PART(part), &bytes);
	if (html && !charset && bytes.n > 0)
		charset = mail_part_html_charset(&bytes, named);
	mail_charset_decode(charset, bytes.n > 0 ? bytes.bytes : "", bytes.n, ret);
	work->mail->truncated = work->mail->truncated || bytes.cut || ret->cut;
	mail_buffer_free(&bytes);
}

static bool mail_part_has_parameter(
	GMimeObject *part, const char *name, const char *value)
{
	const char *given = g_mime_object_get_content_type_parameter(part, name);

	return given && strcasecmp(given, value) == 0;
}

static void mail_part_html(
	struct mail_work *work, const struct mail_buffer *html, struct mail_buffer *ret)
{
	struct mail_buffer slim = { .max = MAIL_TEXT_MAX };

	mail_slim(html->bytes, html->n, &slim);
	if (slim.n > 0)
		mail_html(slim.bytes, slim.n, ret);
	work->mail->truncated = work->mail->truncated || slim.cut;
	mail_buffer_free(&slim);
}

/* To readable text, whatever it was. */
static void mail_part_text(
	struct mail_work *work, GMimeObject *part, struct mail_buffer *ret)
{
	bool html = mail_part_is(part, "text", "html");
	struct mail_buffer plain = { .max = html ? MAIL_HTML_MAX : MAIL_TEXT_MAX };

	mail_part_decode(work, part, html, &plain);
	if (plain.n > 0 && html)
		mail_part_html(work, &plain, ret);
	else if (plain.n > 0 && mail_part_has_parameter(part, "format", "flowed"))
		mail_flowed(plain.bytes, plain.n,
			mail_part_has_parameter(part, "delsp", "yes"), ret);
	else if (plain.n > 0)
		mail_buffer_add(ret, plain.bytes, plain.n);
	work->mail->truncated = work->mail->truncated || ret->cut;
	mail_buffer_free(&plain);
}

/* ---- which part is the text ---- */

static bool mail_part_is_text(GMimeObject *part)
{
	const char *disposition = g_mime_object_get_disposition(part);

	if (!GMIME_IS_PART(part) || g_mime_part_get_filename(GMIME_PART(part)) ||
		(disposition && strcasecmp(disposition, "attachment") == 0))
		return false;
	return mail_part_is(part, "text", "plain") ||
	       mail_part_is(part, "text", "html");
}

static void mail_part_add_text(struct mail_work *work, const struct mail_buffer *text)
{
	if (utf8_is_blank(text->n > 0 ? text->bytes : "", text->n))
		return;
	if (work->text.n > 0)
		mail_buffer_add_text(&work->text, "\n");
	mail_buffer_add(&work->text, text->bytes, text->n);
	if (text->bytes[text->n - 1] != '\n')
		mail_buffer_add_text(&work->text, "\n");
	work->mail->truncated = work->mail->truncated || work->text.cut;
}

/* What is all of a mail is its text, also if it has a file's name, or a type that is
 * none (RFC 2045, 5.2). */
static bool mail_part_is_all(GMimeObject *part)
{
	const char *type = g_mime_object_get_header(part, "Content-Type");

	return mail_part_is(part, "text", "plain") ||
	       mail_part_is(part, "text", "html") || (type && !strchr(type, '/'));
}

static void mail_part_leaf(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	struct mail_buffer text = { .max = MAIL_TEXT_MAX };

	if (!mail_part_is_text(part) && !(depth == 0 && mail_part_is_all(part))) {
		mail_attachment_add(work, part);
		return;
	}
	mail_part_text(work, part, &text);
	mail_part_add_text(work, &text);
	mail_buffer_free(&text);
}

/* ---- several parts ---- */

/* One that has no parts, since its delimiter is missing: what stands there is text. */
static void mail_part_bare(struct mail_work *work, GMimeObject *part)
{
	const char *words = g_mime_multipart_get_prologue(GMIME_MULTIPART(part));
	struct mail_buffer text = { .max = MAIL_TEXT_MAX };

	if (words)
		mail_charset_decode(NULL, words, strlen(words), &text);
	mail_part_add_text(work, &text);
	mail_buffer_free(&text);
}

static void mail_part_mixed(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	int n = g_mime_multipart_get_count(GMIME_MULTIPART(part)), i;

	if (n == 0)
		mail_part_bare(work, part);
	for (i = 0; i < n && work->n_parts <= MAIL_PARTS_MAX; i++)
		mail_part_walk(work,
			g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1);
}

/* The first leaf of a multipart that is text of this kind, or NULL. */
static GMimeObject *mail_part_find(
	GMimeObject *part, const char *subtype, unsigned depth)
{
	GMimeObject *found = NULL;
	int n, i;

	if (mail_part_is_text(part))
		return mail_part_is(part, "text", subtype) ? part : NULL;
	if (!GMIME_IS_MULTIPART(part) || depth > MAIL_DEPTH_MAX)
		return NULL;
	n = g_mime_multipart_get_count(GMIME_MULTIPART(part));
	for (i = 0; i < n && i < MAIL_PARTS_MAX && !found; i++)
		found = mail_part_find(
			g_mime_multipart_get_part(GMIME_MULTIPART(part), i), subtype,
			depth + 1);
	return found;
}

static bool mail_part_says_something(struct mail_work *work, GMimeObject *part)
{
	struct mail_buffer text = { .max = 64 * KIB };
	bool says;

	mail_part_text(work, part, &text);
	says = text.n > 0 && !utf8_is_blank(text.bytes, text.n);
	mail_buffer_free(&text);
	return says;
}

/* Of versions of the same the plain one is read, unless it is empty; what is in them
 * beside text (pictures, an invitation) is kept. */
static void mail_part_alternative(
	struct mail_work *work, GMimeObject *part, unsigned depth)
{
	GMimeObject *plain = mail_part_find(part, "plain", depth);
	GMimeObject *html = mail_part_find(part, "html", depth);
	const char *before = work->chosen;

	if (plain && html)
		work->chosen = mail_part_says_something(work, plain) ? "plain" : "html";
	mail_part_mixed(work, part, depth);
	work->chosen = before;
}

/* Encrypted: whole, as one thing that a client can open. */
static void mail_part_encrypted(
	struct mail_work *work, GMimeObject *part, unsigned depth)
{
	work->mail->is_encrypted = true;
	mail_attachment_add(work, part);
}

/* What was signed is read; the signature is kept beside it. */
static void mail_part_signed(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	work->mail->is_signed = true;
	mail_part_mixed(work, part, depth);
}

static void mail_part_pkcs7(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	if (mail_part_has_parameter(part, "smime-type", "signed-data"))
		work->mail->is_signed = true;
	else
		work->mail->is_encrypted = true;
	mail_attachment_add(work, part);
}

static void mail_part_report(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	const char *type =
		g_mime_object_get_content_type_parameter(part, "report-type");

	if (!work->report_type && depth == 0)
		work->report_type = arena_dup(work->arena, type ? type : "");
	mail_part_mixed(work, part, depth);
}

/* ---- mails and reports ---- */

static void mail_part_mail(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	GMimeMessage *nested =
		GMIME_IS_MESSAGE_PART(part)
			? g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))
			: NULL;

	if (nested && !work->nested)
		work->nested = nested;
	mail_attachment_add(work, part);
}

/* GMime takes what comes in blocks of fields for a part, a mail, or nothing. */
static void mail_part_status(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	struct mail_buffer bytes = { .max = 64 * KIB };

	if (GMIME_IS_PART(part))
		mail_part_read(GMIME_PART(part), &bytes);
	if (bytes.n > 0 && work->status.n == 0)
		mail_charset_decode(NULL, bytes.bytes, bytes.n, &work->status);
	mail_buffer_free(&bytes);
	mail_attachment_add(work, part);
}

/* The header alone of the mail that came back. */
static void mail_part_header(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	struct mail_buffer bytes = { .max = 64 * KIB }, text = { .max = 64 * KIB };
	const char *at;

	if (GMIME_IS_PART(part))
		mail_part_read(GMIME_PART(part), &bytes);
	if (bytes.n > 0)
		mail_charset_decode(NULL, bytes.bytes, bytes.n, &text);
	mail_buffer_add(&text, "", 1);
	at = strcasestr(text.n > 0 && !text.cut ? text.bytes : "", "message-id:");
	if (at && !work->returned_message_id)
		work->returned_message_id =
			arena_dup_n(work->arena, at + strlen("message-id:"),
				strcspn(at + strlen("message-id:"), ">") + 1);
	mail_buffer_free(&bytes);
	mail_buffer_free(&text);
	mail_attachment_add(work, part);
}

/* ---- the walk ---- */

/* The first that fits. */
static const struct {
	const char *type, *subtype;
	bool many; /* only a multipart */
	mail_part_fn *read;
} readers[] = {
	{ "multipart", "alternative", true, mail_part_alternative },
	{ "multipart", "encrypted", true, mail_part_encrypted },
	{ "multipart", "signed", true, mail_part_signed },
	{ "multipart", "report", true, mail_part_report },
	{ "multipart", "*", true, mail_part_mixed },
	{ "message", "rfc822", false, mail_part_mail },
	{ "message", "global", false, mail_part_mail },
	{ "message", "delivery-status", false, mail_part_status },
	{ "message", "global-delivery-status", false, mail_part_status },
	{ "message", "disposition-notification", false, mail_part_status },
	{ "text", "rfc822-headers", false, mail_part_header },
	{ "message", "global-headers", false, mail_part_header },
	{ "application", "pkcs7-mime", false, mail_part_pkcs7 },
	{ "application", "x-pkcs7-mime", false, mail_part_pkcs7 },
	{ "*", "*", false, mail_part_leaf },
};

void mail_part_walk(struct mail_work *work, GMimeObject *part, unsigned depth)
{
	size_t i;

	if (depth > MAIL_DEPTH_MAX || ++work->n_parts > MAIL_PARTS_MAX) {
		work->mail->truncated = true;
		return;
	}
	/* of versions, the one that was not chosen says the same again */
	if (work->chosen && mail_part_is_text(part) &&
		!mail_part_is(part, "text", work->chosen))
		return;
	for (i = 0; i < ARRAY_LEN(readers); i++) {
		if (mail_part_is(part, readers[i].type, readers[i].subtype) &&
			readers[i].many == (bool)GMIME_IS_MULTIPART(part)) {
			readers[i].read(work, part, depth);
			return;
		}
	}
	mail_attachment_add(work, part);
}

void mail_part_walk_nested(struct mail_work *work)
{
	GMimeObject *part =
		work->nested ? g_mime_message_get_mime_part(work->nested) : NULL;

	if (!part)
		return;
	work->only_text = true; /* its attachments are in it, and it is kept */
	mail_part_walk(work, part, 0);
}
