#include "lib/mail_read.h"

#include <string.h>

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/mail_private.h"
#include "lib/utf8.h"

/* As lib/file_type.c: nothing is unpacked. */
#define MAIL_MAGIC                                                                     \
	(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS |                     \
		MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF |         \
		MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CSV |  \
		MAGIC_NO_CHECK_JSON)

struct mail_read *mail_read_new(
	const struct mail_read_config *config, struct error *err)
{
	/* of words in a header whose charset is not said, or cannot be had */
	static const char *fallbacks[] = { "utf-8", "windows-1252", NULL };
	struct mail_read *reader = mem_new(sizeof(*reader));

	g_mime_init(); /* for good: GMime cannot be begun twice */
	reader->config = *config;
	reader->charsets = mail_charsets_new();
	reader->options = g_mime_parser_options_new();
	g_mime_parser_options_set_fallback_charsets(reader->options, fallbacks);
	reader->magic = magic_open(MAIL_MAGIC);
	if (!reader->magic || magic_load(reader->magic, NULL) != 0) {
		error_set(err, ERR_INTERNAL, "libmagic has no database");
		mail_read_free(reader);
		return NULL;
	}
	return reader;
}

void mail_read_free(struct mail_read *reader)
{
	if (!reader)
		return;
	mail_charsets_free(reader->charsets);
	g_mime_parser_options_free(reader->options);
	if (reader->magic)
		magic_close(reader->magic);
	mem_free(reader);
}

/* What has no header at all is text. */
static GMimeStream *mail_read_stream(const char *bytes, size_t n)
{
	GMimeStream *whole = g_mime_stream_mem_new_with_buffer("\n", 1);

	if (!mail_bound_has_header(bytes, n))
		g_mime_stream_seek(whole, 0, GMIME_STREAM_SEEK_END);
	else
		g_mime_stream_mem_set_byte_array(
			GMIME_STREAM_MEM(whole), g_byte_array_new());
	g_mime_stream_write(whole, bytes, n);
	g_mime_stream_reset(whole);
	return whole;
}

static GMimeMessage *mail_read_parse(
	struct mail_read *reader, const char *bytes, size_t n)
{
	GMimeStream *stream = mail_read_stream(bytes, n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message =
		g_mime_parser_construct_message(parser, reader->options);

	g_object_unref(parser);
	g_object_unref(stream);
	return message ? message : g_mime_message_new(FALSE);
}

static struct mail_text_kind mail_read_kind(const struct mail *mail)
{
	enum mail_head_prefix prefix = mail_head_prefix_of(mail->subject);
	bool norwegian = mail->language && strcmp(mail->language, "no") == 0;

	return (struct mail_text_kind){ .forwarded = prefix == MAIL_PREFIX_FORWARD ||
						     (prefix == MAIL_PREFIX_EITHER &&
							     norwegian),
		.reply = prefix == MAIL_PREFIX_REPLY || prefix == MAIL_PREFIX_EITHER ||
			 mail->in_reply_to || mail->references.n > 0 };
}

/* Without blank lines at its ends. */
static char *mail_read_trim(char *text)
{
	size_t n = strlen(text), start = 0, i;

	while (n > 0 && strchr(" \t\n", text[n - 1]))
		n--;
	text[n] = '\0';
	for (i = 0; i < n && strchr(" \t\n", text[i]); i++)
		if (text[i] == '\n')
			start = i + 1;
	return text + start;
}

static void mail_read_text(struct mail_work *work)
{
	struct mail *mail = work->mail;
	GMimeObject *part = g_mime_message_get_mime_part(work->message);
	struct mail_text_kind kind;
	const char *language;

	if (part)
		mail_part_walk(work, part, 0);
	if (work->text.n == 0 && !work->report_type)
		mail_part_walk_nested(work);
	mail->text = mail_read_trim(mail_buffer_dup(work->arena, &work->text));
	mail->language = mail_language_guess(mail->text);
	kind = mail_read_kind(mail);
	mail->new_text = mail_new_text(work->arena, mail->text, &kind);
	/* the new words may be in another language than what they answer */
	language = mail_language_guess(mail->new_text);
	mail->language = language ? language : mail->language;
	if (strstr(mail->text, "-----BEGIN PGP MESSAGE-----"))
		mail->is_encrypted = true;
	if (strstr(mail->text, "-----BEGIN PGP SIGNED MESSAGE-----"))
		mail->is_signed = true;
}

static void mail_read_all(struct mail_work *work)
{
	mail_head_read(work);
	mail_read_text(work);
	mail_authentication_read(work);
	mail_class_find(work);
	if (work->mail->class == MAIL_BOUNCE)
		mail_report_read(work);
	else if (work->mail->class == MAIL_RECEIPT)
		mail_report_read_receipt(work);
}

static GMimeFormatOptions *mail_read_format(const char *bytes, size_t n)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	const char *end = memchr(bytes, '\n', n);

	g_mime_format_options_set_newline_format(format,
		end && end > bytes && end[-1] == '\r' ? GMIME_NEWLINE_FORMAT_DOS
						      : GMIME_NEWLINE_FORMAT_UNIX);
	return format;
}

const struct mail *mail_read_run(
	struct mail_read *reader, struct arena *arena, char *bytes, size_t n, int fd)
{
	struct mail *mail = arena_alloc(arena, sizeof(*mail));
	struct mail_work work = { .reader = reader,
		.arena = arena,
		.mail = mail,
		.fd = fd,
		.text = { .max = MAIL_TEXT_MAX },
		.status = { .max = 64 * KIB } };

	/* a mailbox's separator is no header */
	if (n > 5 && strncmp(bytes, "From ", 5) == 0) {
		char *end = memchr(bytes, '\n', n);

		n -= end ? (size_t)(end + 1 - bytes) : 0;
		bytes = end ? end + 1 : bytes;
	}
	n = mail_bound(bytes, n, &mail->truncated);
	work.format = mail_read_format(bytes, n);
	work.message = mail_read_parse(reader, bytes, n);
	mail_read_all(&work);
	g_object_unref(work.message);
	g_mime_format_options_free(work.format);
	mail_buffer_free(&work.text);
	mail_buffer_free(&work.status);
	return mail;
}
